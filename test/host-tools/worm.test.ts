import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { capturePath, endsWithLine, lowguard, scratchFolder } from "./run-cli.js";

const SMALL = ["--set", "topology.nodes=1500", "--set", "topology.widthM=1200"];

function json(stdout: Buffer): Record<string, unknown> {
	return JSON.parse(stdout.toString()) as Record<string, unknown>;
}

test("sim --json tells of the graph, the outbreak and the theory; the same seed, the same log", (t) => {
	const { code, stdout, stderr } = lowguard("sim", "worm-field", ...SMALL, "--json", "--hash");
	t.is(code, 0, stderr);
	t.is(stderr, "");
	const summary = json(stdout);
	t.is(summary["fidelity"], "graph");
	t.is(summary["nodes"], 1500);
	for (const key of ["finalSize", "peak", "peakTimeS", "r0", "transmissibility", "waveMPerS", "foci"])
		t.is(typeof summary[key], "number", key);
	const { finalSize, waveMPerS } = summary["predicted"] as Record<string, number>;
	t.true(Math.abs(finalSize! - (summary["finalSize"] as number)) < 0.03);
	t.is(typeof waveMPerS, "number");
	const again = lowguard("sim", "worm-field", ...SMALL, "--json", "--hash");
	t.is(json(again.stdout)["eventLogSha256"], summary["eventLogSha256"]);
	const other = lowguard("sim", "worm-field", ...SMALL, "--json", "--hash", "--seed", "2");
	t.not(json(other.stdout)["eventLogSha256"], summary["eventLogSha256"]);
});

test("sim prints the same for people, and what defences there were", (t) => {
	const defences = [
		"--set",
		"worm.theta=0.4",
		"--set",
		"worm.detectionShare=0.1",
		"--set",
		"worm.verifyingShare=0.1",
	];
	const { code, stdout, stderr } = lowguard("sim", "worm-field", ...SMALL, ...defences);
	t.is(code, 0, stderr);
	const text = stdout.toString();
	t.regex(text, /graph +1,500 nodes, [\d,]+ logical links, [\d.]+ a node/);
	t.regex(text, /R0 +[\d.]+, as a link passes the worm on with chance 0\.4/);
	t.regex(text, /infected +[\d.]+ % of the nodes in the end; theory for a large outbreak: [\d.]+ %/);
	t.regex(text, /wave +[\d.]+ m\/s .*; theory for many neighbours: [\d.]+ m\/s/);
	t.regex(text, /hops +median [\d.]+ m, .*; 0 new foci/);
	t.regex(text, /verifying +[\d.]+ % of the nodes/);
	t.regex(text, /distrusted +[\d,]+ links to infected neighbours/);
	t.regex(text, /again: lowguard sim worm-field --set .* --seed 1/);
	const heavy = lowguard(
		"sim",
		"worm-field",
		...SMALL,
		"--set",
		"topology.kernel=power-law",
	).stdout.toString();
	t.regex(heavy, /wave .*theory: none of constant speed/);
});

test("a run's folder holds its log, scenario and summary, no frames, and the scenario runs the same again", (t) => {
	const folder = join(scratchFolder(t), "run");
	const run = lowguard("sim", "worm-field", ...SMALL, "--out", folder, "--json");
	t.is(run.code, 0, run.stderr);
	t.deepEqual(readdirSync(folder).sort(), ["events.cbor", "scenario.yaml", "summary.json"]);
	const yaml = readFileSync(join(folder, "scenario.yaml"), "utf8");
	for (const section of ["radio:", "traffic:", "rounds:"]) t.false(yaml.includes(section), section);
	const again = lowguard("sim", join(folder, "scenario.yaml"), "--json", "--hash");
	t.is(json(again.stdout)["eventLogSha256"], json(run.stdout)["eventLogSha256"], again.stderr);
	const trace = lowguard("trace", join(folder, "events.cbor"), "--to", "jsonl").stdout.toString();
	for (const event of ["graphBuilt", "wormPredicted", "nodeInfected", "nodePatched"])
		t.true(trace.includes(event), event);
});

test("what does not fit the fidelity is refused where it stands", (t) => {
	const sim = (...set: string[]) =>
		lowguard("sim", "worm-field", ...set.flatMap((value) => ["--set", value]));
	endsWithLine(
		t,
		sim("traffic=[]"),
		2,
		/--set traffic: expected nothing here with fidelity graph; it belongs to packets/,
	);
	endsWithLine(
		t,
		sim("rounds.levels=[]"),
		2,
		/rounds: expected nothing here with fidelity graph; it belongs to rounds/,
	);
	const packets = lowguard("sim", "multi-hop", "--set", "worm.initial=2");
	endsWithLine(t, packets, 2, /worm: expected nothing here with fidelity packets; it belongs to graph/);
	endsWithLine(
		t,
		sim("topology={kind: grid}"),
		2,
		/topology\.kind: expected a topology of links with fidelity graph/,
	);
	endsWithLine(
		t,
		sim("worm.initial=20000"),
		2,
		/worm\.initial: expected at most the 10000 nodes .*, found 20000/,
	);
	endsWithLine(
		t,
		sim("worm.verifyingShare=1"),
		2,
		/worm\.initial: expected at most as many as can be infected, 0, found 60/,
	);
	endsWithLine(t, sim("worm.theta=2"), 2, /--set worm\.theta: expected a number from 0 to 1, found 2/);
	endsWithLine(
		t,
		sim("topology.kernel=gausian"),
		2,
		/expected one of gaussian, .* found "gausian"; did you mean gaussian\?/,
	);
	const replay = lowguard("replay", capturePath("riot-ping-500.pcap"), "--into", "worm-field", "--at", "1,1");
	endsWithLine(
		t,
		replay,
		2,
		/--into worm-field: expected a scenario with frames on the air, found fidelity graph/,
	);
});

test("a sweep over the worm's options has intervals, and takes worms on listed links too", (t) => {
	const folder = scratchFolder(t);
	writeFileSync(
		join(folder, "ring.yaml"),
		"name: ring\nfidelity: graph\ntopology: { kind: links, links: [[0, 1], [1, 2], [2, 3], [3, 0]] }\nworm: { fragments: 1 }\n",
	);
	writeFileSync(
		join(folder, "beta.yaml"),
		"name: beta\nscenario: ring.yaml\nruns: 20\naxes: { worm.contactsPerS: [0.01, 10] }\n",
	);
	const { code, stdout, stderr } = lowguard("sweep", join(folder, "beta.yaml"), "--json", "--workers", "1");
	t.is(code, 0, stderr);
	const [slow, fast] = stdout
		.toString()
		.trimEnd()
		.split("\n")
		.map(
			(line) =>
				(JSON.parse(line) as { metrics: Record<string, { mean: number; ci95: [number, number] }> }).metrics,
		);
	t.true(slow!["finalSize"]!.mean < fast!["finalSize"]!.mean);
	t.true(fast!["finalSize"]!.mean > 0.9);
	t.is(slow!["finalSize"]!.ci95.length, 2);
	t.true(Math.abs(fast!["transmissibility"]!.mean - 10 / 10.05) < 1e-6);
	const text = lowguard("sweep", join(folder, "beta.yaml"), "--workers", "1").stdout.toString();
	t.regex(text, /infected %/);
});
