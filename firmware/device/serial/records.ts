/**
 * The records of the console: each is a CBOR array `[type, …]` in a frame of its own; see `README.md`.
 *
 * Numbers never change their meaning. Later versions may put further items behind those that are here.
 */

/** The version of these records; a host speaks to boards of its own version only. */
export const PROTOCOL = 1;

/** Octets of a record, at most; before framing, without its check. */
export const MAX_RECORD_BYTES = 512;
/** Octets of a command, at most; before framing, without its check. */
export const MAX_COMMAND_BYTES = 256;

/** What a board tells. Times are the board's, in microseconds since it started. */
export const RecordType = {
	/** `[1, info]`, when the console starts; `info` is an array in the order of {@link INFO_FIELDS}. */
	hello: 1,
	/** `[2, [code, field, …]]`: an event of the node, as a log has it (`firmware/events.ts`). */
	event: 2,
	/** `[3, timeUs, counter, …]` in the order of {@link COUNTERS}; null for one that the board does not keep. */
	counters: 3,
	/** `[4, timeUs, direction, channel, rssiDbm, lqi, psdu]`; `rssiDbm` and `lqi` are null for a sent frame. */
	frame: 4,
	/** `[5, timeUs, severity, text]`. */
	text: 5,
	/** `[6, id, status, result]`: the one reply to command `id`; `result` is a reason when `status` is not `done`. */
	reply: 6,
	/** `[7, timeUs, count]`: so many records before this one found no room and are lost. */
	lost: 7,
} as const;

/** The items of `info`. */
export const INFO_FIELDS = [
	/** {@link PROTOCOL}. */
	"protocol",
	/** Version of the firmware, as text. */
	"firmware",
	/** {@link BoardState}, as text. */
	"state",
	/** Why the node does not run; null when it does. */
	"fault",
	/** Number of the node; null for one without. */
	"nodeId",
	/** `sensor` or `sink`; null without settings. */
	"role",
	/** `154`, `udp` or `loop`; null without settings. */
	"radio",
	/** IEEE 802.15.4 channel and PAN identifier; null without settings. */
	"channel",
	"panId",
	/** Sum of {@link Capability}. */
	"capabilities",
	/** Why the board started, such as `power-on` or `watchdog`; null where nobody knows. */
	"startReason",
	/** When this was told. */
	"timeUs",
] as const;

/** What the node of a board does. */
export type BoardState = "running" | "sniffing" | "unconfigured";

/** What a build can do beyond the rest; bits of one number. */
export const Capability = { inject: 1 } as const;

/** Counters since the start, and memory in octets. */
export const COUNTERS = [
	/** Frames that passed the radio's filter. */
	"framesReceived",
	/** Transmissions that went on the air, each attempt counted, injected ones included. */
	"framesSent",
	/** Transmissions of these that asked for an acknowledgement and got none. */
	"framesUnacknowledged",
	/** Transmissions that found the channel busy. */
	"channelBusy",
	/** Frames that the radio received and had no room for. */
	"radioOverflows",
	/** Records that found no room on the line. */
	"recordsLost",
	/** Frames on the line that were no commands. */
	"commandsSpoiled",
	/** Memory for reassembly: the most in use, and the budget. */
	"reassemblyPeakBytes",
	"reassemblyBudgetBytes",
	/** Memory of the JavaScript engine in use. */
	"chunkBytes",
	"slotBytes",
] as const;

export type CounterName = (typeof COUNTERS)[number];

export const Direction = { received: 0, sent: 1 } as const;

export const Severity = { info: 0, error: 1 } as const;
export type Severity = (typeof Severity)[keyof typeof Severity];

/** What a host asks for: `[command, id, …]`; `id` is an integer from 0 to 2^32 - 1 that the reply bears. */
export const CommandCode = {
	/** `[64, id]`; result: `info`. */
	info: 64,
	/** `[65, id]`; result: an array as of the counters record behind its type. */
	counters: 65,
	/** `[66, id, key]`; result: `[value, source]`, what counts from the next start on; null for an absent one, of a secret only that it is there. */
	getSetting: 66,
	/** `[67, id, key, text]`: stages a setting; `[67, id, key]` that of the build. */
	setSetting: 67,
	/** `[68, id, key, text]`: adds a text behind that of a staged setting which is too long for one command. */
	appendSetting: 68,
	/** `[69, id]`: keeps what was staged, if all settings go together; they count from the next start on. */
	saveSettings: 69,
	/** `[70, id]`: forgets what was staged. */
	discardSettings: 70,
	/** `[71, id]`: starts the board anew, once the reply has left. */
	restart: 71,
	/** `[72, id, mode, channel]`; see {@link SniffMode}; channel 0 for that of the settings. */
	startSniffing: 72,
	/** `[73, id]`; result: whether the board starts anew, for its node to run again. */
	stopSniffing: 73,
	/** `[74, id, atUs, cca, psdu]`: sends a frame, FCS included, at that time; result: `[outcome, beganUs]` once it is over. */
	inject: 74,
	/** `[75, id, destination, bytes]`: sends a UDP datagram of so many octets to an IPv6 address of 16 octets. */
	sendDatagram: 75,
} as const;

/** Which frames are told. */
export const SniffMode = {
	/** Those that the node receives and sends, while it runs. */
	own: 0,
	/** All on its channel: the node stops, since a radio that takes every frame acknowledges none. */
	all: 1,
} as const;

export const ReplyStatus = {
	done: 0,
	/** The command, or an argument of it, is not as it should be. */
	bad: 1,
	/** This build, or the board as it is, does not do that. */
	refused: 2,
} as const;
export type ReplyStatus = (typeof ReplyStatus)[keyof typeof ReplyStatus];

/** Where a setting comes from. */
export type SettingSource = "default" | "build" | "stored";
