import test from "ava";
import { FOLLOW } from "../../../../firmware/cluster/election.js";
import { sep } from "../../../../sim/opponents/elections/sep.js";
import { create, omniscience, situation } from "./situations.js";

/** How often a node that started with `ownFactor` leads in `rounds` rounds. */
function terms(ownFactor: number, node: number, rounds: number, meanFactor = 1.2): number {
	const election = create(sep, {}, { node, omniscience: omniscience({ ownFactor, meanFactor }) });
	let terms = 0;
	let last: number | undefined;
	for (let round = 0; round < rounds; round++) {
		const sinceLed = last === undefined ? 0 : round - last;
		if (election.begin(situation({ election: round + 1, sinceLed })) === FOLLOW) continue;
		terms++;
		last = round;
	}
	return terms;
}

test("with α = 1 and m = 0.2, p = 0.1: normal nodes lead every 12 rounds, advanced ones every 6", (t) => {
	for (let node = 0; node < 20; node++) {
		t.is(terms(1, node, 120), 10);
		t.is(terms(2, node, 120), 20);
	}
});

test("the heads of a round are a share p of all nodes: m p_a + (1 - m) p_n = p", (t) => {
	let heads = 0;
	for (let node = 0; node < 100; node++) heads += terms(node < 20 ? 2 : 1, node, 60);
	t.is(heads / 60 / 100, 0.1);
});

test("equal nodes lead as often as LEACH's, whatever they all started with", (t) => {
	for (let node = 0; node < 20; node++) t.is(terms(3, node, 100, 3), 10);
});
