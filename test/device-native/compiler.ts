import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { ExecutionContext } from "ava";
import type { XsEngine } from "../../host-tools/xs/host-build.js";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
/** The native code that ships. */
export const NATIVE = join(ROOT, "firmware/device/native");
export const RADIO = join(NATIVE, "radio154");
/** The sources of the tests themselves, and ESP-IDF as they know it. */
const TESTS = join(ROOT, "test/device-native");
const XS = join(ROOT, "node_modules/@agoric/xsnap/moddable/xs/includes");

/** Every warning is an error, as the standard has it and then some. */
const WARNINGS = "-Wall -Wextra -Werror -Wstrict-prototypes -Wmissing-prototypes -Wshadow".split(" ");
const INCLUDES = [
	...[join(TESTS, "stubs"), TESTS, NATIVE, RADIO].map((folder) => `-I${folder}`),
	// Of XS only our own lines are held to our warnings; its older header takes size_t for granted.
	...["-isystem", XS, "-include", "stddef.h"],
];

/** A compiler, and the options that choose what it compiles for. */
export interface Compiler {
	readonly command: string;
	readonly options: readonly string[];
	/** What to install where it is absent. */
	readonly package: string;
}

export const HOST: Compiler = { command: "cc", options: ["-O1", "-g"], package: "gcc" };

/** The chips' core, with atomic instructions as ESP-IDF compiles for it, and without them as the Moddable SDK does. */
export const RISCV: readonly Compiler[] = ["rv32imac", "rv32imc"].map((architecture) => ({
	command: "riscv64-unknown-elf-gcc",
	options: [`-march=${architecture}`, "-mabi=ilp32", "--specs=picolibc.specs", "-Os"],
	package: "gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf",
}));

const found = new Map<Compiler, boolean>();

function isThere(compiler: Compiler): boolean {
	let answer = found.get(compiler);
	if (answer === undefined) {
		const args = [...compiler.options, "-x", "c", "-fsyntax-only", "-"];
		answer = spawnSync(compiler.command, args, { input: "#include <string.h>\n" }).status === 0;
		found.set(compiler, answer);
	}
	return answer;
}

/** Says loudly that nothing was compiled, where the compiler is absent; returns whether it is there. */
export function requireCompiler(t: ExecutionContext, compiler: Compiler): boolean {
	if (isThere(compiler)) return true;
	const missing = `${compiler.command} is not installed (Debian: ${compiler.package})`;
	t.log(`SKIPPED: ${missing}, so no native code was tested`);
	process.stderr.write(`\n*** ${t.title}: SKIPPED, ${missing} ***\n`);
	t.pass();
	return false;
}

/** The C files of a folder, those excepted whose name has `but` in it. */
export function sourcesOf(folder: string, but?: string): string[] {
	const names = readdirSync(folder).filter((name) => name.endsWith(".c"));
	return names.filter((name) => but === undefined || !name.includes(but)).map((name) => join(folder, name));
}

/** A source of the tests. */
export function testSource(name: string): string {
	return join(TESTS, name);
}

/** Compiles without linking; returns the object file. Throws with the compiler's words. */
export function compile(compiler: Compiler, source: string, into: string): string {
	const object = join(into, `${basename(source)}.o`);
	const args = [...compiler.options, "-std=gnu17", "-DESP_PLATFORM", ...WARNINGS, ...INCLUDES];
	execFileSync(compiler.command, [...args, "-c", source, "-o", object], { encoding: "utf8", stdio: "pipe" });
	return object;
}

/** Compiles and links a program for this machine, with checks of memory and arithmetic where the machine has them. */
export function buildProgram(sources: readonly string[], defines: readonly string[] = []): string {
	const program = join(newFolder(), "program");
	const args = [
		...HOST.options,
		"-std=gnu17",
		...WARNINGS,
		...INCLUDES,
		...defines,
		...sources,
		"-o",
		program,
	];
	const checked = spawnSync(HOST.command, [
		"-fsanitize=address,undefined",
		"-fno-sanitize-recover=all",
		...args,
	]);
	if (checked.status !== 0) execFileSync(HOST.command, args, { encoding: "utf8", stdio: "pipe" });
	return program;
}

/** Compiles and links a program with XS in it, for pointers and slots as wide as the engine's. */
export function buildWithEngine(
	{ compiler, library, args }: XsEngine,
	sources: readonly string[],
	into: string,
): string {
	const program = join(into, "program");
	const options = ["-std=gnu17", "-DESP_PLATFORM", "-Wall", "-Wextra", "-Werror"];
	// Our folders first: XS has a file of its own by the name of one of theirs.
	const all = [
		...INCLUDES,
		...args,
		...options,
		...sources,
		library,
		"-lm",
		"-lpthread",
		"-ldl",
		"-o",
		program,
	];
	execFileSync(compiler.command, all, { encoding: "utf8", stdio: "pipe" });
	return program;
}

/** A folder of its own, in the system's for temporary files. */
export function newFolder(): string {
	return mkdtempSync(join(tmpdir(), "lowguard-native-"));
}

/** Runs a program on lines of input; returns its lines. Throws when it fails. */
export function run(program: string, lines: readonly string[]): string[] {
	return runWith(program, [], lines);
}

/** As {@link run}, with a folder as its argument. */
export function runIn(folder: string, program: string, lines: readonly string[]): string[] {
	return runWith(program, [folder], lines);
}

function runWith(program: string, args: readonly string[], lines: readonly string[]): string[] {
	const { status, stdout, stderr } = spawnSync(program, args, {
		input: `${lines.join("\n")}\n`,
		encoding: "utf8",
		// None of the native code allocates, and looking for leaks takes longer than all the rest.
		env: { ...process.env, ASAN_OPTIONS: "detect_leaks=0" },
	});
	if (status !== 0) throw new Error(`${program} ended with ${status}: ${stdout}${stderr}`);
	return stdout.split("\n").slice(0, -1);
}
