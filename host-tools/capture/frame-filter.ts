import { type LinkAddress, parseLinkAddress } from "../../firmware/address.js";
import { decodeLowpan, LowpanHeaders } from "../../firmware/frames/lowpan.js";
import { decodeMacHeader, FrameType, MacHeader } from "../../firmware/frames/mac-frame.js";
import { UserError } from "../errors.js";

const FCS_BYTES = 2;

/** What is known of a frame when a filter looks at it. */
interface Candidate {
	readonly number: number;
	readonly header: MacHeader | undefined;
	/** Kind of 6LoWPAN payload, "" where there is none. */
	readonly kind: string;
}

type Test = (frame: Candidate) => boolean;

const KINDS: Readonly<Record<string, Test>> = {
	all: () => true,
	data: ({ header }) => header?.type === FrameType.data,
	ack: ({ header }) => header?.type === FrameType.ack,
	beacon: ({ header }) => header?.type === FrameType.beacon,
	command: ({ header }) => header?.type === FrameType.command,
	frag1: ({ kind }) => kind === "frag1",
	fragn: ({ kind }) => kind === "fragn",
	fragment: ({ kind }) => kind === "frag1" || kind === "fragn",
};

/** Terms that a filter may have, for messages and help. */
export const FILTER_TERMS = `${Object.keys(KINDS).join(", ")}, src=ADDRESS, dst=ADDRESS, frames=A-B`;

/**
 * Chooses frames of a capture: terms separated by commas. Kinds add up, the other terms must all hold.
 *
 * Without a kind, all frames but acknowledgements pass: receivers send their own.
 */
export class FrameFilter {
	readonly #kinds: Test[] = [];
	readonly #others: Test[] = [];
	readonly #header = new MacHeader();
	readonly #lowpan = new LowpanHeaders();

	/** `text` as on the command line, undefined for none; throws a UserError that names the term. */
	constructor(text?: string) {
		for (const term of text?.split(",").map((part) => part.trim()) ?? []) {
			const kind = Object.hasOwn(KINDS, term) ? KINDS[term] : undefined;
			if (kind !== undefined) this.#kinds.push(kind);
			else this.#others.push(parseTerm(term));
		}
		if (this.#kinds.length === 0) this.#kinds.push((frame) => !KINDS["ack"]!(frame));
	}

	/** Whether a frame, FCS included, passes. */
	passes(number: number, psdu: Uint8Array): boolean {
		const decoded = decodeMacHeader(psdu, 0, psdu.length - FCS_BYTES, this.#header);
		const header = typeof decoded === "string" ? undefined : decoded;
		let kind = "";
		if (header?.type === FrameType.data) {
			const lowpan = decodeLowpan(psdu, header.next, header.end, this.#lowpan);
			if (typeof lowpan !== "string") kind = lowpan.kind;
		}
		const candidate = { number, header, kind };
		return this.#kinds.some((test) => test(candidate)) && this.#others.every((test) => test(candidate));
	}
}

function parseTerm(term: string): Test {
	const equals = term.indexOf("=");
	const name = term.slice(0, Math.max(equals, 0));
	const value = term.slice(equals + 1);
	if (name === "src" || name === "dst") {
		const address = parseLinkAddress(value);
		if (address === undefined) {
			throw new UserError(`--only ${term}: expected an address such as 0x0002, found '${value}'`);
		}
		return ({ header }) => header !== undefined && pick(header, name).equals(address);
	}
	const range = /^frames=([0-9]+)(?:-([0-9]+))?$/.exec(term);
	if (range === null) throw new UserError(`--only: expected terms out of ${FILTER_TERMS}; found '${term}'`);
	const first = Number(range[1]);
	const last = Number(range[2] ?? range[1]);
	if (last < first) {
		throw new UserError(`--only ${term}: expected a first frame up to the last, found ${first} to ${last}`);
	}
	return ({ number }) => number >= first && number <= last;
}

function pick(header: MacHeader, name: "src" | "dst"): LinkAddress {
	return name === "src" ? header.source : header.destination;
}
