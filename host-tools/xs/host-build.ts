import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { cpus } from "node:os";
import { basename, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { UserError } from "../errors.js";
import { type Compiler, findCompiler } from "./compiler.js";
import { locked } from "./lock.js";

/** The folder with everything that `tsc` and this build make. */
export const BUILD_FOLDER = fileURLToPath(new URL("../../", import.meta.url));

const CACHE = join(BUILD_FOLDER, "xs");
const PROJECT = fileURLToPath(new URL("../../../", import.meta.url));
const OWN_SOURCES = join(PROJECT, "test/xs/host");
const XS = join(PROJECT, "node_modules/@agoric/xsnap/moddable/xs");

/** Snapshots, lockdown and profiles are of no use on a chip, and snapshots would change what slots hold. */
const LEFT_OUT = new Set(["xsSnapshot.c", "xsLockdown.c", "xsProfile.c"]);

/** How XS is built; the device's release build has no debugger and counts no instructions. */
const DEFINITIONS = [
	"_GNU_SOURCE",
	"INCLUDE_XSPLATFORM",
	'XSPLATFORM="platform.h"',
	"mxRun=1",
	"mxParse=1",
	"mxSloppy=1",
	"mxInstrument=1",
	"mxMetering=1",
	"mxMinusZero=1",
	"mxBoundsCheck=1",
	"mxHostFunctionPrimitive=1",
	"mxNoConsole=1",
	"mxCESU8=1",
	"mxRegExpUnicodePropertyEscapes=1",
	"mxStringNormalize=1",
];

/** In the collector, two functions of XS that nobody needs there stand for two of ours that watch it. */
const WATCHED: Readonly<Record<string, readonly string[]>> = {
	"xsMemory.c": ["fxCheckProfiler=host_collected", "fxReport=host_report"],
};

/** Functions of XS before which the host puts one of its own, in `numbers.c`. */
const WRAPPED = ["fxNumberToString", "fxStringToNumber"];

interface Unit {
	readonly source: string;
	readonly object: string;
	readonly args: readonly string[];
}

/** The files of a folder that end so, in a fixed order. */
function cFiles(folder: string, ending: string): string[] {
	return readdirSync(folder)
		.filter((name) => name.endsWith(ending))
		.sort()
		.map((name) => join(folder, name));
}

/** Whether this checkout has what the build needs besides a compiler. */
function requireSources(): void {
	if (!existsSync(join(OWN_SOURCES, "main.c")))
		throw new UserError("XS: expected a checkout of the project, found an installed package", 3);
	if (!existsSync(join(XS, "sources/xsAll.h")))
		throw new UserError("XS: expected the sources in @agoric/xsnap, found none; run npm ci", 3);
}

/** One library or program and what it is made of. */
interface Part {
	readonly name: string;
	readonly units: readonly Unit[];
	/** A name that changes with everything that goes into it. */
	readonly key: string;
}

function part(name: string, compiler: Compiler, units: readonly Unit[], headers: readonly string[]): Part {
	const hash = createHash("sha256").update(compiler.version);
	for (const unit of units) hash.update(JSON.stringify(unit.args)).update(readFileSync(unit.source));
	for (const header of headers) hash.update(header).update(readFileSync(header));
	return { name, units, key: `${hash.digest("hex").slice(0, 16)}-${compiler.bits}` };
}

/** XS's own folders: what programs include, what it asks of platforms, the engine. */
const FOLDERS = ["includes", "platforms", "sources"].map((folder) => join(XS, folder));

function sharedArgs(compiler: Compiler): string[] {
	return [
		...compiler.args,
		"-O2",
		"-fno-common",
		"-ffp-contract=off",
		...DEFINITIONS.map((name) => `-D${name}`),
		...FOLDERS.map((folder) => `-I${folder}`),
		`-I${OWN_SOURCES}`,
	];
}

function parts(compiler: Compiler): { engine: Part; host: Part } {
	const shared = sharedArgs(compiler);
	const engineUnits = cFiles(FOLDERS[2]!, ".c")
		.filter((path) => !LEFT_OUT.has(basename(path)))
		.map((source) => ({
			source,
			object: basename(source).replace(/\.c$/, ".o"),
			args: ["-w", ...shared, ...(WATCHED[basename(source)] ?? []).map((name) => `-D${name}`)],
		}));
	const hostUnits = cFiles(OWN_SOURCES, ".c").map((source) => ({
		source,
		object: `host-${basename(source).replace(/\.c$/, ".o")}`,
		args: ["-Wall", "-Wextra", "-Werror", ...shared],
	}));
	const engineHeaders = FOLDERS.flatMap((folder) => cFiles(folder, ".h"));
	const engine = part("libxs.a", compiler, engineUnits, [...engineHeaders, join(OWN_SOURCES, "platform.h")]);
	const host = part("xs-host", compiler, hostUnits, cFiles(OWN_SOURCES, ".h"));
	return { engine, host: { ...host, key: `${engine.key.slice(0, 16)}-${host.key}` } };
}

function compile(command: string, unit: Unit, folder: string): Promise<void> {
	const args = [...unit.args, "-c", unit.source, "-o", join(folder, unit.object)];
	return new Promise((resolve, reject) => {
		execFile(command, args, { maxBuffer: 1 << 24 }, (error, _stdout, stderr) => {
			if (error) reject(new Error(`${unit.source}: the compiler failed\n${stderr}`));
			else resolve();
		});
	});
}

async function compileAll(command: string, all: readonly Unit[], folder: string): Promise<void> {
	const waiting = [...all];
	const worker = async () => {
		for (let unit = waiting.shift(); unit; unit = waiting.shift()) await compile(command, unit, folder);
	};
	await Promise.all(Array.from({ length: Math.max(2, cpus().length) }, worker));
}

/** Compiles a part in a folder of its own, finishes it there and moves the folder to where it belongs. */
async function make(
	compiler: Compiler,
	what: Part,
	finish: (folder: string) => readonly string[],
): Promise<string> {
	const target = join(CACHE, what.key);
	const result = join(target, what.name);
	if (existsSync(result)) return result;
	mkdirSync(CACHE, { recursive: true });
	await locked(`${target}.lock`, async () => {
		if (existsSync(result)) return;
		if (process.stderr.isTTY) process.stderr.write(`XS is compiled on first use: ${what.name}\n`);
		const folder = mkdtempSync(`${target}-`);
		try {
			await compileAll(compiler.command, what.units, folder);
			const [command, ...args] = finish(folder);
			const done = spawnSync(command!, args, { encoding: "utf8" });
			if (done.status !== 0) throw new Error(`${what.name}: ${command} failed\n${done.stderr}`);
			for (const { object } of what.units) rmSync(join(folder, object));
			if (!existsSync(result)) renameSync(folder, target);
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	});
	return result;
}

const objectsOf = (what: Part, folder: string): string[] =>
	what.units.map((unit) => join(folder, unit.object));

/** XS, and how programs are compiled that are to be linked with it. */
export interface XsEngine {
	readonly compiler: Compiler;
	/** The library, which asks the program for memory, modules, and what to do at the machine's end. */
	readonly library: string;
	readonly args: readonly string[];
}

/**
 * The engine alone, built on first use and kept as {@link xsHost} is.
 *
 * @throws UserError with exit code 3 where the compiler or the sources are missing
 */
export async function xsEngine(): Promise<XsEngine> {
	requireSources();
	const compiler = findCompiler();
	if (!compiler)
		throw new UserError("XS: expected a C compiler (gcc), found none; install gcc and libc6-dev", 3);
	const { engine } = parts(compiler);
	const library = await make(compiler, engine, (folder) => [
		...["ar", "rcs", join(folder, engine.name)],
		...objectsOf(engine, folder),
	]);
	return { compiler, library, args: sharedArgs(compiler) };
}

/**
 * The path of the host of XS, built on first use and kept under `build/xs/` by a hash of its sources,
 * flags and compiler. Processes that need it at once build it once.
 *
 * @throws UserError with exit code 3 where the compiler or the sources are missing
 */
export async function xsHost(): Promise<string> {
	const { compiler, library } = await xsEngine();
	const { host } = parts(compiler);
	return make(compiler, host, (folder) => [
		...[compiler.command, ...compiler.args, "-o", join(folder, host.name)],
		...WRAPPED.map((name) => `-Wl,--wrap=${name}`),
		...[...objectsOf(host, folder), library, "-lm", "-lpthread", "-ldl"],
	]);
}
