/** What a moment of a run went to. */
export const PARTS = [
	"firmware: mac",
	"firmware: frames",
	"firmware: fragments",
	"firmware: net",
	"firmware: trust",
	"firmware: other",
	"simulator: kernel",
	"simulator: channel",
	"simulator: world and traffic",
	"simulator: measure",
	"simulator: other",
	"host",
	"garbage collection",
	"compiler",
	"engine",
] as const;

export type Part = (typeof PARTS)[number];

/** What a CPU profile of V8 says of a function. */
export interface CallFrame {
	readonly functionName: string;
	readonly url: string;
	/** From 0. */
	readonly lineNumber: number;
}

/** What is used of a CPU profile (https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile). */
export interface CpuProfile {
	readonly nodes: readonly { readonly id: number; readonly callFrame: CallFrame }[];
	/** Microseconds. */
	readonly startTime: number;
	/** Ids of nodes. */
	readonly samples?: readonly number[] | undefined;
	/** Microseconds from the sample before, the first one from the start. */
	readonly timeDeltas?: readonly number[] | undefined;
}

/** From one time to another, in microseconds on the clock of the profile. */
export interface Interval {
	readonly fromUs: number;
	readonly toUs: number;
}

/** The time that a function took by itself. */
export interface FunctionTime {
	/** As in `LinkLayer.receive firmware/mac/link-layer.js:120`. */
	readonly name: string;
	readonly us: number;
}

/** Where the time of a run went. */
export interface TimeSplit {
	/** Microseconds by part, in the order of {@link PARTS}. */
	readonly parts: Readonly<Record<Part, number>>;
	/** By falling time. */
	readonly functions: readonly FunctionTime[];
}

const NAMED_FIRMWARE = ["mac", "frames", "fragments", "net", "trust"];
const SIMULATOR_FOLDERS: Readonly<Record<string, Part>> = {
	kernel: "simulator: kernel",
	channel: "simulator: channel",
	traffic: "simulator: world and traffic",
	"": "simulator: world and traffic",
	measure: "simulator: measure",
};

/** The part of a compiled file of ours, as it lies below `build/`; anything else is the host's. */
export function partOf(url: string): Part {
	const match = /\/build\/(firmware|sim)\/(?:([^/]+)\/)?/.exec(url);
	if (match === null) return "host";
	const [, root, folder = ""] = match;
	if (root === "sim") return SIMULATOR_FOLDERS[folder] ?? "simulator: other";
	return NAMED_FIRMWARE.includes(folder) ? (`firmware: ${folder}` as Part) : "firmware: other";
}

function partOfFrame({ functionName, url }: CallFrame): Part {
	if (functionName === "(garbage collector)") return "garbage collection";
	// Built-ins of the language have no address; what the engine does outside any function is its own.
	if (url === "") return "engine";
	return partOf(url);
}

/**
 * Splits a profile by the part in which each sample was taken: self time, not that of callees.
 *
 * Samples within `compiling`, which is in order and does not overlap, count as the compiler's, whatever function waited for it.
 */
export function splitTime(profile: CpuProfile, compiling: readonly Interval[]): TimeSplit {
	const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
	const parts = Object.fromEntries(PARTS.map((part) => [part, 0])) as Record<Part, number>;
	const functions = new Map<string, number>();
	const { samples = [], timeDeltas = [] } = profile;
	let atUs = profile.startTime;
	let next = 0;
	samples.forEach((id, i) => {
		const us = timeDeltas[i]!;
		atUs += us;
		while (next < compiling.length && compiling[next]!.toUs < atUs) next++;
		const isCompiling = next < compiling.length && compiling[next]!.fromUs <= atUs;
		const frame = frames.get(id)!;
		if (frame.functionName === "(root)" || frame.functionName === "(idle)") return;
		parts[isCompiling ? "compiler" : partOfFrame(frame)] += us;
		if (isCompiling) return;
		const name = nameOf(frame);
		functions.set(name, (functions.get(name) ?? 0) + us);
	});
	const sorted = [...functions].sort((a, b) => b[1] - a[1]);
	return { parts, functions: sorted.map(([name, us]) => ({ name, us })) };
}

function nameOf({ functionName, url, lineNumber }: CallFrame): string {
	const name = functionName === "" ? "(anonymous)" : functionName;
	return url === "" ? name : `${name} ${url.replace(/^.*\/build\//, "")}:${lineNumber + 1}`;
}

/** The same times as intervals in order that do not overlap. */
export function united(intervals: readonly Interval[]): Interval[] {
	const result: { fromUs: number; toUs: number }[] = [];
	for (const { fromUs, toUs } of [...intervals].sort((a, b) => a.fromUs - b.fromUs)) {
		const last = result.at(-1);
		if (last !== undefined && fromUs <= last.toUs) last.toUs = Math.max(last.toUs, toUs);
		else result.push({ fromUs, toUs });
	}
	return result;
}
