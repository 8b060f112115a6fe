import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import { UserError } from "../../host-tools/errors.js";
import { type LoadOptions, loadScenario } from "../../host-tools/scenario/load.js";

const FILE = "walk.yaml";
const MINIMAL = "name: walk\ntopology:\n  kind: grid\n";

/** Writes files into a folder of their own, which goes when the test ends. */
async function folder(t: ExecutionContext, files: Readonly<Record<string, string>>): Promise<string> {
	const directory = await mkdtemp(join(tmpdir(), "lowguard-scenario-"));
	t.teardown(() => rm(directory, { recursive: true }));
	for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
	return directory;
}

/** What loading fails with, the folder's name taken out; `[exit code] message`. */
async function failure(
	t: ExecutionContext,
	files: Readonly<Record<string, string>>,
	options: LoadOptions = {},
): Promise<string> {
	const directory = await folder(t, files);
	try {
		await loadScenario(join(directory, FILE), options);
	} catch (error) {
		if (!(error instanceof UserError)) throw error;
		t.false(error.message.includes("\n"));
		return `[${error.exitCode}] ${error.message.replaceAll(`${directory}/`, "")}`;
	}
	return "loaded";
}

/** Scenarios with one fault each, and the whole line that says so. */
const FAULTS: Readonly<Record<string, readonly [string, string]>> = {
	"misspelt option": [
		"name: walk\ntopology:\n  kind: grid\n  nodez: 9\n",
		"walk.yaml:4:3: topology.nodez: unknown key; expected one of nodes, spacingM, jitterM; did you mean nodes?",
	],
	"unknown key far from all others": [
		"name: walk\ntopology: { kind: grid, colour: red }\n",
		"walk.yaml:2:25: topology.colour: unknown key; expected one of nodes, spacingM, jitterM",
	],
	"negative size": [
		"name: walk\ntopology:\n  kind: grid\n  nodes: -5\n",
		"walk.yaml:4:3: topology.nodes: expected an integer of at least 1, found -5",
	],
	"misspelt section": [
		`${MINIMAL}nodes: 5\n`,
		"walk.yaml:4:1: nodes: unknown key; expected one of name, description, seed, fidelity, durationS, stopAt, topology, " +
			"channel, radio, node, reassembly, election, cluster, rounds, worm, sinks, traffic, attacks, battery, start, lifecycle; did you mean node?",
	],
	"misspelt model": [
		"name: walk\ntopology:\n  kind: gird\n",
		"walk.yaml:3:3: topology.kind: unknown topology; expected one of grid, uniform, clustered, line, positions, " +
			'links, random-spatial, or the path of a module (.js or .mjs), found "gird"; did you mean grid?',
	],
	"misspelt key that must be there": [
		"name: walk\ntopolgy:\n  kind: line\n",
		"walk.yaml:2:1: topolgy: unknown key; expected one of name, description, seed, fidelity, durationS, stopAt, topology, " +
			"channel, radio, node, reassembly, election, cluster, rounds, worm, sinks, traffic, attacks, battery, start, lifecycle; did you mean topology?",
	],
	"place of an attacker": [
		`${MINIMAL}attacks:\n  - kind: sybil\n    place: here\n`,
		"walk.yaml:6:5: attacks[0].place: expected one of next-to-sink, busiest-route, leaf, or the key node, " +
			'or the keys x and y, found "here"',
	],
	"no topology": ["name: walk\n", "walk.yaml:1:1: missing key topology; expected keys and values"],
	"no kind": [
		"name: walk\ntopology:\n  nodes: 3\n",
		"walk.yaml:2:1: topology: missing key topology.kind; expected the name of a topology",
	],
	"empty section": [
		`${MINIMAL}channel:\n`,
		"walk.yaml:4:1: channel: expected keys and values, found nothing",
	],
	"channel out of range": [
		`${MINIMAL}channel:\n  number: 27\n`,
		"walk.yaml:5:3: channel.number: expected an integer from 11 to 26, found 27",
	],
	"misspelt word": [
		`${MINIMAL}radio:\n  profile: cc2430\n`,
		'walk.yaml:5:3: radio.profile: expected one of cc2420, at86rf233, nrf52840, esp32-c6, found "cc2430"; ' +
			"did you mean cc2420?",
	],
	"power that the chip does not have": [
		`${MINIMAL}radio:\n  profile: cc2420\n  txPowerDbm: 3\n`,
		"walk.yaml:6:3: radio.txPowerDbm: expected -25 to 0 dBm for cc2420, found 3",
	],
	"the first of two faults": [
		"name: walk\nsinks: [1, 1]\ntopology:\n  kind: grid\nseed: -1\n",
		"walk.yaml:2:1: sinks: expected one of corner, centre, none, or a list of different integers of at least 0, " +
			"found [1,1]",
	],
	"sink that does not exist": [
		"name: walk\ntopology: { kind: grid, nodes: 4 }\nsinks: [1, 4]\n",
		"walk.yaml:3:1: sinks: expected node numbers below 4, found 4",
	],
	"traffic to nobody": [
		`${MINIMAL}sinks: none\ntraffic:\n  - kind: periodic\n`,
		"walk.yaml:6:5: traffic[0].to: expected sinks to send to, found a scenario without any",
	],
	"fault in the second traffic": [
		`${MINIMAL}traffic:\n  - kind: periodic\n  - kind: burst\n    gapS: soon\n`,
		'walk.yaml:7:5: traffic[1].gapS: expected a number of at least 0, found "soon"',
	],
	"payload larger than a packet": [
		`${MINIMAL}traffic:\n  - kind: periodic\n    payloadBytes: 1233\n`,
		"walk.yaml:6:5: traffic[0].payloadBytes: expected at most 1232, as node.maxPacketBytes is 1280, found 1233",
	],
	"no such context": [
		`${MINIMAL}node:\n  contexts:\n    16: 2001:db8::/64\n`,
		"walk.yaml:6:5: node.contexts.16: unknown key; expected a context number from 0 to 15",
	],
	"prefix that is none": [
		`${MINIMAL}node:\n  prefix: 2001:db8::1::/64\n`,
		'walk.yaml:5:3: node.prefix: expected an IPv6 prefix such as 2001:db8::/64, found "2001:db8::1::/64"',
	],
	"backoff exponents the wrong way round": [
		`${MINIMAL}node: { csma: { minBe: 6 } }\n`,
		"walk.yaml:4:17: node.csma.minBe: expected at most maxBe, which is 5, found 6",
	],
	"field without room": [
		"name: walk\ntopology: { kind: uniform, widthM: 9, heightM: 9, minDistanceM: 8 }\n",
		"walk.yaml:2:51: topology.minDistanceM: expected room for 25 nodes in 9 m x 9 m, found 8, " +
			"which leaves no place for node 2",
	],
	"clusters without a sink": [
		`${MINIMAL}election: { kind: direct }\nsinks: none\n`,
		"walk.yaml:5:1: sinks: expected one sink, as election.kind asks for clusters, found none",
	],
	"clusters with two sinks": [
		`${MINIMAL}election: { kind: direct }\nsinks: [0, 1]\n`,
		"walk.yaml:5:1: sinks: expected one sink, as election.kind asks for clusters, found 2",
	],
	"clusters with other traffic than readings": [
		`${MINIMAL}election: { kind: direct }\ntraffic:\n  - kind: readings\n  - kind: periodic\n`,
		"walk.yaml:7:5: traffic[1].kind: expected readings, all that clusters carry, as election.kind asks for them, " +
			'found "periodic"',
	],
	"clusters without routable addresses": [
		`${MINIMAL}election: { kind: direct }\nnode: { prefix: null }\n`,
		"walk.yaml:5:9: node.prefix: expected a prefix, as heads send to the sink over several hops, found null",
	],
	"clusters that ask for addresses": [
		`${MINIMAL}election: { kind: direct }\nnode: { addressResolution: discovery }\n`,
		"walk.yaml:5:9: node.addressResolution: expected derived, as nobody answers while clusters sleep, " +
			'found "discovery"',
	],
	"an election that asks for a formula where frames are real": [
		`${MINIMAL}election: { kind: deec }\n`,
		"walk.yaml:4:1: election.lifetimeRounds: expected a number of rounds, as there is no formula for it here, found null",
	],
	"an election that needs to know more than it is told": [
		`${MINIMAL}fidelity: rounds\nelection: { kind: cross }\nrounds: { omniscience: false }\n`,
		"walk.yaml:5:1: election: cross: expected a simulation that lets nodes know the whole network (omniscience), " +
			"found none",
	],
	"slots that no frame fits into": [
		`${MINIMAL}election: { kind: direct }\ncluster: { slotMs: 2 }\n`,
		"walk.yaml:5:12: cluster.slotMs: expected at least 5.44, which the longest frame and its acknowledgement take, " +
			"found 2",
	],
	"more slots than a round has room for": [
		`${MINIMAL}election: { kind: direct }\ncluster: { roundS: 2, sections: 16, slotsPerSection: 16, sinkSlots: 8, slotMs: 10,\n` +
			"  syncMs: 60, receiptMs: 120, electionMs: 120, joinMs: 150, forwardMs: 800 }\n",
		"walk.yaml:5:12: cluster.roundS: expected at least 4.01, as election, 264 slots of 10 ms and forwarding take so " +
			"long, found 2",
	],
	"deaths of heads without clusters": [
		`${MINIMAL}lifecycle: { deaths: { among: heads } }\n`,
		"walk.yaml:4:24: lifecycle.deaths.among: expected somebody else than heads in a scenario whose election.kind is " +
			"none, found heads",
	],
	"missing file": [
		"name: walk\ntopology:\n  kind: positions\n  file: places.txt\n",
		"walk.yaml:4:3: topology.file: expected a file, found none at places.txt",
	],
	"missing module": [
		"name: walk\ntopology:\n  kind: ./mine.mjs\n",
		"walk.yaml:3:3: topology.kind: expected a module, found none at mine.mjs",
	],
	text: ["just a line\n", 'walk.yaml:1:1: expected a scenario, found "just a line"'],
	nothing: ["", "walk.yaml:1:1: expected a scenario, found nothing"],
	"key that JavaScript reserves": [
		`${MINIMAL}radio: { __proto__: { profile: cc2420 } }\n`,
		"walk.yaml:4:10: radio.__proto__: unknown key; expected one of profile, txPowerDbm",
	],
	"tag that YAML does not know": [
		"name: !!js/function f\n",
		"walk.yaml:1:7: expected YAML, found a fault: Unresolved tag: tag:yaml.org,2002:js/function",
	],
	"alias to itself": [
		"name: walk\ntopology: &x { kind: grid, nodes: *x }\n",
		"walk.yaml: expected YAML, found a fault: an alias to what it is part of",
	],
	"the same number twice as a key": [
		`${MINIMAL}node:\n  contexts: { 0: "2001:db8::/64", "0": "fd00::/64" }\n`,
		"walk.yaml:5:35: expected YAML, found a fault: Map keys must be unique",
	],
	"key twice": [
		"name: walk\nname: run\n",
		"walk.yaml:2:1: expected YAML, found a fault: Map keys must be unique",
	],
};

for (const [name, [text, line]] of Object.entries(FAULTS)) {
	test(`fault: ${name}`, async (t) => {
		const exitCode = name.startsWith("missing ") ? 3 : 2;
		t.is(await failure(t, { [FILE]: text }), `[${exitCode}] ${line}`);
	});
}

test("a missing scenario, and a name that none bears", async (t) => {
	const path = join(await folder(t, {}), "none.yaml");
	await t.throwsAsync(loadScenario(path), {
		instanceOf: UserError,
		message: `${path}: expected a file, found none`,
	});
	await t.throwsAsync(loadScenario("grid-one-hob"), {
		instanceOf: UserError,
		message: /^grid-one-hob: unknown scenario; expected one of .*; did you mean grid-one-hop\?$/,
	});
});

test("faults in a file that the scenario names carry its own line", async (t) => {
	const scenario = "name: walk\ntopology:\n  kind: links\n  file: links.txt\n";
	const line =
		"links.txt:2: expected two different node numbers and at most one reception ratio from 0 to 1, found `3 3`";
	t.is(await failure(t, { [FILE]: scenario, "links.txt": "0 1\n3 3\n" }), `[2] ${line}`);
	const both = `${scenario}  links: [[0, 1]]\n`;
	t.is(
		await failure(t, { [FILE]: both, "links.txt": "0 1\n" }),
		"[2] walk.yaml:5:3: topology.links: expected either a file or links, found both",
	);
});

test("modules: what is wrong with them", async (t) => {
	const scenario = "name: walk\ntopology:\n  kind: mine.mjs\n";
	const load = (module: string) => failure(t, { [FILE]: scenario, "mine.mjs": module });
	const place = "[2] walk.yaml:3:3: topology.kind: expected";
	t.is(
		await load("export const a = 1;"),
		`${place} an export \`topology\` with name, options and create(), found none`,
	);
	t.is(
		await load("export const topology = { name: 'mine' };"),
		`${place} an export \`topology\` with name, options and create(), found another shape`,
	);
	t.is(
		await load("throw new Error('not today');"),
		`${place} a module that loads, found Error: not today at mine.mjs:1`,
	);
	const mine = (options: string) =>
		`export const topology = { name: "mine", options: ${options}, create() { throw new Error("no"); } };`;
	t.is(await load(mine("{ a: {} }")), `${place} option a to be a JSON Schema with a default`);
	t.is(
		await load(mine("{ kind: { default: 1 } }")),
		`${place} options with other names than kind, which scenarios use`,
	);
	t.regex(
		await load(mine("{ a: { type: 'colour', default: 1 } }")),
		/expected options with valid JSON Schemas/,
	);
	t.regex(await load(mine("{}")), /^\[1\] mine\.mjs:1:\d+: the module threw Error: no$/);
});

test("--set: takes YAML values, and errors name it", async (t) => {
	const files = { [FILE]: MINIMAL };
	const set = (...assignments: string[]) => failure(t, files, { set: assignments });
	t.is(
		await set("topology.nodez=9"),
		"[2] --set topology.nodez: unknown key; expected one of nodes, spacingM, jitterM; did you mean nodes?",
	);
	t.is(
		await set("topology.nodes=-5"),
		"[2] --set topology.nodes: expected an integer of at least 1, found -5",
	);
	t.is(
		await set("topology={kind: grid, nodes: 0}"),
		"[2] --set topology: topology.nodes: expected an integer of at least 1, found 0",
	);
	t.is(await set("topology.nodes"), "[2] --set topology.nodes: expected path=value");
	t.is(await set("traffic..x=1"), "[2] --set traffic..x: expected a path such as traffic[0].periodS");
	t.is(await set("name.x=1"), '[2] --set name.x: expected keys and values in name, found "walk"');
	t.regex(await set("sinks=[1"), /^\[2\] --set sinks: expected a YAML value, found a fault: /);
	t.is(
		await set("traffic=[{kind: periodic}]", "traffic[1].periodS=1"),
		"[2] --set traffic[1].periodS: expected a number below 1 in traffic, found 1",
	);
	t.regex(await set("__proto__.polluted=1"), /^\[2\] --set __proto__\.polluted: __proto__: unknown key/);
	t.false("polluted" in {});
	t.is(await failure(t, files, { seed: 1.5 }), "[2] --seed: expected an integer of at least 0, found 1.5");
	// A later setting holds, and what the file says wrongly is still the file's fault.
	t.is(await set("topology.nodes=-5", "topology.nodes=4"), "loaded");
	t.is(
		await failure(t, { [FILE]: "name: walk\ntopology: { kind: grid, nodez: 9 }\n" }, { set: ["seed=3"] }),
		"[2] walk.yaml:2:25: topology.nodez: unknown key; expected one of nodes, spacingM, jitterM; did you mean nodes?",
	);
});

test("any value anywhere loads or is refused in one line", async (t) => {
	const files = { [FILE]: `${MINIMAL}traffic:\n  - kind: periodic\n  - kind: readings\n` };
	const paths = [
		...[
			"name",
			"seed",
			"durationS",
			"topology",
			"topology.kind",
			"topology.nodes",
			"topology.file",
			"channel",
		],
		...[
			"channel.propagation",
			"channel.propagation.exponent",
			"radio.profile",
			"node.contexts",
			"node.prefix",
		],
		...[
			"node.contexts.3",
			"node.csma.minBe",
			"reassembly",
			"reassembly.policy",
			"sinks",
			"sinks[0]",
			"traffic",
		],
		...["traffic[0]", "traffic[0].from", "traffic[0].to", "traffic[1].periodS", "battery.capacityJ", "x.y.z"],
	];
	const directory = await folder(t, files);
	const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.integer({ min: -2, max: 50 }), fc.double());
	await fc.assert(
		fc.asyncProperty(fc.constantFrom(...paths), value, async (path, any) => {
			try {
				await loadScenario(join(directory, FILE), { set: [`${path}=${JSON.stringify(any)}`] });
			} catch (error) {
				t.true(error instanceof UserError, `${path}: ${error}`);
				t.regex((error as UserError).message, /^(--set [^\n]+|[^\n]+:[0-9]+:[0-9]+): [^\n]+$/);
			}
		}),
		{ numRuns: 500 },
	);
});

test("an alias gives values of its own", async (t) => {
	const text = `${MINIMAL}traffic:\n  - &flow { kind: periodic, payloadBytes: 99 }\n  - *flow\n`;
	const directory = await folder(t, { [FILE]: text });
	const { scenario } = await loadScenario(join(directory, FILE), { set: ["traffic[0].periodS=3"] });
	t.deepEqual(
		scenario.traffic.map((flow) => [flow["payloadBytes"], flow["periodS"]]),
		[
			[99, 3],
			[99, 10],
		],
	);
});

test("--set and --seed change the scenario that is loaded", async (t) => {
	const directory = await folder(t, { [FILE]: `${MINIMAL}traffic:\n  - kind: periodic\n` });
	const { scenario } = await loadScenario(join(directory, FILE), {
		seed: 77,
		set: ["topology.nodes=9", "traffic[0].from=[1, 2]", "channel.propagation.exponent=2.5", "seed=3"],
	});
	t.is(scenario.seed, 77);
	t.is(scenario.topology["nodes"], 9);
	t.deepEqual(scenario.traffic[0]!["from"], [1, 2]);
	t.is(scenario.channel.propagation["exponent"], 2.5);
	t.is(scenario.channel.propagation["referenceLossDb"], 40.2);
});
