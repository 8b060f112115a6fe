import test from "ava";
import { ns3 } from "../../../sim/opponents/ns3.js";
import { count, F1, F2, F3, F4, other, play, SIZE } from "./arrivals.js";

test("completes in any order, whichever fragment comes first", (t) => {
	const receiver = play(t, ns3, [
		[F4, "stored", 1],
		[F2, "stored", 1],
		[F1, "stored", 1],
		[F3, "completed", 0],
	]);
	t.is(count(receiver.packet, 1), SIZE);
});

test("keeps the first fragment at an offset, whatever its length", (t) => {
	const receiver = play(t, ns3, [
		[F1, "stored", 1],
		[F2, "stored", 1],
		[{ ...F2, fill: 9 }, "fragment-duplicate", 1],
		[{ ...F2, bytes: 8, fill: 9 }, "fragment-duplicate", 1],
		[F3, "stored", 1],
		[F4, "completed", 0],
	]);
	t.is(count(receiver.packet, 9), 0);
	// A short one ahead of the honest one leaves a hole for ever.
	play(t, ns3, [
		[F1, "stored", 1],
		[{ ...F2, bytes: 8 }, "stored", 1],
		[F2, "fragment-duplicate", 1],
		[F3, "stored", 1],
		[F4, "stored", 1],
	]);
});

test("stores an overlap, and is lost with it once there is no hole", (t) => {
	const { closed } = play(t, ns3, [
		[F1, "stored", 1],
		[F2, "stored", 1],
		[{ offset: 104, bytes: 8 }, "stored", 1],
		[F3, "stored", 1],
		[F4, "fragment-out-of-order", 0],
	]);
	t.deepEqual(closed, ["fragment-out-of-order"]);
});

test("a duplicate does not close a hole", (t) => {
	play(t, ns3, [
		[F1, "stored", 1],
		[F2, "stored", 1],
		[F2, "fragment-duplicate", 1],
		[F4, "stored", 1],
	]);
});

test("a fragment past the end keeps the datagram from completing", (t) => {
	play(t, ns3, [
		[F1, "stored", 1],
		[{ offset: 296, bytes: 80 }, "stored", 1],
		[F2, "stored", 1],
		[F3, "stored", 1],
		[F4, "stored", 1],
	]);
	play(t, ns3, [[{ offset: 296, bytes: 80 }, "stored", 1]]);
	// Behind a gap after the end, too.
	play(t, ns3, [
		[F1, "stored", 1],
		[{ offset: 320, bytes: 8 }, "stored", 1],
		[F2, "stored", 1],
		[F3, "stored", 1],
		[F4, "stored", 1],
	]);
});

test("keeps sizes, tags and sources apart, without limit", (t) => {
	play(
		t,
		ns3,
		[
			[F1, "stored", 1],
			[{ ...F2, size: SIZE + 8 }, "stored", 2],
			[{ ...F2, source: 3 }, "stored", 3],
			[{ ...F2, tag: 8 }, "stored", 4],
			[{ ...F2, destination: 4 }, "stored", 5],
			...Array.from({ length: 40 }, (_, i) => [other(20 + i, { size: 1280 }), "stored", 6 + i] as const),
		],
		{ budgetBytes: Number.POSITIVE_INFINITY },
	);
});

test("with a limit, the oldest datagram goes", (t) => {
	const rows = [
		[F1, "stored", 1],
		[other(20), "stored", 2],
		[F2, "stored", 2],
		[other(21), "stored", 2],
		[F3, "stored", 2],
	] as const;
	play(t, ns3, rows, { options: { listSize: 2 } });
	play(t, ns3, rows, { budgetBytes: 2 * SIZE });
});

test("gives up sixty seconds after the opening fragment", (t) => {
	const rows = [
		[F1, "stored", 1],
		[{ ...F2, atMs: 59_999 }, "stored", 1],
		[{ ...F3, atMs: 60_000 }, "stored", 1],
	] as const;
	const { closed } = play(t, ns3, rows);
	t.deepEqual(closed, ["reassembly-timed-out", "reassembly-timed-out"]);
});
