import type { LinkAddress } from "../address.js";
import { drift } from "./drift.js";
import {
	ALARM_BITS,
	BIT,
	BLOCK_BELOW,
	BLOCK_MOST_S,
	BLOCK_S,
	EVIDENCE_MOST,
	EVIDENCE_ONE,
	EXPECTED_BALANCE,
	FAULT_SHIFT,
	FORGEABLE_FLOOR,
	FORGET_HALF_LIFE_S,
	FORGIVE_HALF_LIFE_S,
	NEWCOMER_EVIDENCE,
	PRIOR,
	PROBATION_PROOFS,
	PROBATION_SCORE,
	REPEATED_FAULT_S,
	REPEATED_FAULT_SHIFT,
	SOFT_FAULT_MOST,
	STALE_S,
	SUCCESS_SHIFT,
} from "./parameters.js";
import { failureBits, lowerBound } from "./prediction.js";
import { TICKS_PER_S, ticks } from "./ticks.js";

/** Where a neighbour stands. */
export const State = { normal: 0, probation: 1, blocked: 2 } as const;
export type State = (typeof State)[keyof typeof State];
export const STATE_NAMES = ["normal", "probation", "blocked"] as const;

/** Flag: a chained packet of this neighbour was verified. */
export const HAS_CHAINED = 1;
/** The flags from this bit on belong to whoever tells of changes. */
export const TOLD_SHIFT = 1;

/** Octets that a standing takes in memory, its address apart. */
export const STANDING_BYTES = 24;
const MOST = 0xffff;

/**
 * Standings of neighbours in parallel arrays, {@link STANDING_BYTES} octets each; a standing is the number of its place.
 *
 * Bounded: a newcomer takes the place of another newcomer, or of somebody who was silent for an hour, and never that
 * of somebody with a name. Source of the rules: `../README.md`, "Predictive-CSM".
 */
export class StandingTable {
	readonly capacity: number;
	/** Addresses: mode, and the halves of {@link LinkAddress}. */
	readonly mode: Uint8Array;
	readonly high: Int32Array;
	readonly low: Int32Array;
	/** Q0.16. */
	readonly score: Uint16Array;
	/** Evidence for and against, Q8.8. */
	readonly good: Uint16Array;
	readonly bad: Uint16Array;
	/** Cumulative sum of surprise, in 1/256 bit. */
	readonly surprise: Uint16Array;
	readonly state: Uint8Array;
	/** Blocks so far. */
	readonly strikes: Uint8Array;
	/** Verified packets since the probation began. */
	readonly proofs: Uint8Array;
	/** {@link HAS_CHAINED}, and from {@link TOLD_SHIFT} on what was last told of it, 0 when nothing was. */
	readonly flags: Uint8Array;
	/** End of a block, in {@link ticks}; 0 for never. */
	readonly until: Uint32Array;
	/** Last hard fault, and last change, in ticks; 0 for never. */
	readonly #faulted: Uint32Array;
	readonly #touched: Uint32Array;
	#count = 0;
	/** Rises with each change: tells whether there is anything to save. */
	changes = 0;

	constructor(capacity: number) {
		if (!(capacity >= 1 && capacity <= 255)) {
			throw new RangeError(`StandingTable: expected capacity from 1 to 255, got ${capacity}`);
		}
		this.capacity = capacity;
		this.mode = new Uint8Array(capacity);
		this.high = new Int32Array(capacity);
		this.low = new Int32Array(capacity);
		this.score = new Uint16Array(capacity);
		this.good = new Uint16Array(capacity);
		this.bad = new Uint16Array(capacity);
		this.surprise = new Uint16Array(capacity);
		this.state = new Uint8Array(capacity);
		this.strikes = new Uint8Array(capacity);
		this.proofs = new Uint8Array(capacity);
		this.flags = new Uint8Array(capacity);
		this.until = new Uint32Array(capacity);
		this.#faulted = new Uint32Array(capacity);
		this.#touched = new Uint32Array(capacity);
	}

	/** Standings that are kept. */
	get count(): number {
		return this.#count;
	}

	/** The standing of an address as it was last; -1 for an unknown one. */
	placeOf({ mode, high, low }: LinkAddress): number {
		for (let i = 0; i < this.#count; i++) {
			if (this.low[i] === low && this.high[i] === high && this.mode[i] === mode) return i;
		}
		return -1;
	}

	/** The standing of an address, brought up to date; -1 for an unknown one. */
	find(address: LinkAddress, nowUs: number): number {
		const i = this.placeOf(address);
		if (i >= 0) this.drift(i, ticks(nowUs));
		return i;
	}

	/** The standing of an address, made where there is room for it; -1 where there is none. */
	obtain(address: LinkAddress, nowUs: number): number {
		const known = this.find(address, nowUs);
		if (known >= 0) return known;
		const i = this.#count < this.capacity ? this.#count++ : this.replaceable(nowUs);
		if (i < 0) return -1;
		this.mode[i] = address.mode;
		this.high[i] = address.high;
		this.low[i] = address.low;
		this.score[i] = PRIOR;
		this.good[i] = 0;
		this.bad[i] = 0;
		this.surprise[i] = 0;
		this.state[i] = State.normal;
		this.strikes[i] = 0;
		this.proofs[i] = 0;
		this.flags[i] = 0;
		this.until[i] = 0;
		this.#faulted[i] = 0;
		this.#touched[i] = ticks(nowUs);
		this.changes++;
		return i;
	}

	/** Whether there is too little evidence for a name. */
	isNewcomer(i: number): boolean {
		return this.state[i] === State.normal && this.good[i]! + this.bad[i]! < NEWCOMER_EVIDENCE * EVIDENCE_ONE;
	}

	/** Lower bound of the share of good evidence that is to come, 0 to 1. */
	forecast(i: number): number {
		return Math.max(0, lowerBound(this.good[i]! / EVIDENCE_ONE, this.bad[i]! / EVIDENCE_ONE));
	}

	/** A verified packet is whole. */
	noteSuccess(i: number): void {
		this.score[i] = this.score[i]! + ((MOST - this.score[i]! + (1 << SUCCESS_SHIFT) - 1) >> SUCCESS_SHIFT);
		this.addEvidence(this.good, i, EVIDENCE_ONE);
		this.surprise[i] = Math.max(0, this.surprise[i]! - BIT);
		if (this.state[i] === State.probation && ++this.proofs[i]! >= PROBATION_PROOFS) {
			this.state[i] = State.normal;
			this.surprise[i] = 0;
		}
		this.changes++;
	}

	/**
	 * A fault that counts for `share` (0 to 1) of a full one. One that `blocks` may push the score below the bound of a
	 * block; any other stops at {@link FORGEABLE_FLOOR}.
	 */
	noteFault(i: number, share: number, blocks: boolean, nowUs: number): void {
		// One burst of faults is one block: what arrives during it proves nothing new.
		if (share <= 0 || this.state[i] === State.blocked) return;
		const now = ticks(nowUs);
		const isRepeated = this.#faulted[i] !== 0 && now - this.#faulted[i]! < REPEATED_FAULT_S * TICKS_PER_S;
		this.#faulted[i] = now;
		const score = this.score[i]!;
		const kept = score >> (isRepeated ? REPEATED_FAULT_SHIFT : FAULT_SHIFT);
		this.lower(i, score - Math.floor((score - kept) * share), blocks);
		this.addEvidence(this.bad, i, Math.floor(EVIDENCE_ONE * share));
		if (blocks && (this.state[i] === State.probation || this.score[i]! < BLOCK_BELOW)) this.block(i, now);
		this.changes++;
	}

	/**
	 * A packet that stayed incomplete, where the link lets `completion` of them through. A likely loss costs little, an
	 * inexplicable one much. Returns whether the sum of surprise reached its alarm, and begins anew then.
	 */
	noteIncomplete(i: number, completion: number, share: number, blocks: boolean): boolean {
		const expected = completion / (1 - Math.min(completion, 0.999)) / (EXPECTED_BALANCE << SUCCESS_SHIFT);
		const cost = Math.min(SOFT_FAULT_MOST, expected) * share;
		const score = this.score[i]!;
		this.lower(i, score - Math.floor(score * cost), blocks);
		this.addEvidence(this.bad, i, Math.floor((EVIDENCE_ONE * cost) / SOFT_FAULT_MOST));
		this.surprise[i] = Math.min(MOST, this.surprise[i]! + Math.floor(failureBits(completion) * share * BIT));
		this.changes++;
		if (this.surprise[i]! < ALARM_BITS * BIT) return false;
		this.surprise[i] = 0;
		return true;
	}

	/** Allows one context at a time, until enough packets were verified. */
	putOnProbation(i: number): void {
		if (this.state[i] === State.blocked) return;
		this.state[i] = State.probation;
		this.proofs[i] = 0;
		this.changes++;
	}

	private replaceable(nowUs: number): number {
		const now = ticks(nowUs);
		let found = -1;
		for (let i = 0; i < this.#count; i++) {
			// Whoever has not come back since his block was over is forgotten like anybody else.
			const isStale = now - Math.max(this.#touched[i]!, this.until[i]!) > STALE_S * TICKS_PER_S;
			if (!this.isNewcomer(i) && !isStale) continue;
			if (found < 0 || this.#touched[i]! < this.#touched[found]!) found = i;
		}
		return found;
	}

	private lower(i: number, score: number, blocks: boolean): void {
		const floor = blocks ? 0 : Math.min(this.score[i]!, FORGEABLE_FLOOR);
		this.score[i] = Math.max(floor, score);
	}

	private addEvidence(counts: Uint16Array, i: number, amount: number): void {
		counts[i] = counts[i]! + amount;
		if (this.good[i]! + this.bad[i]! > EVIDENCE_MOST * EVIDENCE_ONE) {
			this.good[i] = this.good[i]! >> 1;
			this.bad[i] = this.bad[i]! >> 1;
		}
	}

	private block(i: number, now: number): void {
		const seconds = Math.min(BLOCK_MOST_S, BLOCK_S << Math.min(this.strikes[i]!, 7));
		this.until[i] = now + seconds * TICKS_PER_S;
		this.strikes[i] = Math.min(255, this.strikes[i]! + 1);
		this.state[i] = State.blocked;
	}

	/** Forgives and forgets what time has passed for, and ends a block that is over. */
	private drift(i: number, now: number): void {
		if (this.state[i] === State.blocked) {
			if (now < this.until[i]!) return;
			this.state[i] = State.probation;
			this.proofs[i] = 0;
			this.score[i] = PROBATION_SCORE;
			this.#touched[i] = now;
			this.changes++;
			return;
		}
		drift(this.score, this.#touched, i, now, FORGIVE_HALF_LIFE_S, FORGET_HALF_LIFE_S);
	}
}
