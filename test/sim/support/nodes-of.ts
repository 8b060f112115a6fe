import { Mote } from "../../../firmware/mote/mote.js";
import type { Node } from "../../../firmware/node.js";
import type { Simulation } from "../../../sim/simulation.js";

/** The nodes of a simulation that run in this process, by number. */
export function nodesOf({ world }: Simulation): readonly Node[] {
	return world.motes.filter((mote) => mote instanceof Mote).map(({ node }) => node);
}
