import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import test from "ava";
import { runScenario } from "../../host-tools/run/run.js";
import { loadScenario, shippedScenarios } from "../../host-tools/scenario/load.js";
import { RandomStream } from "../../sim/kernel/random.js";
import { lowguard } from "../host-tools/run-cli.js";
import { hashedRun, logHash } from "./support/log-hash.js";
import { scratchFolder } from "./support/run-text.js";

/** Learnt routes, shadowing, retries, reassembly and its time-outs: everything that could differ. */
const NAME = "field-100";

function inWorker(name: string, seed: number): Promise<string> {
	return new Promise((resolve, reject) => {
		const worker = new Worker(new URL("./support/hash-worker.js", import.meta.url), {
			workerData: { name, seed },
		});
		worker.once("message", resolve);
		worker.once("error", reject);
	});
}

interface Printed {
	readonly eventLogSha256: string | null;
}

function printed(stdout: Buffer): Printed {
	return JSON.parse(stdout.toString()) as Printed;
}

test("same scenario, same seed: same log twice in a process, in another process, and in a worker thread", async (t) => {
	const here = logHash(await loadScenario(NAME, { seed: 5 }));
	t.regex(here, /^[0-9a-f]{64}$/);
	t.is(logHash(await loadScenario(NAME, { seed: 5 })), here);
	t.is(await inWorker(NAME, 5), here);
	const { code, stdout, stderr } = lowguard("sim", NAME, "--seed", "5", "--json", "--hash");
	t.is(code, 0, stderr);
	t.is(printed(stdout).eventLogSha256, here);
});

test("another seed, another log; also when only the upper half of the seed differs", async (t) => {
	const hashes = new Set<string>();
	for (const seed of [0, 1, 2, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER])
		hashes.add(logHash(await loadScenario("multi-hop", { seed, set: ["durationS=60"] })));
	t.is(hashes.size, 5);
});

test("the log does not depend on the slices in which the run is made", async (t) => {
	for (const name of await shippedScenarios()) {
		// Runs in rounds have no slices of time.
		if ((await loadScenario(name)).scenario.fidelity === "rounds") continue;
		const loaded = await loadScenario(name, { set: ["durationS=45"] });
		const whole = logHash(loaded);
		const random = new RandomStream(1, "slices", 0);
		const run = hashedRun(loaded);
		// Tiny slices, empty ones and huge ones; the last reaches beyond the end.
		for (let atUs = 0; atUs < run.simulation.durationUs; atUs += random.below(2 ** random.below(20)))
			run.simulation.run(atUs);
		run.simulation.run(run.simulation.durationUs + 1e6);
		t.is(run.finish(), whole, name);
	}
});

test("two simulations that run by turns in one process do not touch each other", async (t) => {
	const first = await loadScenario(NAME, { seed: 1, set: ["durationS=100"] });
	const second = await loadScenario("multi-hop", { seed: 2, set: ["durationS=100"] });
	const runs = [hashedRun(first), hashedRun(second), hashedRun(first)];
	for (let timeUs = 0; timeUs <= 100e6; timeUs += 250_000) for (const run of runs) run.simulation.run(timeUs);
	t.deepEqual(
		runs.map((run) => run.finish()),
		[logHash(first), logHash(second), logHash(first)],
	);
});

test("neither recording, nor progress, nor other readers change the log", async (t) => {
	const loaded = await loadScenario("multi-hop", { seed: 3, set: ["durationS=80"] });
	const alone = logHash(loaded);
	const words = ["sim", "multi-hop", "--seed", "3", "--set", "durationS=80", "--json"];
	const hashed = lowguard(...words, "--hash");
	t.is(printed(hashed.stdout).eventLogSha256, alone, hashed.stderr);
	for (const more of [[], ["--tap"]]) {
		const folder = join(await scratchFolder(t), "run");
		const recorded = lowguard(...words, "--out", folder, ...more);
		t.is(printed(recorded.stdout).eventLogSha256, alone, recorded.stderr);
		const log = await readFile(join(folder, "events.cbor"));
		t.is(createHash("sha256").update(log).digest("hex"), alone, "the hash is that of the file");
	}
	t.is(printed(lowguard(...words).stdout).eventLogSha256, null);
	// Results are the same whether anybody looks or not.
	const quiet = runScenario(loaded).summary;
	const watched = runScenario(loaded, {
		onProgress: (_share, simulation) => void simulation.world.meter.read(0, simulation.nowUs()),
		sinks: [{ frameOnAir: () => {} }],
	}).summary;
	t.deepEqual(watched, quiet);
});

test("the recorded scenario repeats the run", async (t) => {
	const folder = join(await scratchFolder(t), "run");
	const { stdout, stderr } = lowguard(
		...["sim", "star", "--seed", "9", "--set", "topology.nodes=36", "--set", "durationS=20"],
		...["--json", "--out", folder],
	);
	const { eventLogSha256 } = printed(stdout);
	t.is(logHash(await loadScenario(join(folder, "scenario.yaml"))), eventLogSha256 ?? "none", stderr);
});
