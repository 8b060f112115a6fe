import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../firmware/address.js";
import { ContextTable } from "../../../firmware/frames/context-table.js";
import { decodeFragmentHeader, FragmentHeader } from "../../../firmware/frames/fragment.js";
import { DESTINATION_OPTIONS, HOP_BY_HOP, UDP } from "../../../firmware/frames/protocols.js";
import { counting, far, near, rawPacket, udpPacket } from "../support/packets.js";
import { LowpanReceiver, payloadsOf, RECEIVER, SENDER } from "../support/reassembly.js";

/** Octets of an extension header of `units` + 1 times 8, with one PadN option (RFC 8200, section 4.2). */
function extension(units: number): Uint8Array {
	const bytes = new Uint8Array(8 * (units + 1));
	bytes.set([UDP, units, 1, bytes.length - 4]);
	return bytes;
}

const prefixes = fc.constantFrom(
	{ source: near(1), destination: near(2) },
	{ source: far(1), destination: far(9) },
	{ source: counting(16, 0x20), destination: counting(16, 0x40) },
);

const packets = fc
	.record({
		addresses: prefixes,
		extension: fc.option(
			fc.record({
				type: fc.constantFrom(HOP_BY_HOP, DESTINATION_OPTIONS),
				units: fc.integer({ min: 0, max: 6 }),
			}),
		),
		ports: fc.constantFrom([0xf0b1, 0xf0b2], [0xf012, 5683], [40000, 40001]),
		length: fc.integer({ min: 0, max: 1280 }),
		seed: fc.integer({ min: 0, max: 255 }),
		isUdp: fc.boolean(),
	})
	.map(({ addresses, extension: chosen, ports, length, seed, isUdp }) => {
		if (!isUdp) {
			return rawPacket({ ...addresses, payload: counting(Math.min(length, 1240), seed) }, 59);
		}
		const extensions =
			chosen === null ? {} : { extensions: { type: chosen.type, bytes: extension(chosen.units) } };
		const before = chosen === null ? 0 : 8 * (chosen.units + 1);
		return udpPacket({
			...addresses,
			...extensions,
			sourcePort: ports[0]!,
			destinationPort: ports[1]!,
			payload: counting(Math.min(length, 1280 - 48 - before), seed),
		});
	});

test("any packet, in any room, in any order, with duplicates: the same packet exactly once", (t) => {
	const cases = fc.record({
		packet: packets,
		room: fc.integer({ min: 40, max: 118 }),
		shuffle: fc.infiniteStream(fc.nat()),
		compressed: fc.boolean(),
		elide: fc.boolean(),
		extended: fc.boolean(),
	});
	fc.assert(
		fc.property(cases, ({ packet, room, shuffle, compressed, elide, extended }) => {
			const contexts = compressed ? undefined : new ContextTable();
			const links = extended
				? { source: LinkAddress.extended(0x02aabbcc, 1), destination: LinkAddress.extended(0x02aabbcc, 2) }
				: { source: SENDER, destination: RECEIVER };
			const payloads = payloadsOf(packet, room, { elide, ...links, ...(contexts && { contexts }) });
			const receiver = new LowpanReceiver(contexts && { contexts });
			const order = [...payloads, ...payloads].map((payload) => ({ payload, key: shuffle.next().value! }));
			order.sort((a, b) => a.key - b.key);
			const done: Uint8Array[] = [];
			for (const { payload } of payloads.length === 1 ? order.slice(0, 1) : order) {
				t.true(payload.length <= room);
				const result = receiver.take(payload);
				if (result instanceof Uint8Array) done.push(result);
				else if (result !== undefined) t.regex(result, /^fragment-(duplicate|late)$/);
			}
			t.is(done.length, 1);
			t.deepEqual(done[0], packet);
			t.is(receiver.pool.lent, 0);
			t.true(receiver.isEmptyAfter());
		}),
		{ numRuns: 400 },
	);
});

test("every fragment but the last covers a multiple of 8 octets, without hole or overlap", (t) => {
	fc.assert(
		fc.property(packets, fc.integer({ min: 40, max: 118 }), (packet, room) => {
			const payloads = payloadsOf(packet, room, { tag: 0xfffe });
			if (payloads.length === 1) return;
			const offsets = payloads.map((payload, i) => {
				const header = decodeFragmentHeader(payload, 0, payload.length, new FragmentHeader());
				if (typeof header === "string") throw new Error(header);
				t.deepEqual([header.first, header.size, header.tag], [i === 0, packet.length, 0xfffe]);
				return header.offset;
			});
			t.is(offsets[0], 0);
			for (let i = 1; i + 1 < payloads.length; i++) {
				t.is(offsets[i + 1]! - offsets[i]!, payloads[i]!.length - 5);
				t.is((payloads[i]!.length - 5) % 8, 0);
			}
			t.is(packet.length - offsets.at(-1)!, payloads.at(-1)!.length - 5);
		}),
		{ numRuns: 200 },
	);
});

test("as many fragments as the compressed headers of 10 octets make room for", (t) => {
	const counts: [room: number, expected: number[]][] = [
		[116, [3, 5, 10, 12]],
		[107, [3, 5, 11, 13]],
		[104, [3, 5, 11, 13]],
	];
	// IPHC 2, hop limit 1, addresses elided; NHC 1, two ports 4, checksum 2.
	const parts = { hopLimit: 33, sourcePort: 40000, destinationPort: 5683 };
	for (const [room, expected] of counts) {
		const found = [256, 512, 1024, 1280].map((size) => {
			const packet = udpPacket({ ...parts, payload: counting(size - 48) });
			const payloads = payloadsOf(packet, room);
			const dataBytes = payloads[1]![4]! * 8 - 48;
			t.is(payloads[0]!.length - 4 - dataBytes, 10, "compressed headers");
			return payloads.length;
		});
		t.deepEqual(found, expected, `room ${room}`);
	}
});

test("a packet that fits in a frame is not fragmented, one octet more is", (t) => {
	for (let room = 40; room <= 118; room++) {
		let last = 1;
		for (let size = 20; size < 130; size++) {
			const packet = udpPacket({ payload: counting(size) });
			const payloads = payloadsOf(packet, room);
			const whole = payloadsOf(packet, 1000)[0]!.length;
			t.is(payloads.length === 1, whole <= room, `room ${room}, payload ${size}`);
			t.true(payloads.length >= last);
			last = payloads.length;
		}
	}
});

test("headers that leave no room for data in a first fragment go uncompressed", (t) => {
	const packet = udpPacket({
		source: counting(16, 0x20),
		destination: counting(16, 0x40),
		extensions: { type: HOP_BY_HOP, bytes: extension(5) },
		payload: counting(300),
	});
	const payloads = payloadsOf(packet, 40);
	t.is(payloads[0]![4], 0x41);
	const receiver = new LowpanReceiver();
	const results = payloads.map((payload) => receiver.take(payload));
	t.deepEqual(results.at(-1), packet);
	t.true(receiver.isEmptyAfter());
});

test("headers of any length, in any room, leave a first fragment that makes sense", (t) => {
	const addresses = { source: counting(16, 0x20), destination: counting(16, 0x40) };
	for (let units = 0; units < 7; units++) {
		const extensions = { type: HOP_BY_HOP, bytes: extension(units) };
		const packet = udpPacket({ ...addresses, extensions, payload: counting(200) });
		for (let room = 40; room <= 118; room++) {
			const receiver = new LowpanReceiver();
			const results = payloadsOf(packet, room).map((payload) => receiver.take(payload));
			t.deepEqual(results.at(-1), packet, `room ${room}, ${units} units`);
		}
	}
});

test("a room too small for any fragment is the caller's mistake", (t) => {
	t.throws(() => payloadsOf(udpPacket({}), 31), { instanceOf: RangeError, message: /room.*32.*31/ });
});
