import { decodeIcmpv6, Icmpv6Type } from "../../firmware/frames/icmpv6.js";
import { findUpperLayer } from "../../firmware/frames/ipv6.js";
import { type MacCommandId, macCommandName } from "../../firmware/frames/mac-command.js";
import { decodeMacHeader } from "../../firmware/frames/mac-frame.js";
import { ICMPV6, UDP } from "../../firmware/frames/protocols.js";
import { decodeUdp } from "../../firmware/frames/udp.js";
import type { CapturedFrame } from "../capture/captured-frame.js";
import type { DissectedChain } from "../capture/dissect-chain.js";
import type { DissectedDatagram, Dissection } from "../capture/dissection.js";
import type { Dissector, Progress } from "../capture/dissector.js";
import { messagePart } from "./decode-message.js";
import { icmpv6Name } from "./protocol-names.js";
import { makeStyle, type Style } from "./style.js";

const PLAIN = makeStyle(false);
const NUMBER_WIDTH = 6;
const TIME_WIDTH = 12;
/** Commands whose names are known. */
const LAST_COMMAND = 9;

/** Prints a capture for people: one line a frame, in columns that only ever grow. */
export class DecodeText {
	readonly #style: Style;
	#startUs: number | undefined;
	#linkWidth = 17;

	constructor(style: Style) {
		this.#style = style;
	}

	/** The line of one frame; dim when it is not for the node to receive as. */
	line(
		frame: CapturedFrame,
		found: Dissection,
		progress: Progress | undefined,
		passedOver?: Dissector["passedOver"],
	): string {
		const { dim } = this.#style;
		this.#startUs ??= frame.timeUs;
		const number = String(found.frame).padStart(NUMBER_WIDTH);
		const time = (passedOver === undefined ? dim : PLAIN.dim)(
			((frame.timeUs - this.#startUs) / 1e6).toFixed(6).padStart(TIME_WIDTH),
		);
		const link = linkOf(found);
		this.#linkWidth = Math.max(this.#linkWidth, link.length);
		const left = `${number} ${time}  ${link.padEnd(this.#linkWidth)}`;
		if (passedOver === undefined)
			return `${left}  ${this.#what(frame, found, progress, this.#style)}`.trimEnd();
		const note = passedOver === "own" ? "(from this node)" : "(not for this node)";
		const what = this.#what(frame, found, progress, PLAIN);
		return dim(`${left}  ${[what, note].filter((part) => part !== "").join("  ")}`);
	}

	/** The same without number and time. */
	describe(frame: CapturedFrame, found: Dissection, progress: Progress | undefined): string {
		return `${linkOf(found)}  ${this.#what(frame, found, progress, this.#style)}`.trim();
	}

	#what(frame: CapturedFrame, found: Dissection, progress: Progress | undefined, style: Style): string {
		const { cyan, green, red } = style;
		const parts: string[] = [];
		const mac = macPart(frame, found, style);
		if (mac !== "") parts.push(mac);
		const message = messagePart(found);
		const fragment = fragmentPart(found, progress);
		if (fragment !== "") parts.push(cyan(fragment));
		else if (message !== undefined) parts.push(green(message));
		else if (found.lowpan !== undefined && found.datagram === undefined)
			parts.push(cyan(found.lowpan.join(" ")));
		if (found.datagram !== undefined) {
			const count = found.datagram.frames.length;
			const whole = count > 1 ? `whole after ${count} fragments: ` : "";
			parts.push(green(whole + datagramPart(found.datagram)));
		}
		if (found.drop !== undefined) parts.push(red(`refused: ${found.drop}`));
		return parts.join("  ");
	}
}

function macPart(frame: CapturedFrame, found: Dissection, { dim }: Style): string {
	const { mac } = found;
	if (mac === undefined) return `${frame.psdu.length} B`;
	const seq = mac.seq === undefined ? "" : ` ${mac.seq}`;
	if (mac.type === "ack") return dim(`ack${seq}`);
	if (mac.type === "command") return `command ${commandName(frame)}`;
	if (mac.type === "beacon") return `beacon${seq}`;
	if (mac.security !== undefined && mac.security > 0) return `secured, level ${mac.security}`;
	return found.lowpan === undefined ? `data${seq}` : "";
}

/** The fields of a chain, and the verdict unless it is a refusal, which is told apart. */
function chainPart({ keyed, nonce, token, mic, verdict }: DissectedChain, isRefused: boolean): string {
	const parts = [
		keyed === true ? "keyed" : "",
		nonce === undefined ? "" : `nonce ${nonce}`,
		token === undefined ? "" : `token ${token}`,
		mic === undefined ? "" : `code ${mic}`,
		verdict === undefined || isRefused ? "" : verdict,
	];
	return parts
		.filter((part) => part !== "")
		.map((part) => `, ${part}`)
		.join("");
}

function linkOf(found: Dissection): string {
	const { mac } = found;
	if (mac === undefined || mac.type === "ack") return "";
	const to = mac.dst === "0xffff" ? "all" : (mac.dst ?? "coordinator");
	return `${mac.src ?? "-"} → ${to}`;
}

function commandName(frame: CapturedFrame): string {
	const { psdu } = frame;
	const header = decodeMacHeader(psdu, 0, frame.fcs === "present" ? psdu.length - 2 : psdu.length);
	const id = typeof header === "string" || header.next >= header.end ? 0 : (psdu[header.next] as number);
	return id >= 1 && id <= LAST_COMMAND ? macCommandName(id as MacCommandId) : String(id);
}

function fragmentPart(found: Dissection, progress: Progress | undefined): string {
	const { fragment, lowpan, chain, drop } = found;
	if (fragment === undefined) return "";
	const kind = lowpan?.find((name) => /frag[1n]$/.test(name)) ?? "frag";
	const chained = chain === undefined ? "" : chainPart(chain, drop !== undefined);
	const text = `${kind} tag ${fragment.tag} at ${fragment.offset} of ${fragment.size} B${chained}`;
	if (progress === undefined || found.datagram !== undefined) return text;
	const percent = Math.floor((100 * progress.storedBytes) / progress.size);
	return `${text}, ${progress.fragments} stored (${percent} %)`;
}

/** A packet in a few words, such as `udp 61617 → 61617, 512 B  fe80::1 → fe80::2`. */
function datagramPart(datagram: DissectedDatagram): string {
	const packet = Buffer.from(datagram.hex, "hex");
	const ends = `${datagram.src} → ${datagram.dst}`;
	const checksum = datagram.checksum === undefined ? "" : `  checksum ${datagram.checksum}`;
	return `${upperLayerPart(packet, datagram)}  ${ends}${checksum}`;
}

function upperLayerPart(packet: Uint8Array, datagram: DissectedDatagram): string {
	const upper = findUpperLayer(packet, 0, packet.length);
	const size = `${datagram.length} B`;
	if (typeof upper === "string") return `ipv6 ${size} (${upper})`;
	if (upper.protocol === UDP) {
		const udp = decodeUdp(packet, upper.offset, packet.length);
		if (typeof udp === "string") return `udp ${size} (${udp})`;
		return `udp ${udp.sourcePort} → ${udp.destinationPort}, ${udp.length - 8} B`;
	}
	if (upper.protocol !== ICMPV6) return `${datagram.next} ${size}`;
	const message = decodeIcmpv6(packet, upper.offset, packet.length);
	if (typeof message === "string") return `icmpv6 ${size} (${message})`;
	const isEcho = message.type === Icmpv6Type.echoRequest || message.type === Icmpv6Type.echoReply;
	const name = icmpv6Name(message.type, message.code);
	return isEcho ? `${name} ${message.sequence}, ${packet.length - message.next} B` : name;
}
