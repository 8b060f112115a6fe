import {
	closeSync,
	existsSync,
	ftruncateSync,
	openSync,
	readFileSync,
	readSync,
	renameSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { fileError, UserError } from "../errors.js";
import { makeEmpty, writeAll } from "../run/recorder.js";
import { show } from "../scenario/describe.js";
import { isSection, type Path, pathText } from "../scenario/document.js";
import { type LoadedSweep, sweepYaml } from "./load.js";
import { pointKey, type SweepPoint } from "./points.js";
import type { RunRecord } from "./results.js";
import { linesOf } from "./run-lines.js";

/** What a sweep leaves in its folder. */
const SWEEP = "sweep.yaml";
const RUNS = "runs.jsonl";
const POINTS = "points.jsonl";
const TABLE = "table.txt";

/** Keys of a sweep that only say how results are shown: they may differ when it goes on. */
const PRESENTATION: ReadonlySet<string> = new Set(["description", "baseline", "compare", "tables"]);

/** Where the line of a run stands in `runs.jsonl`. */
interface Place {
	readonly offset: number;
	readonly bytes: number;
}

/** The folder of a sweep: runs are appended as they end, so that a killed process loses none of them. */
export class SweepFolder {
	readonly #directory: string;
	readonly #loaded: LoadedSweep;
	readonly #file: number;
	/** By point and run. */
	readonly #places: (Place | undefined)[];
	#end = 0;

	/** Begins in a new or empty folder, or goes on in one that holds part of the same sweep. Throws a UserError. */
	constructor(directory: string, loaded: LoadedSweep, isResumed: boolean) {
		this.#directory = directory;
		this.#loaded = loaded;
		this.#places = new Array(loaded.points.length * loaded.sweep.runs);
		const path = join(directory, RUNS);
		if (isResumed) checkSame(directory, loaded);
		else makeEmpty(directory);
		try {
			this.#file = openSync(path, isResumed && existsSync(path) ? "r+" : "wx+");
		} catch (error) {
			throw fileError(path, error);
		}
		// Last of all: a folder with a sweep.yaml is one that can go on.
		if (!isResumed) this.#replace(SWEEP, sweepYaml(loaded, directory));
	}

	/** Hands over the runs that are in the file; a last line that was cut off goes. Throws a UserError. */
	read(isHashed: boolean, take: (point: number, record: RunRecord) => void): void {
		const path = join(this.#directory, RUNS);
		const byKey = new Map(this.#loaded.points.map((point) => [pointKey(point.values), point]));
		let number = 0;
		for (const line of linesOf(this.#file)) {
			number++;
			if (!line.isWhole) break;
			const found = this.#recognise(line.text, byKey);
			if (found === undefined) {
				throw new UserError(`${path}:${number}: expected a run of this sweep, found ${show(line.text)}`);
			}
			const { point, record } = found;
			if (isHashed && record.eventLogSha256 === undefined)
				throw new UserError(
					`${path}:${number}: expected a run with eventLogSha256, as --hash asks, found none`,
				);
			this.#end = line.offset + line.bytes;
			const at = this.#at(point.index, record.run);
			if (this.#places[at] !== undefined)
				throw new UserError(`${path}:${number}: expected each run once, found one again`);
			this.#places[at] = { offset: line.offset, bytes: line.bytes };
			take(point.index, record);
		}
		ftruncateSync(this.#file, this.#end);
	}

	/** Keeps a run. */
	append(point: number, record: RunRecord): void {
		const bytes = Buffer.from(`${JSON.stringify(record)}\n`);
		writeAll(join(this.#directory, RUNS), this.#file, bytes, this.#end);
		this.#places[this.#at(point, record.run)] = { offset: this.#end, bytes: bytes.length };
		this.#end += bytes.length;
	}

	/** Puts the runs in order and writes what they come to. All runs must be in. */
	finish(pointLines: readonly string[], table: string): void {
		this.#sortRuns();
		this.#replace(SWEEP, sweepYaml(this.#loaded, this.#directory));
		this.#replace(POINTS, pointLines.map((line) => `${line}\n`).join(""));
		this.#replace(TABLE, table);
	}

	close(): void {
		closeSync(this.#file);
	}

	#at(point: number, run: number): number {
		return point * this.#loaded.sweep.runs + run;
	}

	#recognise(
		text: string,
		byKey: ReadonlyMap<string, SweepPoint>,
	): { point: SweepPoint; record: RunRecord } | undefined {
		let value: unknown;
		try {
			value = JSON.parse(text);
		} catch {
			return undefined;
		}
		if (!isSection(value) || !isSection(value["point"]) || !isSection(value["metrics"])) return undefined;
		const record = value as unknown as RunRecord;
		const point = byKey.get(pointKey(record.point));
		const { runs, seed } = this.#loaded.sweep;
		const isRun = Number.isInteger(record.run) && record.run >= 0 && record.run < runs;
		if (point === undefined || !isRun || record.seed !== seed + record.run) return undefined;
		const isMetric = (metric: unknown) => metric === null || Number.isFinite(metric);
		return Object.values(record.metrics).every(isMetric) ? { point, record } : undefined;
	}

	#sortRuns(): void {
		const path = join(this.#directory, RUNS);
		const sorted = `${path}.new`;
		try {
			const file = openSync(sorted, "w");
			let end = 0;
			for (const place of this.#places) {
				const { offset, bytes } = place!;
				const line = Buffer.alloc(bytes);
				readSync(this.#file, line, 0, bytes, offset);
				writeAll(sorted, file, line, end);
				end += bytes;
			}
			closeSync(file);
			renameSync(sorted, path);
		} catch (error) {
			throw fileError(sorted, error);
		}
	}

	/** Writes a file as a whole or not at all. */
	#replace(name: string, text: string): void {
		const path = join(this.#directory, name);
		try {
			writeFileSync(`${path}.new`, text);
			renameSync(`${path}.new`, path);
		} catch (error) {
			throw fileError(path, error);
		}
	}
}

/** Throws a UserError with the first thing in which the sweep of a folder is another one. */
function checkSame(directory: string, loaded: LoadedSweep): void {
	const path = join(directory, SWEEP);
	let text: string;
	try {
		text = readFileSync(path, "utf8");
	} catch (error) {
		if (!(fileError(path, error) instanceof UserError)) throw error;
		throw new UserError(`--resume: expected the folder of a sweep that began, found no ${path}`);
	}
	const own = sweepYaml(loaded, directory);
	const began = essentials(text);
	if (began === undefined) throw new UserError(`--resume: ${path}: expected a sweep, found something else`);
	const difference = firstDifference(began, essentials(own), []);
	if (difference !== undefined) {
		const { at, was, is } = difference;
		throw new UserError(
			`--resume: ${path}: ${pathText(at)}: expected what the sweep began with, ${show(was)}, found ${show(is)}`,
		);
	}
	if (text.split("\n")[0] !== own.split("\n")[0]) {
		throw new UserError(
			`--resume: ${path}: expected the scenario that the sweep began with, found ${loaded.scenario} changed`,
		);
	}
}

/** What decides which runs there are; undefined for a text that is no sweep. */
function essentials(yaml: string): Readonly<Record<string, unknown>> | undefined {
	let sweep: unknown;
	try {
		sweep = parse(yaml, { logLevel: "error" });
	} catch {
		return undefined;
	}
	if (!isSection(sweep)) return undefined;
	return Object.fromEntries(Object.entries(sweep).filter(([key]) => !PRESENTATION.has(key)));
}

function firstDifference(
	was: unknown,
	is: unknown,
	at: Path,
): { at: Path; was: unknown; is: unknown } | undefined {
	const isList = Array.isArray(was) && Array.isArray(is);
	if (!isList && !(isSection(was) && isSection(is))) return Object.is(was, is) ? undefined : { at, was, is };
	const before = was as Readonly<Record<string, unknown>>;
	const now = is as Readonly<Record<string, unknown>>;
	for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
		const found = firstDifference(before[key], now[key], [...at, isList ? Number(key) : key]);
		if (found !== undefined) return found;
	}
	// The order of axes and of their labels is that of the points.
	const isReordered = Object.keys(before).join("\n") !== Object.keys(now).join("\n");
	return isReordered ? { at, was: Object.keys(before), is: Object.keys(now) } : undefined;
}
