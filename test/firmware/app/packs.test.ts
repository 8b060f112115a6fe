import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../firmware/address.js";
import { packsThatFit } from "../../../firmware/app/aggregating.js";
import { baseNameOf, originOf, type Pack, readPacks, writePacks } from "../../../firmware/app/packs.js";

const NOW_US = 400_000_000;

function packOf(origin: number, sequence: number, ageUs: number, bodyBytes: number): Pack {
	// Text labels and values: {"aaa…": false}, one record.
	const body = new Uint8Array(bodyBytes + 4).fill(0x61);
	body.set([0xa1, 0x78, bodyBytes]);
	body[bodyBytes + 3] = 0xf4;
	return { origin: LinkAddress.short(origin), sequence, referenceUs: NOW_US - ageUs, body, records: 1 };
}

test("packs that fit a datagram do, whatever their ages, and come out as they went in", (t) => {
	const pack = fc
		.record({
			origin: fc.integer({ min: 0, max: 3 }),
			sequence: fc.integer({ min: 0, max: 0xffff }),
			// Just now, which needs no age where all before are as new; and longer ago.
			ageUs: fc.constantFrom(0, 0, 60_000, 125_000, 10_000_000, 300_000_000),
			bodyBytes: fc.integer({ min: 24, max: 80 }),
		})
		.map(({ origin, sequence, ageUs, bodyBytes }) => packOf(origin, sequence, ageUs, bodyBytes));
	fc.assert(
		fc.property(fc.array(pack, { maxLength: 20 }), fc.integer({ min: 0, max: 100 }), (packs, short) => {
			const bytes = new Uint8Array(4096);
			const room = writePacks(packs, NOW_US, bytes, 0) - short;
			const fitting = packsThatFit(packs, room, NOW_US);
			const end = writePacks(fitting, NOW_US, bytes, 0);
			t.true(fitting.length === 0 || end <= room, `${end} of ${room}`);
			const read = readPacks(bytes, 0, end, NOW_US);
			if (typeof read === "string") return t.fail(read);
			t.deepEqual(
				read.map(({ origin, sequence, body }) => [origin.low, sequence, [...body]]),
				fitting.map(({ origin, sequence, body }) => [origin.low, sequence, [...body]]),
			);
		}),
		{ numRuns: 300, seed: 3 },
	);
});

test("packs of all ages fill a datagram to its last octet and no further", (t) => {
	// Each newer one must say that the age of the one before it is not its own.
	const packs: Pack[] = [];
	for (let i = 0; i < 8; i++) packs.push(packOf(i, 1000 + i, i % 2 === 0 ? 5_000_000 : 0, 60));
	const bytes = new Uint8Array(2048);
	const room = writePacks(packs, NOW_US, bytes, 0) - 1;
	const payload = new Uint8Array(room);
	const fitting = packsThatFit(packs, room, NOW_US);
	t.notThrows(() => writePacks(fitting, NOW_US, payload, 0));
	t.is(fitting.length, 7);
});

test("a base name is four or sixteen hex digits and a colon, in lower case", (t) => {
	for (const address of [LinkAddress.short(0x0a9f), LinkAddress.extended(0x02000000, 0x1234abcd | 0)]) {
		t.true(originOf(baseNameOf(address), new LinkAddress())?.equals(address));
	}
	for (const name of [
		"",
		":",
		"0a9f",
		"0a9:",
		"0a9f0:",
		"0A9F:",
		"0a9g:",
		"0a9/:",
		" a9f:",
		"-a9f:",
		"0x9f:",
		"0a9f:\n",
		"0200000012341234",
		"020000001234123:",
	]) {
		t.is(originOf(name, new LinkAddress()), undefined, name);
	}
});
