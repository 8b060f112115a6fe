import process from "node:process";
import { GCProfiler, getHeapSpaceStatistics, queryObjects } from "node:v8";
import { tee } from "../../../firmware/events.js";
import { hostCipher, hostDigest } from "../../../host-tools/crypto.js";
import { loadScenario } from "../../../host-tools/scenario/load.js";
import { SIM_EVENTS } from "../../../sim/events.js";
import { Simulation } from "../../../sim/simulation.js";
import type { RunCosts } from "./run-costs.js";

// A program of its own, for flags of the engine that make its counts exact: see `measureRunCosts`.

/** Long enough that every table of a node has been made, and that what the first datagrams ask for is known. */
const WARM_S = 80;
const SPAN_S = 100;
const NODES = 49;
/** Two sizes of network, so that what does not grow with it cancels out. */
const FEW = 64;
const MANY = 256;
const LIVE_S = 20;

const collect = (globalThis as unknown as { gc: () => void }).gc;

interface Started {
	readonly simulation: Simulation;
	/** Data frames and acknowledgements so far. */
	frames(): number;
}

async function start(nodes: number, policy: string): Promise<Started> {
	const set = [`topology.nodes=${nodes}`, `durationS=${WARM_S + SPAN_S}`, `reassembly.policy=${policy}`];
	const { scenario, modules } = await loadScenario("grid-one-hop", { set });
	let frames = 0;
	const sink = tee(SIM_EVENTS, [{ frameOnAir: () => void frames++ }]);
	const options = { sink, cipher: hostCipher, digest: hostDigest, outsiders: [] };
	return { simulation: new Simulation(scenario, modules, options), frames: () => frames };
}

function heldBytes(): number {
	const { heapUsed, external } = process.memoryUsage();
	return heapUsed + external;
}

/**
 * Octets of young objects and of buffers. What is old is left out: the engine's own tables, which grow by a few
 * kilooctets whenever it likes.
 */
function allocatedBytes(): number {
	return getHeapSpaceStatistics()
		.filter(({ space_name }) => space_name.startsWith("new_"))
		.reduce((sum, { space_used_size }) => sum + space_used_size, process.memoryUsage().external);
}

function liveObjects(): number {
	return queryObjects(Object, { format: "count" });
}

async function countFrames(policy: string): Promise<Omit<RunCosts, "liveBytesPerNode">> {
	const { simulation, frames } = await start(NODES, policy);
	const { queue } = simulation.world;
	simulation.run(WARM_S * 1e6);
	// The first query makes objects of its own.
	liveObjects();
	const objects = liveObjects();
	const framesBefore = frames();
	const eventsBefore = queue.processed;
	collect();
	const collections = new GCProfiler();
	collections.start();
	const bytesBefore = allocatedBytes();
	simulation.run((WARM_S + SPAN_S) * 1e6);
	const bytes = allocatedBytes() - bytesBefore;
	if (collections.stop().statistics.length > 0) {
		throw new Error("expected room for all that is allocated, found garbage collected");
	}
	const count = frames() - framesBefore;
	return {
		frames: count,
		events: queue.processed - eventsBefore,
		allocatedBytesPerFrame: bytes / count,
		grownObjects: liveObjects() - objects,
	};
}

async function liveBytesPerNode(policy: string): Promise<number> {
	const live: number[] = [];
	const kept: Simulation[] = [];
	for (const nodes of [FEW, MANY]) {
		collect();
		const before = heldBytes();
		const { simulation } = await start(nodes, policy);
		simulation.run(LIVE_S * 1e6);
		kept.push(simulation);
		collect();
		live.push(heldBytes() - before);
	}
	return (live[1]! - live[0]!) / (MANY - FEW);
}

const policy = process.argv[2]!;
const costs: RunCosts = {
	...(await countFrames(policy)),
	liveBytesPerNode: await liveBytesPerNode(policy),
};
process.stdout.write(JSON.stringify(costs));
