import { Session } from "node:inspector";
import { runScenario } from "../run/run.js";
import { loadWorkload } from "./packet-run.js";
import { type CpuProfile, type Interval, splitTime, type TimeSplit, united } from "./time-split.js";

/** A run of workload A under the profiler. */
export interface ProfileJob {
	readonly kind: "profile";
	readonly nodes: number;
	readonly durationS: number;
}

/** Where the time of a run went, start-up left out. */
export interface ProfileSample extends TimeSplit {
	readonly frames: number;
	readonly wallS: number;
	/** Samples that the profiler took. */
	readonly samples: number;
}

const INTERVAL_US = 500;
/** Kept of the functions. */
const MOST_FUNCTIONS = 40;
/** Under these the engine tells when it compiles, in events whose names begin so. */
const TRACE_CATEGORIES = ["v8", "disabled-by-default-v8.compile"];
const COMPILER =
	/^V8\.(Compile|Optimize|Maglev|Finalize(?!GC)|Parse|Deoptimize|InstallOptimized|MarkCandidates)/;
/** What only the thread that runs the profiler tells. */
const OWN_EVENT = "CpuProfiler::StartProfiling";

/** An event of the engine's trace. */
interface TraceEvent {
	readonly name: string;
	readonly tid: number;
	/** Microseconds on the profiler's clock. */
	readonly ts: number;
	readonly dur?: number;
}

/** Measures one run under the profiler; to be called in a process of its own. */
export async function profilePackets(job: ProfileJob): Promise<ProfileSample> {
	const loaded = await loadWorkload(job.nodes, job.durationS, []);
	const session = new Session();
	session.connect();
	const events: TraceEvent[] = [];
	session.on("NodeTracing.dataCollected", ({ params }) => {
		events.push(...(params.value as unknown as TraceEvent[]));
	});
	const traced = new Promise<void>((resolve) => session.once("NodeTracing.tracingComplete", () => resolve()));
	session.post("Profiler.enable");
	session.post("Profiler.setSamplingInterval", { interval: INTERVAL_US });
	const outcome = runScenario(loaded, {
		prepare: () => {
			session.post("NodeTracing.start", { traceConfig: { includedCategories: TRACE_CATEGORIES } });
			session.post("Profiler.start");
		},
	});
	const profile = await stop(session);
	session.post("NodeTracing.stop");
	await traced;
	const { parts, functions } = splitTime(profile, united(compilingIn(events)));
	const { frames } = outcome.summary;
	return {
		frames: frames.data + frames.acks,
		wallS: outcome.wallS,
		samples: profile.samples?.length ?? 0,
		parts,
		functions: functions.slice(0, MOST_FUNCTIONS),
	};
}

/** When the thread of the run compiled; others compile in the background, beside it. */
function compilingIn(events: readonly TraceEvent[]): Interval[] {
	const own = events.find(({ name }) => name === OWN_EVENT)?.tid;
	return events
		.filter(({ name, tid }) => tid === own && COMPILER.test(name))
		.map(({ ts, dur = 0 }) => ({ fromUs: ts, toUs: ts + dur }));
}

function stop(session: Session): Promise<CpuProfile> {
	return new Promise((resolve, reject) => {
		session.post("Profiler.stop", (error, { profile }) =>
			error === null ? resolve(profile) : reject(error),
		);
	});
}
