import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../errors.js";
import { type Compiler, findCompiler } from "./compiler.js";
import { locked } from "./lock.js";

/** The folder with everything that `tsc` and this build make. */
export const BUILD_FOLDER = fileURLToPath(new URL("../../", import.meta.url));

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

interface Unit {
	readonly source: string;
	readonly object: string;
	readonly args: readonly string[];
}

function cFiles(folder: string): string[] {
	return readdirSync(folder).filter((name) => /\.[ch]$/.test(name));
}

/** Whether this checkout has what the build needs besides a compiler. */
function requireSources(): void {
	if (!existsSync(join(OWN_SOURCES, "main.c")))
		throw new UserError("XS: expected a checkout of the project, found an installed package", 3);
	if (!existsSync(join(XS, "sources/xsAll.h")))
		throw new UserError("XS: expected the sources in @agoric/xsnap, found none; run npm ci", 3);
}

function units(compiler: Compiler): Unit[] {
	const shared = [
		...compiler.args,
		"-O2",
		"-fno-common",
		"-ffp-contract=off",
		...DEFINITIONS.map((name) => `-D${name}`),
		...["includes", "platforms", "sources"].map((folder) => `-I${join(XS, folder)}`),
		`-I${OWN_SOURCES}`,
	];
	const engine = cFiles(join(XS, "sources"))
		.filter((name) => name.endsWith(".c") && !LEFT_OUT.has(name))
		.map((name) => ({
			source: join(XS, "sources", name),
			object: name.replace(/\.c$/, ".o"),
			args: ["-w", ...shared, ...(WATCHED[name] ?? []).map((definition) => `-D${definition}`)],
		}));
	const own = cFiles(OWN_SOURCES)
		.filter((name) => name.endsWith(".c"))
		.map((name) => ({
			source: join(OWN_SOURCES, name),
			object: `host-${name.replace(/\.c$/, ".o")}`,
			args: ["-Wall", "-Wextra", "-Werror", ...shared],
		}));
	return [...own, ...engine];
}

/** Names a build by everything that goes into it. */
function keyOf(compiler: Compiler, all: readonly Unit[]): string {
	const hash = createHash("sha256").update(compiler.version);
	for (const unit of all) hash.update(JSON.stringify(unit.args)).update(readFileSync(unit.source));
	const headers = [join(XS, "includes"), join(XS, "platforms"), join(XS, "sources"), OWN_SOURCES];
	for (const folder of headers)
		for (const name of cFiles(folder)
			.filter((n) => n.endsWith(".h"))
			.sort())
			hash.update(name).update(readFileSync(join(folder, name)));
	return hash.digest("hex").slice(0, 16);
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

async function build(compiler: Compiler, all: readonly Unit[], target: string): Promise<void> {
	const folder = mkdtempSync(`${target}-`);
	try {
		await compileAll(compiler.command, all, folder);
		const objects = all.map((unit) => join(folder, unit.object));
		const program = join(folder, "xs-host");
		const link = [...compiler.args, ...objects, "-lm", "-lpthread", "-ldl", "-o", program];
		const linked = spawnSync(compiler.command, link, { encoding: "utf8" });
		if (linked.status !== 0) throw new Error(`xs-host: the linker failed\n${linked.stderr}`);
		for (const object of objects) rmSync(object);
		renameSync(folder, target);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/**
 * The path of the host of XS, built on first use and kept under `build/xs/` by a hash of its sources,
 * flags and compiler. Processes that need it at once build it once.
 *
 * @throws UserError with exit code 3 where the compiler or the sources are missing
 */
export async function xsHost(): Promise<string> {
	requireSources();
	const compiler = findCompiler();
	if (!compiler)
		throw new UserError("XS: expected a C compiler (gcc), found none; install gcc and libc6-dev", 3);
	const all = units(compiler);
	const cache = join(BUILD_FOLDER, "xs");
	const target = join(cache, `${keyOf(compiler, all)}-${compiler.bits}`);
	const program = join(target, "xs-host");
	if (existsSync(program)) return program;
	mkdirSync(cache, { recursive: true });
	await locked(`${target}.lock`, async () => {
		if (!existsSync(program)) await build(compiler, all, target);
	});
	return program;
}
