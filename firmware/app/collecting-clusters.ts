import type { LinkAddress } from "../address.js";
import type { ClusterClient } from "../cluster/client.js";
import { decodeSenmlRecords } from "../frames/senml.js";
import { LearntBlob } from "../store-names.js";
import { SAVE_PERIOD_S } from "../trust/parameters.js";
import { restoreArrivals, saveArrivals } from "./arrival-records.js";
import { Arrivals } from "./arrivals.js";
import { tellReadings } from "./collecting.js";
import { baseNameOf, type Pack, readPacks } from "./packs.js";
import type { ReadingsHost } from "./readings-host.js";
import { ReceiptWriter } from "./receipt-writer.js";

/** The sink of a clustered network: tells of each reading once, and answers with receipts. */
export class ClusterCollector implements ClusterClient {
	/** Datagrams and packs that were refused as malformed. */
	malformed = 0;
	/** Readings from behind the window of their origin, and of origins that found no room: no receipt confirms them. */
	stale = 0;
	crowded = 0;
	readonly arrivals: Arrivals;
	readonly #host: ReadingsHost;
	readonly #receipts: ReceiptWriter;
	#savedUs: number;
	readonly #collect = (packet: Uint8Array, offset: number, end: number): void => {
		const { clock, sink, node } = this.#host;
		const packs = readPacks(packet, offset, end, clock.nowUs());
		if (typeof packs === "string") {
			this.malformed++;
			return;
		}
		for (const pack of packs) {
			const { origin, body, records, referenceUs } = pack;
			const decoded = decodeSenmlRecords(body, 0, body.length, records);
			if (typeof decoded === "string") this.malformed++;
			else if (this.isNew(pack, this.#host.via(packet))) {
				const named = [{ baseName: baseNameOf(origin) }, ...decoded.records];
				tellReadings(named, referenceUs, clock.nowUs(), node, sink);
			}
		}
	};

	/** `origins`: how many are kept apart. */
	constructor(host: ReadingsHost, origins?: number) {
		const { clock, store, keys, broadcastRoom } = host;
		this.#host = host;
		this.arrivals = new Arrivals(origins);
		this.#receipts = new ReceiptWriter({ clock, store, keys, arrivals: this.arrivals, room: broadcastRoom });
		this.#savedUs = clock.nowUs();
		const blob = store.get(LearntBlob.arrivals);
		if (blob !== undefined) restoreArrivals(this.arrivals, blob, this.#savedUs);
		host.onReadings(this.#collect);
	}

	onSlot(): void {}
	onForward(): void {}

	onTerm(): void {
		const { clock, store } = this.#host;
		const nowUs = clock.nowUs();
		if (this.arrivals.count === 0 || nowUs - this.#savedUs < SAVE_PERIOD_S * 1e6) return;
		this.#savedUs = nowUs;
		store.set(LearntBlob.arrivals, saveArrivals(this.arrivals));
	}

	writeReceipt(sequence: number, bytes: Uint8Array, offset: number, untilUs: number): number {
		return this.#receipts.write(sequence, bytes, offset, untilUs);
	}

	onReceipt(): boolean {
		return false;
	}

	/** Notes and tells that a pack arrived; returns whether it had not come before. */
	private isNew({ origin, sequence }: Pack, via: LinkAddress): boolean {
		const { clock, sink, node } = this.#host;
		const nowUs = clock.nowUs();
		const arrival = this.arrivals.note(origin, sequence, nowUs, via.low);
		if (arrival === "stale") this.stale++;
		else if (arrival === "crowded") this.crowded++;
		else sink.readingArrived(nowUs, node, origin, sequence, via, arrival === "again" ? 1 : 0);
		return arrival === "new";
	}
}
