import type { Random } from "../ports.js";
import {
	type Announcement,
	type Decision,
	type Election,
	type ElectionFactory,
	type ElectionOptions,
	FOLLOW,
	LEAD,
	type Situation,
	TENTATIVELY,
	type TermOutcome,
	TICKS,
} from "./election.js";
import { ONE_16, root16 } from "./fixed-point.js";
import { Learner, rewardOf, stateOf } from "./learning.js";

/** Ratios of cost to benefit ω that learning chooses from: 0.1, 0.2, 0.35, 0.55, 0.8 in Q0.16. */
const RATIOS = [6554, 13107, 22938, 36045, 52429] as const;
/** What a node that knows nothing yet plays: the last one, to leave it to others. */
const FIRST_RATIO = RATIOS.length - 1;
/** ω is held from 0.02 to 0.98, in Q0.16: nobody volunteers for sure, or never. */
const RATIO_LEAST = 1311;
const RATIO_MOST = 64225;
/** Units of charge, around the neighbours' mean, that announcements tell apart by their instants. */
const SPAN_UNITS = 32;
/** Of the second window, this share is for announcements in order, and the rest for answers to the last who called. */
const ORDERED_TICKS = Math.floor(0.6 * TICKS);
const ANSWER_TICKS = TICKS - ORDERED_TICKS;
/** A node without a head calls when its charge is so many units below its neighbours' mean … */
const CALL_UNITS = 10;
/** … and those answer who have so many more than it: else the term would only make another one poor. */
const ANSWER_UNITS = 12;

const OPTIONS: ElectionFactory["options"] = {
	learning: {
		type: "boolean",
		default: true,
		description: "Whether nodes learn the ratio of cost to benefit; else all have costRatio",
	},
	costRatio: {
		type: "number",
		minimum: 0.02,
		maximum: 0.98,
		default: 0.55,
		description:
			"Ratio of cost to benefit for a node with as much charge as its neighbours, where none is learnt",
	},
	modesty: {
		type: "boolean",
		default: true,
		description:
			"Whether nodes with less charge than their neighbours on average leave the first window to these",
	},
	ordering: {
		type: "boolean",
		default: true,
		description: "Whether those with more charge announce themselves earlier; else all at random instants",
	},
	jitter: {
		type: "number",
		minimum: 0,
		maximum: 1,
		default: 0.05,
		description: "Share of the window by which announcements are delayed at random",
	},
	calls: {
		type: "boolean",
		default: true,
		description:
			"Whether a poor node that nobody covers calls before it leads, and a richer neighbour may come forward",
	},
	preferUnits: {
		type: "integer",
		minimum: 0,
		maximum: 255,
		default: 4,
		description:
			"Heads whose charge differs by less count as equal, and the nearest is joined; 0 for always the nearest",
	},
};

function numberOf(options: ElectionOptions, name: string): number {
	return Number(options[name] ?? OPTIONS[name]?.["default"]);
}

function isOn(options: ElectionOptions, name: string): boolean {
	return Boolean(options[name] ?? OPTIONS[name]?.["default"]);
}

/**
 * ω of a node in Q0.16: `ratio16` times (Ē/E)², E its charge and Ē the mean of its neighbourhood with itself, held
 * from 0.02 to 0.98. Without any charge it is the most.
 */
export function chargeScaledRatio(ratio16: number, situation: Situation): number {
	const { charge, claimedCharge, neighbours } = situation;
	if (charge <= 0) return RATIO_MOST;
	const quotient16 = Math.min(
		16 * ONE_16,
		Math.floor(((claimedCharge + charge) * ONE_16) / ((neighbours + 1) * charge)),
	);
	const ratio = Math.floor((ratio16 * Math.floor((quotient16 * quotient16) / ONE_16)) / ONE_16);
	return Math.max(RATIO_LEAST, Math.min(RATIO_MOST, ratio));
}

/** Whether a node has so much less than its neighbours that one of them had better lead. */
function isPoor({ charge, neighbours, claimedCharge }: Situation): boolean {
	return (charge + CALL_UNITS) * neighbours < claimedCharge;
}

/**
 * How poor a node is among its neighbours, Q0.16: half by how far its charge is from their mean, of
 * {@link SPAN_UNITS}, and half by how many of them are richer.
 *
 * A unit of charge counts as much late in life as early. The distance keeps neighbours who see other neighbourhoods in
 * order, the rank those whose charge is equal; on the air both keep them from speaking at once.
 */
function poverty16(situation: Situation): number {
	const { charge, neighbours, claimedCharge, richerNeighbours } = situation;
	if (neighbours === 0) return 0;
	const behind = (claimedCharge - charge * neighbours) / neighbours;
	const distance = Math.max(-SPAN_UNITS / 2, Math.min(SPAN_UNITS / 2, behind)) + SPAN_UNITS / 2;
	const rank = Math.min(1, richerNeighbours / (neighbours + 1));
	return Math.floor(((distance / SPAN_UNITS + rank) * ONE_16) / 2);
}

class Game implements Election {
	readonly #random: Random;
	readonly #learner: Learner | undefined;
	readonly #costRatio16: number;
	readonly #isModest: boolean;
	readonly #isOrdered: boolean;
	readonly #jitter16: number;
	readonly #calls: boolean;
	readonly #preferUnits: number;
	#wasCovered = true;
	/** Its part in the second window of this election. */
	#isUncovered = false;
	#hasCalled = false;
	#isAnswering = false;

	constructor(options: ElectionOptions, random: Random) {
		this.#random = random;
		this.#learner = isOn(options, "learning") ? new Learner(random, FIRST_RATIO) : undefined;
		this.#costRatio16 = Math.round(numberOf(options, "costRatio") * ONE_16);
		this.#isModest = isOn(options, "modesty");
		this.#isOrdered = isOn(options, "ordering");
		this.#jitter16 = Math.round(numberOf(options, "jitter") * ONE_16);
		this.#calls = isOn(options, "calls");
		this.#preferUnits = numberOf(options, "preferUnits");
	}

	begin(situation: Situation): Decision {
		this.enter(false);
		const { charge, neighbours } = situation;
		// Nobody else can do it.
		if (neighbours === 0) return this.instant(situation, TICKS);
		const ratio16 =
			this.#learner === undefined
				? this.#costRatio16
				: RATIOS[this.#learner.choose(stateOf(situation, this.#wasCovered))]!;
		const draw16 = this.#random.below(ONE_16);
		if (this.#isModest && charge * neighbours < situation.claimedCharge) return FOLLOW;
		if (draw16 < root16(chargeScaledRatio(ratio16, situation), neighbours)) return FOLLOW;
		return this.instant(situation, TICKS);
	}

	decide(situation: Situation, tick: number): Decision {
		if (this.#isAnswering) return LEAD;
		if (situation.heads > 0) return FOLLOW;
		if (!this.#calls || !this.#isUncovered || this.#hasCalled || !isPoor(situation)) return LEAD;
		this.#hasCalled = true;
		return TENTATIVELY + Math.min(TICKS - 1, tick + ANSWER_TICKS);
	}

	withdraws(_situation: Situation, heard: Announcement): boolean {
		return !heard.tentative;
	}

	uncovered(situation: Situation): Decision {
		this.enter(true);
		return this.instant(situation, this.#calls ? ORDERED_TICKS : TICKS);
	}

	called(situation: Situation, heard: Announcement, tick: number): Decision {
		if (!this.#calls || situation.charge < heard.charge + ANSWER_UNITS) return FOLLOW;
		this.#isAnswering = true;
		return Math.min(TICKS - 1, tick + this.instant(situation, ANSWER_TICKS - 1));
	}

	prefers(a: Announcement, b: Announcement): boolean {
		const richer = this.#preferUnits === 0 ? 0 : this.level(a) - this.level(b);
		return richer === 0 ? a.nearness > b.nearness : richer > 0;
	}

	learn(outcome: TermOutcome): void {
		this.#wasCovered = outcome.covered;
		this.#learner?.reward(rewardOf(outcome));
	}

	save(): Uint8Array | undefined {
		return this.#learner?.save();
	}

	restore(blob: Uint8Array): void {
		this.#learner?.restore(blob);
	}

	private level(head: Announcement): number {
		return Math.floor(head.charge / this.#preferUnits);
	}

	private enter(isUncovered: boolean): void {
		this.#isUncovered = isUncovered;
		this.#hasCalled = false;
		this.#isAnswering = false;
	}

	/** When to announce oneself, of so many instants: the more charge, the earlier, but for a little chance. */
	private instant(situation: Situation, ticks: number): Decision {
		if (!this.#isOrdered) return this.#random.below(ticks);
		const jitterTicks = Math.floor((this.#jitter16 * ticks) / ONE_16);
		const orderedTicks = Math.floor((poverty16(situation) * (ticks - jitterTicks)) / ONE_16);
		return Math.min(ticks - 1, orderedTicks + this.#random.below(jitterTicks + 1));
	}
}

/**
 * Election by a volunteer's game whose costs are scaled by charge (the game: Diekmann 1985; on clusters: CROSS, LGCA).
 *
 * Each node volunteers with p = 1 - ω^(1/(N-1)), N being the nodes of its neighbourhood and ω = ω_Q (Ē/E)², held from 0.02
 * to 0.98: the formula of the symmetric equilibrium, played with a cost of one's own. **This is an as-if-symmetric
 * heuristic, not an equilibrium**: in the equilibrium of the game with unequal costs the poorest would volunteer most,
 * which is the opposite of what a network needs. ω_Q is learnt by each node for itself (`learning.ts`).
 *
 * Volunteers announce themselves the earlier, the more charge they have against their neighbours, and give up when they
 * hear another head. Who is below the neighbours' mean leaves the first window to these. Nodes without a head then all
 * enter the same order in a second window, so that each node has one. There a node far below the mean calls before it
 * leads: a clearly richer neighbour, though covered itself, leads in its place. Members join the richest head that they
 * hear, of about equally rich ones the nearest.
 *
 * Calls let somebody who lies about a low charge have one richer neighbour lead, once an election: only calls of those
 * who are trusted as heads are heard.
 */
export const game: ElectionFactory = {
	name: "game",
	options: OPTIONS,
	reach: "radius",
	roundsPerElection: 3,
	create: (options, host) => new Game(options, host.random),
};
