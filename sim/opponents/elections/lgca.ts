import {
	type ElectionFactory,
	type ElectionOptions,
	FOLLOW,
	type Situation,
	type TermOutcome,
} from "../../../firmware/cluster/election.js";
import type { Random } from "../../../firmware/ports.js";
import { booleanOption, numberOption } from "./common.js";
import { Contention, costRatioOption, volunteerChance } from "./contention.js";

const OPTIONS = {
	costRatio: costRatioOption("Cost of leading over the value of being led, ω"),
	rest: {
		type: "boolean",
		default: true,
		description: "Whether a node that has led waits until its neighbours have",
	},
} as const;

class Lgca extends Contention {
	readonly #costRatio: number;
	readonly #rest: boolean;
	/** How many within the radius have led, this node included, since all of them had: as far as it can tell. */
	#served = 0;
	#hasLed = false;

	constructor(options: ElectionOptions, random: Random) {
		super(random);
		this.#costRatio = numberOption(options, OPTIONS, "costRatio");
		this.#rest = booleanOption(options, OPTIONS, "rest");
	}

	override begin(situation: Situation): number {
		if (this.#served > situation.neighbours) {
			this.#served = 0;
			this.#hasLed = false;
		}
		return super.begin(situation);
	}

	protected override chance({ neighbours }: Situation): number {
		if (this.#hasLed) return 0;
		return volunteerChance(this.#costRatio, neighbours - this.#served);
	}

	override uncovered(situation: Situation): number {
		const tick = super.uncovered(situation);
		return this.#hasLed ? FOLLOW : tick;
	}

	learn({ led, extraHeads }: TermOutcome): void {
		if (!this.#rest) return;
		// Somebody wins in every district. Were terms without a head not counted, those who have all led would wait for ever.
		this.#served += 1 + extraHeads;
		this.#hasLed ||= led;
	}
}

/**
 * LGCA, localized game theoretical clustering: CROSS played by each node with those within the cluster radius, of whom
 * exactly one wins (Xie, Sun, Zhou, Qiu, Yuan, "An efficient clustering protocol for wireless sensor networks based on
 * localized game theoretical approach", International Journal of Distributed Sensor Networks 2013, 476313).
 *
 * Volunteers wait for random instants and give up when they hear another's announcement. A node that has led waits until
 * its neighbours have (`rest`); it counts the heads that it hears, at least one a term, which is wrong at times where
 * neighbours count others than it does. One that waits and hears no head sends to the sink itself. It knows nothing but
 * its neighbourhood.
 *
 * Verified from the paper's abstract: the localized game within a radius, and exactly one successful bidder in a
 * district. That the contention is by random instants, and the rule of waiting, are from memory; the second round for
 * nodes that no head covers, and ω of 0.3, are ours.
 */
export const lgca: ElectionFactory = {
	name: "lgca",
	options: OPTIONS,
	reach: "radius",
	roundsPerElection: 1,
	create: (options, { random }) => new Lgca(options, random),
};
