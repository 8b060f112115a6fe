import type { LinkAddress } from "../address.js";
import {
	decodeReceipt,
	RECEIPT_KEYED,
	RECEIPT_READINGS,
	Receipt,
	ReceiptEntry,
	receiptEntry,
} from "../frames/cluster-receipt.js";
import type { LinkKeyring } from "../mac/link-keys.js";
import { ReceiptCode } from "../mac/receipt-code.js";
import { hashOf } from "../net/ident.js";
import type { Clock } from "../ports.js";
import {
	type Reading,
	type ReadingBuffer,
	ReadingState,
	SILENT_TERMS,
	SILENT_TERMS_MOST,
} from "./reading-buffer.js";

/** Receipts that are known again when they are echoed, and the most that are news in one term. */
const NEWS_MOST = 32;

/** What becomes of a head's name by what it did with our readings. */
export interface ServiceJudge {
	noteArrived(head: LinkAddress, nowUs: number): void;
	noteMissing(head: LinkAddress, completion: number, isProven: boolean, nowUs: number): void;
	/** Another head is to be found than this one, and than those before; undefined: anybody. */
	avoid?(head: LinkAddress | undefined): void;
}

export interface ReceiptReaderOptions {
	readonly clock: Clock;
	readonly buffer: ReadingBuffer;
	readonly judge: ServiceJudge;
	/** Our address, and the sink's. */
	readonly address: LinkAddress;
	readonly sinkAddress: LinkAddress;
	readonly keys: LinkKeyring | undefined;
}

/**
 * Reads what receipts say of this node's readings.
 *
 * That one arrived is believed at once; that it did not, only when the phase is over and no receipt said otherwise:
 * arrival is never taken back, so one true receipt refutes any number of forged ones. Where this node shares a key with
 * the sink, entries without a code that holds, and those of an earlier issue than the last, are none.
 */
export class ReceiptReader {
	/** Entries that bore our name and no code that holds, those of an issue before the last, receipts outside their phase. */
	unauthenticated = 0;
	replayed = 0;
	untimely = 0;
	readonly #options: ReceiptReaderOptions;
	readonly #receipt = new Receipt();
	readonly #entry = new ReceiptEntry();
	readonly #code = new ReceiptCode();
	/** The last authenticated issue, -1 before the first. */
	#lastIssue = -1;
	/** From the beginning of a term until its receipts are judged. */
	#isPhase = false;
	/** A receipt told of us. Until then, terms in which somebody took readings of ours. */
	#wasNamed = false;
	#unnamedTerms = 0;
	/** Hashes of what was news in this term. */
	readonly #news: number[] = [];

	constructor(options: ReceiptReaderOptions) {
		this.#options = options;
	}

	/** Takes a RECEIPT whose type octet is at `offset`; returns whether it is news. */
	receive(bytes: Uint8Array, offset: number, end: number): boolean {
		const receipt = decodeReceipt(bytes, offset, end, this.#receipt);
		if (typeof receipt === "string") return false;
		// When the sink is silent nothing would refute a forged one.
		if (!this.#isPhase) {
			this.untimely++;
			return false;
		}
		for (let i = 0; i < receipt.entries; i++) {
			const entry = receiptEntry(receipt, i, bytes, this.#entry);
			if (!entry.node.equals(this.#options.address)) continue;
			if (!this.isAuthentic(receipt, entry)) return false;
			this.#wasNamed = true;
			this.apply(entry);
		}
		// All of it: or one that is forged would keep the echo of the true one of the same issue away.
		const entriesEnd = receipt.entriesAt + receipt.entries * receipt.entryBytes;
		const hash = hashOf(bytes, receipt.entriesAt, entriesEnd) ^ receipt.issue;
		if (this.#news.includes(hash) || this.#news.length >= NEWS_MOST) return false;
		this.#news.push(hash);
		return true;
	}

	/** The phase of receipts is over: judges what none said arrived. */
	settle(): void {
		this.#isPhase = false;
		const { buffer, judge, clock } = this.#options;
		const nowUs = clock.nowUs();
		for (const reading of buffer.readings.slice()) {
			if (reading.state !== ReadingState.handedOver) continue;
			if (reading.isDenied) {
				if (!this.isSink(reading)) {
					judge.noteMissing(reading.head, reading.completion, reading.isDenialProven, nowUs);
				}
				buffer.sendAgain(reading);
			} else if (reading.isPassed) buffer.abandon(reading, "unconfirmed");
		}
	}

	/**
	 * A term begins: what no receipt has mentioned for long is sent again, once the buffer is half full or many terms have
	 * passed: most of it arrived, and only the receipts did not.
	 */
	beginTerm(): void {
		this.settle();
		this.avoidSilent();
		this.#isPhase = true;
		this.#news.length = 0;
		const { buffer } = this.#options;
		const isUnknown = !this.#wasNamed && this.#unnamedTerms > SILENT_TERMS;
		const isPressing = buffer.isHalfFull;
		for (const reading of buffer.readings.slice()) {
			if (reading.state !== ReadingState.handedOver || ++reading.terms <= SILENT_TERMS) continue;
			if (isUnknown || isPressing || reading.terms > SILENT_TERMS_MOST) buffer.sendAgain(reading);
		}
	}

	/**
	 * A node of which the sink never told may have a head that drops everything: nothing would ever be said of it, and nobody
	 * would be blamed. So it leaves whoever took its readings, and those before, until it is told of. That is no judgement:
	 * receipts may as well have been lost, or jammed, on their way here.
	 */
	private avoidSilent(): void {
		const { buffer, judge } = this.#options;
		let last: Reading | undefined;
		for (const reading of buffer.readings) {
			if (reading.state !== ReadingState.handedOver || this.isSink(reading)) continue;
			if (last === undefined || reading.handedUs > last.handedUs) last = reading;
		}
		if (last !== undefined) this.#unnamedTerms++;
		if (this.#wasNamed || last === undefined) judge.avoid?.(undefined);
		else if (this.#unnamedTerms >= SILENT_TERMS) judge.avoid?.(last.head);
	}

	private isAuthentic(receipt: Receipt, entry: ReceiptEntry): boolean {
		const key = this.#options.keys?.find(this.#options.sinkAddress);
		if (key === undefined) return true;
		if ((receipt.flags & RECEIPT_KEYED) === 0 || !this.#code.holds(key.cmac, receipt.issue, entry)) {
			this.unauthenticated++;
			return false;
		}
		// RFC 1982: half of the numbers are later than the last one.
		if (this.#lastIssue >= 0 && ((receipt.issue - this.#lastIssue) & 0xffff) >= 0x8000) {
			this.replayed++;
			return false;
		}
		this.#lastIssue = receipt.issue;
		return true;
	}

	private apply(entry: ReceiptEntry): void {
		const { buffer, keys, sinkAddress } = this.#options;
		const isProven = keys?.find(sinkAddress) !== undefined;
		for (const reading of buffer.readings.slice()) {
			// What never was on the air cannot have arrived, whatever somebody says.
			if (!reading.wasSent) continue;
			const back = (entry.newest - reading.sequence) & 0xffff;
			const isCovered = back < RECEIPT_READINGS;
			if (isCovered && ((entry.arrived >>> back) & 1) === 1) this.noteArrived(reading);
			else if (reading.state !== ReadingState.handedOver) continue;
			else if (isCovered || back >= 0x8000) {
				// One later than the newest is missing too: or a head that drops everything would never be found.
				reading.isDenied = true;
				reading.isDenialProven = isProven;
			} else reading.isPassed = true;
		}
	}

	private noteArrived(reading: Reading): void {
		const { buffer, judge, clock } = this.#options;
		// Else nobody acknowledged it, and nobody knows who brought it.
		if (reading.state === ReadingState.handedOver && !this.isSink(reading)) {
			judge.noteArrived(reading.head, clock.nowUs());
		}
		buffer.confirm(reading);
	}

	private isSink(reading: Reading): boolean {
		return reading.head.equals(this.#options.sinkAddress);
	}
}
