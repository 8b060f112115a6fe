import { BROADCAST, type LinkAddress } from "../address.js";
import { copyBytes, putU16be } from "../bytes.js";
import {
	decodeReceipt,
	RECEIPT_BYTES,
	Receipt,
	type ReceiptDrop,
	ReceiptEntry,
	receiptEntry,
} from "../frames/cluster-receipt.js";
import type { LinkLayer } from "../mac/link-layer.js";
import type { ClusterParts } from "./parts.js";

/** Whoever heard so many copies of a receipt says it no more (as the redundancy constant of RFC 6206). */
const COPIES = 3;
/** Receipts of which copies are counted, and that wait for their echo. */
const REMEMBERED = 16;
/** Where a RECEIPT has the number among its sender's broadcasts. */
const SEQUENCE_AT = 2;
/** Where it has how many entries there are. */
const ENTRIES_AT = 7;

interface Heard {
	issue: number;
	copies: number;
}

/**
 * Passes the sink's receipts on: the sink says them one after another; then those echo them who led one of the nodes that a
 * receipt is about in the term that it is about, or passed on the datagrams of such heads.
 */
export class Receipts {
	readonly #parts: ClusterParts;
	readonly #link: LinkLayer;
	readonly #receipt = new Receipt();
	readonly #entry = new ReceiptEntry();
	readonly #heard: Heard[] = [];
	#next = 0;
	#waiting = 0;

	constructor(parts: ClusterParts, link: LinkLayer) {
		this.#parts = parts;
		this.#link = link;
	}

	/** At the sink: says all that there is to confirm, until the phase ends. */
	issue(): void {
		const { client, rounds, timeline, voice, clock } = this.#parts;
		const untilUs = rounds.at(timeline.receiptEndUs);
		const scratch = new Uint8Array(this.#link.room(BROADCAST));
		const next = (): void => {
			const end = client()?.writeReceipt(0, scratch, 0, untilUs) ?? 0;
			if (end <= 0) return;
			voice.say(
				"receipt",
				clock.nowUs(),
				untilUs,
				(bytes, offset, sequence) => copyReceipt(scratch, end, bytes, offset, sequence),
				(sent) => sent && next(),
			);
		};
		next();
	}

	/** Takes a RECEIPT whose type octet is at `offset`; `isOurs`: whether one about this node is ours to pass on. */
	hear(
		bytes: Uint8Array,
		offset: number,
		end: number,
		isOurs: (address: LinkAddress) => boolean,
	): ReceiptDrop | undefined {
		const receipt = decodeReceipt(bytes, offset, end, this.#receipt);
		if (typeof receipt === "string") return receipt;
		const { client, isSink } = this.#parts;
		if (isSink) return undefined;
		const heard = this.noteCopy(receipt.issue);
		const isNews = client()?.onReceipt(bytes, offset, end) ?? false;
		if (isNews && heard.copies < COPIES) this.planEcho(heard, bytes, offset, end, isOurs);
		return undefined;
	}

	private noteCopy(issue: number): Heard {
		for (const heard of this.#heard) {
			if (heard.issue !== issue) continue;
			heard.copies++;
			return heard;
		}
		const made = { issue, copies: 1 };
		this.#heard[this.#next] = made;
		this.#next = (this.#next + 1) % REMEMBERED;
		return made;
	}

	/** A copy of what is ours to pass on; undefined when nothing is. */
	private copyOf(
		bytes: Uint8Array,
		offset: number,
		end: number,
		isOurs: (address: LinkAddress) => boolean,
	): Uint8Array | undefined {
		const receipt = this.#receipt;
		const { entryBytes, entriesAt } = receipt;
		const copy = new Uint8Array(end - offset + 1);
		copyBytes(bytes, offset - 1, copy, 0, RECEIPT_BYTES);
		let at = RECEIPT_BYTES;
		for (let i = 0; i < receipt.entries; i++) {
			if (!isOurs(receiptEntry(receipt, i, bytes, this.#entry).node)) continue;
			copyBytes(bytes, entriesAt + i * entryBytes, copy, at, entryBytes);
			at += entryBytes;
		}
		const entries = (at - RECEIPT_BYTES) / entryBytes;
		copy[ENTRIES_AT] = entries;
		return entries === 0 ? undefined : copy.subarray(0, at);
	}

	private planEcho(
		heard: Heard,
		bytes: Uint8Array,
		offset: number,
		end: number,
		isOurs: (address: LinkAddress) => boolean,
	): void {
		if (this.#waiting >= REMEMBERED) return;
		const { rounds, timeline, voice, clock, random, config } = this.#parts;
		// The first third of the phase is the sink's: echoes among its receipts would drown them.
		const turnUs = Math.floor(config.receiptUs / 3);
		const fromUs = Math.max(clock.nowUs(), rounds.at(timeline.syncEndUs + turnUs));
		// Ends before the phase does, else later frames of elections would suffer.
		const untilUs = rounds.at(timeline.receiptEndUs);
		const copy = this.copyOf(bytes, offset, end, isOurs);
		if (copy === undefined) return;
		this.#waiting++;
		voice.say(
			"receipt",
			fromUs + random.below(Math.max(1, turnUs)),
			untilUs,
			(frame, at, sequence) =>
				heard.copies >= COPIES ? -1 : copyReceipt(copy, copy.length, frame, at, sequence),
			() => this.#waiting--,
		);
	}
}

/** Writes a receipt with another number among its sender's broadcasts. */
function copyReceipt(
	receipt: Uint8Array,
	length: number,
	bytes: Uint8Array,
	offset: number,
	sequence: number,
): number {
	copyBytes(receipt, 0, bytes, offset, length);
	putU16be(bytes, offset + SEQUENCE_AT, sequence);
	return offset + length;
}
