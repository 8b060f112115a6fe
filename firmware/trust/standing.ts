import { AddressMode, type LinkAddress } from "../address.js";
import { type RowHome, RowMemory, rowClass, unsigned } from "../rows.js";
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

const MOST = 0xffff;

const FIELDS = {
	/** Address: the halves of {@link LinkAddress}, and the mode. */
	low: 0,
	high: 0,
	mode: unsigned(2),
	state: unsigned(2, State.normal),
	/** {@link HAS_CHAINED}, and from {@link TOLD_SHIFT} on what was last told of it, 0 when nothing was. */
	flags: unsigned(3),
	/** Blocks so far. */
	strikes: unsigned(8),
	/** Verified packets since the probation began. */
	proofs: unsigned(8),
	/** Last change, in {@link ticks}, and behind it, as `drift` wants it, the score that it stands for: Q0.16. */
	touched: 0,
	score: unsigned(16, PRIOR),
	/** Cumulative sum of surprise, in 1/256 bit. */
	surprise: unsigned(16),
	/** Evidence for and against, Q8.8. */
	good: unsigned(16),
	bad: unsigned(16),
	/** End of a block, and last hard fault, in ticks; 0 for never. */
	until: 0,
	faulted: 0,
};

/** Where one neighbour stands. Times are 32 bits, negative after four years: read them `>>> 0`. */
export class Standing extends rowClass(FIELDS) {
	/** Its address, written into another. */
	addressInto(address: LinkAddress): LinkAddress {
		return this.mode === AddressMode.short
			? address.setShort(this.low)
			: address.setExtended(this.high, this.low);
	}

	/** Whether there is too little evidence for a name. */
	get isNewcomer(): boolean {
		return this.state === State.normal && this.good + this.bad < NEWCOMER_EVIDENCE * EVIDENCE_ONE;
	}

	/** Lower bound of the share of good evidence that is to come, 0 to 1. */
	get forecast(): number {
		return Math.max(0, lowerBound(this.good / EVIDENCE_ONE, this.bad / EVIDENCE_ONE));
	}
}

const { words: WORDS } = Standing;
/** The lower half of the address comes first; the mode lies in the lowest bits of its number. */
const { high: HIGH, mode: MODE, good: EVIDENCE, touched: TOUCHED } = Standing.wordOf;
/** Octets that a standing takes in memory, its address included. */
export const STANDING_BYTES: number = 4 * WORDS;

/**
 * Standings of neighbours in rows; a standing is the number of its place. They take no memory before the first one.
 *
 * Bounded: a newcomer takes the place of another newcomer, or of somebody who was silent for an hour, and never that
 * of somebody with a name. Source of the rules: `../README.md`, "Predictive-CSM".
 */
export class StandingTable {
	readonly capacity: number;
	/** Turned to one standing after the other. */
	#row: Standing | undefined;
	#count = 0;
	/** Rises with each change: tells whether there is anything to save. */
	changes = 0;

	constructor(capacity: number) {
		if (!(capacity >= 1 && capacity <= 255)) {
			throw new RangeError(`StandingTable: expected capacity from 1 to 255, got ${capacity}`);
		}
		this.capacity = capacity;
	}

	/** Has the standings lie among others' rows from now on; in an array of their own where undefined. Not once there are some. */
	liveIn(rows: RowHome | undefined): Standing {
		const memory = new RowMemory(0, rows);
		this.#row = new Standing(memory);
		return this.#row;
	}

	/** Forgets all of them, and gives their memory back. */
	release(): void {
		this.#row?.memory.release();
		this.#count = 0;
	}

	/** Standings that are kept. */
	get count(): number {
		return this.#count;
	}

	/** A standing by its place, in an object that the next call turns to another. */
	at(i: number): Standing {
		const row = this.#row ?? this.liveIn(undefined);
		row.at = i * WORDS;
		return row;
	}

	/** The standing of an address as it was last; -1 for an unknown one. */
	placeOf({ mode, high, low }: LinkAddress): number {
		if (this.#row === undefined) return -1;
		const { numbers } = this.#row.memory.heap;
		let at = this.#row.memory.base;
		for (let i = 0; i < this.#count; i++) {
			if (numbers[at] === low && numbers[at + HIGH] === high && (numbers[at + MODE]! & 3) === mode) return i;
			at += WORDS;
		}
		return -1;
	}

	/** The standing of an address, brought up to date; -1 for an unknown one. */
	find(address: LinkAddress, nowUs: number): number {
		const i = this.placeOf(address);
		if (i >= 0) this.drift(this.at(i), ticks(nowUs));
		return i;
	}

	/** The standing of an address, made where there is room for it; -1 where there is none. */
	obtain(address: LinkAddress, nowUs: number): number {
		const known = this.find(address, nowUs);
		if (known >= 0) return known;
		const i = this.#count < this.capacity ? this.#count++ : this.replaceable(nowUs);
		if (i < 0) return -1;
		const row = this.at(i);
		// Not by the row itself: one call less above the deepest of all.
		row.memory.fit(i + 1, WORDS);
		row.begin();
		row.mode = address.mode;
		row.high = address.high;
		row.low = address.low;
		row.touched = ticks(nowUs);
		this.changes++;
		return i;
	}

	/** A verified packet is whole. */
	noteSuccess(i: number): void {
		const row = this.at(i);
		const { score } = row;
		row.score = score + ((MOST - score + (1 << SUCCESS_SHIFT) - 1) >> SUCCESS_SHIFT);
		addEvidence(row.memory.heap.numbers, row.memory.base + row.at + EVIDENCE, EVIDENCE_ONE, 0);
		row.surprise = Math.max(0, row.surprise - BIT);
		if (row.state === State.probation && ++row.proofs >= PROBATION_PROOFS) {
			row.state = State.normal;
			row.surprise = 0;
		}
		this.changes++;
	}

	/**
	 * A fault that counts for `share` (0 to 1) of a full one. One that `blocks` may push the score below the bound of a
	 * block; any other stops at {@link FORGEABLE_FLOOR}.
	 */
	noteFault(i: number, share: number, blocks: boolean, nowUs: number): void {
		const row = this.at(i);
		// One burst of faults is one block: what arrives during it proves nothing new.
		if (share <= 0 || row.state === State.blocked) return;
		const now = ticks(nowUs);
		const faulted = row.faulted >>> 0;
		const isRepeated = faulted !== 0 && now - faulted < REPEATED_FAULT_S * TICKS_PER_S;
		row.faulted = now;
		const { score } = row;
		const kept = score >> (isRepeated ? REPEATED_FAULT_SHIFT : FAULT_SHIFT);
		row.score = lowered(score, score - Math.floor((score - kept) * share), blocks);
		addEvidence(
			row.memory.heap.numbers,
			row.memory.base + row.at + EVIDENCE,
			0,
			Math.floor(EVIDENCE_ONE * share),
		);
		if (blocks && (row.state === State.probation || row.score < BLOCK_BELOW)) {
			const { strikes } = row;
			row.until = now + Math.min(BLOCK_MOST_S, BLOCK_S << Math.min(strikes, 7)) * TICKS_PER_S;
			row.strikes = Math.min(255, strikes + 1);
			row.state = State.blocked;
		}
		this.changes++;
	}

	/**
	 * A packet that stayed incomplete, where the link lets `completion` of them through. A likely loss costs little, an
	 * inexplicable one much. Returns whether the sum of surprise reached its alarm, and begins anew then.
	 */
	noteIncomplete(i: number, completion: number, share: number, blocks: boolean): boolean {
		const row = this.at(i);
		const expected = completion / (1 - Math.min(completion, 0.999)) / (EXPECTED_BALANCE << SUCCESS_SHIFT);
		const cost = Math.min(SOFT_FAULT_MOST, expected) * share;
		const { score } = row;
		row.score = lowered(score, score - Math.floor(score * cost), blocks);
		addEvidence(
			row.memory.heap.numbers,
			row.memory.base + row.at + EVIDENCE,
			0,
			Math.floor((EVIDENCE_ONE * cost) / SOFT_FAULT_MOST),
		);
		row.surprise = Math.min(MOST, row.surprise + Math.floor(failureBits(completion) * share * BIT));
		this.changes++;
		if (row.surprise < ALARM_BITS * BIT) return false;
		row.surprise = 0;
		return true;
	}

	/** Allows one context at a time, until enough packets were verified. */
	putOnProbation(i: number): void {
		const row = this.at(i);
		if (row.state === State.blocked) return;
		row.state = State.probation;
		row.proofs = 0;
		this.changes++;
	}

	private replaceable(nowUs: number): number {
		const now = ticks(nowUs);
		let found = -1;
		let least = 0;
		for (let i = 0; i < this.#count; i++) {
			const row = this.at(i);
			const touched = row.touched >>> 0;
			// Whoever has not come back since his block was over is forgotten like anybody else.
			const isStale = now - Math.max(touched, row.until >>> 0) > STALE_S * TICKS_PER_S;
			if (!row.isNewcomer && !isStale) continue;
			if (found >= 0 && touched >= least) continue;
			found = i;
			least = touched;
		}
		return found;
	}

	/** Forgives and forgets what time has passed for, and ends a block that is over. */
	private drift(row: Standing, now: number): void {
		if (row.state === State.blocked) {
			if (now < row.until >>> 0) return;
			row.state = State.probation;
			row.proofs = 0;
			row.score = PROBATION_SCORE;
			row.touched = now;
			this.changes++;
			return;
		}
		drift(
			row.memory.heap.numbers,
			row.memory.base + row.at + TOUCHED,
			now,
			FORGIVE_HALF_LIFE_S,
			FORGET_HALF_LIFE_S,
		);
	}
}

/** What becomes of a score that is to sink. */
function lowered(score: number, to: number, blocks: boolean): number {
	return Math.max(blocks ? 0 : Math.min(score, FORGEABLE_FLOOR), to);
}

/** Adds to the evidence for and against in `numbers[at]`, and halves both where there is more than counts. */
function addEvidence(numbers: Int32Array, at: number, forIt: number, against: number): void {
	const good = (numbers[at]! & MOST) + forIt;
	const bad = (numbers[at]! >>> 16) + against;
	const shift = good + bad > EVIDENCE_MOST * EVIDENCE_ONE ? 1 : 0;
	numbers[at] = (good >> shift) | ((bad >> shift) << 16);
}
