import test from "ava";
import { UserError } from "../../../host-tools/errors.js";
import { runScenario } from "../../../host-tools/run/run.js";
import { scenarioYaml } from "../../../host-tools/scenario/dump.js";
import { loadScenario } from "../../../host-tools/scenario/load.js";
import { loadText, runText } from "../support/run-text.js";

/** A line: sink 0, then 1, 2, 3; 3 is a leaf, 1 passes on for most. */
const LINE = `
name: line
durationS: 20
topology: { kind: line, nodes: 4, spacingM: 30 }
channel: { propagation: { kind: log-distance, maxRangeM: 45 } }
sinks: [0]
traffic: [{ kind: periodic, periodS: 2, payloadBytes: 300 }]
`;

/** Attacks as the log tells them: radio, victim and node in whose name. */
async function planned(t: Parameters<typeof loadText>[0], yaml: string, attacks: string) {
	const found: { radio: number; victim: number; spoofed: number; x: number; control: string }[] = [];
	const places = new Map<number, number>();
	const heard = new Map<number, number[]>();
	const { simulation } = await runText(t, `${yaml}\nattacks: ${attacks}`, [], {
		sinks: [
			{
				nodePlaced: (_timeUs, node, x, _y, role) => {
					if (role === "attacker") places.set(node, x);
				},
				attackPlanned: (_timeUs, radio, _entry, _kind, victim, spoofed, control) =>
					void found.push({ radio, victim, spoofed, x: places.get(radio)!, control }),
				frameReceived: (_timeUs, node, from, rssiDbm) => {
					if (from >= 4) heard.set(node, [...(heard.get(node) ?? []), rssiDbm]);
				},
			},
		],
	});
	return { found, heard, simulation };
}

test("attackers stand where they are placed, and attack the nearest node that reassembles", async (t) => {
	const attacks =
		"[{kind: fragn-flood}, {kind: fragn-flood, place: busiest-route}, {kind: fragn-flood, place: leaf}, " +
		"{kind: fragn-flood, place: {node: 2}, attackers: 2}, {kind: fragn-flood, place: {x: 50, y: 5}, control: true}, " +
		"{kind: fragn-flood, place: leaf, victim: 0, txPowerDbm: 0}]";
	const { found, simulation } = await planned(t, LINE, attacks);
	t.deepEqual(
		found.map(({ radio, victim, spoofed }) => [radio, victim, spoofed]),
		[
			[4, 0, 1],
			[5, 1, 2],
			// Node 3 passes nothing on: the next one that does is 2.
			[6, 2, 3],
			[7, 2, 3],
			[8, 2, 3],
			[9, 2, 3],
			[10, 0, 1],
		],
	);
	for (const [i, x] of [0, 30, 90, 60, 60, 50, 90].entries())
		t.true(Math.abs(found[i]!.x - x) <= 3, `${found[i]!.x} and ${x}`);
	t.deepEqual(found.map(({ control }) => control).join(), ",,,,,airtime,");
	// They are no part of any route.
	t.deepEqual([...simulation.world.paths.next.slice(0, 4)], [-1, 0, 1, 2]);
	t.is(simulation.nodes, 4);
});

test("no route leads over an attacker, however good its links", async (t) => {
	// The nodes hardly hear each other, then not at all; the attacker stands half-way.
	const yaml = `
name: gap
durationS: 5
topology: { kind: line, nodes: 2, spacingM: 95 }
sinks: [0]
`;
	const attack = "[{kind: fragn-flood, place: {x: 47, y: 0}, victim: 0, txPowerDbm: 8}]";
	const { simulation } = await planned(t, yaml, attack);
	t.deepEqual([...simulation.world.paths.next.slice(0, 2)], [-1, 0]);
	const far = await planned(t, yaml.replace("95", "120"), attack.replace("47", "60"));
	t.is(far.simulation.world.paths.next[1], -1, "no way at all");
});

test("the victim hears an attacker as loud as the neighbour whose name it uses", async (t) => {
	const { heard } = await planned(t, LINE, "[{kind: buffer-reservation, ratePerS: 20}]");
	// 40.2 dB and 30 dB a decade, over 30 m.
	const expected = -40.2 - 30 * Math.log10(30);
	const levels = heard.get(0)!;
	t.true(levels.length > 200);
	for (const level of levels) t.true(Math.abs(level - expected) <= 1, `${level} and ${expected}`);
	t.deepEqual([...heard.keys()], [0], "and nobody else does: it stands beside the sink, and whispers");
});

test("an attacker hears what its radio receives, and nothing else", async (t) => {
	const module = `
export const attack = {
	name: "ear",
	options: { note: { type: "string", default: "" } },
	create: (options, context) => {
		globalThis.heardByEar = [];
		context.hear((frame) => {
			globalThis.heardByEar.push([frame.header.source.low, context.nowUs() - frame.endUs, frame.rssiDbm]);
			if (frame.isUnicast && frame.header.source.low === 4 && context.mayStrike())
				context.send(frame.psdu.slice());
		});
	},
};`;
	const yaml = `${LINE}\nattacks: [{ kind: ./ear.mjs, place: leaf, txPowerDbm: -40 }]`;
	const loaded = await loadText(t, yaml, { "ear.mjs": module });
	t.is(loaded.modules.attacks[0]!.name, "ear");
	t.is(
		(loaded.scenario.attacks[0] as { identity?: string }).identity,
		"spoofed",
		"common keys have defaults",
	);
	const { lab } = runScenario(loaded);
	const heard = (globalThis as unknown as { heardByEar: [number, number, number][] }).heardByEar;
	// Beside node 3 (address 4) it hears that, and 2 (address 3) at 30 m; 1 and 0 are out of its range. Immediate
	// acknowledgements bear no address.
	t.deepEqual([...new Set(heard.map(([source]) => source))].sort(), [0, 3, 4]);
	t.true(heard.every(([, lateUs]) => lateUs === 0));
	t.true(lab!.onAir.frames > 5);
	// The scenario loads again from its dump.
	t.regex(scenarioYaml(loaded, "/elsewhere"), /kind: .*ear\.mjs/);
});

test("a captured relay's radio swallows frames, and its MAC believes that they were acknowledged", async (t) => {
	const yaml = LINE.replace("sinks:", "reassembly: { policy: rfc4944, budgetBytes: 100000 }\nsinks:");
	for (const fragment of ["last", "first", "random"]) {
		const attack = `{ kind: selective-forwarding, fragment: ${fragment}, ratePerS: 1000 }`;
		const { summary } = await runText(t, `${yaml}\nattacks: [${attack}]`);
		// Node 1 is captured: its own datagrams arrive, those of 2 and 3 do not, and no MAC gives anything up.
		t.is(summary.datagrams.delivered, 10, fragment);
		t.is(summary.datagrams.sent, 30);
		t.is(summary.frames.macDropped, 0);
	}
});

test("links that are listed: an attacker has those of the node beside which it stands", async (t) => {
	const yaml = `
name: listed
durationS: 20
topology: { kind: links, links: [[0, 1], [1, 2]] }
sinks: [0]
reassembly: { policy: rfc4944 }
traffic: [{ kind: periodic, periodS: 2, payloadBytes: 300 }]
attacks: [{ kind: buffer-reservation, ratePerS: 50 }]
`;
	const { summary, lab } = await runText(t, yaml);
	t.true(summary.deliveryRatio < 0.2);
	t.deepEqual(lab!.victims, [0]);
	const loaded = await loadText(t, yaml);
	const { links } = runScenario(loaded).simulation.world;
	t.deepEqual([...links.to.slice(links.start[3]!, links.start[4]!)], [0, 1]);
});

for (const [attack, message] of [
	[
		"{kind: buffer-reservations}",
		/attacks\[0\]\.kind: unknown attack; expected one of .*did you mean buffer-reservation\?/,
	],
	[
		"{kind: fragn-flood, rate: 3}",
		/attacks\[0\]\.rate: unknown key; expected one of attackers, place, .*ratePerS/,
	],
	["{kind: fragn-flood, ratePerS: 0}", /attacks\[0\]\.ratePerS: expected a number above 0/],
	["{kind: fragn-flood, place: nowhere}", /attacks\[0\]\.place: expected/],
	[
		"{kind: fragn-flood, place: {node: 4}}",
		/attacks\[0\]\.place\.node: expected node numbers below 4, found 4/,
	],
	["{kind: fragn-flood, victim: 9}", /attacks\[0\]\.victim: expected node numbers below 4, found 9/],
	[
		"{kind: fragn-flood, txPowerDbm: 29}",
		/attacks\[0\]\.txPowerDbm: expected -40 to 8 dBm for nrf52840, found 29/,
	],
	[
		"{kind: fragn-flood, startS: 5, stopS: 4}",
		/attacks\[0\]\.stopS: expected at least startS, which is 5, found 4/,
	],
	[
		"{kind: blackhole-head}",
		/attacks\[0\]\.kind: expected a scenario with an election for blackhole-head, found none/,
	],
	["{kind: sybil, identities: 0}", /attacks\[0\]\.identities: expected an integer/],
	["{kind: ./missing.mjs}", /attacks\[0\]\.kind: expected a module, found none/],
] as const) {
	test(`refused in one line: ${attack}`, async (t) => {
		const error = await t.throwsAsync(loadText(t, `${LINE}attacks: [${attack}]\n`), {
			instanceOf: UserError,
		});
		t.regex(error.message, message);
		t.regex(error.message, /test\.yaml:8:\d+: /, "with its place");
	});
}

test("a place that the network does not have is told in one line", async (t) => {
	const yaml = `${LINE.replace("sinks: [0]", "sinks: none").replace(/traffic.*/, "")}attacks: [{ kind: fragn-flood }]\n`;
	const error = await t.throwsAsync(runText(t, yaml), { instanceOf: UserError });
	t.regex(error.message, /attacks\[0\]\.place: expected a scenario with sinks/);
});

test("lab-25 without attacks has no laboratory's figures", async (t) => {
	const quiet = runScenario(await loadScenario("lab-25", { set: ["durationS=5", "attacks=[]"] }));
	t.is(quiet.lab, undefined);
});
