import test, { type ExecutionContext } from "ava";
import { completeSink } from "../../firmware/events.js";
import { hostCipher, hostDigest } from "../../host-tools/crypto.js";
import { loadScenario } from "../../host-tools/scenario/load.js";
import { CHIP_LIMITS, type XsLimits, type XsStats } from "../../host-tools/xs/limits.js";
import { RemoteMote } from "../../host-tools/xs/remote-mote.js";
import { SIM_EVENTS } from "../../sim/events.js";
import { Simulation } from "../../sim/simulation.js";
import { hasChipSlots, startXs } from "./support/machines.js";
import { WatchedMachine } from "./support/watched-machine.js";

/** A network in which a node has 32 neighbours, and all that a node can be at once. */
const CLUSTERED = [
	"topology.nodes=33",
	"topology.widthM=90",
	"topology.heightM=90",
	"node.neighbours=32",
	"reassembly.policy=predictive-csm-keyed",
	"attacks=[{kind: blackhole-head, startS: 10}, {kind: bad-mouthing, says: receipts, startS: 10}," +
		" {kind: framing, ratePerS: 5, startS: 10}, {kind: sybil-volunteers, startS: 10}, {kind: hello-flood, startS: 10}]",
];

/** Shares of the chip's memory that a node may need at most, and keys. */
interface Budget {
	readonly chunks: number;
	readonly slots: number;
	readonly stack: number;
	readonly keys: number;
}

interface Watched {
	readonly stats: XsStats;
	readonly machine: WatchedMachine;
}

/** What the chip has, less what a board may need for more than its node. */
const SPARING: Partial<XsLimits> = {
	...(hasChipSlots ? { chunkBytes: Math.floor(0.6 * CHIP_LIMITS.chunkBytes) } : {}),
	slots: Math.floor(0.6 * CHIP_LIMITS.slots),
	stackSlots: Math.floor(0.7 * CHIP_LIMITS.stackSlots),
};

/** Runs a scenario in `stretches` equal parts with some of its nodes on XS, in the memory of the chip unless told otherwise. */
async function watch(
	t: ExecutionContext,
	name: string,
	set: readonly string[],
	nodes: readonly number[],
	stretches: number,
	limits: Partial<XsLimits> = {},
): Promise<Map<number, Watched> | undefined> {
	const { scenario, modules } = await loadScenario(name, { set });
	const xs = await startXs(t, { modules: ["test/xs/machine/mote"], asChip: true });
	if (!xs) return undefined;
	const machines = new Map<number, WatchedMachine>();
	const ends: string[] = [];
	const simulation = new Simulation(scenario, modules, {
		sink: completeSink(SIM_EVENTS, {}),
		cipher: hostCipher,
		digest: hostDigest,
		outsiders: [],
		moteElsewhere: (plan, ports) => {
			if (!nodes.includes(plan.id)) return undefined;
			const machine = new WatchedMachine(xs, plan.id, limits);
			machines.set(plan.id, machine);
			return new RemoteMote(plan, ports, machine, (reason) => ends.push(`node ${plan.id}: ${reason}`));
		},
	});
	for (let i = 1; i <= stretches; i++) {
		if (i > 1) for (const machine of machines.values()) machine.begin();
		simulation.run(Math.round((simulation.durationUs * i) / stretches));
	}
	t.deepEqual(ends, [], "no machine ended before its time");
	const watched = new Map<number, Watched>();
	for (const [node, machine] of machines) watched.set(node, { machine, stats: xs.collect(node) });
	return watched;
}

function hold(t: ExecutionContext, who: string, { stats, machine }: Watched, budget: Budget): void {
	const chunks = Math.max(stats.chunks.livePeak, ...machine.stretches.map(({ chunkBytes }) => chunkBytes));
	const slots = Math.max(stats.slots.livePeak, ...machine.stretches.map((live) => live.slots));
	const share = (part: number, whole: number): string => `${part} (${Math.round((100 * part) / whole)} %)`;
	t.log(
		`${who}: live ${stats.chunks.live} octets, ${stats.slots.live} slots; peak ` +
			`${share(chunks, CHIP_LIMITS.chunkBytes)} octets, ${share(slots, CHIP_LIMITS.slots)} slots, ` +
			`stack ${share(stats.stack.peak, CHIP_LIMITS.stackSlots)}, keys ${stats.keys.peak}`,
	);
	t.true(slots <= budget.slots * CHIP_LIMITS.slots, `${who}: ${slots} slots`);
	t.true(stats.stack.peak <= budget.stack * CHIP_LIMITS.stackSlots, `${who}: stack ${stats.stack.peak}`);
	t.true(stats.keys.peak <= budget.keys, `${who}: ${stats.keys.peak} keys`);
	if (hasChipSlots) t.true(chunks <= budget.chunks * CHIP_LIMITS.chunkBytes, `${who}: ${chunks} octets`);
}

/** The most that lived in the last quarter is no more than in the one after the first, but for what happens by chance. */
function growsNot(t: ExecutionContext, who: string, { machine: { stretches } }: Watched): void {
	const [, second, , last] = stretches;
	t.true(last!.slots <= second!.slots * 1.05, `${who}: ${second!.slots} slots, then ${last!.slots}`);
	t.true(
		last!.chunkBytes <= second!.chunkBytes * 1.05,
		`${who}: ${second!.chunkBytes} octets, then ${last!.chunkBytes}`,
	);
}

test("an hour under five attacks at once: a clustered node and its sink keep to their memory, and need no more at the end", async (t) => {
	t.timeout(300_000);
	const watched = await watch(t, "cluster-field", [...CLUSTERED, "durationS=3600"], [0, 6], 4);
	if (watched === undefined) return;
	hold(t, "member and head", watched.get(0)!, { chunks: 0.35, slots: 0.8, stack: 0.7, keys: 8 });
	hold(t, "sink of clusters", watched.get(6)!, { chunks: 0.35, slots: 0.8, stack: 0.7, keys: 8 });
	for (const [node, one] of watched) growsNot(t, `node ${node}`, one);
});

test("routers of the laboratory and its sink run in 60 % of the chip's memory and 70 % of its stack while fragments are forged beside them", async (t) => {
	const set = ["durationS=60", "reassembly.policy=predictive-csm-keyed", "node.routing.kind=gradient"];
	const watched = await watch(
		t,
		"lab-25",
		[...set, "attacks[0].kind=early-injection"],
		[0, 1, 6],
		1,
		SPARING,
	);
	if (watched === undefined) return;
	hold(t, "sink", watched.get(0)!, { chunks: 0.4, slots: 0.6, stack: 0.7, keys: 8 });
	hold(t, "router beside the sink", watched.get(1)!, { chunks: 0.4, slots: 0.6, stack: 0.7, keys: 8 });
	hold(t, "router", watched.get(6)!, { chunks: 0.4, slots: 0.6, stack: 0.7, keys: 8 });
});
