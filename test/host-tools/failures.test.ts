import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import test, { type ExecutionContext } from "ava";
import { CLI, type CliResult, capturePath, endsWithLine, lowguard, scratchFolder } from "./run-cli.js";

const FULL = "/dev/full";
const PINGS = capturePath("riot-ping-500.pcap");

const SCENARIO = `
name: own-modules
durationS: 5
topology: { kind: line, nodes: 2, spacingM: 10 }
sinks: [0]
traffic:
  - { kind: periodic, periodS: 1, to: sink, payloadBytes: 200 }
`;

/** Writes a scenario with a module beside it, and runs it with that module in one place. */
function runWith(t: ExecutionContext, set: string, module: string): CliResult {
	const folder = scratchFolder(t);
	writeFileSync(join(folder, "test.yaml"), SCENARIO);
	writeFileSync(join(folder, "mine.mjs"), module);
	const result = lowguard(
		"sim",
		join(folder, "test.yaml"),
		"--set",
		set,
		"--json",
		"--out",
		join(folder, "a", "b"),
	);
	t.false(existsSync(join(folder, "a")), "nothing half done stays behind");
	t.is(result.stdout.length, 0);
	return result;
}

const POLICY = `export const policy = { name: "mine", options: {}, create: () => ({
	name: "mine", completedMemoryUs: 0, matches: () => false,
	admit: () => { throw new TypeError("no admittance"); },
	charge: () => 1, evict: () => undefined, judge: () => "store", isComplete: () => false, deadlineUs: () => 1,
}) };`;

test("a module that throws during a run is named, with how to repeat it", (t) => {
	const cases: readonly (readonly [string, string, RegExp])[] = [
		["reassembly.policy=./mine.mjs", POLICY, /mine\.mjs:3:23: the module threw TypeError: no admittance$/],
		[
			"traffic[0]={kind: ./mine.mjs}",
			`export const traffic = { name: "mine", options: {}, start: (o, context) => context.at(9, 1, () => {}) };`,
			/mine\.mjs:1:\d+: the module threw RangeError: at: expected node from 0 to 1, got 9$/,
		],
		[
			"channel.propagation={kind: ./mine.mjs}",
			`export const propagation = { name: "mine", options: {}, create: () => ({ maxRangeM: 10, lossDb: () => { throw "text"; }, leastLossDb: () => { throw "text"; } }) };`,
			/mine\.mjs threw text$/,
		],
	];
	for (const [set, module, message] of cases) {
		const result = runWith(t, set, module);
		t.is(result.code, 1, result.stderr);
		const [repeat, line, ...more] = result.stderr.trimEnd().split("\n");
		t.regex(repeat!, /^lowguard: to repeat this failure: lowguard sim .*test\.yaml --set /);
		t.regex(line!, message);
		t.deepEqual(more, []);
	}
});

test("a module that throws while it is made ready is named in one line", (t) => {
	const topology = `export const topology = { name: "mine", options: {}, create() { return undefined.x; } };`;
	const thrown = runWith(t, "topology={kind: ./mine.mjs}", topology);
	endsWithLine(t, thrown, 1, /mine\.mjs:1:\d+: the module threw TypeError: Cannot read properties/);
});

test("a module that does not load: where it was looked for, and where it is wrong", (t) => {
	const set = "reassembly.policy=./mine.mjs";
	const broken = "export const policy = {};\nexport const = 5;\n";
	endsWithLine(
		t,
		runWith(t, set, broken),
		2,
		/a module that loads, found SyntaxError: .* at \/.*\/mine\.mjs$/m,
	);
	const missing = "reassembly.policy=./none.mjs";
	endsWithLine(t, runWith(t, missing, ""), 3, /expected a module, found none at \/.*\/none\.mjs$/m);
	const folder = scratchFolder(t);
	writeFileSync(join(folder, "mine.mjs"), broken);
	const path = join(folder, "mine.mjs");
	endsWithLine(t, lowguard("decode", PINGS, "--policy", path), 2, /found SyntaxError: .*mine\.mjs$/m);
	writeFileSync(path, POLICY);
	endsWithLine(
		t,
		lowguard("decode", PINGS, "--policy", path, "--json"),
		1,
		/mine\.mjs:3:23: the module threw/,
	);
});

test("a full device ends the output with one line and exit code 3", (t) => {
	if (!existsSync(FULL)) {
		t.log(`SKIPPED: this system has no ${FULL}, so no full device was tried`);
		t.pass();
		return;
	}
	const full = openSync(FULL, "w");
	t.teardown(() => closeSync(full));
	for (const args of [
		["decode", PINGS],
		["decode", PINGS, "--json"],
		["trace", PINGS, "--to", "jsonl"],
		["sim", "star", "--set", "durationS=1", "--json"],
	]) {
		const { status, stderr } = spawnSync(process.execPath, [CLI, ...args], {
			stdio: ["ignore", full, "pipe"],
		});
		t.is(status, 3, args.join(" "));
		t.regex(stderr.toString(), /^lowguard \w+: stdout: expected free space, found a full disk\n$/);
	}
});

for (const [signal, code] of [
	["SIGINT", 130],
	["SIGTERM", 143],
] as const) {
	test(`${signal} takes the files of an unfinished run away`, async (t) => {
		const folder = scratchFolder(t);
		const out = join(folder, "run");
		mkdirSync(out);
		const args = ["sim", "grid-one-hop", "--set", "durationS=100000", "--out", out];
		const child = spawn(process.execPath, [CLI, ...args], { stdio: ["ignore", "ignore", "pipe"] });
		let stderr = "";
		child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
		const closed = once(child, "close") as Promise<[number | null]>;
		while (!existsSync(join(out, "frames.pcap"))) await new Promise(setImmediate);
		child.kill(signal);
		const [status] = await closed;
		t.is(status, code, stderr);
		t.is(stderr, `lowguard sim: stopped by ${signal}\n`);
		t.deepEqual(readdirSync(out), []);
	});
}

test("negative values of options are values", (t) => {
	endsWithLine(t, lowguard("sim", "star", "--seed", "-1"), 2, /--seed: expected an integer .*, found '-1'/);
	const replay = (...args: string[]) => lowguard("replay", PINGS, "--into", "star", ...args);
	endsWithLine(t, replay("--at", "-1,-1", "--start", "-1"), 2, /--start: expected a number .*, found '-1'/);
	endsWithLine(
		t,
		replay("--at", "-1,-1", "--power", "-500"),
		2,
		/--power: expected a number .*, found '-500'/,
	);
	endsWithLine(t, replay("--at", "--json"), 2, /--at.* ambiguous/);
});

test("options that run nothing stand alone", (t) => {
	endsWithLine(t, lowguard("sim", "--list", "foo"), 2, /--list: expected nothing else, found 'foo'/);
	endsWithLine(
		t,
		lowguard("sim", "--schema", "--seed", "1"),
		2,
		/--schema: expected nothing else, found --seed/,
	);
	endsWithLine(t, lowguard("sim", "star", "--out", ""), 2, /--out: expected a folder, found an empty text/);
	endsWithLine(t, lowguard("decode", ""), 2, /expected FILE, found an empty text/);
});

test("the help fits into 100 columns", (t) => {
	for (const name of ["sim", "sweep", "replay", "decode", "trace"]) {
		const lines = lowguard(name, "--help").stdout.toString().split("\n");
		t.deepEqual(
			lines.filter((line) => line.length > 100),
			[],
		);
	}
});

test("Ethernet without a frame of ours is refused by every command, and leaves no file", (t) => {
	const folder = scratchFolder(t);
	const capture = join(folder, "ethernet.pcap");
	const bytes = Buffer.alloc(24 + 2 * (16 + 60));
	[0xa1b2c3d4, 0x00040002, 0, 0, 65535, 1].forEach((word, i) => {
		bytes.writeUInt32LE(word, 4 * i);
	});
	for (const at of [24, 24 + 76]) {
		bytes.writeUInt32LE(60, at + 8);
		bytes.writeUInt32LE(60, at + 12);
	}
	writeFileSync(capture, bytes);
	const line =
		/ethernet\.pcap: expected IEEE 802\.15\.4 frames \(on Ethernet: .*\), found none among 2 packets/;
	const out = join(folder, "o");
	endsWithLine(t, lowguard("decode", capture), 2, line);
	endsWithLine(t, lowguard("trace", capture, "--to", "pcap", "--out", out), 2, line);
	endsWithLine(t, lowguard("replay", capture, "--into", "star", "--at", "1,1"), 2, line);
	t.false(existsSync(out));
});
