import test from "ava";
import fc from "fast-check";
import { decodeRfrag, decodeRfragAck, encodeRfrag, encodeRfragAck } from "../../../firmware/frames/rfrag.js";
import { bytesOf, hexOf } from "./bytes-of.js";

// RFC 8931, figure 4: 1110100 E | tag (8) | X | sequence (5) | size (10) | offset (16).
const RFRAG = bytesOf("e9 2a 8c50 0123");
// RFC 8931, figure 5: 1110101 E | tag (8) | bitmap (32).
const ACK = bytesOf("ea 2a c0000001");

test("a recoverable fragment: E, X, sequence 3, size 80, offset 0x123", (t) => {
	t.like(decodeRfrag(RFRAG, 0, RFRAG.length), {
		ecn: true,
		tag: 42,
		ackRequest: true,
		sequence: 3,
		size: 80,
		offset: 0x123,
		next: 6,
	});
});

test("an acknowledgement: the bitmap is unsigned, its first bit stands for sequence 0", (t) => {
	t.like(decodeRfragAck(ACK, 0, ACK.length), { ecn: false, tag: 42, bitmap: 0xc0000001, next: 6 });
});

test("one is not taken for the other, nor for a fragment of RFC 4944", (t) => {
	t.is(decodeRfrag(ACK, 0, 6), "not-rfrag");
	t.is(decodeRfragAck(RFRAG, 0, 6), "not-rfrag");
	t.is(decodeRfrag(bytesOf("e0 2a 8c50 0123"), 0, 6), "not-rfrag");
});

test("every truncation is refused", (t) => {
	for (let end = 0; end < 6; end++) {
		t.is(decodeRfrag(RFRAG, 0, end), "rfrag-truncated");
		t.is(decodeRfragAck(ACK, 0, end), "rfrag-truncated");
	}
});

test("what is encoded is decoded", (t) => {
	const header = fc.record({
		ecn: fc.boolean(),
		tag: fc.integer({ min: 0, max: 255 }),
		ackRequest: fc.boolean(),
		sequence: fc.integer({ min: 0, max: 31 }),
		size: fc.integer({ min: 0, max: 1023 }),
		offset: fc.integer({ min: 0, max: 0xffff }),
	});
	fc.assert(
		fc.property(header, fc.integer({ min: 0, max: 0xffffffff }), (given, bitmap) => {
			const bytes = new Uint8Array(8);
			t.like(decodeRfrag(bytes, 1, encodeRfrag(given, bytes, 1)), { ...given });
			const ack = { ecn: given.ecn, tag: given.tag, bitmap };
			t.like(decodeRfragAck(bytes, 2, encodeRfragAck(ack, bytes, 2)), ack);
		}),
	);
});

test("an encoder refuses what does not fit its fields", (t) => {
	const bytes = new Uint8Array(8);
	const header = { ecn: false, tag: 1, ackRequest: false, sequence: 1, size: 1, offset: 1 };
	t.throws(() => encodeRfrag({ ...header, tag: 256 }, bytes, 0), { message: /tag.*256/ });
	t.throws(() => encodeRfrag({ ...header, sequence: 32 }, bytes, 0), { message: /sequence.*32/ });
	t.throws(() => encodeRfrag({ ...header, size: 1024 }, bytes, 0), { message: /size.*1024/ });
	t.throws(() => encodeRfrag({ ...header, offset: 65536 }, bytes, 0), { message: /offset.*65536/ });
	t.is(hexOf(bytes), "0000000000000000");
});
