import test from "ava";
import fc from "fast-check";
import * as bytes from "../../firmware/bytes.js";

/** The same integers through the platform's own view. */
test("integers are read and written as DataView does, at any offset", (t) => {
	fc.assert(
		fc.property(fc.uint8Array({ minLength: 8, maxLength: 16 }), fc.nat({ max: 4 }), (octets, at) => {
			const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
			t.is(bytes.u8(octets, at), view.getUint8(at));
			t.is(bytes.u16be(octets, at), view.getUint16(at));
			t.is(bytes.u16le(octets, at), view.getUint16(at, true));
			t.is(bytes.i32be(octets, at), view.getInt32(at));
			t.is(bytes.i32le(octets, at), view.getInt32(at, true));
			const copy = new Uint8Array(octets.length).fill(0x77);
			const reference = new DataView(copy.slice().buffer);
			bytes.putU16be(copy, at, bytes.u16be(octets, at));
			reference.setUint16(at, view.getUint16(at));
			bytes.putU16le(copy, at + 2, bytes.u16be(octets, at));
			reference.setUint16(at + 2, view.getUint16(at), true);
			t.deepEqual(copy, new Uint8Array(reference.buffer));
			bytes.putI32be(copy, at, bytes.i32be(octets, at));
			reference.setInt32(at, view.getInt32(at));
			t.deepEqual(copy, new Uint8Array(reference.buffer));
			bytes.putI32le(copy, at, bytes.i32be(octets, at));
			reference.setInt32(at, view.getInt32(at), true);
			t.deepEqual(copy, new Uint8Array(reference.buffer));
		}),
	);
});

test("copies of any length, short and long, touch nothing else", (t) => {
	for (const length of [0, 1, 2, 3, 4, 5, 6, 7, 48, 63, 64, 65, 200]) {
		const from = Uint8Array.from({ length: 220 }, (_, i) => i + 1);
		const to = new Uint8Array(230);
		bytes.copyBytes(from, 7, to, 11, length);
		const expected = new Uint8Array(230);
		expected.set(from.subarray(7, 7 + length), 11);
		t.deepEqual(to, expected);
		t.true(bytes.equalBytes(from, 7, to, 11, length));
		if (length > 0) t.false(bytes.equalBytes(from, 7, to, 10, length));
	}
});
