import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import test from "ava";

// Each wall between firmware/, sim/ and host-tools/ is broken once, in a copy of the project's configuration with
// next to no code, and the compiler or the linter must refuse it.

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const CONFIGURATION = [
	"tsconfig.base.json",
	"biome.json",
	"biome-portable.grit",
	"biome-preloaded.grit",
	"package.json",
];

interface Wall {
	readonly name: string;
	/** Where the breach stands, and what it says. */
	readonly file: string;
	readonly code: string;
	readonly keeper: "compiler" | "linter";
	/** What the refusal says. */
	readonly says: RegExp;
}

const WALLS: readonly Wall[] = [
	{
		name: "firmware imports nothing from sim",
		file: "firmware/breach.ts",
		code: 'export * from "../sim/fine.js";',
		keeper: "compiler",
		says: /TS6059|TS6307/,
	},
	{
		name: "firmware imports nothing from host-tools",
		file: "firmware/breach.ts",
		code: 'export * from "../host-tools/fine.js";',
		keeper: "linter",
		says: /imports nothing from outside firmware/,
	},
	{
		name: "sim imports nothing from host-tools",
		file: "sim/breach.ts",
		code: 'export * from "../host-tools/fine.js";',
		keeper: "compiler",
		says: /TS6059|TS6307/,
	},
	{
		name: "firmware imports no package",
		file: "firmware/breach.ts",
		code: 'export { parse } from "yaml";',
		keeper: "linter",
		says: /stands on no package/,
	},
	{
		name: "firmware imports no module of Moddable",
		file: "firmware/device/breach.ts",
		code: 'export { default } from "timer";',
		keeper: "linter",
		says: /stands on no package/,
	},
	{
		name: "device/moddable imports no package but Moddable's modules",
		file: "firmware/device/moddable/breach.ts",
		code: 'export { parse } from "yaml";',
		keeper: "linter",
		says: /stands on Moddable's modules alone/,
	},
	{
		name: "device/moddable imports nothing from host-tools",
		file: "firmware/device/moddable/breach.ts",
		code: 'export * from "../../../host-tools/fine.js";',
		keeper: "linter",
		says: /imports nothing from outside firmware/,
	},
	{
		name: "sim imports no package",
		file: "sim/breach.ts",
		code: 'export { parse } from "yaml";',
		keeper: "linter",
		says: /stands on no package/,
	},
	{
		name: "sim knows no Node.js module",
		file: "sim/breach.ts",
		code: 'export { readFileSync } from "node:fs";',
		keeper: "compiler",
		says: /TS2591|TS2307/,
	},
	...["console", "setTimeout", "Buffer", "TextEncoder", "performance", "document"].flatMap((name) =>
		["firmware", "sim"].map(
			(folder): Wall => ({
				name: `${folder} knows no ${name}`,
				file: `${folder}/breach.ts`,
				code: `export const breach: unknown = ${name};`,
				keeper: "compiler",
				says: /TS2304|TS2580|TS2584|TS2591/,
			}),
		),
	),
	...["new Uint8Array(8)", "new Map()", "new DataView(new ArrayBuffer(8))"].map(
		(made): Wall => ({
			name: `a module of firmware makes no ${made}`,
			file: "firmware/breach.ts",
			code: `export const breach = ${made};`,
			keeper: "linter",
			says: /freeze what does not/,
		}),
	),
	{
		name: "methods of firmware stand on prototypes",
		file: "firmware/breach.ts",
		code: "export class Breach {\n\tbreach(): number {\n\t\treturn this.#breach();\n\t}\n\t#breach(): number {\n\t\treturn 1;\n\t}\n}",
		keeper: "linter",
		says: /write private/,
	},
	{
		name: "a module of firmware has no variable that changes",
		file: "firmware/breach.ts",
		code: "let breach = 0;\nexport function count(): number {\n\treturn ++breach;\n}",
		keeper: "linter",
		says: /a variable that changes belongs to an object/,
	},
	...["Math.random()", "Math.exp(1)", "Math.log2(3)", "Math.sin(1)", "3 ** 0.5", "Date.now()"].flatMap(
		(use) =>
			["firmware", "sim"].map(
				(folder): Wall => ({
					name: `${folder} uses no ${use}`,
					file: `${folder}/breach.ts`,
					code: `export const breach = ${use};`,
					keeper: "linter",
					says: /differs between engines|global variable Date|Math\.pow/,
				}),
			),
	),
];

/** A project with the configuration of ours and one harmless file in each folder. */
function smallProject(): string {
	const directory = mkdtempSync(join(tmpdir(), "lowguard-walls-"));
	for (const name of CONFIGURATION) cpSync(join(ROOT, name), join(directory, name));
	for (const folder of ["firmware", "sim", "host-tools"]) {
		mkdirSync(join(directory, folder));
		cpSync(join(ROOT, folder, "tsconfig.json"), join(directory, folder, "tsconfig.json"));
		writeFileSync(join(directory, folder, "fine.ts"), "export const fine = 1;\n");
	}
	symlinkSync(join(ROOT, "node_modules"), join(directory, "node_modules"));
	return directory;
}

/** What a tool prints; undefined when it finds nothing wrong. */
function complaint(directory: string, tool: string, args: readonly string[]): string | undefined {
	const path = resolve(ROOT, "node_modules", ...tool.split("/"));
	try {
		execFileSync(process.execPath, [path, ...args], { cwd: directory, stdio: "pipe", encoding: "utf8" });
		return undefined;
	} catch (error) {
		const { stdout, stderr } = error as { stdout: string; stderr: string };
		return stdout + stderr;
	}
}

function compile(directory: string, folder: string): string | undefined {
	return complaint(directory, "typescript/bin/tsc", ["-b", folder]);
}

function lint(directory: string, file: string): string | undefined {
	const args = ["lint", "--vcs-enabled=false", "--error-on-warnings", file];
	return complaint(directory, "@biomejs/biome/bin/biome", args);
}

test("a project that breaks no wall is refused nothing", (t) => {
	const directory = smallProject();
	t.teardown(() => rmSync(directory, { recursive: true }));
	for (const folder of ["firmware", "sim", "host-tools"]) {
		t.is(compile(directory, folder), undefined);
		t.is(lint(directory, `${folder}/fine.ts`), undefined);
	}
});

test("device/moddable may import Moddable's modules", (t) => {
	const directory = smallProject();
	t.teardown(() => rmSync(directory, { recursive: true }));
	mkdirSync(join(directory, "firmware/device/moddable"), { recursive: true });
	const file = "firmware/device/moddable/fine.ts";
	writeFileSync(
		join(directory, file),
		'export { default } from "timer";\nexport { default as UDP } from "embedded:io/socket/udp";\n',
	);
	t.is(lint(directory, file), undefined);
});

for (const { name, file, code, keeper, says } of WALLS) {
	test(`the ${keeper} holds: ${name}`, (t) => {
		const directory = smallProject();
		t.teardown(() => rmSync(directory, { recursive: true }));
		mkdirSync(dirname(join(directory, file)), { recursive: true });
		writeFileSync(join(directory, file), `${code}\n`);
		const said = keeper === "compiler" ? compile(directory, file.split("/")[0]!) : lint(directory, file);
		t.regex(said ?? "nothing wrong", says);
	});
}
