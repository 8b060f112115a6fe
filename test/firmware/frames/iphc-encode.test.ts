import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../firmware/address.js";
import { ContextTable } from "../../../firmware/frames/context-table.js";
import { decompressDatagram } from "../../../firmware/frames/decompress.js";
import { HeaderCompressor } from "../../../firmware/frames/iphc-encode.js";
import { bytesOf, hexOf } from "./bytes-of.js";
import { CONTEXTS, compressed, contextsOf, DESTINATION, SOURCE } from "./iphc-cases.js";

const octet = fc.integer({ min: 0, max: 255 });

/** Addresses that are often compressible: prefix, then identifier, some of each form. */
const anyAddress = fc
	.tuple(
		fc.constantFrom(
			"fe80000000000000",
			"20010db800000000",
			"20010db8000000000000",
			"fd00000000000001ffe0",
			"20010db80002000000000000000000",
			"20010db900000000",
			"ff02000000000000000000000000",
			"ff0e0000000000000000",
			"ff3e004020010db800000000",
			"",
		),
		fc.constantFrom("000000fffe0000b1", "000000000000000a", "000000fffe00", ""),
		fc.uint8Array({ minLength: 16, maxLength: 16 }),
		fc.boolean(),
	)
	.map(([prefix, identifier, noise, zero]) => {
		const bytes = zero ? new Uint8Array(16) : noise;
		if (prefix.length <= 16) bytes.set(bytesOf(identifier), 8);
		bytes.set(bytesOf(prefix));
		return bytes;
	});

/** Next header value and octets of a header, whose first octet (next header) is filled in later. */
const option = fc.uint8Array({ minLength: 1, maxLength: 30 }).map((data) => {
	const padded = new Uint8Array(Math.ceil((data.length + 2) / 8) * 8);
	padded[1] = padded.length / 8 - 1;
	padded.set(data, 2);
	return padded;
});
const extension = fc.tuple(fc.constantFrom(0, 43, 60, 135, 44, 51), option).map(([protocol, bytes]) => {
	if (protocol !== 44) return { protocol, bytes };
	return { protocol, bytes: Uint8Array.of(0, 0, ...bytes.subarray(2, 8)) };
});

interface Parts {
	readonly addresses: readonly [Uint8Array, Uint8Array];
	readonly head: readonly [number, number, number, number];
	readonly extensions: readonly { readonly protocol: number; readonly bytes: Uint8Array }[];
	readonly payload: Uint8Array;
	readonly protocol: number;
}

const parts: fc.Arbitrary<Parts> = fc.record({
	addresses: fc.tuple(anyAddress, anyAddress),
	head: fc.tuple(
		fc.constantFrom(0, 0x0b, 5, 0xf0),
		fc.constantFrom(0, 0x80, 0x3f, 0x10),
		octet,
		fc.constantFrom(1, 64, 255, 7),
	),
	extensions: fc.array(extension, { maxLength: 4 }),
	payload: fc.uint8Array({ maxLength: 40 }),
	protocol: fc.constantFrom(17, 17, 41, 58, 59),
});

/** A packet from its parts; UDP gets the right length, so that it can be compressed. */
function packet(given: Parts, nested?: Uint8Array): Uint8Array {
	const payload = nested ?? given.payload.slice();
	if (given.protocol === 17 && nested === undefined && payload.length >= 8) {
		payload[4] = 0;
		payload[5] = payload.length;
	}
	const chain = given.extensions.map(({ bytes }) => bytes.slice());
	const protocols = [
		...given.extensions.map(({ protocol }) => protocol),
		nested === undefined ? given.protocol : 41,
	];
	for (const [i, bytes] of chain.entries()) bytes[0] = protocols[i + 1]!;
	const [high, low, label, hops] = given.head;
	const length = chain.reduce((sum, bytes) => sum + bytes.length, payload.length);
	const zeroLabel = label < 128;
	const fixed = [0x60 | (high & 15), low, zeroLabel ? 0 : label, label & (zeroLabel ? 0 : 255)];
	return Uint8Array.of(
		...fixed,
		length >>> 8,
		length & 255,
		protocols[0]!,
		hops,
		...given.addresses[0],
		...given.addresses[1],
		...chain.flatMap((bytes) => [...bytes]),
		...payload,
	);
}

function roundTrip(
	datagram: Uint8Array,
	source: LinkAddress,
	destination: LinkAddress,
	elide: boolean,
): string {
	const out = new Uint8Array(datagram.length + 64);
	const { length } = datagram;
	const head = new HeaderCompressor(CONTEXTS, elide).compress(datagram, length, source, destination, out, 3);
	out.set(datagram.subarray(head.consumed), head.next);
	const end = head.next + length - head.consumed;
	const back = new Uint8Array(length);
	const kind = out[3] === 0x41 ? "ipv6" : "iphc";
	const result = decompressDatagram(kind, out, 3, end, source, destination, CONTEXTS, back);
	return typeof result === "string" ? result : hexOf(back, result.length);
}

const link = fc.oneof(
	fc.constant(SOURCE),
	fc.constant(DESTINATION),
	fc.integer({ min: 0, max: 0xffff }).map((short) => LinkAddress.short(short)),
	fc.constant(new LinkAddress()),
);

test("every packet survives compression, none grows by more than the dispatch octet", (t) => {
	fc.assert(
		fc.property(parts, link, link, fc.boolean(), (given, source, destination, elide) => {
			const datagram = packet(given);
			t.is(roundTrip(datagram, source, destination, elide), hexOf(datagram));
			t.true(compressed(hexOf(datagram)).length <= 2 * (datagram.length + 1));
		}),
		{ numRuns: 3000 },
	);
});

test("nested packets survive compression", (t) => {
	fc.assert(
		fc.property(parts, parts, parts, (inner, middle, outer) => {
			const datagram = packet(outer, packet(middle, packet(inner)));
			t.is(roundTrip(datagram, SOURCE, DESTINATION, true), hexOf(datagram));
		}),
		{ numRuns: 1000 },
	);
});

test("what is no IPv6 packet of this length goes behind 0x41 whole", (t) => {
	const good = `60000000 0001 3b 40 ${"00".repeat(32)} aa`;
	for (const odd of [
		good.replace("6000", "4500"),
		good.replace("0001", "0002"),
		good.replace("0001", "0000"),
		"60",
		"",
	]) {
		t.is(compressed(odd), `41${hexOf(bytesOf(odd))}`);
	}
});

test("a UDP header whose length is not that of the packet stays as it is", (t) => {
	const addresses = "fe80000000000000 000000000000000a fe80000000000000 000000fffe0000b1";
	t.is(compressed(`60000000 000a 11 40 ${addresses} f0b1 f0b2 0008 beef aabb`), "7a3311f0b1f0b20008beefaabb");
});

test("padding that a decompressor would write otherwise is not elided", (t) => {
	const head = "60000000 0008 00 40 fe80000000000000 000000000000000a fe80000000000000 000000fffe0000b1 3b00";
	t.is(compressed(`${head} 6d00 01020001`), "7e33e03b066d0001020001");
	// The option claims more octets than the header has.
	t.is(compressed(`${head} 6d09 00000000`), "7e33e03b066d0900000000");
	// Only the last of two Pad1 can go: two missing octets would come back as PadN.
	t.is(compressed(`${head} 6d02 aabb 0000`), "7e33e03b056d02aabb00");
});

test("of several contexts the one that makes the packet shortest is taken", (t) => {
	// The source fits context 0 with two octets in-line, context 5 with none: 2 against 0 + 1.
	const contexts = contextsOf({ 0: "2001:db8::/64", 5: "2001:db8:0:0:0:ff:fe00:7/128" });
	const tail = "3b 40 20010db800000000 000000fffe000007 fe80000000000000 000000fffe0000b1";
	t.is(compressed(`60000000 0000 ${tail}`, contexts), "7af3503b");
	// Context 0 covers 112 bits: the 16 that are left suffice, whatever ff:fe would say.
	const longer = contextsOf({ 0: "2001:db8::/112", 5: "2001:db8::/64" });
	t.is(
		compressed(
			"60000000 0000 3b 40 20010db800000000 0000000000000007 fe80000000000000 000000fffe0000b1",
			longer,
		),
		"7a633b0007",
	);
});

test("without contexts a global address goes in-line", (t) => {
	const out = new Uint8Array(64);
	const datagram = bytesOf(`60000000 0000 3b 40 ${"20010db8000000000000000000000001".repeat(2)}`);
	const result = new HeaderCompressor(new ContextTable()).compress(datagram, 40, SOURCE, DESTINATION, out, 0);
	t.like(result, { next: 35, consumed: 40 });
	t.is(hexOf(out, 3), "7a003b");
});

test("an output without room for a header is the caller's mistake", (t) => {
	const datagram = new Uint8Array(40);
	t.throws(
		() => new HeaderCompressor(CONTEXTS).compress(datagram, 40, SOURCE, DESTINATION, new Uint8Array(41), 1),
		{
			instanceOf: RangeError,
			message: /got 40/,
		},
	);
});
