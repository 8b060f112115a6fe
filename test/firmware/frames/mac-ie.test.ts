import test from "ava";
import fc from "fast-check";
import { decodeMacHeader, encodeMacHeader, MacHeader } from "../../../firmware/frames/mac-frame.js";
import {
	encodeHeaderIe,
	encodePayloadIe,
	HEADER_TERMINATION_1,
	HEADER_TERMINATION_2,
	listHeaderIes,
	listPayloadIes,
	PAYLOAD_TERMINATION,
} from "../../../firmware/frames/mac-ie.js";

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ""), "hex"));
const NONE = new Uint8Array(0);

/** Version 2, data, short addresses, IEs: frame control 0xaa41. */
const MHR = "41aa 05 cdab 0200 0100";

function parts(ies: string): unknown {
	const input = bytes(MHR + ies);
	const header = decodeMacHeader(input, 0, input.length);
	if (typeof header === "string") return header;
	const spans = (list: readonly { id: number; offset: number; length: number }[]) =>
		list.map((ie) => [ie.id, Buffer.from(input.subarray(ie.offset, ie.offset + ie.length)).toString("hex")]);
	return {
		header: spans(listHeaderIes(input, header.headerIes, header.headerEnd)),
		payload: spans(listPayloadIes(input, header.headerEnd, header.next)),
		rest: Buffer.from(input.subarray(header.next, header.end)).toString("hex"),
	};
}

test("header IEs, termination 2, payload", (t) => {
	// Vendor header IE (id 0, 3 octets), time correction IE (id 0x1e, 2 octets), HT2, payload.
	t.deepEqual(parts("0300 aabbcc 020f 0a80 803f c0ffee"), {
		header: [
			[0, "aabbcc"],
			[0x1e, "0a80"],
			[HEADER_TERMINATION_2, ""],
		],
		payload: [],
		rest: "c0ffee",
	});
});

test("header termination 1, payload IEs, payload", (t) => {
	// HT1; MLME IE (group 1, 3 octets), vendor IE (group 2, none), payload termination, payload.
	t.deepEqual(parts("003f 0388 010203 0090 00f8 c0ffee"), {
		header: [[HEADER_TERMINATION_1, ""]],
		payload: [
			[1, "010203"],
			[2, ""],
			[PAYLOAD_TERMINATION, ""],
		],
		rest: "c0ffee",
	});
});

test("a list may end with the frame", (t) => {
	t.deepEqual(parts("020f 0a80"), { header: [[0x1e, "0a80"]], payload: [], rest: "" });
	t.deepEqual(parts("003f 0188 aa"), { header: [[0x7e, ""]], payload: [[1, "aa"]], rest: "" });
	t.deepEqual(parts("003f"), { header: [[0x7e, ""]], payload: [], rest: "" });
	t.deepEqual(parts(""), { header: [], payload: [], rest: "" });
});

test("content that looks like a termination announces nothing", (t) => {
	t.deepEqual(parts("0200 003f"), { header: [[0, "003f"]], payload: [], rest: "" });
});

test("a payload IE may be longer than a header IE", (t) => {
	const content = "5a".repeat(0x12c);
	t.deepEqual(parts(`003f 2c91 ${content} 00f8 11`), {
		header: [[0x7e, ""]],
		payload: [
			[2, content],
			[15, ""],
		],
		rest: "11",
	});
});

test("a used header forgets that payload IEs were there", (t) => {
	const used = new MacHeader();
	decodeMacHeader(bytes(`${MHR} 003f 00f8`), 0, 13, used);
	t.true(used.payloadIesPresent);
	decodeMacHeader(bytes("4188 05 cdab 0200 0100 aa"), 0, 10, used);
	t.false(used.payloadIesPresent);
});

test("malformed lists", (t) => {
	t.is(parts("02"), "mac-truncated");
	t.is(parts("020f 0a"), "mac-truncated");
	t.is(parts("003f 01"), "mac-truncated");
	t.is(parts("003f 0288 aa"), "mac-truncated");
	t.is(parts("0188 aa 803f"), "mac-reserved", "a payload IE without header termination 1");
	t.is(parts("003f 020f 0a80"), "mac-reserved", "a header IE among the payload IEs");
	t.is(parts("813f aa"), "mac-reserved", "a termination with content");
	t.is(parts("003f 01f8 aa"), "mac-reserved", "a payload termination with content");
});

test("encrypted payload IEs are left alone, authenticated ones are read", (t) => {
	const frame = (control: string) => {
		// Frame control 0xaa49, level as given, counter 1, HT1, 4 octets that are no payload IEs, MIC of 4.
		const input = bytes(`49aa 05 cdab 0200 0100 ${control} 01000000 003f 0011 2233 44556677`);
		return decodeMacHeader(input, 0, input.length);
	};
	const encrypted = frame("05") as MacHeader;
	t.true(encrypted.payloadIesPresent);
	t.is(encrypted.next, encrypted.headerEnd);
	t.is(encrypted.end - encrypted.next, 4);
	t.is(frame("01"), "mac-reserved");
});

test("what is encoded is found again", (t) => {
	const element = (max: number) =>
		fc.record({ id: fc.nat({ max }), content: fc.uint8Array({ maxLength: 20 }) });
	fc.assert(
		fc.property(
			fc.array(element(0x7d), { maxLength: 3 }),
			fc.array(element(14), { maxLength: 3 }),
			fc.uint8Array({ maxLength: 10 }),
			(headerIes, payloadIes, payload) => {
				const header = new MacHeader();
				header.version = 2;
				header.iePresent = true;
				const psdu = new Uint8Array(300);
				let next = encodeMacHeader(header, psdu, 0);
				for (const ie of headerIes) next = encodeHeaderIe(ie.id, ie.content, psdu, next);
				next = encodeHeaderIe(
					payloadIes.length > 0 ? HEADER_TERMINATION_1 : HEADER_TERMINATION_2,
					NONE,
					psdu,
					next,
				);
				const headerEnd = next;
				for (const ie of payloadIes) next = encodePayloadIe(ie.id, ie.content, psdu, next);
				if (payloadIes.length > 0) next = encodePayloadIe(PAYLOAD_TERMINATION, NONE, psdu, next);
				psdu.set(payload, next);
				const end = next + payload.length;
				const result = decodeMacHeader(psdu, 0, end) as MacHeader;
				t.is(result.headerEnd, headerEnd);
				t.is(result.next, next);
				t.is(result.end, end);
				const content = (ie: { id: number; offset: number; length: number }) => ({
					id: ie.id,
					content: psdu.slice(ie.offset, ie.offset + ie.length),
				});
				t.deepEqual(listHeaderIes(psdu, result.headerIes, headerEnd).map(content).slice(0, -1), headerIes);
				t.deepEqual(listPayloadIes(psdu, headerEnd, next).map(content).slice(0, -1), payloadIes);
			},
		),
	);
});

test("what does not fit into an element", (t) => {
	const room = new Uint8Array(10);
	t.throws(() => encodeHeaderIe(256, NONE, room, 0), { instanceOf: RangeError, message: /id 0 to 255/ });
	t.throws(() => encodeHeaderIe(1, new Uint8Array(128), room, 0), { instanceOf: RangeError });
	t.throws(() => encodePayloadIe(16, NONE, room, 0), { instanceOf: RangeError, message: /group 0 to 15/ });
	t.throws(() => encodePayloadIe(1, new Uint8Array(2048), room, 0), { instanceOf: RangeError });
});
