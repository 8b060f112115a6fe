import type { LinkAddress } from "../address.js";
import { type RowHome, RowMemory, rowClass, unsigned } from "../rows.js";
import { drift } from "./drift.js";
import { EVIDENCE_MOST, FORGET_HALF_LIFE_S, PRIOR, STALE_S, SUCCESS_SHIFT } from "./parameters.js";
import { failureBits, log2 } from "./prediction.js";
import {
	BITS_OF_SCORE,
	DISMISSALS_MOST,
	IMPLAUSIBLE_FLOOR,
	IMPLAUSIBLE_FULL_UNITS,
	IMPLAUSIBLE_MOST,
	LEAST_LOSS,
	READMIT_SCORE,
	SERVICE_FORGIVE_HALF_LIFE_S,
	UNPROVEN_DISMISSALS_MOST,
	UNPROVEN_FLOOR,
	USUAL_ARRIVED,
	USUAL_READINGS,
	WORST_COMPLETION,
} from "./service-parameters.js";
import { TICKS_PER_S, ticks } from "./ticks.js";

/** Whether somebody may lead: not asked yet, yes, or not any more. */
export const Admission = { unasked: 0, admitted: 1, dismissed: 2 } as const;
export type Admission = (typeof Admission)[keyof typeof Admission];

const MOST = 0xffff;

const FIELDS = {
	/** Address: the halves of {@link LinkAddress}, and the mode. */
	low: 0,
	high: 0,
	mode: unsigned(2),
	admission: unsigned(2, Admission.unasked),
	/** Readings that it was given of which receipts told, halved above {@link EVIDENCE_MOST}: that arrived, and that did not. */
	arrived: unsigned(8),
	missing: unsigned(8),
	dismissals: unsigned(8),
	/** The time that the score stands for, in {@link ticks}, and behind it, as `drift` wants it, the score: Q0.16. */
	touched: 0,
	score: unsigned(16, PRIOR),
	/** The score as it was last told. */
	told: unsigned(16, PRIOR),
	/** When it was last told of, in ticks. */
	heard: 0,
};

/** How one neighbour served as a head. Times are 32 bits, negative after four years: read them `>>> 0`. */
export class Service extends rowClass(FIELDS) {
	/** Readings that receipts told of, as far as they are remembered. */
	get receipts(): number {
		return this.arrived + this.missing;
	}
}

const { words: WORDS } = Service;
/** The lower half of the address comes first; the mode lies in the lowest bits of its number. */
const { high: HIGH, mode: MODE, touched: TOUCHED } = Service.wordOf;
/** Octets of one service in memory. */
export const SERVICE_BYTES: number = 4 * WORDS;

/**
 * How neighbours served as heads, in rows; a service is the number of its place. They take no memory before the first one.
 *
 * Bounded: a newcomer takes the place of somebody of whom no receipt has told anything, or of whom nothing was heard for an
 * hour; never that of somebody who was dismissed and is not forgiven yet.
 */
export class ServiceTable {
	readonly capacity: number;
	/** Turned to one service after the other. */
	readonly #row: Service;
	#count = 0;
	/** Rises with each change: tells whether there is anything to save. */
	changes = 0;

	/** `rows`: where they lie; in an array of their own where absent. */
	constructor(capacity: number, rows?: RowHome) {
		if (!(capacity >= 1 && capacity <= 255)) {
			throw new RangeError(`ServiceTable: expected capacity from 1 to 255, got ${capacity}`);
		}
		this.capacity = capacity;
		this.#row = new Service(new RowMemory(0, rows));
	}

	/** Forgets all of them, and gives their memory back. */
	release(): void {
		this.#row.memory.release();
		this.#count = 0;
	}

	/** A service by its place, in an object that the next call turns to another. */
	at(i: number): Service {
		const row = this.#row;
		row.at = i * WORDS;
		return row;
	}

	get count(): number {
		return this.#count;
	}

	/** The service of an address, brought up to date; -1 for an unknown one. */
	find({ mode, high, low }: LinkAddress, nowUs: number): number {
		const { heap, base } = this.#row.memory;
		const { numbers } = heap;
		const count = this.#count;
		for (let i = 0, at = base; i < count; i++, at += WORDS) {
			if (numbers[at] !== low || numbers[at + HIGH] !== high || (numbers[at + MODE]! & 3) !== mode) continue;
			driftTo(this.at(i), ticks(nowUs));
			return i;
		}
		return -1;
	}

	/** The service of an address, made where there is room for it; -1 where there is none. */
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
		row.heard = row.touched;
		return i;
	}

	/** A reading that was handed to it arrived. */
	noteArrived(i: number, nowUs: number): void {
		const row = this.at(i);
		row.score += (MOST - row.score + (1 << SUCCESS_SHIFT) - 1) >> SUCCESS_SHIFT;
		row.arrived++;
		this.noteReceipt(row, nowUs);
	}

	/**
	 * A reading that was handed to it did not arrive, over a way that lets `completion` of them through (0 to 1), if it is
	 * to be believed: no more is expected than the other heads achieve. `isProven`: a key authenticates who says so.
	 */
	noteMissing(i: number, completion: number, isProven: boolean, nowUs: number): void {
		const likely = Math.min(completion, this.usual(i), 1 - LEAST_LOSS);
		const expected = Math.max(WORST_COMPLETION, likely);
		const row = this.at(i);
		// As long as nothing of it arrived, it may well be one that drops everything.
		const bits = row.arrived === 0 ? log2(1 / (1 - expected)) : failureBits(expected);
		lower(row, bits / BITS_OF_SCORE, isProven ? 0 : UNPROVEN_FLOOR);
		row.missing++;
		this.noteReceipt(row, nowUs);
	}

	/** It claimed a charge `units` beyond what can be. */
	noteImplausible(i: number, units: number): void {
		const share = Math.min(1, Math.max(0, units) / IMPLAUSIBLE_FULL_UNITS);
		lower(this.at(i), IMPLAUSIBLE_MOST * share, IMPLAUSIBLE_FLOOR);
		this.changes++;
	}

	/** It may not lead any more: its bad name lasts twice as long as the last time. */
	noteDismissed(i: number, isProven: boolean): void {
		const row = this.at(i);
		row.admission = Admission.dismissed;
		const most = isProven ? DISMISSALS_MOST : UNPROVEN_DISMISSALS_MOST;
		if (row.dismissals < most) row.dismissals++;
		this.changes++;
	}

	/** Puts back what was saved. */
	restore(
		i: number,
		score: number,
		arrived: number,
		missing: number,
		dismissals: number,
		admission: Admission,
	): void {
		const row = this.at(i);
		row.score = score;
		row.told = score;
		row.arrived = Math.min(arrived, EVIDENCE_MOST);
		row.missing = Math.min(missing, EVIDENCE_MOST);
		row.dismissals = Math.min(dismissals, DISMISSALS_MOST);
		row.admission = admission;
	}

	private noteReceipt(row: Service, nowUs: number): void {
		row.heard = ticks(nowUs);
		if (row.receipts > EVIDENCE_MOST) {
			row.arrived >>= 1;
			row.missing >>= 1;
		}
		this.changes++;
	}

	/** Share of the readings that arrived over the others who may lead: what the network lets through, whoever is asked. */
	private usual(i: number): number {
		let arrived = USUAL_ARRIVED;
		let all = USUAL_READINGS;
		const row = this.at(0);
		for (let k = 0; k < this.#count; k++, row.at += WORDS) {
			if (k === i || row.admission === Admission.dismissed) continue;
			const there = row.arrived;
			arrived += there;
			all += there + row.missing;
		}
		return arrived / all;
	}

	private replaceable(nowUs: number): number {
		const now = ticks(nowUs);
		let found = -1;
		let least = 0;
		for (let i = 0; i < this.#count; i++) {
			const row = this.at(i);
			driftTo(row, now);
			const heard = row.heard >>> 0;
			const isStale = now - heard > STALE_S * TICKS_PER_S;
			const isUnforgiven = row.dismissals > 0 && row.score < READMIT_SCORE;
			if (isUnforgiven || (row.receipts > 0 && !isStale)) continue;
			if (found >= 0 && heard >= least) continue;
			found = i;
			least = heard;
		}
		return found;
	}
}

function lower(row: Service, share: number, floor: number): void {
	const { score } = row;
	row.score = Math.max(Math.min(score, floor), score - Math.floor(score * share));
}

/** Forgives and forgets what time has passed for. */
function driftTo(row: Service, now: number): void {
	const forgiveS = SERVICE_FORGIVE_HALF_LIFE_S * (1 << Math.max(0, row.dismissals - 1));
	drift(row.memory.heap.numbers, row.memory.base + row.at + TOUCHED, now, forgiveS, FORGET_HALF_LIFE_S);
}
