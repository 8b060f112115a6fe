import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { SIM_EVENTS, type SimSink } from "../../sim/events.js";
import { Recorder } from "../run/recorder.js";
import { type RunOutcome, runScenario } from "../run/run.js";
import { type LoadedScenario, loadScenario } from "../scenario/load.js";
import { LogWriter } from "../trace/log-writer.js";
import { SecondHalf } from "./second-half.js";

/**
 * What is kept of a run: `nothing`; `hash` as `--hash` does; `log` writes and hashes the event log alone; `folder`
 * does as `--out`, the frames included.
 */
export type Keeping = "nothing" | "hash" | "log" | "folder";

/** A run of workload A. */
export interface PacketJob {
	readonly kind: "packets";
	readonly nodes: number;
	readonly durationS: number;
	/** Simulated seconds of a run before, which is not counted; 0 for none. */
	readonly warmUpS: number;
	/** `path=value` each. */
	readonly set: readonly string[];
	readonly keeping: Keeping;
}

/** How a run of workload A went. */
export interface PacketSample {
	readonly frames: number;
	readonly events: number;
	/** Wall time of start-up (topology, links, nodes), and of the run without it. */
	readonly startS: number;
	readonly wallS: number;
	/** Frames a second of wall time over the second half of the simulated time. */
	readonly steadyFramesPerS: number;
	/** Live objects and buffers at the end, without what the process held before the run, divided by the nodes. */
	readonly bytesPerNode: number;
	/** The most memory that the process had. */
	readonly peakRssMb: number;
}

/** Frames a second of wall time over the whole run, data and acknowledgements. */
export const framesPerS = ({ frames, wallS }: PacketSample): number => frames / wallS;

/** Loads workload A, `grid-one-hop`. */
export function loadWorkload(
	nodes: number,
	durationS: number,
	set: readonly string[],
): Promise<LoadedScenario> {
	return loadScenario("grid-one-hop", {
		set: [`topology.nodes=${nodes}`, `durationS=${durationS}`, ...set],
	});
}

/** Measures one run; to be called in a process of its own. */
export async function measurePackets(job: PacketJob): Promise<PacketSample> {
	if (job.warmUpS > 0) runScenario(await loadWorkload(job.nodes, job.warmUpS, job.set));
	const loaded = await loadWorkload(job.nodes, job.durationS, job.set);
	collectGarbage();
	const before = memoryBytes();
	const { outcome, steadyFramesPerS, closingS } = runKeeping(loaded, job.keeping);
	const peakRssMb = process.resourceUsage().maxRSS / 1024;
	collectGarbage();
	const { summary, wallS, startS } = outcome;
	return {
		frames: summary.frames.data + summary.frames.acks,
		events: summary.events,
		startS,
		wallS: wallS + closingS,
		steadyFramesPerS,
		bytesPerNode: (memoryBytes() - before) / job.nodes,
		peakRssMb,
	};
}

interface KeptRun {
	readonly outcome: RunOutcome;
	readonly steadyFramesPerS: number;
	/** Wall time after the run until what is kept was complete. */
	readonly closingS: number;
}

function runKeeping(loaded: LoadedScenario, keeping: Keeping): KeptRun {
	const metadata = { scenario: loaded.scenario.name, seed: loaded.scenario.seed };
	if (keeping === "nothing") return record(loaded, { sinks: [], finish: () => {} });
	if (keeping === "hash")
		return record(loaded, new Recorder(loaded, { directory: undefined, tap: false, metadata }));
	const scratch = mkdtempSync(join(tmpdir(), "lowguard-bench-"));
	try {
		if (keeping === "folder") {
			return record(loaded, new Recorder(loaded, { directory: join(scratch, "run"), tap: false, metadata }));
		}
		const file = openSync(join(scratch, "events.cbor"), "wx");
		const write = (chunk: Uint8Array): void => {
			for (let at = 0; at < chunk.length; ) at += writeSync(file, chunk, at);
		};
		const log = new LogWriter(SIM_EVENTS, { hash: true, metadata, write });
		const kept = record(loaded, { sinks: [log.sink], finish: () => log.finish() });
		closeSync(file);
		return kept;
	} finally {
		rmSync(scratch, { recursive: true });
	}
}

function record(
	loaded: LoadedScenario,
	recorder: { readonly sinks: readonly Partial<SimSink>[]; finish(): void },
): KeptRun {
	const half = new SecondHalf();
	const outcome = runScenario(loaded, { sinks: recorder.sinks, onProgress: half.onProgress });
	const endedMs = performance.now();
	recorder.finish();
	const closingS = (performance.now() - endedMs) / 1000;
	return { outcome, steadyFramesPerS: half.framesPerS, closingS };
}

function collectGarbage(): void {
	(globalThis as { gc?: () => void }).gc?.();
}

/** Octets that live objects and their buffers take. */
function memoryBytes(): number {
	const { heapUsed, external } = process.memoryUsage();
	return heapUsed + external;
}
