import test from "ava";
import { runRounds } from "../../../host-tools/run/run-rounds.js";
import { loadScenario } from "../../../host-tools/scenario/load.js";
import { LogWriter } from "../../../host-tools/trace/log-writer.js";
import { SIM_EVENTS } from "../../../sim/events.js";
import { ELECTIONS } from "../../../sim/opponents/elections/index.js";
import { roundsRun } from "./runs.js";

const ACCOUNTINGS = ["none", "bits", "frames"];
const NAMES = [...ELECTIONS.keys()];

async function logHash(set: readonly string[], seed: number): Promise<string> {
	const loaded = await loadScenario("cluster-rounds", { seed, set });
	const log = new LogWriter(SIM_EVENTS, { hash: true });
	runRounds(loaded, { sinks: [log.sink] });
	return log.finish()!;
}

for (const name of NAMES) {
	const kind = `election.kind=${name}`;

	test(`${name}: what is spent and what is left is what there was, and every node is counted until it dies`, async (t) => {
		for (const accounting of ACCOUNTINGS) {
			const set = [
				kind,
				`rounds.control.accounting=${accounting}`,
				"topology.nodes=30",
				"rounds.chargeJ=0.02",
			];
			const { summary } = await roundsRun("cluster-rounds", set);
			const { initial, send, receive, aggregate, controlSend, controlReceive, left } = summary.energyJ;
			const spent = send + receive + aggregate + controlSend + controlReceive;
			t.true(Math.abs(initial - spent - left) < 1e-9, `${accounting}: ${initial - spent - left}`);
			t.is(left, 0);
			t.true(summary.fnd! <= summary.hnd! && summary.hnd! <= summary.lnd! && summary.lnd === summary.rounds);
			t.is(summary.readings.made, summary.nodeRounds);
			t.true(summary.readings.carried <= summary.readings.made && summary.readings.carried > 0);
			t.is(summary.controlBits > 0, accounting !== "none" && name !== "direct");
			t.is(controlSend > 0, summary.controlBits > 0);
		}
	});

	test(`${name}: lives through one node, two, some out of each other's reach, equal charges, one without any`, async (t) => {
		for (const variant of [
			["topology.nodes=1"],
			["topology.nodes=2"],
			["topology={kind: line, nodes: 4, spacingM: 90}", "rounds.base=[0, 10]"],
			["topology={kind: positions, positionsM: [[5, 5], [5, 5], [5, 5]]}"],
			["topology.nodes=4", "rounds.levels=[{share: 0.25, factor: 0}]"],
		]) {
			const { summary } = await roundsRun("cluster-rounds", [kind, "rounds.chargeJ=0.01", ...variant]);
			t.true(summary.lnd! > 0, variant.join());
			t.is(summary.energyJ.left, 0);
			if (variant[1]?.startsWith("rounds.levels")) t.is(summary.fnd, 0);
		}
		const empty = await roundsRun("cluster-rounds", [kind, "rounds.chargeJ=0", "topology.nodes=5"]);
		t.deepEqual([empty.summary.fnd, empty.summary.hnd, empty.summary.lnd], [0, 0, 0]);
		t.is(empty.summary.rounds, 0);
	});

	test(`${name}: the same seed gives the same log, octet for octet, another seed another`, async (t) => {
		const set = [kind, "topology.nodes=20", "rounds.chargeJ=0.01"];
		const hash = await logHash(set, 1);
		t.is(await logHash(set, 1), hash);
		t.not(await logHash(set, 2), hash);
	});
}

test("nobody is ever uncovered under the game, also when heads lead for long and die during their terms", async (t) => {
	for (const rounds of [1, 3, 40]) {
		const { summary } = await roundsRun("cluster-rounds", [
			`cluster.roundsPerElection=${rounds}`,
			"rounds.chargeJ=0.1",
		]);
		t.is(summary.uncoveredNodeRounds, 0, `${rounds}`);
		t.true(summary.lnd !== null);
	}
});

test("members of a head that died are with another one in the next round, and its readings are missing in that one", async (t) => {
	const set = [
		"cluster.roundsPerElection=1000",
		"election.kind=leach",
		"election.p=0.3",
		"rounds.chargeJ=0.05",
	];
	const loaded = await loadScenario("cluster-rounds", { set });
	const { perRound, summary } = runRounds(loaded, { keepsRounds: true });
	const { alive, uncovered, readings, controlBits } = perRound!;
	const first = summary.fnd!;
	t.is(readings[first - 1], 100);
	t.true(readings[first]! < alive[first]!, "what the dead head had collected is lost");
	t.is(controlBits[first], controlBits[1], "nobody knows of it yet");
	t.true(controlBits[first + 1]! > controlBits[first]!, "members join others, whose schedules change");
	t.is(uncovered[first + 1], 0);
	t.is(readings[first + 1], alive[first + 1]);
});

test("with free control all know their neighbours' charge; paid for, HELLO tells of it, and only where it is asked for", async (t) => {
	const bits = async (election: string, units: number): Promise<number> => {
		const set = [`election.kind=${election}`, `rounds.control.helloUnits=${units}`, "rounds.chargeJ=0.05"];
		return (await roundsRun("cluster-rounds", set)).summary.controlBits;
	};
	t.true((await bits("ch-finding", 1)) > (await bits("ch-finding", 100)));
	t.is(await bits("heed", 1), await bits("heed", 100), "HEED looks at no neighbour's charge");
	t.is(await bits("direct", 1), 0);
});

test("who hears schedules is who pays for them", async (t) => {
	const received = async (schedule: string): Promise<number> => {
		const set = ["election.kind=leach", `rounds.control.schedule=${schedule}`, "rounds.most=30"];
		return (await roundsRun("cluster-rounds", set)).summary.energyJ.controlReceive;
	};
	t.true((await received("range")) > 1.5 * (await received("members")));
});

test("a run that ends before the last death says so, and has counted what it saw", async (t) => {
	const { summary } = await roundsRun("leach-canonical", ["rounds.most=100"]);
	t.deepEqual([summary.fnd, summary.hnd, summary.lnd, summary.lndPerFnd], [null, null, null, null]);
	t.is(summary.rounds, 100);
	t.is(summary.nodeRounds, 10_000);
	t.true(summary.energyJ.left > 0);
	t.is(summary.gini, null);
});

test("the columns of each round begin with the start, and add up to the summary", async (t) => {
	const loaded = await loadScenario("leach-canonical", { set: ["rounds.chargeJ=0.05"] });
	const { perRound, summary } = runRounds(loaded, { keepsRounds: true });
	const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
	for (const column of Object.values(perRound!)) t.is(column.length, summary.rounds + 1);
	t.is(perRound!.alive[0], 100);
	t.is(perRound!.alive.at(-1), 0);
	t.true(Math.abs(perRound!.meanChargeJ[0]! - 0.05) < 1e-12);
	t.is(sum(perRound!.packets), summary.packetsToSink);
	t.is(sum(perRound!.readings), summary.readings.carried);
	t.is(sum(perRound!.uncovered), summary.uncoveredNodeRounds);
	t.is(
		perRound!.alive.findIndex((alive) => alive < 100),
		Number(summary.fnd),
	);
	t.is(
		perRound!.alive.findIndex((alive) => alive <= 50),
		Number(summary.hnd),
	);
});

test("the log does not depend on the slices in which a run is made", async (t) => {
	const loaded = await loadScenario("cluster-rounds", { set: ["rounds.chargeJ=0.02"] });
	const { RoundsSimulation } = await import("../../../sim/rounds/rounds-simulation.js");
	const hashes = [1, 7, 1e6].map((slice) => {
		const log = new LogWriter(SIM_EVENTS, { hash: true });
		const simulation = new RoundsSimulation(loaded.scenario, loaded.modules, log.sink);
		while (!simulation.isOver) simulation.run(slice);
		simulation.finish();
		return log.finish();
	});
	t.is(new Set(hashes).size, 1);
});
