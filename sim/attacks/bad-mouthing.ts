import { BROADCAST, LinkAddress } from "../../firmware/address.js";
import { copyBytes } from "../../firmware/bytes.js";
import {
	ADVERTISEMENT_BYTES,
	ADVERTISEMENT_TYPE,
	type Advertisement,
	decodeAdvertisement,
	encodeAdvertisement,
} from "../../firmware/frames/cluster-advertisement.js";
import {
	decodeReceipt,
	encodeReceipt,
	encodeReceiptEntry,
	RECEIPT_CODE_BYTES,
	RECEIPT_KEYED,
	RECEIPT_TYPE,
	ReceiptEntry,
	receiptEntry,
} from "../../firmware/frames/cluster-receipt.js";
import { MAX_PSDU_BYTES, SHR_US, TURNAROUND_US } from "../../firmware/mac/timing.js";
import type { AttackContext, AttackFactory } from "./attack.js";
import { ClusterEar, messageTypeOf } from "./cluster-ear.js";
import type { Heard } from "./heard.js";
import { LOUD } from "./option-schemas.js";

/** A forged receipt seems to be this many issues newer than the honest one. */
const NEWER_ISSUE = 1;
/** Bitmaps: nothing arrived, and everything did. */
const NONE = 0;
const ALL = -1;
/** Readings beyond the newest that arrived which praise covers. */
const PRAISED_AHEAD = 16;

/**
 * Speaks ill of honest heads, as far as there is a channel for it: receipts that say nothing arrived, and announcements in
 * a head's name whose charge leaps and falls, so that it seems to lie.
 *
 * There is no message by which one node tells another what it thinks of a third: these two are all that bears on a head's
 * score without going through it. Receipts are made up in the sink's words from those that were heard, with another bitmap;
 * where the network's bear codes, they bear codes too, under a key that is not the sink's.
 */
export const badMouthing: AttackFactory = {
	name: "bad-mouthing",
	options: {
		txPowerDbm: LOUD,
		says: {
			enum: ["all", "receipts", "charges", "praise"],
			default: "all",
			description:
				"Forged receipts, forged charges in heads' names, or both; praise: receipts that all arrived, for heads " +
				"that drop everything",
		},
	},
	create(options, context) {
		const says = options["says"] as "all" | "receipts" | "charges" | "praise";
		const ear = new ClusterEar(context);
		const slander = new Slander(context, ear, says === "praise" ? ALL : NONE);
		context.hear((heard) => {
			if (heard.isOurs || !context.isActive()) return;
			const type = messageTypeOf(heard);
			if (type === RECEIPT_TYPE && says !== "charges") slander.onReceipt(heard);
			if (type === ADVERTISEMENT_TYPE && (says === "all" || says === "charges"))
				slander.onAdvertisement(heard);
		});
	},
};

class Slander {
	readonly #context: AttackContext;
	readonly #ear: ClusterEar;
	readonly #random: ReturnType<AttackContext["random"]>;
	/** What forged receipts say of each node's readings. */
	readonly #arrived: number;
	#issue = -1;
	#claimsFull = false;

	constructor(context: AttackContext, ear: ClusterEar, arrived: number) {
		this.#context = context;
		this.#arrived = arrived;
		this.#ear = ear;
		this.#random = context.random("codes");
	}

	/** The same receipt, a little newer, with another bitmap. */
	onReceipt({ psdu, header }: Heard): void {
		const receipt = decodeReceipt(psdu, header.next + 1, header.end);
		if (typeof receipt === "string" || receipt.issue === this.#issue) return;
		this.#issue = receipt.issue;
		const payload = new Uint8Array(MAX_PSDU_BYTES);
		const heard = Object.assign(Object.create(Object.getPrototypeOf(receipt)), receipt) as typeof receipt;
		heard.issue = (receipt.issue + NEWER_ISSUE) & 0xffff;
		let at = encodeReceipt(heard, payload, 0);
		const entry = new ReceiptEntry();
		for (let i = 0; i < receipt.entries; i++) {
			receiptEntry(receipt, i, psdu, entry);
			entry.arrived = this.#arrived;
			// Beyond what arrived, for what nobody is to miss.
			if (this.#arrived === ALL) entry.newest = (entry.newest + PRAISED_AHEAD) & 0xffff;
			if ((receipt.flags & RECEIPT_KEYED) !== 0) {
				const code = this.#context.forge.noise(RECEIPT_CODE_BYTES);
				copyBytes(code, 0, entry.code, 0, RECEIPT_CODE_BYTES);
			}
			at = encodeReceiptEntry(heard, entry, payload, at);
		}
		this.#send(header.source, payload.slice(0, at));
	}

	/** The head announces itself again, with a charge that it cannot have. */
	onAdvertisement({ psdu, header }: Heard): void {
		const now = this.#ear.now;
		const found = decodeAdvertisement(psdu, header.next + 1, header.end);
		if (typeof found === "string" || now === undefined) return;
		this.#claimsFull = !this.#claimsFull;
		const atUs = this.#context.nowUs() + TURNAROUND_US + this.#random.below(2000);
		const forged: Advertisement = found;
		forged.charge = this.#claimsFull ? 255 : 0;
		forged.time.sequence = (found.time.sequence + 1) & 0xffff;
		forged.time.elapsedUs = atUs + SHR_US - now.beganUs;
		const payload = new Uint8Array(ADVERTISEMENT_BYTES);
		encodeAdvertisement(forged, payload, 0);
		this.#send(header.source, payload, atUs);
	}

	#send(name: LinkAddress, payload: Uint8Array, atUs?: number): void {
		const { forge } = this.#context;
		const source = new LinkAddress().set(name);
		const psdu = forge.frame({ source, destination: BROADCAST }, payload);
		this.#context.send(psdu, atUs === undefined ? { urgent: true } : { atUs });
	}
}
