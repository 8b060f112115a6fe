import { RfragReassembler } from "../../firmware/fragments/rfrag-reassembler.js";
import { decodeRfrag, decodeRfragAck, encodeRfrag, encodeRfragAck } from "../../firmware/frames/rfrag.js";
import { fromHex, toHex } from "./hex.js";
import { differ, endsOf, feed, firstDifference, inputOf, type LowpanVector } from "./vector.js";

function rfragFields(bytes: Uint8Array): Record<string, unknown> | string {
	const header = decodeRfrag(bytes, 0, bytes.length);
	if (typeof header === "string") return header;
	const out = new Uint8Array(8);
	const encoded = toHex(out, 0, encodeRfrag(header, out, 0));
	if (encoded !== toHex(bytes, 0, header.next)) return `encoded ${encoded}`;
	return {
		type: "rfrag",
		ecn: header.ecn ? 1 : 0,
		tag: header.tag,
		ackRequest: header.ackRequest ? 1 : 0,
		sequence: header.sequence,
		fragmentSize: header.size,
		fragmentOffset: header.offset,
		payload: toHex(bytes, header.next),
	};
}

function ackFields(bytes: Uint8Array): Record<string, unknown> | string {
	const ack = decodeRfragAck(bytes, 0, bytes.length);
	if (typeof ack === "string") return ack;
	const out = new Uint8Array(8);
	const encoded = toHex(out, 0, encodeRfragAck(ack, out, 0));
	if (encoded !== toHex(bytes, 0, ack.next)) return `encoded ${encoded}`;
	return {
		type: "rfrag-ack",
		ecn: ack.ecn ? 1 : 0,
		tag: ack.tag,
		bitmap: ack.bitmap,
		payload: toHex(bytes, ack.next),
	};
}

/** Checks fields or reassembly of recoverable fragments (RFC 8931): undefined, or what differed. */
export function checkRecoverable(vector: LowpanVector): string | undefined {
	if (vector.expect["type"] === "reassembly") return checkRecoverableSet(vector);
	const input = inputOf(vector);
	const fields = vector.expect["type"] === "rfrag-ack" ? ackFields(input) : rfragFields(input);
	return typeof fields === "string" ? `refused: ${fields}` : firstDifference(fields, vector);
}

function checkRecoverableSet(vector: LowpanVector): string | undefined {
	const ends = endsOf(vector);
	const frames = (vector.frames ?? []).map(fromHex);
	const listed = vector.expect["fragments"];
	if (Array.isArray(listed)) {
		for (const [i, expect] of listed.entries()) {
			const fields = rfragFields(frames[i] ?? new Uint8Array(0));
			if (typeof fields === "string") return `fragment ${i}: ${fields}`;
			const difference = firstDifference(fields, { expect });
			if (difference !== undefined) return `fragment ${i}: ${difference}`;
		}
	}
	const reassembler = new RfragReassembler({ contexts: 1, contextBytes: 2048, timeoutUs: 60e6 });
	let whole = "";
	for (const frame of frames) {
		const packet = reassembler.accept(frame, 0, frame.length, ends.source, ends.destination, 0);
		if (typeof packet === "object") whole = toHex(packet.bytes, 0, packet.length);
	}
	const expected = String(vector.expect["datagram"]);
	return differ("compressed", whole, vector.expect["compressed"]) ?? feed(frames, ends, expected);
}
