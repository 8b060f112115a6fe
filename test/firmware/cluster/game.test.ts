import test from "ava";
import fc from "fast-check";
import {
	type ElectionOptions,
	FOLLOW,
	LEAD,
	type Situation,
	TENTATIVELY,
	TICKS,
} from "../../../firmware/cluster/election.js";
import { chargeScaledRatio, game } from "../../../firmware/cluster/game.js";
import { LEARNING_BYTES } from "../../../firmware/cluster/learning.js";
import { RandomStream } from "../../../sim/kernel/random.js";
import { announcement, create, host, situation } from "../../sim/opponents/elections/situations.js";
import { clique, Network, row } from "../../sim/opponents/elections/window.js";

const ONE = 65_536;
const FIXED = { learning: false, costRatio: 0.5 };

/** A node among `neighbours`, with `charge`, whose neighbours have `mean` each. */
function among(neighbours: number, charge: number, mean: number, said: Partial<Situation> = {}): Situation {
	return situation({
		neighbours,
		charge,
		claimedCharge: Math.round(neighbours * mean),
		richerNeighbours: mean > charge ? neighbours : 0,
		...said,
	});
}

/** Share of begun elections in which a node volunteers. */
function volunteers(at: Situation, options: ElectionOptions, draws = 20_000): number {
	const election = create(game, options);
	let count = 0;
	for (let i = 0; i < draws; i++) if (election.begin(at) !== FOLLOW) count++;
	return count / draws;
}

test("the ratio is scaled by the square of the neighbourhood's mean over one's own charge, and held", (t) => {
	fc.assert(
		fc.property(
			fc.integer({ min: 1311, max: 64_225 }),
			fc.integer({ min: 1, max: 255 }),
			fc.integer({ min: 0, max: 255 }),
			fc.integer({ min: 1, max: 200 }),
			(ratio16, charge, mean, neighbours) => {
				const at = among(neighbours, charge, mean);
				const quotient = (at.claimedCharge + charge) / (neighbours + 1) / charge;
				const expected = Math.max(0.02, Math.min(0.98, (ratio16 / ONE) * quotient * quotient));
				t.true(Math.abs(chargeScaledRatio(ratio16, at) / ONE - expected) < 1e-3);
			},
		),
	);
	t.is(chargeScaledRatio(ONE / 2, among(5, 0, 0)), 64_225);
	t.is(chargeScaledRatio(ONE / 2, among(5, 0, 255)), 64_225);
});

test("a node among equals volunteers with p = 1 - ω^(1/(N-1))", (t) => {
	for (const [neighbours, costRatio] of [
		[1, 0.5],
		[4, 0.3],
		[19, 0.1],
	] as const) {
		const expected = 1 - costRatio ** (1 / neighbours);
		const share = volunteers(among(neighbours, 200, 200), { ...FIXED, costRatio });
		t.true(Math.abs(share - expected) < 0.012, `${neighbours}: ${share}, ${expected}`);
	}
});

test("the richer of two neighbourhoods volunteers more, and who is below the mean not at all", (t) => {
	const [poor, even, rich] = [160, 200, 240].map((charge) =>
		volunteers(among(6, charge, 200), { ...FIXED, modesty: false }),
	);
	t.true(poor! < even! && even! < rich!, `${poor} ${even} ${rich}`);
	t.is(volunteers(among(6, 199, 200), FIXED), 0);
});

test("announcements are in the order of charge: late in life as early, and among equals by rank", (t) => {
	const instant = (at: Situation): number => create(game, { calls: false }).uncovered!(at);
	for (const mean of [250, 120, 12]) {
		let last = -1;
		for (let behind = -8; behind <= 8; behind++) {
			const tick = instant(
				among(20, mean - behind, mean, { richerNeighbours: Math.max(0, Math.min(20, 10 + behind)) }),
			);
			// With the jitter of 1/20 of the window, two units are never out of order.
			if (behind % 2 === 0) {
				t.true(tick > last, `${mean}, ${behind}: ${tick}, ${last}`);
				last = tick;
			}
		}
	}
	t.true(
		instant(among(20, 100, 100, { richerNeighbours: 0 })) <
			instant(among(20, 100, 100, { richerNeighbours: 4 })),
		"equals by rank",
	);
	t.true(
		instant(among(20, 108, 100, { richerNeighbours: 4 })) <
			instant(among(20, 100, 100, { richerNeighbours: 4 })),
		"equal ranks by how far they are from their mean",
	);
});

test("whoever hears a head gives up, and a tentative candidacy is none", (t) => {
	const election = create(game);
	t.true(election.withdraws!(situation(), announcement()));
	t.false(election.withdraws!(situation(), announcement({ tentative: true })));
	t.is(election.decide(situation({ heads: 1 }), 7), FOLLOW);
	t.is(election.decide(situation(), 7), LEAD);
});

test("a poor node that nobody covers calls once, and leads where nobody comes forward", (t) => {
	const election = create(game);
	const poor = among(6, 100, 150);
	const tick = election.uncovered!(poor);
	t.true(tick >= 0 && tick < TICKS);
	const call = election.decide(poor, tick);
	t.true(call >= TENTATIVELY && call - TENTATIVELY > tick && call - TENTATIVELY < TICKS);
	t.is(election.decide(poor, call - TENTATIVELY), LEAD);
	const again = election.uncovered!(poor);
	t.true(election.decide(poor, again) >= TENTATIVELY, "the next time it may call again");
	t.is(election.decide(among(6, 145, 150), 9), LEAD, "who is hardly poorer leads");
	t.is(create(game, { calls: false }).decide(poor, 9), LEAD);
});

test("only a clearly richer neighbour comes forward, within the time that the caller waits", (t) => {
	const call = announcement({ charge: 100, tentative: true });
	const poor = among(6, 100, 150);
	const rich = among(6, 160, 150, { heads: 1 });
	for (const tick of [0, 20_000, 39_000]) {
		const caller = create(game);
		caller.uncovered!(poor);
		const deadline = caller.decide(poor, tick) - TENTATIVELY;
		const election = create(game);
		election.begin(rich);
		const answer = election.called!(rich, call, tick);
		t.true(answer >= tick && answer < deadline, `${tick}: ${answer}, ${deadline}`);
		t.is(election.decide(rich, answer), LEAD, "though it is covered itself");
		const slowest = create(game).called!(among(6, 160, 255, { heads: 1 }), call, tick);
		t.true(slowest < deadline, `${tick}: ${slowest}, ${deadline}`);
	}
	t.is(create(game).called!(among(6, 105, 150), call, 0), FOLLOW);
	t.is(create(game, { calls: false }).called!(among(6, 255, 150), call, 0), FOLLOW);
});

test("the hole at the edge: its neighbour, who is covered, leads in its place", (t) => {
	// 0 - 1 - 2: the rich 0 covers 1; nobody covers the poor 2 unless 1 comes forward.
	const near = [[1], [0, 2], [1]];
	const charges = [250, 200, 100];
	const led = (options: ElectionOptions): number[] => {
		const network = new Network(game, near, options, { charges });
		const count = [0, 0, 0];
		for (let i = 0; i < 200; i++) {
			for (const node of network.elect()) count[node]!++;
			t.deepEqual(network.covered(), [true, true, true]);
		}
		return count;
	};
	t.is(led({})[2], 0);
	t.true(led({ calls: false })[2]! > 150);
});

test("every node of any network is covered", (t) => {
	fc.assert(
		fc.property(
			fc.integer({ min: 1, max: 25 }),
			fc.array(fc.tuple(fc.nat({ max: 24 }), fc.nat({ max: 24 })), { maxLength: 80 }),
			fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 25, maxLength: 25 }),
			fc.boolean(),
			(nodes, links, levels, ordering) => {
				const sets = Array.from({ length: nodes }, () => new Set<number>());
				for (const [a, b] of links) {
					if (a === b || a >= nodes || b >= nodes) continue;
					sets[a]!.add(b);
					sets[b]!.add(a);
				}
				const near = sets.map((set) => [...set].sort((a, b) => a - b));
				const network = new Network(game, near, { ordering }, { charges: levels.slice(0, nodes) });
				for (let i = 0; i < 3; i++) {
					network.elect();
					t.true(network.covered().every((covered) => covered));
				}
			},
		),
		{ numRuns: 200 },
	);
});

test("in a clique one leads, and it is the richest unless chance has another volunteer first", (t) => {
	const charges = [200, 210, 220, 230, 240, 250];
	const network = new Network(game, clique(6), {}, { charges });
	const leaders = Array.from({ length: 200 }, () => network.elect());
	t.true(leaders.every((heads) => heads.length === 1));
	t.true(leaders.filter(([head]) => head === 5).length > 120);
	t.true(
		leaders.every(([head]) => head! >= 3),
		"none below the mean",
	);
	const random = new Network(game, clique(6), { ordering: false, modesty: false }, { charges });
	t.true(Array.from({ length: 200 }, () => random.elect()[0]).filter((head) => head! < 3).length > 20);
});

test("of heads whose charge is about equal the nearest is joined, else the richer", (t) => {
	const { prefers } = create(game, { preferUnits: 4 });
	const it = create(game, { preferUnits: 4 });
	t.truthy(prefers);
	const near = announcement({ charge: 101, nearness: -10 });
	t.true(it.prefers!(near, announcement({ charge: 103, nearness: -40 })));
	t.false(it.prefers!(near, announcement({ charge: 104, nearness: -40 })));
	const nearest = create(game, { preferUnits: 0 });
	t.true(nearest.prefers!(near, announcement({ charge: 255, nearness: -40 })));
	fc.assert(
		fc.property(
			fc.array(fc.tuple(fc.nat({ max: 255 }), fc.integer({ min: -100, max: -20 })), {
				minLength: 3,
				maxLength: 3,
			}),
			(heads) => {
				const [a, b, c] = heads.map(([charge, nearness]) => announcement({ charge, nearness }));
				if (it.prefers!(a!, b!)) t.false(it.prefers!(b!, a!));
				if (it.prefers!(a!, b!) && it.prefers!(b!, c!)) t.true(it.prefers!(a!, c!));
			},
		),
	);
});

test("what a node learnt survives a power cycle; without learning there is nothing to save", (t) => {
	const play = (election: ReturnType<typeof create>): number[] =>
		Array.from({ length: 60 }, (_, i) => {
			const decision = election.begin(among(6, 200 - (i % 3), 200 - ((i * 7) % 5)));
			election.learn!({
				led: decision !== FOLLOW,
				covered: i % 2 === 0,
				extraHeads: i % 3,
				spent256: 100 + 50 * (i % 5),
				neighboursSpent256: 150,
				charge: 200,
				neighboursCharge: 200,
			});
			return decision;
		});
	const before = create(game);
	play(before);
	const blob = before.save!()!;
	t.is(blob.length, LEARNING_BYTES);
	const random = () => new RandomStream(9, "election", 1);
	const [a, b, fresh] = [0, 1, 2].map(() => game.create({}, host({ random: random() })));
	a!.restore!(blob);
	b!.restore!(blob);
	fresh!.restore!(Uint8Array.of(1, 2, 3));
	t.deepEqual(play(a!), play(b!));
	t.deepEqual(a!.save!(), b!.save!());
	t.notDeepEqual(a!.save!(), fresh!.save!());
	t.is(create(game, { learning: false }).save!(), undefined);
});

test("a row of nodes: heads are out of each other's reach but for those that were called", (t) => {
	const network = new Network(
		game,
		row(40),
		{ calls: false },
		{ charges: row(40).map((_, i) => 200 + (i % 5)) },
	);
	for (let i = 0; i < 50; i++) {
		const heads = network.elect();
		for (let k = 1; k < heads.length; k++) t.true(heads[k]! - heads[k - 1]! > 1);
	}
});
