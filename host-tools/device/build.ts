import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join, relative } from "node:path";
import process from "node:process";
import { fileError, UserError } from "../errors.js";
import { filesUnder } from "./build-state.js";
import type { BuildTarget } from "./build-target.js";
import { readElfSections } from "./elf.js";
import {
	APPLICATION,
	BOOTLOADER,
	type FirmwareImage,
	PARTITION_TABLE,
	readImageFolder,
} from "./image-folder.js";
import { type MemoryUse, memoryUse } from "./memory-use.js";
import type { Sdk } from "./sdk.js";

const IMAGE_FILES = [BOOTLOADER, PARTITION_TABLE, APPLICATION];
const PROGRAM = "xs_esp32.elf";
/** Beside the image, what tells ESP-IDF's build that it is done; without them it makes the image anew. */
const MARKS = [PROGRAM, "bootloader.elf", ".bin_timestamp"];
const FLAT_MANIFEST = "manifest_flat.json";
const SLOT_BYTES = 16;

/** What to build, and where. */
export interface BuildRequest {
	readonly sdk: Sdk;
	readonly target: BuildTarget;
	/** `key=value` for `mc/config`, checked. */
	readonly settings: readonly string[];
	readonly debug: boolean;
	/** The folder of the project's manifest. */
	readonly root: string;
	/** Where `mcconfig` keeps what it makes on the way. */
	readonly work: string;
	/** Where the image goes. */
	readonly out: string;
	readonly signal?: AbortSignal;
}

/** What was built. */
export interface BuildResult {
	readonly image: FirmwareImage;
	/** Memory of the program before it allocates. */
	readonly memory: MemoryUse;
	/** What the XS machine takes when it starts; null where the manifest leaves it to the SDK. */
	readonly machine: MachineSize | null;
}

/** The manifest's `creation`. */
export interface MachineSize {
	readonly chunkBytes: number;
	readonly slots: number;
	readonly stackSlots: number;
	/** Names that a program can make at run time: at the start, and with each growth. */
	readonly keys: number;
	readonly moreKeys: number;
	/** Octets of heap for chunks, slots and stack. */
	readonly bytes: number;
}

/** Builds firmware with `mcconfig`, whose words go to stderr. Throws a UserError. */
export async function buildFirmware(request: BuildRequest): Promise<BuildResult> {
	const { work, out } = request;
	refuseStrangers(out);
	mkdirSync(work, { recursive: true });
	forgetOutputs(work);
	await runMcconfig(request);
	const made = filesUnder(work);
	const find = (name: string) => made.find((path) => basename(path) === name);
	const missing = [...IMAGE_FILES, PROGRAM].filter((name) => find(name) === undefined);
	if (missing.length > 0) {
		// The SDK's makefile goes on when ESP-IDF fails, and ends as if all were well.
		throw new UserError(
			`expected ${missing.join(", ")} of ESP-IDF, found none; the first error is in what it said above`,
			1,
		);
	}
	mkdirSync(out, { recursive: true });
	for (const name of IMAGE_FILES) copyFileSync(find(name)!, join(out, name));
	const image = readImageFolder(out);
	return { image, memory: readMemory(image, find(PROGRAM)!), machine: readMachine(find(FLAT_MANIFEST)) };
}

/** An image may be built over an earlier one, and over nothing else. */
function refuseStrangers(out: string): void {
	if (!existsSync(out)) return;
	let names: string[];
	try {
		names = readdirSync(out);
	} catch (error) {
		throw fileError(out, error);
	}
	const stranger = names.find((name) => !IMAGE_FILES.includes(name));
	if (stranger === undefined) return;
	throw new UserError(
		`--out ${out}: expected an empty folder or an earlier image, found ${stranger} in it; nothing was overwritten`,
	);
}

/** What an earlier build left must not pass for the result of one that fails. */
function forgetOutputs(work: string): void {
	for (const path of filesUnder(work)) {
		if ([...IMAGE_FILES, ...MARKS].includes(basename(path))) rmSync(path);
	}
}

async function runMcconfig({
	sdk,
	target,
	settings,
	debug,
	root,
	work,
	signal,
}: BuildRequest): Promise<void> {
	// Without `-t build`, debug builds go on to flash, and end other programs by their names.
	const words = [...(debug ? ["-d"] : []), "-m", "-p", target.platform, "-t", "build"];
	const args = [...words, "-o", work, join(root, "manifest.json"), ...settings];
	// Platforms are written in lower case, so that a path in one must be relative.
	const child = spawn(sdk.mcconfig, args, {
		cwd: root,
		env: { ...sdk.environment },
		stdio: ["ignore", 2, 2],
		// With a group of its own, all that it has started can be stopped with it.
		detached: true,
	});
	const stop = () => void (child.pid !== undefined && process.kill(-child.pid, "SIGTERM"));
	signal?.addEventListener("abort", stop, { once: true });
	const code = await new Promise<number | null>((resolve, reject) => {
		child.once("error", (error) => reject(fileError(sdk.mcconfig, error)));
		child.once("close", resolve);
	}).finally(() => signal?.removeEventListener("abort", stop));
	if (signal?.aborted === true) throw signal.reason;
	if (code !== 0) {
		throw new UserError(
			`expected mcconfig to build, found it ended ${code === null ? "by a signal" : `with code ${code}`}; the first error is in what it said above`,
			1,
		);
	}
}

function readMemory(image: FirmwareImage, program: string): MemoryUse {
	const sections = readElfSections(readFileSync(program));
	if (typeof sections === "string") throw new UserError(`${program}: ${sections}`, 1);
	return memoryUse(image.chip, sections);
}

interface FlatManifest {
	readonly creation?: {
		readonly chunk?: { readonly initial?: number };
		readonly heap?: { readonly initial?: number };
		readonly stack?: number;
		readonly keys?: { readonly initial?: number; readonly incremental?: number };
	};
}

function readMachine(path: string | undefined): MachineSize | null {
	if (path === undefined) return null;
	const { creation } = JSON.parse(readFileSync(path, "utf8")) as FlatManifest;
	const chunkBytes = creation?.chunk?.initial;
	const slots = creation?.heap?.initial;
	const stackSlots = creation?.stack;
	if (chunkBytes === undefined || slots === undefined || stackSlots === undefined) return null;
	return {
		chunkBytes,
		slots,
		stackSlots,
		keys: creation?.keys?.initial ?? 0,
		moreKeys: creation?.keys?.incremental ?? 0,
		bytes: chunkBytes + (slots + stackSlots) * SLOT_BYTES,
	};
}

/** A path as a user would type it from here. */
export function shortPath(path: string): string {
	const short = relative("", path);
	return short === "" ? "." : short.startsWith("..") ? path : short;
}
