import test from "ava";
import fc from "fast-check";
import { EventQueue } from "../../sim/kernel/queue.js";
import { NodeTimers } from "../../sim/node-timers.js";

const NODES = 4;

const step = fc.oneof(
	fc.record({
		kind: fc.constantFrom("at" as const, "first" as const, "second" as const),
		node: fc.nat({ max: NODES - 1 }),
		timeUs: fc.nat({ max: 50 }),
	}),
	fc.record({
		kind: fc.constant("kill" as const),
		node: fc.nat({ max: NODES - 1 }),
		timeUs: fc.nat({ max: 50 }),
	}),
);

test("what is set happens in order of time and setting, unless its node is dead by then", (t) => {
	fc.assert(
		fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
			const queue = new EventQueue();
			const alive = new Uint8Array(NODES).fill(1);
			const timers = new NodeTimers(queue, alive);
			const done: string[] = [];
			const first = timers.timer((node) => done.push(`first ${node} ${queue.nowUs()}`));
			const second = timers.timer((node) => done.push(`second ${node} ${queue.nowUs()}`));
			const planned = steps.map((planned, order) => ({ ...planned, order }));
			for (const { kind, node, timeUs, order } of planned) {
				if (kind === "first") first(node, timeUs);
				else if (kind === "second") second(node, timeUs);
				else if (kind === "at") timers.at(node, timeUs, () => done.push(`at ${order} ${queue.nowUs()}`));
				else
					queue.at(timeUs, () => {
						alive[node] = 0;
					});
			}
			queue.run(100);
			const dead = new Set<number>();
			const expected: string[] = [];
			for (const { kind, node, timeUs, order } of planned.sort(
				(a, b) => a.timeUs - b.timeUs || a.order - b.order,
			)) {
				if (kind === "kill") dead.add(node);
				else if (!dead.has(node)) expected.push(`${kind} ${kind === "at" ? order : node} ${timeUs}`);
			}
			t.deepEqual(done, expected);
		}),
	);
});

test("a callback may set the next one, which may take its place", (t) => {
	const queue = new EventQueue();
	const timers = new NodeTimers(queue, new Uint8Array(2).fill(1));
	const done: number[] = [];
	const again = (): void => {
		done.push(queue.nowUs());
		if (done.length < 5) timers.at(1, queue.nowUs() + 10, again);
	};
	timers.at(1, 5, again);
	timers.at(0, 100, () => done.push(queue.nowUs()));
	queue.run(1000);
	t.deepEqual(done, [5, 15, 25, 35, 45, 100]);
});

test("bad arguments are named", (t) => {
	const timers = new NodeTimers(new EventQueue(), new Uint8Array(2).fill(1));
	const set = timers.timer(() => {});
	const range = (message: RegExp) => ({ instanceOf: RangeError, message });
	t.throws(() => timers.at(2, 0, () => {}), range(/^at: expected node from 0 to 1, got 2$/));
	t.throws(() => set(-1, 0), range(/^timer: expected node from 0 to 1, got -1$/));
	t.throws(() => timers.at(0, 0.5, () => {}), range(/^at: expected timeUs to be an integer, got 0.5$/));
	t.throws(() => set(0, Number.NaN), range(/^timer: expected timeUs to be an integer, got NaN$/));
});
