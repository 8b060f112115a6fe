import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../firmware/address.js";
import { Neighbour, NeighbourTable, RATIO_ONE, Worth } from "../../../firmware/trust/neighbours.js";

/** Weight of a new sample. */
const ALPHA = 1 / 8;
/** An arithmetic shift loses less than 1 a step, and a step forgets 1/8 of what was lost: at most 8 units. */
const TOLERANCE = 8;

function fresh(): Neighbour {
	return new NeighbourTable(1).obtain(LinkAddress.short(1))!;
}

test("signal strength: the mean of a plain floating-point moving average", (t) => {
	fc.assert(
		fc.property(
			fc.array(fc.integer({ min: -128, max: 127 }), { minLength: 1, maxLength: 300 }),
			(samples) => {
				const neighbour = fresh();
				let mean = samples[0]! * 256;
				samples.forEach((rssiDbm, i) => {
					neighbour.noteReceived(rssiDbm, i * 5000);
					if (i > 0) {
						const error = rssiDbm * 256 - mean;
						mean += ALPHA * error;
					}
					t.true(Math.abs(neighbour.rssiMean256 - mean) <= TOLERANCE);
				});
				t.is(neighbour.received, samples.length);
			},
		),
	);
});

test("gaps within a burst, in microseconds; a pause of more than a second is none", (t) => {
	fc.assert(
		fc.property(
			fc.array(fc.integer({ min: 500, max: 2_000_000 }), { minLength: 1, maxLength: 200 }),
			(gaps) => {
				const neighbour = fresh();
				neighbour.noteReceived(-60, 0);
				let nowUs = 0;
				let mean = 0;
				for (const gapUs of gaps) {
					nowUs += gapUs;
					neighbour.noteReceived(-60, nowUs);
					if (gapUs > 1_000_000) continue;
					if (mean === 0) mean = gapUs;
					else {
						const error = gapUs - mean;
						mean += ALPHA * error;
					}
				}
				t.true(Math.abs(neighbour.gapMeanUs - mean) <= TOLERANCE);
			},
		),
	);
});

test("delivery ratio: of n transmissions of a frame only the last can have been acknowledged", (t) => {
	const frames = fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.boolean()), { maxLength: 100 });
	fc.assert(
		fc.property(frames, (sent) => {
			const neighbour = fresh();
			let ratio = 1;
			let transmissions = 0;
			for (const [count, acknowledged] of sent) {
				neighbour.noteTransmissions(count, acknowledged);
				for (let i = 1; i <= count; i++) ratio += ALPHA * ((acknowledged && i === count ? 1 : 0) - ratio);
				transmissions += count;
			}
			t.true(Math.abs(neighbour.deliveryRatio - ratio * RATIO_ONE) <= TOLERANCE);
			t.is(neighbour.transmissions, transmissions);
			t.true(neighbour.deliveryRatio >= 0 && neighbour.deliveryRatio <= RATIO_ONE);
		}),
	);
});

test("broadcasts: numbers that are left out were missed, across the wrap of the counter too", (t) => {
	for (const start of [0, 0xfffd]) {
		const neighbour = fresh();
		const expected = [0, 1, 4].reduce(
			(state, step) => {
				for (let i = state.last + 1; i < step; i++) state.ratio *= 1 - ALPHA;
				state.ratio += ALPHA * (1 - state.ratio);
				return { ratio: state.ratio, last: step };
			},
			{ ratio: 1, last: -1 },
		);
		for (const step of [0, 1, 4]) neighbour.noteBroadcast((start + step) & 0xffff);
		t.true(Math.abs(neighbour.broadcastRatio - expected.ratio * RATIO_ONE) <= TOLERANCE);
		t.true(expected.ratio < 0.82);
		t.is(neighbour.lastBroadcast, (start + 4) & 0xffff);
	}
});

test("a repeated, restarted or much later counter says nothing about losses", (t) => {
	for (const next of [10, 0, 500, 0x8000]) {
		const neighbour = fresh();
		neighbour.noteBroadcast(10);
		neighbour.noteBroadcast(next);
		t.is(neighbour.broadcastRatio, RATIO_ONE, String(next));
		t.is(neighbour.lastBroadcast, next);
	}
});

test("expected transmissions: from eight on our own count, before that the worst of all that is known", (t) => {
	const neighbour = fresh();
	t.is(neighbour.expectedTransmissions256(), 256);
	neighbour.noteBroadcast(0);
	neighbour.noteBroadcast(5);
	const heard256 = 256 / (neighbour.broadcastRatio / RATIO_ONE) ** 2;
	t.true(heard256 > 500);
	t.true(Math.abs(neighbour.expectedTransmissions256() - heard256) <= 1);
	for (let i = 0; i < 7; i++) neighbour.noteTransmissions(1, true);
	t.true(Math.abs(neighbour.expectedTransmissions256() - heard256) <= 1);
	neighbour.noteTransmissions(1, true);
	t.is(neighbour.expectedTransmissions256(), 256);
	const failing = fresh();
	failing.noteTransmissions(4, false);
	t.true(Math.abs(failing.expectedTransmissions256() - 256 / (7 / 8) ** 4) <= 1);
});

test("a weak signal is expected to cost more, the more the weaker, until transmissions tell", (t) => {
	const costs = [-40, -85, -93, -101].map((rssiDbm) => {
		const neighbour = fresh();
		neighbour.noteReceived(rssiDbm, 0);
		return neighbour.expectedTransmissions256();
	});
	t.deepEqual(costs, [256, 256, 512, 1280]);
	const weak = fresh();
	weak.noteReceived(-101, 0);
	for (let i = 0; i < 8; i++) weak.noteTransmissions(1, true);
	t.is(weak.expectedTransmissions256(), 256);
});

test("a link that never delivers is bad, not infinite, and recovers", (t) => {
	const neighbour = fresh();
	for (let i = 0; i < 1000; i++) neighbour.noteTransmissions(4, false);
	t.is(neighbour.deliveryRatio, 0);
	t.is(neighbour.expectedTransmissions256(), 256 * 64);
	for (let i = 0; i < 100; i++) neighbour.noteTransmissions(1, true);
	t.true(neighbour.deliveryRatio >= RATIO_ONE - TOLERANCE);
	t.true(neighbour.expectedTransmissions256() <= 257);
});

test("extreme signals and times leave every statistic finite and within its range", (t) => {
	const samples = fc.array(
		fc.tuple(
			fc.constantFrom(-128, -127, -1, 0, 1, 127),
			fc.oneof(fc.integer(), fc.constantFrom(0, 2 ** 31, 2 ** 32, 2 ** 50, -1, -(2 ** 31), -(2 ** 50))),
		),
		{ maxLength: 50 },
	);
	fc.assert(
		fc.property(samples, (frames) => {
			const neighbour = fresh();
			for (const [rssiDbm, timeUs] of frames) neighbour.noteReceived(rssiDbm, timeUs);
			t.true(neighbour.rssiMean256 >= -128 * 256 && neighbour.rssiMean256 <= 127 * 256);
			t.true(neighbour.gapMeanUs >= 0 && neighbour.gapMeanUs <= 1_000_000);
		}),
		{ numRuns: 500 },
	);
});

test("a newcomer displaces the one that was silent longest, never one that is kept", (t) => {
	const kept = new Set<number>();
	const table = new NeighbourTable(3, {
		worthOf: ({ low }) => (kept.has(low) ? Worth.needed : Worth.unknown),
	});
	for (const address of [1, 2, 3]) table.obtain(LinkAddress.short(address))!.noteReceived(-60, 100 - address);
	kept.add(3);
	table.obtain(LinkAddress.short(4))!.noteReceived(-60, 200);
	t.deepEqual(table.entries.map(({ address }) => address.low).sort(), [1, 3, 4]);
	kept.add(1).add(4);
	t.is(table.obtain(LinkAddress.short(5)), undefined);
	t.is(table.obtain(LinkAddress.short(1))?.received, 1);
	t.is(table.find(LinkAddress.short(2)), undefined);
	t.is(table.entries.length, 3);
});

test("never more entries than places, one an address, whoever calls", (t) => {
	fc.assert(
		fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 100 }), (addresses) => {
			const table = new NeighbourTable(4, {
				worthOf: ({ low }) => (low === 0 ? Worth.needed : Worth.unknown),
			});
			addresses.forEach((low, i) => {
				// The address object is reused, as the link layer does.
				table.obtain(LinkAddress.short(low))?.noteReceived(-60, i);
			});
			const present = table.entries.map(({ address }) => address.low);
			t.is(new Set(present).size, present.length);
			t.true(present.length <= 4);
			if (addresses.includes(0)) t.true(present.includes(0));
			if (addresses.length > 0) t.true(present.includes(addresses.at(-1)!));
		}),
	);
});

test("an entry keeps its own copy of the address", (t) => {
	const table = new NeighbourTable(2);
	const address = LinkAddress.short(1);
	table.obtain(address);
	address.setShort(2);
	t.not(table.find(LinkAddress.short(1)), undefined);
	t.throws(() => new NeighbourTable(0), { instanceOf: RangeError, message: /capacity.*1.*0/ });
});

test("an unknown newcomer displaces no established neighbour, but one that was silent for an hour", (t) => {
	const worth = new Map<number, Worth>([
		[1, Worth.established],
		[2, Worth.needed],
	]);
	const table = new NeighbourTable(2, { worthOf: ({ low }) => worth.get(low) ?? Worth.unknown });
	table.obtain(LinkAddress.short(1))!.noteReceived(-60, 0);
	table.obtain(LinkAddress.short(2))!.noteReceived(-60, 3_600_000_000);
	t.is(table.obtain(LinkAddress.short(3)), undefined);
	table.find(LinkAddress.short(2))!.noteReceived(-60, 3_600_000_001);
	t.not(table.obtain(LinkAddress.short(3)), undefined);
	t.is(table.find(LinkAddress.short(1)), undefined);
	t.not(table.find(LinkAddress.short(2)), undefined);
});

test("one that routes need displaces an established neighbour, and is displaced by nobody", (t) => {
	const table = new NeighbourTable(1, {
		worthOf: ({ low }) => (low === 2 ? Worth.needed : Worth.established),
	});
	table.obtain(LinkAddress.short(1))!.noteReceived(-60, 0);
	t.is(table.obtain(LinkAddress.short(3)), undefined);
	table.obtain(LinkAddress.short(2))!.noteReceived(-60, 1);
	t.is(table.obtain(LinkAddress.short(1)), undefined);
	t.not(table.find(LinkAddress.short(2)), undefined);
});

test("rows and kept objects tell the same of each neighbour as a plain map, however late it is", (t) => {
	const address = fc
		.record({ isShort: fc.boolean(), high: fc.constantFrom(0, 1, -1), low: fc.integer({ min: 0, max: 3 }) })
		.map(({ isShort, high, low }) => (isShort ? LinkAddress.short(low) : LinkAddress.extended(high, low)));
	const step = fc.tuple(address, fc.integer({ min: -128, max: 127 }), fc.boolean(), fc.nat({ max: 2 ** 33 }));
	fc.assert(
		fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
			const table = new NeighbourTable(20);
			const cursor = new Neighbour();
			const model = new Map<string, { received: number; lastSeenUs: number; lastBroadcast: number }>();
			const kept = new Map<string, Neighbour>();
			let nowUs = 0;
			steps.forEach(([who, rssiDbm, isKept, waitUs], i) => {
				nowUs += waitUs;
				const neighbour = table.obtain(who, isKept ? undefined : cursor)!;
				neighbour.noteReceived(rssiDbm, nowUs);
				neighbour.noteBroadcast(i);
				t.true(neighbour.address.equals(who));
				const name = who.toString();
				if (isKept) {
					t.is(neighbour, kept.get(name) ?? neighbour);
					kept.set(name, neighbour);
				}
				const received = (model.get(name)?.received ?? 0) + 1;
				model.set(name, { received, lastSeenUs: nowUs, lastBroadcast: i });
			});
			t.is(table.length, model.size);
			for (const neighbour of table.entries) {
				const { received, lastSeenUs, lastBroadcast, address: who, boot } = neighbour;
				t.deepEqual({ received, lastSeenUs, lastBroadcast }, model.get(who.toString()));
				t.is(boot, -1);
				t.is(table.find(who), neighbour);
				t.is(table.nameOf(who), who);
			}
		}),
	);
});

test("who takes a place is known as nobody but himself", (t) => {
	const table = new NeighbourTable(1);
	const before = table.obtain(LinkAddress.short(1))!;
	before.chains = true;
	before.boot = 7;
	t.is(before.address.low, 1);
	const after = table.obtain(LinkAddress.extended(1, 2))!;
	t.not(after, before);
	t.is(after.address.toString(), "00:00:00:01:00:00:00:02");
	t.deepEqual([after.chains, after.boot, after.received, after.deliveryRatio], [false, -1, 0, RATIO_ONE]);
});

test("counts stay at the most that they can be", (t) => {
	const neighbour = fresh();
	for (let i = 0; i < 70_000; i++) neighbour.noteReceived(-60, i);
	for (let i = 0; i < 5_000; i++) neighbour.noteTransmissions(1, true);
	t.is(neighbour.received, 0xffff);
	t.is(neighbour.transmissions, 0xfff);
	t.is(neighbour.rssiMean256, -60 * 256);
});
