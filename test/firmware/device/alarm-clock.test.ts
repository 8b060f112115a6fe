import test from "ava";
import fc from "fast-check";
import { type Alarm, AlarmClock } from "../../../firmware/device/alarm-clock.js";

/** A chip whose counter moves by `readUs` at each look, and whose alarm rings when a test lets it. */
class Chip implements Alarm {
	timeUs = 0;
	readUs = 1;
	/** When the alarm rings; undefined while none is set. */
	ringAtUs: number | undefined;
	rings = 0;

	nowUs(): number {
		return (this.timeUs += this.readUs);
	}

	ringIn(delayMs: number): void {
		this.ringAtUs = this.timeUs + delayMs * 1_000;
	}

	/** Lets the alarm ring until none is set; `earlyUs` is how much too early it rings. */
	run(clock: AlarmClock, earlyUs = 0): void {
		while (this.ringAtUs !== undefined) {
			const ringAtUs = this.ringAtUs - earlyUs;
			this.ringAtUs = undefined;
			if (this.timeUs < ringAtUs) this.timeUs = ringAtUs;
			if (++this.rings > 10_000) throw new Error("the alarm is set without end");
			clock.ring();
		}
	}
}

test("timers fire in order of (time, insertion), never early, also when the alarm rings early", (t) => {
	fc.assert(
		fc.property(
			fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 100 }),
			fc.integer({ min: 0, max: 999 }),
			(timesUs, earlyUs) => {
				const chip = new Chip();
				const clock = new AlarmClock(chip);
				const fired: number[] = [];
				timesUs.forEach((timeUs, index) => {
					clock.at(timeUs, () => {
						if (chip.timeUs < timeUs) throw new Error(`${timeUs} µs fired at ${chip.timeUs} µs`);
						fired.push(index);
					});
				});
				chip.run(clock, earlyUs);
				const expected = timesUs.map((_, index) => index);
				expected.sort((a, b) => timesUs[a]! - timesUs[b]! || a - b);
				t.deepEqual(fired, expected);
			},
		),
	);
});

test("a timer fires within microseconds of its time when the alarm rings up to a millisecond before", (t) => {
	const chip = new Chip();
	const clock = new AlarmClock(chip);
	let firedUs = 0;
	clock.at(12_345, () => (firedUs = chip.timeUs));
	chip.run(clock);
	t.true(firedUs >= 12_345 && firedUs < 12_350, `${firedUs}`);
});

test("a cancelled timer does not fire; one that fired, zero and the unknown are ignored", (t) => {
	const chip = new Chip();
	const clock = new AlarmClock(chip);
	const fired: string[] = [];
	const first = clock.at(1_000, () => fired.push("first"));
	const second = clock.at(2_000, () => fired.push("second"));
	clock.at(3_000, () => {
		clock.cancel(first);
		fired.push("third");
	});
	clock.cancel(second);
	clock.cancel(0);
	clock.cancel(99);
	chip.run(clock);
	t.deepEqual(fired, ["first", "third"]);
});

test("cancelling the soonest timer sets the alarm for the next", (t) => {
	const chip = new Chip();
	const clock = new AlarmClock(chip);
	const soon = clock.at(5_000, () => t.fail());
	clock.at(50_000, () => {});
	t.true(chip.ringAtUs! < 6_000);
	t.is(clock.nextUs, 5_000);
	clock.cancel(soon);
	t.is(clock.nextUs, 50_000);
	t.true(chip.ringAtUs! > 48_000);
	chip.run(clock);
	t.is(clock.nextUs, Number.POSITIVE_INFINITY);
});

test("what a callback sets for a time that has come runs in its turn", (t) => {
	const chip = new Chip();
	const clock = new AlarmClock(chip);
	const fired: string[] = [];
	clock.at(1_000, () => {
		fired.push("a");
		chip.timeUs = 9_000;
		clock.at(2_000, () => fired.push("b"));
	});
	clock.at(3_000, () => fired.push("c"));
	chip.run(clock);
	t.deepEqual(fired, ["a", "b", "c"]);
});

test("a timer that always sets another at once leaves the host its turn", (t) => {
	const chip = new Chip();
	const clock = new AlarmClock(chip);
	let count = 0;
	const again = (): void => {
		count++;
		clock.at(0, again);
	};
	clock.at(0, again);
	clock.ring();
	t.is(count, 64);
	t.not(chip.ringAtUs, undefined);
});

test("a callback that throws does not silence the timers behind it", (t) => {
	const chip = new Chip();
	const clock = new AlarmClock(chip);
	let fired = false;
	clock.at(1_000, () => {
		throw new Error("broken");
	});
	clock.at(2_000, () => (fired = true));
	chip.timeUs = 1_500;
	t.throws(() => clock.ring(), { message: "broken" });
	chip.run(clock);
	t.true(fired);
});

test("an alarm is never set for more than an hour", (t) => {
	const chip = new Chip();
	const clock = new AlarmClock(chip);
	let firedUs = 0;
	clock.at(100_000_000_000, () => (firedUs = chip.timeUs));
	t.is(chip.ringAtUs, 3_600_000_000 + chip.timeUs);
	chip.run(clock);
	t.true(firedUs >= 100_000_000_000);
	t.is(chip.rings, 28);
});
