import test from "ava";
import type { XsOutcome, XsProcess } from "../../host-tools/xs/process.js";
import { hasChipSlots, startXs } from "./support/machines.js";

const HOARD = "test/xs/machine/hoard";
const OPTIONS = { firmware: false, modules: [HOARD], asChip: true };

function ask(xs: XsProcess, id: number, what: string, count: number): XsOutcome {
	return xs.call(id, Uint8Array.of(what.charCodeAt(0), count >> 8, count & 255), 3);
}

test("what lives is counted to the slot and to the octet", async (t) => {
	const xs = await startXs(t, OPTIONS);
	if (!xs) return;
	xs.create(1, HOARD);
	// Room in the array for all that follows, and the buffer that calls come in.
	ask(xs, 1, "o", 300);
	ask(xs, 1, "f", 0);
	const empty = xs.collect(1);
	ask(xs, 1, "o", 100);
	const objects = xs.collect(1);
	t.is(objects.slots.live - empty.slots.live, 100, "an object without properties is one slot");
	t.is(objects.slots.now, objects.slots.live, "nothing else is left after a collection");
	ask(xs, 1, "b", 100);
	const buffers = xs.collect(1);
	t.is(buffers.slots.live - objects.slots.live, 300, "a buffer is an object with an address and a length");
	if (hasChipSlots) {
		const array = 16 * 100;
		t.is(
			buffers.chunks.live - objects.chunks.live,
			100 * (100 + 8) + array,
			"8 octets are in front of a chunk",
		);
	}
	ask(xs, 1, "f", 0);
	const forgotten = xs.collect(1);
	t.is(forgotten.slots.live, empty.slots.live);
	t.is(forgotten.slots.livePeak, buffers.slots.live, "the peak stays");
	t.is(forgotten.chunks.livePeak, buffers.chunks.live);
});

test("garbage drives use to the limit, and what lives stays low", async (t) => {
	const xs = await startXs(t, OPTIONS);
	if (!xs) return;
	xs.create(1, HOARD);
	t.like(ask(xs, 1, "g", 5000), { dead: undefined });
	const { chunks, slots, collections, compactions } = xs.stats(1);
	t.true(chunks.peak > 0.95 * chunks.limit || slots.peak > 0.95 * slots.limit);
	t.true(slots.livePeak < 200, `${slots.livePeak} slots`);
	t.true(chunks.livePeak < 3000, `${chunks.livePeak} octets`);
	t.true(collections >= 3 && compactions <= collections);
	// So much less is enough.
	xs.create(2, HOARD, { slots: 250, chunkBytes: 8000 });
	t.like(ask(xs, 2, "g", 5000), { dead: undefined });
});

test("each call that goes deeper takes the same room on the stack, and the peak tells to the slot", async (t) => {
	const xs = await startXs(t, OPTIONS);
	if (!xs) return;
	const peakAt = (depth: number) => {
		xs.create(depth, HOARD);
		t.like(ask(xs, depth, "d", depth), { dead: undefined });
		return xs.stats(depth).stack.peak;
	};
	const [shallow, deeper, deepest] = [10, 20, 30].map(peakAt) as [number, number, number];
	t.true(deeper > shallow);
	t.is(deepest - deeper, deeper - shallow);
	const frame = (deepest - deeper) / 10;
	t.is(frame, Math.trunc(frame));
	const room = Math.floor((512 - deepest) / frame);
	t.deepEqual(peakAt(30 + room), deepest + room * frame);
	xs.create(1000, HOARD);
	t.deepEqual(ask(xs, 1000, "d", 30 + room + 2), { dead: "stack overflow" });
});

test("numbers that become text do not count as a deep stack", async (t) => {
	const xs = await startXs(t, OPTIONS);
	if (!xs) return;
	xs.create(1, HOARD);
	ask(xs, 1, "g", 10);
	const { peak } = xs.stats(1).stack;
	ask(xs, 1, "n", 100);
	t.true(xs.stats(1).stack.peak < peak + 20);
});

test("the same call costs the same count, whatever memory there is, and calls add up", async (t) => {
	const xs = await startXs(t, OPTIONS);
	if (!xs) return;
	xs.create(1, HOARD);
	xs.create(2, HOARD, { slots: 250, chunkBytes: 8000 });
	const before = xs.stats(1).meter;
	const first = ask(xs, 1, "g", 1000) as { meter: number };
	t.deepEqual(ask(xs, 2, "g", 1000), first);
	t.not(xs.stats(1).collections, xs.stats(2).collections);
	t.is(xs.stats(1).meter, before + first.meter);
});
