import test from "ava";
import { completeSink } from "../../../firmware/events.js";
import { SIM_EVENTS } from "../../../sim/events.js";
import { MIXED, wormOf } from "./run-worm.js";

test("well mixed, by degrees and patching: the final size is that of the configuration model within 4 points", async (t) => {
	for (const degrees of ["constant", "exponential", "power-law"]) {
		for (const patchPerS of [0.2, 1, 2]) {
			const set = [`topology.degrees=${degrees}`, `worm.patchPerS=${patchPerS}`];
			const { finalSize, predicted, r0, graph, transmissibility } = await wormOf(t, MIXED, set);
			t.true(Math.abs(transmissibility - 1 / (1 + patchPerS)) < 1e-9);
			t.true(Math.abs(r0 - transmissibility * graph.excessDegree) < 1e-9);
			t.true(
				Math.abs(finalSize - predicted.finalSize) < 0.04,
				`${set}: ${finalSize}, ${predicted.finalSize}`,
			);
		}
	}
});

test("the threshold is at R0 = 1: below it, outbreaks stay small in any field; above, a share of the nodes is infected", async (t) => {
	// R0 = 6 / (1 + γ).
	const below = await wormOf(t, MIXED, ["worm.patchPerS=7.5"]);
	t.true(below.r0 > 0.65 && below.r0 < 0.8, `${below.r0}`);
	t.true(below.finalSize < 0.04, `${below.finalSize}`);
	const larger = await wormOf(t, MIXED, ["worm.patchPerS=7.5", "topology.nodes=16000"]);
	t.true(larger.infected < 2.5 * below.infected, `${larger.infected}, ${below.infected}`);
	const above = await wormOf(t, MIXED, ["worm.patchPerS=3"]);
	t.true(above.r0 > 1.4 && above.finalSize > 0.45, `${above.r0}: ${above.finalSize}`);
});

test("loss, kept fragments, trust drawn and learned, and verified code: R0 and final size as theory has them", async (t) => {
	const cases: readonly (readonly string[])[] = [
		["topology.prr=0.9", "worm.fragments=5", "worm.patchPerS=0.3"],
		["topology.prr=0.6", "worm.fragments=5", "worm.patchPerS=0.2", "worm.keepsFragments=true"],
		["worm.theta=0.4", "worm.scores=uniform", "worm.patchPerS=0.5"],
		["worm.theta=0.4", "worm.detectionShare=0.4", "worm.patchPerS=0.1"],
		["worm.theta=0.1", "worm.scores=uniform", "worm.detectionShare=0.6", "worm.patchPerS=0.3"],
		["worm.verifyingShare=0.5", "worm.patchPerS=0.5"],
	];
	for (const set of cases) {
		const { finalSize, predicted, r0 } = await wormOf(t, MIXED, set);
		t.true(r0 > 1.3, `${set}: ${r0}`);
		t.true(Math.abs(finalSize - predicted.finalSize) < 0.04, `${set}: ${finalSize}, ${predicted.finalSize}`);
	}
});

test("each defence alone takes R0 down by its own factor", async (t) => {
	const plain = (await wormOf(t, MIXED)).r0;
	const factors: Readonly<Record<string, readonly [string[], number]>> = {
		"a quarter of all scores is below θ": [["worm.theta=0.25", "worm.scores=uniform"], 0.75],
		"a third verifies": [["worm.verifyingShare=0.3333333"], 2 / 3],
		"one try, half of which are seen through": [["worm.theta=0.4", "worm.detectionShare=0.5"], 0.5],
		"patches twice as fast": [["worm.patchPerS=2"], 1 / 3 / (1 / 2)],
	};
	for (const [name, [set, factor]] of Object.entries(factors)) {
		const { r0 } = await wormOf(t, MIXED, set);
		t.true(Math.abs(r0 / plain / factor - 1) < 0.03, `${name}: ${r0 / plain}`);
	}
});

test("R0 is what it means: as many as the first ones' successors infect, on average", async (t) => {
	// R0 a little above 1: an outbreak that grows fast takes neighbours away from whoever is infected late.
	const set = [
		"worm.initial=150",
		"worm.patchPerS=4",
		"topology.nodes=20000",
		"topology.degrees=exponential",
		"topology.meanDegree=3",
	];
	// Those whom somebody infected in the first two generations; everybody beyond is still well.
	const generation = new Map<number, number>();
	const children = new Map<number, number>();
	const sink = completeSink(SIM_EVENTS, {
		nodeInfected: (_timeUs, node, from) => {
			generation.set(node, from === node ? 0 : generation.get(from)! + 1);
			if (from !== node) children.set(from, (children.get(from) ?? 0) + 1);
		},
	});
	let r0 = 0;
	let parents = 0;
	let offspring = 0;
	for (const seed of [1, 2, 3, 4]) {
		generation.clear();
		children.clear();
		r0 += (await wormOf(t, MIXED, [...set, `seed=${seed}`], { sinks: [sink] })).r0 / 4;
		for (const [node, depth] of generation) {
			if (depth < 1 || depth > 2) continue;
			parents++;
			offspring += children.get(node) ?? 0;
		}
	}
	// The deviation of one is about 1.6.
	t.true(parents > 400, `${parents}`);
	t.true(Math.abs(offspring / parents / r0 - 1) < 0.15, `${offspring / parents} of ${parents}, ${r0}`);
});

test("nothing is infected twice, patched before, or ever where it verifies; and all infected are patched in the end", async (t) => {
	const state = new Map<number, string>();
	let last = 0;
	const sink = completeSink(SIM_EVENTS, {
		nodePlaced: (_timeUs, node, _x, _y, role) => state.set(node, role),
		nodeInfected: (timeUs, node, from) => {
			t.is(state.get(node), "node");
			t.true(from === node || state.get(from) === "infected");
			t.true(timeUs >= last);
			last = timeUs;
			state.set(node, "infected");
		},
		nodePatched: (timeUs, node) => {
			t.is(state.get(node), "infected");
			t.true(timeUs >= last);
			last = timeUs;
			state.set(node, "patched");
		},
		neighbourDistrusted: (_timeUs, node) => t.is(state.get(node), "node"),
	});
	const set = ["worm.verifyingShare=0.2", "worm.theta=0.3", "worm.detectionShare=0.3", "topology.nodes=1000"];
	const summary = await wormOf(t, MIXED, set, { sinks: [sink] });
	const counts = [...state.values()].reduce<Record<string, number>>((sum, name) => {
		sum[name] = (sum[name] ?? 0) + 1;
		return sum;
	}, {});
	t.is(counts["infected"], undefined);
	t.is(counts["patched"], summary.infected);
	t.is(summary.patched, summary.infected);
	t.is(summary.finalSize, summary.infected / 1000);
	t.is(summary.verifying, counts["verifying"]! / 1000);
	t.true(summary.distrusted > 0);
});
