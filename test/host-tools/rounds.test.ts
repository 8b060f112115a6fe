import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { UserError } from "../../host-tools/errors.js";
import { runRounds } from "../../host-tools/run/run-rounds.js";
import { loadScenario } from "../../host-tools/scenario/load.js";
import { LogReader } from "../../host-tools/trace/log-reader.js";
import { SIM_EVENTS } from "../../sim/events.js";
import { endsWithLine, lowguard, scratchFolder } from "./run-cli.js";

const SHORT = ["--set", "rounds.chargeJ=0.02"];

function json(t: ExecutionContext, ...words: string[]): Record<string, unknown> {
	const { code, stdout, stderr } = lowguard(...words, "--json");
	t.is(code, 0, stderr);
	return JSON.parse(stdout.toString()) as Record<string, unknown>;
}

test("sim --json of rounds gives the literature's numbers, the same at each run of a seed", (t) => {
	const first = json(t, "sim", "cluster-rounds", ...SHORT, "--seed", "4", "--hash");
	const keys = [
		"fnd",
		"hnd",
		"lnd",
		"packetsToSink",
		"controlBits",
		"jain",
		"gini",
		"nodeRounds",
		"uncoveredNodeRounds",
	];
	for (const key of keys) t.is(typeof first[key], "number", key);
	t.is(first["fidelity"], "rounds");
	t.is(first["election"], "game");
	t.deepEqual(Object.keys(first["headsPerRound"] as object), ["mean", "deviation"]);
	t.false("perRound" in first);
	const again = json(t, "sim", "cluster-rounds", ...SHORT, "--seed", "4", "--hash");
	for (const summary of [first, again]) for (const key of ["wallS", "peakRssMb"]) delete summary[key];
	t.deepEqual(again, first);
	t.regex(String(first["eventLogSha256"]), /^[0-9a-f]{64}$/);
});

test("--per-round adds the columns of each round, and is refused where there are no rounds", (t) => {
	const summary = json(t, "sim", "cluster-rounds", ...SHORT, "--per-round");
	const columns = summary["perRound"] as Record<string, number[]>;
	for (const [name, column] of Object.entries(columns))
		t.is(column.length, (summary["lnd"] as number) + 1, name);
	t.deepEqual([columns["alive"]![0], columns["alive"]!.at(-1)], [100, 0]);
	endsWithLine(
		t,
		lowguard("sim", "star", "--per-round"),
		2,
		/--per-round: expected a scenario with fidelity rounds, found packets/,
	);
});

test("a capture's link type means nothing where there are no frames", (t) => {
	const result = lowguard("sim", "cluster-rounds", "--tap", "--out", join(scratchFolder(t), "run"));
	endsWithLine(t, result, 2, /--tap: expected a scenario with frames, found fidelity rounds/);
});

test("--out keeps log, scenario and summary, and no capture; the scenario runs again to the same log", (t) => {
	const folder = join(scratchFolder(t), "run");
	const { code, stderr } = lowguard("sim", "cluster-rounds", ...SHORT, "--out", folder);
	t.is(code, 0, stderr);
	t.deepEqual(readdirSync(folder).sort(), ["events.cbor", "scenario.yaml", "summary.json"]);
	const { lnd, eventLogSha256 } = JSON.parse(readFileSync(join(folder, "summary.json"), "utf8"));
	const again = json(t, "sim", join(folder, "scenario.yaml"), "--hash");
	t.deepEqual([again["lnd"], again["eventLogSha256"]], [lnd, eventLogSha256]);
	let rounds = -1;
	for (const event of new LogReader(join(folder, "events.cbor"), SIM_EVENTS).events())
		if (event.type === "roundEnded") rounds = Number(event["round"]);
	t.is(rounds, lnd);
});

test("people read deaths, heads and who is uncovered, and how to repeat it", (t) => {
	const { stdout } = lowguard("sim", "leach-canonical", ...SHORT);
	const text = stdout.toString();
	for (const line of [
		/^ {2}first death round \d+$/m,
		/^ {2}last death {2}round \d+, [\d.]+ times the first$/m,
		/^ {2}heads {7}[\d.]+ a round, deviation [\d.]+; the formula's optimum is [\d.]+/m,
		/^ {2}election {4}leach, every round; control free$/m,
		/again: lowguard sim leach-canonical --set rounds.chargeJ=0.02 --seed 1$/,
	])
		t.regex(text.trimEnd(), line);
});

test("what does not fit the fidelity is refused by its place", async (t) => {
	const folder = scratchFolder(t);
	const file = join(folder, "field.yaml");
	const write = (rest: string): void =>
		writeFileSync(file, `name: field\nfidelity: rounds\ntopology: { kind: uniform }\n${rest}`);
	const cases: readonly (readonly [string, RegExp])[] = [
		[
			"election: { kind: leach }\ntraffic: []\n",
			/field\.yaml:5:1: traffic: expected nothing here with fidelity rounds; it belongs to packets$/,
		],
		[
			"election: { kind: leach }\ncluster: { slotMs: 5 }\n",
			/field\.yaml:5:12: cluster\.slotMs: expected nothing here with fidelity rounds/,
		],
		[
			"",
			/election\.kind: expected an election with fidelity rounds, one of game, .*, or the path of a module, found none$/,
		],
		[
			"election: { kind: cross }\nrounds: { omniscience: false }\n",
			/election: cross: expected a simulation that lets nodes know the whole network/,
		],
		[
			"election: { kind: leach }\nrounds:\n  levels: [{ share: 0.7, factor: 2 }, { share: 0.7, factor: 3 }]\n",
			/field\.yaml:6:3: rounds\.levels: expected shares that come to at most 1, found 1\.4$/,
		],
		[
			"election: { kind: leach }\nrounds: { base: middle }\n",
			/rounds\.base: expected centre, or a list of numbers, found "middle"/,
		],
	];
	for (const [rest, expected] of cases) {
		write(rest);
		await t.throwsAsync(loadScenario(file), { instanceOf: UserError, message: expected });
	}
	await t.throwsAsync(loadScenario("star", { set: ["rounds.chargeJ=1"] }), {
		message:
			/^--set rounds\.chargeJ: rounds: expected nothing here with fidelity packets; it belongs to rounds$/,
	});
});

test("an election of the user's own runs like any other, and what it throws is its own fault", async (t) => {
	const folder = scratchFolder(t);
	const module = (begin: string): string =>
		`export const election = { name: "turns", options: {}, reach: "all", roundsPerElection: 2,
			create: (_, { node }) => ({ begin: ({ election }) => ${begin}, decide: () => -1 }) };`;
	writeFileSync(join(folder, "turns.mjs"), module("(node === election % 4 ? -2 : -1)"));
	writeFileSync(join(folder, "broken.mjs"), module("node.missing.field"));
	const file = join(folder, "own.yaml");
	writeFileSync(
		file,
		"name: own\nfidelity: rounds\ntopology: { kind: uniform, nodes: 4, widthM: 50, heightM: 50 }\n" +
			"election: { kind: ./turns.mjs }\nrounds: { most: 20 }\n",
	);
	const { perRound, simulation } = runRounds(await loadScenario(file), { keepsRounds: true });
	t.is(simulation.roundsPerElection, 2);
	t.deepEqual([...new Set(perRound!.heads.slice(1))], [1]);
	const broken = await loadScenario(file, { set: ["election.kind=./broken.mjs"] });
	t.throws(() => runRounds(broken), { instanceOf: UserError, message: /broken\.mjs/ });
});

test("a sweep over elections tells lifetimes with intervals, and compares them by seed", (t) => {
	const file = join(scratchFolder(t), "elections.yaml");
	writeFileSync(
		file,
		"name: elections\nscenario: cluster-rounds\nruns: 4\nset: { rounds.chargeJ: 0.05 }\n" +
			"axes: { election: [leach, game] }\nbaseline: { election: leach }\n",
	);
	const { code, stdout, stderr } = lowguard("sweep", file, "--workers", "2", "--json");
	t.is(code, 0, stderr);
	const [leach, game] = stdout
		.toString()
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line));
	t.is(leach.metrics.fnd.n, 4);
	t.true(game.metrics.fnd.mean > leach.metrics.fnd.mean);
	t.true(game.versus.fnd.difference > 0);
	t.is(leach.metrics.fnd.ci95.length, 2);
	t.regex(lowguard("sweep", file).stdout.toString(), /first +half +last/);
});
