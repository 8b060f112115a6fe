import { FULL_CHARGE } from "./election.js";

/** Claims are measured and rounded: so many units more than before may be noise. */
export const NOISE_UNITS = 2;
/** Octets that are kept of a neighbour: bound (1), last claim (1), time (4). */
export const CLAIM_BYTES = 6;

const S_PER_HOUR = 3600;
const US_PER_S = 1_000_000;

/**
 * What a neighbour claims of its charge, and what of that is to be believed.
 *
 * A charge only falls, but for what is harvested: a bound begins at the first claim, follows the higher one of the last
 * two, and rises by no more than harvesting explains. Nothing above it is believed. A claim more than
 * {@link NOISE_UNITS} above it and above the last one is implausible: told where it rises, not as long as it lasts. That
 * is evidence and no proof: batteries are also exchanged. One made-up low claim in somebody's name is forgotten with his
 * next. {@link CLAIM_BYTES} octets a neighbour.
 */
export class ChargeClaim {
	/** The most charge that the neighbour can have; -1 before its first claim. */
	#most = -1;
	#claimed = 0;
	/** Up to when the bound has risen, in seconds. */
	#timeS = 0;

	/** What to believe, 0 to {@link FULL_CHARGE}; -1 before the first claim. */
	get believed(): number {
		return Math.min(this.#claimed, this.#most);
	}

	/**
	 * Takes a claim, 0 to {@link FULL_CHARGE}; returns by how many units it is implausible, 0 for a plausible one.
	 *
	 * `risePerHour`: units by which the charge rises in an hour at most: what harvesting brings, less what the node needs
	 * in any case; below 0 where it needs more. A clock that went back counts as one that stood still.
	 */
	take(claim: number, nowUs: number, risePerHour = 0): number {
		const units = Math.max(0, Math.min(FULL_CHARGE, claim));
		const nowS = Math.floor(nowUs / US_PER_S);
		if (this.#most < 0) {
			this.#most = units;
			this.#claimed = units;
			this.#timeS = nowS;
			return 0;
		}
		this.#rise(nowS, risePerHour);
		const excess = units - Math.max(this.#most, this.#claimed) - NOISE_UNITS;
		this.#most = Math.min(this.#most, Math.max(units, this.#claimed));
		this.#claimed = units;
		return Math.max(0, excess);
	}

	/** Lets the bound rise, or fall, with time, by whole units: the time of a part of one goes on to count. */
	#rise(nowS: number, risePerHour: number): void {
		const elapsedS = nowS - this.#timeS;
		if (elapsedS <= 0 || risePerHour === 0) {
			this.#timeS = nowS;
			return;
		}
		const units = Math.trunc((elapsedS * risePerHour) / S_PER_HOUR);
		this.#most = Math.max(0, Math.min(FULL_CHARGE, this.#most + units));
		this.#timeS += Math.round((units * S_PER_HOUR) / risePerHour);
	}
}
