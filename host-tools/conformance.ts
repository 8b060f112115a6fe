import { readFileSync } from "node:fs";
import { lowpanChecks } from "./conformance/lowpan.js";
import { macChecks } from "./conformance/mac.js";
import { checkMalformed, type MalformedCase } from "./conformance/malformed.js";
import { fileError, UserError } from "./errors.js";
import { messageOf } from "./scenario/extension.js";

/** A vector or malformed case of any kind: the checks say which fields it needs. */
interface Entry extends MalformedCase {
	readonly id: string;
	readonly kind: string;
}

/** How many of one kind hold, of how many. */
interface Tally {
	passed: number;
	total: number;
}

/** A file that is no conformance file. */
class FileError extends Error {
	readonly exitCode: number;

	constructor(message: string, exitCode = 2) {
		super(message);
		this.exitCode = exitCode;
	}
}

const CHECKS: Readonly<Record<string, (entry: Entry) => string | undefined>> = {
	...lowpanChecks,
	...macChecks,
	malformed: checkMalformed,
};

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads a file of vectors or of malformed cases, told apart by their keys. */
function readEntries(path: string): Entry[] {
	let text: string;
	try {
		text = readFileSync(path, "utf8");
	} catch (error) {
		const reason = fileError(path, error);
		if (reason instanceof UserError) throw new FileError(reason.message, reason.exitCode);
		throw new FileError(`${path}: expected a file that can be read, found ${messageOf(error)}`, 3);
	}
	let file: unknown;
	try {
		file = JSON.parse(text);
	} catch (error) {
		throw new FileError(`${path}: expected JSON, found ${messageOf(error)}`);
	}
	const list = isRecord(file) ? (file["vectors"] ?? file["cases"]) : undefined;
	if (!isRecord(file) || !Array.isArray(list)) {
		throw new FileError(`${path}: expected an object with a list "vectors" or "cases"`);
	}
	const isMalformed = file["vectors"] === undefined;
	return list.map((entry: unknown, i) => {
		if (!isRecord(entry) || typeof entry["id"] !== "string" || !isRecord(entry["expect"])) {
			const where = `${isMalformed ? "cases" : "vectors"}[${i}]`;
			throw new FileError(`${path}: ${where}: expected an object with a text "id" and an object "expect"`);
		}
		return { ...entry, kind: isMalformed ? "malformed" : String(entry["kind"]) } as Entry;
	});
}

/** Runs one entry; an exception is a failure like any other. */
function check(entry: Entry): string | undefined {
	const run = Object.hasOwn(CHECKS, entry.kind) ? CHECKS[entry.kind] : undefined;
	if (run === undefined) return `expected a known kind, found ${entry.kind}`;
	try {
		return run(entry);
	} catch (error) {
		return `threw ${String(error)}`;
	}
}

function describe(entry: Entry): string {
	return entry.kind === "malformed" ? `malformed ${entry.layer ?? "6lowpan"}` : entry.kind;
}

/**
 * Feeds conformance files through the codecs and the reassembler, and prints what came of it.
 *
 * Returns the exit code: 0 when everything holds, 1 when something does not, 2 for bad arguments or a file
 * that is no conformance file, 3 for one that is missing.
 */
export function runConformance(
	paths: readonly string[],
	print: (line: string) => void,
	complain: (line: string) => void,
): number {
	if (paths.length === 0 || paths.some((path) => path.startsWith("-"))) {
		complain("usage: npm run conformance -- FILE…   (JSON files of vectors or malformed cases)");
		return 2;
	}
	const tallies = new Map<string, Tally>();
	const failures: string[] = [];
	for (const path of paths) {
		let entries: Entry[];
		try {
			entries = readEntries(path);
		} catch (error) {
			if (!(error instanceof FileError)) throw error;
			complain(error.message);
			return error.exitCode;
		}
		for (const entry of entries) {
			const kind = describe(entry);
			const tally = tallies.get(kind) ?? { passed: 0, total: 0 };
			tallies.set(kind, tally);
			tally.total++;
			const failure = check(entry);
			if (failure === undefined) tally.passed++;
			else failures.push(`FAIL ${entry.id} (${kind}, ${path}): ${failure}`);
		}
	}
	let total = 0;
	for (const [kind, tally] of tallies) {
		print(`${kind.padEnd(24)} ${String(tally.passed).padStart(4)} of ${tally.total}`);
		total += tally.total;
	}
	for (const failure of failures) print(failure);
	print(
		`${total - failures.length} of ${total} hold${failures.length > 0 ? `, ${failures.length} do not` : ""}`,
	);
	return failures.length > 0 ? 1 : 0;
}

if (import.meta.filename === process.argv[1]) {
	process.exitCode = runConformance(
		process.argv.slice(2),
		(line) => process.stdout.write(`${line}\n`),
		(line) => process.stderr.write(`${line}\n`),
	);
}
