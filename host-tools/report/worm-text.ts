import type { Scenario } from "../../sim/scenario/scenario.js";
import type { WormRunSummary } from "../run/worm-summary.js";
import { n, percent, plural } from "./numbers.js";
import type { Style } from "./style.js";

const LABEL_WIDTH = 12;

/** What a person reads after a worm's run; `repeat` is the command that repeats it. */
export function wormText(summary: WormRunSummary, scenario: Scenario, repeat: string, style: Style): string {
	const { graph, predicted } = summary;
	const lines = [`${style.bold(summary.scenario)}  ${scenario.description}`.trimEnd(), ""];
	const row = (label: string, text: string) =>
		lines.push(`  ${style.cyan(label.padEnd(LABEL_WIDTH))}${text}`);
	row(
		"graph",
		`${plural(summary.nodes, "node")}, ${plural(graph.links / 2, "logical link")}, ${n(graph.meanDegree, 2)} a node; ` +
			`${percent(graph.largestComponent)} in one component; transitivity ${n(graph.transitivity, 4)}`,
	);
	row("time", `${n(summary.simulatedS)} s simulated in ${n(summary.wallS, 2)} s`);
	row(
		"R0",
		`${n(summary.r0, 2)}, as a link passes the worm on with chance ${n(summary.transmissibility, 3)}`,
	);
	row(
		"infected",
		`${percent(summary.finalSize)} of the nodes in the end; theory for a large outbreak: ${percent(predicted.finalSize)}`,
	);
	row(
		"peak",
		`${percent(summary.peak)} at once, after ${n(summary.peakTimeS, 1)} s; the last infection after ` +
			`${n(summary.lastInfectionS, 1)} s; ${n(summary.patched)} patched`,
	);
	if (summary.waveMPerS !== null || predicted.waveMPerS !== null) row("wave", waveText(summary));
	if (summary.hopM !== null) {
		const { median, mean, max } = summary.hopM;
		row(
			"hops",
			`median ${n(median, 1)} m, mean ${n(mean, 1)} m, longest ${n(max, 1)} m; ` +
				`${summary.foci === 1 ? "1 new focus" : `${n(summary.foci ?? 0)} new foci`} far from all infected before`,
		);
	}
	if (summary.verifying > 0)
		row("verifying", `${percent(summary.verifying)} of the nodes take signed code only`);
	if (scenario.worm.theta > 0)
		row("distrusted", `${plural(summary.distrusted, "link")} to infected neighbours`);
	row("speed", `${n(summary.eventsPerS)} events/s, ${n(summary.peakRssMb)} MB`);
	if (summary.eventLogSha256 !== null) row("log SHA-256", summary.eventLogSha256);
	lines.push("", `  ${style.dim(`seed ${summary.seed}; again: ${repeat}`)}`);
	return lines.join("\n");
}

function waveText({ waveMPerS, waveFit, predicted }: WormRunSummary): string {
	const theory =
		predicted.waveMPerS === null
			? "theory: none of constant speed"
			: `theory for many neighbours: ${n(predicted.waveMPerS, 2)} m/s`;
	if (waveMPerS === null || waveFit === null) return `no front to measure; ${theory}`;
	return `${n(waveMPerS, 2)} m/s (a constant speed explains ${percent(waveFit)} of its way); ${theory}`;
}
