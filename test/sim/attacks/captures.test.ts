import test, { type ExecutionContext } from "ava";
import {
	type ElectionFactory,
	FOLLOW,
	LEAD,
	type Situation,
	TICKS,
} from "../../../firmware/cluster/election.js";
import { Captures } from "../../../sim/attacks/captures.js";
import { loadText } from "../support/run-text.js";

const S = 1_000_000;
const NODES = 40;

async function capturesOf(
	t: ExecutionContext,
	attacks: string,
	now = { us: 0 },
	seed = 1,
): Promise<Captures> {
	const { scenario, modules } = await loadText(
		t,
		`name: captured\nseed: ${seed}\ndurationS: 100\ntopology: { kind: grid, nodes: ${NODES}, spacingM: 10 }\n` +
			`election: { kind: direct }\nsinks: [0]\nattacks: ${attacks}\n`,
	);
	return new Captures(scenario, modules.attacks, NODES, [0, 7], () => now.us);
}

test("a share of the nodes is drawn from the seed, never a sink, and nobody twice", async (t) => {
	const attacks = "[{kind: blackhole-head, share: 0.5}, {kind: hello-flood}, {kind: energy-lie, share: 0.5}]";
	const { nodes } = await capturesOf(t, attacks);
	t.deepEqual([nodes[0]!.length, nodes[1]!.length, nodes[2]!.length], [19, 0, 19]);
	const all = nodes.flat();
	t.is(new Set(all).size, all.length);
	t.false(all.includes(0) || all.includes(7));
	t.deepEqual((await capturesOf(t, attacks)).nodes, nodes);
	t.notDeepEqual((await capturesOf(t, attacks, { us: 0 }, 2)).nodes, nodes);
	const few = await capturesOf(t, "[{kind: blackhole-head, share: 0.001}]");
	t.is(few.nodes[0]!.length, 1, "an attack without anybody is none");
});

test("nodes may be named; sinks and those that others have are refused by name", async (t) => {
	const { nodes } = await capturesOf(t, "[{kind: energy-lie, nodes: [9, 3]}]");
	t.deepEqual(nodes, [[3, 9]]);
	for (const [attacks, message] of [
		["[{kind: energy-lie, nodes: [7]}]", /attacks\[0\]\.nodes: expected nodes that are no sinks.*got 7/],
		["[{kind: energy-lie, nodes: [3]}, {kind: energy-lie, nodes: [3]}]", /attacks\[1\]\.nodes: .*got 3/],
		["[{kind: energy-lie, share: 0.9}, {kind: energy-lie, share: 0.9}]", /attacks\[1\]\.share: .*at most 4 /],
	] as const) {
		await t.throwsAsync(capturesOf(t, attacks), { instanceOf: RangeError, message });
	}
});

test("a battery lies while the attack goes on, and under the control never", async (t) => {
	const now = { us: 0 };
	const honest = { level: () => 40 };
	const attack = "{kind: energy-lie, nodes: [3], charge: 250, startS: 10, stopS: 20}";
	const captures = await capturesOf(t, `[${attack}]`, now);
	const battery = captures.batteryOf(3, honest);
	const told = [0, 10, 19, 20].map((timeS) => {
		now.us = timeS * S;
		return battery.level();
	});
	t.deepEqual(told, [40, 250, 250, 40]);
	t.is(captures.batteryOf(4, honest), honest, "others keep theirs");
	const control = await capturesOf(t, `[${attack.replace("}", ", control: true}")}]`, now);
	now.us = 15 * S;
	t.is(control.batteryOf(3, honest).level(), 40);
});

const SITUATION: Situation = {
	election: 1,
	charge: 10,
	neighbours: 3,
	claimedCharge: 30,
	richerNeighbours: 3,
	reachCost: 9,
	sinceLed: 0,
	heads: 0,
	leastMerit: 256,
};

test("a volunteer leads while the attack goes on, learns and keeps what its election would", async (t) => {
	const now = { us: 0 };
	const captures = await capturesOf(t, "[{kind: blackhole-head, nodes: [3], stopS: 20}]", now);
	const learnt: unknown[] = [];
	const honest: ElectionFactory = {
		name: "humble",
		options: {},
		reach: "all",
		roundsPerElection: 4,
		create: () => ({
			begin: () => FOLLOW,
			decide: () => FOLLOW,
			withdraws: () => true,
			merit: () => 77,
			learn: (outcome) => void learnt.push(outcome),
			save: () => Uint8Array.of(1, 2),
		}),
	};
	t.is(captures.electionOf(4, honest), honest);
	const factory = captures.electionOf(3, honest);
	t.deepEqual([factory.name, factory.reach, factory.roundsPerElection], ["humble", "all", 4]);
	const random = { below: (bound: number) => bound - 1, int32: () => 0 };
	const election = factory.create({}, { node: 3, random, omniscience: undefined });
	const heard = { charge: 255, merit: 0, tentative: false, nearness: 1 };
	const first = election.begin(SITUATION);
	t.true(first >= 0 && first < TICKS / 16);
	t.is(election.decide(SITUATION, first), LEAD);
	t.false(election.withdraws!(SITUATION, heard));
	t.is(election.merit!(SITUATION), 0);
	t.is(election.uncovered, undefined, "what the election leaves out stays out");
	t.is(election.prefers, undefined);
	const outcome = {} as Parameters<NonNullable<typeof election.learn>>[0];
	election.learn!(outcome);
	t.deepEqual(learnt, [outcome]);
	t.deepEqual(election.save!(), Uint8Array.of(1, 2));
	now.us = 20 * S;
	t.is(election.begin(SITUATION), FOLLOW);
	t.is(election.decide(SITUATION, 0), FOLLOW);
	t.true(election.withdraws!(SITUATION, heard));
	t.is(election.merit!(SITUATION), 77);
});
