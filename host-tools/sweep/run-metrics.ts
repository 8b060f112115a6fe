import type { RoundsRunSummary } from "../run/rounds-summary.js";
import type { RunSummary } from "../run/summary.js";
import type { WormRunSummary } from "../run/worm-summary.js";

/** Numbers of a run by dotted name, such as `latencyMs.p95`; null where the run gives none. */
export type RunMetrics = Readonly<Record<string, number | null>>;

/** What tells of the machine, or names the run or its nodes, and is no result. */
const NO_RESULT: ReadonlySet<string> = new Set([
	"scenario",
	"seed",
	"fidelity",
	"election",
	"wallS",
	"framesPerS",
	"eventsPerS",
	"peakRssMb",
	"eventLogSha256",
	"lab.victims",
]);

/** Metrics that say nothing when a count is 0, as the latency of what never arrived does not. */
const NEEDS_COUNT: readonly (readonly [metric: RegExp, count: string])[] = [
	[/^deliveryRatio$/, "datagrams.sent"],
	[/^cluster\.readings\.(deliveryRatio|latencyMs\.)/, "cluster.readings.arrived"],
	[/^(lab\.)?(latencyMs|hops|energyPerByte)\./, "datagrams.delivered"],
];

/** All numbers of a summary but those that depend on the machine. */
export function metricsOf(summary: RunSummary | RoundsRunSummary | WormRunSummary): RunMetrics {
	const metrics: Record<string, number | null> = {};
	// What only an attack or clusters are measured by is unknown without one, not 0.
	const whole = summary.fidelity === "packets" ? { lab: null, cluster: null, ...summary } : summary;
	for (const [key, value] of Object.entries(whole)) flatten(key, value, metrics);
	for (const name of Object.keys(metrics)) {
		const needed = NEEDS_COUNT.find(([metric]) => metric.test(name));
		if (needed !== undefined && metrics[needed[1]] === 0) metrics[name] = null;
	}
	return metrics;
}

function flatten(name: string, value: unknown, into: Record<string, number | null>): void {
	if (NO_RESULT.has(name)) return;
	if (value === null || (typeof value === "number" && !Number.isFinite(value))) into[name] = null;
	else if (typeof value === "number") into[name] = value;
	else if (Array.isArray(value)) {
		for (const [i, item] of value.entries()) flatten(`${name}[${i}]`, item, into);
	} else if (typeof value === "object") {
		for (const [key, inner] of Object.entries(value)) flatten(`${name}.${key}`, inner, into);
	}
}

/** The names of what holds a metric, innermost first: `a.b` and `a` for `a.b.c`. */
export function holdersOf(name: string): string[] {
	const holders: string[] = [];
	for (let at = name.length; ; ) {
		at = Math.max(name.lastIndexOf(".", at - 1), name.lastIndexOf("[", at - 1));
		if (at <= 0) return holders;
		holders.push(name.slice(0, at));
	}
}
