import test from "ava";
import { bytesOf, hexOf } from "./bytes-of.js";
import { compressed, decompressed } from "./iphc-cases.js";

const ADDRESSES = "fe80000000000000 000000000000000a fe80000000000000 000000fffe0000b1";

/** Compressed packet, and the packet: the headers of RFC 6282, section 4. */
const CASES: readonly (readonly [title: string, compressed: string, datagram: string])[] = [
	[
		"UDP, P 00: both ports in-line",
		"7e 33 f0 1633 1634 beef 0102",
		`60000000 000a 11 40 ${ADDRESSES} 1633 1634 000a beef 0102`,
	],
	[
		"UDP, P 01: destination port f0XX in one octet",
		"7e 33 f1 1633 34 beef",
		`60000000 0008 11 40 ${ADDRESSES} 1633 f034 0008 beef`,
	],
	[
		"UDP, P 10: source port f0XX in one octet",
		"7e 33 f2 33 1634 beef",
		`60000000 0008 11 40 ${ADDRESSES} f033 1634 0008 beef`,
	],
	[
		"UDP, P 11: ports f0bX in one octet, the source's first",
		"7e 33 f3 12 beef",
		`60000000 0008 11 40 ${ADDRESSES} f0b1 f0b2 0008 beef`,
	],
	[
		"hop-by-hop options, Pad1 elided, next header in-line",
		"7e 33 e0 3b 05 6d 03 aabbcc",
		`60000000 0008 00 40 ${ADDRESSES} 3b 00 6d03aabbcc 00`,
	],
	[
		"destination options, PadN of 5 elided, then UDP",
		"7e 33 e7 09 6d07 11223344556677 f3 12 beef",
		// 2 + 9 octets: padded to 16 with PadN, 3 octets of zero.
		`60000000 0018 3c 40 ${ADDRESSES} 11 01 6d0711223344556677 0103000000 f0b1 f0b2 0008 beef`,
	],
	[
		"options that are padding alone have no octet left",
		"7e 33 e0 3b 00",
		`60000000 0008 00 40 ${ADDRESSES} 3b 00 010400000000`,
	],
	[
		"routing header, whole",
		"7e 33 e3 06 0300 00000000 f3 12 beef",
		`60000000 0010 2b 40 ${ADDRESSES} 11 00 030000000000 f0b1 f0b2 0008 beef`,
	],
	[
		"fragment header: its reserved octet stands where others have a length",
		"7e 33 e4 3a 00 0001 12345678 8000",
		`60000000 000a 2c 40 ${ADDRESSES} 3a 00 000112345678 8000`,
	],
	[
		"mobility header, whole",
		"7e 33 e8 3b 06 050000000000",
		`60000000 0008 87 40 ${ADDRESSES} 3b 00 050000000000`,
	],
	[
		"a chain: hop-by-hop, routing, destination options, UDP",
		"7e 33 e1 02 6d00 e3 06 030000000000 e7 02 6d00 f3 12 beef",
		`60000000 0020 00 40 ${ADDRESSES} 2b 00 6d00 01020000 3c 00 030000000000
			11 00 6d00 01020000 f0b1 f0b2 0008 beef`,
	],
	[
		"IPv6 in IPv6: the inner elided addresses come from the outer ones",
		`7e 00 20010db9000000000000000000aa0001 20010db9000000000000000000bb0002
			ee 7a 33 3b 01`,
		`60000000 0029 29 40 20010db9000000000000000000aa0001 20010db9000000000000000000bb0002
			60000000 0001 3b 40 fe80000000000000 0000000000aa0001 fe80000000000000 0000000000bb0002 01`,
	],
	[
		"IPv6 in IPv6 to a multicast address: that has no identifier, the link layer's is taken",
		"7e 3b 01 ee 7a 33 3b",
		`60000000 0028 29 40 fe80000000000000 000000000000000a ff020000000000000000000000000001
			60000000 0000 3b 40 fe80000000000000 000000000000000a fe80000000000000 000000fffe0000b1`,
	],
];

for (const [title, short, datagram] of CASES) {
	test(`decompresses ${title}`, (t) => {
		t.is(decompressed(short), hexOf(bytesOf(datagram)));
	});
	test(`compresses ${title}`, (t) => {
		t.is(compressed(datagram), hexOf(bytesOf(short)));
	});
	test(`truncated ${title}`, (t) => {
		const bytes = bytesOf(short);
		for (let end = 2; end < bytes.length; end++) {
			const got = decompressed(hexOf(bytes, end));
			// Shorter than the headers: refused; within the payload: a shorter packet.
			t.true(got === "header-truncated" || got.length < hexOf(bytesOf(datagram)).length, `${end}: ${got}`);
		}
	});
}

test("the length octet of a fragment header may also be 6: no sender is refused for it", (t) => {
	t.is(
		decompressed("7e 33 e4 3a 06 0001 12345678 8000"),
		hexOf(bytesOf(`60000000 000a 2c 40 ${ADDRESSES} 3a 00 000112345678 8000`)),
	);
	t.is(decompressed("7e 33 e4 3a 07 0001 12345678 8000"), "extension-length");
});

test("unknown and reserved next header compressions are refused", (t) => {
	for (const nhc of ["00", "60", "d0", "ea", "eb", "ec", "ed", "ef", "f8", "ff"]) {
		t.is(decompressed(`7e 33 ${nhc} 0000000000000000`), "unknown-nhc", nhc);
	}
	t.is(decompressed("7e 33 ee 41 60000000"), "header-dispatch");
});

test("a routing or mobility header that is no multiple of 8 is refused: nothing may pad it", (t) => {
	t.is(decompressed("7e 33 e2 3b 05 0300000000"), "extension-length");
	t.is(decompressed("7e 33 e8 3b 05 0500000000"), "extension-length");
});

test("an elided checksum is computed over the whole packet", (t) => {
	// Ports 0xf0b1 and 0xf0b2, length 11, payload 010203: sum of the pseudo-header and these, inverted.
	const words = [0xfe80, 0x000a, 0xfe80, 0x00ff, 0xfe00, 0x00b1, 11, 17, 0xf0b1, 0xf0b2, 11, 0x0102, 0x0300];
	let sum = words.reduce((total, word) => total + word, 0);
	while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
	const checksum = (~sum & 0xffff).toString(16).padStart(4, "0");
	const datagram = hexOf(bytesOf(`60000000 000b 11 40 ${ADDRESSES} f0b1 f0b2 000b ${checksum} 010203`));
	t.is(decompressed("7e 33 f7 12 010203"), datagram);
	t.is(compressed(datagram, undefined, true), "7e33f712010203");
	t.is(compressed(datagram), `7e33f312${checksum}010203`);
});

test("a wrong checksum is not elided: the decompressor would make it right", (t) => {
	const datagram = `60000000 0008 11 40 ${ADDRESSES} f0b1 f0b2 0008 beef`;
	t.is(compressed(datagram, undefined, true), "7e33f312beef");
});

test("the elided checksum of a nested packet is computed with the inner addresses", (t) => {
	const inner = `60000000 0008 11 40 20010db9000000000000000000000001 20010db9000000000000000000000002
		1633 1634 0008`;
	const words = [0x2001, 0x0db9, 1, 0x2001, 0x0db9, 2, 8, 17, 0x1633, 0x1634, 8];
	const checksum = (~words.reduce((total, word) => total + word, 0) & 0xffff).toString(16).padStart(4, "0");
	const datagram = hexOf(bytesOf(`60000000 0030 29 40 ${ADDRESSES} ${inner} ${checksum}`));
	const short = compressed(datagram, undefined, true);
	t.true(short.endsWith("f416331634"), short);
	t.is(decompressed(short), datagram);
});

test("IPv6 headers within each other are bounded", (t) => {
	const nest = (depth: number) => `7e33${"ee7e33".repeat(depth - 1)}ee7a333b`;
	t.is(decompressed(nest(4)).length, 2 * 40 * 5);
	t.is(decompressed(nest(5)), "nested-too-deep");
	t.is(decompressed(nest(30)), "nested-too-deep");
});

test("a chain of next headers without end is refused", (t) => {
	t.is(decompressed(`7e33${"e100".repeat(60)}`), "header-truncated");
	t.is(decompressed(`7e33${"e100".repeat(400)}`), "packet-too-long");
});
