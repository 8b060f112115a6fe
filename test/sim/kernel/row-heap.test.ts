import test from "ava";
import fc from "fast-check";
import { RowMemory } from "../../../firmware/rows.js";
import { RowHeap } from "../../../sim/kernel/row-heap.js";

interface Block {
	readonly at: number;
	readonly content: number[];
}

/** Whether a block holds what was written to it, and nothing besides. */
function isKept({ numbers }: RowHeap, { at, content }: Block): boolean {
	return content.every((value, i) => numbers[at + i] === value);
}

const step = fc.oneof(
	fc.record({ kind: fc.constant("take" as const), words: fc.nat({ max: 1200 }) }),
	fc.record({ kind: fc.constant("resize" as const), which: fc.nat(), words: fc.nat({ max: 300 }) }),
	fc.record({ kind: fc.constant("give" as const), which: fc.nat() }),
);

test("blocks begin with nothing, keep what they are given, and never touch each other", (t) => {
	fc.assert(
		fc.property(fc.nat({ max: 200 }), fc.array(step, { maxLength: 80 }), (firstWords, steps) => {
			const heap = new RowHeap(firstWords);
			const blocks: Block[] = [];
			let written = 0;
			const fill = (at: number, from: number): number[] => {
				const size = heap.sizeOf(at);
				for (let i = from; i < size; i++) {
					t.is(heap.numbers[at + i], 0);
					heap.numbers[at + i] = ++written;
				}
				return Array.from(heap.numbers.subarray(at, at + size));
			};
			for (const taken of steps) {
				const i = taken.kind === "take" ? -1 : taken.which % Math.max(1, blocks.length);
				const block = blocks[i];
				if (taken.kind === "take") {
					const at = heap.take(taken.words);
					t.true(heap.sizeOf(at) >= taken.words);
					blocks.push({ at, content: fill(at, 0) });
				} else if (block !== undefined && taken.kind === "give") {
					heap.give(block.at);
					blocks.splice(i, 1);
				} else if (block !== undefined && taken.kind === "resize") {
					const { length } = block.content;
					const at = heap.resize(block.at, length + taken.words);
					t.deepEqual(Array.from(heap.numbers.subarray(at, at + length)), block.content);
					blocks[i] = { at, content: fill(at, length) };
				}
				t.true(blocks.every((other) => isKept(heap, other)));
				t.is(heap.lent, blocks.length);
			}
			for (const { at } of blocks) heap.give(at);
			t.deepEqual([heap.lent, heap.used], [0, 0], "all that is free has grown together");
		}),
	);
});

test("what memories leave when they grow makes room for others", (t) => {
	const heap = new RowHeap(0);
	const memories = Array.from({ length: 1000 }, () => new RowMemory(40, heap));
	for (const rows of [1, 3, 5]) for (const memory of memories) memory.fit(rows, 10);
	const needed = 1000 * (40 + 8 * 10);
	t.true(heap.used < 1.2 * needed, `${heap.used} for ${needed}`);
});

test("a block begins with a line of a cache where a large array begins 16 octets behind a page", (t) => {
	const heap = new RowHeap(1000);
	for (const words of [1, 16, 17, 64]) t.is((16 + 4 * heap.take(words)) % 64, 0);
});

test("a memory that gave its block back has no rows, harms nobody who still has, and may begin anew", (t) => {
	const heap = new RowHeap(0);
	const gone = new RowMemory(1, heap);
	const other = new RowMemory(0, heap);
	gone.fit(1, 4);
	const { base } = gone;
	gone.release();
	gone.release();
	other.fit(1, 4);
	t.is(other.base, base - 1, "in its place");
	heap.numbers[gone.base + 2] = 7;
	t.deepEqual([heap.lent, heap.numbers[other.base + 1]], [1, 0]);
	gone.fit(1, 4);
	t.is(heap.lent, 2);
	t.is(heap.numbers[gone.base - 1], 0);
});
