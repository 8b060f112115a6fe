import { LinkAddress } from "../../firmware/address.js";
import { fcs16, hasGoodFcs, putFcs } from "../../firmware/frames/fcs.js";
import { decodeMacBeacon } from "../../firmware/frames/mac-beacon.js";
import { decodeMacCommand } from "../../firmware/frames/mac-command.js";
import { decodeMacHeader, encodeMacHeader, FrameType, MacHeader } from "../../firmware/frames/mac-frame.js";
import { encodeHeaderIe, listHeaderIes, listPayloadIes } from "../../firmware/frames/mac-ie.js";
import type { KeyIdMode } from "../../firmware/frames/mac-security-header.js";
import { Ccm, putNonce } from "../../firmware/mac/ccm.js";
import { SecurityKey, SecurityPeer, secureFrame, unsecureFrame } from "../../firmware/mac/frame-security.js";
import { hostCipher } from "../crypto.js";
import { compare } from "./compare.js";
import { fromHex, linkAddress, toHex } from "./hex.js";
import { checkBeacon, checkCommand } from "./mac-payload.js";
import { addressHex, type MacVector } from "./mac-vector.js";

interface ExpectedSecurity {
	readonly level: number;
	readonly keyIdMode: number;
	readonly frameCounter: number | null;
	readonly keySource: string | null;
	readonly keyIndex: number | null;
}

interface ExpectedIe {
	readonly id: number;
	readonly content: string;
}

/** Octets that hold any header. */
const ROOM = 2048;

function reverseHex(hex: string): string {
	return toHex(fromHex(hex).reverse());
}

const TYPE_NAMES = ["beacon", "data", "ack", "command"];

/** A key source is written as sent by some and as an integer by others; takes over the expected order. */
function keySourceHex(header: MacHeader, expected: ExpectedSecurity | null): string | null {
	const { security } = header;
	if (security.keyIdMode < 2) return null;
	const number = LinkAddress.extended(security.keySourceHigh, security.keySourceLow);
	const digits = addressHex(number) as string;
	const big = security.keyIdMode === 2 ? digits.slice(8) : digits;
	return expected?.keySource === big ? big : reverseHex(big);
}

function securityFields(
	header: MacHeader,
	expected: ExpectedSecurity | null,
): Readonly<Record<string, unknown>> | null {
	if (!header.securityEnabled || header.version === 0) return null;
	const { security } = header;
	const suppressed = security.frameCounter < 0;
	return {
		level: security.level,
		keyIdMode: security.keyIdMode,
		frameCounterSuppressed: suppressed,
		frameCounter: suppressed ? null : security.frameCounter,
		keySource: keySourceHex(header, expected),
		keyIndex: security.keyIdMode === 0 ? null : security.keyIndex,
		micLength: header.micLength,
	};
}

function headerFields(
	header: MacHeader,
	bytes: Uint8Array,
	expect: MacVector["expect"],
): Record<string, unknown> {
	const content = (span: { id: number; offset: number; length: number }): ExpectedIe => ({
		id: span.id,
		content: toHex(bytes, span.offset, span.offset + span.length),
	});
	// Payload IEs belong to the MAC payload; a vector may also count them with the header.
	const payload = expect["headerLength"] === header.next ? header.next : header.headerEnd;
	const fields: Record<string, unknown> = {
		frameType: TYPE_NAMES[header.type],
		securityEnabled: header.securityEnabled,
		framePending: header.framePending,
		ackRequest: header.ackRequest,
		panIdCompression: header.panIdCompression,
		frameVersion: header.version,
		seqSuppressed: header.sequenceSuppressed,
		iePresent: header.iePresent,
		dstAddrMode: header.destination.mode,
		srcAddrMode: header.source.mode,
		seq: header.seq < 0 ? null : header.seq,
		dstPan: header.destinationPan < 0 ? null : header.destinationPan,
		dstAddr: addressHex(header.destination),
		srcPan: header.sourcePan < 0 ? null : header.sourcePan,
		srcAddr: addressHex(header.source),
		security: securityFields(header, expect["security"] as ExpectedSecurity | null),
		headerIes: listHeaderIes(bytes, header.headerIes, header.headerEnd).map(content),
		headerLength: payload,
		payload: toHex(bytes, payload, header.end),
		mic: header.micLength === 0 ? null : toHex(bytes, header.end, header.end + header.micLength),
	};
	if (header.next > header.headerEnd) {
		fields["payloadIes"] = listPayloadIes(bytes, header.headerEnd, header.next).map(content);
	}
	return fields;
}

/** The header that the expected fields describe. */
function headerOf(expect: MacVector["expect"]): MacHeader {
	const header = new MacHeader();
	header.type = TYPE_NAMES.indexOf(expect["frameType"] as string) as FrameType;
	header.version = expect["frameVersion"] as number;
	header.securityEnabled = expect["securityEnabled"] as boolean;
	header.framePending = expect["framePending"] as boolean;
	header.ackRequest = expect["ackRequest"] as boolean;
	header.panIdCompression = expect["panIdCompression"] as boolean;
	header.sequenceSuppressed = expect["seqSuppressed"] as boolean;
	header.iePresent = expect["iePresent"] as boolean;
	header.seq = (expect["seq"] as number | null) ?? -1;
	header.destinationPan = (expect["dstPan"] as number | null) ?? -1;
	header.sourcePan = (expect["srcPan"] as number | null) ?? -1;
	header.destination.set(linkAddress(expect["dstAddr"] as string | null));
	header.source.set(linkAddress(expect["srcAddr"] as string | null));
	return header;
}

function encodeExpected(expect: MacVector["expect"], decoded: MacHeader): Uint8Array {
	const header = headerOf(expect);
	const security = expect["security"] as ExpectedSecurity | null;
	if (security !== null) {
		header.security.level = security.level;
		header.security.keyIdMode = security.keyIdMode as KeyIdMode;
		header.security.frameCounter = security.frameCounter ?? -1;
		header.security.keyIndex = security.keyIndex ?? 0;
		header.security.asnInNonce = decoded.security.asnInNonce;
		header.security.keySourceHigh = decoded.security.keySourceHigh;
		header.security.keySourceLow = decoded.security.keySourceLow;
	}
	const bytes = new Uint8Array(ROOM);
	let next = encodeMacHeader(header, bytes, 0);
	for (const ie of (expect["headerIes"] ?? []) as ExpectedIe[]) {
		next = encodeHeaderIe(ie.id, fromHex(ie.content), bytes, next);
	}
	return bytes.subarray(0, next);
}

/** The header as received, without the bits that senders must leave 0 and receivers must not look at. */
function withoutReservedBits(bytes: Uint8Array, header: MacHeader): string {
	const copy = bytes.slice(0, header.headerEnd);
	copy[0] = (copy[0] as number) & 0x7f;
	if (header.version < 2) copy[1] = (copy[1] as number) & 0xfc;
	if (header.securityEnabled && header.version > 0) {
		const at = header.headerIes - header.security.byteLength;
		copy[at] = (copy[at] as number) & (header.version < 2 ? 0x1f : 0x7f);
	}
	return toHex(copy);
}

function checkFcs(input: Uint8Array, fcs: string | undefined): string | undefined {
	const psdu = new Uint8Array(input.length + 2);
	psdu.set(input);
	putFcs(psdu, psdu.length);
	const got = toHex(psdu, input.length);
	if (fcs !== undefined && got !== fcs) return `fcs: expected ${fcs}, got ${got}`;
	if (!hasGoodFcs(psdu)) return "fcs: a good one is refused";
	if (fcs16(psdu, 0, psdu.length) !== 0) return "fcs: the remainder over frame and FCS is not 0";
	psdu[0] = (psdu[0] as number) ^ 1;
	return hasGoodFcs(psdu) ? "fcs: a bad one is accepted" : undefined;
}

function checkCrypto(header: MacHeader, input: Uint8Array, vector: MacVector): string | undefined {
	const { crypto } = vector;
	if (crypto === undefined) return undefined;
	const key = fromHex(crypto.key);
	const sender = crypto.srcEui64 === undefined ? header.source : linkAddress(crypto.srcEui64);
	const { headerEnd, end, micLength, security } = header;
	const clear = new Uint8Array(input.length);
	if (security.frameCounter < 0) {
		clear.set(input);
		const open = security.level >= 4 ? headerEnd : end;
		const ccm = new Ccm(hostCipher.key(key));
		if (!ccm.open(fromHex(crypto.nonce ?? ""), clear, 0, open, end, micLength)) return "crypto: MIC refused";
		const plaintext = toHex(clear, headerEnd, end);
		return compare({ plaintext }, { plaintext: crypto.plaintext });
	}
	const nonce = new Uint8Array(13);
	putNonce(nonce, sender.high, sender.low, security.frameCounter, security.level);
	if (crypto.nonce !== undefined && toHex(nonce) !== crypto.nonce) {
		return `crypto.nonce: expected ${crypto.nonce}, got ${toHex(nonce)}`;
	}
	const { keyIdMode, keyIndex, keySourceHigh, keySourceLow } = security;
	const securityKey = new SecurityKey(hostCipher, key, {
		keyIdMode,
		keyIndex,
		keySourceHigh,
		keySourceLow,
		minimumMicLength: 0,
	});
	const peer = new SecurityPeer(sender.high, sender.low);
	const result = unsecureFrame(header, input, 0, [securityKey], peer, clear);
	if (typeof result === "string") return `crypto: unsecureFrame gave ${result}`;
	const plaintext = toHex(clear, headerEnd, end);
	if (plaintext !== crypto.plaintext)
		return `crypto.plaintext: expected ${crypto.plaintext}, got ${plaintext}`;

	const sealed = new Uint8Array(input.length);
	sealed.set(clear.subarray(0, end));
	const next = secureFrame(header, sealed, 0, headerEnd, end, securityKey, sender.high, sender.low);
	if (typeof next === "string") return `crypto: secureFrame gave ${next}`;
	return compare({ sealed: toHex(sealed, 0, next) }, { sealed: toHex(input) });
}

function checkFrame(vector: MacVector): string | undefined {
	const input = fromHex(vector.input ?? "");
	const header = decodeMacHeader(input, 0, input.length);
	if (typeof header === "string") return `refused as ${header}`;
	const difference =
		compare(headerFields(header, input, vector.expect), vector.expect) ?? checkFcs(input, vector.fcs);
	if (difference !== undefined) return difference;
	if (!header.securityEnabled || header.version > 0) {
		const encoded = toHex(encodeExpected(vector.expect, header));
		const wanted = withoutReservedBits(input, header);
		if (encoded !== wanted) return `encoded: expected ${wanted}, got ${encoded}`;
	}
	return checkCrypto(header, input, vector);
}

/** The checks of the MAC vector kinds: undefined when the vector holds both ways, else what differed. */
export const macChecks: Readonly<Record<string, (vector: MacVector) => string | undefined>> = {
	"mac-frame": checkFrame,
	"mac-header": checkFrame,
	"mac-beacon-payload": checkBeacon,
	"mac-command-payload": checkCommand,
};

/**
 * Why a MAC frame (hex, no FCS) is refused, as a drop reason; undefined when every codec accepts it.
 *
 * Beacon fields and commands are looked into when they are in clear.
 */
export function macMalformed(frameHex: string): string | undefined {
	const bytes = fromHex(frameHex);
	const header = decodeMacHeader(bytes, 0, bytes.length);
	if (typeof header === "string") return header;
	if (header.securityEnabled) return undefined;
	const { type, version, next, end } = header;
	if (type === FrameType.command) {
		const command = decodeMacCommand(bytes, next, end);
		return typeof command === "string" ? command : undefined;
	}
	if (type !== FrameType.beacon || version === 2) return undefined;
	const beacon = decodeMacBeacon(bytes, next, end);
	return typeof beacon === "string" ? beacon : undefined;
}
