import test from "ava";
import { UserError } from "../../host-tools/errors.js";
import { runScenario } from "../../host-tools/run/run.js";
import { loadText } from "./support/run-text.js";

/** Two senders that overlap at the sink: enough for a policy to decide something. */
const SCENARIO = `
name: own-modules
durationS: 20
topology: { kind: links, links: [[0, 1], [0, 2], [1, 2]] }
reassembly: { policy: ./my-policy.mjs, shortest: 300 }
sinks: [0]
traffic:
  - { kind: periodic, from: [1], periodS: 1, to: sink, payloadBytes: 200 }
  - { kind: periodic, from: [2], periodS: 1, to: sink, payloadBytes: 500 }
`;

/** Admits packets from a length on, and refuses all others for a reason of its own. */
const POLICY = `
export const policy = {
	name: "my-policy",
	options: { shortest: { type: "integer", minimum: 0, default: 0, description: "Octets" } },
	create: ({ shortest }) => ({
		name: "my-policy",
		completedMemoryUs: 1e6,
		matches: (context, fragment) =>
			context.tag === fragment.tag && context.source.equals(fragment.source),
		admit: (fragment) => (fragment.size < shortest ? "too-short-for-me" : undefined),
		charge: (fragment) => fragment.size,
		evict: () => undefined,
		judge: (context, fragment, relation) => (relation === "new" ? "store" : "ignore"),
		isComplete: (context) => context.storedBytes === context.size,
		deadlineUs: (context) => context.openedUs + 500000,
	}),
};
`;

test("a reassembly policy of the user's own decides, and its decisions are visible", async (t) => {
	const loaded = await loadText(t, SCENARIO, { "my-policy.mjs": POLICY });
	t.is(loaded.modules.policy.name, "my-policy");
	const { summary } = runScenario(loaded);
	const { datagrams, reassembly } = summary;
	t.is(datagrams.sent, 40);
	t.is(datagrams.delivered, 20, "the long ones");
	t.true(reassembly.refused["too-short-for-me"]! >= 40, "both fragments or more of each short one");
	t.is(datagrams.lost["too-short-for-me"], 20);
	t.is(reassembly.peakBytes, 548, "charged by its size");
	// The same module with its default admits both.
	const all = await loadText(t, SCENARIO.replace(", shortest: 300", ""), { "my-policy.mjs": POLICY });
	t.is(runScenario(all).summary.datagrams.delivered, 40);
});

const TOPOLOGY = `
export const topology = {
	name: "ring",
	options: { nodes: { type: "integer", minimum: 3, default: 8, description: "Nodes" } },
	create: ({ nodes }, seed) => {
		const angle = (i) => (2 * Math.PI * (i + seed)) / nodes;
		return {
			nodes,
			positions: {
				x: Float64Array.from({ length: nodes }, (_, i) => 50 * Math.cos(angle(i))),
				y: Float64Array.from({ length: nodes }, (_, i) => 50 * Math.sin(angle(i))),
			},
			links: undefined,
		};
	},
};
`;
const PROPAGATION = `
export const propagation = {
	name: "wall",
	options: { reachM: { type: "number", minimum: 0, default: 10, description: "Metres" } },
	create: ({ reachM }) => ({
		maxRangeM: Infinity,
		lossDb: (distanceM) => (distanceM < reachM ? 60 : 200),
		leastLossDb: (distanceM) => (distanceM < reachM ? 60 : 200),
	}),
};
`;
const TRAFFIC = `
export const traffic = {
	name: "relay-race",
	options: { laps: { type: "integer", minimum: 1, default: 1, description: "Rounds" } },
	start: ({ laps }, context) => {
		for (let i = 0; i < laps * context.nodes; i++) {
			const node = i % context.nodes;
			context.at(node, (i + 1) * 100000, () => context.send(node, (node + 1) % context.nodes, 40));
		}
	},
};
`;

test("topology, propagation and traffic of the user's own", async (t) => {
	const loaded = await loadText(
		t,
		`
name: ring
durationS: 5
topology: { kind: ./topology.mjs, nodes: 12 }
channel: { propagation: { kind: propagation.mjs, reachM: 40 } }
sinks: none
traffic: [{ kind: ./traffic.mjs, laps: 2 }]
`,
		{ "topology.mjs": TOPOLOGY, "propagation.mjs": PROPAGATION, "traffic.mjs": TRAFFIC },
	);
	const { summary, simulation } = runScenario(loaded);
	t.is(summary.nodes, 12);
	t.is(summary.datagrams.sent, 24);
	t.is(summary.datagrams.delivered, 24);
	// Neighbours on the ring are 25.9 m apart, the next but one 50 m.
	const { links } = simulation.world;
	t.deepEqual(
		Array.from({ length: 12 }, (_, i) => links.start[i + 1]! - links.start[i]!),
		new Array<number>(12).fill(2),
	);
});

for (const [what, file, text, message] of [
	[
		"is missing",
		"elsewhere.mjs",
		"",
		/reassembly\.policy: expected a module, found none at \/[^\n]*\/my-policy\.mjs/,
	],
	[
		"does not load",
		"my-policy.mjs",
		"export const policy = ;",
		/expected a module that loads, found SyntaxError/,
	],
	[
		"throws",
		"my-policy.mjs",
		"throw new Error('not today');",
		/expected a module that loads, found Error: not today/,
	],
	[
		"exports nothing",
		"my-policy.mjs",
		"export const x = 1;",
		/expected an export `policy` with .*, found none/,
	],
	[
		"has another shape",
		"my-policy.mjs",
		"export const policy = 7;",
		/expected an export `policy` .*, found another shape/,
	],
	[
		"takes a name that scenarios use",
		"my-policy.mjs",
		"export const policy = { name: 'x', create() {}, options: { budgetBytes: { default: 1 } } };",
		/expected options with other names than budgetBytes/,
	],
] as const) {
	test(`a module that ${what} is refused in one line`, async (t) => {
		const error = await t.throwsAsync(loadText(t, SCENARIO, { [file]: text }), { instanceOf: UserError });
		t.regex(error.message, message);
		t.regex(error.message, /test\.yaml:5:15: /, "with its place");
		t.false(error.message.includes("\n"));
	});
}

test("a traffic model that makes a mistake is told which", async (t) => {
	const faulty = (body: string): string =>
		`export const traffic = { name: "faulty", options: {}, start: (_, context) => { ${body} } };`;
	for (const [body, message] of [
		["context.at(0, NaN, () => {})", /at: expected timeUs .* got NaN/],
		["context.at(0, 1.5, () => {})", /at: expected timeUs .* got 1\.5/],
		["context.at(9, 1, () => {})", /at: expected node from 0 to 1, got 9/],
		["context.at(0, 1, () => context.send(0, 5, 40))", /send: expected to from 0 to 1, got 5/],
		["context.at(0, 1, () => context.send(-1, 0, 40))", /send: expected from from 0 to 1, got -1/],
		[
			"context.at(0, 1, () => context.send(0, 1, 4000))",
			/send: expected payloadBytes from 16 to 1232, got 4000/,
		],
		["context.at(0, 1, () => context.send(0, 1, 3))", /send: expected payloadBytes from 16 to 1232, got 3/],
	] as const) {
		const yaml =
			"name: faulty\ndurationS: 1\ntopology: { kind: links, links: [[0, 1]] }\ntraffic: [{ kind: t.mjs }]\n";
		const loaded = await loadText(t, yaml, { "t.mjs": faulty(body) });
		t.throws(() => runScenario(loaded), { message });
	}
});

test("a traffic model that lets a dead node send sends nothing", async (t) => {
	const body = "for (let s = 1; s < 40; s++) context.at(1, s * 1e6, () => context.send(0, 1, 40));";
	const loaded = await loadText(
		t,
		`
name: dead-sender
durationS: 40
topology: { kind: links, links: [[0, 1]] }
sinks: none
traffic: [{ kind: t.mjs }]
`,
		{ "t.mjs": `export const traffic = { name: "t", options: {}, start: (_, context) => { ${body} } };` },
	);
	const { summary } = runScenario(loaded, {
		prepare: (simulation) => simulation.at(0, 10_500_000, () => simulation.kill(0, "test")),
	});
	t.is(summary.datagrams.sent, 10);
	t.is(summary.datagrams.delivered, 10);
	t.is(summary.died, 1);
});
