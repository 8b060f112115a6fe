import test from "ava";
import { FOLLOW, type Omniscience } from "../../../../firmware/cluster/election.js";
import { deec } from "../../../../sim/opponents/elections/deec.js";
import { create, host, omniscience, situation } from "./situations.js";

/** How many of 20,000 nodes lead in the first round of an epoch, where the threshold is p_i itself. */
function share(known: Partial<Omniscience>, sinceLed = 0): number {
	const { random } = host();
	let heads = 0;
	for (let node = 0; node < 20_000; node++) {
		const election = deec.create({}, { node, random, omniscience: omniscience(known) });
		if (election.begin(situation({ sinceLed })) !== FOLLOW) heads++;
	}
	return heads / 20_000;
}

/** Four deviations of a share p of 20,000. */
function isNear(found: number, p: number): boolean {
	return Math.abs(found - p) < 4 * Math.sqrt((p * (1 - p)) / 20_000);
}

test("p_i = p (1 + a_i) / mean factor × E_i / Ē, Ē = mean factor × (1 - r / R)", (t) => {
	for (const [known, p] of [
		[{}, 0.1],
		[{ charge: () => 0.5 }, 0.05],
		// Half of R is over: Ē = 0.5.
		[{ charge: () => 0.5, round: () => 500 }, 0.1],
		[{ charge: () => 0.75, round: () => 500 }, 0.15],
		// a = 1, m = 0.2: Ē = 1.2; normal 0.1 / 1.2 × 1 / 1.2, advanced 0.1 × 2 / 1.2 × 2 / 1.2.
		[{ ownFactor: 1, meanFactor: 1.2 }, 0.0694],
		[{ ownFactor: 2, meanFactor: 1.2, charge: () => 2 }, 0.2778],
		[{ charge: () => 0 }, 0],
		[{ charge: () => 0.01, round: () => 1000 }, 1],
		[{ charge: () => 0.01, round: () => 2000 }, 1],
	] as const) {
		const found = share(known);
		t.true(p === 0 || p === 1 ? found === p : isNear(found, p), `${p}: ${found}`);
	}
});

test("whoever led waits 1/p_i rounds", (t) => {
	t.is(share({}, 9), 0);
	t.true(isNear(share({}, 10), 0.1));
	t.is(share({ charge: () => 0.5 }, 19), 0);
	t.true(isNear(share({ charge: () => 0.5 }, 20), 0.05));
});

test("R from a formula, or from the scenario, which wins", (t) => {
	const known = omniscience({ lifetimeRounds: undefined });
	t.throws(() => create(deec, {}, { omniscience: known }), {
		instanceOf: RangeError,
		message: /^lifetimeRounds: .*found null$/,
	});
	t.throws(() => create(deec, { lifetimeRounds: null }, { omniscience: known }), { instanceOf: RangeError });
	t.notThrows(() => create(deec, { lifetimeRounds: 500 }, { omniscience: known }));
	const late = omniscience({ lifetimeRounds: 1e9, round: () => 600, charge: () => 0.001 });
	t.not(create(deec, { lifetimeRounds: 500 }, { omniscience: late }).begin(situation()), FOLLOW);
});
