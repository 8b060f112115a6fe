import test from "ava";
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
	const { heard, ballot } = hold([at(1), follower, follower, follower, at(2)], { reachesAll: true });
	t.is(heard.headsToAll, 2);
	t.deepEqual(
		[1, 2, 3].map((node) => ballot.nearest(node)),
		[0, 0, 4],
	);
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
