import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import { UserError } from "../errors.js";
import { type BuildTarget, checkTarget } from "./build-target.js";

/** The oldest SDK whose modules and tools the manifest is written for. */
const LEAST_MODDABLE: Version = [8, 2, 0];
/** The ESP-IDF that SDK 8.2 asks for, where it does not say another one. */
const USUAL_IDF = "v6.0";
const MODDABLE_GUIDE =
	"https://github.com/Moddable-OpenSource/moddable/blob/public/documentation/Moddable%20SDK%20-%20Getting%20Started.md";
const IDF_GUIDE =
	"https://github.com/Moddable-OpenSource/moddable/blob/public/documentation/devices/esp32.md";

type Version = readonly [number, number, number];

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a build stands on. */
export interface Sdk {
	/** The Moddable SDK. */
	readonly moddable: string;
	readonly moddableVersion: string;
	/** ESP-IDF. */
	readonly idf: string;
	readonly idfVersion: string;
	/** The tool that builds. */
	readonly mcconfig: string;
	/** The environment in which it finds its own tools. */
	readonly environment: Environment;
}

/**
 * Finds the Moddable SDK and ESP-IDF.
 *
 * Throws a UserError: exit code 2 for a target that there is not, 3 with all that is missing, and the way to it.
 */
export function findSdk(environment: Environment, target: BuildTarget): Sdk {
	const moddable = checkModdable(environment);
	if (moddable.problems.length === 0) checkTarget(target, moddable.folder);
	const idf = checkIdf(environment, moddable.expectedIdf, target.chip);
	const tools = ["bash", "make", "git"].filter((name) => findInPath(environment, name) === undefined);
	const problems = [
		...moddable.problems,
		...idf.problems,
		...tools.map((name) => `${name} is not installed`),
	];
	if (problems.length > 0) {
		const rows = problems.map((problem) => `\n  - ${problem}`).join("");
		throw new UserError(
			`expected the Moddable SDK and ESP-IDF, found ${problems.length === 1 ? "one thing" : `${problems.length} things`} amiss:${rows}`,
			3,
		);
	}
	const bin = join(moddable.folder, "build", "bin", hostFolder(), "release");
	return {
		moddable: moddable.folder,
		moddableVersion: moddable.version,
		idf: idf.folder,
		idfVersion: idf.version,
		mcconfig: join(bin, "mcconfig"),
		environment: { ...environment, PATH: `${bin}${delimiter}${environment["PATH"] ?? ""}` },
	};
}

/** Where the SDK keeps the tools for this machine. */
function hostFolder(): string {
	return process.platform === "darwin" ? "mac" : "lin";
}

interface Found {
	readonly folder: string;
	readonly version: string;
	readonly problems: readonly string[];
}

function checkModdable(environment: Environment): Found & { readonly expectedIdf: string } {
	const folder = environment["MODDABLE"] ?? "";
	const nothing = (problem: string) => ({ folder, version: "", expectedIdf: USUAL_IDF, problems: [problem] });
	if (folder === "") {
		return nothing(
			`MODDABLE is not set: install the Moddable SDK ${shortOf(LEAST_MODDABLE)} or newer (${MODDABLE_GUIDE}), then name its folder, such as 'export MODDABLE=~/moddable'`,
		);
	}
	const text = readText(join(folder, "tools", "VERSION"));
	const version = text === undefined ? undefined : parseVersion(text);
	if (text === undefined || version === undefined) {
		return nothing(`MODDABLE=${folder}: expected the Moddable SDK, found no tools/VERSION in it`);
	}
	const problems: string[] = [];
	if (compareVersions(version, LEAST_MODDABLE) < 0) {
		problems.push(
			`${folder}: expected Moddable SDK ${shortOf(LEAST_MODDABLE)} or newer, found ${text.trim()}; update it ('git pull') and build its tools again`,
		);
	} else if (!isFile(join(folder, "build", "bin", hostFolder(), "release", "mcconfig"))) {
		const makefiles = join(folder, "build", "makefiles", hostFolder());
		problems.push(`${folder}: expected its tools, found none built; run 'make -C ${makefiles}'`);
	}
	return { folder, version: text.trim(), expectedIdf: expectedIdf(folder), problems };
}

/** The version that the SDK's own build asks for. */
function expectedIdf(moddable: string): string {
	const text = readText(join(moddable, "build", "devices", "esp32", "manifest.json"));
	const [, version] = /"EXPECTED_ESP_IDF"\s*:\s*"([^"]+)"/.exec(text ?? "") ?? [];
	return version ?? USUAL_IDF;
}

function checkIdf(environment: Environment, expected: string, chipTarget: string): Found {
	const folder = environment["IDF_PATH"] ?? "";
	const nothing = (problem: string) => ({ folder, version: "", problems: [problem] });
	const branch = expected.startsWith("v") ? expected : `v${expected}`;
	if (folder === "") {
		return nothing(
			`IDF_PATH is not set: install ESP-IDF ${branch} (${IDF_GUIDE}), that is 'git clone -b ${branch} --recursive https://github.com/espressif/esp-idf.git', then 'esp-idf/install.sh ${chipTarget}' and, in each new shell, '. esp-idf/export.sh'`,
		);
	}
	if (!existsSync(join(folder, "export.sh"))) {
		return nothing(`IDF_PATH=${folder}: expected ESP-IDF, found no export.sh in it`);
	}
	// The SDK's own makefile asks the same, and takes no version but that of a git clone.
	const text = gitDescribe(folder, environment);
	const version = text === undefined ? undefined : parseVersion(text);
	if (text === undefined || version === undefined) {
		return nothing(
			`${folder}: expected a git clone of ESP-IDF with its tags, found none; Moddable asks 'git describe' for the version`,
		);
	}
	const wanted = parseVersion(expected);
	const toolchain = toolchainOf(chipTarget);
	const problems: string[] = [];
	if (wanted !== undefined && (version[0] !== wanted[0] || version[1] !== wanted[1])) {
		problems.push(
			`${folder}: expected ESP-IDF ${branch} or ${branch}.x, which this Moddable SDK asks for, found ${text}; run 'git -C ${folder} checkout ${branch} && git -C ${folder} submodule update --init --recursive', then '${join(folder, "install.sh")} ${chipTarget}'`,
		);
	} else if (!hasCompiler(environment, toolchain)) {
		problems.push(
			`${folder}: expected the compiler for ${chipTarget} (${toolchain.compiler}), found none; run '${join(folder, "install.sh")} ${chipTarget}'`,
		);
	}
	return { folder, version: text, problems };
}

function gitDescribe(folder: string, environment: Environment): string | undefined {
	try {
		const text = execFileSync("git", ["-C", folder, "describe", "--always", "--abbrev=0"], {
			encoding: "utf8",
			env: { ...environment },
			stdio: ["ignore", "pipe", "ignore"],
		});
		return text.trim();
	} catch {
		return undefined;
	}
}

/** Whether the compiler is in the path already, or installed where `export.sh` looks for it. */
function hasCompiler(environment: Environment, { compiler, tool }: Toolchain): boolean {
	if (findInPath(environment, compiler) !== undefined) return true;
	const tools = environment["IDF_TOOLS_PATH"] ?? join(environment["HOME"] ?? homedir(), ".espressif");
	return existsSync(join(tools, "tools", tool));
}

/** A compiler, and the folder that ESP-IDF installs it in. */
interface Toolchain {
	readonly compiler: string;
	readonly tool: string;
}

function toolchainOf(chipTarget: string): Toolchain {
	return /^esp32(s\d+)?$/.test(chipTarget)
		? { compiler: `xtensa-${chipTarget}-elf-gcc`, tool: "xtensa-esp-elf" }
		: { compiler: "riscv32-esp-elf-gcc", tool: "riscv32-esp-elf" };
}

function findInPath(environment: Environment, name: string): string | undefined {
	const folders = (environment["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
	return folders.map((folder) => join(folder, name)).find(isFile);
}

function isFile(path: string): boolean {
	return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function readText(path: string): string | undefined {
	return isFile(path) ? readFileSync(path, "utf8") : undefined;
}

/** From texts such as `8.2.3`, `v6.0` or `v6.0-rc1`. */
function parseVersion(text: string): Version | undefined {
	const [, major, minor, patch] = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(text.trim()) ?? [];
	return major === undefined ? undefined : [Number(major), Number(minor), Number(patch ?? 0)];
}

function compareVersions(a: Version, b: Version): number {
	return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

function shortOf([major, minor]: Version): string {
	return `${major}.${minor}`;
}
