import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../firmware/address.js";
import { ICMPV6 } from "../../../firmware/frames/checksum.js";
import { verifyIcmpv6 } from "../../../firmware/frames/icmpv6.js";
import { encodeIpv6, IPV6_BYTES } from "../../../firmware/frames/ipv6.js";
import { formatIpv6, parseIpv6 } from "../../../firmware/frames/ipv6-text.js";
import {
	decodeNeighbourMessage,
	encodeNeighbourMessage,
	NeighbourType,
	neighbourMessageBytes,
	OVERRIDE,
	SOLICITED,
} from "../../../firmware/frames/neighbour-message.js";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

// An advertisement by the rules of RFC 4861, section 4.4, with the option of RFC 4944, section 8:
// 88 type | 00 code | checksum | 60 solicited, override | 000000 | target | 02 target option | 01 unit | address | padding
const TARGET = parseIpv6("fe80::ff:fe00:1")!;
const BODY = `60000000${hex(TARGET)}`;
const VECTORS = [
	{ name: "a 16-bit address", address: LinkAddress.short(0x0001), option: "0201000100000000" },
	{
		name: "an EUI-64",
		address: LinkAddress.extended(0x02001122, 0x33445566),
		option: "02020200112233445566000000000000",
	},
	{ name: "no address", address: new LinkAddress(), option: "" },
];

function packetFor(address: LinkAddress): Uint8Array {
	const length = IPV6_BYTES + neighbourMessageBytes(address);
	const packet = new Uint8Array(length).fill(0xee);
	const header = {
		trafficClass: 0,
		flowLabel: 0,
		payloadLength: length - IPV6_BYTES,
		nextHeader: ICMPV6,
		hopLimit: 255,
	};
	encodeIpv6(header, TARGET, parseIpv6("fe80::ff:fe00:2")!, packet, 0);
	return packet;
}

for (const { name, address, option } of VECTORS) {
	test(`an advertisement with ${name}, both ways`, (t) => {
		const packet = packetFor(address);
		const flags = SOLICITED | OVERRIDE;
		const type = NeighbourType.advertisement;
		const end = encodeNeighbourMessage(type, flags, TARGET, 0, address, packet, IPV6_BYTES, packet.length);
		t.is(end, packet.length);
		t.is(hex(packet.subarray(IPV6_BYTES, IPV6_BYTES + 2)), "8800");
		t.is(hex(packet.subarray(IPV6_BYTES + 4)), BODY + option);
		t.true(verifyIcmpv6(packet, packet.length, IPV6_BYTES));
		const message = decodeNeighbourMessage(packet, IPV6_BYTES, packet.length);
		if (typeof message === "string") return t.fail(message);
		t.is(message.type, 136);
		t.is(message.flags, flags);
		t.is(formatIpv6(packet, message.targetOffset), "fe80::ff:fe00:1");
		t.true(message.linkAddress.equals(address));
	});
}

test("unknown options are passed over; options that do not add up are refused", (t) => {
	const fixed = `87000000${"00000000"}${hex(TARGET)}`;
	const decode = (options: string) => {
		const bytes = Buffer.from(fixed + options, "hex");
		return decodeNeighbourMessage(bytes, 0, bytes.length);
	};
	const passed = decode("0e01aabbccddeeff0101123400000000");
	t.is(typeof passed === "string" ? passed : passed.linkAddress.toString(), "0x1234");
	t.is(decode("0100123400000000"), "neighbour-option");
	t.is(decode("0102123400000000"), "neighbour-option");
	t.is(decode("01"), "neighbour-option");
	t.is(decodeNeighbourMessage(new Uint8Array(23), 0, 23), "neighbour-truncated");
	const multicast = Buffer.from(`8700000000000000ff02${"00".repeat(13)}01`, "hex");
	t.is(decodeNeighbourMessage(multicast, 0, 24), "neighbour-target");
});

test("random octets never throw", (t) => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
			decodeNeighbourMessage(bytes, 0, bytes.length);
		}),
	);
	t.pass();
});
