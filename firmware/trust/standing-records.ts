import { LinkAddress } from "../address.js";
import { i32be, putI32be, putU16be, u16be } from "../bytes.js";
import { BLOCK_MOST_S, EVIDENCE_MOST, EVIDENCE_ONE } from "./parameters.js";
import { HAS_CHAINED, type StandingTable, State } from "./standing.js";
import { TICKS_PER_S, ticks } from "./ticks.js";

/** Octets of one record in the store: mode and address (9), and the standing without the times of what is past (16). */
export const RECORD_BYTES = 25;

/** The records of all standings with a name, {@link RECORD_BYTES} each, times relative to `nowUs`. */
export function saveStandings(table: StandingTable, nowUs: number): Uint8Array {
	let named = 0;
	for (let i = 0; i < table.count; i++) if (!table.at(i).isNewcomer) named++;
	const blob = new Uint8Array(named * RECORD_BYTES);
	const now = ticks(nowUs);
	// No callback a record, for it lies deep in the stack that a frame brings about.
	for (let i = 0, at = 0; i < table.count; i++) {
		const row = table.at(i);
		if (row.isNewcomer) continue;
		blob[at] = row.mode;
		putI32be(blob, at + 1, row.high);
		putI32be(blob, at + 5, row.low);
		putU16be(blob, at + 9, row.score);
		putU16be(blob, at + 11, row.good);
		putU16be(blob, at + 13, row.bad);
		putU16be(blob, at + 15, row.surprise);
		blob[at + 17] = row.state;
		blob[at + 18] = row.strikes;
		blob[at + 19] = row.proofs;
		blob[at + 20] = row.flags & HAS_CHAINED;
		putI32be(blob, at + 21, Math.max(0, (row.until >>> 0) - now));
		at += RECORD_BYTES;
	}
	return blob;
}

/** Takes saved records; what is no whole record is passed over, and what no standing can be is cut to what one can. */
export function restoreStandings(table: StandingTable, blob: Uint8Array, nowUs: number): void {
	const address = new LinkAddress();
	const now = ticks(nowUs);
	for (let at = 0; at + RECORD_BYTES <= blob.length; at += RECORD_BYTES) {
		const state = blob[at + 17]!;
		if (state > State.blocked) continue;
		if (blob[at] === 2) address.setShort(i32be(blob, at + 5));
		else if (blob[at] === 3) address.setExtended(i32be(blob, at + 1), i32be(blob, at + 5));
		else continue;
		const i = table.obtain(address, nowUs);
		if (i < 0) return;
		const row = table.at(i);
		row.score = u16be(blob, at + 9);
		row.good = Math.min(u16be(blob, at + 11), EVIDENCE_MOST * EVIDENCE_ONE);
		row.bad = Math.min(u16be(blob, at + 13), EVIDENCE_MOST * EVIDENCE_ONE);
		row.surprise = u16be(blob, at + 15);
		row.state = state;
		row.strikes = blob[at + 18]!;
		row.proofs = blob[at + 19]!;
		row.flags = blob[at + 20]! & HAS_CHAINED;
		row.until = now + Math.min(i32be(blob, at + 21) >>> 0, BLOCK_MOST_S * TICKS_PER_S);
	}
}
