import {
	type ElectionFactory,
	type ElectionHost,
	type ElectionOptions,
	type Omniscience,
	TICKS,
} from "../../../firmware/cluster/election.js";
import type { Random } from "../../../firmware/ports.js";
import { RandomStream } from "../../kernel/random.js";

type Schemas = ElectionFactory["options"];

/** Schema of a probability that is above 0. */
export function probabilityOption(value: number, description: string): Schemas[string] {
	return { type: "number", exclusiveMinimum: 0, maximum: 1, default: value, description };
}

/** The number that a scenario gives for `name`, else the default of its schema. */
export function numberOption(options: ElectionOptions, schemas: Schemas, name: string): number {
	return Number(options[name] ?? schemas[name]?.["default"]);
}

/** The switch that a scenario gives for `name`, else the default of its schema. */
export function booleanOption(options: ElectionOptions, schemas: Schemas, name: string): boolean {
	return Boolean(options[name] ?? schemas[name]?.["default"]);
}

/** The word that a scenario gives for `name`, else the default of its schema. */
export function wordOption(options: ElectionOptions, schemas: Schemas, name: string): string {
	return String(options[name] ?? schemas[name]?.["default"]);
}

/** What a host knows of the whole network; a RangeError that names the election where it knows nothing. */
export function omniscienceOf(election: string, host: ElectionHost): Omniscience {
	if (host.omniscience === undefined) {
		throw new RangeError(
			`${election}: expected a simulation that lets nodes know the whole network (omniscience), found none`,
		);
	}
	return host.omniscience;
}

/** A number in [0, 1) with 32 random bits. */
export function uniform(random: Random): number {
	return (random.int32() >>> 0) / 0x100000000;
}

/** Any instant of a window, all equally likely. */
export function randomTick(random: Random): number {
	return random.below(TICKS);
}

/** Lets a stream be as if so many words had been drawn; what the simulator draws from need not compute them. */
export function pass(random: Random, words: number): void {
	if (random instanceof RandomStream) random.skip(words);
	else for (let i = 0; i < words; i++) random.int32();
}
