import test from "ava";
import fc from "fast-check";
import {
	checkIpv6,
	decodeIpv6,
	encodeIpv6,
	findUpperLayer,
	nextHeaderName,
} from "../../../firmware/frames/ipv6.js";
import { bytesOf } from "./bytes-of.js";

// RFC 8200, section 3. Class 0xb8 (DSCP 46, ECN 0), label 0xabcde, 2 octets of payload.
const PACKET = bytesOf(`6b8abcde 0002 3b 40
	20010db8000000000000000000000001 20010db8000000000000000000000002 aabb`);

test("decodes every field of the fixed header", (t) => {
	t.like(decodeIpv6(PACKET, 0, PACKET.length), {
		trafficClass: 0xb8,
		flowLabel: 0xabcde,
		payloadLength: 2,
		nextHeader: 59,
		hopLimit: 64,
		sourceOffset: 8,
		destinationOffset: 24,
		next: 40,
	});
});

test("refuses other versions and truncated headers", (t) => {
	t.is(decodeIpv6(bytesOf("45"), 0, 1), "ipv6-version");
	for (let end = 0; end < 40; end++) t.is(decodeIpv6(PACKET, 0, end), "ipv6-truncated");
});

test("a packet is as long as its header says", (t) => {
	t.is(checkIpv6(PACKET, 42), undefined);
	t.is(checkIpv6(PACKET, 41), "ipv6-length");
	t.is(checkIpv6(new Uint8Array(50), 50), "ipv6-version");
	t.is(checkIpv6(PACKET, 39), "ipv6-truncated");
	t.is(checkIpv6(PACKET, 0), "ipv6-truncated");
});

test("what is encoded is decoded", (t) => {
	const address = fc.uint8Array({ minLength: 16, maxLength: 16 });
	const header = fc.record({
		trafficClass: fc.integer({ min: 0, max: 255 }),
		flowLabel: fc.integer({ min: 0, max: 0xfffff }),
		payloadLength: fc.integer({ min: 0, max: 0xffff }),
		nextHeader: fc.integer({ min: 0, max: 255 }),
		hopLimit: fc.integer({ min: 0, max: 255 }),
	});
	fc.assert(
		fc.property(header, address, address, (given, source, destination) => {
			const bytes = new Uint8Array(50);
			const next = encodeIpv6(given, source, destination, bytes, 5);
			t.like(decodeIpv6(bytes, 5, next), { ...given, next: 45 });
			t.deepEqual(bytes.subarray(13, 29), source);
			t.deepEqual(bytes.subarray(29, 45), destination);
		}),
	);
	t.throws(() => encodeIpv6(PACKET as never, new Uint8Array(4), new Uint8Array(16), PACKET, 0), {
		message: /4 and 16/,
	});
});

const HEAD = "2001".padEnd(64, "0");

test("walks all extension headers to the upper layer", (t) => {
	const packet = bytesOf(`60000000 0030 00 40 ${HEAD}
		2b 00 6d0401020304                          // hop-by-hop, 8 octets
		3c 02 00 00 00000000 ${"11".repeat(16)}     // routing type 0, no segment left
		11 00 010400000000                          // destination options
		1633 1634 0008 beef`);
	t.like(findUpperLayer(packet, 0, packet.length), {
		protocol: 17,
		offset: 80,
		destinationOffset: 24,
		fragmented: false,
	});
});

test("the pseudo-header's destination is the last segment of a routing header", (t) => {
	const packet = bytesOf(`60000000 0018 2b 40 ${HEAD} 11 02 00 01 00000000 ${"22".repeat(16)}`);
	t.like(findUpperLayer(packet, 0, packet.length), { protocol: 17, offset: 64, destinationOffset: 48 });
});

test("an atomic fragment is walked over, a real one is told", (t) => {
	const packet = bytesOf(`60000000 0008 2c 40 ${HEAD} 11 00 0000 12345678`);
	t.like(findUpperLayer(packet, 0, 48), { protocol: 17, offset: 48, fragmented: false });
	packet[43] = 1; // more fragments
	t.like(findUpperLayer(packet, 0, 48), { protocol: 17, offset: 48, fragmented: true });
});

test("a header that ends behind the packet is refused", (t) => {
	const packet = bytesOf(`60000000 0010 00 40 ${HEAD} 11 01 6d0c000000000000 0000000000000000`);
	for (let end = 41; end < 56; end++) t.is(findUpperLayer(packet, 0, end), "ipv6-truncated");
	t.like(findUpperLayer(packet, 0, 56), { protocol: 17, offset: 56 });
});

test("random octets never throw", (t) => {
	fc.assert(
		fc.property(fc.uint8Array({ minLength: 40, maxLength: 120 }), (packet) => {
			packet[0] = 0x60;
			const upper = findUpperLayer(packet, 0, packet.length);
			return typeof upper === "string" || upper.offset <= packet.length;
		}),
		{ numRuns: 2000 },
	);
	t.pass();
});

test("next headers have names", (t) => {
	t.deepEqual([17, 6, 58, 59, 99].map(nextHeaderName), ["udp", "tcp", "icmpv6", "none", "99"]);
});
