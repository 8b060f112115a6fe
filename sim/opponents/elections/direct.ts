import { type ElectionFactory, FOLLOW } from "../../../firmware/cluster/election.js";

/** No clusters: nobody ever leads, and every node sends to the sink itself. */
export const direct: ElectionFactory = {
	name: "direct",
	options: {},
	reach: "all",
	roundsPerElection: 0xffff,
	create: () => ({ begin: () => FOLLOW, decide: () => FOLLOW }),
};
