import test from "ava";
import { ENERGY_PROFILES, txCurrentMa } from "../../sim/energy/profiles.js";
import { nodesOf } from "./support/nodes-of.js";
import { runText } from "./support/run-text.js";

/** Watches look again at least this late. */
const RESOLUTION_US = 1000;
const VOLTAGE_V = 3;

test("an idle node dies when its receiver has used the battery up", async (t) => {
	const { rxMa } = ENERGY_PROFILES.nrf52840;
	const capacityJ = 0.5;
	const deaths: [number, number, string][] = [];
	const { summary, simulation } = await runText(
		t,
		`
name: idle
durationS: 40
topology: { kind: links, links: [[0, 1]] }
battery: { capacityJ: ${capacityJ}, voltageV: ${VOLTAGE_V} }
radio: { profile: nrf52840 }
sinks: none
`,
		[],
		{ sinks: [{ nodeDied: (timeUs, node, cause) => deaths.push([timeUs, node, cause]) }] },
	);
	const expectedUs = (capacityJ / ((rxMa * VOLTAGE_V) / 1000)) * 1e6;
	t.deepEqual(
		deaths.map(([, node, cause]) => [node, cause]),
		[
			[0, "battery"],
			[1, "battery"],
		],
	);
	for (const [timeUs] of deaths)
		t.true(
			timeUs >= expectedUs - 1 && timeUs <= expectedUs + 2 * RESOLUTION_US,
			`${timeUs}, not ${expectedUs}`,
		);
	t.is(summary.died, 2);
	// A dead node uses nothing: the energy told is that of its battery, but for the resolution.
	const perNodeMj = summary.energyMj.total / 2;
	t.true(perNodeMj >= capacityJ * 1000 - 1e-6 && perNodeMj < capacityJ * 1000 * 1.001, `${perNodeMj} mJ`);
	t.is(simulation.world.transceivers.states.mode(0), 0);
});

test("a node that sends dies sooner, as much as sending costs", async (t) => {
	const profile = ENERGY_PROFILES["esp32-c6"];
	const deaths: number[] = [];
	const { simulation } = await runText(
		t,
		`
name: busy
durationS: 60
topology: { kind: links, links: [[0, 1]] }
battery: { capacityJ: 4 }
radio: { profile: esp32-c6, txPowerDbm: 20 }
sinks: none
traffic: [{ kind: periodic, from: [0], to: 1, periodS: 0.05, phase: aligned, payloadBytes: 64 }]
`,
		[],
		{ sinks: [{ nodeDied: (timeUs, node) => (deaths[node] = timeUs) }] },
	);
	const { states } = simulation.world.transceivers;
	const txMw = txCurrentMa(profile, 20) * VOLTAGE_V;
	const rxMw = profile.rxMa * VOLTAGE_V;
	t.true(deaths[0]! < deaths[1]!, `${deaths}`);
	for (const node of [0, 1]) {
		// Times of the states up to the death, at the powers of the data sheet, with the CPU's part.
		const cpuUj = ((states.handled(node) * 16_000) / profile.cpuMhz / 1000) * profile.cpuMa * VOLTAGE_V;
		const usedUj = (states.txUs(node) * txMw + states.onUs(node) * rxMw) / 1000 + cpuUj;
		t.true(usedUj >= 4e6 && usedUj < 4e6 + (2 * (RESOLUTION_US * txMw)) / 1000 + 500, `${usedUj} uJ`);
	}
});

test("nothing is received from a node that has died, and its memory is given back", async (t) => {
	let diedUs = Number.POSITIVE_INFINITY;
	const late: string[] = [];
	const sentByDead: number[] = [];
	// The path in the middle dies while it forwards: contexts open, packets queued.
	const { summary, simulation } = await runText(
		t,
		`
name: forwarder
durationS: 30
topology: { kind: links, links: [[0, 1], [1, 2], [2, 3]] }
radio: { profile: esp32-c6, txPowerDbm: 20 }
battery: { capacityJ: 2.5 }
reassembly: { policy: rfc4944, timeoutS: 1 }
sinks: [0]
traffic: [{ kind: poisson, ratePerS: 8, to: sink, payloadBytes: 900 }]
`,
		[],
		{
			sinks: [
				{
					nodeDied: (timeUs, node) => {
						if (node === 1) diedUs = timeUs;
					},
					frameOnAir: (timeUs, node) => {
						if (node === 1 && timeUs > diedUs) sentByDead.push(timeUs);
					},
					frameReceived: (timeUs, node, from) => {
						// What was on the air when it died still ends in the others' ears.
						if ((from === 1 || node === 1) && timeUs > diedUs + 4256) late.push(`${timeUs} ${from}>${node}`);
					},
					datagramDelivered: (timeUs, node) => {
						if (timeUs > diedUs + 4256 && node === 0) late.push(`${timeUs} delivered`);
					},
				},
			],
		},
	);
	t.true(diedUs < 30e6);
	t.deepEqual(late, []);
	t.deepEqual(sentByDead, []);
	t.true(summary.datagrams.delivered > 0);
	const { pool } = simulation.world.workspace;
	for (const node of nodesOf(simulation)) {
		t.is(node.reassembler.bytesInUse, 0);
		t.is(node.outbox.length, 0);
	}
	t.is(pool.lent, 0, "every buffer is back");
});

for (const [sinks, election, dies] of [
	["auto", "none", true],
	["battery", "none", true],
	["mains", "none", false],
	["auto", "direct", false],
	["battery", "direct", true],
] as const) {
	test(`sinks fed from ${sinks}, election ${election}: the sink ${dies ? "dies" : "lives"}`, async (t) => {
		const died: number[] = [];
		const { simulation } = await runText(
			t,
			`
name: power
durationS: 60
topology: { kind: grid, nodes: 2, spacingM: 10 }
battery: { capacityJ: 0.5, sinks: ${sinks} }
election: { kind: ${election} }
`,
			["sinks=[1]"],
			{ sinks: [{ nodeDied: (_timeUs, node) => died.push(node) }] },
		);
		t.is(died.includes(1), dies);
		if (!dies) t.is(nodesOf(simulation)[1]?.ports.battery.level(), 255);
	});
}
