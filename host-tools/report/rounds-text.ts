import type { RoundsSimulation } from "../../sim/rounds/rounds-simulation.js";
import type { Scenario } from "../../sim/scenario/scenario.js";
import type { RoundsRunSummary } from "../run/rounds-summary.js";
import { n, percent, plural } from "./numbers.js";
import type { Style } from "./style.js";

const LABEL_WIDTH = 12;

const ACCOUNTING = {
	none: "free",
	bits: "a fixed length a message",
	frames: "as long as the firmware's frames",
} as const;

/** What a person reads after a run with `fidelity: rounds`; `repeat` is the command that repeats it. */
export function roundsText(
	summary: RoundsRunSummary,
	{ description, rounds, election }: Scenario,
	{ field, radio, roundsPerElection }: RoundsSimulation,
	repeat: string,
	style: Style,
): string {
	const { energyJ, headsPerRound, chargeVarianceJ2, midLife, readings } = summary;
	const lines = [`${style.bold(summary.scenario)}  ${description}`.trimEnd(), ""];
	const row = (label: string, text: string) =>
		lines.push(`  ${style.cyan(label.padEnd(LABEL_WIDTH))}${text}`);
	row(
		"network",
		`${plural(summary.nodes, "node")}, base at ${place(field.baseX)}, ${place(field.baseY)} m; first-order radio model`,
	);
	row(
		"election",
		`${election.kind}, every ${roundsPerElection === 1 ? "round" : `${n(roundsPerElection)} rounds`}; control ` +
			ACCOUNTING[rounds.control.accounting],
	);
	row("first death", roundText(summary.fnd, summary.rounds));
	row("half dead", roundText(summary.hnd, summary.rounds));
	row("last death", roundText(summary.lnd, summary.rounds) + ratioText(summary.lndPerFnd));
	const optimum = radio.optimalHeads(summary.nodes, field.sideM, field.meanToBaseM);
	row(
		"heads",
		`${n(headsPerRound.mean, 2)} a round, deviation ${n(headsPerRound.deviation, 2)}` +
			(Number.isFinite(optimum) ? `; the formula's optimum is ${n(optimum, 1)}` : "") +
			(summary.headlessRatio > 0 ? `; none in ${percent(summary.headlessRatio)} of the rounds` : ""),
	);
	row(
		"uncovered",
		summary.uncoveredNodeRounds === 0
			? "no node in any round"
			: `${percent(summary.uncoveredNodeRounds / summary.nodeRounds)} of ${n(summary.nodeRounds)} node-rounds`,
	);
	row(
		"readings",
		`${percent(summary.deliveryRatio)} carried: ${n(readings.carried)} of ${n(readings.made)}, in ` +
			`${plural(summary.packetsToSink, "packet")} to the base`,
	);
	row("control", `${n(summary.controlBits)} bits sent`);
	row(
		"fairness",
		`Jain ${n(summary.jain, 4)}${summary.gini === null ? "" : `, Gini ${n(summary.gini, 4)}`} of what nodes had spent ` +
			(summary.fnd === null ? "at the end" : "at the first death"),
	);
	if (midLife !== null) {
		row(
			"",
			`variance of charge ${(chargeVarianceJ2.midLife ?? 0).toExponential(2)} J² at mid-life (round ${n(midLife.round)}), ` +
				`${chargeVarianceJ2.mean.toExponential(2)} J² over life`,
		);
	}
	row(
		"energy",
		`${n(energyJ.initial, 1)} J: send ${n(energyJ.send, 2)}, receive ${n(energyJ.receive, 2)}, aggregate ` +
			`${n(energyJ.aggregate, 2)}, control ${n(energyJ.controlSend + energyJ.controlReceive, 2)}` +
			(energyJ.left > 0 ? `; ${n(energyJ.left, 2)} left` : ""),
	);
	const ms = summary.wallS * 1000;
	row("speed", `${n(summary.rounds)} rounds in ${n(ms, ms < 100 ? 1 : 0)} ms, ${n(summary.peakRssMb)} MB`);
	if (summary.eventLogSha256 !== null) row("log SHA-256", summary.eventLogSha256);
	lines.push("", `  ${style.dim(`seed ${summary.seed}; fidelity rounds; again: ${repeat}`)}`);
	return lines.join("\n");
}

function place(m: number): string {
	return String(Number(m.toFixed(1)));
}

function roundText(round: number | null, rounds: number): string {
	return round === null ? `not within ${plural(rounds, "round")}` : `round ${n(round)}`;
}

function ratioText(ratio: number | null): string {
	return ratio === null ? "" : `, ${n(ratio, 2)} times the first`;
}
