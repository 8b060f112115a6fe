import test from "ava";
import { putFcs } from "../../../firmware/frames/fcs.js";
import { CSMA_DEFAULTS, Csma } from "../../../firmware/mac/csma.js";
import { airtimeUs } from "../../../firmware/mac/timing.js";
import { HandClock } from "../support/hand-clock.js";
import { GreatestRandom } from "../support/random.js";
import { told } from "../support/told.js";
import { Wire } from "../support/wire.js";

const BYTES = 60;
/** Assessment, turnaround, frame, and the wait for its acknowledgement. */
const ATTEMPT_US = 128 + 192 + airtimeUs(BYTES) + 864;

function bench(untilUs?: number) {
	const clock = new HandClock();
	const wire = new Wire(clock);
	const csma = new Csma(wire.radio(), clock, new GreatestRandom(), CSMA_DEFAULTS);
	csma.untilUs = untilUs;
	const psdu = new Uint8Array(BYTES);
	psdu.set([0x61, 0x98, 1, 0xcd, 0xab, 2, 0, 1, 0]);
	putFcs(psdu, BYTES);
	const outcomes: (readonly [string, number])[] = [];
	const frame = told((outcome, transmissions) => outcomes.push([outcome, transmissions]));
	return { clock, wire, csma, psdu, outcomes, frame };
}

test("the first backoff is cut short where the frame would else not fit its window", (t) => {
	const { clock, wire, csma, psdu, outcomes, frame } = bench(ATTEMPT_US + 500);
	csma.send(psdu, frame);
	clock.advanceBy(100_000);
	t.deepEqual(wire.assessedUs, [500]);
	// Nobody acknowledges, and there is no time for another attempt.
	t.deepEqual(outcomes, [["mac-late", 1]]);
});

test("in a window a busy channel is waited for until the window ends, and then the frame is late, not lost", (t) => {
	const { clock, wire, csma, psdu, outcomes, frame } = bench(200_000);
	wire.isBusy = () => true;
	csma.send(psdu, frame);
	clock.advanceBy(1_000_000);
	t.deepEqual(outcomes, [["mac-late", 0]]);
	t.true(wire.assessedUs.length > 10);
	t.true(wire.assessedUs.at(-1)! + ATTEMPT_US <= 200_000);
});

test("in a window a frame has twice its attempts, the later ones far apart", (t) => {
	const { clock, wire, csma, psdu, outcomes, frame } = bench(10_000_000);
	csma.send(psdu, frame);
	clock.advanceBy(5_000_000);
	t.deepEqual(outcomes, [["mac-retries", 8]]);
	const gaps = wire.assessedUs.slice(1).map((atUs, i) => atUs - wire.assessedUs[i]!);
	t.true(gaps.slice(3).every((gap) => gap > gaps[0]!));
});

test("a frame made for an instant leaves then, and is not tried again when the channel is busy", (t) => {
	const { clock, wire, csma, psdu, outcomes, frame } = bench();
	psdu[0] = 0x41;
	putFcs(psdu, BYTES);
	csma.sendAt(psdu, 5_000, frame);
	t.throws(() => csma.sendAt(psdu, 6_000, frame), { message: /under way/ });
	clock.advanceBy(20_000);
	t.deepEqual(outcomes, [["sent", 1]]);
	t.is(wire.frames[0]!.atUs, 5_000);
	wire.isBusy = () => true;
	csma.sendAt(psdu, 30_000, frame);
	clock.advanceBy(20_000);
	t.deepEqual(outcomes[1], ["mac-channel-busy", 0]);
	t.is(wire.assessedUs.length, 2);
});
