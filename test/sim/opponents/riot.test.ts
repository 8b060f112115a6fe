import test from "ava";
import { riot } from "../../../sim/opponents/riot.js";
import { count, F1, F2, F3, F4, other, play, SIZE } from "./arrivals.js";

const LIMITS = { timeoutMs: 3000 };

test("completes in any order, whichever fragment comes first", (t) => {
	const inOrder = play(
		t,
		riot,
		[
			[F1, "stored", 1],
			[F2, "stored", 1],
			[F3, "stored", 1],
			[F4, "completed", 0],
		],
		LIMITS,
	);
	t.is(count(inOrder.packet, 1), SIZE);
	play(
		t,
		riot,
		[
			[F4, "stored", 1],
			[F2, "stored", 1],
			[F1, "stored", 1],
			[F3, "completed", 0],
		],
		LIMITS,
	);
});

test("keeps the first copy of a duplicate, which prolongs the context", (t) => {
	const receiver = play(
		t,
		riot,
		[
			[F1, "stored", 1],
			[F2, "stored", 1],
			[{ ...F2, fill: 9, atMs: 2000 }, "fragment-duplicate", 1],
			[{ ...F3, atMs: 4900 }, "stored", 1],
			[{ ...F4, atMs: 7800 }, "completed", 0],
		],
		LIMITS,
	);
	t.is(count(receiver.packet, 9), 0);
});

test("starts anew with a fragment that overlaps, and so loses the honest datagram", (t) => {
	const receiver = play(
		t,
		riot,
		[
			[F1, "stored", 1],
			[F2, "stored", 1],
			[{ offset: 104, bytes: 8 }, "stored", 1],
			[F3, "stored", 1],
			[F4, "stored", 1],
		],
		LIMITS,
	);
	t.deepEqual(receiver.closed, ["fragment-overlap", "reassembly-timed-out"]);
	// The honest fragment that follows an overlapping one starts anew in turn.
	play(
		t,
		riot,
		[
			[F1, "stored", 1],
			[{ offset: 104, bytes: 8 }, "stored", 1],
			[F2, "stored", 1],
			[F3, "stored", 1],
			[F4, "stored", 1],
		],
		LIMITS,
	);
});

test("an early forged last fragment is taken for the honest one", (t) => {
	const receiver = play(
		t,
		riot,
		[
			[F1, "stored", 1],
			[{ ...F4, fill: 9 }, "stored", 1],
			[F2, "stored", 1],
			[F3, "completed", 0],
			[F4, "stored", 1],
		],
		LIMITS,
	);
	t.is(count(receiver.packet, 9), F4.bytes);
});

test("a duplicate does not close a hole", (t) => {
	play(
		t,
		riot,
		[
			[F1, "stored", 1],
			[F2, "stored", 1],
			[F2, "fragment-duplicate", 1],
			[F4, "stored", 1],
		],
		LIMITS,
	);
});

test("discards the datagram on a fragment past its end", (t) => {
	play(
		t,
		riot,
		[
			[F1, "stored", 1],
			[{ offset: 256, bytes: 48 }, "fragment-beyond-size", 0],
		],
		LIMITS,
	);
	// Also where it overlaps as well: this is looked at first.
	play(
		t,
		riot,
		[
			[F1, "stored", 1],
			[F4, "stored", 1],
			[{ offset: 256, bytes: 48 }, "fragment-overlap", 0],
		],
		LIMITS,
	);
});

test("keeps sizes, tags and sources apart", (t) => {
	play(
		t,
		riot,
		[
			[F1, "stored", 1],
			[{ ...F2, size: SIZE + 8 }, "stored", 2],
			[{ ...F2, source: 3 }, "stored", 3],
			[{ ...F2, tag: 8 }, "stored", 4],
			[F2, "stored", 4],
			[F3, "stored", 4],
			[F4, "completed", 3],
		],
		LIMITS,
	);
});

test("keeps destinations apart", (t) => {
	play(
		t,
		riot,
		[
			[F1, "stored", 1],
			[{ ...F2, destination: 4 }, "stored", 2],
		],
		LIMITS,
	);
});

test("evicts the datagram touched longest ago when four are open", (t) => {
	const rows = [
		[F1, "stored", 1],
		[{ ...other(20), atMs: 1 }, "stored", 2],
		[{ ...other(21), atMs: 2 }, "stored", 3],
		[{ ...F2, atMs: 3 }, "stored", 3],
		[{ ...other(22), atMs: 4 }, "stored", 4],
		[{ ...other(23), atMs: 5 }, "stored", 4],
		[{ ...F3, atMs: 6 }, "stored", 4],
		[{ ...F4, atMs: 7 }, "completed", 3],
	] as const;
	play(t, riot, rows, LIMITS);
});

test("without override, refuses the newcomer instead", (t) => {
	const rows = [
		[other(20), "stored", 1],
		[other(21), "stored", 2],
		[other(22), "stored", 3],
		[other(23), "stored", 4],
		[F1, "reassembly-full", 4],
		[{ ...F1, atMs: 3000 }, "stored", 1],
	] as const;
	play(t, riot, rows, { ...LIMITS, options: { override: false } });
});

test("four promises of 1,500 octets exhaust a packet buffer of 6,000", (t) => {
	const promise = { size: 1500 };
	const rows = [
		[other(20, promise), "stored", 1],
		[other(21, promise), "stored", 2],
		[other(22, promise), "stored", 3],
		[other(23, promise), "reassembly-full", 3],
		[{ ...F1, atMs: 1 }, "stored", 4],
		// Four are open: the oldest goes, and the newcomer gets its memory.
		[{ ...other(24, promise), atMs: 2 }, "stored", 4],
		[{ ...F2, atMs: 3 }, "stored", 4],
		[F3, "stored", 4],
		[F4, "completed", 3],
	] as const;
	play(t, riot, rows, { ...LIMITS, budgetBytes: 6000 });
});

test("an evicted datagram stays lost when the newcomer finds no memory", (t) => {
	const rows = [
		[F1, "stored", 1],
		[{ ...other(20), atMs: 1 }, "stored", 2],
		[other(21), "stored", 3],
		[other(22), "stored", 4],
		[other(23, { size: 1500 }), "reassembly-full", 3],
		[F2, "stored", 4],
	] as const;
	play(t, riot, rows, { ...LIMITS, budgetBytes: 2000 });
});

test("malformed fragments open contexts, or at least evict one", (t) => {
	play(t, riot, [[{ offset: 96, bytes: 5 }, "stored", 1]], LIMITS);
	const rows = [
		[F1, "stored", 1],
		[{ ...other(20), atMs: 1 }, "stored", 2],
		[other(21), "stored", 3],
		[other(22), "stored", 4],
		[{ tag: 23, offset: 296, bytes: 8 }, "fragment-beyond-size", 3],
	] as const;
	const { closed } = play(t, riot, rows, LIMITS);
	t.deepEqual(closed.slice(0, 2), ["reassembly-evicted", "fragment-beyond-size"]);
});

test("tiny fragments use up the intervals that all datagrams share", (t) => {
	const tiny = Array.from(
		{ length: 51 },
		(_, i) => [{ tag: 20, size: 1280, offset: 8 * i, bytes: 8 }, "stored", 2] as const,
	);
	const rows = [[F1, "stored", 1], ...tiny, [F2, "fragment-out-of-order", 1]] as const;
	play(t, riot, rows, LIMITS);
});

test("gives up three seconds after the last fragment", (t) => {
	const { closed } = play(
		t,
		riot,
		[
			[F1, "stored", 1],
			[{ ...F2, atMs: 2999 }, "stored", 1],
			[{ ...F3, atMs: 5998 }, "stored", 1],
			[{ ...F4, atMs: 8998 }, "stored", 1],
		],
		LIMITS,
	);
	t.deepEqual(closed, ["reassembly-timed-out", "reassembly-timed-out"]);
});

test("does not remember a completed datagram", (t) => {
	play(
		t,
		riot,
		[
			[F1, "stored", 1],
			[F2, "stored", 1],
			[F3, "stored", 1],
			[F4, "completed", 0],
			[F4, "stored", 1],
		],
		LIMITS,
	);
});
