import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../firmware/address.js";
import {
	addressUnder,
	isAddressOf,
	isLinkLocal,
	isMulticast,
	isNobody,
	isSet,
	linkAddressOf,
	linkLocalOf,
	NO_ADDRESS,
} from "../../../firmware/net/addresses.js";
import { bytesOf, hexOf } from "../frames/bytes-of.js";
import { PREFIX } from "../support/network.js";

test("interface identifiers of RFC 4944, section 6, and RFC 6282, section 3.2.2", (t) => {
	t.is(hexOf(linkLocalOf(LinkAddress.short(0x1234))), "fe80000000000000000000fffe001234");
	t.is(hexOf(linkLocalOf(LinkAddress.extended(0x02000000, 0x12340001))), "fe800000000000000000000012340001");
	t.is(hexOf(linkLocalOf(LinkAddress.extended(0xacde4812, 0x34567890))), "fe80000000000000aede481234567890");
	t.is(hexOf(addressUnder(PREFIX, LinkAddress.short(2))), "20010db800000000000000fffe000002");
});

test("a link-layer address comes back from the IPv6 address that was made of it", (t) => {
	const into = new LinkAddress();
	const shorts = fc.integer({ min: 0, max: 0xffff }).map((low) => LinkAddress.short(low));
	const extended = fc.tuple(fc.integer(), fc.integer()).map(([high, low]) => LinkAddress.extended(high, low));
	fc.assert(
		fc.property(fc.oneof(shorts, extended), (address) => {
			t.true(linkAddressOf(linkLocalOf(address), 0, into).equals(address));
		}),
	);
});

test("kinds of addresses", (t) => {
	const zero = "0000 0000 0000 0000 0000 0000 0000";
	const kinds: [address: string, nearby: boolean, many: boolean, nobody: boolean][] = [
		["fe80 0000 0000 0000 0000 00ff fe00 0001", true, false, false],
		["fe80 0000 0000 0001 0000 00ff fe00 0001", false, false, false],
		["2001 0db8 0000 0000 0000 00ff fe00 0001", false, false, false],
		["ff02 0000 0000 0000 0000 0000 0000 0001", false, true, false],
		[`${zero} 0000`, false, false, true],
		[`${zero} 0001`, false, false, true],
		[`${zero} 0002`, false, false, false],
		[`${zero} 0100`, false, false, false],
		[`8${zero.slice(1)} 0001`, false, false, false],
	];
	for (const [text, nearby, many, nobody] of kinds) {
		const bytes = bytesOf(`ff ${text}`);
		t.deepEqual(
			[isLinkLocal(bytes, 1), isMulticast(bytes, 1), isNobody(bytes, 1)],
			[nearby, many, nobody],
			text,
		);
	}
});

test("an address is a node's own only when every octet is", (t) => {
	const addresses = fc.oneof(
		fc.integer({ min: 0, max: 0xffff }).map((low) => LinkAddress.short(low)),
		fc.tuple(fc.integer(), fc.integer()).map(([high, low]) => LinkAddress.extended(high, low)),
	);
	fc.assert(
		fc.property(addresses, fc.integer({ min: 0, max: 127 }), (address, bit) => {
			for (const own of [linkLocalOf(address), addressUnder(PREFIX, address)]) {
				const packet = new Uint8Array(20);
				packet.set(own, 3);
				t.true(isAddressOf(address, PREFIX, packet, 3));
				t.is(isAddressOf(address, undefined, packet, 3), isLinkLocal(own, 0));
				packet[3 + (bit >> 3)]! ^= 1 << (bit & 7);
				t.false(isAddressOf(address, PREFIX, packet, 3));
			}
		}),
	);
	t.false(isSet(NO_ADDRESS));
	t.true(isSet(LinkAddress.short(0)));
});
