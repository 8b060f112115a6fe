import test from "ava";
import fc from "fast-check";
import { AddressMode, LinkAddress, parseLinkAddress } from "../../firmware/address.js";
import { bytesOf, hexOf } from "./frames/bytes-of.js";

const EUI = LinkAddress.extended(0x02000000, 0x12340001);

test("octets on the air are little-endian, 2 or 8 of them, and come back", (t) => {
	const cases: [LinkAddress, string][] = [
		[LinkAddress.short(0x1234), "3412"],
		[EUI, "0100341200000002"],
		[LinkAddress.extended(0xfedcba98, 0x89abcdef), "efcdab8998badcfe"],
		[new LinkAddress(), ""],
	];
	for (const [address, octets] of cases) {
		const bytes = new Uint8Array(10).fill(0xee);
		const end = address.writeLittleEndian(bytes, 1);
		t.is(end - 1, address.byteLength);
		t.is(hexOf(bytes), `ee${octets}${"ee".repeat(9 - address.byteLength)}`);
		const back = LinkAddress.short(7);
		t.is(back.readLittleEndian(address.mode, bytes, 1), end);
		t.true(back.equals(address));
	}
});

test("an address from octets as people write them", (t) => {
	t.true(LinkAddress.fromBytes(bytesOf("1234")).equals(LinkAddress.short(0x1234)));
	t.true(LinkAddress.fromBytes(bytesOf("0200000012340001")).equals(EUI));
	for (const length of [0, 1, 3, 7, 9]) {
		t.throws(() => LinkAddress.fromBytes(new Uint8Array(length)), {
			instanceOf: RangeError,
			message: new RegExp(`2 or 8.*${length}`),
		});
	}
});

test("interface identifiers: the universal/local bit inverted, or 0000:00ff:fe00:XXXX", (t) => {
	const bytes = new Uint8Array(10);
	EUI.writeInterfaceId(bytes, 1);
	t.is(hexOf(bytes), "00000000001234000100");
	LinkAddress.short(0xbeef).writeInterfaceId(bytes, 1);
	t.is(hexOf(bytes), "00000000fffe00beef00");
});

test("a text names its address and no other", (t) => {
	const addresses = fc.oneof(
		fc.integer({ min: 0, max: 0xffff }).map((low) => LinkAddress.short(low)),
		fc.tuple(fc.integer(), fc.integer()).map(([high, low]) => LinkAddress.extended(high, low)),
	);
	fc.assert(
		fc.property(addresses, (address) => {
			t.true(parseLinkAddress(address.toString())?.equals(address));
		}),
	);
	t.is(EUI.toString(), "02:00:00:00:12:34:00:01");
	t.is(LinkAddress.short(2).toString(), "0x0002");
	t.is(new LinkAddress().toString(), "");
	for (const text of [
		"",
		"2",
		"0x",
		"0x12345",
		"0xg",
		"02:00",
		" 0x0002",
		"02-00-00-00-12-34-00-01",
		`${EUI}:00`,
	]) {
		t.is(parseLinkAddress(text), undefined, text);
	}
});

test("short and extended addresses with the same number differ; broadcast is short", (t) => {
	t.false(LinkAddress.short(5).equals(LinkAddress.extended(0, 5)));
	t.false(new LinkAddress().equals(LinkAddress.short(0)));
	t.true(LinkAddress.short(0xffff).isBroadcast);
	t.false(LinkAddress.extended(0, 0xffff).isBroadcast);
	t.is(LinkAddress.short(0x12345).low, 0x2345);
});

test("a copy does not follow its original", (t) => {
	const address = LinkAddress.short(1);
	const copy = address.clone();
	address.set(EUI);
	t.true(copy.equals(LinkAddress.short(1)));
	t.true(address.equals(EUI));
	t.is(address.setNone().mode, AddressMode.none);
});
