import test from "ava";
import fc from "fast-check";
import { fcs16, hasGoodFcs, putFcs } from "../../../firmware/frames/fcs.js";

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));

/** The shift register of IEEE 802.15.4-2020, figure 7-6, one bit at a time. */
function bitwise(input: Uint8Array): number {
	let register = 0;
	for (const octet of input) {
		for (let bit = 0; bit < 8; bit++) {
			const feedback = ((octet >>> bit) ^ register) & 1;
			register = (register >>> 1) ^ (feedback === 1 ? 0x8408 : 0);
		}
	}
	return register;
}

test("the example of the standard: an acknowledgement with sequence number 0x56", (t) => {
	// IEEE 802.15.4-2020, 7.2.11: octets 02 00 6a, FCS (first bit sent first) 0010 0111 1001 1110.
	const psdu = bytes("02006a 0000");
	putFcs(psdu, 5);
	t.deepEqual(psdu, bytes("02006a e479"));
	t.true(hasGoodFcs(psdu));
});

test("the check value of this CRC over the digits 1 to 9", (t) => {
	t.is(fcs16(bytes("313233343536373839"), 0, 9), 0x2189);
	t.is(fcs16(new Uint8Array(0), 0, 0), 0);
});

test("equals the shift register for every length and offset", (t) => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 140 }), fc.nat({ max: 9 }), (input, offset) => {
			const padded = new Uint8Array(offset + input.length + 1).fill(0xaa);
			padded.set(input, offset);
			t.is(fcs16(padded, offset, offset + input.length), bitwise(input));
		}),
	);
});

test("a frame with its FCS is good, and one flipped bit makes it bad", (t) => {
	fc.assert(
		fc.property(fc.uint8Array({ minLength: 1, maxLength: 125 }), fc.nat(), (payload, flip) => {
			const psdu = new Uint8Array(payload.length + 5);
			psdu.set(payload);
			const end = payload.length + 2;
			putFcs(psdu, end);
			t.deepEqual(psdu.slice(0, payload.length), payload);
			t.deepEqual(psdu.slice(end), new Uint8Array(3));
			t.true(hasGoodFcs(psdu, end));
			const bit = flip % (end * 8);
			psdu[bit >>> 3] = psdu[bit >>> 3]! ^ (1 << (bit & 7));
			t.false(hasGoodFcs(psdu, end));
		}),
	);
});

test("what is too short has no FCS", (t) => {
	t.false(hasGoodFcs(new Uint8Array(1)));
	t.false(hasGoodFcs(new Uint8Array(0)));
	t.throws(() => putFcs(new Uint8Array(5), 1), { instanceOf: RangeError, message: /end from 2 to 5, got 1/ });
	t.throws(() => putFcs(new Uint8Array(5), 6), { instanceOf: RangeError });
});
