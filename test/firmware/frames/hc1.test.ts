import test from "ava";
import fc from "fast-check";
import { decompressHc1 } from "../../../firmware/frames/hc1.js";
import { bytesOf, hexOf } from "./bytes-of.js";
import { DESTINATION, decompressed, SOURCE } from "./iphc-cases.js";

const ADDRESSES = "fe80000000000000 000000000000000a fe80000000000000 000000fffe0000b1";

test("everything elided, ICMPv6 (RFC 4944, figure 9)", (t) => {
	const short = `
		42       // HC1
		fc       // both addresses from the link layer, class and label zero, next header 10 = ICMPv6
		40       // hop limit 64
		8000`;
	t.is(decompressed(short), hexOf(bytesOf(`60000000 0002 3a 40 ${ADDRESSES} 8000`)));
});

test("HC_UDP with both ports in four bits and the length elided (RFC 4944, figure 10)", (t) => {
	const short = `
		42 fb     // HC1: next header 01 = UDP, HC2 follows
		e0        // HC_UDP: source, destination, length compressed
		ff        // hop limit 255
		12 beef   // ports 61616 + 1 and 61616 + 2, checksum
		0a0b`;
	t.is(decompressed(short), hexOf(bytesOf(`60000000 000a 11 ff ${ADDRESSES} f0b1 f0b2 000a beef 0a0b`)));
});

test("HC_UDP: one port in-line, length in-line", (t) => {
	// Source 4 bits, destination 16, length 16, checksum 16: 52 bits, the payload at the next octet.
	const short = "42 fb 80 40  1 0035 0009 beef 0  aa".replace(/ /g, "");
	t.is(decompressed(short), hexOf(bytesOf(`60000000 0009 11 40 ${ADDRESSES} f0b1 0035 0009 beef aa`)));
});

test("fields in-line follow the hop limit bit by bit in the order of section 10.1", (t) => {
	const short = `
		42 00                              // nothing elided, next header in-line
		21                                 // hop limit 33
		20010db800000000 0000000000000001  // source
		20010db800000000 0000000000000002  // destination
		${/* class 0xb8 (8), label 0x12345 (20), next header 0x3b (8), 4 bits of padding */ "b812345 3b 0".replace(/ /g, "")}
		cc`;
	t.is(
		decompressed(short),
		hexOf(
			bytesOf(`6b812345 0001 3b 21
				20010db800000000 0000000000000001 20010db800000000 0000000000000002 cc`),
		),
	);
});

test("source and destination are not mixed up", (t) => {
	// PC II PC IC: the source's identifier in-line, the destination's from the link layer.
	t.is(
		decompressed("42 bc 40 1122334455667788"),
		hexOf(bytesOf("60000000 0000 3a 40 fe80000000000000 1122334455667788 fe80000000000000 000000fffe0000b1")),
	);
});

test("HC2 is defined for UDP alone", (t) => {
	t.is(decompressed("42 fd 00 40 00"), "unknown-nhc");
	t.is(decompressed("42 f9 00 40 3b"), "unknown-nhc");
});

test("lengths come from datagram_size, which bounds the headers", (t) => {
	const bytes = bytesOf("42 fb e0 ff 12 beef");
	const out = new Uint8Array(64);
	decompressHc1(bytes, 0, bytes.length, SOURCE, DESTINATION, out, 300);
	t.is(hexOf(out.subarray(4, 6)), "0104");
	t.is(hexOf(out.subarray(44, 46)), "0104");
	t.is(decompressHc1(bytes, 0, bytes.length, SOURCE, DESTINATION, out, 47), "headers-beyond-size");
	t.is(decompressHc1(bytes, 0, bytes.length, SOURCE, DESTINATION, new Uint8Array(47), 0), "packet-too-long");
});

test("every truncation is refused", (t) => {
	for (const hex of ["42fbe0ff12beef", "42bc401122334455667788", `420021${"00".repeat(37)}`]) {
		const bytes = bytesOf(hex);
		const at = (end: number) => decompressHc1(bytes, 0, end, SOURCE, DESTINATION, new Uint8Array(64), 0);
		for (let end = 0; end < bytes.length; end++) t.is(at(end), "header-truncated", `${hex} ${end}`);
		t.is(typeof at(bytes.length), "object");
	}
});

test("random octets never throw, and the output is never overrun", (t) => {
	fc.assert(
		fc.property(
			fc.uint8Array({ minLength: 1, maxLength: 60 }),
			fc.integer({ min: 0, max: 90 }),
			(bytes, room) => {
				bytes[0] = 0x42;
				const out = new Uint8Array(room);
				const result = decompressHc1(bytes, 0, bytes.length, SOURCE, DESTINATION, out, 0);
				return typeof result === "string" || (result.length <= room && result.next <= bytes.length);
			},
		),
		{ numRuns: 2000 },
	);
	t.pass();
});
