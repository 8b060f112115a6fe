import test from "ava";
import { FOLLOW, LEAD, TENTATIVELY, TICKS } from "../../../../firmware/cluster/election.js";
import { heed } from "../../../../sim/opponents/elections/heed.js";
import { announcement, create, situation } from "./situations.js";
import { clique, Network, row } from "./window.js";

/** 14 doublings take 10⁻⁴ to 1: 15 iterations and the end. */
const SLOT = TICKS / 16;

/** Iterations at whose beginning a lonely node judges before it leads, with how often it announced itself tentatively. */
function alone(charge: number, seed: number): { iterations: number; tentative: number } {
	const election = create(heed, {}, { node: seed });
	let tick = election.begin(situation({ charge }));
	let tentative = 0;
	let iterations = 0;
	for (;;) {
		if (tick % SLOT === 0) iterations++;
		const decision = election.decide(situation({ charge }), tick);
		if (decision === LEAD) return { iterations, tentative };
		if (decision >= TENTATIVELY) tentative++;
		tick = decision >= TENTATIVELY ? decision - TENTATIVELY : decision;
	}
}

test("a full node draws with 0.05, 0.1, 0.2, 0.4, 0.8, 1: six iterations; one without charge 15", (t) => {
	for (let seed = 0; seed < 20; seed++) {
		t.is(alone(255, seed).iterations, 6);
		t.is(alone(128, seed).iterations, 7);
		t.is(alone(0, seed).iterations, 15);
	}
});

test("a full node is a candidate in the first iteration with 5 %", (t) => {
	let candidates = 0;
	for (let seed = 0; seed < 20_000; seed++) {
		const election = create(heed, {}, { node: seed });
		if (election.decide(situation(), election.begin(situation())) < SLOT) candidates++;
	}
	// Four deviations of 20,000.
	t.true(Math.abs(candidates / 20_000 - 0.05) < 0.0062, String(candidates));
});

test("iterations begin together; announcements follow in their first half", (t) => {
	for (let seed = 0; seed < 50; seed++) {
		const election = create(heed, {}, { node: seed });
		let tick = election.begin(situation());
		for (let iteration = 0; ; iteration++) {
			t.is(tick, iteration * SLOT);
			let decision = election.decide(situation(), tick);
			if (decision < (iteration + 1) * SLOT) {
				t.true(decision > iteration * SLOT && decision <= (iteration + 0.5) * SLOT);
				decision = election.decide(situation(), decision);
			}
			if (decision === LEAD) break;
			tick = decision >= TENTATIVELY ? decision - TENTATIVELY : decision;
		}
	}
});

test("a candidate stands while none is cheaper", (t) => {
	// Probability 1 from the first: what stands is final.
	const certain = { initialShare: 1 };
	const cheaper = create(heed, certain);
	const first = cheaper.decide(situation(), cheaper.begin(situation()));
	t.is(cheaper.decide(situation(), first), LEAD);
	const other = create(heed, certain);
	other.begin(situation());
	const next = other.decide(situation({ leastMerit: 3, reachCost: 4 }), 0);
	t.is(next, SLOT, "somebody stands, and it is no candidate itself");
	const end = other.decide(situation({ leastMerit: 3, heads: 1 }), next);
	t.true(end > SLOT && end < TICKS);
	t.is(other.decide(situation({ leastMerit: 3, heads: 1 }), end), FOLLOW);
	const left = create(heed, certain);
	left.begin(situation());
	left.decide(situation({ leastMerit: 3 }), 0);
	const last = left.decide(situation({ leastMerit: 3, heads: 0 }), SLOT);
	t.is(
		left.decide(situation({ leastMerit: 3 }), last),
		LEAD,
		"who heard no final candidate leads in the end",
	);
});

test("of two candidates with equal cost both stand; a cheaper one ends a candidacy", (t) => {
	let candidacies = 0;
	for (let node = 0; node < 20; node++) {
		for (const leastMerit of [4, 3]) {
			const election = create(heed, { initialShare: 0.5 }, { node });
			election.begin(situation());
			const first = election.decide(situation({ reachCost: 4 }), 0);
			if (first === SLOT) continue;
			candidacies++;
			t.is(election.decide(situation({ reachCost: 4 }), first), TENTATIVELY + SLOT);
			const second = election.decide(situation({ reachCost: 4, leastMerit }), SLOT);
			if (leastMerit === 3) t.is(second, 2 * SLOT);
			else t.is(election.decide(situation({ reachCost: 4, leastMerit }), second), LEAD);
		}
	}
	t.true(candidacies > 8, String(candidacies));
});

test("where all hear each other, the cheapest candidate leads", (t) => {
	const reachCosts = Array.from({ length: 20 }, (_, node) => 10 * node);
	const all: number[] = [];
	for (let seed = 0; seed < 100; seed++) {
		const heads = new Network(heed, clique(20), {}, { reachCosts, seed }).elect();
		t.is(heads.length, 1);
		all.push(...heads);
	}
	const mean = all.reduce((a, b) => a + b, 0) / all.length;
	// A random head would be 9.5 on average.
	t.true(mean < 8, String(mean));
});

test("every node has a head at the end, and heads are seldom neighbours", (t) => {
	const near = row(100, 8);
	let heads = 0;
	let neighbours = 0;
	for (let seed = 0; seed < 30; seed++) {
		const reachCosts = near.map((_, node) => (node * 97 + seed * 31) % 256);
		const network = new Network(heed, near, {}, { reachCosts, seed });
		const elected = network.elect();
		t.true(network.covered().every(Boolean));
		heads += elected.length;
		neighbours += elected.filter((head) => elected.some((other) => near[head]!.includes(other))).length;
	}
	t.true(heads / 30 > 100 / 17 && heads / 30 < 16, String(heads));
	t.true(neighbours / heads < 0.05, `${neighbours} of ${heads}`);
});

test("poor nodes lead less often than rich ones beside them", (t) => {
	const charges = Array.from({ length: 20 }, (_, node) => (node < 10 ? 255 : 25));
	let poor = 0;
	for (let seed = 0; seed < 100; seed++) {
		poor += new Network(heed, clique(20), {}, { charges, seed }).elect().filter((head) => head >= 10).length;
	}
	t.true(poor < 25, String(poor));
});

test("members join the cheapest head, the nearest of equals", (t) => {
	const election = create(heed);
	const a = announcement({ merit: 5, nearness: 1 });
	t.true(election.prefers!(a, announcement({ merit: 6, nearness: 9 })));
	t.false(election.prefers!(a, announcement({ merit: 5, nearness: 9 })));
	t.true(election.prefers!(a, announcement({ merit: 5, nearness: 0 })));
});

test("merit is the cost that is asked for", (t) => {
	const here = situation({ reachCost: 77, neighbours: 12 });
	t.is(create(heed).merit!(here), 77);
	t.is(create(heed, { cost: "degree" }).merit!(here), 12);
	t.is(create(heed, { cost: "inverse-degree" }).merit!(here), 243);
	t.is(create(heed, { cost: "inverse-degree" }).merit!(situation({ neighbours: 999 })), 0);
});

test("whoever is left without a head leads in the second window, unless one comes first", (t) => {
	const election = create(heed);
	election.begin(situation());
	const tick = election.uncovered!(situation());
	t.is(election.decide(situation(), tick), LEAD);
	election.uncovered!(situation());
	t.is(election.decide(situation({ heads: 1 }), tick), FOLLOW);
});
