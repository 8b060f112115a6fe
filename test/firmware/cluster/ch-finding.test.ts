import test from "ava";
import fc from "fast-check";
import { chFinding } from "../../../firmware/cluster/ch-finding.js";
import { FOLLOW, LEAD, TICKS } from "../../../firmware/cluster/election.js";
import { announcement, create, situation } from "../../sim/opponents/elections/situations.js";
import { clique, Network, row } from "../../sim/opponents/elections/window.js";

test("exactly those lead in the first window who are the richest of their neighbourhood", (t) => {
	const election = create(chFinding);
	t.true(election.begin(situation({ neighbours: 5 })) >= 0);
	t.is(election.begin(situation({ neighbours: 5, richerNeighbours: 1 })), FOLLOW);
	t.true(election.begin(situation()) >= 0, "who has no neighbours is the richest of them");
	t.is(election.decide(situation(), 0), LEAD);
});

test("the richest leads, among equals the lower address, in one election as in all", (t) => {
	const network = new Network(chFinding, clique(5), {}, { charges: [100, 200, 250, 250, 10] });
	for (let i = 0; i < 5; i++) t.deepEqual(network.elect(), [2]);
	t.deepEqual(new Network(chFinding, clique(5)).elect(), [0]);
});

test("whom no head covers, the richest of those first: all are covered, and no heads hear each other", (t) => {
	fc.assert(
		fc.property(
			fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 40 }),
			fc.integer({ min: 1, max: 4 }),
			(charges, reach) => {
				const network = new Network(chFinding, row(charges.length, reach), {}, { charges });
				const heads = network.elect();
				t.true(network.covered().every((covered) => covered));
				for (let k = 1; k < heads.length; k++) t.true(heads[k]! - heads[k - 1]! > reach);
			},
		),
	);
});

test("two who both think themselves the richest: the poorer gives in, the richer does not", (t) => {
	const election = create(chFinding);
	const at = situation({ neighbours: 3, charge: 100 });
	election.begin(at);
	t.true(election.withdraws!(at, announcement({ charge: 101 })));
	t.false(election.withdraws!(at, announcement({ charge: 99 })));
	election.uncovered!(at);
	t.true(election.withdraws!(at, announcement({ charge: 99 })), "in the second window any head will do");
});

test("no chance in it, and announcements of the second window in order of charge", (t) => {
	const instants = [255, 254, 100, 1, 0].map((charge) =>
		create(chFinding, {}, { node: 3 }).uncovered!(situation({ charge })),
	);
	for (let i = 1; i < instants.length; i++) t.true(instants[i]! > instants[i - 1]!);
	t.true(instants.every((tick) => tick >= 0 && tick < TICKS));
	t.is(create(chFinding, {}, { node: 3 }).uncovered!(situation({ charge: 100 })), instants[2]!);
});
