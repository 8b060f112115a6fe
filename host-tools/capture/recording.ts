import { hasGoodFcs, putFcs } from "../../firmware/frames/fcs.js";
import { decodeMacHeader } from "../../firmware/frames/mac-frame.js";
import type { ReplayFrame } from "../../sim/attacks/replay.js";
import { UserError } from "../errors.js";
import type { FrameFilter } from "./frame-filter.js";
import { openCapture } from "./read-capture.js";
import { isMappable } from "./rewrite.js";
import { readAttackerFrames } from "./sidecar.js";

/** What a capture holds to replay. */
export interface Recording {
	/** The frames that pass the filter, with good FCS, at their times from the first packet on. */
	readonly frames: readonly ReplayFrame[];
	/** Addresses of all frames with good FCS, as text. */
	readonly addresses: ReadonlySet<string>;
}

/** The options that choose frames, as they were given. */
export interface Choice {
	readonly only: string | undefined;
	readonly attackers: string | undefined;
}

/** Reads the frames of a capture that are to be sent. Throws a UserError when there are none. */
export function readFrames(path: string, filter: FrameFilter, { only, attackers }: Choice): Recording {
	const capture = openCapture(path);
	const chosen = attackers === undefined ? undefined : readAttackerFrames(attackers, capture.packets);
	const frames: ReplayFrame[] = [];
	const addresses = new Set<string>();
	let firstUs = Number.NaN;
	for (const frame of capture.frames()) {
		if (Number.isNaN(firstUs)) firstUs = frame.timeUs;
		if (frame.drop !== undefined || frame.psdu.length < 3) continue;
		const psdu = frame.fcs === "present" ? frame.psdu : withFcs(frame.psdu);
		if (psdu.length > 127 || !hasGoodFcs(psdu)) continue;
		addAddresses(psdu, addresses);
		if (!filter.passes(frame.number, psdu) || chosen?.has(frame.number) === false) continue;
		frames.push({ number: frame.number, offsetUs: Math.max(0, frame.timeUs - firstUs), psdu });
	}
	if (frames.length === 0) {
		const options = [only && `--only ${only}`, attackers && `--attackers ${attackers}`].filter(Boolean);
		const expected =
			options.length === 0
				? "other whole frames than acknowledgements"
				: `frames that pass ${options.join(" and ")}`;
		throw new UserError(`${path}: expected ${expected}, found none`);
	}
	return { frames, addresses };
}

function addAddresses(psdu: Uint8Array, addresses: Set<string>): void {
	const header = decodeMacHeader(psdu, 0, psdu.length - 2);
	if (typeof header === "string") return;
	for (const address of [header.source, header.destination]) {
		if (isMappable(address)) addresses.add(String(address));
	}
}

function withFcs(frame: Uint8Array): Uint8Array {
	const psdu = new Uint8Array(frame.length + 2);
	psdu.set(frame);
	putFcs(psdu, psdu.length);
	return psdu;
}
