import { SCENARIO_SCHEMA } from "../../sim/scenario/schema.js";
import { oneOf, show, suggestion } from "../scenario/describe.js";
import {
	type Assignment,
	isSection,
	type Path,
	parsePath,
	type ScenarioDocument,
} from "../scenario/document.js";
import type { Assignments, Match, Sweep } from "./schema.js";
import { WELL_KNOWN_AXES, type WellKnownAxis } from "./well-known-axes.js";

/** One combination of axis values. */
export interface SweepPoint {
	readonly index: number;
	/** Values by axis, in the order of the axes. */
	readonly values: Readonly<Record<string, unknown>>;
	/** What it changes in the scenario, in the order in which it holds. */
	readonly assignments: readonly Assignment[];
	/** The point that it is compared with. */
	readonly baseline: number | undefined;
}

/** One value of an axis, and what it sets; `emptied`: a list of the scenario that it leaves without entries. */
interface AxisValue {
	readonly value: unknown;
	readonly assignments: readonly Assignment[];
	readonly emptied?: string;
}

interface Axis {
	readonly name: string;
	readonly values: readonly AxisValue[];
}

/** Points are the same when this text is. */
export function pointKey(values: Readonly<Record<string, unknown>>): string {
	return JSON.stringify(values);
}

/**
 * The points of a sweep: all combinations, the last axis varying fastest, without those left out.
 *
 * `given` is what the command line sets. Throws the UserError of a name or value that no axis has.
 */
export function pointsOf(
	document: ScenarioDocument,
	sweep: Sweep,
	given: readonly Assignment[],
): readonly SweepPoint[] {
	const axes = Object.entries(sweep.axes).map(([name, values]) => readAxis(document, name, values));
	const before = readAssignments(document, ["set"], sweep.set);
	const after = [...readAssignments(document, ["override"], sweep.override), ...given];
	sweep.except.forEach((match, i) => {
		checkMatch(document, ["except", i], match, axes);
	});
	if (sweep.baseline !== undefined) checkMatch(document, ["baseline"], sweep.baseline, axes, true);
	checkTables(document, sweep, axes);
	const kept = combinations(axes).filter((combination) => {
		const values = valuesOf(axes, combination);
		return !sweep.except.some((match) => matches(values, match));
	});
	if (kept.length === 0)
		throw document.error(["except"], "expected to leave at least one point, found none left");
	const indexOf = new Map(kept.map((combination, i) => [pointKey(valuesOf(axes, combination)), i]));
	return kept.map((combination, index) => {
		const values = valuesOf(axes, combination);
		const reference = indexOf.get(pointKey({ ...values, ...sweep.baseline }));
		return {
			index,
			values,
			assignments: settle([before, ...combination.map(({ assignments }) => assignments), after], combination),
			baseline: sweep.baseline === undefined || reference === index ? undefined : reference,
		};
	});
}

/** Whether a point has the values that a match asks for. */
export function matches(values: Readonly<Record<string, unknown>>, match: Match): boolean {
	return Object.entries(match).every(([axis, wanted]) =>
		(Array.isArray(wanted) ? wanted : [wanted]).some((value) => isSame(value, values[axis])),
	);
}

function isSame(a: unknown, b: unknown): boolean {
	return JSON.stringify(a) === JSON.stringify(b);
}

function readAxis(
	document: ScenarioDocument,
	name: string,
	given: readonly unknown[] | Readonly<Record<string, Assignments>>,
): Axis {
	const at: Path = ["axes", name];
	if (isSection(given)) {
		const values = Object.entries(given as Readonly<Record<string, Assignments>>).map(([label, set]) => ({
			value: label,
			assignments: readAssignments(document, [...at, label], set),
		}));
		return { name, values };
	}
	const wellKnown = WELL_KNOWN_AXES.get(name);
	const path = parsePath(wellKnown?.path ?? name);
	const isTopLevel = path?.length === 1 && Object.hasOwn(SCENARIO_SCHEMA.properties, String(path[0]));
	if (path === undefined || (path.length === 1 && !isTopLevel)) {
		const names = [...WELL_KNOWN_AXES.keys()];
		const expected = `${oneOf(names)}, a scenario path such as topology.nodes, or labels with such paths`;
		throw document.error(at, `unknown axis; expected ${expected}${suggestion(name, names)}`);
	}
	const list = given as readonly unknown[];
	const values = list.map((value, i) => axisValue(value, path, wellKnown, document.label([...at, i])));
	const twice = list.findIndex((value, i) => list.slice(0, i).some((other) => isSame(other, value)));
	if (twice >= 0)
		throw document.error([...at, twice], `expected different values, found ${show(list[twice])} again`);
	return { name, values };
}

function axisValue(value: unknown, path: Path, axis: WellKnownAxis | undefined, label: string): AxisValue {
	if (axis?.none === undefined || value !== axis.none.value) {
		return { value, assignments: [{ path, value, label }] };
	}
	const { list } = axis.none;
	return { value, assignments: [{ path: [list], value: [], label }], emptied: list };
}

function readAssignments(document: ScenarioDocument, at: Path, set: Assignments): Assignment[] {
	return Object.entries(set).map(([name, value]) => {
		const path = parsePath(name);
		if (path === undefined)
			throw document.error([...at, name], "expected a scenario path such as traffic[0].periodS");
		return { path, value, label: document.label([...at, name]) };
	});
}

/** Assignments one after the other, and those that empty a list alone in what they say about it. */
function settle(
	groups: readonly (readonly Assignment[])[],
	combination: readonly AxisValue[],
): readonly Assignment[] {
	const emptying = combination.filter(({ emptied }) => emptied !== undefined);
	const lists = emptying.map(({ emptied }) => emptied);
	const others = groups.flat().filter(({ path }) => !lists.includes(String(path[0])));
	return [...others, ...emptying.flatMap(({ assignments }) => assignments)];
}

function combinations(axes: readonly Axis[]): readonly (readonly AxisValue[])[] {
	let all: readonly (readonly AxisValue[])[] = [[]];
	for (const { values } of axes) all = all.flatMap((head) => values.map((value) => [...head, value]));
	return all;
}

function valuesOf(axes: readonly Axis[], combination: readonly AxisValue[]): Record<string, unknown> {
	return Object.fromEntries(axes.map(({ name }, i) => [name, combination[i]!.value]));
}

function checkTables(document: ScenarioDocument, { tables }: Sweep, axes: readonly Axis[]): void {
	const names = axes.map(({ name }) => name);
	tables.forEach((table, i) => {
		checkMatch(document, ["tables", i, "where"], table.where, axes);
		for (const key of ["rows", "columns"] as const) {
			const wrong = [table[key]].flat().find((name) => !names.includes(name));
			if (wrong === undefined) continue;
			const expected = `${oneOf(names)}${suggestion(wrong, names)}`;
			throw document.error(["tables", i, key], `unknown axis ${wrong}; expected ${expected}`);
		}
	});
}

/** Refuses names and values that no axis has; a single match takes one value an axis. */
function checkMatch(
	document: ScenarioDocument,
	at: Path,
	match: Match,
	axes: readonly Axis[],
	isSingle = false,
): void {
	for (const [name, wanted] of Object.entries(match)) {
		const path = [...at, name];
		const axis = axes.find((candidate) => candidate.name === name);
		if (axis === undefined) {
			const names = axes.map((candidate) => candidate.name);
			throw document.error(path, `unknown axis; expected ${oneOf(names)}${suggestion(name, names)}`);
		}
		const known = axis.values.map(({ value }) => value);
		const values = Array.isArray(wanted) && !isSingle ? wanted : [wanted];
		const wrong = values.find((value) => !known.some((other) => isSame(other, value)));
		if (wrong === undefined && values.length > 0) continue;
		const words = known.map((value) => (typeof value === "string" ? value : show(value)));
		const hint = typeof wrong === "string" ? suggestion(wrong, words) : "";
		throw document.error(path, `expected ${oneOf(words)}, found ${show(wrong)}${hint}`);
	}
}
