import type { Comparison, PointResult } from "../sweep/aggregate.js";
import { valueText } from "../sweep/load.js";
import { bestOf, MAIN_METRICS, type MainMetric } from "../sweep/main-metrics.js";
import { matches } from "../sweep/points.js";
import type { Sweep, TableSpec } from "../sweep/schema.js";
import type { Style } from "./style.js";
import type { Cell, Table } from "./table.js";

/** How a metric is written. */
export interface Format {
	readonly metric: string;
	readonly scale: number;
	readonly digits: number;
	readonly best: "highest" | "lowest" | undefined;
	readonly mark?: TableSpec["mark"];
}

/** A table of results without its cells: which point stands where. */
export interface Layout {
	readonly title: string;
	readonly labelHeads: readonly string[];
	readonly heads: readonly string[];
	readonly rows: readonly {
		readonly labels: readonly string[];
		/** One a column; undefined where no such point ran. */
		readonly places: readonly (PointResult | undefined)[];
	}[];
	/** One a column. */
	readonly formats: readonly Format[];
}

const NOTHING: Cell = { forms: ["–"] };

/** The layouts of what the sweep asks for, or of one table with all points and the main metrics. */
export function layoutsOf(sweep: Sweep, results: readonly PointResult[]): readonly Layout[] {
	if (sweep.tables.length > 0) return sweep.tables.flatMap((spec) => pivots(spec, sweep, results));
	const axes = Object.keys(sweep.axes);
	const metrics = mainMetrics(results).filter((metric) => !isZero(metric, results));
	return [
		{
			title: "All points",
			labelHeads: axes,
			heads: metrics.map(({ label }) => label),
			rows: results.map((result) => ({
				labels: axes.map((axis) => valueText(result.point.values[axis])),
				places: metrics.map(() => result),
			})),
			formats: metrics.map(({ name, scale, digits, best }) => ({ metric: name, scale, digits, best })),
		},
	];
}

/** The main metrics that the runs have. */
function mainMetrics(results: readonly PointResult[]): readonly MainMetric[] {
	return MAIN_METRICS.filter(({ name }) => results.some((result) => result.metrics.has(name)));
}

function isZero({ name }: MainMetric, results: readonly PointResult[]): boolean {
	return results.every((result) => (result.metrics.get(name)?.mean ?? 0) === 0);
}

/** Heads of the main metrics that the table of all points leaves out, being 0 at each. */
export function zeroHeads(sweep: Sweep, results: readonly PointResult[]): readonly string[] {
	if (sweep.tables.length > 0) return [];
	return mainMetrics(results).flatMap((metric) => (isZero(metric, results) ? metric.label : []));
}

/** One layout for each combination of the axes that are neither down the side nor across. */
function pivots(spec: TableSpec, sweep: Sweep, results: readonly PointResult[]): readonly Layout[] {
	const points = results.filter(({ point }) => matches(point.values, spec.where));
	const rowAxes = [spec.rows].flat();
	const columnAxes = [spec.columns].flat();
	const rest = Object.keys(sweep.axes).filter(
		(axis) => !rowAxes.includes(axis) && !columnAxes.includes(axis),
	);
	const varying = rest.filter((axis) => groupBy(points, [axis]).size > 1);
	return [...groupBy(points, varying).values()].map((group) => {
		const across = groupBy(group, columnAxes);
		const down = groupBy(group, rowAxes);
		const { metric, scale, digits, mark } = spec;
		const format = { metric, scale, digits, best: spec.best ?? bestOf(metric), ...(mark && { mark }) };
		const fixed = varying.map((axis) => `${axis} ${valueText(group[0]!.point.values[axis])}`);
		const by = columnAxes.length === 0 ? "" : ` by ${columnAxes.join(" and ")}`;
		return {
			title: [`${spec.title}${by}`, ...fixed].join("; "),
			labelHeads: rowAxes,
			heads: [...across.values()].map(([first]) =>
				columnAxes.length === 0
					? ""
					: columnAxes.map((axis) => valueText(first!.point.values[axis])).join(" · "),
			),
			rows: [...down.values()].map((row) => ({
				labels: rowAxes.map((axis) => valueText(row[0]!.point.values[axis])),
				places: [...across.values()].map((column) => row.find((result) => column.includes(result))),
			})),
			formats: [...across.values()].map(() => format),
		};
	});
}

/** Points by their values of some axes, in the order in which the values first come. */
function groupBy(results: readonly PointResult[], axes: readonly string[]): Map<string, PointResult[]> {
	const groups = new Map<string, PointResult[]>();
	for (const result of results) {
		const key = JSON.stringify(axes.map((axis) => result.point.values[axis]));
		const group = groups.get(key);
		if (group === undefined) groups.set(key, [result]);
		else group.push(result);
	}
	return groups;
}

/** A number with thousands separators. */
function n(value: number, digits: number): string {
	return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A number with its sign; 0 without one. */
function signed(value: number, digits: number): string {
	const text = n(Math.abs(value), digits);
	if (Number(text.replaceAll(",", "")) === 0) return text;
	return `${value < 0 ? "−" : "+"}${text}`;
}

/** Means with half their interval; in each column the best is green and the worst red. */
export function meansTable(layout: Layout, style: Style): Table {
	const markWidth = Math.max(
		0,
		...layout.rows.flatMap(({ places }) =>
			places.map((place, i) => markOf(place, layout.formats[i]!).length),
		),
	);
	const rows = layout.rows.map(({ labels, places }) => ({
		labels,
		cells: places.map((place, i) => meanCell(place, layout.formats[i]!, markWidth)),
	}));
	const painted = rows.map(({ labels, cells }) => ({
		labels,
		cells: cells.map((cell, i) =>
			paint(
				cell,
				rows.map((row) => row.cells[i]!),
				layout.formats[i]!,
				style,
			),
		),
	}));
	return { labelHeads: layout.labelHeads, heads: layout.heads, rows: painted };
}

interface MeanCell extends Cell {
	/** The mean as it is shown. */
	readonly shown?: number;
}

function meanCell(place: PointResult | undefined, format: Format, markWidth: number): MeanCell {
	const found = place?.metrics.get(format.metric);
	if (found === undefined) return NOTHING;
	const { scale, digits } = format;
	const mark = markOf(place, format).padEnd(markWidth);
	const mean = n(found.mean * scale, digits);
	const interval =
		found.ci95 === null ? "" : ` ± ${n(halfOf(found.mean, found.ci95) * Math.abs(scale), digits)}`;
	return {
		forms: [`${mean}${interval}${mark}`, `${mean}${mark}`],
		shown: Number((found.mean * scale).toFixed(digits)),
	};
}

/** Half an interval; that of a share may be cut on one side. */
function halfOf(mean: number, [low, high]: readonly [number, number]): number {
	return Math.max(mean - low, high - mean);
}

function markOf(place: PointResult | undefined, { mark }: Format): string {
	const mean = mark === undefined ? undefined : place?.metrics.get(mark.metric)?.mean;
	return mean !== undefined && mean > mark!.above ? mark!.text : "";
}

function paint(cell: MeanCell, column: readonly MeanCell[], { best }: Format, style: Style): Cell {
	const values = column.flatMap(({ shown }) => shown ?? []);
	const low = Math.min(...values);
	const high = Math.max(...values);
	if (cell.shown === undefined || best === undefined || low === high) return cell;
	const [good, bad] = best === "highest" ? [high, low] : [low, high];
	if (cell.shown === good) return { ...cell, paint: style.green };
	return cell.shown === bad ? { ...cell, paint: style.red } : cell;
}

/** The legends of the marks that a layout shows. */
export function markLegends(layout: Layout): readonly string[] {
	const legends = layout.rows.flatMap(({ places }) =>
		places.flatMap((place, i) => {
			const format = layout.formats[i]!;
			return markOf(place, format) === "" ? [] : [`${format.mark!.text} ${format.mark!.meaning}`];
		}),
	);
	return [...new Set(legends)];
}

/** Differences from the baseline, of the rows that have one; undefined when none has. */
export function differencesTable(layout: Layout, style: Style): Table | undefined {
	const compared = layout.rows.filter(({ places }) => places.some((place) => place?.versus !== undefined));
	const stars = compared.flatMap(({ places }) =>
		places.map((place, i) => starsOf(place?.versus?.get(layout.formats[i]!.metric)).length),
	);
	const starWidth = Math.max(0, ...stars);
	const rows = compared.map(({ labels, places }) => ({
		labels,
		cells: places.map((place, i) => differenceCell(place, layout.formats[i]!, starWidth, style)),
	}));
	return rows.length === 0 ? undefined : { labelHeads: layout.labelHeads, heads: layout.heads, rows };
}

function differenceCell(
	place: PointResult | undefined,
	format: Format,
	starWidth: number,
	style: Style,
): Cell {
	const found = place?.versus?.get(format.metric);
	if (found === undefined) return NOTHING;
	const { scale, digits, best } = format;
	const stars = starWidth === 0 ? "" : ` ${starsOf(found).padEnd(starWidth)}`;
	const difference = signed(found.difference * scale, digits);
	const interval =
		found.ci95 === null ? "" : ` ± ${n(halfOf(found.difference, found.ci95) * Math.abs(scale), digits)}`;
	const effect = `δ ${signed(found.cliffsDelta, 2)}`;
	const isBetter = best === "highest" ? found.difference > 0 : found.difference < 0;
	const isClear = found.pHolm < 0.05 && best !== undefined;
	return {
		forms: [
			`${difference}${interval}${stars} ${effect}`,
			`${difference}${interval}${stars}`,
			`${difference}${stars}`,
		],
		...(isClear ? { paint: isBetter ? style.green : style.red } : {}),
	};
}

/** How sure a difference is. */
function starsOf(comparison: Comparison | undefined): string {
	const p = comparison?.pHolm ?? 1;
	if (p < 0.001) return "***";
	if (p < 0.01) return "**";
	return p < 0.05 ? "*" : "";
}

/** How many points are compared with a baseline. */
export function comparedPoints(results: readonly PointResult[]): number {
	return results.filter(({ versus }) => versus !== undefined).length;
}
