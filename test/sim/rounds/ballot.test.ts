import test from "ava";
import fc from "fast-check";
import {
	type Decision,
	type Election,
	FOLLOW,
	LEAD,
	TENTATIVELY,
} from "../../../firmware/cluster/election.js";
import { Ballot } from "../../../sim/rounds/ballot.js";
import { Claims } from "../../../sim/rounds/claims.js";
import { Field } from "../../../sim/rounds/field.js";
import { Heard } from "../../../sim/rounds/heard.js";
import { NodeSituation } from "../../../sim/rounds/node-situation.js";
import { NetworkState } from "../../../sim/rounds/state.js";

/** Nodes on a line, a metre apart, with a cluster radius of `radiusM`. */
function hold(elections: readonly Election[], { reachesAll = false, radiusM = 1 } = {}) {
	const nodes = elections.length;
	const x = Float64Array.from({ length: nodes }, (_, node) => node);
	const field = new Field({ x, y: new Float64Array(nodes) }, [0, 0]);
	const charges = Float64Array.from({ length: nodes }, (_, node) => nodes - node);
	const state = new NetworkState(field, charges, radiusM, () => {});
	state.measureCharges();
	const claims = new Claims(state);
	const heard = new Heard(nodes);
	const situations = elections.map((_, node) => new NodeSituation(node, state, claims, heard));
	const announced: number[] = [];
	const ballot = new Ballot(state, elections, situations, heard, reachesAll, {
		onAnnouncement: (node) => announced.push(node),
	});
	ballot.begin();
	const leaders = (): number[] => [...ballot.leaders.subarray(0, ballot.leaderCount)];
	return { ballot, heard, announced, leaders, state };
}

const follower: Election = { begin: () => FOLLOW, decide: () => FOLLOW };
const at = (tick: Decision, rest: Partial<Election> = {}): Election => ({
	begin: () => tick,
	decide: () => LEAD,
	...rest,
});
const shy = { withdraws: () => true };

test("nodes lead in the order of their instants, and those who hear them withdraw", (t) => {
	const { leaders, heard } = hold([at(30, shy), at(20, shy), at(40, shy), at(10, shy), follower]);
	t.deepEqual(leaders(), [3, 1]);
	t.deepEqual([...heard.heads], [1, 0, 2, 0, 1]);
	t.deepEqual([...heard.best], [1, -1, 1, -1, 3]);
});

test("whoever decides to lead at once does so only when all have begun, and no announcement holds it back", (t) => {
	let headsSeen = -1;
	const curious: Election = {
		begin: (situation) => {
			headsSeen = situation.heads;
			return LEAD;
		},
		decide: () => FOLLOW,
		withdraws: () => true,
	};
	const { leaders } = hold([at(LEAD), curious]);
	t.is(headsSeen, 0);
	t.deepEqual(leaders(), [0, 1]);
});

test("a tentative announcement is heard as one, does not make a head, and its sender is asked again", (t) => {
	const heard: string[] = [];
	const listening: Partial<Election> = {
		withdraws: (_, { tentative, merit, charge, nearness }) => {
			heard.push(`${tentative} ${merit} ${charge} ${nearness}`);
			return false;
		},
	};
	const { leaders, announced } = hold([
		{ begin: () => TENTATIVELY + 5, decide: () => LEAD, merit: () => 7 },
		{
			begin: () => 9,
			decide: ({ leastMerit, heads }) => (heads === 1 && leastMerit === 7 ? LEAD : FOLLOW),
			...listening,
		},
	]);
	t.deepEqual(heard, ["true 7 255 -1", "false 7 255 -1"]);
	t.deepEqual(announced, [0, 0, 1]);
	t.deepEqual(leaders(), [0, 1]);
});

test("the second window asks only whom no head covers", (t) => {
	const asked: number[] = [];
	const hoping = (node: number): Election => ({
		...follower,
		decide: ({ heads }) => (heads > 0 ? FOLLOW : LEAD),
		uncovered: () => {
			asked.push(node);
			return node;
		},
	});
	const { ballot, leaders, heard } = hold([at(3), hoping(1), hoping(2), hoping(3), follower]);
	ballot.again((node) => heard.heads[node] === 0);
	t.deepEqual(asked, [2, 3]);
	t.deepEqual(leaders(), [0, 2]);
});

test("announcements for all reach all, however far; a head prefers what its election prefers", (t) => {
	const { heard } = hold([at(1), follower, follower, follower, at(2)], { reachesAll: true });
	t.is(heard.headsToAll, 2);
	const poorest: Partial<Election> = { prefers: (a, b) => a.charge < b.charge };
	const choosy = hold([at(1, poorest), { ...follower, ...poorest }, at(2, poorest)], { reachesAll: true });
	t.is(choosy.heard.best[1], 2);
	t.is(choosy.ballot.preferred(1), 2);
});

test("the dead neither take part nor hear", (t) => {
	const { ballot, state, heard, leaders } = hold([at(1), at(2), follower]);
	t.deepEqual(leaders(), [0, 1]);
	state.batteries.pay(0, 99, 0);
	ballot.begin();
	t.deepEqual(leaders(), [1]);
	t.deepEqual([...heard.heads], [0, 0, 1]);
});

test("whom nobody covers may call: who is covered already leads after all, once, and the caller withdraws", (t) => {
	const calls: string[] = [];
	const helper = (node: number, after: number): Election => ({
		...follower,
		decide: () => LEAD,
		withdraws: (_, { tentative }) => !tentative,
		called: (_, { tentative, charge }, tick) => {
			calls.push(`${node} ${tentative} ${charge} ${tick}`);
			return after < 0 ? FOLLOW : tick + after;
		},
	});
	const caller = (tick: number): Election => ({
		...follower,
		uncovered: () => tick,
		decide: (_, now) => (now === tick ? TENTATIVELY + tick + 100 : LEAD),
		withdraws: (_, { tentative }) => !tentative,
	});
	// 0 covers 1; 2 calls, 1 comes forward. 5 covers 4 and 6; 3 calls as well, and 4 will not.
	const { ballot, leaders, heard, announced } = hold([
		at(1),
		helper(1, 10),
		caller(50),
		caller(70),
		helper(4, -1),
		at(1),
		helper(6, 10),
	]);
	ballot.again((node) => heard.heads[node] === 0);
	t.deepEqual(calls, ["1 true 182 50", "4 true 146 70"]);
	t.deepEqual(announced, [0, 5, 2, 1, 3, 3]);
	t.deepEqual(leaders(), [0, 5, 1, 3]);
	ballot.begin();
	t.is(calls.length, 2, "nobody calls in the first window");
});

test("whoever withdrew and is then called is asked at the new instant alone", (t) => {
	const asked: number[] = [];
	const eager: Election = {
		...follower,
		uncovered: () => 60,
		decide: (_, tick) => {
			asked.push(tick);
			return LEAD;
		},
		withdraws: (_, { tentative }) => !tentative,
		called: (_situation, _heard, tick) => tick + 40,
	};
	const first: Election = { ...follower, uncovered: () => 10, decide: () => LEAD };
	const caller: Election = {
		...follower,
		uncovered: () => 30,
		decide: (_, now) => (now === 30 ? TENTATIVELY + 200 : LEAD),
		withdraws: (_, { tentative }) => !tentative,
	};
	const { ballot, leaders } = hold([first, eager, caller]);
	ballot.again(() => true);
	t.deepEqual(asked, [70]);
	t.deepEqual(leaders(), [0, 1]);
});

test("the head that is preferred is that of a search through all that announced themselves, in their order", (t) => {
	const ticks = fc.array(fc.nat(9), { minLength: 1, maxLength: 14 });
	fc.assert(
		fc.property(ticks, fc.integer({ min: 1, max: 5 }), fc.boolean(), (list, radiusM, reachesAll) => {
			// Neither of two heads with the same merit is better: the first that announced itself is kept.
			const prefers: Partial<Election> = { prefers: (a, b) => a.merit < b.merit };
			const elections = list.map((tick, node) =>
				tick < 5 ? at(tick, { merit: () => node % 3, ...prefers }) : { ...follower, ...prefers },
			);
			const { ballot, leaders, state } = hold(elections, { radiusM, reachesAll });
			for (let node = 2; node < list.length; node += 4) state.batteries.pay(node, 99, 0);
			for (let node = 0; node < list.length; node++) {
				if (list[node]! < 5) continue;
				let best = -1;
				for (const leader of leaders()) {
					const isWithin = reachesAll || Math.abs(leader - node) <= radiusM;
					if (!isWithin || state.batteries.alive[leader] === 0) continue;
					if (best < 0 || leader % 3 < best % 3) best = leader;
				}
				t.is(ballot.preferred(node), best);
			}
		}),
	);
});
