import test from "ava";
import { contentChaining } from "../../../sim/opponents/content-chaining.js";
import { F1, F2, F3, F4, other, play } from "./arrivals.js";
import {
	A1,
	A2,
	A3,
	A4,
	altered,
	B,
	B1,
	B2,
	C,
	C1,
	type ChainedRow,
	FIRST_BYTES,
	NEXT_BYTES,
	playChained,
} from "./chained-arrivals.js";

test("stores what verifies and nothing else", (t) => {
	playChained(t, contentChaining, [
		[A1, "stored", 1],
		[altered(A2), "fragment-mismatch", 1],
		[A2, "stored", 1],
		[A2, "fragment-duplicate", 1],
		[A4, "fragment-gap", 1],
		[A3, "stored", 1],
		[altered(A4), "fragment-mismatch", 1],
		[A4, "completed", 0],
		[A1, "fragment-replayed", 0],
		[A2, "fragment-orphan", 0],
	]);
});

test("the oldest makes room, whatever it has proved", (t) => {
	const rows: readonly ChainedRow[] = [
		[A1, "stored", 1],
		[A2, "stored", 1],
		[B1, "stored", 2, B],
		[C1, "stored", 2, C],
		[A3, "fragment-orphan", 2],
	];
	playChained(t, contentChaining, rows, 2 * FIRST_BYTES + NEXT_BYTES);
});

test("a next fragment takes the memory of the oldest other, and alone finds none", (t) => {
	const two = 2 * FIRST_BYTES;
	const begun: readonly ChainedRow[] = [
		[A1, "stored", 1],
		[B1, "stored", 2, B],
	];
	playChained(t, contentChaining, [...begun, [A2, "stored", 1], [A3, "stored", 1]], two);
	playChained(t, contentChaining, [...begun, [B2, "stored", 1, B], [A2, "fragment-orphan", 1]], two);
	const rows: readonly ChainedRow[] = [
		[A1, "stored", 1],
		[A2, "reassembly-full", 1],
	];
	playChained(t, contentChaining, rows, FIRST_BYTES);
});

test("waits for what a gap is missing until the time-out, three seconds after the first fragment", (t) => {
	const { closed } = playChained(t, contentChaining, [
		[A1, "stored", 1],
		[A3, "fragment-gap", 1],
		[A2, "stored", 1, { atMs: 2999 }],
		[A3, "fragment-orphan", 0, { atMs: 3000 }],
	]);
	t.deepEqual(closed, ["reassembly-timed-out"]);
});

test("plain fragments, of those who do not chain, are taken as RFC 4944 says", (t) => {
	const rows = [
		[F4, "stored", 1],
		[F1, "stored", 1],
		[other(20), "stored", 2],
		[F2, "stored", 2],
		[F2, "fragment-duplicate", 2],
		[{ offset: 300, bytes: 8, tag: 9 }, "fragment-beyond-size", 2],
		// It lies across what is there, which is discarded, and reaches past the end itself.
		[{ offset: 256, bytes: 48 }, "fragment-beyond-size", 1],
		[F3, "stored", 2],
	] as const;
	play(t, contentChaining, rows);
});

test("the time-out is an option", (t) => {
	play(t, contentChaining, [[F1, "stored", 1]], { timeoutMs: 1000, options: { timeoutS: 1 } });
});
