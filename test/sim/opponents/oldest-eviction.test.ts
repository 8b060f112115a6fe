import test from "ava";
import { oldestEviction } from "../../../sim/opponents/oldest-eviction.js";
import { F1, F2, F3, F4, other, play } from "./arrivals.js";

const FOUR = { budgetBytes: 4 * 1280 };

test("whoever comes when memory is full takes the place of the context that was opened first", (t) => {
	const rows = [
		[F1, "stored", 1],
		[{ ...other(20), atMs: 1 }, "stored", 2],
		[{ ...other(21), atMs: 2 }, "stored", 3],
		[{ ...other(22), atMs: 3 }, "stored", 4],
		// Touched last, and the first to go all the same.
		[{ ...F2, atMs: 4 }, "stored", 4],
		[{ ...other(23), atMs: 5 }, "stored", 4],
		[{ ...F3, atMs: 6 }, "stored", 4],
		[{ offset: 96, bytes: 80, tag: 21, atMs: 7 }, "stored", 4],
	] as const;
	const { closed } = play(t, oldestEviction, rows, FOUR);
	t.deepEqual(closed.slice(0, 2), ["reassembly-evicted", "reassembly-evicted"]);
	t.is(closed.filter((outcome) => outcome === "reassembly-evicted").length, 2);
});

test("evicts nothing while there is room, and waits 60 s", (t) => {
	const rows = [
		[F1, "stored", 1],
		[{ ...other(20), atMs: 59_999 }, "stored", 2],
		[F2, "stored", 2],
		[F3, "stored", 2],
		[F4, "completed", 1],
		[{ ...F1, tag: 30 }, "stored", 2],
	] as const;
	const { closed } = play(t, oldestEviction, rows, FOUR);
	t.false(closed.includes("reassembly-evicted"));
});

test("a packet that no context can hold evicts none", (t) => {
	const rows = [
		[F1, "stored", 1],
		[other(20, { size: 1288 }), "fragment-size", 1],
	] as const;
	play(t, oldestEviction, rows, { budgetBytes: 1280 });
});
