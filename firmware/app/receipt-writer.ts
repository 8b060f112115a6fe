import { LinkAddress } from "../address.js";
import { copyBytes } from "../bytes.js";
import {
	encodeReceipt,
	encodeReceiptEntry,
	RECEIPT_BYTES,
	RECEIPT_CODE_BYTES,
	RECEIPT_KEYED,
	RECEIPT_LONG_NAMES,
	Receipt,
	ReceiptEntry,
} from "../frames/cluster-receipt.js";
import type { LinkKeyring } from "../mac/link-keys.js";
import { ReceiptCode } from "../mac/receipt-code.js";
import type { Clock, Store } from "../ports.js";
import { StoredCounter } from "../stored-counter.js";
import type { Arrivals } from "./arrivals.js";

/** Issues reserved in the store at a time. */
const ISSUE_BLOCK = 64;
/** An octet at 250 kbit/s, and those of a frame around its MAC payload, preamble included; the CCA before it. */
const OCTET_US = 32;
const FRAME_OVERHEAD_BYTES = 29;
const ACCESS_US = 320;

export interface ReceiptWriterOptions {
	readonly clock: Clock;
	readonly store: Store;
	readonly arrivals: Arrivals;
	readonly keys: LinkKeyring | undefined;
	/** Octets of MAC payload in a broadcast. */
	readonly room: number;
}

/**
 * Writes the receipts of a sink: all origins that were heard, in each phase once, those that were left out longest first,
 * among them those of which readings are missing, or nothing came. Those that one head led stand together: few have to
 * pass a receipt on.
 */
export class ReceiptWriter {
	readonly #options: ReceiptWriterOptions;
	readonly #issues: StoredCounter;
	readonly #receipt = new Receipt();
	readonly #entry = new ReceiptEntry();
	readonly #code = new ReceiptCode();
	readonly #address = new LinkAddress();
	/** The phase under way, by its end, and the places that it has yet to tell of, the most urgent last. */
	#phaseUs = -1;
	readonly #queue: number[] = [];

	constructor(options: ReceiptWriterOptions) {
		this.#options = options;
		// Old receipts must not be taken for new ones after a power cycle.
		this.#issues = new StoredCounter(options.store, "receipt-issue", ISSUE_BLOCK);
	}

	/** Writes one RECEIPT at `offset`; returns its end, or `offset` when all is told or none can be over by `untilUs`. */
	write(sequence: number, bytes: Uint8Array, offset: number, untilUs: number): number {
		if (untilUs !== this.#phaseUs) this.beginPhase(untilUs);
		const { clock, arrivals, room } = this.#options;
		if (this.#queue.length === 0) return offset;
		const receipt = this.#receipt;
		receipt.flags = this.flagsOf(this.#queue[this.#queue.length - 1]!);
		const inTime = Math.floor((untilUs - clock.nowUs() - ACCESS_US) / OCTET_US) - FRAME_OVERHEAD_BYTES;
		const most = Math.min(
			255,
			Math.floor((Math.min(room, inTime, bytes.length - offset) - RECEIPT_BYTES) / receipt.entryBytes),
		);
		if (most < 1) return offset;
		const issue = this.#issues.next();
		if (issue < 0) return offset;
		receipt.sequence = sequence;
		receipt.issue = issue & 0xffff;
		receipt.entries = 0;
		let at = offset + RECEIPT_BYTES;
		for (let k = this.#queue.length - 1; k >= 0 && receipt.entries < most; k--) {
			const i = this.#queue[k]!;
			if (this.flagsOf(i) !== receipt.flags) continue;
			this.#queue.splice(k, 1);
			this.fill(i);
			at = encodeReceiptEntry(receipt, this.#entry, bytes, at);
			receipt.entries++;
			arrivals.untold[i] = 0;
			arrivals.isSilent[i] = 1;
		}
		encodeReceipt(receipt, bytes, offset);
		return at;
	}

	private beginPhase(untilUs: number): void {
		const { arrivals } = this.#options;
		this.#phaseUs = untilUs;
		this.#queue.length = 0;
		for (let i = 0; i < arrivals.count; i++) {
			if (arrivals.untold[i]! < 255) arrivals.untold[i]!++;
			this.#queue.push(i);
		}
		const urgency = (i: number): number => arrivals.untold[i]! * 2 + (arrivals.isMissing(i) ? 1 : 0);
		const { via } = arrivals;
		this.#queue.sort((a, b) => urgency(a) - urgency(b) || via[b]! - via[a]! || b - a);
	}

	private flagsOf(i: number): number {
		const address = this.#options.arrivals.addressOf(i, this.#address);
		const isKeyed = this.#options.keys?.find(address) !== undefined;
		return (address.byteLength === 2 ? 0 : RECEIPT_LONG_NAMES) | (isKeyed ? RECEIPT_KEYED : 0);
	}

	private fill(i: number): void {
		const { arrivals, keys } = this.#options;
		const entry = this.#entry;
		arrivals.addressOf(i, entry.node);
		entry.newest = arrivals.newest[i]!;
		entry.arrived = arrivals.recent[i]!;
		const key = keys?.find(entry.node);
		if (key === undefined) return;
		copyBytes(this.#code.of(key.cmac, this.#receipt.issue, entry), 0, entry.code, 0, RECEIPT_CODE_BYTES);
	}
}
