import type { ExecutionContext } from "ava";
import type { EventType } from "../../../firmware/events.js";
import { Recorder } from "../../../host-tools/run/recorder.js";
import { type RunOutcome, runScenario } from "../../../host-tools/run/run.js";
import { type LoadedScenario, loadScenario } from "../../../host-tools/scenario/load.js";
import type { XsMotes } from "../../../host-tools/xs/xs-motes.js";
import { SIM_EVENTS, type SimSink } from "../../../sim/events.js";

/** What came of a run: the hash of its event log, and how often each event came, with what it says of its kind. */
export interface Logged {
	readonly hash: string;
	readonly counts: ReadonlyMap<string, number>;
	readonly outcome: RunOutcome;
}

/** Runs a scenario that ships, with `set` as for `--set`, on this engine but for `xs`. */
export async function logged(name: string, set: readonly string[], xs?: XsMotes): Promise<Logged> {
	return loggedRun(await loadScenario(name, { set }), xs);
}

/** Runs a scenario on this engine but for `xs`. */
export function loggedRun(loaded: LoadedScenario, xs?: XsMotes): Logged {
	const recorder = new Recorder(loaded, { directory: undefined, tap: false, metadata: {} });
	const counts = new Map<string, number>();
	const sinks = [...recorder.sinks, counting(counts)];
	const outcome = runScenario(loaded, xs === undefined ? { sinks } : { sinks, xs });
	return { hash: recorder.finish(), counts, outcome };
}

/** Asserts that a log came out as on this engine, and that something came to pass worth comparing. */
export function same(t: ExecutionContext, xs: Logged, v8: Logged, events: readonly string[] = []): void {
	for (const { node, died } of xs.outcome.xs ?? []) t.is(died, null, `node ${node}`);
	for (const event of events) t.true((v8.counts.get(event) ?? 0) > 0, `${event} came`);
	t.deepEqual([...xs.counts], [...v8.counts]);
	t.is(xs.hash, v8.hash);
}

/** Counts events by name, and those with a text at their end by that too. */
function counting(counts: Map<string, number>): Partial<SimSink> {
	const count = (key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);
	const sink: Record<string, (...fields: unknown[]) => void> = {};
	for (const [name, { fields }] of Object.entries<EventType>(SIM_EVENTS)) {
		const text = fields.map(([, kind]) => kind).lastIndexOf("text");
		sink[name] = (...values) => count(text < 0 || name === "runStarted" ? name : `${name} ${values[text]}`);
	}
	return sink as Partial<SimSink>;
}
