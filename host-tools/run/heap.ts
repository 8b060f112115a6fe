import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants, totalmem } from "node:os";
import process from "node:process";
import { getHeapStatistics } from "node:v8";
import { type ExitCode, UserError } from "../errors.js";

const MEGABYTE = 2 ** 20;
/** Heap that a node with full tables takes, with its share of the metrics, in octets. */
const NODE_BYTES = 16_000;
/** Part of the machine's memory that heaps may have in all: the rest is for what lies outside them. */
const HEAP_SHARE = 0.85;

/** What decides how large a heap may be; sizes in octets. */
export interface HeapSituation {
	/** Limit of this process's heap. */
	readonly heapBytes: number;
	/** Memory of the machine, or of the container. */
	readonly memoryBytes: number;
	/** Whether the user gave the limit, who is not overruled. */
	readonly isChosen: boolean;
}

export function heapSituation(): HeapSituation {
	const words = [...process.execArgv, process.env["NODE_OPTIONS"] ?? ""];
	return {
		heapBytes: getHeapStatistics().heap_size_limit,
		// Without a limit of its own a container tells one of 2^64.
		memoryBytes: Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem()),
		isChosen: words.some((word) => /--max[-_]old[-_]space[-_]size/.test(word)),
	};
}

/**
 * The limit in megabytes that each of `sharers` heaps gets; undefined where V8's own is as large or the user's choice.
 *
 * V8 takes 4 GB at most unless told otherwise, however much memory there is.
 */
export function heapShareMb(sharers: number, situation: HeapSituation): number | undefined {
	const { heapBytes, memoryBytes, isChosen } = situation;
	const shareMb = Math.floor((memoryBytes * HEAP_SHARE) / sharers / MEGABYTE);
	return isChosen || shareMb * MEGABYTE <= heapBytes ? undefined : shareMb;
}

/** The heap in megabytes that so many nodes had better run in; undefined where the present one will do. */
export function heapForMb(nodes: number, situation: HeapSituation): number | undefined {
	return nodes * NODE_BYTES <= situation.heapBytes ? undefined : heapShareMb(1, situation);
}

/**
 * Runs this program again with a larger heap where so many nodes need it, which only a new process can have; resolves
 * with its exit code, or with undefined where the present heap will do.
 */
export async function runInLargerHeap(nodes: number): Promise<ExitCode | undefined> {
	const heapMb = heapForMb(nodes, heapSituation());
	if (heapMb === undefined) return undefined;
	return runWithHeap(heapMb, [...process.execArgv, ...process.argv.slice(1)]);
}

const PASSED_ON = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs Node.js with a heap of so many megabytes on the same terminal, and passes signals on to it.
 *
 * Resolves with its exit code. Throws a UserError when the system or V8 ends it.
 */
export async function runWithHeap(heapMb: number, words: readonly string[]): Promise<ExitCode> {
	// In a process group of its own it does not get Ctrl-C twice, from the terminal and from us.
	const child = spawn(process.execPath, [`--max-old-space-size=${heapMb}`, ...words], {
		stdio: "inherit",
		detached: true,
	});
	const passOn = (signal: NodeJS.Signals): void => void child.kill(signal);
	for (const signal of PASSED_ON) process.on(signal, passOn);
	try {
		const [code, signal] = (await once(child, "exit")) as [ExitCode | null, NodeJS.Signals | null];
		if (code !== null) return code;
		if (signal === "SIGINT" || signal === "SIGTERM") return (128 + constants.signals[signal]) as ExitCode;
		const isMemory = signal === "SIGABRT" || signal === "SIGKILL";
		const hint = isMemory ? `; more than a heap of ${heapMb} MB may be needed, or than the machine has` : "";
		throw new UserError(`the run was ended by ${signal}${hint}`, 1);
	} finally {
		for (const signal of PASSED_ON) process.off(signal, passOn);
	}
}
