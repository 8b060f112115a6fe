import test from "ava";
import { FOLLOW, LEAD, TICKS } from "../../../../firmware/cluster/election.js";
import { leach } from "../../../../sim/opponents/elections/leach.js";
import { rotationThreshold } from "../../../../sim/opponents/elections/rotation.js";
import { create, situation } from "./situations.js";

test("the threshold is p / (1 - p (r mod 1/p))", (t) => {
	for (const [probability, round, threshold] of [
		[0.05, 0, 0.05],
		[0.05, 10, 0.1],
		[0.05, 18, 0.5],
		[0.05, 19, 1],
		[0.05, 20, 0.05],
		[0.05, 59, 1],
		[0.1, 4, 1 / 6],
		[1 / 3, 1, 0.5],
		[1 / 3, 2, 1],
		[1 / 3, 3, 1 / 3],
		[1, 0, 1],
		[1, 7, 1],
		// 1/p = 2.5: epochs begin in rounds 0, 3, 5, 8.
		[0.4, 1, 1 / 1.5],
		[0.4, 2, 1],
		[0.4, 3, 0.5],
		[0.4, 4, 1],
		[0.4, 5, 0.4],
	] as const) {
		t.true(
			Math.abs(rotationThreshold(probability, round, 0) - threshold) < 1e-12,
			`p ${probability}, r ${round}`,
		);
	}
	t.is(rotationThreshold(0.05, 19, 0), 1);
});

test("whoever has led in an epoch does not lead again before the next one", (t) => {
	t.is(rotationThreshold(0.05, 5, 5), 0, "led in round 0 of the same epoch");
	t.is(rotationThreshold(0.05, 5, 6), 1 / 15, "led in the last round of the epoch before");
	t.is(rotationThreshold(0.05, 20, 1), 0.05, "led in round 19; round 20 begins an epoch");
	t.is(rotationThreshold(0.05, 39, 19), 0);
});

/** In which of the first `rounds` rounds each of `nodes` nodes leads. */
function leaders(p: number, nodes: number, rounds: number): number[][] {
	return Array.from({ length: nodes }, (_, node) => {
		const election = create(leach, { p }, { node });
		const led: number[] = [];
		for (let round = 0; round < rounds; round++) {
			const sinceLed = led.length === 0 ? 0 : round - led.at(-1)!;
			const tick = election.begin(situation({ election: round + 1, sinceLed }));
			if (tick === FOLLOW) continue;
			if (tick < 0 || tick >= TICKS) throw new Error(`tick ${tick}`);
			if (election.decide(situation(), tick) === LEAD) led.push(round);
		}
		return led;
	});
}

test("each node leads exactly once in an epoch", (t) => {
	for (const p of [0.05, 0.1, 1 / 3, 1]) {
		const epoch = Math.round(1 / p);
		for (const led of leaders(p, 50, 6 * epoch)) {
			t.deepEqual(
				led.map((round) => Math.floor(round / epoch)),
				[0, 1, 2, 3, 4, 5],
				`p ${p}`,
			);
		}
	}
});

test("where 1/p is no whole number, each node still leads once in 1/p rounds", (t) => {
	for (const led of leaders(0.4, 50, 2500)) t.is(led.length, 1000);
});

test("a share p of the nodes leads in each round of an epoch", (t) => {
	const heads = new Array<number>(20).fill(0);
	for (const led of leaders(0.05, 4000, 20)) heads[led[0]!]!++;
	// Binomial with mean 200 and deviation 13.8; five of them.
	for (const count of heads) t.true(Math.abs(count - 200) < 69, String(heads));
});
