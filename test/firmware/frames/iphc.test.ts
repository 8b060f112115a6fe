import test from "ava";
import fc from "fast-check";
import { decompress, decompressDatagram } from "../../../firmware/frames/decompress.js";
import { decompressIphc } from "../../../firmware/frames/iphc.js";
import { bytesOf, hexOf } from "./bytes-of.js";
import { CONTEXTS, compressed, contextsOf, DESTINATION, decompressed, SOURCE } from "./iphc-cases.js";

/** Compressed packet, and the packet: every form that RFC 6282, sections 3.1 and 3.2, defines. */
const CASES: readonly (readonly [title: string, compressed: string, datagram: string])[] = [
	[
		"all elided: TF 11, HLIM 10 (64), SAM 11, DAM 11",
		"7a 33 3b",
		`60000000 0000 3b 40 fe80000000000000 000000000000000a // U/L bit inverted
			fe80000000000000 000000fffe0000b1`,
	],
	[
		"TF 00: ECN 1, DSCP 46, flow label 0x12345; SAM 01: identifier in-line; HLIM 01",
		"61 13 6e 01 23 45 3b 1122334455667788",
		"6b912345 0000 3b 01 fe80000000000000 1122334455667788 fe80000000000000 000000fffe0000b1",
	],
	[
		"TF 01: ECN 2 and flow label, DSCP 0; SAM 10: 16 bits; HLIM 11",
		"6b 23 8f edcb 3b 9abc",
		"602fedcb 0000 3b ff fe80000000000000 000000fffe009abc fe80000000000000 000000fffe0000b1",
	],
	[
		"TF 10: ECN 3 and DSCP 1, no flow label; hop limit in-line",
		"70 33 c1 3b 21",
		"60700000 0000 3b 21 fe80000000000000 000000000000000a fe80000000000000 000000fffe0000b1",
	],
	[
		"SAM 00 and DAM 00: whole addresses",
		"7a 00 3b 20010db9000000000000000000000001 20010db9000000000000000000000002",
		"60000000 0000 3b 40 20010db9000000000000000000000001 20010db9000000000000000000000002",
	],
	[
		"SAC 1, SAM 00: the unspecified address; M 1, DAM 11: ff02::16",
		"7a 4b 3b 16",
		"60000000 0000 3b 40 00000000000000000000000000000000 ff020000000000000000000000000016",
	],
	[
		"M 1, DAM 10: 32 bits, ff05::1:3",
		"7a 3a 3b 05 010003",
		"60000000 0000 3b 40 fe80000000000000 000000000000000a ff050000000000000000000000010003",
	],
	[
		"M 1, DAM 01: 48 bits, ff32::40:1234:5678",
		"7a 39 3b 32 4012345678",
		"60000000 0000 3b 40 fe80000000000000 000000000000000a ff320000000000000000004012345678",
	],
	[
		"M 1, DAM 00: 128 bits",
		"7a 38 3b ff3e0001000000000000000000000001",
		"60000000 0000 3b 40 fe80000000000000 000000000000000a ff3e0001000000000000000000000001",
	],
	[
		"M 1, DAC 1: unicast-prefix-based, flags and scope 3e, RIID 07, length and prefix of context 0",
		"7a 3c 3b 3e07 deadbeef",
		"60000000 0000 3b 40 fe80000000000000 000000000000000a ff3e0740 20010db800000000 deadbeef",
	],
	[
		"SAC 1 and DAC 1 with context 0 need no identifier octet",
		"7a 77 3b",
		"60000000 0000 3b 40 20010db800000000 000000000000000a 20010db800000000 000000fffe0000b1",
	],
	[
		"context 2 (75 bits) for the source, context 0 for the destination",
		"7a d5 20 3b fff1112233445566 0102030405060708",
		"60000000 0000 3b 40 fd00000000000001 fff1112233445566 20010db800000000 0102030405060708",
	],
	[
		"context 3 is a whole address: it wins over every bit of the elided identifier",
		"7a f3 30 3b",
		"60000000 0000 3b 40 20010db800020000 0000000000000003 fe80000000000000 000000fffe0000b1",
	],
];

for (const [title, short, datagram] of CASES) {
	test(`decompresses ${title}`, (t) => {
		t.is(decompressed(short), hexOf(bytesOf(datagram)));
	});
	test(`compresses ${title}`, (t) => {
		t.is(compressed(datagram), hexOf(bytesOf(short)));
	});
}

test("the bits of a context win over those of the identifier in-line", (t) => {
	// Bits 64 to 74 are ones in context 2: 0x001f becomes 0xffff.
	t.is(
		decompressed("7a d3 20 3b 001f112233445566"),
		hexOf(bytesOf("60000000 0000 3b 40 fd00000000000001 ffff112233445566 fe80000000000000 000000fffe0000b1")),
	);
});

test("what RFC 6282 reserves, or what the frame lacks, is refused", (t) => {
	t.is(decompressed("7a 34 3b"), "reserved-address-mode"); // M 0, DAC 1, DAM 00
	for (const low of ["3d", "3e", "3f"]) t.is(decompressed(`7a ${low} 3b 00`), "reserved-address-mode");
	t.is(decompressed("7a f7 bb 3b"), "unknown-context");
	t.is(decompressed("7a 77 3b", contextsOf({ 1: "2001:db8::/64" })), "unknown-context");
	t.is(decompressed("7a 3c 3b 3e07deadbeef", contextsOf({})), "unknown-context");
});

test("a frame without an address cannot elide one", (t) => {
	const bytes = bytesOf("7a 33 3b");
	const out = new Uint8Array(64);
	const none = SOURCE.clone().setNone();
	t.is(decompressIphc(bytes, 0, 3, none, DESTINATION, CONTEXTS, out, 0), "no-link-address");
	t.is(decompressIphc(bytes, 0, 3, SOURCE, none, CONTEXTS, out, 0), "no-link-address");
});

test("lengths come from datagram_size where there is one, else from the frame", (t) => {
	// UDP NHC, ports f0b1 and f0b2, checksum 0xbeef, three octets of payload.
	const bytes = bytesOf("7e 33 f3 12 beef 010203");
	const out = new Uint8Array(1280);
	const whole = decompressIphc(bytes, 0, bytes.length, SOURCE, DESTINATION, CONTEXTS, out, 0);
	t.like(whole, { next: 6, length: 48, udpOffset: 40, checksumElided: false });
	t.is(hexOf(out.subarray(4, 6)), "000b");
	t.is(hexOf(out.subarray(40, 48)), "f0b1f0b2000bbeef");
	decompressIphc(bytes, 0, bytes.length, SOURCE, DESTINATION, CONTEXTS, out, 600);
	t.is(hexOf(out.subarray(4, 6)), "0230");
	t.is(hexOf(out.subarray(44, 46)), "0230");
});

test("headers longer than datagram_size, or than the output, are refused", (t) => {
	const bytes = bytesOf("7e 33 f3 12 beef");
	const end = bytes.length;
	const at = (room: number, size: number) =>
		decompressIphc(bytes, 0, end, SOURCE, DESTINATION, CONTEXTS, new Uint8Array(room), size);
	t.is(at(1280, 47), "headers-beyond-size");
	t.is(at(1280, 39), "headers-beyond-size");
	t.is(typeof at(1280, 48), "object");
	t.is(at(47, 0), "packet-too-long");
	t.is(at(39, 0), "packet-too-long");
});

test("a whole packet must fit in the output, payload included", (t) => {
	const bytes = bytesOf("7a 33 3b 0102030405");
	const at = (room: number) =>
		decompressDatagram("iphc", bytes, 0, 8, SOURCE, DESTINATION, CONTEXTS, new Uint8Array(room));
	t.is(at(44), "packet-too-long");
	t.like(at(45), { length: 45, next: 8 });
});

test("the dispatch octet must be that of the kind, and there", (t) => {
	const out = new Uint8Array(64);
	const at = (kind: "iphc" | "ipv6" | "hc1", bytes: Uint8Array) =>
		decompress(kind, bytes, 0, bytes.length, SOURCE, DESTINATION, CONTEXTS, out, 0);
	const other = bytesOf("40 333b00");
	for (const kind of ["iphc", "ipv6", "hc1"] as const) {
		t.is(at(kind, other), "header-dispatch");
		t.is(at(kind, new Uint8Array(0)), "header-truncated");
	}
	t.is(at("ipv6", bytesOf("41 45")), "ipv6-version");
	t.like(at("ipv6", bytesOf("41 60")), { length: 0, next: 1 });
});

test("every truncation is refused, and nothing behind the end is read", (t) => {
	for (const [title, short] of CASES) {
		const bytes = bytesOf(short);
		for (let end = 0; end < bytes.length; end++) {
			const out = new Uint8Array(64);
			const result = decompressIphc(bytes, 0, end, SOURCE, DESTINATION, CONTEXTS, out, 0);
			t.is(result, "header-truncated", `${title}, ${end} octets`);
		}
	}
});

test("random octets never throw, and the output is never overrun", (t) => {
	const octets = fc.uint8Array({ minLength: 2, maxLength: 60 });
	fc.assert(
		fc.property(
			octets,
			fc.integer({ min: 0, max: 200 }),
			fc.integer({ min: 0, max: 127 }),
			(bytes, size, room) => {
				bytes[0] = 0x60 | (bytes[0]! & 0x1f);
				const before = hexOf(bytes);
				const out = new Uint8Array(room);
				const result = decompressIphc(bytes, 0, bytes.length, SOURCE, DESTINATION, CONTEXTS, out, size);
				if (hexOf(bytes) !== before) return false;
				if (typeof result === "string") return true;
				return result.length <= room && result.next <= bytes.length && (size === 0 || result.length <= size);
			},
		),
		{ numRuns: 5000 },
	);
	t.pass();
});
