import type { LinkAddress } from "../../firmware/address.js";
import type { ContextTable } from "../../firmware/frames/context-table.js";
import { contextTable, fromHex, type Link, linkAddress } from "./hex.js";
import { Receiver } from "./receiver.js";

/** One vector of a 6LoWPAN kind; the fields that its kind does not use are absent. */
export interface LowpanVector {
	readonly input?: string;
	readonly frames?: readonly string[];
	readonly link?: Link | null;
	readonly contexts?: Readonly<Record<string, string>> | null;
	readonly checksumElided?: boolean;
	readonly expect: Readonly<Record<string, unknown>>;
}

/** Both ends of the link of a vector. */
export interface Ends {
	readonly source: LinkAddress;
	readonly destination: LinkAddress;
	readonly contexts: ContextTable;
}

/** The ends that a vector names, with its contexts. */
export function endsOf(vector: LowpanVector): Ends {
	return {
		source: linkAddress(vector.link?.src),
		destination: linkAddress(vector.link?.dst),
		contexts: contextTable(vector.contexts),
	};
}

/** undefined when equal, else what was expected and what came. */
export function differ(name: string, actual: unknown, expected: unknown): string | undefined {
	return actual === expected ? undefined : `${name}: expected ${String(expected)}, got ${String(actual)}`;
}

/** The first of the expected fields that is not as expected; fields that we do not know are skipped. */
export function firstDifference(
	actual: Readonly<Record<string, unknown>>,
	vector: LowpanVector,
): string | undefined {
	for (const [name, expected] of Object.entries(vector.expect)) {
		if (!(name in actual)) continue;
		const difference = differ(name, actual[name], expected);
		if (difference !== undefined) return difference;
	}
	return undefined;
}

/** The octets of a vector that has one input; throws TypeError without. */
export function inputOf(vector: LowpanVector): Uint8Array {
	if (typeof vector.input !== "string") throw new TypeError("expected input as octets in hex");
	return fromHex(vector.input);
}

/** Receives frames that make up one packet, and looks at what is left. */
export function feed(frames: readonly Uint8Array[], ends: Ends, expected: string): string | undefined {
	const receiver = new Receiver(ends.contexts);
	for (const frame of frames) receiver.receive(frame, ends.source, ends.destination);
	if (receiver.delivered.length !== 1) {
		return `expected one datagram, got ${receiver.delivered.length} (${receiver.drops.join(", ")})`;
	}
	const difference = differ("datagram", receiver.delivered[0], expected);
	if (difference !== undefined) return difference;
	return receiver.isIdle ? undefined : `expected no state left, got ${receiver.state}`;
}
