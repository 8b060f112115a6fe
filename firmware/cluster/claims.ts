import { FULL_CHARGE } from "./election.js";

/** Claims are measured and rounded: so many units more than before may be noise. */
export const NOISE_UNITS = 2;
/** Octets that are kept of a neighbour: bound (1), last claim (1), time (4). */
export const CLAIM_BYTES = 6;

const S_PER_HOUR = 3600;
const US_PER_S = 1_000_000;

/**
 * What a neighbour claims of its charge, and what of that is to be believed: {@link CLAIM_BYTES} octets.
 *
 * A charge only falls, but for what is harvested: a bound begins at the first claim, follows the higher one of the last
 * two, and rises by no more than harvesting explains. Nothing above it is believed. A claim more than
 * {@link NOISE_UNITS} above it and above the last one is implausible: told where it rises, not as long as it lasts. That
 * is evidence and no proof: batteries are also exchanged. One made-up low claim in somebody's name is forgotten with his
 * next.
 */
export interface ChargeClaim {
	/** The most charge that the neighbour can have; -1 before its first claim. */
	mostCharge: number;
	claimedCharge: number;
	/** Up to when the bound has risen, in seconds. */
	boundTimeS: number;
}

/** Nothing was claimed yet. */
export const NO_CLAIM: Readonly<ChargeClaim> = { mostCharge: -1, claimedCharge: 0, boundTimeS: 0 };

/** What to believe, 0 to {@link FULL_CHARGE}; -1 before the first claim. */
export function believedCharge({ claimedCharge, mostCharge }: Readonly<ChargeClaim>): number {
	return Math.min(claimedCharge, mostCharge);
}

/**
 * Takes a claim, 0 to {@link FULL_CHARGE}, into `known`; returns by how many units it is implausible, 0 for a plausible one.
 *
 * `risePerHour`: units by which the charge rises in an hour at most: what harvesting brings, less what the node needs
 * in any case; below 0 where it needs more. A clock that went back counts as one that stood still.
 */
export function takeClaim(known: ChargeClaim, claim: number, nowUs: number, risePerHour = 0): number {
	const units = Math.max(0, Math.min(FULL_CHARGE, claim));
	const nowS = Math.floor(nowUs / US_PER_S);
	if (known.mostCharge < 0) {
		known.mostCharge = units;
		known.claimedCharge = units;
		known.boundTimeS = nowS;
		return 0;
	}
	raiseBound(known, nowS, risePerHour);
	const excess = units - Math.max(known.mostCharge, known.claimedCharge) - NOISE_UNITS;
	known.mostCharge = Math.min(known.mostCharge, Math.max(units, known.claimedCharge));
	known.claimedCharge = units;
	return Math.max(0, excess);
}

/** Lets the bound rise, or fall, with time, by whole units: the time of a part of one goes on to count. */
function raiseBound(known: ChargeClaim, nowS: number, risePerHour: number): void {
	const elapsedS = nowS - known.boundTimeS;
	if (elapsedS <= 0 || risePerHour === 0) {
		known.boundTimeS = nowS;
		return;
	}
	const units = Math.trunc((elapsedS * risePerHour) / S_PER_HOUR);
	known.mostCharge = Math.max(0, Math.min(FULL_CHARGE, known.mostCharge + units));
	known.boundTimeS += Math.round((units * S_PER_HOUR) / risePerHour);
}
