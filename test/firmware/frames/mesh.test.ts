import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../firmware/address.js";
import { decodeMesh, encodeMesh, type MeshHeader } from "../../../firmware/frames/mesh.js";
import { bytesOf, hexOf } from "./bytes-of.js";

function decoded(hex: string): MeshHeader {
	const bytes = bytesOf(hex);
	const header = decodeMesh(bytes, 0, bytes.length);
	if (typeof header === "string") throw new Error(header);
	return header;
}

test("two short addresses", (t) => {
	const header = decoded(`
		b5    // 10, V = 1 (originator short), F = 1 (final short), 5 hops left
		00 2a // originator
		01 ff // final`);
	t.is(header.originator.toString(), "0x002a");
	t.is(header.final.toString(), "0x01ff");
	t.is(header.hopsLeft, 5);
	t.is(header.next, 5);
});

test("V stands for the originator and F for the final address", (t) => {
	const header = decoded(`
		91                      // V = 0: the originator has 64 bits; F = 1
		02 00 00 ff fe 00 00 07 // originator
		12 34                   // final`);
	t.is(header.originator.toString(), "02:00:00:ff:fe:00:00:07");
	t.is(header.final.toString(), "0x1234");
});

test("15 says that a whole octet of hops follows", (t) => {
	t.like(decoded("bf 2c 00 01 00 02"), { hopsLeft: 44, next: 6 });
});

test("every truncation is refused", (t) => {
	for (const hex of ["b500020003", "bf2000020003", "85".padEnd(34, "0"), "8f".padEnd(36, "0")]) {
		const bytes = bytesOf(hex);
		for (let end = 0; end < bytes.length; end++) t.is(decodeMesh(bytes, 0, end), "mesh-truncated");
		t.is(typeof decodeMesh(bytes, 0, bytes.length), "object");
	}
});

test("what is encoded is decoded, deep hops only from 15 on", (t) => {
	const address = fc.oneof(
		fc.integer({ min: 0, max: 0xffff }).map((short) => LinkAddress.short(short)),
		fc.tuple(fc.integer(), fc.integer()).map(([high, low]) => LinkAddress.extended(high, low)),
	);
	fc.assert(
		fc.property(address, address, fc.integer({ min: 0, max: 255 }), (originator, final, hopsLeft) => {
			const bytes = new Uint8Array(24);
			const next = encodeMesh({ originator, final, hopsLeft }, bytes, 0);
			const header = decodeMesh(bytes, 0, next);
			if (typeof header === "string") throw new Error(header);
			return (
				header.originator.equals(originator) &&
				header.final.equals(final) &&
				header.hopsLeft === hopsLeft &&
				next === header.next &&
				next === (hopsLeft < 15 ? 1 : 2) + originator.byteLength + final.byteLength
			);
		}),
	);
	t.pass();
});

test("an encoder refuses missing addresses and too many hops", (t) => {
	const bytes = new Uint8Array(24);
	const short = LinkAddress.short(1);
	t.throws(() => encodeMesh({ originator: new LinkAddress(), final: short, hopsLeft: 1 }, bytes, 0));
	t.throws(() => encodeMesh({ originator: short, final: short, hopsLeft: 256 }, bytes, 0), {
		message: /256/,
	});
	t.is(hexOf(bytes, 4), "00000000");
});
