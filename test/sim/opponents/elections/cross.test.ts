import test from "ava";
import { FOLLOW } from "../../../../firmware/cluster/election.js";
import { volunteerChance } from "../../../../sim/opponents/elections/contention.js";
import { cross } from "../../../../sim/opponents/elections/cross.js";
import { create, omniscience, situation } from "./situations.js";
import { clique, Network } from "./window.js";

test("p = 1 - ω^(1/(N-1))", (t) => {
	for (const [costRatio, others, p] of [
		[0.3, 1, 0.7],
		[0.25, 2, 0.5],
		[0.3, 19, 0.0614],
		[0.5, 99, 0.00698],
		[0.3, 0, 1],
	] as const) {
		t.true(Math.abs(volunteerChance(costRatio, others) - p) < 5e-5, `${costRatio} ${others}`);
	}
});

test("N = 20, ω = 0.3: 1.23 heads on average, and none in 28 % of elections", (t) => {
	const network = new Network(cross, clique(20), { rest: false }, { seed: 11 });
	const elections = 4000;
	let heads = 0;
	let without = 0;
	for (let i = 0; i < elections; i++) {
		const { length } = network.elect();
		heads += length;
		if (length === 0) without++;
	}
	// Four deviations: of a mean, 1.074 / √4000; of a share, √(0.28 × 0.72 / 4000).
	t.true(Math.abs(heads / elections - 1.228) < 0.068, String(heads / elections));
	t.true(Math.abs(without / elections - 0.2816) < 0.029, String(without / elections));
});

test("whoever has led waits until all have", (t) => {
	const network = new Network(cross, clique(20));
	for (let cycle = 0; cycle < 5; cycle++) {
		const led: number[] = [];
		while (led.length < 20) led.push(...network.elect());
		t.deepEqual(
			led.sort((a, b) => a - b),
			Array.from({ length: 20 }, (_, node) => node),
		);
	}
});

test("the last who plays leads for certain", (t) => {
	const alone = create(cross, {}, { omniscience: omniscience({ alive: () => 20, players: () => 1 }) });
	for (let i = 0; i < 50; i++) t.not(alone.begin(situation()), FOLLOW);
	const resting = create(
		cross,
		{},
		{ omniscience: omniscience({ alive: () => 20, players: () => 1, plays: () => false }) },
	);
	for (let i = 0; i < 50; i++) t.is(resting.begin(situation()), FOLLOW);
});
