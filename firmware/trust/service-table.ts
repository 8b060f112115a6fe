import type { LinkAddress } from "../address.js";
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

/**
 * Octets of one service in memory: mode and address (9), score and told score (2 each), readings that arrived and that did
 * not, dismissals, admission (1 each), times (8).
 */
export const SERVICE_BYTES = 25;

const MOST = 0xffff;

/**
 * How neighbours served as heads, in parallel arrays, {@link SERVICE_BYTES} octets each; a service is the number of its
 * place.
 *
 * Bounded: a newcomer takes the place of somebody of whom no receipt has told anything, or of whom nothing was heard for an
 * hour; never that of somebody who was dismissed and is not forgiven yet.
 */
export class ServiceTable {
	readonly capacity: number;
	readonly mode: Uint8Array;
	readonly high: Int32Array;
	readonly low: Int32Array;
	/** Q0.16, and as it was last told. */
	readonly score: Uint16Array;
	readonly told: Uint16Array;
	/** Readings that it was given of which receipts told, halved above {@link EVIDENCE_MOST}: that arrived, and that did not. */
	readonly arrived: Uint8Array;
	readonly missing: Uint8Array;
	readonly dismissals: Uint8Array;
	readonly admission: Uint8Array;
	/** The time that the score stands for, in {@link ticks}. */
	readonly #touched: Uint32Array;
	/** When it was last told of, in ticks. */
	readonly #heard: Uint32Array;
	#count = 0;
	/** Rises with each change: tells whether there is anything to save. */
	changes = 0;

	constructor(capacity: number) {
		if (!(capacity >= 1 && capacity <= 255)) {
			throw new RangeError(`ServiceTable: expected capacity from 1 to 255, got ${capacity}`);
		}
		this.capacity = capacity;
		this.mode = new Uint8Array(capacity);
		this.high = new Int32Array(capacity);
		this.low = new Int32Array(capacity);
		this.score = new Uint16Array(capacity);
		this.told = new Uint16Array(capacity);
		this.arrived = new Uint8Array(capacity);
		this.missing = new Uint8Array(capacity);
		this.dismissals = new Uint8Array(capacity);
		this.admission = new Uint8Array(capacity);
		this.#touched = new Uint32Array(capacity);
		this.#heard = new Uint32Array(capacity);
	}

	get count(): number {
		return this.#count;
	}

	/** The service of an address, brought up to date; -1 for an unknown one. */
	find({ mode, high, low }: LinkAddress, nowUs: number): number {
		for (let i = 0; i < this.#count; i++) {
			if (this.low[i] !== low || this.high[i] !== high || this.mode[i] !== mode) continue;
			this.drift(i, ticks(nowUs));
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
		this.mode[i] = address.mode;
		this.high[i] = address.high;
		this.low[i] = address.low;
		this.score[i] = PRIOR;
		this.told[i] = PRIOR;
		this.arrived[i] = 0;
		this.missing[i] = 0;
		this.dismissals[i] = 0;
		this.admission[i] = Admission.unasked;
		this.#touched[i] = ticks(nowUs);
		this.#heard[i] = this.#touched[i]!;
		return i;
	}

	/** Readings that receipts told of, as far as they are remembered. */
	receiptsOf(i: number): number {
		return this.arrived[i]! + this.missing[i]!;
	}

	/** A reading that was handed to it arrived. */
	noteArrived(i: number, nowUs: number): void {
		this.score[i] = this.score[i]! + ((MOST - this.score[i]! + (1 << SUCCESS_SHIFT) - 1) >> SUCCESS_SHIFT);
		this.noteReceipt(this.arrived, i, nowUs);
	}

	/**
	 * A reading that was handed to it did not arrive, over a way that lets `completion` of them through (0 to 1), if it is
	 * to be believed: no more is expected than the other heads achieve. `isProven`: a key authenticates who says so.
	 */
	noteMissing(i: number, completion: number, isProven: boolean, nowUs: number): void {
		const likely = Math.min(completion, this.usual(i), 1 - LEAST_LOSS);
		const expected = Math.max(WORST_COMPLETION, likely);
		// As long as nothing of it arrived, it may well be one that drops everything.
		const bits = this.arrived[i] === 0 ? log2(1 / (1 - expected)) : failureBits(expected);
		this.lower(i, bits / BITS_OF_SCORE, isProven ? 0 : UNPROVEN_FLOOR);
		this.noteReceipt(this.missing, i, nowUs);
	}

	/** It claimed a charge `units` beyond what can be. */
	noteImplausible(i: number, units: number): void {
		const share = Math.min(1, Math.max(0, units) / IMPLAUSIBLE_FULL_UNITS);
		this.lower(i, IMPLAUSIBLE_MOST * share, IMPLAUSIBLE_FLOOR);
		this.changes++;
	}

	/** It may not lead any more: its bad name lasts twice as long as the last time. */
	noteDismissed(i: number, isProven: boolean): void {
		this.admission[i] = Admission.dismissed;
		const most = isProven ? DISMISSALS_MOST : UNPROVEN_DISMISSALS_MOST;
		if (this.dismissals[i]! < most) this.dismissals[i]!++;
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
		this.score[i] = score;
		this.told[i] = score;
		this.arrived[i] = Math.min(arrived, EVIDENCE_MOST);
		this.missing[i] = Math.min(missing, EVIDENCE_MOST);
		this.dismissals[i] = Math.min(dismissals, DISMISSALS_MOST);
		this.admission[i] = admission;
	}

	private noteReceipt(counts: Uint8Array, i: number, nowUs: number): void {
		this.#heard[i] = ticks(nowUs);
		counts[i] = counts[i]! + 1;
		if (this.receiptsOf(i) > EVIDENCE_MOST) {
			this.arrived[i] = this.arrived[i]! >> 1;
			this.missing[i] = this.missing[i]! >> 1;
		}
		this.changes++;
	}

	/** Share of the readings that arrived over the others who may lead: what the network lets through, whoever is asked. */
	private usual(i: number): number {
		let arrived = USUAL_ARRIVED;
		let all = USUAL_READINGS;
		for (let k = 0; k < this.#count; k++) {
			if (k === i || this.admission[k] === Admission.dismissed) continue;
			arrived += this.arrived[k]!;
			all += this.receiptsOf(k);
		}
		return arrived / all;
	}

	private lower(i: number, share: number, floor: number): void {
		const score = this.score[i]!;
		this.score[i] = Math.max(Math.min(score, floor), score - Math.floor(score * share));
	}

	private replaceable(nowUs: number): number {
		const now = ticks(nowUs);
		let found = -1;
		for (let i = 0; i < this.#count; i++) {
			this.drift(i, now);
			const isStale = now - this.#heard[i]! > STALE_S * TICKS_PER_S;
			const isUnforgiven = this.dismissals[i]! > 0 && this.score[i]! < READMIT_SCORE;
			if (isUnforgiven || (this.receiptsOf(i) > 0 && !isStale)) continue;
			if (found < 0 || this.#heard[i]! < this.#heard[found]!) found = i;
		}
		return found;
	}

	/** Forgives and forgets what time has passed for. */
	private drift(i: number, now: number): void {
		const forgiveS = SERVICE_FORGIVE_HALF_LIFE_S * (1 << Math.max(0, this.dismissals[i]! - 1));
		drift(this.score, this.#touched, i, now, forgiveS, FORGET_HALF_LIFE_S);
	}
}
