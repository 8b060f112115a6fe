import test from "ava";
import fc from "fast-check";
import type { FrameReceiver } from "../../firmware/ports.js";
import { DriftingClock, DriftingRadio } from "../../sim/drifting-clock.js";
import type { SimSink } from "../../sim/events.js";
import { EventQueue } from "../../sim/kernel/queue.js";
import { logHash } from "./support/log-hash.js";
import { loadText, runText } from "./support/run-text.js";

const ANY = fc.record({
	mostPpm: fc.double({ min: 0, max: 500, noNaN: true }),
	seed: fc.integer({ min: 0, max: 2 ** 40 }),
	node: fc.integer({ min: 0, max: 1000 }),
});
/** Up to eleven days. */
const TIME = fc.integer({ min: 0, max: 1e12 });

function clockOf({ mostPpm, seed, node }: { mostPpm: number; seed: number; node: number }) {
	const queue = new EventQueue();
	return { queue, clock: new DriftingClock(queue, mostPpm, seed, node) };
}

test("shows whole microseconds, never runs backwards, and keeps its rate", (t) => {
	fc.assert(
		fc.property(ANY, TIME, fc.integer({ min: 0, max: 1e9 }), (of, fromUs, spanUs) => {
			const { clock } = clockOf(of);
			const ownUs = clock.ownUs(fromUs + spanUs) - clock.ownUs(fromUs);
			t.true(Number.isSafeInteger(clock.ownUs(fromUs)));
			t.true(ownUs >= 0);
			t.true(Math.abs(ownUs - spanUs - (spanUs * clock.driftPpm) / 1e6) <= 1);
			t.true(Math.abs(clock.driftPpm) <= of.mostPpm);
		}),
	);
});

test("the true time of an own time is the first at which the clock shows as much", (t) => {
	fc.assert(
		fc.property(ANY, TIME, (of, atUs) => {
			const { clock } = clockOf(of);
			const trueUs = clock.trueUs(clock.ownUs(0) + atUs);
			t.true(clock.ownUs(trueUs) >= clock.ownUs(0) + atUs);
			t.true(clock.ownUs(trueUs - 1) < clock.ownUs(0) + atUs);
		}),
	);
});

test("a timer fires when it is due by the node's own clock, and never before", (t) => {
	fc.assert(
		fc.property(ANY, fc.array(fc.integer({ min: 0, max: 1e9 }), { maxLength: 20 }), (of, waits) => {
			const { queue, clock } = clockOf(of);
			const beganUs = clock.nowUs();
			let fired = 0;
			for (const waitUs of waits) {
				clock.at(beganUs + waitUs, () => {
					fired++;
					const lateUs = clock.nowUs() - beganUs - waitUs;
					t.true(lateUs === 0 || lateUs === 1, `late by ${lateUs}`);
				});
			}
			clock.cancel(clock.at(beganUs + 5, () => t.fail("cancelled")));
			queue.run(3e9);
			t.is(fired, waits.length);
		}),
	);
});

test("drifts are spread over both sides of the bound, and are the node's own", (t) => {
	const drifts = Array.from(
		{ length: 400 },
		(_, node) => clockOf({ mostPpm: 40, seed: 7, node }).clock.driftPpm,
	);
	t.is(new Set(drifts).size, 400);
	t.true(Math.abs(drifts.reduce((sum, ppm) => sum + ppm, 0) / 400) < 4);
	const meanSquare = drifts.reduce((sum, ppm) => sum + ppm * ppm, 0) / 400;
	t.true(Math.abs(Math.sqrt(meanSquare) - 40 / Math.sqrt(3)) < 2, "uniform");
	t.is(clockOf({ mostPpm: 40, seed: 7, node: 3 }).clock.driftPpm, drifts[3] ?? 0);
});

test("a restart keeps the rate and loses the time", (t) => {
	const { queue, clock } = clockOf({ mostPpm: 100, seed: 1, node: 1 });
	const { driftPpm } = clock;
	queue.run(10e6);
	const before = clock.nowUs();
	clock.restart();
	t.is(clock.driftPpm, driftPpm);
	t.true(Math.abs(clock.nowUs() - before) > 1000);
});

test("the radio is told true times, and tells own ones", (t) => {
	const { queue, clock } = clockOf({ mostPpm: 500, seed: 2, node: 5 });
	queue.run(50e6);
	const asked: Record<string, number> = {};
	let receiver: FrameReceiver | undefined;
	const radio = new DriftingRadio(
		{
			configure: () => {},
			receive: () => {},
			receiveAt: (timeUs, durationUs) => Object.assign(asked, { timeUs, durationUs }),
			transmit: (_psdu, { cca, atUs }) => Object.assign(asked, { cca: Number(cca), atUs }),
			onReceive: (inner) => {
				receiver = inner;
			},
		},
		clock,
	);
	const ownUs = clock.nowUs() + 20e6;
	radio.receiveAt(ownUs, 1_000_000);
	t.is(asked["timeUs"], clock.trueUs(ownUs));
	t.is((asked["timeUs"] ?? 0) + (asked["durationUs"] ?? 0), clock.trueUs(ownUs + 1_000_000));
	t.not(asked["durationUs"], 1_000_000);
	radio.receiveAt(0, 1000);
	t.true(Math.abs((asked["durationUs"] ?? 0) - 1000) <= 1, "a window whose time has passed begins now");
	radio.transmit(new Uint8Array(5), { cca: false, atUs: ownUs }, { transmitted: () => {} });
	t.is(asked["atUs"], clock.trueUs(ownUs));
	t.is(asked["cca"], 0);
	let heardUs = 0;
	radio.onReceive({
		frameReceived: (_psdu, _rssi, _lqi, sfdTimeUs) => {
			heardUs = sfdTimeUs;
		},
	});
	receiver!.frameReceived(new Uint8Array(5), -50, 255, 49e6);
	t.is(heardUs, clock.ownUs(49e6));
});

const SCENARIO = `
name: drift
durationS: 200
topology: { kind: grid, nodes: 9, spacingM: 30 }
channel: { propagation: { kind: log-distance, maxRangeM: 45 } }
node: { routing: { kind: gradient, beaconPeriodS: 5 } }
sinks: corner
traffic: [{ kind: readings, periodS: 10, startS: 20, readingsPerPack: 2 }]
lifecycle: { reboots: { count: 3, fromS: 50, toS: 150 } }
`;

test("the log of a network with drifting clocks is in true time, in order, and the same each time", async (t) => {
	let lastUs = 0;
	let count = 0;
	const check = (timeUs: number) => {
		t.true(timeUs >= lastUs && timeUs <= 200e6, `${timeUs} after ${lastUs}`);
		lastUs = timeUs;
		count++;
	};
	const readings: number[] = [];
	const sink: Partial<SimSink> = {
		frameOnAir: check,
		frameReceived: check,
		frameRefused: check,
		routeChanged: check,
		datagramSent: check,
		datagramForwarded: check,
		datagramDelivered: check,
		controlSent: check,
		readingCollected: (timeUs, _node, _name, _unit, _value, atS) => {
			check(timeUs);
			readings.push(timeUs / 1e6 - atS);
		},
	};
	const set = ["node.clockDriftPpm=200"];
	const { summary } = await runText(t, SCENARIO, set, { sinks: [sink] });
	t.true(count > 1000);
	t.true(summary.deliveryRatio > 0.95);
	t.true(readings.length > 100);
	t.true(
		readings.every((ageS) => ageS > -0.01 && ageS < 12),
		"readings are as old as they are, by true time",
	);
	const loaded = await loadText(t, SCENARIO, {}, set);
	t.is(logHash(loaded), logHash(loaded));
	t.not(logHash(loaded), logHash(await loadText(t, SCENARIO, {}, ["node.clockDriftPpm=199"])));
});

test("periods of a drifting node are as long as its clock makes them", async (t) => {
	const firstUs = new Map<number, number>();
	const lastUs = new Map<number, number>();
	const sink: Partial<SimSink> = {
		datagramSent: (timeUs, node) => {
			if (!firstUs.has(node)) firstUs.set(node, timeUs);
			lastUs.set(node, timeUs);
		},
	};
	const set = ["node.clockDriftPpm=500", "lifecycle={}", "seed=4"];
	await runText(t, SCENARIO, set, { sinks: [sink] });
	const drifts = [...firstUs].map(([node, fromUs]) => {
		const spanUs = lastUs.get(node)! - fromUs;
		const periods = Math.round(spanUs / 20e6);
		return (1 - spanUs / (periods * 20e6)) * 1e6;
	});
	t.is(drifts.length, 8);
	t.true(drifts.some((ppm) => ppm > 50) && drifts.some((ppm) => ppm < -50), `${drifts}`);
	t.true(
		drifts.every((ppm) => Math.abs(ppm) <= 501),
		`${drifts}`,
	);
});
