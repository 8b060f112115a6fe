import test from "ava";
import { GUARD_FIXED_US, RoundClock } from "../../../firmware/cluster/round-clock.js";
import { HandClock } from "../support/hand-clock.js";

const ROUND_US = 20_000_000;

function clockAt(round: number, baseUs: number): { rounds: RoundClock; clock: HandClock } {
	const clock = new HandClock();
	clock.advanceBy(baseUs);
	const rounds = new RoundClock(clock, ROUND_US, 40);
	rounds.begin(round, baseUs);
	return { rounds, clock };
}

test("a guard time is twice the drift since the clock was set, and a fixed part", (t) => {
	const { rounds } = clockAt(5, 1_000_000);
	t.is(rounds.guardUs(1_000_000), GUARD_FIXED_US);
	t.is(rounds.guardUs(21_000_000), GUARD_FIXED_US + 1600);
	rounds.set(11_000_000, 10_000_000, 5, false);
	t.is(rounds.guardUs(21_000_000), GUARD_FIXED_US + 800);
});

test("times of this round and of its neighbours agree within the guard, all others do not", (t) => {
	const { rounds } = clockAt(5, 1_000_000);
	const sfdUs = 4_000_000;
	const guardUs = rounds.guardUs(sfdUs);
	t.true(rounds.agrees(sfdUs, 3_000_000 + guardUs, 5));
	t.false(rounds.agrees(sfdUs, 3_000_000 + guardUs + 1, 5));
	t.true(rounds.agrees(sfdUs, 3_000_000 - guardUs, 5));
	t.false(rounds.agrees(sfdUs, 3_000_000 - guardUs - 1, 5));
	t.false(rounds.agrees(sfdUs, 3_000_000, 4), "a replay of the round before");
	t.false(rounds.agrees(sfdUs, 3_000_000, 5 + 0x8000));
	t.true(rounds.agrees(1_000_000, ROUND_US - 500, 4), "the end of the last round, a little late");
	t.true(rounds.agrees(21_000_000, 400, 6), "the next one, a little early");
	t.false(rounds.agrees(21_000_000, ROUND_US, 5), "no round is so long");
});

test("rounds are 16 bits on the air: after 65,535 comes 0", (t) => {
	const { rounds } = clockAt(65_535, 1_000_000);
	t.true(rounds.agrees(21_000_000, 100, 0));
	rounds.next();
	t.is(rounds.round, 65_536);
	t.true(rounds.agrees(22_000_000, 1_000_000, 0));
});

test("between two SYNCs a clock finds its rate, and keeps to the sink's time without further ones", (t) => {
	const { rounds } = clockAt(0, 0);
	// Ours runs 30 ppm fast: a second of the sink's lasts 1,000,030 µs.
	const own = (trueUs: number): number => Math.round(trueUs * (1 + 30e-6));
	rounds.set(own(2_000), 2_000, 0, true);
	for (let i = 0; i < 5; i++) rounds.next();
	rounds.set(own(5 * ROUND_US + 3_000), 3_000, 5, true);
	for (let i = 0; i < 5; i++) rounds.next();
	const offUs = rounds.at(0) - own(10 * ROUND_US);
	t.true(Math.abs(offUs) <= 10, `${offUs} µs`);
	t.is(rounds.elapsedAt(rounds.at(7_000_000)), 7_000_000);
});

test("whoever finds the network anew counts on: what he noted of rounds lies behind him", (t) => {
	const { rounds } = clockAt(5000, 1_000_000);
	rounds.set(4_000_000, 3_000_000, 7, true, true);
	t.is(rounds.round & 0xffff, 7);
	t.true(rounds.round > 5000);
	t.is(rounds.baseUs, 1_000_000);
	t.true(rounds.agrees(5_000_000, 4_000_000, 7));
	const again = clockAt(5000, 1_000_000).rounds;
	again.set(4_000_000, 3_000_000, 5001, false, true);
	t.is(again.round, 5001);
	const first = clockAt(0, 0).rounds;
	first.set(4_000_000, 3_000_000, 65_535, false, true);
	t.is(first.round, 65_535);
});
