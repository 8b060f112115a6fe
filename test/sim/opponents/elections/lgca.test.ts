import test from "ava";
import { FOLLOW, LEAD } from "../../../../firmware/cluster/election.js";
import { lgca } from "../../../../sim/opponents/elections/lgca.js";
import { announcement, create, situation } from "./situations.js";
import { clique, Network, row } from "./window.js";

test("among nodes that all hear each other, exactly one leads", (t) => {
	for (const rest of [true, false]) {
		const network = new Network(lgca, clique(20), { rest });
		for (let i = 0; i < 200; i++) t.is(network.elect().length, 1);
	}
});

test("no two heads hear each other", (t) => {
	const near = row(60, 4);
	const network = new Network(lgca, near);
	for (let i = 0; i < 100; i++) {
		const heads = network.elect();
		for (const head of heads) t.false(heads.some((other) => near[head]!.includes(other)));
	}
});

test("among nodes that all hear each other, each leads once before any leads twice", (t) => {
	const network = new Network(lgca, clique(12));
	for (let cycle = 0; cycle < 5; cycle++) {
		const led = Array.from({ length: 12 }, () => network.elect()[0]);
		t.is(new Set(led).size, 12);
	}
});

test("plays with its neighbours only: with 19 of them, 6.1 % volunteer", (t) => {
	let volunteers = 0;
	const election = create(lgca, { rest: false });
	for (let i = 0; i < 20_000; i++) {
		if (election.begin(situation({ neighbours: 19, claimedCharge: 1 })) !== FOLLOW) volunteers++;
	}
	// 0.0614 by formula; four deviations.
	t.true(Math.abs(volunteers / 20_000 - 0.0614) < 0.0068, String(volunteers));
});

test("gives way to a final announcement only", (t) => {
	const election = create(lgca);
	t.true(election.withdraws!(situation(), announcement()));
	t.false(election.withdraws!(situation(), announcement({ tentative: true })));
	t.is(election.decide(situation({ heads: 1 }), 5), FOLLOW);
	t.is(election.decide(situation(), 5), LEAD);
});

test("where only one of two neighbours is left to lead, it does", (t) => {
	const election = create(lgca);
	election.learn!({
		led: false,
		covered: true,
		extraHeads: 0,
		spent256: 0,
		neighboursSpent256: 0,
		charge: 255,
		neighboursCharge: 255,
	});
	for (let i = 0; i < 50; i++) t.not(election.begin(situation({ neighbours: 1 })), FOLLOW);
});
