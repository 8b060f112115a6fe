import test from "ava";
import fc from "fast-check";
import { Metrics } from "../../../sim/measure/metrics.js";

test("what is delivered, altered, repeated and foreign is told apart", (t) => {
	const metrics = new Metrics();
	const { sink } = metrics;
	sink.runStarted(0, "{}", 1, "packets", 4);
	sink.datagramSent(1000, 0, 11, 500, 300);
	sink.datagramSent(2000, 0, 12, 501, 300);
	sink.datagramSent(2500, 1, 13, 502, 300);
	sink.datagramDelivered(5000, 3, 11, 500, 300, 2);
	sink.datagramDelivered(6000, 3, 11, 500, 300, 2);
	sink.datagramDelivered(6500, 3, 12, 999, 300, 2);
	sink.datagramDelivered(7000, 3, 77, 1, 300, 1);
	sink.runEnded(10e6, 42);
	const summary = metrics.summary();
	t.deepEqual(summary.datagrams, {
		sent: 3,
		delivered: 1,
		lost: { "in-flight": 1, altered: 1 },
		altered: 1,
		duplicates: 1,
		foreign: 1,
	});
	t.is(summary.deliveryRatio, 1 / 3);
	t.deepEqual(summary.latencyMs, { mean: 4, p50: 4, p95: 4, max: 4 });
	t.deepEqual(summary.hops, { mean: 2, max: 2 });
	t.is(summary.simulatedS, 10);
	t.is(summary.events, 42);
	t.is(summary.nodes, 4);
});

test("a datagram that was given up and arrives all the same is delivered", (t) => {
	const metrics = new Metrics();
	metrics.sink.datagramSent(0, 0, 5, 1, 60);
	metrics.sink.datagramDropped(10, 0, 5, "mac-retries");
	t.deepEqual(metrics.summary().datagrams.lost, { "mac-retries": 1 });
	metrics.sink.datagramDelivered(20, 1, 5, 1, 60, 1);
	t.deepEqual(metrics.summary().datagrams.lost, {});
	t.is(metrics.summary().datagrams.delivered, 1);
	// What somebody does to it afterwards, or to one that nobody sent, changes nothing.
	metrics.sink.datagramDropped(30, 2, 5, "reassembly-timed-out");
	metrics.sink.datagramDropped(30, 2, 6, "no-route");
	t.deepEqual(metrics.summary().datagrams.lost, {});
});

const happening = fc.record({
	what: fc.constantFrom("sent", "delivered", "altered", "dropped"),
	ident: fc.nat({ max: 20 }),
	reason: fc.constantFrom("no-route", "mac-retries", "queue-full"),
});

test("sent is delivered plus all that was lost, whatever happens in whatever order", (t) => {
	fc.assert(
		fc.property(fc.array(happening, { maxLength: 80, size: "max" }), (happenings) => {
			const metrics = new Metrics();
			const { sink } = metrics;
			// A node names no two of its datagrams alike: those that were sent are not sent again.
			const sent = new Set<number>();
			happenings.forEach(({ what, ident, reason }, i) => {
				if (what === "sent" && !sent.has(ident)) {
					sent.add(ident);
					sink.datagramSent(i, 0, ident, ident, 100);
				} else if (what === "delivered") sink.datagramDelivered(i, 1, ident, ident, 100, 1);
				else if (what === "altered") sink.datagramDelivered(i, 1, ident, ident + 1, 100, 1);
				else if (what === "dropped") sink.datagramDropped(i, 1, ident, reason);
			});
			const { datagrams, deliveryRatio } = metrics.summary();
			const lost = Object.values(datagrams.lost).reduce((a, b) => a + b, 0);
			t.is(datagrams.sent, datagrams.delivered + lost);
			t.true(deliveryRatio >= 0 && deliveryRatio <= 1);
			const arrivals = happenings.filter(({ what }) => what === "delivered" || what === "altered").length;
			t.is(arrivals, datagrams.delivered + datagrams.altered + datagrams.duplicates + datagrams.foreign);
		}),
		{ numRuns: 500 },
	);
});

test("contexts that opened are completed, timed out, closed otherwise, or still open", (t) => {
	const metrics = new Metrics();
	const source = {} as never;
	const { sink } = metrics;
	for (let tag = 0; tag < 6; tag++) sink.contextOpened(0, 1, source, tag, 400, 1280 * (tag + 1));
	sink.contextClosed(1, 1, source, 0, "completed", 0);
	sink.contextClosed(1, 1, source, 1, "reassembly-timed-out", 0);
	sink.contextClosed(1, 1, source, 2, "reassembly-evicted", 0);
	sink.contextClosed(1, 1, source, 3, "reassembly-evicted", 0);
	sink.fragmentRefused(1, 1, source, 3, 96, "fragment-duplicate");
	t.deepEqual(metrics.summary().reassembly, {
		opened: 6,
		completed: 1,
		timedOut: 1,
		refused: { "fragment-duplicate": 1 },
		closed: { "reassembly-evicted": 2 },
		peakBytes: 7680,
		open: 2,
	});
});

test("frames are told apart by their type bits, energy is summed in millijoules", (t) => {
	const metrics = new Metrics();
	const { sink } = metrics;
	sink.runStarted(0, "{}", 1, "packets", 2);
	sink.frameOnAir(0, 0, 26, -60, Uint8Array.of(0x61, 0x98));
	sink.frameOnAir(0, 0, 26, -60, Uint8Array.of(0x02, 0x00));
	// An acknowledgement with the pending bit, and an enhanced one.
	sink.frameOnAir(0, 0, 26, -60, Uint8Array.of(0x12, 0x00));
	sink.frameOnAir(0, 0, 26, -60, Uint8Array.of(0x02, 0x28));
	sink.frameLost(1, 0, 1, "collision");
	sink.frameLost(1, 0, 1, "noise");
	sink.nodeEnergy(1, 0, 1000, 2000, 3000, 4000, 5000);
	sink.nodeEnergy(1, 1, 1000, 0, 0, 0, 0);
	const { frames, energyMj } = metrics.summary();
	t.is(frames.data, 1);
	t.is(frames.acks, 3);
	t.is(frames.collided, 1);
	t.deepEqual(frames.lost, { collision: 1, noise: 1 });
	t.deepEqual(energyMj, { tx: 2, rx: 2, listen: 3, sleep: 4, cpu: 5, total: 16, meanPerNode: 8 });
});
