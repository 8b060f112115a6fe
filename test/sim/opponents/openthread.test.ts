import test from "ava";
import { openthread } from "../../../sim/opponents/openthread.js";
import { count, F1, F2, F3, F4, other, play, SIZE } from "./arrivals.js";

const LIMITS = { timeoutMs: 3000 };

test("completes in order only", (t) => {
	const receiver = play(
		t,
		openthread,
		[
			[F1, "stored", 1],
			[F2, "stored", 1],
			[F3, "stored", 1],
			[F4, "completed", 0],
		],
		LIMITS,
	);
	t.is(count(receiver.packet, 1), SIZE);
	play(
		t,
		openthread,
		[
			[F2, "fragment-orphan", 0],
			[F1, "stored", 1],
			[F3, "fragment-out-of-order", 1],
			[F2, "stored", 1],
			[F4, "fragment-out-of-order", 1],
			[F3, "stored", 1],
			[F4, "completed", 0],
		],
		LIMITS,
	);
});

test("drops duplicates, overlaps and what reaches past the end, and goes on", (t) => {
	const receiver = play(
		t,
		openthread,
		[
			[F1, "stored", 1],
			[F2, "stored", 1],
			[{ ...F2, fill: 9 }, "fragment-duplicate", 1],
			[{ offset: 168, bytes: 16, fill: 9 }, "fragment-duplicate", 1],
			[{ offset: 176, bytes: 128, fill: 9 }, "fragment-beyond-size", 1],
			[{ ...F4, fill: 9 }, "fragment-out-of-order", 1],
			[{ ...F3, size: SIZE + 8 }, "fragment-orphan", 1],
			[F3, "stored", 1],
			[F4, "completed", 0],
		],
		LIMITS,
	);
	t.is(count(receiver.packet, 1), SIZE);
});

test("a short fragment at the offset that is due ends the datagram", (t) => {
	play(
		t,
		openthread,
		[
			[F1, "stored", 1],
			[{ offset: 96, bytes: 8 }, "stored", 1],
			[F2, "fragment-duplicate", 1],
			[F3, "fragment-out-of-order", 1],
		],
		LIMITS,
	);
	play(
		t,
		openthread,
		[
			[F1, "stored", 1],
			[{ offset: 96, bytes: 5 }, "stored", 1],
			[{ offset: 104, bytes: 72 }, "fragment-out-of-order", 1],
		],
		LIMITS,
	);
});

test("a next fragment of any source is taken, if its security is alike", (t) => {
	play(
		t,
		openthread,
		[
			[F1, "stored", 1],
			[{ ...F2, source: 3 }, "stored", 1],
			[F3, "stored", 1],
			[F4, "completed", 0],
		],
		LIMITS,
	);
	const secured = { secured: true };
	play(
		t,
		openthread,
		[
			[{ ...F1, ...secured }, "stored", 1],
			[F2, "fragment-orphan", 1],
			[{ ...F2, ...secured }, "stored", 1],
		],
		LIMITS,
	);
});

test("a repeated first fragment opens a second message, which duplicates feed", (t) => {
	const { packet } = play(
		t,
		openthread,
		[
			[F1, "stored", 1],
			[{ ...F1, fill: 9, source: 3 }, "stored", 2],
			[F2, "stored", 2],
			[F2, "stored", 2],
			[F3, "stored", 2],
			[F4, "completed", 1],
		],
		LIMITS,
	);
	t.is(count(packet, 9), 0);
	const early = play(
		t,
		openthread,
		[
			[{ ...F1, fill: 9, source: 3 }, "stored", 1],
			[F1, "stored", 2],
			[F2, "stored", 2],
			[F3, "stored", 2],
			[F4, "completed", 1],
		],
		LIMITS,
	);
	t.is(count(early.packet, 9), F1.bytes);
});

test("a first fragment may be the whole packet, and not more", (t) => {
	play(
		t,
		openthread,
		[
			[{ offset: 0, bytes: 96, size: 96 }, "completed", 0],
			[{ offset: 0, bytes: 96, size: 88 }, "fragment-beyond-size", 0],
		],
		LIMITS,
	);
	play(t, openthread, [[{ offset: 0, bytes: 93 }, "stored", 1]], LIMITS);
});

test("drops the newcomer when its buffers do not fit the pool", (t) => {
	// 1,280 octets: 72 in the first buffer, 124 in each of ten more.
	const rows = [
		[other(20, { size: 1280 }), "stored", 1],
		[other(21, { size: 1280 }), "stored", 2],
		[other(22, { size: 1280 }), "stored", 3],
		[other(23, { size: 1280 }), "stored", 4],
		[F1, "reassembly-full", 4],
		[F2, "fragment-orphan", 4],
	] as const;
	const { reassembler } = play(t, openthread, rows, { ...LIMITS, budgetBytes: 44 * 128 });
	t.is(reassembler.peakBytes, 44 * 128);
});

test("gives up at the first whole second that is two seconds after the last fragment", (t) => {
	const rows = [
		[{ ...F1, atMs: 100 }, "stored", 1],
		[{ ...F2, atMs: 2999 }, "stored", 1],
		[{ ...F3, atMs: 4999 }, "stored", 1],
		[{ ...F4, atMs: 7000 }, "fragment-orphan", 0],
	] as const;
	const { closed } = play(t, openthread, rows, LIMITS);
	t.deepEqual(closed, ["reassembly-timed-out"]);
});
