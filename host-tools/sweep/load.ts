import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { fileError, UserError } from "../errors.js";
import { oneOf, show, suggestion } from "../scenario/describe.js";
import { type Path, parseAssignment, pathText, ScenarioDocument } from "../scenario/document.js";
import { isBareName, loadScenario, shippedScenarios } from "../scenario/load.js";
import { inSchemaOrder, validate } from "../scenario/validate.js";
import { pointsOf, type SweepPoint } from "./points.js";
import { SWEEP_SCHEMA, type Sweep } from "./schema.js";

/** What the command line changes in a sweep. */
export interface SweepOptions {
	readonly runs?: number | undefined;
	readonly seed?: number | undefined;
	/** `path=value` each, for the scenario of every point. */
	readonly set?: readonly string[];
}

/** A sweep whose points can all run. */
export interface LoadedSweep {
	readonly sweep: Sweep;
	readonly points: readonly SweepPoint[];
	/** The scenario as `loadScenario` takes it. */
	readonly scenario: string;
	/** SHA-256 over the scenarios of all points, in hex: equal when the same would run. */
	readonly scenariosSha256: string;
}

/** From build/host-tools/sweep/ to where the sweeps ship. */
const SHIPPED = fileURLToPath(new URL("../../../sim/sweeps/", import.meta.url));

/** Names of the sweeps that ship, in alphabetical order. */
export async function shippedSweeps(): Promise<readonly string[]> {
	const files = await readdir(SHIPPED);
	return files
		.filter((file) => file.endsWith(".yaml"))
		.map((file) => file.slice(0, -".yaml".length))
		.sort();
}

/** Reads a sweep without looking at its scenario. Throws a UserError as {@link loadSweep} does. */
export async function readSweep(
	nameOrPath: string,
	options: SweepOptions = {},
): Promise<{ document: ScenarioDocument; sweep: Sweep; path: string }> {
	const path = await locate(nameOrPath);
	let text: string;
	try {
		text = await readFile(path, "utf8");
	} catch (error) {
		throw fileError(nameOrPath, error);
	}
	const file = isBareName(nameOrPath) ? `${nameOrPath}.yaml` : nameOrPath;
	const document = new ScenarioDocument(file, text, "a sweep");
	if (options.runs !== undefined) document.override(["runs"], options.runs, "--runs");
	if (options.seed !== undefined) document.override(["seed"], options.seed, "--seed");
	validate(document, [], document.value, SWEEP_SCHEMA);
	return { document, sweep: inSchemaOrder(document.value as unknown as Sweep, SWEEP_SCHEMA), path };
}

/**
 * Reads a sweep, checks it and the scenario of each of its points. A bare name means a sweep that ships.
 *
 * Throws a UserError in one line: place, path of the key, what was expected and what was found. Exit code 3
 * for a missing file, else 2.
 */
export async function loadSweep(nameOrPath: string, options: SweepOptions = {}): Promise<LoadedSweep> {
	const { document, sweep, path } = await readSweep(nameOrPath, options);
	const given = (options.set ?? []).map(parseAssignment);
	const points = pointsOf(document, sweep, given);
	const scenario = await locateScenario(document, sweep.scenario, path, nameOrPath);
	const hash = createHash("sha256");
	for (const point of points) {
		try {
			const loaded = await loadScenario(scenario, { seed: sweep.seed, override: point.assignments });
			hash.update(`${JSON.stringify(loaded.scenario)}\n`);
		} catch (error) {
			if (!(error instanceof UserError)) throw error;
			throw new UserError(`${error.message} (${pointText(point.values)})`, error.exitCode);
		}
	}
	const override = Object.fromEntries(given.map(({ path, value }) => [pathText(path), value]));
	return {
		sweep: { ...sweep, override: { ...sweep.override, ...override } },
		points,
		scenario,
		scenariosSha256: hash.digest("hex"),
	};
}

/** A point in words: `defence riot, size 512`. */
export function pointText(values: Readonly<Record<string, unknown>>): string {
	return Object.entries(values)
		.map(([axis, value]) => `${axis} ${valueText(value)}`)
		.join(", ");
}

/** An axis value as people read it. */
export function valueText(value: unknown): string {
	return typeof value === "string" ? value : JSON.stringify(value);
}

/** A resolved sweep as YAML that loads to the same sweep again from `directory`. */
export function sweepYaml({ sweep, scenario, scenariosSha256 }: LoadedSweep, directory: string): string {
	const isPath = !isBareName(scenario) && !isAbsolute(sweep.scenario);
	const moved = isPath ? relative(directory, resolve(scenario)) : sweep.scenario;
	// A path must not read as the name of what ships.
	const written = { ...sweep, scenario: isPath && isBareName(moved) ? `./${moved}` : moved };
	const yaml = stringify(written, { lineWidth: 100, aliasDuplicateObjects: false });
	return `# scenarios SHA-256: ${scenariosSha256}\n${yaml}`;
}

async function locate(nameOrPath: string): Promise<string> {
	if (!isBareName(nameOrPath)) return resolve(nameOrPath);
	const names = await shippedSweeps();
	if (names.includes(nameOrPath)) return join(SHIPPED, `${nameOrPath}.yaml`);
	const expected = `${oneOf(names)}, or the path of a YAML file`;
	throw new UserError(`${nameOrPath}: unknown sweep; expected ${expected}${suggestion(nameOrPath, names)}`);
}

/** The scenario's name, or its path from where the command runs. Throws a UserError with the place of the key. */
async function locateScenario(
	document: ScenarioDocument,
	name: string,
	sweepPath: string,
	nameOrPath: string,
): Promise<string> {
	const at: Path = ["scenario"];
	if (isBareName(name)) {
		const names = await shippedScenarios();
		if (names.includes(name)) return name;
		const expected = `${oneOf(names)}, or the path of a YAML file`;
		throw document.error(at, `expected ${expected}, found ${show(name)}${suggestion(name, names)}`);
	}
	if (isAbsolute(name)) return name;
	const path = join(dirname(isBareName(nameOrPath) ? sweepPath : nameOrPath), name);
	if (!existsSync(path)) throw document.error(at, `expected a file, found none at ${path}`, 3);
	return isBareName(path) ? `./${path}` : path;
}
