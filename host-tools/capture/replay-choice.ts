import type { ContextTable } from "../../firmware/frames/context-table.js";
import type { ReplayFrame } from "../../sim/attacks/replay.js";
import { readInteger, readNumber } from "../arguments.js";
import type { CommandArguments, CommandOption } from "../command.js";
import { FILTER_TERMS, FrameFilter } from "./frame-filter.js";
import { type Mapping, readMappings } from "./mappings.js";
import { readFrames } from "./recording.js";
import { type AddressMap, FrameRewriter } from "./rewrite.js";

/** The options of every command that sends a capture again. */
export const REPLAY_OPTIONS = {
	map: {
		type: "string",
		multiple: true,
		value: "ADDRESS=node:N",
		help: "a recorded address becomes that of node N, or with =self of the radio; may be repeated",
	},
	speed: { type: "string", value: "F", help: "2 replays in half the time (1)" },
	loop: { type: "string", value: "N", help: "send the capture N times (1)" },
	only: { type: "string", value: "FILTER", help: "which frames, such as fragment,src=0x0001,frames=1-40" },
} as const satisfies Readonly<Record<string, CommandOption>>;

/** What to say of them in a command's notes. */
export const REPLAY_NOTES = `FCS and checksums are corrected. Frames with a bad FCS stay out.
FILTER, separated by commas: ${FILTER_TERMS}.
Without a kind, all frames but acknowledgements are sent: receivers send their own.`;

/** What is to be sent again, as the options choose it. */
export interface ReplayChoice {
	/** The frames as they were recorded, in their order. */
	readonly frames: readonly ReplayFrame[];
	readonly mappings: readonly Mapping[];
	readonly speed: number;
	readonly loops: number;
}

/** Reads the options and the capture; `attackers`: the file that lists the only frames to send. Throws a UserError. */
export function readReplay(
	args: CommandArguments,
	path: string,
	attackers: string | undefined,
): ReplayChoice {
	const speed = readNumber(args, "speed", 1, 1e-6, 1e6);
	const loops = readInteger(args, "loop", 1, 1, 1e9);
	const only = args.text("only");
	// What an attacker sends is told by the list alone: forged acknowledgements are part of it.
	const filter = new FrameFilter(only ?? (attackers === undefined ? undefined : "all"));
	const { frames, addresses } = readFrames(path, filter, { only, attackers });
	return { frames, mappings: readMappings(args.texts("map"), addresses), speed, loops };
}

/** The frames as they are sent in another network, and how many no longer fit 127 octets there. */
export function rewriteFrames(
	frames: readonly ReplayFrame[],
	map: AddressMap,
	contexts: ContextTable,
): { readonly frames: readonly ReplayFrame[]; readonly tooLong: number } {
	const rewriter = new FrameRewriter(map, contexts);
	const rewritten = frames.flatMap((frame) => {
		const psdu = rewriter.rewrite(frame.psdu);
		return psdu === undefined ? [] : [{ ...frame, psdu }];
	});
	return { frames: rewritten, tooLong: frames.length - rewritten.length };
}
