import test, { type ExecutionContext } from "ava";
import type { RunOutcome } from "../../../host-tools/run/run.js";
import type { SimSink } from "../../../sim/events.js";
import type { ClusterSummary } from "../../../sim/measure/cluster-metrics.js";
import { ELECTIONS } from "../../../sim/opponents/elections/index.js";
import { logHash } from "../support/log-hash.js";
import { loadText, runText } from "../support/run-text.js";

/** A field of some two hops, with clocks that drift and links that are not all good. */
const FIELD = `
name: field
durationS: 600
topology: { kind: uniform, nodes: 24, widthM: 110, heightM: 110, minDistanceM: 8 }
channel: { propagation: { kind: log-distance, exponent: 3, shadowingDb: 2 } }
radio: { profile: nrf52840, txPowerDbm: 0 }
node: { clockDriftPpm: 40 }
reassembly: { policy: predictive-csm-keyed }
election: { kind: game }
cluster: { radiusM: 35, roundsPerElection: 3 }
battery: { capacityJ: 10 }
sinks: centre
traffic: [{ kind: readings, periodS: 20 }]
`;

async function clusterOf(
	t: ExecutionContext,
	set: readonly string[],
	sink: Partial<SimSink> = {},
): Promise<{ readonly cluster: ClusterSummary; readonly outcome: RunOutcome }> {
	const outcome = await runText(t, FIELD, set, { sinks: [sink] });
	return { cluster: outcome.cluster!, outcome };
}

/** Every reading that was accepted arrived, was given up with a reason, or is with its node still. */
function accountsForAll(t: ExecutionContext, { readings }: ClusterSummary): void {
	const given = Object.values(readings.abandoned).reduce((sum, count) => sum + count, 0);
	t.is(readings.unaccounted, 0);
	t.is(readings.twice, 0);
	t.is(readings.foreign, 0);
	t.is(readings.accepted, readings.arrived + given + readings.kept);
}

test("in a clean field nearly all readings arrive, heads rotate, and radios are off most of the time", async (t) => {
	const heads = new Set<number>();
	const { cluster, outcome } = await clusterOf(t, ["durationS=1200"], {
		roleTaken: (_timeUs, node, _round, role) => {
			if (role === "head") heads.add(node);
		},
	});
	accountsForAll(t, cluster);
	t.true(cluster.readings.deliveryRatio >= 0.99, `${cluster.readings.deliveryRatio}`);
	t.true(cluster.covered.uncovered + cluster.covered.orphaned < 0.05);
	t.true(heads.size >= 8, `${heads.size} led`);
	t.true(cluster.dutyCycle < 0.03, `${cluster.dutyCycle}`);
	// Aggregated datagrams are too large for one frame.
	t.true(outcome.summary.reassembly.completed > 20);
	const { states } = outcome.simulation.world.transceivers;
	const [sink] = outcome.simulation.sinks;
	const durationUs = 1200e6;
	t.true(states.onUs(sink!) + states.txUs(sink!) > 0.99 * durationUs, "a sink never sleeps");
});

test("listening in elections is what the phases last, and no node's own affair", async (t) => {
	const { cluster } = await clusterOf(t, []);
	const { electionMj } = cluster.control;
	// 10 elections of 650 ms, of 23 nodes whose receiver draws 19.6 mW; those who sleep through JOINs save up to 150 ms.
	const mostMj = 10 * 23 * 0.7 * 6.53 * 3;
	t.true(electionMj < mostMj && electionMj > 0.6 * mostMj, `${electionMj} of ${mostMj}`);
	const { octets } = cluster.control;
	for (const kind of ["sync", "advertisement", "join", "schedule", "receipt"] as const)
		t.true(octets[kind] > 0);
});

const TROUBLE: Readonly<Record<string, readonly string[]>> = {
	"losses on the air": ["channel.prr=0.85"],
	"links that fade": ["channel.fading={deviationDb: 4, coherenceS: 5}"],
	"reboots and late joiners": [
		"lifecycle={reboots: {ratePerHour: 12, downS: 5}, lateJoiners: {count: 4, fromS: 60, toS: 300}}",
	],
	"heads that die": ["lifecycle={deaths: {ratePerRound: 0.05, among: heads}}"],
	"small buffers": ["cluster.bufferedReadings=2", "channel.prr=0.8"],
	"batteries that run out": ["battery.capacityJ=0.35", "durationS=900"],
	"all of it": [
		"channel.prr=0.9",
		"lifecycle={reboots: {ratePerHour: 12, downS: 5}, lateJoiners: {count: 4, fromS: 60, toS: 300}, " +
			"deaths: {ratePerRound: 0.02, among: heads}}",
	],
};

for (const [name, set] of Object.entries(TROUBLE)) {
	test(`nothing is lost without a word: ${name}`, async (t) => {
		const { cluster } = await clusterOf(t, set);
		accountsForAll(t, cluster);
		t.true(cluster.readings.accepted > 300);
		t.true(cluster.readings.arrived > 0.7 * cluster.readings.accepted, JSON.stringify(cluster.readings));
	});
}

test("only heads die where only heads may, and their members find others", async (t) => {
	const roles: string[] = [];
	const died: string[] = [];
	const { cluster } = await clusterOf(t, ["lifecycle={deaths: {ratePerRound: 0.1, among: heads}}"], {
		roleTaken: (_timeUs, node, _round, role) => {
			roles[node] = role;
		},
		nodeDied: (_timeUs, node) => died.push(roles[node] ?? "none"),
	});
	t.true(died.length >= 3, `${died.length}`);
	t.true(died.every((role) => role === "head"));
	t.true(cluster.covered.uncovered + cluster.covered.orphaned < 0.15, JSON.stringify(cluster.covered));
});

test("same seed, same log, with clocks that drift and nodes that come and go; another drift, another log", async (t) => {
	const set = [
		"durationS=200",
		"lifecycle={reboots: {count: 3}, lateJoiners: {count: 2, toS: 100}, deaths: {count: 2}}",
	];
	const loaded = await loadText(t, FIELD, {}, set);
	const hash = logHash(loaded);
	t.is(logHash(loaded), hash);
	t.not(logHash(await loadText(t, FIELD, {}, [...set, "node.clockDriftPpm=0"])), hash);
});

const SMALL: Readonly<Record<string, readonly string[]>> = {
	"one node, the sink": ["topology={kind: line, nodes: 1}"],
	"two nodes": ["topology={kind: line, nodes: 2, spacingM: 20}"],
	"a node that hears nobody": [
		"topology={kind: links, links: [[0, 1], [0, 2], [1, 2], [3, 4]]}",
		"sinks=[0]",
	],
	"batteries that hold next to nothing": [
		"topology={kind: grid, nodes: 5, spacingM: 15}",
		"battery.capacityJ=0.02",
	],
	"all alike": [
		"topology={kind: grid, nodes: 9, spacingM: 12}",
		"battery.capacityJ=null",
		"node.clockDriftPpm=0",
	],
};

for (const election of ELECTIONS.keys()) {
	// On the air there is no formula for how long charge lasts.
	const options = election === "deec" ? ", lifetimeRounds: 100" : "";
	test(`${election}: small and odd networks`, async (t) => {
		for (const [name, set] of Object.entries(SMALL)) {
			const { cluster, outcome } = await clusterOf(t, [
				`election={kind: ${election}${options}}`,
				"durationS=150",
				...set,
			]);
			accountsForAll(t, cluster);
			t.is(outcome.summary.simulatedS, 150, name);
			if (name === "two nodes" || name === "all alike")
				t.true(cluster.readings.deliveryRatio > 0.9, `${name}: ${cluster.readings.deliveryRatio}`);
		}
	});
}

test("stopAt lnd ends a life when it is over, and the sink outlives it", async (t) => {
	const set = ["battery.capacityJ=0.15", "durationS=100000", "stopAt=lnd"];
	const { cluster, outcome } = await clusterOf(t, set);
	const { lifetime, charge } = cluster;
	t.is(outcome.summary.died, 23);
	t.is(lifetime.lndS, outcome.summary.simulatedS);
	t.true(lifetime.fndS! < lifetime.hndS! && lifetime.hndS! < lifetime.lndS!);
	t.true(charge.midLife!.mean > 0.3 && charge.midLife!.mean < 0.8);
	t.true(charge.fnd!.mean < charge.midLife!.mean);
	accountsForAll(t, cluster);
});
