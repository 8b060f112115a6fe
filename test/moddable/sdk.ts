import { execFile } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The project, whose manifest.json is built. */
export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
/** What the SDK makes of it, kept so that a second run builds what has changed. */
const OUTPUT = join(ROOT, "build/moddable");
const LONGEST_OUTPUT_BYTES = 64 * 1024 * 1024;

/** A check that does not hold, or a tool that fails; its message is for people. */
export class Failure extends Error {}

/** Throws a Failure that says `what` unless it holds. */
export function check(holds: boolean, what: string): asserts holds {
	if (!holds) throw new Failure(what);
}

/** The Moddable SDK that `$MODDABLE` names. */
export class Sdk {
	readonly #home: string;
	readonly #bin: string;

	/** Throws a Failure that says what to do where its tools are missing. */
	constructor(home: string) {
		this.#home = home;
		this.#bin = join(home, "build/bin/lin/release");
		for (const tool of ["mcconfig", "xsc", "xsl"]) {
			check(
				existsSync(join(this.#bin, tool)),
				`MODDABLE is ${home}, and ${tool} is not in its build/bin/lin/release: build the SDK's tools first (firmware/device/README.md)`,
			);
		}
	}

	/** Runs mcconfig on the project's manifest, and returns the folder of what it made for `platform`. */
	async mcconfig(platform: string, args: readonly string[]): Promise<string> {
		mkdirSync(OUTPUT, { recursive: true });
		await this.run("mcconfig", [...args, "-p", platform, "-o", OUTPUT, join(ROOT, "manifest.json")]);
		return OUTPUT;
	}

	/** Compiles the program that runs a build for Linux without a display, and returns its path. */
	async headless(): Promise<string> {
		const flags = (await this.run("pkg-config", ["--cflags", "--libs", "glib-2.0"])).trim().split(/\s+/);
		const program = join(OUTPUT, "headless");
		const source = join(ROOT, "test/moddable/headless.c");
		const screen = `-I${join(this.#home, "build/simulators/modules")}`;
		const warnings = ["-Wall", "-Wextra", "-Werror"];
		await this.run("cc", [
			"-O2",
			...warnings,
			"-DmxLinux=1",
			screen,
			source,
			...flags,
			"-ldl",
			"-o",
			program,
		]);
		return program;
	}

	/** Runs a tool, and returns what it prints. Throws a Failure with that when it fails. */
	async run(command: string, args: readonly string[]): Promise<string> {
		try {
			const { stdout, stderr } = await run(command, args, {
				cwd: ROOT,
				env: { ...process.env, MODDABLE: this.#home, PATH: `${this.#bin}:${process.env["PATH"] ?? ""}` },
				maxBuffer: LONGEST_OUTPUT_BYTES,
			});
			return stdout + stderr;
		} catch (error) {
			const { stdout, stderr, message } = error as { stdout?: string; stderr?: string; message: string };
			throw new Failure(`${command} ${args.join(" ")}\n${stdout ?? ""}${stderr ?? message}`);
		}
	}
}
