import { spawn } from "node:child_process";
import { once } from "node:events";
import {
	appendFileSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	truncateSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import test, { type ExecutionContext } from "ava";
import { parse } from "yaml";
import { loadScenario } from "../../host-tools/scenario/load.js";
import { loadSweep, readSweep, type SweepOptions, shippedSweeps } from "../../host-tools/sweep/load.js";
import { SweepFolder } from "../../host-tools/sweep/sweep-folder.js";
import { CLI, endsWithLine, lowguard, scratchFolder } from "./run-cli.js";

const SCENARIO = `
name: pair
durationS: 10
topology: { kind: line, nodes: 3, spacingM: 30 }
sinks: [0]
traffic:
  - { kind: poisson, ratePerS: 2, to: sink, payloadBytes: 300 }
`;

const SWEEP = `
name: small
scenario: pair.yaml
runs: 4
seed: 10
axes:
  defence: [rfc4944, riot]
  size: [60, 600]
baseline: { defence: rfc4944 }
`;

/** A folder with a scenario and a sweep of it; returns the sweep's path and the folder. */
function prepared(t: ExecutionContext, sweep = SWEEP): { file: string; folder: string } {
	const folder = scratchFolder(t);
	writeFileSync(join(folder, "pair.yaml"), SCENARIO);
	const file = join(folder, "small.yaml");
	writeFileSync(file, sweep);
	return { file, folder };
}

/** What a sweep's folder holds, by name of the file. */
function contents(folder: string): Record<string, string> {
	return Object.fromEntries(
		readdirSync(folder)
			.sort()
			.map((name) => [name, readFileSync(join(folder, name), "utf8")]),
	);
}

function jsonLines(text: string): Record<string, unknown>[] {
	return text
		.trimEnd()
		.split("\n")
		.map((line) => JSON.parse(line) as Record<string, unknown>);
}

test("one worker and two leave the same files, and each run is the one that sim makes", async (t) => {
	const { file, folder } = prepared(t);
	const one = join(folder, "one");
	const two = join(folder, "two");
	for (const [out, workers] of [
		[one, "1"],
		[two, "2"],
	] as const) {
		const result = lowguard("sweep", file, "--out", out, "--workers", workers, "--hash", "--json");
		t.is(result.code, 0, result.stderr);
		t.is(result.stderr, "");
		t.is(result.stdout.toString(), readFileSync(join(out, "points.jsonl"), "utf8"));
	}
	t.deepEqual(contents(one), contents(two));
	t.deepEqual(Object.keys(contents(one)), ["points.jsonl", "runs.jsonl", "sweep.yaml", "table.txt"]);
	const runs = jsonLines(readFileSync(join(one, "runs.jsonl"), "utf8"));
	t.deepEqual(
		runs.map(({ point, run, seed }) => [point, run, seed]),
		["rfc4944", "riot"].flatMap((defence) =>
			[60, 600].flatMap((size) => [0, 1, 2, 3].map((run) => [{ defence, size }, run, 10 + run])),
		),
	);
	const set = ["reassembly.policy=riot", "traffic[0].payloadBytes=600"].flatMap((value) => ["--set", value]);
	const sim = lowguard("sim", join(folder, "pair.yaml"), ...set, "--seed", "12", "--json", "--hash");
	const summary = JSON.parse(sim.stdout.toString()) as Record<string, unknown>;
	const last = runs[14]!;
	t.is(last["eventLogSha256"], summary["eventLogSha256"]);
	t.is((last["metrics"] as Record<string, unknown>)["deliveryRatio"], summary["deliveryRatio"]);
	const points = jsonLines(readFileSync(join(one, "points.jsonl"), "utf8"));
	t.deepEqual(
		points.map(({ point, runs: count, versus }) => [point, count, versus === undefined]),
		[
			[{ defence: "rfc4944", size: 60 }, 4, true],
			[{ defence: "rfc4944", size: 600 }, 4, true],
			[{ defence: "riot", size: 60 }, 4, false],
			[{ defence: "riot", size: 600 }, 4, false],
		],
	);
	const again = lowguard("sweep", join(one, "sweep.yaml"), "--json");
	t.is(
		again.stdout.toString(),
		readFileSync(join(one, "points.jsonl"), "utf8"),
		"the copy is the same sweep",
	);
});

test("what the command line changes is in the copy, and a second sweep into the folder is refused", (t) => {
	const { file, folder } = prepared(t);
	const out = join(folder, "deep", "out");
	const options = ["--runs", "1", "--seed", "3", "--set", "durationS=5", "--set", "sinks=[1]"];
	const result = lowguard("sweep", file, "--out", out, ...options);
	t.is(result.code, 0, result.stderr);
	const text = result.stdout.toString();
	t.regex(text, /^small\n\n {2}points {3}4 of defence \(2\) × size \(2\) on pair\.yaml\n/);
	t.true(
		text.includes(`again: lowguard sweep ${file} --set durationS=5 --set 'sinks=[1]' --runs 1 --seed 3\n`),
	);
	const copy = parse(readFileSync(join(out, "sweep.yaml"), "utf8")) as Record<string, unknown>;
	t.is(copy["scenario"], "../../pair.yaml");
	t.deepEqual(copy["override"], { durationS: 5, sinks: [1] });
	t.deepEqual([copy["runs"], copy["seed"]], [1, 3]);
	endsWithLine(
		t,
		lowguard("sweep", file, "--out", out),
		2,
		/expected a new or empty folder, found one that holds files/,
	);
});

/** Starts a sweep and ends it by a signal once a few runs are in; returns what it said. */
async function stopEarly(t: ExecutionContext, args: readonly string[], out: string, signal: NodeJS.Signals) {
	const child = spawn(process.execPath, [CLI, ...args], { stdio: ["ignore", "ignore", "pipe"] });
	let stderr = "";
	child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
	const closed = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
	const runs = join(out, "runs.jsonl");
	const lines = () => (existsSync(runs) ? readFileSync(runs, "utf8").split("\n").length - 1 : 0);
	while (child.exitCode === null && lines() < 3) await new Promise(setImmediate);
	child.kill(signal);
	const [code, by] = await closed;
	t.false(existsSync(join(out, "points.jsonl")), `it ended on its own: ${stderr}`);
	return { code, by, stderr };
}

/** A sweep long enough to be stopped. */
const LONG = SWEEP.replace("runs: 4", "runs: 30");

// Serial: another test's process, awaited in one piece, would keep this one from watching its own.
test.serial("a killed sweep goes on to the same result", async (t) => {
	const { file, folder } = prepared(t, LONG);
	const whole = join(folder, "whole");
	t.is(lowguard("sweep", file, "--out", whole, "--workers", "2").code, 0);
	const killed = join(folder, "killed");
	const args = ["sweep", file, "--out", killed, "--workers", "2"];
	t.is((await stopEarly(t, args, killed, "SIGKILL")).by, "SIGKILL");
	// As if the process had died while it wrote.
	appendFileSync(join(killed, "runs.jsonl"), '{"point":{"defence":"riot","si');
	const kept = readFileSync(join(killed, "runs.jsonl"), "utf8").split("\n").length - 1;
	const result = lowguard(...args, "--resume");
	t.is(result.code, 0, result.stderr);
	t.regex(result.stdout.toString(), new RegExp(`${120 - kept} runs in .*, ${kept} kept from before`));
	t.deepEqual(contents(killed), contents(whole));
});

for (const [signal, code] of [
	["SIGINT", 130],
	["SIGTERM", 143],
] as const) {
	test.serial(`${signal} ends a sweep with the command that goes on`, async (t) => {
		const { file, folder } = prepared(t, LONG);
		const out = join(folder, "out");
		const args = ["sweep", file, "--out", out, "--set", "sinks=[1]", "--hash"];
		const stopped = await stopEarly(t, args, out, signal);
		t.is(stopped.code, code, stopped.stderr);
		const command = `lowguard sweep ${file} --set 'sinks=[1]' --runs 30 --seed 10 --hash --out ${out} --resume`;
		const [, kept] = /; (\d+) of 120 runs are kept, and /.exec(stopped.stderr) ?? [];
		t.is(
			stopped.stderr,
			`lowguard sweep: stopped by ${signal}; ${kept} of 120 runs are kept, and ${command} goes on\n`,
		);
		t.is(readFileSync(join(out, "runs.jsonl"), "utf8").split("\n").length - 1, Number(kept));
	});
}

/** What there is to go on with: how many runs the folder holds. Throws as the command does. */
async function keptRuns(file: string, out: string, options: SweepOptions, isHashed = false): Promise<number> {
	const folder = new SweepFolder(out, await loadSweep(file, options), true);
	let count = 0;
	try {
		folder.read(isHashed, () => count++);
	} finally {
		folder.close();
	}
	return count;
}

test("a sweep goes on only as the one it was, and shows its results as it now says", async (t) => {
	const { file, folder } = prepared(t);
	const out = join(folder, "out");
	t.is(lowguard("sweep", file, "--runs", "1", "--workers", "1", "--out", out).code, 0);
	const refuses = (options: SweepOptions, message: RegExp, isHashed = false) =>
		t.throwsAsync(keptRuns(file, out, options, isHashed), { name: "UserError", message });
	const differs = (place: string, was: string, is: string) =>
		new RegExp(
			`^--resume: .*out/sweep\\.yaml: ${place}: expected what the sweep began with, ${was}, found ${is}$`,
		);
	await refuses({}, differs("runs", "1", "4"));
	await refuses({ runs: 1, seed: 4 }, differs("seed", "10", "4"));
	await refuses({ runs: 1, set: ["durationS=5"] }, differs("override\\.durationS", "nothing", "5"));
	await refuses(
		{ runs: 1 },
		/runs\.jsonl:1: expected a run with eventLogSha256, as --hash asks, found none$/,
		true,
	);
	writeFileSync(file, SWEEP.replace("60, 600", "600, 60"));
	await refuses({ runs: 1 }, differs("axes\\.size\\[0\\]", "60", "600"));
	const reordered = SWEEP.replace(/( {2}defence: .*\n)(.*\n)/, "$2$1");
	writeFileSync(file, reordered);
	await refuses({ runs: 1 }, differs("axes", '\\["defence","size"\\]', '\\["size","defence"\\]'));
	writeFileSync(file, SWEEP);
	writeFileSync(join(folder, "pair.yaml"), SCENARIO.replace("ratePerS: 2", "ratePerS: 3"));
	await refuses({ runs: 1 }, /expected the scenario that the sweep began with, found .*pair\.yaml changed$/);
	writeFileSync(join(folder, "pair.yaml"), SCENARIO);
	t.is(await keptRuns(file, out, { runs: 1 }), 4);
	writeFileSync(file, `${SWEEP}tables: [{ title: Hops, rows: defence, columns: size, metric: hops.mean }]\n`);
	const shown = lowguard("sweep", file, "--out", out, "--resume", "--runs", "1");
	t.is(shown.code, 0, shown.stderr);
	t.regex(shown.stdout.toString(), /0 runs in .*, 4 kept from before[\s\S]*Hops by size/);
	t.true(readFileSync(join(out, "table.txt"), "utf8").includes("Hops by size"));
	t.true(readFileSync(join(out, "sweep.yaml"), "utf8").includes("title: Hops"));
});

test("a folder that no sweep can go on from", async (t) => {
	const { file, folder } = prepared(t);
	const out = join(folder, "out");
	endsWithLine(t, lowguard("sweep", file, "--resume"), 2, /--resume: expected --out with it, found none/);
	const refuses = (message: RegExp) =>
		t.throwsAsync(keptRuns(file, out, { runs: 2 }), { name: "UserError", message });
	await refuses(/^--resume: expected the folder of a sweep that began, found no .*out\/sweep\.yaml$/);
	t.false(existsSync(out));
	const args = ["sweep", file, "--runs", "2", "--workers", "1", "--out", out];
	t.is(lowguard(...args).code, 0);
	const runs = join(out, "runs.jsonl");
	const text = readFileSync(runs, "utf8");
	const [first] = text.split("\n");
	writeFileSync(runs, text.replace('"seed":11', '"seed":12'));
	await refuses(/runs\.jsonl:2: expected a run of this sweep, found "\{.*/);
	writeFileSync(runs, `${first}\n${first}\n`);
	await refuses(/runs\.jsonl:2: expected each run once, found one again$/);
	writeFileSync(runs, text.replace('"deliveryRatio":', '"deliveryRatio":true,"x":'));
	await refuses(/runs\.jsonl:1: expected a run of this sweep/);
	writeFileSync(runs, text);
	truncateSync(runs, text.length - 5);
	t.is(await keptRuns(file, out, { runs: 2 }), 7);
	t.is(lowguard(...args, "--resume").code, 0);
	t.is(readFileSync(runs, "utf8"), text);
	rmSync(runs);
	t.is(await keptRuns(file, out, { runs: 2 }), 0);
	for (const other of ["[", "text"]) {
		writeFileSync(join(out, "sweep.yaml"), other);
		await refuses(/sweep\.yaml: expected a sweep, found something else$/);
	}
});

test("a point that cannot run is refused with its place", async (t) => {
	const { file } = prepared(t);
	const refuses = async (text: string, exitCode: number, message: RegExp, set: readonly string[] = []) => {
		writeFileSync(file, `name: x\n${text}\n`);
		await t.throwsAsync(loadSweep(file, { set }), { name: "UserError", message });
		const error = await loadSweep(file, { set }).catch((reason: unknown) => reason);
		t.is((error as { exitCode: number }).exitCode, exitCode);
	};
	const axes = (text: string) => `scenario: pair.yaml\naxes: { ${text} }`;
	await refuses(
		axes("defence: [riot], size: [60, big]"),
		2,
		/small\.yaml:3:37: axes\.size\[1\]: traffic\[0\]\.payloadBytes: expected an integer .*, found "big" \(defence riot, size big\)$/,
	);
	await refuses(
		axes("defence: [riot, rito]"),
		2,
		/small\.yaml:3:25: axes\.defence\[1\]: .* did you mean riot\? \(defence rito\)$/,
	);
	await refuses(
		axes("durationS: [1]"),
		2,
		/^--set durationS: expected a number .*, found "x" \(durationS 1\)$/,
		["durationS=x"],
	);
	await refuses(
		axes("a: { b: { topology.nods: 1 } }"),
		2,
		/small\.yaml:3:19: axes\.a\.b\.topology\.nods: .* did you mean nodes\? \(a b\)$/,
	);
	await refuses(
		axes("defence: [./none.mjs]"),
		3,
		/small\.yaml:3:19: axes\.defence\[0\]: reassembly\.policy: expected a module, found none/,
	);
	const gone = "scenario: gone.yaml\naxes: { size: [1] }";
	await refuses(gone, 3, /small\.yaml:2:1: scenario: expected a file, found none at .*gone\.yaml$/);
	const star = "scenario: starr\naxes: { size: [1] }";
	await refuses(star, 2, /small\.yaml:2:1: scenario: expected one of .*; did you mean star\?$/);
	await t.throwsAsync(loadSweep("stack"), { message: /^stack: unknown sweep; .*; did you mean stacks\?$/ });
	await t.throwsAsync(loadSweep(`${file}.none`), { message: /none: expected a file, found none$/ });
});

test("nothing is made for a sweep that cannot run, nor for options that are none", (t) => {
	const { file, folder } = prepared(t, SWEEP.replace("600", "big"));
	const out = join(folder, "out");
	endsWithLine(t, lowguard("sweep", file, "--out", out), 2, /axes\.size\[1\]: .* found "big"/);
	t.false(existsSync(out));
	const workers = lowguard("sweep", "stacks", "--workers", "0");
	endsWithLine(t, workers, 2, /--workers: expected an integer from 1 to 256, found '0'/);
	endsWithLine(t, lowguard("sweep", "stacks", "--runs", "0"), 2, /--runs: expected an integer from 1 to/);
});

/** A reassembly policy that fails when it is first asked. */
const POLICY = (failure: string) => `export const policy = { name: "mine", options: {}, create: () => ({
	name: "mine", completedMemoryUs: 0, matches: () => false, admit: () => { ${failure} },
	charge: () => 1, evict: () => undefined, judge: () => "store", isComplete: () => false, deadlineUs: () => 1,
}) };`;

test("a run that fails ends the sweep with the command that repeats that run", (t) => {
	const { file, folder } = prepared(t);
	mkdirSync(join(folder, "out"));
	const cases = [
		[`throw new TypeError("no admittance");`, /mine\.mjs:2:\d+: the module threw TypeError: no admittance$/],
		["process.exit(0);", /the run's thread ended before the run$/],
	] as const;
	for (const [failure, message] of cases) {
		const name = `mine${failure.length}.mjs`;
		writeFileSync(
			join(folder, name),
			POLICY(failure).replace("export", `import process from "node:process"; export`),
		);
		const sweep = SWEEP.replace("riot", `./${name}`).replace("pair.yaml", "pair.yaml\nset: { name: a b }");
		writeFileSync(file, sweep);
		const result = lowguard("sweep", file, "--workers", "1");
		t.is(result.code, 1, result.stderr);
		t.is(result.stdout.length, 0);
		const [repeat, line, ...more] = result.stderr.trimEnd().split("\n");
		const set = `--set 'name="a b"' --set reassembly.policy=./${name} --set 'traffic[0].payloadBytes=600'`;
		t.is(
			repeat,
			`lowguard: to repeat this failure: lowguard sim ${join(folder, "pair.yaml")} ${set} --seed 10`,
		);
		t.regex(line!, new RegExp(message.source.replace("mine", name.replace(".mjs", ""))));
		t.deepEqual(more, []);
	}
});

test("the sweeps that ship load, say what to expect, and name what they set", async (t) => {
	t.deepEqual(await shippedSweeps(), [
		"attack-lab",
		"cluster-attacks",
		"cluster-elections",
		"lab-erlang",
		"lab-limits",
		"lab-memory",
		"lab-rates",
		"lab-table",
		"rounds-heterogeneous",
		"rounds-lifetime",
		"rounds-literature",
		"rounds-sizes",
		"stacks",
		"worm-sizes",
		"worm-trust",
		"worm-wave",
	]);
	for (const name of await shippedSweeps()) {
		const { sweep, path } = await readSweep(name);
		t.is(sweep.name, name);
		const text = readFileSync(path, "utf8");
		for (const heading of ["# Scenario", "# Axes", "# Expect"]) t.true(text.includes(heading), heading);
		const { points, scenario } = await loadSweep(name);
		t.true(points.length > 1);
		t.is((await loadScenario(scenario)).scenario.name, sweep.scenario);
	}
	t.regex(lowguard("sweep", "--list").stdout.toString(), /^stacks {2,}Which stack loses what/m);
	endsWithLine(t, lowguard("sweep", "--list", "x"), 2, /--list: expected nothing else, found 'x'/);
});
