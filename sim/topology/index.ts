import { clustered } from "./clustered.js";
import { grid } from "./grid.js";
import { line } from "./line.js";
import { links } from "./links.js";
import { positions } from "./positions.js";
import { randomSpatial } from "./random-spatial.js";
import type { TopologyFactory } from "./topology.js";
import { uniform } from "./uniform.js";

/** The topologies that ship, by the name that a scenario gives them. */
export const TOPOLOGIES: ReadonlyMap<string, TopologyFactory> = new Map(
	[grid, uniform, clustered, line, positions, links, randomSpatial].map((factory) => [factory.name, factory]),
);
