import test from "ava";
import fc from "fast-check";
import {
	checksumOk,
	fillUdpChecksum,
	ICMPV6,
	transportChecksum,
	UDP,
} from "../../../firmware/frames/checksum.js";
import {
	decodeIcmpv6,
	encodeEcho,
	encodeIcmpv6Error,
	Icmpv6Type,
	UnreachableCode,
	verifyIcmpv6,
} from "../../../firmware/frames/icmpv6.js";
import { decodeUdp, encodeUdp, verifyUdp } from "../../../firmware/frames/udp.js";
import { bytesOf, hexOf } from "./bytes-of.js";

const HEAD = `60000000 0000 3b 40
	20010db8000000000000000000000001 20010db8000000000000000000000002`;

test("the checksum is the complement of the sum of 16-bit words with the pseudo-header", (t) => {
	// 2001+0db8+0001 + 2001+0db8+0002 + length 4 + next header 58 + words 8000 and f203 = 0x1cdb6:
	// with its carry 0xcdb7, inverted 0x3248.
	const packet = bytesOf(`${HEAD} 8000 f203`);
	t.is(transportChecksum(packet, packet.length, 40, ICMPV6), 0x3248);
});

test("an odd octet at the end counts as the upper half of a word", (t) => {
	const odd = bytesOf(`${HEAD} 0000 ab`);
	const even = bytesOf(`${HEAD} 0000 ab00`);
	// One octet less in the length of the pseudo-header is one more in the complement.
	t.is(transportChecksum(odd, 43, 40, ICMPV6), transportChecksum(even, 44, 40, ICMPV6) + 1);
});

test("a UDP checksum of 0 is sent as ffff, and 0 itself is never right", (t) => {
	const packet = bytesOf(`${HEAD} 0000 0000 0008 0000`);
	const before = transportChecksum(packet, 48, 40, UDP);
	// The complement of the sum becomes the source port: then the sum is ffff.
	packet.set([before >>> 8, before & 255], 40);
	t.is(transportChecksum(packet, 48, 40, UDP), 0xffff);
	t.false(verifyUdp(packet, 48, 40));
	fillUdpChecksum(packet, 48, 40);
	t.is(hexOf(packet.subarray(46)), "ffff");
	t.true(verifyUdp(packet, 48, 40));
});

test("what is filled in is right, and any bit that flips makes it wrong", (t) => {
	const payload = fc.uint8Array({ minLength: 8, maxLength: 600 });
	fc.assert(
		fc.property(payload, fc.nat(), (data, flip) => {
			const packet = Uint8Array.of(...bytesOf(HEAD), ...data);
			fillUdpChecksum(packet, packet.length, 40);
			t.true(checksumOk(packet, packet.length, 40, UDP));
			const at = 40 + (flip % data.length);
			packet[at]! ^= 1 << (flip % 8);
			t.false(checksumOk(packet, packet.length, 40, UDP));
		}),
	);
});

test("behind a routing header the last segment is the destination", (t) => {
	const segment = "20010db80000000000000000000000ff";
	const routed = bytesOf(`60000000 0020 2b 40 ${"20010db8000000000000000000000001"}
		20010db8000000000000000000000002 11 02 00 01 00000000 ${segment} 1633 1634 0008 0000`);
	fillUdpChecksum(routed, routed.length, 64);
	const direct = bytesOf(
		`60000000 0008 11 40 20010db8000000000000000000000001 ${segment} 1633 1634 0008 0000`,
	);
	fillUdpChecksum(direct, direct.length, 40);
	t.is(hexOf(routed.subarray(70)), hexOf(direct.subarray(46)));
});

test("UDP headers, encoded and decoded", (t) => {
	const packet = bytesOf(`${HEAD} a5a5a5a5a5a5a5a5 c0ffee`);
	t.is(encodeUdp(0xf0b1, 5683, packet, 40, packet.length), 48);
	t.like(decodeUdp(packet, 40, packet.length), {
		sourcePort: 0xf0b1,
		destinationPort: 5683,
		length: 11,
		next: 48,
	});
	t.true(verifyUdp(packet, packet.length, 40));
	t.is(decodeUdp(packet, 40, packet.length - 1), "udp-length");
	for (let end = 40; end < 48; end++) t.is(decodeUdp(packet, 40, end), "udp-truncated");
});

test("echo requests and replies, encoded and decoded (RFC 4443, section 4)", (t) => {
	const packet = bytesOf(`${HEAD} a5a5a5a5a5a5a5a5 0102030405`);
	t.is(encodeEcho(Icmpv6Type.echoRequest, 0xabcd, 0xfff7, packet, 40, packet.length), 48);
	t.like(decodeIcmpv6(packet, 40, packet.length), {
		type: 128,
		code: 0,
		identifier: 0xabcd,
		sequence: 0xfff7,
		next: 48,
	});
	t.true(verifyIcmpv6(packet, packet.length, 40));
	encodeEcho(Icmpv6Type.echoReply, 1, 2, packet, 40, packet.length);
	t.is(hexOf(packet.subarray(40, 42)), "8100");
	t.true(verifyIcmpv6(packet, packet.length, 40));
	for (let end = 40; end < 48; end++) t.is(decodeIcmpv6(packet, 40, end), "icmpv6-truncated");
});

test("errors carry the packet that caused them, up to the minimum MTU (RFC 4443, section 3)", (t) => {
	const cause = new Uint8Array(1500).fill(0x77);
	const packet = new Uint8Array(1500);
	packet.set(bytesOf(HEAD));
	const tooBig = encodeIcmpv6Error(Icmpv6Type.packetTooBig, 0, 1280, cause, cause.length, packet);
	t.is(tooBig, 1280);
	t.like(decodeIcmpv6(packet, 40, tooBig), { type: 2, code: 0, parameter: 1280, next: 48 });
	t.true(verifyIcmpv6(packet, tooBig, 40));
	t.is(packet[1280], 0);
	const { destinationUnreachable, timeExceeded } = Icmpv6Type;
	const port = encodeIcmpv6Error(destinationUnreachable, UnreachableCode.port, 0, cause, 60, packet);
	t.is(port, 108);
	t.like(decodeIcmpv6(packet, 40, port), { type: 1, code: 4, parameter: 0 });
	t.true(verifyIcmpv6(packet, port, 40));
	const exceeded = encodeIcmpv6Error(timeExceeded, 0, 0, cause, 0, packet);
	t.like(decodeIcmpv6(packet, 40, exceeded), { type: 3, code: 0, next: 48 });
	t.throws(() => encodeIcmpv6Error(1, 0, 0, cause, 1, new Uint8Array(47)), { message: /got 47/ });
});
