import test from "ava";
import { splitBuffer } from "../../../sim/opponents/split-buffer.js";
import { type Arrival, F1, F2, F3, F4, FIRST_BYTES, NEXT_BYTES, other, play, type Row } from "./arrivals.js";

/** A first fragment of a datagram whose reputation begins at `worth`, as near as whole sizes allow. */
function challenger(worth: number, more: Partial<Arrival> = {}): Arrival {
	const size = Math.floor(9600 / worth);
	if (Math.floor(9600 / size) !== worth) throw new RangeError(`challenger: no size is worth ${worth}`);
	return other(100 + worth, { size, ...more });
}

/** Whether a lone datagram has exactly `reputation` after some rows: one point less is refused, as many displace it. */
function weigh(rows: readonly Row[], reputation: number, more: Partial<Arrival> = {}): readonly Row[] {
	return [
		...rows,
		[challenger(reputation - 1, more), "reassembly-full", 1],
		[challenger(reputation), "stored", 1],
	];
}

test("a context pays for the slots that it fills, not for the size that it claims", (t) => {
	const rows = [
		[other(20, { size: 2047 }), "stored", 1],
		[other(21, { size: 2047 }), "stored", 2],
		[F1, "stored", 3],
		[F2, "stored", 3],
		[F3, "stored", 3],
		[F4, "completed", 2],
	] as const;
	const { reassembler } = play(t, splitBuffer, rows);
	t.is(reassembler.peakBytes, 3 * FIRST_BYTES + 3 * NEXT_BYTES);
});

test("the lowest reputation goes if it is no more than the newcomer's, else the newcomer", (t) => {
	const rows = [
		[challenger(7), "stored", 1],
		[other(20, { size: 1000 }), "stored", 2],
		// 32 against 7 and 9.
		[F1, "stored", 2],
		[challenger(6), "reassembly-full", 2],
		// Nine against nine: the older goes.
		[other(21, { size: 1000 }), "stored", 2],
		[{ ...F1, tag: 8 }, "stored", 2],
		[challenger(31), "reassembly-full", 2],
		[{ offset: 96, bytes: 8, tag: 20, size: 1000 }, "reassembly-full", 2],
	] as const;
	play(t, splitBuffer, rows, { budgetBytes: 2 * FIRST_BYTES });
});

test("of equals the oldest goes", (t) => {
	const rows = [
		[other(20), "stored", 1],
		[other(21), "stored", 2],
		[other(22), "stored", 2],
		[{ ...F2, tag: 21 }, "stored", 2],
	] as const;
	const { closed } = play(t, splitBuffer, rows, { budgetBytes: 2 * FIRST_BYTES + NEXT_BYTES });
	t.deepEqual(closed, ["reassembly-evicted", "reassembly-timed-out", "reassembly-timed-out"]);
});

test("a fragment in time adds its share of the datagram in percent", (t) => {
	// 32 + 26, both rounded down.
	const rows = [
		[F1, "stored", 1],
		[{ ...F2, atMs: 20 }, "stored", 1],
	] as const;
	play(t, splitBuffer, weigh(rows, 58), { budgetBytes: FIRST_BYTES + NEXT_BYTES });
});

test("a duplicate changes no reputation", (t) => {
	const rows = [
		[F1, "stored", 1],
		[{ ...F2, atMs: 20 }, "stored", 1],
		[F2, "fragment-duplicate", 1],
		[F1, "fragment-duplicate", 1],
	] as const;
	play(t, splitBuffer, weigh(rows, 58), { budgetBytes: FIRST_BYTES + NEXT_BYTES });
});

test("a gap may differ from the mean by 250 ms either way", (t) => {
	const budget = { budgetBytes: FIRST_BYTES + 2 * NEXT_BYTES };
	// Mean 270, gap 520: 250 more; then mean 271, gap 522, which is not yet twice the mean.
	const late = (atMs: number): readonly Row[] => [
		[F1, "stored", 1],
		[{ ...F2, atMs: 20 }, "stored", 1],
		[{ ...F3, atMs }, "stored", 1],
	];
	play(t, splitBuffer, weigh(late(540), 84), budget);
	play(t, splitBuffer, weigh(late(542), 29), budget);
	const early = (atMs: number): readonly Row[] => [
		[F1, "stored", 1],
		[{ ...F2, atMs: 600 }, "stored", 1],
		[{ ...F3, atMs }, "stored", 1],
	];
	// Mean 350, gap 100: 250 less; then mean 349, gap 98.
	play(t, splitBuffer, weigh(early(700), 84), budget);
	play(t, splitBuffer, weigh(early(698), 29), budget);
	play(t, splitBuffer, weigh(late(542), 84), { ...budget, options: { toleranceMs: 300 } });
});

test("a gap of twice the mean halves twice", (t) => {
	const size = 400;
	const rows = [
		[{ ...F1, size }, "stored", 1],
		[{ ...F2, size, atMs: 10 }, "stored", 1],
		[{ ...F3, size, atMs: 20 }, "stored", 1],
		// Mean 2900 / 3 = 967, gap 2880: 24 + 20 + 20 becomes 16.
		[{ offset: 256, bytes: 80, size, atMs: 2900 }, "stored", 1],
	] as const;
	play(t, splitBuffer, weigh(rows, 16), { budgetBytes: FIRST_BYTES + 3 * NEXT_BYTES });
});

test("a datagram that waits is halved while it is late", (t) => {
	const begun = [
		[F1, "stored", 1],
		[{ ...F2, atMs: 20 }, "stored", 1],
	] as const;
	const budget = { budgetBytes: FIRST_BYTES + NEXT_BYTES };
	// Mean 20: late from 290 ms on, and then by 13 halvings.
	play(t, splitBuffer, weigh(begun, 58, { atMs: 290 }), budget);
	play(t, splitBuffer, [...begun, [challenger(5, { atMs: 291 }), "stored", 1]], budget);
});

test("before its second fragment a datagram is halved each 250 ms", (t) => {
	const budget = { budgetBytes: FIRST_BYTES };
	play(t, splitBuffer, weigh([[F1, "stored", 1]], 32, { atMs: 250 }), budget);
	play(t, splitBuffer, weigh([[F1, "stored", 1]], 16, { atMs: 251 }), budget);
	play(t, splitBuffer, weigh([[F1, "stored", 1]], 8, { atMs: 500 }), budget);
});

test("a late datagram is not halved again by the fragment that ends the delay", (t) => {
	const rows = [
		[F1, "stored", 1],
		[challenger(5, { atMs: 900 }), "stored", 2],
		// Its second fragment makes the first gap, which is the mean: 32 + 26.
		[{ ...F2, atMs: 1000 }, "stored", 1],
	] as const;
	play(t, splitBuffer, weigh(rows, 58), { budgetBytes: 2 * FIRST_BYTES });
});

test("a next fragment takes the slots of a datagram of less reputation, or loses its own", (t) => {
	const weak = { size: 1280, tag: 20 };
	const begun = [
		[F1, "stored", 1],
		[{ ...F1, ...weak }, "stored", 2],
	] as const;
	const budget = { budgetBytes: 2 * FIRST_BYTES };
	const { closed } = play(t, splitBuffer, [...begun, [F2, "stored", 1], [F3, "reassembly-full", 0]], budget);
	t.deepEqual(closed, ["reassembly-evicted", "reassembly-evicted"]);
	play(t, splitBuffer, [...begun, [{ ...F2, ...weak }, "reassembly-full", 1], [F2, "stored", 1]], budget);
});

test("gives up three seconds after the first fragment", (t) => {
	const rows = [
		[F1, "stored", 1],
		[{ ...F2, atMs: 2999 }, "stored", 1],
		[{ ...F1, tag: 8, atMs: 3000 }, "stored", 1],
	] as const;
	play(t, splitBuffer, rows, { timeoutMs: 3000 });
});
