import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import { parse } from "yaml";
import { scenarioYaml } from "../../host-tools/scenario/dump.js";
import { loadScenario, shippedScenarios } from "../../host-tools/scenario/load.js";
import { scenarioJsonSchema } from "../../sim/scenario/json-schema.js";
import { optionsOf } from "../../sim/scenario/scenario.js";
import { resolveSinks } from "../../sim/scenario/sinks.js";
import { READINGS } from "../../sim/traffic/index.js";

async function folder(t: ExecutionContext): Promise<string> {
	const directory = await mkdtemp(join(tmpdir(), "lowguard-shipped-"));
	t.teardown(() => rm(directory, { recursive: true }));
	return directory;
}

const SHIPPED = [
	"cluster-field",
	"cluster-lifetime",
	"cluster-rounds",
	"field-100",
	"first-network",
	"grid-one-hop",
	"hicss-direct",
	"lab-25",
	"leach-canonical",
	"multi-hop",
	"star",
	"worm-field",
];

test("these scenarios ship", async (t) => {
	t.deepEqual(await shippedScenarios(), SHIPPED);
});

for (const name of SHIPPED) {
	test(`${name}: loads, says what to expect, pleases the editor's schema, and loads again from its dump`, async (t) => {
		const loaded = await loadScenario(name);
		const { scenario, modules, text } = loaded;
		t.is(scenario.name, name);
		for (const heading of ["# Topology", "# Traffic", "# Expect"]) t.true(text.includes(heading), heading);
		const check = new Ajv2020({ strict: false }).compile(scenarioJsonSchema());
		t.true(check(parse(text)), JSON.stringify(check.errors));
		t.true(check(scenario), JSON.stringify(check.errors));
		t.is(modules.topology.name, scenario.topology.kind);
		t.is(modules.propagation.name, scenario.channel.propagation.kind);
		t.is(modules.policy.name, scenario.reassembly.policy);
		t.deepEqual(
			modules.traffic.map((model) => model?.name),
			scenario.traffic.map(({ kind }) => (kind === READINGS ? undefined : kind)),
		);
		const directory = await folder(t);
		const dump = scenarioYaml(loaded, directory);
		await writeFile(join(directory, "again.yaml"), dump);
		const again = await loadScenario(join(directory, "again.yaml"));
		t.is(JSON.stringify(again.scenario), JSON.stringify(scenario));
		t.is(scenarioYaml(again, directory), dump);
	});
}

test("star: the sink is in range of all, within 40 m", async (t) => {
	const { scenario, modules } = await loadScenario("star");
	const topology = modules.topology.create(optionsOf(scenario.topology), scenario.seed);
	const [sink] = resolveSinks(scenario.sinks, topology);
	const { x, y } = topology.positions;
	const farthestM = Math.max(...Array.from(x, (_, i) => Math.hypot(x[i]! - x[sink!]!, y[i]! - y[sink!]!)));
	t.true(farthestM <= 40.001 && farthestM > 39.9, `${farthestM}`);
});

test("the order of keys in a file does not matter", async (t) => {
	const directory = await folder(t);
	const one =
		"name: a\nseed: 4\ntopology: { kind: grid, nodes: 4, spacingM: 9 }\nsinks: none\nnode: { panId: 7, hopLimit: 9 }\n";
	const two =
		"node: { hopLimit: 9, panId: 7 }\nsinks: none\ntopology: { spacingM: 9, nodes: 4, kind: grid }\nseed: 4\nname: a\n";
	await writeFile(join(directory, "one.yaml"), one);
	await writeFile(join(directory, "two.yaml"), two);
	const [a, b] = await Promise.all(
		["one.yaml", "two.yaml"].map((file) => loadScenario(join(directory, file))),
	);
	t.is(JSON.stringify(a!.scenario), JSON.stringify(b!.scenario));
});

test("resolved scenarios load to themselves, whatever is set", async (t) => {
	const directory = await folder(t);
	const section = fc.record({
		nodes: fc.integer({ min: 2, max: 30 }),
		seed: fc.maxSafeNat(),
		exponent: fc.double({ min: 1.5, max: 8, noNaN: true }),
		noiseDbm: fc.double({ min: -150, max: -50, noNaN: true }),
		policy: fc.constantFrom("rfc4944", "riot", "contiki-ng", "openthread", "ns3"),
		prefix: fc.constantFrom("null", "fd00::/64"),
		description: fc.string(),
		traffic: fc.constantFrom(
			"[]",
			"[{kind: poisson, ratePerS: 0.3, to: 1}]",
			"[{kind: burst, from: [0, 1]}, {kind: readings}]",
		),
	});
	await fc.assert(
		fc.asyncProperty(section, async (values) => {
			const set = [
				`topology={kind: uniform, nodes: ${values.nodes}}`,
				`seed=${values.seed}`,
				`channel.propagation.exponent=${values.exponent}`,
				`channel.noiseDbm=${values.noiseDbm}`,
				`reassembly={policy: ${values.policy}}`,
				`node.prefix=${values.prefix}`,
				`description=${JSON.stringify(values.description)}`,
				`traffic=${values.traffic}`,
			];
			const loaded = await loadScenario("multi-hop", { set });
			const file = join(directory, "again.yaml");
			await writeFile(file, scenarioYaml(loaded, directory));
			t.deepEqual((await loadScenario(file)).scenario, loaded.scenario);
		}),
		{ numRuns: 40 },
	);
});

test("files are inlined, and the user's own modules found from wherever the dump lies", async (t) => {
	const directory = await folder(t);
	await mkdir(join(directory, "out"));
	await writeFile(join(directory, "places.txt"), "0 0\n30 0\n60 0\n");
	const modules: Readonly<Record<string, string>> = {
		policy: "create: () => ({ name: 'mine' })",
		propagation: "create: () => ({ lossDb: () => 70, leastLossDb: () => 70, maxRangeM: 99 })",
		traffic: "start() {}",
	};
	for (const [name, method] of Object.entries(modules)) {
		const body = `name: "mine-${name}", options: { depth: { type: "integer", minimum: 1, default: 7 } }, ${method}`;
		await writeFile(join(directory, `${name}.mjs`), `export const ${name} = { ${body} };\n`);
	}
	const text = [
		"name: own",
		"topology: { kind: positions, file: places.txt }",
		"channel: { propagation: { kind: ./propagation.mjs } }",
		"reassembly: { policy: policy.mjs, depth: 9 }",
		"traffic: [{ kind: traffic.mjs }]",
	];
	await writeFile(join(directory, "own.yaml"), text.join("\n"));
	const loaded = await loadScenario(join(directory, "own.yaml"));
	t.deepEqual(loaded.scenario.topology["positionsM"], [
		[0, 0],
		[30, 0],
		[60, 0],
	]);
	t.is(loaded.scenario.topology["file"], null);
	t.is(loaded.modules.propagation.name, "mine-propagation");
	t.is(loaded.modules.policy.name, "mine-policy");
	t.is(loaded.modules.traffic[0]?.name, "mine-traffic");
	t.deepEqual(optionsOf(loaded.scenario.reassembly), { depth: 9 });
	t.deepEqual(optionsOf(loaded.scenario.traffic[0]!), { depth: 7 });
	const out = join(directory, "out");
	await writeFile(join(out, "scenario.yaml"), scenarioYaml(loaded, out));
	const again = await loadScenario(join(out, "scenario.yaml"));
	t.deepEqual(again.scenario.topology, loaded.scenario.topology);
	t.is(again.scenario.reassembly.policy, "../policy.mjs");
	t.is(again.modules.policy, loaded.modules.policy);
	await t.throwsAsync(loadScenario(join(directory, "own.yaml"), { set: ["reassembly.depth=0"] }), {
		message: "--set reassembly.depth: expected an integer of at least 1, found 0",
	});
});
