import { decodeMacHeader, FrameType } from "../../firmware/frames/mac-frame.js";
import { contextTable, fromHex, type Link, linkAddress } from "./hex.js";
import { macMalformed } from "./mac.js";
import { Receiver } from "./receiver.js";

/** A case that must be refused or survived; `input` and `frames` are alternatives. */
export interface MalformedCase {
	readonly layer?: string;
	readonly input?: string;
	readonly frames?: readonly string[];
	readonly link?: Link | null;
	/** Addresses of single frames, where they differ. */
	readonly frameLinks?: readonly (Link | null)[];
	readonly contexts?: Readonly<Record<string, string>> | null;
	readonly expect: Readonly<Record<string, unknown>>;
}

/** Addresses for cases that state none, so that none is refused for their lack. */
const ANY_LINK: Link = { src: "0200000000000001", dst: "0200000000000002" };

/** How many packets a case lets a receiver deliver, undefined for any number. */
function allowedDeliveries(expect: MalformedCase["expect"]): ((count: number) => boolean) | undefined {
	const { deliver, result } = expect;
	if (typeof deliver === "number") return (count) => count === deliver;
	if (Array.isArray(deliver)) return (count) => deliver.includes(count);
	if (typeof deliver === "string" && deliver !== "any") {
		const numbers = (deliver.match(/\d+/g) ?? []).map(Number);
		if (numbers.length > 0 && /at most|<=|up to/i.test(deliver)) {
			return (count) => count <= Math.max(...numbers);
		}
		if (numbers.length > 0) return (count) => numbers.includes(count);
	}
	if (deliver !== undefined) return undefined;
	if (result === "reject" || result === "no-deliver" || result === "no-forward")
		return (count) => count === 0;
	return result === "deliver" ? (count) => count > 0 : undefined;
}

function texts(value: unknown): readonly string[] | undefined {
	if (typeof value === "string") return [value];
	return Array.isArray(value) ? value.map(String) : undefined;
}

/** What is wrong with the packets that came out, undefined for nothing. */
function judgeDelivered(receiver: Receiver, expect: MalformedCase["expect"]): string | undefined {
	const { delivered } = receiver;
	const allowed = allowedDeliveries(expect);
	if (allowed !== undefined && !allowed(delivered.length)) {
		const drops = receiver.drops.join(", ");
		return `expected deliver ${String(expect["deliver"])}, got ${delivered.length} (drops: ${drops})`;
	}
	const named = expect["mustEqualIfDelivered"] ?? expect["datagrams"] ?? expect["datagram"];
	const genuine = texts(named);
	const forged = genuine === undefined ? undefined : delivered.find((hex) => !genuine.includes(hex));
	return forged === undefined ? undefined : `expected one of ${String(named)}, got ${forged}`;
}

/** Feeds the frames as 6LoWPAN payloads, then lets the reassembly time pass. */
function checkPayloads(given: MalformedCase): string | undefined {
	const link = given.link ?? ANY_LINK;
	const result = given.expect["result"];
	const own = result === "no-forward" ? linkAddress(link.dst) : undefined;
	const receiver = new Receiver(contextTable(given.contexts), own);
	const frames = given.frames ?? [given.input ?? ""];
	for (const [i, frame] of frames.entries()) {
		const { src, dst } = given.frameLinks?.[i] ?? link;
		receiver.receive(fromHex(frame), linkAddress(src), linkAddress(dst));
	}
	receiver.timeOut();
	if (!receiver.isIdle) return `expected no state after the time-out, got ${receiver.state}`;
	const wrong = judgeDelivered(receiver, given.expect);
	if (wrong !== undefined) return wrong;
	if (result === "reject" && receiver.drops.length === 0) return "expected a counted drop, got none";
	return undefined;
}

/** Takes each frame for a whole MAC frame, and feeds the payloads of data frames on. */
function checkMacFrames(given: MalformedCase, mustReject: boolean): string | undefined {
	const receiver = new Receiver(contextTable(given.contexts));
	for (const frame of given.frames ?? [given.input ?? ""]) {
		const drop = macMalformed(frame);
		if (drop !== undefined) continue;
		if (mustReject) return "expected a MAC drop, got an accepted frame";
		const bytes = fromHex(frame);
		const header = decodeMacHeader(bytes, 0, bytes.length);
		if (typeof header === "string" || header.securityEnabled || header.type !== FrameType.data) continue;
		receiver.receive(bytes.subarray(header.next, header.end), header.source, header.destination);
	}
	receiver.timeOut();
	return receiver.isIdle ? undefined : `expected no state after the time-out, got ${receiver.state}`;
}

/** Checks one malformed case: undefined when the outcome is as expected, else what differed. */
export function checkMalformed(given: MalformedCase): string | undefined {
	const layer = given.layer ?? "6lowpan";
	switch (layer) {
		case "6lowpan":
		case "sfr":
			return checkPayloads(given);
		case "mac":
			return checkMacFrames(given, given.expect["result"] === "reject");
		case "6lowpan+mac": {
			const payloads = checkPayloads(given);
			return payloads === undefined ? checkMacFrames(given, false) : payloads;
		}
		default:
			return `expected layer 6lowpan, sfr, mac or 6lowpan+mac, got ${layer}`;
	}
}
