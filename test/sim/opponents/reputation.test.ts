import test from "ava";
import { reputation } from "../../../sim/opponents/reputation.js";
import { type Arrival, F1, F2, F3, F4, other, play, type Row } from "./arrivals.js";

const FOUR = { budgetBytes: 4 * 1280 };
/** Lies across the honest second fragment. */
const OVERLAP: Arrival = { offset: 104, bytes: 8 };

/** A whole datagram of one sender. */
function whole(source: number, tag: number, contexts: number, atMs?: number): readonly Row[] {
	const of = { source, tag };
	const first: Arrival = atMs === undefined ? { ...F1, ...of } : { ...F1, ...of, atMs };
	return [
		[first, "stored", contexts + 1],
		[{ ...F2, ...of }, "stored", contexts + 1],
		[{ ...F3, ...of }, "stored", contexts + 1],
		[{ ...F4, ...of }, "completed", contexts],
	];
}

test("two packets that time out block their address for a minute, and then a third does", (t) => {
	const rows = [
		[other(20), "stored", 1],
		[{ ...other(21), atMs: 3000 }, "stored", 1],
		// 50 - 2 · 20 from 6 s on.
		[{ ...other(22), atMs: 6000 }, "sender-blocked", 0],
		[{ ...other(22, { source: 3 }) }, "stored", 1],
		[{ ...other(23), atMs: 65_999 }, "sender-blocked", 0],
		[{ ...other(24), atMs: 66_000 }, "stored", 1],
		[{ ...other(25), atMs: 69_000 }, "sender-blocked", 0],
		[{ ...other(26), atMs: 129_000 }, "stored", 1],
	] as const;
	play(t, reputation, rows, FOUR);
});

test("an overlap counts like a time-out, against the address that the frame bears", (t) => {
	const rows = [
		[F1, "stored", 1],
		[F2, "stored", 1],
		[OVERLAP, "stored", 1],
		// The honest fragment overlaps the forged one, and its sender is to blame.
		[F2, "sender-blocked", 0],
		[{ ...F1, tag: 8 }, "sender-blocked", 0],
	] as const;
	play(t, reputation, rows, FOUR);
});

test("duplicates, malformed fragments and evictions cost nothing", (t) => {
	const rows = [
		[F1, "stored", 1],
		[F1, "fragment-duplicate", 1],
		[F1, "fragment-duplicate", 1],
		[{ offset: 296, bytes: 8 }, "fragment-beyond-size", 1],
		[{ offset: 96, bytes: 5 }, "fragment-misaligned", 1],
		[F2, "stored", 1],
		[F3, "stored", 1],
		[F4, "completed", 0],
		[{ ...F1, tag: 8 }, "stored", 1],
	] as const;
	play(t, reputation, rows, FOUR);
});

test("a blocked address loses its open contexts, and they are the first to make room", (t) => {
	const rows = [
		[F1, "stored", 1],
		[{ ...F1, tag: 8 }, "stored", 2],
		[{ ...F2, tag: 8 }, "stored", 2],
		[{ ...F1, tag: 9 }, "stored", 3],
		[{ ...F2, tag: 9 }, "stored", 3],
		[{ ...OVERLAP, tag: 8 }, "stored", 3],
		[{ ...OVERLAP, tag: 9 }, "sender-blocked", 2],
		[F2, "sender-blocked", 2],
		[other(20, { source: 3 }), "stored", 3],
		[other(21, { source: 3 }), "stored", 4],
		[other(22, { source: 4 }), "stored", 4],
		[{ ...F2, source: 3, tag: 20 }, "stored", 4],
	] as const;
	play(t, reputation, rows, FOUR);
});

test("who has a bad name is admitted while memory is free, and not when it is short", (t) => {
	const rows = [
		[F1, "stored", 1],
		[F2, "stored", 1],
		[OVERLAP, "stored", 1],
		// 30 points: half of memory asks for 25, three quarters for 37.5.
		[other(20, { source: 3 }), "stored", 2],
		[{ ...F1, tag: 8 }, "stored", 3],
		[{ ...F1, tag: 9 }, "sender-quota", 3],
		[other(21, { source: 3 }), "stored", 4],
	] as const;
	play(t, reputation, rows, FOUR);
});

test("when memory is full only a better name makes room", (t) => {
	const strangers: readonly Row[] = [11, 12, 13, 14].map((source, i) => [
		other(20, { source }),
		"stored",
		i + 1,
	]);
	play(t, reputation, [...strangers, [F1, "reassembly-full", 4]], FOUR);
	// One packet that is whole: 55 against 50, and the oldest stranger goes.
	const { closed } = play(
		t,
		reputation,
		[
			...whole(1, 6, 0),
			...strangers,
			[F1, "stored", 4],
			[{ ...F2, tag: 20, source: 12 }, "stored", 4],
			[{ ...F2, tag: 20, source: 11 }, "reassembly-full", 4],
		],
		FOUR,
	);
	t.is(closed.filter((outcome) => outcome === "reassembly-evicted").length, 1);
});

test("four packets that are whole make up for one that is not", (t) => {
	const rows: Row[] = [];
	for (let round = 0; round < 10; round++) {
		const atMs = 4000 * round;
		for (let i = 0; i < 4; i++) rows.push(...whole(1, 10 * round + i, 0, atMs));
		rows.push([other(10 * round + 9), "stored", 1]);
	}
	play(t, reputation, [...rows, [{ ...F1, tag: 999, atMs: 60_000 }, "stored", 1]], FOUR);
});

test("other addresses do not push a blocked one out of memory", (t) => {
	const rows: Row[] = [
		[other(20), "stored", 1],
		[{ ...other(21), atMs: 3000 }, "stored", 1],
		[{ ...other(22), atMs: 6000 }, "sender-blocked", 0],
	];
	for (let source = 100; source < 164; source++) rows.push(...whole(source, 1, 0));
	rows.push([other(23), "sender-blocked", 0]);
	play(t, reputation, rows, FOUR);
});

test("points, bound and block are options", (t) => {
	const options = { reward: 0, penalty: 10, blockBelow: 45, blockS: 1 };
	const rows = [
		[other(20), "stored", 1],
		[{ ...other(21), atMs: 3000 }, "sender-blocked", 0],
		[{ ...other(21), atMs: 4000 }, "stored", 1],
	] as const;
	play(t, reputation, rows, { ...FOUR, options });
});
