import process from "node:process";
import type { LoadedScenario } from "../scenario/load.js";
import type { RoundsOutcome } from "./run-rounds.js";
import { rounded } from "./summary.js";

/** Significant digits of energies and variances, which are far below 1. */
const DIGITS = 6;

/** The summary of a run with `fidelity: rounds` as `--json` prints it; the hash is null when the log was not hashed. */
export function roundsSummaryOf(
	{ scenario }: LoadedScenario,
	{ summary: s, perRound, wallS, simulation }: RoundsOutcome,
	eventLogSha256: string | null,
) {
	return {
		scenario: scenario.name,
		seed: scenario.seed,
		fidelity: scenario.fidelity,
		election: scenario.election.kind,
		nodes: s.nodes,
		rounds: s.rounds,
		wallS: rounded(wallS),
		fnd: s.fnd,
		hnd: s.hnd,
		lnd: s.lnd,
		lndPerFnd: s.lndPerFnd === null ? null : rounded(s.lndPerFnd),
		packetsToSink: s.packetsToSink,
		readings: s.readings,
		deliveryRatio: rounded(s.deliveryRatio),
		controlBits: s.controlBits,
		nodeRounds: s.nodeRounds,
		uncoveredNodeRounds: s.uncoveredNodeRounds,
		headsPerRound: rounded(s.headsPerRound),
		headlessRatio: rounded(s.headlessRatio),
		roundsPerElection: simulation.roundsPerElection,
		jain: rounded(s.jain),
		gini: rounded(s.gini),
		midLife: rounded(s.midLife),
		chargeVarianceJ2: significant(s.chargeVarianceJ2),
		energyJ: significant(s.energyJ),
		...(perRound === undefined
			? {}
			: {
					perRound: {
						...perRound,
						meanChargeJ: significant(perRound.meanChargeJ),
						chargeVarianceJ2: significant(perRound.chargeVarianceJ2),
						jain: significant(perRound.jain),
					},
				}),
		peakRssMb: Number((process.resourceUsage().maxRSS / 1024).toFixed(1)),
		eventLogSha256,
	};
}

export type RoundsRunSummary = ReturnType<typeof roundsSummaryOf>;

/** The same numbers with few significant digits, in whatever they are part of. */
function significant<T>(value: T): T {
	if (typeof value === "number") return Number(value.toPrecision(DIGITS)) as T;
	if (Array.isArray(value)) return value.map(significant) as T;
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, significant(inner)])) as T;
}
