import test from "ava";
import fc from "fast-check";
import {
	decodeFragmentHeader,
	encodeFragmentHeader,
	FRAG1_BYTES,
	FRAGN_BYTES,
	FragmentHeader,
} from "../../../firmware/frames/fragment.js";
import { bytesOf, hexOf } from "./bytes-of.js";

// RFC 4944, figure 4: 11000 | size (11) | tag (16). Size 560 = 0x230, tag 0xbeef.
const FRAG1 = bytesOf("c2 30 be ef");
// RFC 4944, figure 5: 11100 | size (11) | tag (16) | offset / 8. Offset 1040 = 8 × 0x82.
const FRAGN = bytesOf("e2 30 be ef 82");

test("a first fragment's header has size and tag, and offset 0", (t) => {
	const header = decodeFragmentHeader(FRAG1, 0, FRAG1.length);
	t.like(header, { first: true, size: 560, tag: 0xbeef, offset: 0, next: FRAG1_BYTES });
});

test("a subsequent fragment's offset counts units of 8 octets", (t) => {
	const header = decodeFragmentHeader(FRAGN, 0, FRAGN.length);
	t.like(header, { first: false, size: 560, tag: 0xbeef, offset: 1040, next: FRAGN_BYTES });
});

test("a decoder that reuses its object leaves nothing of the header before", (t) => {
	const into = new FragmentHeader();
	decodeFragmentHeader(FRAGN, 0, FRAGN.length, into);
	t.is(decodeFragmentHeader(FRAG1, 0, FRAG1.length, into), into);
	t.like(into, { first: true, offset: 0, next: 4 });
});

test("neighbouring dispatches are no fragments", (t) => {
	for (const octet of [0xbf, 0xc8, 0xd0, 0xdf, 0xe8, 0xea, 0xf0]) {
		t.is(decodeFragmentHeader(Uint8Array.of(octet, 0, 0, 0, 0), 0, 5), "not-fragment");
	}
});

test("every truncation is refused", (t) => {
	for (const bytes of [FRAG1, FRAGN]) {
		for (let end = 0; end < bytes.length; end++) {
			t.is(decodeFragmentHeader(bytes, 0, end), "fragment-truncated");
		}
	}
});

test("what is encoded is decoded", (t) => {
	const headers = fc.record({
		first: fc.boolean(),
		size: fc.integer({ min: 0, max: 2047 }),
		tag: fc.integer({ min: 0, max: 0xffff }),
		unit: fc.integer({ min: 0, max: 255 }),
	});
	fc.assert(
		fc.property(headers, fc.integer({ min: 0, max: 9 }), ({ first, size, tag, unit }, at) => {
			const offset = first ? 0 : unit * 8;
			const bytes = new Uint8Array(16);
			const next = encodeFragmentHeader({ first, size, tag, offset }, bytes, at);
			t.like(decodeFragmentHeader(bytes, at, next), { first, size, tag, offset, next });
		}),
	);
	t.pass();
});

test("an encoder refuses what does not fit its fields", (t) => {
	const bytes = new Uint8Array(8);
	const header = { first: false, size: 100, tag: 1, offset: 96 };
	t.throws(() => encodeFragmentHeader({ ...header, size: 2048 }, bytes, 0), { message: /2048/ });
	t.throws(() => encodeFragmentHeader({ ...header, offset: 12 }, bytes, 0), { message: /12/ });
	t.is(hexOf(bytes), "0000000000000000");
});
