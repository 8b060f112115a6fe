import type { ExplicitLink, Positions } from "../channel/links.js";
import type { ContactGraph } from "./contact-graph.js";

/** JSON Schema of options by name, each with its default. */
export type OptionSchemas = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Options as a scenario gives them, defaults filled in and checked against the schemas. */
export type Options = Readonly<Record<string, unknown>>;

/** Where nodes stand, and who hears whom where that does not follow from it. */
export interface Topology {
	readonly nodes: number;
	/** Places in metres; all zero where only links are given. */
	readonly positions: Positions;
	/** Explicit links, which take the place of propagation; undefined to let the channel decide. */
	readonly links: readonly ExplicitLink[] | undefined;
	/** The same links as flat arrays, where a topology has them so. */
	readonly contacts?: ContactGraph;
}

/** What a module exports to be used as a topology. */
export interface TopologyFactory {
	readonly name: string;
	readonly options: OptionSchemas;
	/** `seed` names the random streams: the same seed, the same places. */
	create(options: Options, seed: number): Topology;
}
