import test from "ava";
import fc from "fast-check";
import { type Decision, FOLLOW, LEAD, TENTATIVELY, TICKS } from "../../../../firmware/cluster/election.js";
import { RandomStream } from "../../../../sim/kernel/random.js";
import { ELECTIONS } from "../../../../sim/opponents/elections/index.js";
import { create, host, omniscience } from "./situations.js";
import { clique, Network, row } from "./window.js";

const OMNISCIENT = ["sep", "deec", "cross", "oracle", "exact-ne"];

/** A decision may announce, follow, or name an instant of the window. */
function isBounded(decision: Decision): boolean {
	if (decision === FOLLOW || decision === LEAD) return true;
	const tick = decision >= TENTATIVELY ? decision - TENTATIVELY : decision;
	return Number.isInteger(tick) && tick >= 0 && tick < TICKS;
}

const octet = fc.integer({ min: 0, max: 255 });
const count = fc.integer({ min: 0, max: 300 });
const part = fc.double({ min: 0, max: 1, noNaN: true });
const situations = fc
	.record({
		election: fc.integer({ min: 1, max: 100_000 }),
		charge: octet,
		neighbours: count,
		claimedCharge: part,
		richerNeighbours: part,
		reachCost: octet,
		sinceLed: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 100_000 })),
		heads: count,
		leastMerit: fc.integer({ min: 0, max: 256 }),
	})
	.map((said) => ({
		...said,
		claimedCharge: Math.round(said.claimedCharge * said.neighbours * 255),
		richerNeighbours: Math.round(said.richerNeighbours * said.neighbours),
	}));
const share = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 5, noNaN: true }));
const knowledge = fc
	.record({
		nodes: fc.integer({ min: 1, max: 300 }),
		ownFactor: fc.double({ min: 0.01, max: 10, noNaN: true }),
		meanFactor: fc.double({ min: 0.01, max: 10, noNaN: true }),
		lifetimeRounds: fc.double({ min: 0.5, max: 1e6, noNaN: true }),
		round: count,
		alive: fc.integer({ min: 1, max: 300 }),
		richer: count,
		charge: share,
		neighbours: fc.array(share, { maxLength: 30 }),
		players: count,
		plays: fc.boolean(),
	})
	.map(({ round, alive, richer, charge, neighbours, players, plays, ...fixed }) =>
		omniscience({
			...fixed,
			round: () => round,
			alive: () => alive,
			richer: () => richer,
			charge: () => charge,
			neighbourCharges: () => neighbours,
			players: () => players,
			plays: () => plays,
		}),
	);
const announcements = fc.record({ charge: octet, merit: octet, tentative: fc.boolean(), nearness: octet });
const outcomes = fc.record({
	led: fc.boolean(),
	covered: fc.boolean(),
	extraHeads: count,
	spent256: count,
	neighboursSpent256: count,
	charge: octet,
	neighboursCharge: octet,
});

for (const [name, factory] of ELECTIONS) {
	test(`${name}: whatever the situation, decisions are bounded and end`, (t) => {
		fc.assert(
			fc.property(
				fc.integer({ min: 0, max: 1000 }),
				knowledge,
				fc.array(fc.tuple(situations, announcements, outcomes), { minLength: 1, maxLength: 8 }),
				(seed, known, terms) => {
					const random = new RandomStream(seed, "election", 0);
					const election = factory.create({}, { node: 0, random, omniscience: known });
					for (const [situation, heard, outcome] of terms) {
						for (const start of [
							() => election.begin(situation),
							() => election.uncovered?.(situation) ?? FOLLOW,
							() => election.called?.(situation, heard, heard.charge * 256) ?? FOLLOW,
						]) {
							let decision = start();
							let asked = 0;
							while (decision >= 0) {
								if (!isBounded(decision) || ++asked > 100) return false;
								election.withdraws?.(situation, heard);
								decision = election.decide(
									situation,
									decision >= TENTATIVELY ? decision - TENTATIVELY : decision,
								);
							}
							if (!isBounded(decision)) return false;
						}
						const merit = election.merit?.(situation) ?? 0;
						if (!Number.isInteger(merit) || merit < 0 || merit > 255) return false;
						election.prefers?.(heard, heard);
						election.learn?.(outcome);
					}
					return true;
				},
			),
			{ numRuns: 300 },
		);
		t.pass();
	});

	test(`${name}: one, two and isolated nodes, equal and no charges`, (t) => {
		for (const near of [clique(1), clique(2), [[], [], []], clique(20), row(20)]) {
			for (const charge of [0, 1, 255]) {
				const network = new Network(factory, near, {}, { charges: near.map(() => charge) });
				for (let i = 0; i < 50; i++) t.true(network.elect().length <= near.length);
			}
		}
	});

	test(`${name}: the same seed elects the same heads`, (t) => {
		const terms = (seed: number) => {
			const network = new Network(factory, row(30, 5), {}, { seed });
			return Array.from({ length: 20 }, () => network.elect());
		};
		t.deepEqual(terms(7), terms(7));
		if (!["direct", "oracle", "ch-finding"].includes(name)) t.notDeepEqual(terms(7), terms(8));
	});

	test(`${name}: ${OMNISCIENT.includes(name) ? "says that it needs omniscience" : "needs no omniscience"}`, (t) => {
		if (OMNISCIENT.includes(name)) {
			t.throws(() => create(factory), {
				instanceOf: RangeError,
				message: new RegExp(`^${name}: .*omniscience`),
			});
			t.notThrows(() => factory.create({}, host({ omniscience: omniscience() })));
		} else {
			t.notThrows(() => create(factory));
		}
	});
}

test("names are those of scenarios, and unique", (t) => {
	for (const [name, factory] of ELECTIONS) t.is(factory.name, name);
});
