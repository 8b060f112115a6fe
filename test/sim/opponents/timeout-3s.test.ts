import test from "ava";
import { timeout3s } from "../../../sim/opponents/timeout-3s.js";
import { F1, F2, F3, F4, other, play } from "./arrivals.js";

test("gives up three seconds after the first fragment, however lively the packet is", (t) => {
	const { closed } = play(
		t,
		timeout3s,
		[
			[F1, "stored", 1],
			[{ ...F2, atMs: 2000 }, "stored", 1],
			[{ ...F3, atMs: 2999 }, "stored", 1],
			[{ ...F4, atMs: 3000 }, "stored", 1],
		],
		{ timeoutMs: 3000 },
	);
	t.deepEqual(closed, ["reassembly-timed-out", "reassembly-timed-out"]);
});

test("the time-out is an option, and all else is as in rfc4944", (t) => {
	const rows = [
		[other(20), "stored", 1],
		[other(21), "stored", 2],
		[other(22), "stored", 3],
		[other(23), "stored", 4],
		[{ ...F1, atMs: 4999 }, "reassembly-full", 4],
		[{ ...F1, atMs: 5000 }, "stored", 1],
	] as const;
	play(t, timeout3s, rows, { budgetBytes: 5120, timeoutMs: 5000, options: { timeoutS: 5 } });
});
