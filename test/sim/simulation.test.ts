import test from "ava";
import { runScenario } from "../../host-tools/run/run.js";
import { loadScenario } from "../../host-tools/scenario/load.js";
import { loadText, runText } from "./support/run-text.js";

test("radios account for every microsecond, whatever the nodes do", async (t) => {
	for (const name of ["multi-hop", "first-network", "star"]) {
		const { simulation } = runScenario(await loadScenario(name, { set: ["durationS=40"] }));
		const { states } = simulation.world.transceivers;
		for (let node = 0; node < simulation.nodes; node++) {
			// No shipped node sleeps once it has started; until then it is off.
			const off = 40e6 - states.onUs(node) - states.txUs(node);
			t.true(
				off >= 0 && off <= simulation.scenario.start.spreadS * 1e6,
				`${name}, node ${node}: off for ${off} us`,
			);
			t.true(Number.isInteger(off));
			t.true(states.rxUs(node) <= states.onUs(node));
		}
	}
});

test("nodes that switch on while others send hear what comes after, the same on any channel", async (t) => {
	const summaries = [];
	// 26 is what a radio is tuned to before it starts: all others are tuned to while frames are in the air.
	for (const channel of [26, 11]) {
		const loaded = await loadScenario("first-network", {
			set: [
				"start.spreadS=10",
				`channel.number=${channel}`,
				"durationS=60",
				"node.routing.beaconPeriodS=0.2",
			],
		});
		const { summary, simulation } = runScenario(loaded);
		t.true(summary.datagrams.sent > 20 && summary.deliveryRatio > 0.9);
		const { air } = simulation.world.transceivers;
		for (let id = 0; id < simulation.nodes; id++) t.true(air.powerMw(id) >= 0, "no energy is negative");
		summaries.push(summary);
	}
	t.deepEqual(summaries[0], summaries[1]);
});

test("every context and buffer is given back once time-outs are over", async (t) => {
	const { summary, simulation } = await runText(
		t,
		`
name: leak-check
durationS: 60
topology: { kind: grid, nodes: 25, spacingM: 30 }
channel: { propagation: { kind: log-distance, maxRangeM: 45, shadowingDb: 6 } }
node: { queueLength: 2 }
reassembly: { policy: rfc4944, timeoutS: 3 }
traffic: [{ kind: burst, count: 4, gapS: 0.01, periodS: 10, to: sink, payloadBytes: 1000, stopS: 50 }]
`,
	);
	t.true(summary.reassembly.timedOut > 0 && summary.datagrams.delivered > 0);
	t.is(summary.reassembly.open, 0);
	t.is(simulation.world.workspace.pool.lent, 0);
});

test("datagrams are named apart: no two of a long run share a name", async (t) => {
	const seen = new Set<number>();
	let sent = 0;
	const loaded = await loadScenario("grid-one-hop", { set: ["topology.nodes=200", "durationS=120"] });
	runScenario(loaded, {
		sinks: [
			{
				datagramSent: (_timeUs, _node, ident) => {
					sent++;
					seen.add(ident);
				},
			},
		],
	});
	// 32 bits: the chance that two of 2,300 agree is 0.06 %, and the seed is fixed.
	t.is(seen.size, sent);
	t.true(sent > 2000);
});

test("the log tells of start, places, energy and end, once each", async (t) => {
	const counts: Record<string, number> = {};
	const note = (name: string): void => {
		counts[name] = (counts[name] ?? 0) + 1;
	};
	const roles: string[] = [];
	const loaded = await loadText(
		t,
		"name: log\ndurationS: 2\ntopology: { kind: line, nodes: 3, spacingM: 20 }\nsinks: [1]\n",
	);
	const { summary } = runScenario(loaded, {
		outsiders: [{ x: 5, y: 5, txPowerDbm: 0 }],
		sinks: [
			{
				runStarted: (_timeUs, scenario, seed, fidelity, nodes) => {
					note("runStarted");
					t.deepEqual([seed, fidelity, nodes], [1, "packets", 3]);
					t.deepEqual(JSON.parse(scenario), loaded.scenario);
				},
				nodePlaced: (_timeUs, _node, _x, _y, role) => roles.push(role),
				nodeEnergy: () => note("nodeEnergy"),
				runEnded: (timeUs) => {
					note("runEnded");
					t.is(timeUs, 2e6);
				},
			},
		],
	});
	t.deepEqual(roles, ["node", "sink", "node", "outsider"]);
	t.deepEqual(counts, { runStarted: 1, nodeEnergy: 3, runEnded: 1 });
	t.is(summary.simulatedS, 2);
});

test("an outsider is heard by nodes, and is no target of theirs", async (t) => {
	const heard: number[] = [];
	const loaded = await loadText(
		t,
		`
name: outsider
durationS: 3
topology: { kind: line, nodes: 2, spacingM: 20 }
traffic: [{ kind: periodic, periodS: 0.2, to: neighbour }]
`,
	);
	const { summary } = runScenario(loaded, {
		outsiders: [{ x: 10, y: 0, txPowerDbm: 0 }],
		prepare: (simulation) => {
			const radio = simulation.world.outsiders[0]!;
			t.is(simulation.world.outsiders.length, 1);
			radio.transmit(
				Uint8Array.of(0x01, 0x08, 1, 0xff, 0xff, 0xff, 0xff, 7, 0, 0),
				{ cca: false, atUs: 5 },
				{ transmitted: () => {} },
			);
		},
		sinks: [
			{
				frameReceived: (_timeUs, node, from) => {
					if (from === 2) heard.push(node);
				},
			},
		],
	});
	t.deepEqual(heard, [0, 1]);
	t.is(summary.datagrams.delivered, summary.datagrams.sent);
	t.is(summary.nodes, 2);
});

test("a sink or route that the topology cannot have is refused with its name", async (t) => {
	const yaml = "name: bad\ntopology: { kind: line, nodes: 3, spacingM: 20 }\nsinks: [7]\n";
	await t.throwsAsync(async () => runScenario(await loadText(t, yaml)), { message: /sinks/ });
});
