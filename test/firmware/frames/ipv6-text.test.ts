import test from "ava";
import fc from "fast-check";
import { formatIpv6, parseIpv6, parseIpv6Prefix } from "../../../firmware/frames/ipv6-text.js";
import { hexOf } from "./bytes-of.js";

/** RFC 5952: any text, and the one recommended. */
const TEXTS: readonly (readonly [given: string, recommended: string])[] = [
	["2001:0db8::0001", "2001:db8::1"], // 4.1: no leading zeros
	["2001:db8:0:0:0:0:2:1", "2001:db8::2:1"], // 4.2.1: shortened as much as possible
	["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"], // 4.2.2: never for one group
	["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"], // 4.2.3: the longest run
	["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"], // 4.2.3: the first of equal ones
	["2001:DB8::ABCD", "2001:db8::abcd"], // 4.3: lower case
	["0:0:0:0:0:0:0:0", "::"],
	["0:0:0:0:0:0:0:1", "::1"],
	["1:0:0:0:0:0:0:0", "1::"],
	["::ffff:192.0.2.1", "::ffff:c000:201"],
	["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
	["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
];

for (const [given, recommended] of TEXTS) {
	test(`${given} is ${recommended}`, (t) => {
		const bytes = parseIpv6(given);
		if (bytes === undefined) throw new Error(given);
		t.is(formatIpv6(bytes), recommended);
		t.deepEqual(parseIpv6(recommended), bytes);
	});
}

test("everything else is no address", (t) => {
	for (const text of [
		"",
		":",
		":::",
		"1",
		"1:2:3:4:5:6:7",
		"1:2:3:4:5:6:7:8:9",
		"1::2::3",
		"1:2:3:4:5:6:7::8",
		"12345::",
		"g::",
		":1::",
		"1::2:",
		"::1.2.3",
		"::256.1.1.1",
		"::01.1.1.1",
		"1.2.3.4::",
		"fe80::1%eth0",
		" ::1",
	]) {
		t.is(parseIpv6(text), undefined, text);
	}
});

test("what is formatted is parsed", (t) => {
	const group = fc.constantFrom(0, 0, 0, 1, 0xffff, 0x0db8);
	fc.assert(
		fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
			const bytes = Uint8Array.from(groups.flatMap((value) => [value >>> 8, value & 255]));
			const text = formatIpv6(bytes);
			return hexOf(parseIpv6(text) ?? new Uint8Array(0)) === hexOf(bytes) && !text.includes(":::");
		}),
		{ numRuns: 2000 },
	);
	t.pass();
});

test("prefixes", (t) => {
	t.like(parseIpv6Prefix("2001:db8::/64"), { lengthBits: 64 });
	t.like(parseIpv6Prefix("::/0"), { lengthBits: 0 });
	for (const text of ["2001:db8::", "::/129", "::/", "::/064", "::/-1", "/64", "::/6 4"]) {
		t.is(parseIpv6Prefix(text), undefined, text);
	}
});
