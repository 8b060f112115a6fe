import type { Random } from "../firmware/ports.js";
import type { World } from "./world.js";

/** Options of the `readings` traffic: the firmware's own sensing application. */
export type ReadingsOptions = Readonly<Record<"periodS" | "startS" | "readingsPerPack", number>>;

/** One entry of such traffic. */
interface Entry {
	readonly options: ReadingsOptions;
	readonly random: (node: number) => Random;
	/** The sink of each node; undefined for one that has none. */
	readonly sinkOf: (node: number) => number | undefined;
	/** Each node's own, once it has drawn from it. */
	readonly streams: Map<number, Random>;
}

/** Lets the motes make readings, from when they have power. */
export class ReadingApps {
	readonly #world: World;
	readonly #entries: Entry[] = [];

	constructor(world: World) {
		this.#world = world;
	}

	/** From now on all nodes but sinks make readings; those that have power begin. */
	add(
		options: ReadingsOptions,
		random: (node: number) => Random,
		sinkOf: (node: number) => number | undefined,
	): void {
		const entry: Entry = { options, random, sinkOf, streams: new Map() };
		this.#entries.push(entry);
		for (const node of this.#world.motes.keys()) {
			if (this.#world.powered[node] === 1) this.#begin(entry, node, 0);
		}
	}

	/** A node has its power again, or for the first time; it may be a new one. */
	powerOn(node: number, nowUs: number): void {
		for (const entry of this.#entries) this.#begin(entry, node, nowUs);
	}

	#begin(entry: Entry, id: number, nowUs: number): void {
		const { isSink, motes } = this.#world;
		const sink = entry.sinkOf(id);
		if (sink === undefined || isSink[id] === 1) return;
		const { periodS, startS, readingsPerPack } = entry.options;
		const periodUs = Math.round(periodS * 1e6);
		const random = entry.streams.get(id) ?? entry.random(id);
		entry.streams.set(id, random);
		const fromUs = Math.max(Math.round(startS * 1e6), nowUs);
		const { global, linkLocal } = motes[sink]!;
		motes[id]!.startSensing({
			sink: global ?? linkLocal,
			periodUs,
			readingsPerPack,
			firstUs: this.#world.ownUs(id, fromUs + random.below(periodUs)),
			baseName: `n${id}:`,
		});
	}
}
