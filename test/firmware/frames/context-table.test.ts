import test from "ava";
import fc from "fast-check";
import { ContextTable } from "../../../firmware/frames/context-table.js";
import { formatIpv6, parseIpv6 } from "../../../firmware/frames/ipv6-text.js";

function address(text: string): Uint8Array {
	const bytes = parseIpv6(text);
	if (bytes === undefined) throw new Error(text);
	return bytes;
}

test("the bits behind a prefix are not kept", (t) => {
	const table = new ContextTable().set(3, address("2001:db8:ffff:ffff::"), 36);
	const out = new Uint8Array(16);
	table.apply(3, out, 0);
	t.is(formatIpv6(out), "2001:db8:f000::");
});

test("context bits win over the bits that are there, the others stay", (t) => {
	const table = new ContextTable().set(0, address("2001:db8::"), 75);
	const out = new Uint8Array(16).fill(0xff);
	table.apply(0, out, 0);
	t.is(formatIpv6(out), "2001:db8::1f:ffff:ffff:ffff");
});

test("the longest prefix matches, and only a set one", (t) => {
	const table = new ContextTable();
	t.is(table.longestMatch(address("2001:db8::1"), 0), -1);
	table.set(4, address("2001:db8::"), 32).set(9, address("2001:db8::"), 65).set(1, address("::"), 0);
	t.is(table.longestMatch(address("2001:db8::1"), 0), 9);
	t.is(table.longestMatch(address("2001:db8::8000:0:0:1"), 0), 4);
	t.is(table.longestMatch(address("fe80::1"), 0), 1);
	table.remove(9);
	t.is(table.longestMatch(address("2001:db8::1"), 0), 4);
});

test("setting a shorter prefix forgets the longer one", (t) => {
	const table = new ContextTable().set(0, address("2001:db8:1:2:3:4:5:6"), 128);
	table.set(0, address("fd00::"), 8);
	t.is(formatIpv6(table.prefixes), "fd00::");
	t.is(table.lengthBits(0), 8);
});

test("an address matches exactly when applying the prefix changes nothing", (t) => {
	const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
	fc.assert(
		fc.property(
			bytes,
			fc.integer({ min: 0, max: 128 }),
			fc.integer({ min: 0, max: 127 }),
			(prefix, bits, flip) => {
				const table = new ContextTable().set(7, prefix, bits);
				const candidate = prefix.slice();
				candidate[flip >>> 3]! ^= 0x80 >>> (flip & 7);
				const applied = candidate.slice();
				table.apply(7, applied, 0);
				const unchanged = formatIpv6(applied) === formatIpv6(candidate);
				return table.matches(7, candidate, 0) === unchanged && unchanged === flip >= bits;
			},
		),
	);
	t.pass();
});

test("a caller's mistakes throw", (t) => {
	const table = new ContextTable();
	t.throws(() => table.set(16, address("::"), 64), { instanceOf: RangeError, message: /16/ });
	t.throws(() => table.set(0, address("::"), 129), { instanceOf: RangeError, message: /129/ });
	t.throws(() => table.set(0, new Uint8Array(4), 64), { instanceOf: RangeError, message: /64/ });
});
