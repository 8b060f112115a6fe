import { LinkAddress } from "../address.js";
import { i32be, putI32be, putU16be, u16be } from "../bytes.js";
import type { Arrivals } from "./arrivals.js";

/** Octets of one record in the store: mode and address (9), newest (2), window (8). */
export const ARRIVAL_RECORD_BYTES = 19;
/** Records that are saved at most, those of the last heard: 4.9 kB. */
export const ARRIVAL_RECORDS_MOST = 256;

/** What a sink must know after a power cycle, so that it collects no reading twice and tells nobody that it has none. */
export function saveArrivals(arrivals: Arrivals): Uint8Array {
	const places = arrivals.lastHeard(ARRIVAL_RECORDS_MOST);
	const blob = new Uint8Array(places.length * ARRIVAL_RECORD_BYTES);
	places.forEach((i, k) => {
		const at = k * ARRIVAL_RECORD_BYTES;
		blob[at] = arrivals.mode[i]!;
		putI32be(blob, at + 1, arrivals.high[i]!);
		putI32be(blob, at + 5, arrivals.low[i]!);
		putU16be(blob, at + 9, arrivals.newest[i]!);
		putI32be(blob, at + 11, arrivals.recent[i]!);
		putI32be(blob, at + 15, arrivals.older[i]!);
	});
	return blob;
}

/** Takes saved records; what is none is passed over. */
export function restoreArrivals(arrivals: Arrivals, blob: Uint8Array, nowUs: number): void {
	const address = new LinkAddress();
	for (let at = 0; at + ARRIVAL_RECORD_BYTES <= blob.length; at += ARRIVAL_RECORD_BYTES) {
		if (blob[at] === 2) address.setShort(i32be(blob, at + 5));
		else if (blob[at] === 3) address.setExtended(i32be(blob, at + 1), i32be(blob, at + 5));
		else continue;
		arrivals.restore(address, u16be(blob, at + 9), i32be(blob, at + 11), i32be(blob, at + 15), nowUs);
	}
}
