import type {
	ElectionFactory,
	ElectionHost,
	ElectionOptions,
	Omniscience,
} from "../../../firmware/cluster/election.js";
import { exp, ln } from "../../kernel/math.js";
import { numberOption, omniscienceOf, wordOption } from "./common.js";
import { Contention, costRatioOption } from "./contention.js";

const OPTIONS = {
	costRatio: costRatioOption("Cost of leading over the value of being led of a node with mean charge, ω"),
	withoutInterior: {
		type: "string",
		enum: ["clamp", "drop-costliest"],
		default: "clamp",
		description:
			"Where the formula gives probabilities below 0: take 0 instead, or let the costliest stay out until it does not",
	},
} as const;

/** Bounds of a node's own ω: what it costs is never nothing, and never all that it brings. */
const LEAST_RATIO = 0.02;
const MOST_RATIO = 0.98;

/**
 * Probabilities p_i = 1 - (Π ω_j)^(1/(N-1)) / ω_i of the equilibrium in which all players mix, in their order: below 0 where
 * there is none.
 *
 * Each makes every other indifferent: Π_{j≠i} (1 - p_j) = ω_i (Diekmann, "Cooperation in an asymmetric volunteer's dilemma
 * game", International Journal of Game Theory 22, 1993). `ratios`: ω of each, above 0 and below 1. One player alone: 1.
 */
export function mixedEquilibrium(ratios: readonly number[]): number[] {
	if (ratios.length < 2) return ratios.map(() => 1);
	let sum = 0;
	for (const ratio of ratios) sum += ln(ratio);
	const nobody = exp(sum / (ratios.length - 1));
	return ratios.map((ratio) => 1 - nobody / ratio);
}

/**
 * An equilibrium that always exists: the players whose cost is highest stay out, class by class of equal cost, until the
 * others' mixed equilibrium has no probability below 0. Who stays out has 0.
 */
export function equilibriumOfCheapest(ratios: readonly number[]): number[] {
	let most = Number.POSITIVE_INFINITY;
	for (;;) {
		const playing = ratios.filter((ratio) => ratio < most);
		const chances = mixedEquilibrium(playing);
		const isEquilibrium = chances.every((chance) => chance >= 0);
		const highest = playing.reduce((a, b) => Math.max(a, b), 0);
		const lowest = playing.reduce((a, b) => Math.min(a, b), 1);
		if (isEquilibrium || highest === lowest) {
			let at = 0;
			return ratios.map((ratio) => (ratio < most ? Math.max(0, chances[at++]!) : 0));
		}
		most = highest;
	}
}

class ExactNe extends Contention {
	readonly #known: Omniscience;
	readonly #costRatio: number;
	readonly #equilibrium: (ratios: readonly number[]) => number[];

	constructor(options: ElectionOptions, host: ElectionHost) {
		super(host.random);
		this.#known = omniscienceOf("exact-ne", host);
		this.#costRatio = numberOption(options, OPTIONS, "costRatio");
		const isClamped = wordOption(options, OPTIONS, "withoutInterior") === "clamp";
		this.#equilibrium = isClamped ? mixedEquilibrium : equilibriumOfCheapest;
	}

	protected override chance(): number {
		const charges = [this.#known.charge(), ...this.#known.neighbourCharges()];
		const mean = charges.reduce((a, b) => a + b, 0) / charges.length;
		return Math.max(0, this.#equilibrium(charges.map((charge) => this.#ratio(mean, charge)))[0]!);
	}

	/** ω (Ē / E)²: leading costs the more, the less is left. */
	#ratio(mean: number, charge: number): number {
		const scale = charge > 0 ? mean / charge : mean > 0 ? Number.POSITIVE_INFINITY : 1;
		return Math.max(LEAST_RATIO, Math.min(MOST_RATIO, this.#costRatio * scale * scale));
	}
}

/**
 * A warning, no proposal: the exact mixed equilibrium of the volunteer's game when leading costs more for whoever has less
 * charge. In it, the poorest volunteer most.
 *
 * The game is played by each node with those within the cluster radius, whose charges it needs to know exactly
 * (`charge` and `neighbourCharges` of Omniscience). ω_i = ω (Ē / E_i)², from 0.02 to 0.98, Ē the mean of the players;
 * volunteers contend as in LGCA, and so do nodes that no head covers.
 *
 * The equilibrium in which all mix exists only while charges are nearly equal: with N players and ω, the richest may be above the mean by
 * about ln(1/ω) / (2 N) only. Beyond that the formula gives it less than 0. `clamp` makes that 0, which is no
 * equilibrium any more, but is what who takes the formula at its word does; `drop-costliest` is one, of several, in which the
 * poorest stay out.
 *
 * Derived here from the payoffs; that the strong defect more is Diekmann's known result, as abstracts of later papers
 * tell it.
 */
export const exactNe: ElectionFactory = {
	name: "exact-ne",
	options: OPTIONS,
	reach: "radius",
	roundsPerElection: 1,
	create: (options, host) => new ExactNe(options, host),
};
