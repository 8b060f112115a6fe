import { readFileSync } from "node:fs";
import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../firmware/address.js";
import { HOP_BY_HOP, UDP } from "../../../firmware/frames/protocols.js";
import { keyringWith, LINK_KEY, packetCost, planOf, standardPacket } from "../support/chains.js";
import { counting, far, near, udpPacket } from "../support/packets.js";
import { LowpanReceiver, payloadsOf, RECEIVER, SENDER } from "../support/reassembly.js";

const shapes = fc.constantFrom(
	...[8, 12, 16].map((tokenBytes) => ({ keyed: false, tokenBytes })),
	...[4, 8, 12, 16].map((tokenBytes) => ({ keyed: true, tokenBytes })),
);

/** Passes payloads through a receiver; the packets that come out, and whether any memory is left behind. */
function pass(payloads: readonly Uint8Array[], source: LinkAddress, destination: LinkAddress) {
	const receiver = new LowpanReceiver({ keys: keyringWith(source) });
	const results = payloads.map((payload) => receiver.take(payload, { source, destination }));
	return { results, isEmpty: receiver.isEmptyAfter() };
}

test("any size, format and room: the packet, in as many fragments and octets as the formula says", (t) => {
	const cases = fc.record({
		size: fc.integer({ min: 100, max: 1280 }),
		seed: fc.integer({ min: 0, max: 255 }),
		shape: shapes,
		room: fc.integer({ min: 64, max: 116 }),
		nonce: fc.integer({ min: 0, max: 0xffff }),
		tag: fc.integer({ min: 0, max: 0xffff }),
	});
	fc.assert(
		fc.property(cases, ({ size, seed, shape, room, nonce, tag }) => {
			const packet = standardPacket(size, seed);
			const plan = planOf(shape.tokenBytes, nonce, shape.keyed ? LINK_KEY : undefined);
			const payloads = payloadsOf(packet, room, { plan, tag });
			const cost = packetCost(size, room, shape);
			t.is(payloads.length, cost.fragments);
			t.is(
				payloads.reduce((sum, { length }) => sum + length, 0),
				cost.octets,
			);
			t.true(payloads.every(({ length }) => length <= room));
			// Only a receiver without a key takes a chain without.
			const stranger = LinkAddress.short(0x77);
			const receiver = new LowpanReceiver({ keys: keyringWith(shape.keyed ? SENDER : stranger) });
			const results = payloads.map((payload) => receiver.take(payload));
			t.deepEqual(results.at(-1), packet);
			t.true(results.slice(0, -1).every((result) => result === undefined));
			t.true(receiver.isEmptyAfter());
		}),
		{ numRuns: 500 },
	);
});

test("headers of any length, compressed or not, any addresses: the packet", (t) => {
	const cases = fc.record({
		ends: fc.constantFrom(
			{ source: near(1), destination: near(2) },
			{ source: far(1), destination: far(9) },
			{ source: counting(16, 0x20), destination: counting(16, 0x40) },
		),
		units: fc.integer({ min: -1, max: 6 }),
		length: fc.integer({ min: 60, max: 1100 }),
		shape: shapes,
		room: fc.integer({ min: 64, max: 116 }),
		extended: fc.boolean(),
	});
	fc.assert(
		fc.property(cases, ({ ends, units, length, shape, room, extended }) => {
			const options = new Uint8Array(8 * (units + 1));
			if (units >= 0) options.set([UDP, units, 1, options.length - 4]);
			const extensions = units < 0 ? {} : { extensions: { type: HOP_BY_HOP, bytes: options } };
			const packet = udpPacket({ ...ends, ...extensions, payload: counting(length) });
			const source = extended ? LinkAddress.extended(0x02aabbcc, 1) : SENDER;
			const destination = extended ? LinkAddress.extended(0x02aabbcc, 2) : RECEIVER;
			const plan = planOf(shape.tokenBytes, 9, shape.keyed ? LINK_KEY : undefined);
			const payloads = payloadsOf(packet, room, { plan, source, destination });
			if (payloads.length === 1) return;
			const { results, isEmpty } = pass(
				payloads,
				shape.keyed ? source : LinkAddress.short(0x77),
				destination,
			);
			if (shape.keyed) t.deepEqual(results.at(-1), packet);
			t.true(isEmpty);
			if (shape.keyed) return;
			const open = new LowpanReceiver();
			t.deepEqual(payloads.map((payload) => open.take(payload, { source, destination })).at(-1), packet);
			t.true(open.isEmptyAfter());
		}),
		{ numRuns: 300 },
	);
});

/** The rows of the table in firmware/README.md, as they follow from the formula. */
function costRows(): string[] {
	const rooms = [
		[116, "short addresses (116)"],
		[107, "short, MIC-32 (107)"],
		[104, "64-bit addresses (104)"],
	] as const;
	const formats = [
		[undefined, "plain"],
		[{ keyed: true, tokenBytes: 4 }, "keyed, b = 4"],
		[{ keyed: false, tokenBytes: 8 }, "unkeyed, b = 8"],
	] as const;
	return rooms.flatMap(([room, roomName]) =>
		formats.map(([shape, name]) => {
			const cells = [256, 512, 1024, 1280].map((size) => {
				const plain = packetCost(size, room);
				const { fragments, octets, airtimeUs } = packetCost(size, room, shape);
				if (shape === undefined) return `${fragments}, ${(airtimeUs / 1000).toFixed(1)} ms`;
				const share = (100 * (airtimeUs / plain.airtimeUs - 1)).toFixed(1);
				return `${fragments}, +${octets - plain.octets} B, +${share} %`;
			});
			return `| ${roomName} | ${name} | ${cells.join(" | ")} |`;
		}),
	);
}

test("the table of fragments, octets and airtime in firmware/README.md is what the formula gives", (t) => {
	const text = readFileSync(new URL("../../../../firmware/README.md", import.meta.url), "utf8");
	for (const row of costRows()) t.true(text.includes(`${row}\n`), `firmware/README.md lacks ${row}`);
});

test("the formula counts as the fragmenter does where it matters: four sizes, three rooms", (t) => {
	for (const room of [116, 107, 104]) {
		for (const size of [256, 512, 1024, 1280]) {
			const packet = standardPacket(size);
			t.is(payloadsOf(packet, room).length, packetCost(size, room).fragments);
			for (const [tokenBytes, key] of [[8, undefined] as const, [4, LINK_KEY] as const]) {
				const shape = { keyed: key !== undefined, tokenBytes };
				const payloads = payloadsOf(packet, room, { plan: planOf(tokenBytes, 1, key) });
				t.is(payloads.length, packetCost(size, room, shape).fragments);
			}
		}
	}
});

test("a packet that fits in one frame is not chained, and a room too small is the caller's mistake", (t) => {
	const [only, ...others] = payloadsOf(standardPacket(100), 116, { plan: planOf(8, 1) });
	t.is(others.length, 0);
	t.is(only![0], 0x7c);
	t.throws(() => payloadsOf(standardPacket(200), 63, { plan: planOf(8, 1) }), {
		instanceOf: RangeError,
		message: /room.*64.*63/,
	});
	t.throws(() => payloadsOf(standardPacket(200), 116, { plan: planOf(6, 1) }), {
		instanceOf: RangeError,
		message: /tokenBytes 4, 8, 12 or 16, got 6/,
	});
});
