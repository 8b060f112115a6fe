import test from "ava";
import { airtimeUs } from "../../../firmware/mac/timing.js";
import { runScenario } from "../../../host-tools/run/run.js";
import type { LoadedScenario } from "../../../host-tools/scenario/load.js";
import { Fading } from "../../../sim/channel/fading.js";
import { toDb } from "../../../sim/kernel/math.js";
import { RandomStream } from "../../../sim/kernel/random.js";
import { logHash } from "../support/log-hash.js";
import { bothWays, dataFrame, graphOf, RadioBench } from "../support/radio-bench.js";
import { loadText } from "../support/run-text.js";

const PAIR = graphOf(2, bothWays([[0, 1, -60]]));

/** Powers in dBm of the first link over so many blocks of one second. */
function powers(deviationDb: number, blocks: number, seed = 1): number[] {
	const fading = new Fading(PAIR, { deviationDb, coherenceS: 1 }, seed);
	return Array.from({ length: blocks }, (_, block) => {
		fading.refresh(0, block * 1e6);
		return toDb(fading.powerMw[0]!);
	});
}

test("power is normal in dB, with the deviation asked for, cut at three", (t) => {
	const count = 40_000;
	const deviations = powers(4, count).map((dbm) => (dbm + 60) / 4);
	const mean = deviations.reduce((a, b) => a + b, 0) / count;
	const variance = deviations.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / count;
	t.true(Math.abs(mean) < 0.02, `${mean}`);
	t.true(Math.abs(Math.sqrt(variance) - 0.994) < 0.015, `${Math.sqrt(variance)}`);
	t.true(deviations.every((x) => x >= -3.001 && x <= 3.001));
	for (const [limit, share] of [
		[-2, 0.02275],
		[-1, 0.15866],
		[0, 0.5],
		[1, 0.84134],
		[2, 0.97725],
	] as const) {
		const below = deviations.filter((x) => x < limit).length / count;
		t.true(Math.abs(below - share) < 4 * Math.sqrt((share * (1 - share)) / count), `${limit}: ${below}`);
	}
	// From one block to the next nothing is left of the last draw.
	const product = deviations.slice(1).reduce((sum, x, i) => sum + x * deviations[i]!, 0) / count;
	t.true(Math.abs(product) < 4 / Math.sqrt(count), `${product}`);
});

test("both directions fade alike; pairs, blocks and seeds do not; order of asking does not matter", (t) => {
	const links = graphOf(
		3,
		bothWays([
			[0, 1, -60],
			[0, 2, -60],
			[1, 2, -70],
		]),
	);
	const options = { deviationDb: 3, coherenceS: 0.5 };
	const forwards = new Fading(links, options, 7);
	const backwards = new Fading(links, options, 7);
	for (const from of [0, 1, 2]) forwards.refresh(from, 1_200_000);
	for (const from of [2, 1, 0]) {
		backwards.refresh(from, 9_000_000);
		backwards.refresh(from, 1_499_999);
	}
	t.deepEqual(forwards.powerMw, backwards.powerMw);
	// Links in order: 0>1, 0>2, 1>0, 1>2, 2>0, 2>1.
	const [a, b, c, d, e, f] = forwards.powerMw;
	t.is(a, c);
	t.is(b, e);
	t.is(d, f);
	t.not(a, b);
	const before = forwards.powerMw.slice();
	forwards.refresh(0, 1_500_000);
	t.not(forwards.powerMw[0], before[0]);
	t.notDeepEqual(powers(3, 5, 1), powers(3, 5, 2));
	// More nodes, other links: the same draws for the same pair.
	const wide = new Fading(graphOf(9, bothWays([[0, 1, -60]])), options, 7);
	wide.refresh(1, 1_200_000);
	t.is(wide.powerMw[1], before[0]);
});

test("a frame ends with the power that it began with, across the edge of a block", (t) => {
	// Blocks of 1 ms, and frames of up to 4.3 ms that overlap at node 2.
	const links = graphOf(
		3,
		bothWays([
			[0, 2, -60],
			[1, 2, -62],
			[0, 1, -150],
		]),
	);
	const bench = new RadioBench(links, { fading: { deviationDb: 6, coherenceS: 0.001 } });
	const { air } = bench.transceivers;
	const random = new RandomStream(3, "frames", 0);
	let untilUs = 0;
	for (let i = 0; i < 300; i++) {
		const bytes = 20 + random.below(100);
		bench.send(0, untilUs, dataFrame({ bytes }));
		const other = 20 + random.below(100);
		bench.send(1, untilUs + random.below(3000), dataFrame({ bytes: other }));
		untilUs += 3000 + 2 * airtimeUs(127);
		bench.queue.run(untilUs);
		// The sum is set to nothing when the air is empty; a difference would show while it is not.
		t.deepEqual(
			[0, 1, 2].map((node) => air.powerMw(node)),
			[0, 0, 0],
		);
	}
	// One frame alone in the air: what it took away at its end must leave the other's power exactly.
	bench.send(0, untilUs, dataFrame({ bytes: 127 }));
	bench.queue.run(untilUs + 100);
	const first = air.powerMw(2);
	bench.send(1, untilUs + 200, dataFrame({ bytes: 20 }));
	bench.queue.run(untilUs + 3000);
	t.true(Math.abs(air.powerMw(2) / first - 1) < 1e-12, `${air.powerMw(2)} and ${first}`);
});

test("a receiver hears each frame as strong as its block makes the link", (t) => {
	const options = { deviationDb: 5, coherenceS: 0.01 };
	const bench = new RadioBench(PAIR, { fading: options }, undefined, 3);
	const expected = new Fading(PAIR, options, 3);
	for (let block = 0; block < 50; block++) {
		bench.send(0, block * 10_000 + 100, dataFrame());
		bench.queue.run((block + 1) * 10_000);
		expected.refresh(0, block * 10_000);
		const [heard] = bench.seen.splice(0).filter(({ what }) => what === "received");
		t.is(heard!.detail, `${Math.round(toDb(expected.powerMw[0]!))}`);
	}
});

const SCENARIO = `
name: fading
durationS: 200
topology: { kind: grid, nodes: 9, spacingM: 60 }
sinks: corner
traffic: [{ kind: periodic, periodS: 5, payloadBytes: 200 }]
`;

/** Frames that were heard two rows apart, where the signal is some -107 dBm on average. */
function heardFar(loaded: LoadedScenario): number {
	let count = 0;
	runScenario(loaded, {
		sinks: [
			{
				frameReceived: (_timeUs, node, from) => {
					if (Math.abs(Math.floor(node / 3) - Math.floor(from / 3)) === 2) count++;
				},
			},
		],
	});
	return count;
}

test("links below the floor are heard in good moments; without deviation nothing changes", async (t) => {
	const set = ["channel.interferenceFloorDbm=-100", "channel.noiseDbm=-120", "channel.sensitivityDbm=-120"];
	const still = await loadText(t, SCENARIO, {}, set);
	const otherCoherence = await loadText(t, SCENARIO, {}, [...set, "channel.fading.coherenceS=9"]);
	t.is(still.scenario.channel.fading.deviationDb, 0);
	// The log holds the scenario, so only what happened is compared.
	t.deepEqual(runScenario(still).summary, runScenario(otherCoherence).summary);
	t.is(heardFar(still), 0);
	const fading = await loadText(t, SCENARIO, {}, [...set, "channel.fading.deviationDb=4"]);
	t.true(heardFar(fading) > 0);
	t.is(logHash(fading), logHash(fading));
});
