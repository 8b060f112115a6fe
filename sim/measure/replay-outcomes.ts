import { completeSink } from "../../firmware/events.js";
import { FrameType } from "../../firmware/frames/mac-frame.js";
import { SIM_EVENTS, type SimSink } from "../events.js";
import type { Counts } from "./metrics.js";

/** The frame type in the first octet of a frame (IEEE 802.15.4-2020, 7.2.2.2). */
const FRAME_TYPE = 0x07;
const IGNORED = "ignored";
/** Outcomes of a frame that a node kept or passed on. */
const ACCEPTED: ReadonlySet<string> = new Set([
	"fragment-stored",
	"datagram-delivered",
	"datagram-forwarded",
]);

/**
 * What the network did with the frames that the first outsider's radio replays, by outcome, from the events alone.
 *
 * A node handles a frame within one event, so whatever it tells between one `frameReceived` and the next belongs
 * to that frame. Outcomes: `not-received`, `fragment-stored`, `datagram-delivered`, `datagram-forwarded`,
 * `ignored`, or the reason of the refusal. A broadcast counts once for each receiver. The acknowledgements that
 * the radio gives by itself do not count.
 *
 * Frame by frame, for a recorded attack: one that any node kept or passed on is `accepted`, else one that a node
 * refused is `refused`, for the first reason given, else it is `unheard` or `ignored`.
 */
export class ReplayOutcomes {
	readonly sink: SimSink;
	/** Replayed frames, by what the link layer saw of each. */
	readonly sent: Counts = {};
	readonly outcomes: Counts = {};
	/** Replayed frames that were on the air, each once. */
	readonly frames = { accepted: 0, refused: 0, unheard: 0, ignored: 0 };
	/** The refused ones of these by reason. */
	readonly refusals: Counts = {};
	#radio = -1;
	#receiver = -1;
	#receivedUs = 0;
	#outcome = "";
	/** What receivers did with the radio's last frame on the air. */
	readonly #found: string[] = [];
	#isReplayed = false;
	/** A frame that only a replay sends was on the air since the last one was done. */
	#isKnown = false;

	constructor() {
		const settle = (timeUs: number, node: number, outcome: string): void => {
			if (node === this.#receiver && timeUs === this.#receivedUs) this.#outcome = outcome;
		};
		this.sink = completeSink(SIM_EVENTS, {
			nodePlaced: (_timeUs, node, _x, _y, role) => {
				if (role === "outsider" && this.#radio < 0) this.#radio = node;
			},
			frameOnAir: (_timeUs, node, _channel, _rssiDbm, psdu) => {
				if (node !== this.#radio) return;
				this.#conclude();
				// Whether an acknowledgement is the radio's own or a recorded one shows when the replay is done with it.
				this.#isReplayed = (psdu[0]! & FRAME_TYPE) !== FrameType.ack;
				this.#isKnown ||= this.#isReplayed;
			},
			frameReceived: (timeUs, node, from) => {
				if (this.#receiver >= 0) this.#close();
				if (from !== this.#radio) return;
				this.#receiver = node;
				this.#receivedUs = timeUs;
				this.#outcome = IGNORED;
			},
			frameRefused: (timeUs, node, _source, reason) => settle(timeUs, node, reason),
			fragmentRefused: (timeUs, node, _source, _tag, _offset, reason) => settle(timeUs, node, reason),
			fragmentStored: (timeUs, node) => settle(timeUs, node, "fragment-stored"),
			datagramDelivered: (timeUs, node) => settle(timeUs, node, "datagram-delivered"),
			datagramForwarded: (timeUs, node) => settle(timeUs, node, "datagram-forwarded"),
			datagramDropped: (timeUs, node, _ident, reason) => settle(timeUs, node, reason),
			frameReplayed: (_timeUs, node, _number, outcome) => {
				if (node !== this.#radio) return;
				count(this.sent, outcome);
				// A busy radio put nothing on the air.
				if (!this.#isKnown && outcome !== "channel-busy") this.#isReplayed = true;
				this.#isKnown = false;
			},
			runEnded: () => this.#conclude(),
		});
	}

	#close(): void {
		this.#found.push(this.#outcome);
		this.#receiver = -1;
	}

	#conclude(): void {
		if (this.#receiver >= 0) this.#close();
		const found = this.#found.splice(0);
		if (this.#isReplayed) {
			for (const outcome of found.length > 0 ? found : ["not-received"]) count(this.outcomes, outcome);
			this.#judge(found);
		}
		this.#isReplayed = false;
	}

	#judge(found: readonly string[]): void {
		const refusal = found.find((outcome) => outcome !== IGNORED && !ACCEPTED.has(outcome));
		if (found.some((outcome) => ACCEPTED.has(outcome))) this.frames.accepted++;
		else if (refusal !== undefined) {
			this.frames.refused++;
			count(this.refusals, refusal);
		} else if (found.length === 0) this.frames.unheard++;
		else this.frames.ignored++;
	}
}

function count(counts: Counts, name: string): void {
	counts[name] = (counts[name] ?? 0) + 1;
}
