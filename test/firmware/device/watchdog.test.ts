import test from "ava";
import { Watchdog } from "../../../firmware/device/watchdog.js";
import { HandClock } from "../support/hand-clock.js";

/** A watchdog's place that counts its meals. */
function place(isThere: boolean) {
	return {
		begun: 0,
		meals: 0,
		ended: 0,
		beginWatchdog() {
			this.begun++;
			return isThere;
		},
		feedWatchdog() {
			this.meals++;
		},
		endWatchdog() {
			this.ended++;
		},
	};
}

test("the watchdog is fed at once and then by the node's timers", (t) => {
	const clock = new HandClock();
	const chip = place(true);
	const watchdog = new Watchdog(chip, clock, 4_000_000);
	t.true(watchdog.start());
	t.true(watchdog.start());
	t.is(chip.begun, 1);
	t.is(chip.meals, 1);
	clock.advanceTo(3_999_999);
	t.is(chip.meals, 1);
	clock.advanceTo(12_000_000);
	t.is(chip.meals, 4);
});

test("it is given back once, and not fed after", (t) => {
	const clock = new HandClock();
	const chip = place(true);
	const watchdog = new Watchdog(chip, clock, 1000);
	watchdog.stop();
	t.is(chip.ended, 0);
	watchdog.start();
	watchdog.stop();
	watchdog.stop();
	clock.advanceTo(10_000);
	t.is(chip.ended, 1);
	t.is(chip.meals, 1);
});

test("a chip without a watchdog leaves no timer behind", (t) => {
	const clock = new HandClock();
	const chip = place(false);
	t.false(new Watchdog(chip, clock, 1000).start());
	t.is(chip.meals, 0);
	t.is(clock.pending, 0);
});
