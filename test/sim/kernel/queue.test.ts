import process from "node:process";
import test from "ava";
import fc from "fast-check";
import { EventQueue } from "../../../sim/kernel/queue.js";
import { RandomStream } from "../../../sim/kernel/random.js";
import { SortedListQueue } from "../support/sorted-list-queue.js";

/** What both queues can do. */
type AnyQueue = Pick<EventQueue, "nowUs" | "at" | "schedule" | "cancel" | "run" | "register">;

/** What an event does when it fires. */
type Action =
	| { readonly type: "nothing" }
	| { readonly type: "cancel"; readonly handle: number }
	| { readonly type: "schedule"; readonly delayUs: number };

type Step =
	| {
			readonly type: "schedule";
			readonly delayUs: number;
			readonly callback: boolean;
			readonly action: Action;
	  }
	| { readonly type: "cancel"; readonly handle: number }
	| { readonly type: "run"; readonly spanUs: number };

// Few distinct times, so that ties are the rule; some of them in the past, some in each level of the wheel and at its edges.
const nearUs = fc.integer({ min: -3, max: 12 });
const farUs = fc
	.tuple(fc.constantFrom(0x400, 0x800, 0x100000, 0x40000000, 0x80000000, 0x10000000000), nearUs)
	.map(([a, b]) => a + b);
const delayUs = fc.oneof({ weight: 3, arbitrary: nearUs }, { weight: 2, arbitrary: farUs });
// Any handle that was ever given out, fired and cancelled ones too.
const handle = fc.nat({ max: 60 });
const action: fc.Arbitrary<Action> = fc.oneof(
	fc.record({ type: fc.constant("nothing" as const) }),
	fc.record({ type: fc.constant("cancel" as const), handle }),
	fc.record({ type: fc.constant("schedule" as const), delayUs }),
);
const step: fc.Arbitrary<Step> = fc.oneof(
	{
		weight: 4,
		arbitrary: fc.record({
			type: fc.constant("schedule" as const),
			delayUs,
			callback: fc.boolean(),
			action,
		}),
	},
	{ weight: 2, arbitrary: fc.record({ type: fc.constant("cancel" as const), handle }) },
	{
		weight: 1,
		arbitrary: fc.record({
			type: fc.constant("run" as const),
			spanUs: fc.oneof(fc.nat({ max: 8 }), farUs),
		}),
	},
);

/** Plays a program; returns what fired, in order, as `time:number`. */
function play(queue: AnyQueue, program: readonly Step[]): string[] {
	const log: string[] = [];
	const handles: number[] = [];
	const actions: Action[] = [];
	const kind = queue.register((number, negated) => fire(number, negated === -number));
	const add = (timeUs: number, callback: boolean, then: Action): void => {
		const number = actions.push(then) - 1;
		handles.push(
			callback ? queue.at(timeUs, () => fire(number, true)) : queue.schedule(timeUs, kind, number, -number),
		);
	};
	const cancel = (index: number): void => {
		if (handles.length > 0) queue.cancel(handles[index % handles.length]!);
	};
	const fire = (number: number, intact: boolean): void => {
		log.push(`${queue.nowUs()}:${number}${intact ? "" : " garbled"}`);
		const then = actions[number]!;
		if (then.type === "cancel") cancel(then.handle);
		else if (then.type === "schedule")
			add(queue.nowUs() + then.delayUs, number % 2 === 0, { type: "nothing" });
	};
	for (const s of program) {
		if (s.type === "schedule") add(queue.nowUs() + s.delayUs, s.callback, s.action);
		else if (s.type === "cancel") cancel(s.handle);
		else queue.run(queue.nowUs() + s.spanUs);
	}
	queue.run(queue.nowUs() + 0x100000000000);
	return log;
}

test("behaves as a sorted list does, whatever is scheduled, cancelled and run in between", (t) => {
	fc.assert(
		fc.property(fc.array(step, { maxLength: 60, size: "max" }), (program) => {
			t.deepEqual(play(new EventQueue(), program), play(new SortedListQueue(), program));
		}),
		{ numRuns: 400 },
	);
});

test("ties go by insertion, whether callback, handler, or without a handle", (t) => {
	const queue = new EventQueue();
	const order: number[] = [];
	const kind = queue.register((a) => order.push(a));
	for (let i = 0; i < 3000; i++) {
		if (i % 3 === 0) queue.at(7, () => order.push(i));
		else if (i % 3 === 1) queue.post(7, kind, i, 0);
		else queue.schedule(7, kind, i, 0);
	}
	queue.run(8);
	t.deepEqual(
		order,
		Array.from({ length: 3000 }, (_, i) => i),
	);
});

test("grows beyond its first size without losing an event or its arguments", (t) => {
	const queue = new EventQueue();
	const random = new RandomStream(1, "queue-test", 0);
	const expected: [number, number, number][] = [];
	const got: [number, number, number][] = [];
	const kind = queue.register((a, b) => got.push([queue.nowUs(), a, b]));
	for (let i = 0; i < 5000; i++) {
		const timeUs = random.below(1_000_000);
		expected.push([timeUs, i, random.int32()]);
		queue.schedule(timeUs, kind, i, expected[i]![2]);
	}
	t.is(queue.pending, 5000);
	queue.run(2_000_000);
	expected.sort((x, y) => x[0] - y[0] || x[1] - y[1]);
	t.deepEqual(got, expected);
	t.is(queue.processed, 5000);
	t.is(queue.pending, 0);
});

test("what is cancelled is gone at once, its slot serves again, and its old handle reaches nothing", (t) => {
	const queue = new EventQueue();
	const reference = new SortedListQueue();
	const random = new RandomStream(2, "queue-test", 0);
	const logs: string[][] = [[], []];
	const handles: number[][] = [[], []];
	for (let i = 0; i < 6000; i++) {
		const timeUs = random.below(5000);
		[queue, reference].forEach((q, which) => {
			handles[which]!.push(q.at(timeUs, () => logs[which]!.push(`${q.nowUs()}:${i}`)));
		});
	}
	let living = queue.pending;
	for (let i = 0; i < 6000; i++) {
		if (random.below(10) === 0) continue;
		queue.cancel(handles[0]![i]!);
		reference.cancel(handles[1]![i]!);
		t.is(queue.pending, --living);
	}
	for (let i = 0; i < 1500; i++) {
		const timeUs = random.below(5000);
		[queue, reference].forEach((q, which) => {
			q.at(timeUs, () => logs[which]!.push(`${q.nowUs()}:new ${i}`));
		});
	}
	for (const stale of handles[0]!.filter((_, i) => i % 7 === 0)) queue.cancel(stale);
	for (const stale of handles[1]!.filter((_, i) => i % 7 === 0)) reference.cancel(stale);
	queue.run(5000);
	reference.run(5000);
	t.deepEqual(logs[0], logs[1]);
	t.is(queue.pending, 0);
});

test("cancels from within a handler leave the rest in order", (t) => {
	const queue = new EventQueue();
	const fired: number[] = [];
	const handles: number[] = [];
	queue.at(0, () => {
		for (let i = 0; i < handles.length; i++) if (i % 8 !== 0) queue.cancel(handles[i]!);
	});
	for (let i = 0; i < 9000; i++)
		handles.push(queue.at(1 + (i % 13), () => fired.push(queue.nowUs() * 10_000 + i)));
	queue.run(100);
	t.is(fired.length, 9000 / 8);
	t.deepEqual(
		fired,
		[...fired].sort((a, b) => a - b),
	);
});

test("a time between two microseconds means the later one, and the clock never goes back to serve it", (t) => {
	const queue = new EventQueue();
	const fired: string[] = [];
	const note = (name: string) => () => fired.push(`${queue.nowUs()}:${name}`);
	queue.at(11, note("whole"));
	queue.at(10.25, note("between"));
	queue.run(10.5);
	t.is(queue.nowUs(), 10.5);
	queue.at(3, note("past"));
	queue.run(20);
	t.deepEqual(fired, ["11:whole", "11:between", "11:past"]);
});

test("what is to come later than clocks count waits for ever", (t) => {
	const queue = new EventQueue();
	queue.at(Number.POSITIVE_INFINITY, () => t.fail("it came"));
	queue.at(Number.MAX_SAFE_INTEGER - 1, () => t.pass());
	queue.run(Number.MAX_SAFE_INTEGER);
	t.is(queue.processed, 1);
	t.is(queue.pending, 1);
});

test("run handles what lies before its end, and leaves the clock there", (t) => {
	const queue = new EventQueue();
	const fired: number[] = [];
	for (const timeUs of [9, 10, 11]) queue.at(timeUs, () => fired.push(timeUs));
	queue.run(10);
	t.deepEqual(fired, [9]);
	t.is(queue.nowUs(), 10);
	queue.run(5);
	t.is(queue.nowUs(), 10, "the clock never goes back");
	queue.at(3, () => fired.push(queue.nowUs()));
	queue.run(11);
	t.deepEqual(fired, [9, 10, 10], "a time that has passed means now, after what was there first");
});

test("a handler that cancels itself, or a timer that fires at the same time, does what it says", (t) => {
	const queue = new EventQueue();
	const fired: string[] = [];
	const self: number = queue.at(1, () => {
		queue.cancel(self);
		queue.cancel(later);
		fired.push("first");
		// Takes the slot that `self` had; the stale handle must not reach it.
		queue.at(1, () => fired.push("reused"));
		queue.cancel(self);
	});
	const later = queue.at(1, () => fired.push("cancelled too late"));
	queue.run(2);
	t.deepEqual(fired, ["first", "reused"]);
	t.is(queue.processed, 2);
	queue.cancel(0);
});

test("more handlers than a kind can number are refused", (t) => {
	const queue = new EventQueue();
	for (let i = 0; i < 254; i++)
		t.is(
			queue.register(() => {}),
			i + 2,
		);
	t.throws(() => queue.register(() => {}), { instanceOf: RangeError, message: /254/ });
});

// With a generation of 32 bits a handle would exceed 2^53 after 2^29 events of one slot.
if (process.env["LOWGUARD_SLOW"] === "1") {
	test("handles still work when one slot was used 540 million times", (t) => {
		const queue = new EventQueue();
		const kind = queue.register(() => {});
		for (let i = 0; i < 540_000_000; i++) {
			queue.schedule(i, kind, 0, 0);
			queue.run(i + 1);
		}
		const handle = queue.at(queue.nowUs() + 1, () => t.fail("it was cancelled"));
		t.true(Number.isSafeInteger(handle));
		queue.cancel(handle);
		queue.run(queue.nowUs() + 2);
		t.is(queue.processed, 540_000_000);
	});
}
