import test from "ava";
import { FOLLOW } from "../../../../firmware/cluster/election.js";
import { volunteerChance } from "../../../../sim/opponents/elections/contention.js";
import {
	equilibriumOfCheapest,
	exactNe,
	mixedEquilibrium,
} from "../../../../sim/opponents/elections/exact-ne.js";
import { create, omniscience, situation } from "./situations.js";
import { clique, Network } from "./window.js";

test("ω of 0.3, 0.4, 0.5: they volunteer with 0.18, 0.39, 0.51", (t) => {
	t.deepEqual(
		mixedEquilibrium([0.3, 0.4, 0.5]).map((p) => p.toFixed(2)),
		["0.18", "0.39", "0.51"],
	);
});

/** Whether nobody gains by doing otherwise than `chances`. */
function isEquilibrium(ratios: readonly number[], chances: readonly number[]): boolean {
	return ratios.every((ratio, i) => {
		const nobodyElse = chances.reduce((product, p, j) => (j === i ? product : product * (1 - p)), 1);
		const gain = nobodyElse - ratio;
		if (chances[i] === 0) return gain <= 1e-9;
		return chances[i] === 1 ? gain >= -1e-9 : Math.abs(gain) < 1e-9;
	});
}

test("where all mix, each is indifferent; equal players are the symmetric game's", (t) => {
	for (const ratios of [
		[0.3, 0.4, 0.5],
		[0.5, 0.5],
		[0.3, 0.3, 0.3, 0.3],
	]) {
		t.true(isEquilibrium(ratios, mixedEquilibrium(ratios)));
	}
	for (const p of mixedEquilibrium(new Array(20).fill(0.3))) {
		t.true(Math.abs(p - volunteerChance(0.3, 19)) < 1e-12);
	}
	t.deepEqual(mixedEquilibrium([0.7]), [1]);
});

test("where not all can mix, the costliest stay out until it is an equilibrium", (t) => {
	// All three: √(0.1 × 0.9 × 0.9) = 0.285 is above 0.1. Without the last: 0.1 × 0.8 = 0.08.
	const chances = equilibriumOfCheapest([0.1, 0.8, 0.9]);
	t.deepEqual(
		chances.map((p) => p.toFixed(2)),
		["0.20", "0.90", "0.00"],
	);
	for (const ratios of [
		[0.1, 0.8, 0.9],
		[0.1, 0.9, 0.9],
		[0.02, 0.3, 0.31, 0.32, 0.98, 0.98],
		[0.5, 0.5, 0.5],
		[0.4],
		[0.98, 0.02],
	]) {
		t.true(isEquilibrium(ratios, equilibriumOfCheapest(ratios)), String(ratios));
	}
});

/** How often node `node` of a network with these charges leads in 2,000 elections. */
function terms(charges: readonly number[], options = {}): number[] {
	const network = new Network(exactNe, clique(charges.length), options, { charges });
	const led = charges.map(() => 0);
	for (let i = 0; i < 2000; i++) for (const node of network.elect()) led[node]!++;
	return led;
}

test("the poorest lead most often", (t) => {
	const led = terms([200, 150, 130, 100]);
	for (const [rich, poor] of [
		[0, 1],
		[1, 2],
		[2, 3],
	] as const) {
		t.true(led[poor]! > 1.3 * led[rich]!, String(led));
	}
});

test("drop-costliest leaves the poorest out of the first draw", (t) => {
	const volunteers = (withoutInterior: string) => {
		const known = omniscience({ charge: () => 0.2, neighbourCharges: () => [1, 1, 2] });
		const election = create(exactNe, { withoutInterior }, { omniscience: known });
		let count = 0;
		for (let i = 0; i < 200; i++) if (election.begin(situation({ neighbours: 3 })) !== FOLLOW) count++;
		return count;
	};
	t.is(volunteers("drop-costliest"), 0);
	t.true(volunteers("clamp") > 100);
});
