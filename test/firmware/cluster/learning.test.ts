import test from "ava";
import fc from "fast-check";
import {
	ACTIONS,
	LEARNING_BYTES,
	Learner,
	rewardOf,
	STATES,
	stateOf,
} from "../../../firmware/cluster/learning.js";
import { RandomStream } from "../../../sim/kernel/random.js";
import { situation } from "../../sim/opponents/elections/situations.js";

function learner(seed = 1, firstChoice = 0): Learner {
	return new Learner(new RandomStream(seed, "election", 0), firstChoice);
}

/** The action of greatest value. */
function best(of: Learner, state: number): number {
	let action = 0;
	for (let a = 1; a < ACTIONS; a++) if (of.value(state, a) > of.value(state, action)) action = a;
	return action;
}

const outcome = {
	led: false,
	covered: true,
	extraHeads: 0,
	spent256: 100,
	neighboursSpent256: 100,
	charge: 200,
	neighboursCharge: 200,
};

test("one state, five rewards with noise: the best is found, and its value is the reward over 1 - 7/8", (t) => {
	for (let seed = 1; seed <= 20; seed++) {
		const it = learner(seed);
		const noise = new RandomStream(seed, "noise", 0);
		const rewards = [-512, -256, 64, -128, -640];
		for (let i = 0; i < 4000; i++) {
			const action = it.choose(0);
			it.reward(rewards[action]! + noise.below(129) - 64);
		}
		t.is(best(it, 0), 2, `seed ${seed}`);
		t.true(Math.abs(it.value(0, 2) - 8 * 64) < 160, `seed ${seed}: ${it.value(0, 2)}`);
	}
});

test("a chain in which the way to the great reward costs: values as value iteration has them", (t) => {
	// Action 1 goes right at a cost of 3/4, all others go back to the start for 1/4; the end pays 2 and leads to the start.
	const LENGTH = 3;
	const step = (state: number, action: number): [next: number, reward: number] => {
		if (action !== 1) return [0, -64];
		return state === LENGTH - 1 ? [0, 512] : [state + 1, -192];
	};
	const values = Array.from({ length: LENGTH }, () => 0);
	for (let i = 0; i < 500; i++)
		for (let s = 0; s < LENGTH; s++)
			values[s] = Math.max(
				...[0, 1].map((a) => {
					const [next, reward] = step(s, a);
					return reward + (7 / 8) * values[next]!;
				}),
			);
	for (let seed = 1; seed <= 10; seed++) {
		const it = learner(seed);
		let state = 0;
		for (let i = 0; i < 60_000; i++) {
			const action = it.choose(state);
			const [next, reward] = step(state, action);
			it.reward(reward);
			state = next;
		}
		for (let s = 0; s < LENGTH; s++) {
			t.is(best(it, s), 1, `seed ${seed}, state ${s}`);
			t.true(Math.abs(it.value(s, 1) - values[s]!) < 48, `seed ${seed}: ${it.value(s, 1)}, ${values[s]}`);
		}
	}
});

test("values saturate, and never wrap", (t) => {
	for (const [reward, bound] of [
		[0x7fff, 0x7fff],
		[-0x8000, -0x8000],
	] as const) {
		const it = learner(3);
		let last = 0;
		for (let i = 0; i < 3000; i++) {
			it.choose(5);
			it.reward(reward);
			const value = it.value(5, best(it, 5));
			t.true(reward > 0 ? value >= last : value <= 0);
			last = value;
		}
		it.choose(5);
		// A worst case that lasts drives all actions down: the best of them ends at the bound as well.
		t.is(last, bound);
	}
});

test("an action without an outcome teaches nothing, nor does an outcome without an action", (t) => {
	const it = learner();
	it.reward(-1000);
	for (let i = 0; i < 100; i++) it.choose(i % STATES);
	for (let s = 0; s < STATES; s++) for (let a = 0; a < ACTIONS; a++) t.is(it.value(s, a), 0);
});

test("exploration falls from 1/8 to 1/64", (t) => {
	const share = (from: number, to: number): number => {
		let other = 0;
		for (let seed = 1; seed <= 400; seed++) {
			const it = learner(seed, 4);
			for (let i = 0; i < to; i++) if (it.choose(0) !== 4 && i >= from) other++;
		}
		// One in five explorations takes what would be taken anyway.
		return (other * ACTIONS) / (ACTIONS - 1) / ((to - from) * 400);
	};
	t.true(Math.abs(share(0, 16) - 1 / 8) < 0.02);
	t.true(Math.abs(share(200, 300) - 1 / 64) < 0.003);
});

test("what was learnt survives a power cycle, in 512 octets", (t) => {
	const before = learner();
	for (let i = 0; i < 1000; i++) {
		const action = before.choose(i % STATES);
		before.reward(100 * action - 3 * (i % 7));
	}
	const blob = before.save();
	t.is(blob.length, LEARNING_BYTES);
	t.true(blob.length <= 512);
	const after = learner(2);
	t.true(after.restore(blob));
	for (let s = 0; s < STATES; s++)
		for (let a = 0; a < ACTIONS; a++) t.is(after.value(s, a), before.value(s, a));
	t.deepEqual(after.save(), blob);
});

test("foreign and corrupt blobs are passed over", (t) => {
	const blob = learner().save();
	const it = learner();
	t.false(it.restore(new Uint8Array(0)));
	t.false(it.restore(blob.subarray(1)));
	fc.assert(
		fc.property(fc.nat({ max: LEARNING_BYTES - 1 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
			const bad = Uint8Array.from(blob);
			bad[at]! ^= flip;
			t.false(it.restore(bad));
		}),
	);
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
			t.false(it.restore(bytes));
		}),
	);
	t.deepEqual(it.save(), blob);
});

test("states: one for each level of charge, degree, service and cover", (t) => {
	const seen = new Set<number>();
	for (const charge of [80, 95, 105, 120])
		for (const neighbours of [3, 10, 30])
			for (const sinceLed of [1, 0])
				for (const covered of [false, true])
					seen.add(
						stateOf(situation({ charge, neighbours, claimedCharge: 100 * neighbours, sinceLed }), covered),
					);
	t.is(seen.size, STATES);
	t.deepEqual(
		[...seen].sort((a, b) => a - b),
		[...Array(STATES).keys()],
	);
});

test("rewards: for cover, against cost, overlap, and service of the poor", (t) => {
	t.is(rewardOf(outcome), 0);
	t.is(rewardOf({ ...outcome, covered: false }), -256);
	t.is(rewardOf({ ...outcome, spent256: 50 }), 128);
	t.is(rewardOf({ ...outcome, extraHeads: 2 }), -256);
	t.is(rewardOf({ ...outcome, led: true, spent256: 500 }), 256 - 1280);
	t.is(rewardOf({ ...outcome, led: true, charge: 179 }), -256);
	t.is(rewardOf({ ...outcome, led: true, charge: 180 }), 0);
	// What nobody can know counts as what all spent, and nothing is beyond the bounds.
	t.is(rewardOf({ ...outcome, neighboursSpent256: 0 }), 0);
	t.is(rewardOf({ ...outcome, spent256: 1e9, extraHeads: 1000 }), 256 - 2048 - 512);
	// A charge that is measured a little higher than before is no gift.
	t.is(rewardOf({ ...outcome, spent256: -512, neighboursSpent256: 1 }), 256);
});
