import {
	type Election,
	type ElectionFactory,
	type ElectionHost,
	type ElectionOptions,
	FOLLOW,
	LEAD,
	type Omniscience,
} from "../../../firmware/cluster/election.js";
import type { Random } from "../../../firmware/ports.js";
import { booleanOption, numberOption, omniscienceOf, randomTick, uniform } from "./common.js";
import { costRatioOption, volunteerChance } from "./contention.js";

const OPTIONS = {
	costRatio: costRatioOption("Cost of leading over the value of being led, ω"),
	rest: {
		type: "boolean",
		default: true,
		description: "Whether a node that has led waits until all others have",
	},
} as const;

class Cross implements Election {
	readonly #random: Random;
	readonly #known: Omniscience;
	readonly #costRatio: number;
	readonly #rest: boolean;

	constructor(options: ElectionOptions, host: ElectionHost) {
		this.#random = host.random;
		this.#known = omniscienceOf("cross", host);
		this.#costRatio = numberOption(options, OPTIONS, "costRatio");
		this.#rest = booleanOption(options, OPTIONS, "rest");
	}

	begin(): number {
		const draw = uniform(this.#random);
		const tick = randomTick(this.#random);
		if (this.#rest && !this.#known.plays()) return FOLLOW;
		const players = this.#rest ? this.#known.players() : this.#known.alive();
		return draw < volunteerChance(this.#costRatio, players - 1) ? tick : FOLLOW;
	}

	decide(): number {
		return LEAD;
	}
}

/**
 * CROSS, clustered routing of selfish sensors: all nodes play one volunteer's game (Koltsidas, Pavlidou, "A game
 * theoretical approach to clustering of ad-hoc and sensor networks", Telecommunication Systems 47, 2011; first
 * GameComm 2008).
 *
 * Who leads gets v - c, who is led v, and without any head all get 0. In the symmetric mixed equilibrium each of N
 * players leads with 1 - ω^(1/(N-1)), ω = c / v, so that nobody leads with ω^(N/(N-1)); all who drew so lead. A node that
 * has led plays with zero probability until all have (`rest`), so that N is who still plays: `players` and `plays` of
 * Omniscience, since it is a number of the whole network. When nobody leads, all send to the sink themselves.
 *
 * Verified from abstracts only (the authors', and that of LGCA, which says that CROSS needs to know globally how many
 * nodes play in each round): the game with pure and mixed equilibria. The equilibrium follows from the payoffs; the
 * payoffs, the zero-probability rule and what happens without a head are from memory. ω of 0.3 is a choice of ours: the
 * paper derives it from energies that were not at hand.
 */
export const cross: ElectionFactory = {
	name: "cross",
	options: OPTIONS,
	reach: "all",
	roundsPerElection: 1,
	create: (options, host) => new Cross(options, host),
};
