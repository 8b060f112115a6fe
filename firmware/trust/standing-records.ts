import { LinkAddress } from "../address.js";
import { i32be, putI32be, putU16be, u16be } from "../bytes.js";
import { BLOCK_MOST_S, EVIDENCE_MOST, EVIDENCE_ONE } from "./parameters.js";
import { HAS_CHAINED, type StandingTable, State } from "./standing.js";
import { TICKS_PER_S, ticks } from "./ticks.js";

/** Octets of one record in the store: mode and address (9), and the standing without the times of what is past (16). */
export const RECORD_BYTES = 25;

/** The records of all standings with a name, {@link RECORD_BYTES} each, times relative to `nowUs`. */
export function saveStandings(table: StandingTable, nowUs: number): Uint8Array {
	const named: number[] = [];
	for (let i = 0; i < table.count; i++) if (!table.isNewcomer(i)) named.push(i);
	const blob = new Uint8Array(named.length * RECORD_BYTES);
	const now = ticks(nowUs);
	named.forEach((i, k) => {
		const at = k * RECORD_BYTES;
		blob[at] = table.mode[i]!;
		putI32be(blob, at + 1, table.high[i]!);
		putI32be(blob, at + 5, table.low[i]!);
		putU16be(blob, at + 9, table.score[i]!);
		putU16be(blob, at + 11, table.good[i]!);
		putU16be(blob, at + 13, table.bad[i]!);
		putU16be(blob, at + 15, table.surprise[i]!);
		blob[at + 17] = table.state[i]!;
		blob[at + 18] = table.strikes[i]!;
		blob[at + 19] = table.proofs[i]!;
		blob[at + 20] = table.flags[i]! & HAS_CHAINED;
		putI32be(blob, at + 21, Math.max(0, table.until[i]! - now));
	});
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
		table.score[i] = u16be(blob, at + 9);
		table.good[i] = Math.min(u16be(blob, at + 11), EVIDENCE_MOST * EVIDENCE_ONE);
		table.bad[i] = Math.min(u16be(blob, at + 13), EVIDENCE_MOST * EVIDENCE_ONE);
		table.surprise[i] = u16be(blob, at + 15);
		table.state[i] = state;
		table.strikes[i] = blob[at + 18]!;
		table.proofs[i] = blob[at + 19]!;
		table.flags[i] = blob[at + 20]! & HAS_CHAINED;
		table.until[i] = now + Math.min(i32be(blob, at + 21) >>> 0, BLOCK_MOST_S * TICKS_PER_S);
	}
}
