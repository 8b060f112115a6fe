import test from "ava";
import { contikiNg } from "../../../sim/opponents/contiki-ng.js";
import { count, F1, F2, F3, F4, other, play, SIZE } from "./arrivals.js";

test("completes in any order after the first fragment, and not before it", (t) => {
	const receiver = play(t, contikiNg, [
		[F1, "stored", 1],
		[F4, "stored", 1],
		[F2, "stored", 1],
		[F3, "completed", 0],
	]);
	t.is(count(receiver.packet, 1), SIZE);
	play(t, contikiNg, [
		[F2, "fragment-orphan", 0],
		[F1, "stored", 1],
		[F3, "stored", 1],
		[F4, "stored", 1],
	]);
});

test("counts a duplicate again, so that it can close a hole", (t) => {
	const receiver = play(t, contikiNg, [
		[F1, "stored", 1],
		[F2, "stored", 1],
		[F2, "stored", 1],
		[F4, "completed", 0],
	]);
	t.is(count(receiver.packet, 1), SIZE - F3.bytes);
	t.deepEqual(receiver.packet?.slice(F3.offset, F3.offset + F3.bytes), new Uint8Array(F3.bytes));
});

test("delivers what an overlapping fragment overwrites", (t) => {
	const receiver = play(t, contikiNg, [
		[F1, "stored", 1],
		[F2, "stored", 1],
		[{ offset: 104, bytes: 8, fill: 9 }, "stored", 1],
		[F3, "stored", 1],
		[F4, "completed", 0],
	]);
	t.is(count(receiver.packet, 9), 8);
});

test("stores past the end, and clears the context past the IP buffer", (t) => {
	play(t, contikiNg, [
		[F1, "stored", 1],
		[F2, "stored", 1],
		[{ offset: 296, bytes: 104 }, "stored", 1],
		[F4, "completed", 0],
	]);
	play(t, contikiNg, [
		[F1, "stored", 1],
		[{ offset: 1240, bytes: 48 }, "fragment-beyond-size", 0],
		[F2, "fragment-orphan", 0],
	]);
	play(t, contikiNg, [
		[{ ...F1, size: 2000 }, "stored", 1],
		[{ offset: 96, bytes: 104, size: 200 }, "fragment-out-of-order", 0],
	]);
	// Twelve buffers of 104 octets count for more than this packet, which is longer than the IP buffer.
	const long = { size: 1300 };
	play(t, contikiNg, [
		[{ ...F1, ...long }, "stored", 1],
		...Array.from(
			{ length: 11 },
			(_, i) => [{ offset: 96 + 104 * i, bytes: 104, ...long }, "stored", 1] as const,
		),
		[{ offset: 1176, bytes: 104, ...long }, "fragment-overlap", 0],
	]);
});

test("ends a packet by the size that the last fragment bears", (t) => {
	// Shorter than its IPv6 header says: lost in the IP layer.
	play(t, contikiNg, [
		[F1, "stored", 1],
		[{ ...F2, size: 104 }, "fragment-out-of-order", 0],
		[F3, "fragment-orphan", 0],
	]);
	// Longer: not whole until an honest fragment comes.
	play(t, contikiNg, [
		[F1, "stored", 1],
		[F2, "stored", 1],
		[F3, "stored", 1],
		[{ ...F4, size: SIZE + 8 }, "stored", 1],
		[F4, "completed", 0],
	]);
});

test("the first fragment never completes a packet", (t) => {
	play(t, contikiNg, [[{ offset: 0, bytes: 96, size: 96 }, "stored", 1]]);
});

test("a first fragment of more than 148 octets leaves a context that cannot complete", (t) => {
	play(t, contikiNg, [
		[{ offset: 0, bytes: 148, size: 156 }, "stored", 1],
		[{ offset: 148, bytes: 8, size: 156 }, "completed", 0],
	]);
	play(t, contikiNg, [
		[{ offset: 0, bytes: 152, size: 160 }, "stored", 1],
		[{ offset: 152, bytes: 8, size: 160 }, "stored", 1],
	]);
});

test("a repeated first fragment takes a second context, and the first goes on", (t) => {
	play(t, contikiNg, [
		[F1, "stored", 1],
		[{ ...F1, fill: 9 }, "stored", 2],
		[F2, "stored", 2],
		[F3, "stored", 2],
		[F4, "completed", 1],
	]);
	// Ahead of the honest one, the forged one goes on.
	const { packet } = play(t, contikiNg, [
		[{ ...F1, fill: 9 }, "stored", 1],
		[F1, "stored", 2],
		[F2, "stored", 2],
		[F3, "stored", 2],
		[F4, "completed", 1],
	]);
	t.is(count(packet, 9), F1.bytes);
});

test("the key is sender and tag", (t) => {
	play(t, contikiNg, [
		[F1, "stored", 1],
		[{ ...F2, source: 3 }, "fragment-orphan", 1],
		[{ ...F2, tag: 8 }, "fragment-orphan", 1],
		[{ ...F2, size: 2000 }, "stored", 1],
	]);
});

test("refuses a third packet until a context has expired", (t) => {
	play(t, contikiNg, [
		[other(20), "stored", 1],
		[other(21), "stored", 2],
		[{ ...F1, atMs: 499 }, "reassembly-full", 2],
		[F2, "fragment-orphan", 2],
		[{ ...F1, atMs: 500 }, "stored", 2],
		[F2, "stored", 2],
		[F3, "stored", 2],
		[F4, "completed", 1],
	]);
});

test("an expired context completes unless another packet began since", (t) => {
	play(t, contikiNg, [
		[F1, "stored", 1],
		[F2, "stored", 1],
		[{ ...F3, atMs: 600 }, "stored", 1],
		[F4, "completed", 0],
	]);
	play(t, contikiNg, [
		[F1, "stored", 1],
		[F2, "stored", 1],
		[{ ...other(20), atMs: 600 }, "stored", 2],
		[F3, "fragment-orphan", 2],
	]);
});

test("with a timer, nothing is left after half a second", (t) => {
	play(
		t,
		contikiNg,
		[
			[F1, "stored", 1],
			[{ ...F2, atMs: 500 }, "fragment-orphan", 0],
			[F1, "stored", 1],
		],
		{
			options: { timer: true },
			timeoutMs: 500,
		},
	);
});

test("next fragments share twelve buffers", (t) => {
	const fill = Array.from(
		{ length: 11 },
		(_, i) => [{ ...F2, tag: 20, size: 2000, offset: 96 + 8 * i, bytes: 8 }, "stored", 2] as const,
	);
	const rows = [
		[F1, "stored", 1],
		[other(20, { size: 2000 }), "stored", 2],
		...fill,
		[F2, "stored", 2],
		[F3, "reassembly-full", 2],
	] as const;
	play(t, contikiNg, rows);
	// Buffers of another context come back when it has expired, not those of the fragment's own.
	play(t, contikiNg, [...rows, [{ ...F3, atMs: 600 }, "stored", 2], [F4, "completed", 1]]);
});

test("a next fragment at offset 0 takes a context and gives nothing", (t) => {
	play(t, contikiNg, [
		[{ ...F1, first: false }, "stored", 1],
		[F2, "stored", 1],
		[F3, "stored", 1],
		[F4, "stored", 1],
	]);
});
