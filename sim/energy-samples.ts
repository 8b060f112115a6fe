import type { ClusterConfig } from "../firmware/cluster/config.js";
import { slotsBeginUs } from "../firmware/cluster/config.js";

/** Looks are never further apart than so many rounds. */
const MOST_ROUNDS = 16;
/** All listen this much before a round by the clock of the sink, whatever their clocks do. */
const BEFORE_US = 3000;

export interface SampledWorld {
	readonly config: ClusterConfig;
	/** Rounds from one election to the next. */
	readonly roundsPerElection: number;
	/** When the first round begins, by the clock of the sink. */
	readonly beganUs: number;
	/** The true time at which that clock shows as much. */
	trueUs(sinkUs: number): number;
	at(trueUs: number, callback: () => void): void;
	/** Tells what all nodes that have power have used. */
	tell(moment: "election" | "slots"): void;
}

/** Looks at what all nodes have used when a round begins, and when what all listen to in an election is over. */
export function sampleRounds(world: SampledWorld): void {
	const { config, roundsPerElection, beganUs } = world;
	const step = Math.min(roundsPerElection, MOST_ROUNDS);
	const slotsUs = slotsBeginUs(config, true);
	const guardUs = BEFORE_US + Math.ceil((2 * config.driftPpm * roundsPerElection * config.roundUs) / 1e6);
	const look = (round: number): void => {
		const roundUs = beganUs + round * config.roundUs;
		world.at(world.trueUs(roundUs - guardUs), () => {
			world.tell("election");
			if (round % roundsPerElection === 0)
				world.at(world.trueUs(roundUs + slotsUs), () => world.tell("slots"));
			look(round + step);
		});
	};
	look(0);
}
