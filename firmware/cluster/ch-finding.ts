import { type ElectionFactory, FOLLOW, FULL_CHARGE, LEAD, type Situation, TICKS } from "./election.js";

const TICKS_PER_UNIT = TICKS / (FULL_CHARGE + 1);
/** Odd, so that numbers that follow each other are spread over all instants. */
const SPREAD = 40_503;

/**
 * Deterministic election of paper (b): whoever has the most charge in its neighbourhood leads; ties go to the lower
 * address, and members are one hop from their head. Who then has no head takes part in a second window, in which the most
 * charged announces itself first. After the abstract of arXiv 2508.12707, whose details are not public.
 */
export const chFinding: ElectionFactory = {
	name: "ch-finding",
	options: {},
	reach: "radius",
	roundsPerElection: 1,
	create(_options, host) {
		const spread = Math.imul(host.node, SPREAD) >>> 0;
		let isUncovered = false;
		return {
			begin(situation) {
				isUncovered = false;
				// The richest of a neighbourhood are out of each other's reach: their instants only have to differ.
				return situation.richerNeighbours === 0 ? spread % TICKS : FOLLOW;
			},
			decide: () => LEAD,
			// Where claims were out of date two neighbours may each think itself the richest: one gives in.
			withdraws: (situation, heard) => isUncovered || heard.charge >= situation.charge,
			uncovered(situation) {
				isUncovered = true;
				return inOrderOfCharge(situation, spread);
			},
		};
	},
};

/** The more charge, the earlier; equals in an order of their own. */
function inOrderOfCharge(situation: Situation, spread: number): number {
	const poverty = FULL_CHARGE - Math.min(situation.charge, FULL_CHARGE);
	return poverty * TICKS_PER_UNIT + (spread % TICKS_PER_UNIT);
}
