import { suggestion } from "../scenario/describe.js";
import type { PointResult } from "../sweep/aggregate.js";
import { pointText } from "../sweep/load.js";
import type { Sweep } from "../sweep/schema.js";
import type { Style } from "./style.js";
import {
	comparedPoints,
	differencesTable,
	layoutsOf,
	markLegends,
	meansTable,
	zeroHeads,
} from "./sweep-tables.js";
import { tableLines } from "./table.js";

const COLUMNS = 100;
const LABEL_WIDTH = 9;

/** How long the runs took, which is no result. */
export interface SweepTime {
	/** Runs of this process, and of those before it. */
	readonly runs: number;
	readonly before: number;
	readonly workers: number;
	readonly wallS: number;
}

/**
 * What a person reads after a sweep; `repeat` is the command that repeats it.
 *
 * Without `time` the text depends on the sweep alone.
 */
export function sweepText(
	sweep: Sweep,
	results: readonly PointResult[],
	repeat: string,
	style: Style,
	time?: SweepTime,
): string {
	const lines = [`${style.bold(sweep.name)}  ${sweep.description}`.trimEnd(), ""];
	const row = (label: string, text: string) =>
		lines.push(`  ${style.cyan(label.padEnd(LABEL_WIDTH))}${text}`);
	const axes = Object.entries(sweep.axes).map(([name, values]) => `${name} (${Object.keys(values).length})`);
	row("points", `${results.length.toLocaleString("en")} of ${axes.join(" × ")} on ${sweep.scenario}`);
	const { runs, seed } = sweep;
	const seeds = runs === 1 ? `seed ${seed}` : `seeds ${seed} to ${seed + runs - 1}`;
	row("runs", `${runs.toLocaleString("en")} a point, at each the same ${seeds}`);
	if (time !== undefined) row("time", timeText(time));
	const layouts = layoutsOf(sweep, results);
	for (const layout of layouts) {
		lines.push("", style.bold(layout.title), ...tableLines(meansTable(layout, style), COLUMNS, style));
		lines.push(...markLegends(layout).map((legend) => style.dim(`  ${legend}`)));
		const differences = differencesTable(layout, style);
		if (differences === undefined) continue;
		const title = `${layout.title}: difference from ${pointText(sweep.baseline ?? {})}`;
		lines.push("", style.bold(title), ...tableLines(differences, COLUMNS, style));
	}
	lines.push("", ...legends(sweep, results, lines.join("\n")).map((legend) => style.dim(`  ${legend}`)));
	lines.push(...unknownMetrics(sweep, results).map((line) => style.red(`  ${line}`)));
	lines.push(style.dim(`  again: ${repeat}`));
	return lines.join("\n");
}

function timeText({ runs, before, workers, wallS }: SweepTime): string {
	const kept = before > 0 ? `, ${before.toLocaleString("en")} kept from before` : "";
	const on = `${workers} worker${workers === 1 ? "" : "s"}`;
	return `${runs.toLocaleString("en")} run${runs === 1 ? "" : "s"} in ${wallS.toFixed(1)} s on ${on}${kept}`;
}

/** What explains the signs that were shown. */
function legends(sweep: Sweep, results: readonly PointResult[], shown: string): string[] {
	const zero = zeroHeads(sweep, results);
	const lines = zero.length > 0 ? [`0 at every point: ${zero.join(", ")}`] : [];
	if (shown.includes(" ± ")) lines.push("± half the 95 % interval of the mean (Student)");
	const compared = comparedPoints(results);
	if (compared === 0) return lines;
	return [
		...lines,
		"differences are paired by seed; * p < 0.05, ** p < 0.01, *** p < 0.001: Wilcoxon's signed-rank",
		`test, corrected after Holm over ${compared} point${compared === 1 ? "" : "s"}` +
			(shown.includes(" δ ") ? "; δ is Cliff's, from −1 to +1" : ""),
	];
}

/** Metrics that tables ask for and no run has. */
function unknownMetrics(sweep: Sweep, results: readonly PointResult[]): string[] {
	const known = [...new Set(results.flatMap(({ metrics }) => [...metrics.keys()]))];
	const asked = sweep.tables.flatMap(({ metric, mark }) => [
		metric,
		...(mark === undefined ? [] : [mark.metric]),
	]);
	return [...new Set([...asked, ...sweep.compare])]
		.filter((name) => !known.includes(name))
		.map((name) => `no run has a metric ${name}${suggestion(name, known)}`);
}
