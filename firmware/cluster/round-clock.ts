import type { Clock } from "../ports.js";

/**
 * What a guard time covers besides drift, in µs: timers that count milliseconds, the resolution of timestamps, the time to
 * turn a receiver on.
 */
export const GUARD_FIXED_US = 1500;
/** A clock's rate is measured between two SYNCs that are no further apart than this many rounds. */
const RATE_ROUNDS = 256;
const PPB = 1_000_000_000;

/** The 16 bits of a round's number that are on the air. */
export function round16(round: number): number {
	return round & 0xffff;
}

/**
 * Which round it is, and when it began on our own clock.
 *
 * Each frame with a time sets it anew. Between two SYNCs it measures how much faster our clock runs than the sink's, and
 * goes by that: nodes of different clusters then stay together over a term.
 */
export class RoundClock {
	readonly #clock: Clock;
	readonly #roundUs: number;
	readonly #driftPpm: number;
	/** Number of the round, which does not wrap. */
	round = 0;
	/** When it began, on our clock. */
	baseUs = 0;
	#setUs = 0;
	/** When it was set by the sink's own time: that of a head may be as far from it as ours. */
	#syncedUs = 0;
	/** How much longer a second lasts on our clock than on the sink's, in ns. */
	#rate = 0;
	#syncRound = -1;
	#syncBaseUs = 0;

	constructor(clock: Clock, roundUs: number, driftPpm: number) {
		this.#clock = clock;
		this.#roundUs = roundUs;
		this.#driftPpm = driftPpm;
	}

	/** What our clock shows when `elapsedUs` of this round are over. */
	at(elapsedUs: number): number {
		return this.baseUs + elapsedUs + Math.round((elapsedUs * this.#rate) / PPB);
	}

	/** How much of this round is over at a time of our clock, in µs of the sink's. */
	elapsedAt(timeUs: number): number {
		const ownUs = timeUs - this.baseUs;
		return ownUs - Math.round((ownUs * this.#rate) / PPB);
	}

	/** How far the clock that ours was set by may be from ours at a time of our clock. */
	guardUs(atUs: number): number {
		return this.guardSince(this.#setUs, atUs);
	}

	/** How far the network's time, and that of anybody who takes part in it, may be from ours. */
	networkGuardUs(atUs: number): number {
		return this.guardSince(this.#syncedUs, atUs);
	}

	private guardSince(setUs: number, atUs: number): number {
		return GUARD_FIXED_US + Math.ceil((2 * this.#driftPpm * Math.max(0, atUs - setUs)) / 1e6);
	}

	/** Begins at a time of our clock: as a sink does, or whoever had no time. */
	begin(round: number, baseUs: number): void {
		this.round = round;
		this.baseUs = baseUs;
		this.#setUs = this.#clock.nowUs();
		this.#syncedUs = this.#setUs;
		this.#rate = 0;
		this.#syncRound = -1;
	}

	/** Goes on to the next round. */
	next(): void {
		this.baseUs = this.at(this.#roundUs);
		this.round++;
	}

	/** A sink's clock is the network's: it needs no guard against itself. */
	keep(): void {
		this.#setUs = this.#clock.nowUs();
		this.#syncedUs = this.#setUs;
	}

	/**
	 * Whether a frame whose delimiter came at `sfdUs`, and which claims to have been sent `elapsedUs` into round `round` (16
	 * bits), can be of this network: its round is ours, or at the turn of rounds the one beside it.
	 */
	agrees(sfdUs: number, elapsedUs: number, round: number): boolean {
		if (elapsedUs >= this.#roundUs) return false;
		const ahead = (((round - this.round) & 0xffff) << 16) >> 16;
		if (ahead < -1 || ahead > 1) return false;
		const offUs = sfdUs - this.at(elapsedUs) - ahead * this.#roundUs;
		return Math.abs(offUs) <= this.networkGuardUs(sfdUs);
	}

	/** Takes the time of a frame that {@link agrees}, or with `fresh` of any. `sync`: it is the sink's own time. */
	set(sfdUs: number, elapsedUs: number, round: number, sync: boolean, fresh = false): void {
		// Whatever was noted of rounds must not come to lie in the future.
		if (fresh) this.begin(this.round + ((round - this.round) & 0xffff), sfdUs - elapsedUs);
		else {
			const ahead = (((round - this.round) & 0xffff) << 16) >> 16;
			this.baseUs += sfdUs - this.at(elapsedUs) - ahead * this.#roundUs;
		}
		this.#setUs = sfdUs;
		if (!sync) return;
		this.#syncedUs = sfdUs;
		this.measure(round);
	}

	/**
	 * A SYNC of round `round` (16 bits) does not agree: whoever set our clock may have been false, and then so is the rate that
	 * was measured by it. Without one, guard times outgrow what the clock is off.
	 */
	doubt(round: number): void {
		if (round !== round16(this.round)) return;
		this.#rate = 0;
		this.#syncRound = -1;
	}

	private measure(round: number): void {
		if (round !== round16(this.round)) return;
		const rounds = this.round - this.#syncRound;
		if (this.#syncRound >= 0 && rounds > 0 && rounds <= RATE_ROUNDS) {
			const trueUs = rounds * this.#roundUs;
			const rate = Math.round(((this.baseUs - this.#syncBaseUs - trueUs) * PPB) / trueUs);
			const most = 2000 * this.#driftPpm;
			this.#rate = Math.max(-most, Math.min(most, rate));
		}
		this.#syncRound = this.round;
		this.#syncBaseUs = this.baseUs;
	}
}
