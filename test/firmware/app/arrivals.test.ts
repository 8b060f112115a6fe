import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../firmware/address.js";
import {
	ARRIVAL_RECORD_BYTES,
	restoreArrivals,
	saveArrivals,
} from "../../../firmware/app/arrival-records.js";
import { type Arrival, Arrivals, WINDOW } from "../../../firmware/app/arrivals.js";

const ORIGIN = LinkAddress.short(5);

/** Whether reading `newest` - `back` arrived, as the window has it. */
function has(arrivals: Arrivals, back: number): boolean {
	const half = back < 32 ? arrivals.recent[0]! : arrivals.older[0]!;
	return ((half >>> (back & 31)) & 1) === 1;
}

test("the window knows what a set of all readings would know, while numbers wrap", (t) => {
	// Steps forward and back from the newest so far.
	const steps = fc.array(fc.oneof(fc.integer({ min: -70, max: 5 }), fc.integer({ min: 1, max: 140 })), {
		minLength: 1,
		maxLength: 120,
	});
	fc.assert(
		fc.property(fc.integer({ min: 0xff00, max: 0xffff }), steps, (first, moves) => {
			const arrivals = new Arrivals(4);
			const seen = new Set<number>([first]);
			let newest = first;
			if (arrivals.note(ORIGIN, first & 0xffff, 0) !== "new") throw new Error("first");
			for (const move of moves) {
				const reading = newest + move;
				const expected: Arrival = reading <= newest - WINDOW ? "stale" : seen.has(reading) ? "again" : "new";
				const found = arrivals.note(ORIGIN, reading & 0xffff, 1);
				if (found !== expected) throw new Error(`${reading} of ${newest}: ${found}, not ${expected}`);
				if (expected === "new") seen.add(reading);
				newest = Math.max(newest, reading);
				for (let back = 0; back < WINDOW; back++) {
					if (has(arrivals, back) !== seen.has(newest - back)) throw new Error(`bit ${back} at ${newest}`);
				}
			}
		}),
		{ seed: 1 },
	);
	t.pass();
});

test("an origin that lost its store is heard again after five minutes of silence", (t) => {
	const arrivals = new Arrivals(4);
	arrivals.note(ORIGIN, 5000, 0);
	t.is(arrivals.note(ORIGIN, 0, 299_000_000), "stale");
	t.is(arrivals.note(ORIGIN, 0, 300_000_000), "new");
	t.is(arrivals.note(ORIGIN, 1, 301_000_000), "new");
	t.is(arrivals.note(ORIGIN, 0, 302_000_000), "again");
	// One that is merely late does not turn the window back.
	arrivals.note(ORIGIN, 101, 303_000_000);
	t.is(arrivals.note(ORIGIN, 1, 900_000_000), "stale");
	t.is(arrivals.note(ORIGIN, 101, 901_000_000), "again");
});

test("made-up origins do not drive out those of whom more came", (t) => {
	const arrivals = new Arrivals(3);
	for (let sequence = 0; sequence < 4; sequence++) arrivals.note(ORIGIN, sequence, 1000 + sequence);
	for (let i = 0; i < 50; i++) arrivals.note(LinkAddress.short(100 + i), 0, 2000 + i);
	t.is(arrivals.count, 3);
	t.is(arrivals.note(ORIGIN, 3, 3000), "again");
	for (let i = 0; i < 2; i++) {
		for (let sequence = 1; sequence < 5; sequence++) {
			arrivals.note(LinkAddress.short(148 + i), sequence, 4000);
		}
	}
	t.is(arrivals.note(LinkAddress.short(7), 0, 5000), "crowded");
	// Silent for an hour, the place is free.
	t.is(arrivals.note(LinkAddress.short(7), 0, 3_700_000_000), "new");
});

test("what is saved is known after a power cycle; spoiled records are passed over", (t) => {
	const before = new Arrivals(8);
	const far = LinkAddress.extended(0x02000000, 0x77);
	for (const sequence of [0xfffe, 0xffff, 1, 40]) before.note(ORIGIN, sequence, 0);
	before.note(far, 9, 0);
	const blob = saveArrivals(before);
	t.is(blob.length, 2 * ARRIVAL_RECORD_BYTES);
	const after = new Arrivals(8);
	restoreArrivals(after, blob, 0);
	for (const sequence of [0xfffe, 0xffff, 1, 40]) t.is(after.note(ORIGIN, sequence, 1), "again");
	t.is(after.note(ORIGIN, 0, 1), "new");
	t.is(after.note(far, 9, 1), "again");
	const spoiled = blob.slice(0, -1);
	spoiled[0] = 7;
	const none = new Arrivals(8);
	restoreArrivals(none, spoiled, 0);
	t.is(none.count, 0);
});

test("only the last heard are saved, whatever there is", (t) => {
	const arrivals = new Arrivals(300);
	for (let i = 0; i < 300; i++) arrivals.note(LinkAddress.short(i), i, i);
	const blob = saveArrivals(arrivals);
	t.is(blob.length, 256 * ARRIVAL_RECORD_BYTES);
	const after = new Arrivals(300);
	restoreArrivals(after, blob, 0);
	t.is(after.note(LinkAddress.short(299), 299, 1), "again");
	t.is(after.note(LinkAddress.short(0), 0, 1), "new");
});
