import { stat } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { fileError, UserError } from "../errors.js";

/** A module of the user's own that takes part in a run. */
export interface UserModule {
	/** As the user wrote it. */
	readonly name: string;
	/** Its absolute path. */
	readonly file: string;
}

/** Why a module could not be loaded: what was expected and found, and the exit code that this means. */
export interface ModuleRefusal {
	readonly refusal: string;
	readonly exitCode: 2 | 3;
}

/** What a module exports, by name. */
export interface ModuleExports {
	readonly exports: Readonly<Record<string, unknown>>;
}

/** From build/host-tools/scenario/ to all that is compiled: frames of a stack that are our own. */
const OURS = new URL("../../", import.meta.url).href;

/** Imports the module at an absolute path. */
export async function importModule(file: string): Promise<ModuleExports | ModuleRefusal> {
	try {
		if (!(await stat(file)).isFile()) {
			return { refusal: `expected a module, found a folder at ${file}`, exitCode: 2 };
		}
	} catch (error) {
		if (!(fileError(file, error) instanceof UserError)) throw error;
		return { refusal: `expected a module, found none at ${file}`, exitCode: 3 };
	}
	try {
		return { exports: (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>> };
	} catch (error) {
		const place = placeOf(error) ?? file;
		return { refusal: `expected a module that loads, found ${describe(error)} at ${place}`, exitCode: 2 };
	}
}

/**
 * The failure of a user's module as one line that names it; undefined for an error that is not a module's.
 *
 * A module is to blame for what it throws itself, and for what our code throws at it as its caller.
 */
export function moduleFault(error: unknown, modules: readonly UserModule[]): UserError | undefined {
	if (modules.length === 0 || error instanceof UserError) return undefined;
	if (!(error instanceof Error)) {
		// Nothing of ours throws anything but an Error.
		return new UserError(`${modules.map(({ name }) => name).join(" or ")} threw ${String(error)}`, 1);
	}
	const frames = framesOf(error);
	for (const frame of frames) {
		const module = modules.find(({ file }) => isIn(frame, file));
		if (module === undefined) continue;
		const isTheirs = !frames[0]!.includes(OURS) || / expected .*, got /.test(` ${error.message}`);
		if (!isTheirs) return undefined;
		const [, line, column] = /:(\d+):(\d+)\)?$/.exec(frame) ?? [];
		return new UserError(`${module.name}:${line}:${column}: the module threw ${describe(error)}`, 1);
	}
	return undefined;
}

/** The lines of a stack that name a place, innermost first. */
function framesOf(error: Error): string[] {
	return (error.stack ?? "").split("\n").filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line));
}

function isIn(frame: string, file: string): boolean {
	return frame.includes(`${pathToFileURL(file).href}:`) || frame.includes(`${file}:`);
}

/** Where a module failed to load: Node.js puts the place of a syntax error before its message. */
function placeOf(error: unknown): string | undefined {
	if (!(error instanceof Error)) return undefined;
	const [, url, line] = /(file:\/\/\/[^\s()]+?):(\d+)/.exec(error.stack ?? "") ?? [];
	return url === undefined || url.startsWith(OURS) ? undefined : `${fileURLToPath(url)}:${line}`;
}

/** An error in one line, such as `TypeError: x is not a function`. */
function describe(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	return `${error.name}: ${error.message.split("\n")[0]}`;
}
