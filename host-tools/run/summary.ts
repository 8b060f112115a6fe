import process from "node:process";
import type { LoadedScenario } from "../scenario/load.js";
import type { RunOutcome } from "./run.js";

/** The same numbers with at most six decimals, in whatever they are part of. */
export function rounded<T>(value: T): T {
	if (typeof value === "number") return round(value, 6) as T;
	if (Array.isArray(value)) return value.map(rounded) as T;
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, rounded(inner)])) as T;
}

/** A number with at most so many decimals. */
export function round(value: number, digits: number): number {
	return Number(value.toFixed(digits));
}

/** How many a second; 0 for a run that took no time. */
export function rate(count: number, wallS: number): number {
	return wallS > 0 ? Math.round(count / wallS) : 0;
}

/** The summary of a run as `--json` prints it; `eventLogSha256` is null when the log was not hashed. */
export function summaryOf(loaded: LoadedScenario, outcome: RunOutcome, eventLogSha256: string | null) {
	const { summary: s, wallS } = outcome;
	const { scenario } = loaded;
	const e = s.energyMj;
	return {
		scenario: scenario.name,
		seed: scenario.seed,
		fidelity: scenario.fidelity,
		nodes: s.nodes,
		simulatedS: s.simulatedS,
		wallS: round(wallS, 3),
		frames: s.frames,
		datagrams: s.datagrams,
		deliveryRatio: round(s.deliveryRatio, 6),
		latencyMs: {
			mean: round(s.latencyMs.mean, 3),
			p50: round(s.latencyMs.p50, 3),
			p95: round(s.latencyMs.p95, 3),
			max: round(s.latencyMs.max, 3),
		},
		hops: { mean: round(s.hops.mean, 3), max: s.hops.max },
		reassembly: s.reassembly,
		readings: s.readings,
		echoReplies: s.echoReplies,
		died: s.died,
		energyMj: {
			total: round(e.total, 3),
			meanPerNode: round(e.meanPerNode, 3),
			tx: round(e.tx, 3),
			rx: round(e.rx, 3),
			listen: round(e.listen, 3),
			sleep: round(e.sleep, 3),
			cpu: round(e.cpu, 3),
		},
		...(outcome.lab === undefined ? {} : { lab: rounded(outcome.lab) }),
		...(outcome.cluster === undefined ? {} : { cluster: rounded(outcome.cluster) }),
		...(outcome.xs === undefined ? {} : { xs: outcome.xs }),
		framesPerS: rate(s.frames.data + s.frames.acks, wallS),
		eventsPerS: rate(s.events, wallS),
		peakRssMb: round(process.resourceUsage().maxRSS / 1024, 1),
		eventLogSha256,
	};
}

export type RunSummary = ReturnType<typeof summaryOf>;
