import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../firmware/address.js";
import { ONE, PRIOR } from "../../../firmware/trust/parameters.js";
import { STANDING_BYTES, StandingTable, State } from "../../../firmware/trust/standing.js";
import { RowHeap } from "../../../sim/kernel/row-heap.js";

const S = 1e6;
const ALICE = LinkAddress.short(1);

function scored(score: number, nowUs = 0): { table: StandingTable; i: number } {
	const table = new StandingTable(4);
	const i = table.obtain(ALICE, nowUs);
	table.at(i).score = Math.round(score * ONE);
	return { table, i };
}

function near(actual: number, expected: number, tolerance = 0.001): boolean {
	return Math.abs(actual / ONE - expected) <= tolerance;
}

test("hard faults: 0.9, 0.45, 0.225, 0.1125, and the third one blocks", (t) => {
	const { table, i } = scored(0.9);
	for (const [timeS, score, state] of [
		[11, 0.45, State.normal],
		[22, 0.225, State.normal],
		[33, 0.1125, State.blocked],
	] as const) {
		table.noteFault(i, 1, true, timeS * S);
		t.true(near(table.at(i).score, score));
		t.is(table.at(i).state, state);
	}
});

test("a hard fault within ten seconds of the last one quarters", (t) => {
	const { table, i } = scored(0.9);
	table.noteFault(i, 1, true, 1 * S);
	table.noteFault(i, 1, true, 10.9 * S);
	t.true(near(table.at(i).score, 0.1125));
	t.is(table.at(i).state, State.blocked);
	const slow = scored(0.9);
	slow.table.noteFault(slow.i, 1, true, 1 * S);
	slow.table.noteFault(slow.i, 1, true, 11.1 * S);
	t.true(near(slow.table.at(slow.i).score, 0.225));
});

test("54 successes lead from 0.45 to 0.9, and further ones to 1", (t) => {
	const { table, i } = scored(0.45);
	let count = 0;
	for (; table.at(i).score < 0.9 * ONE; count++) table.noteSuccess(i);
	t.is(count, 54);
	for (count = 0; count < 1000; count++) table.noteSuccess(i);
	t.is(table.at(i).score, ONE);
});

for (const [good, most, least] of [
	[10, 0.43, 0.21],
	[20, 0.64, 0.32],
	[50, 0.89, 0.44],
] as const) {
	test(`on and off: one hard fault in ${good} successes leaves ${most} before it and ${least} after`, (t) => {
		const { table, i } = scored(0.5);
		let before = 0;
		for (let round = 0; round < 100; round++) {
			for (let k = 0; k < good; k++) table.noteSuccess(i);
			before = table.at(i).score;
			table.noteFault(i, 1, true, (round + 1) * 11 * S);
		}
		t.true(near(before, most, 0.005), `${before / ONE}`);
		t.true(near(table.at(i).score, least, 0.005), `${table.at(i).score / ONE}`);
		t.is(table.at(i).state, State.normal);
	});
}

test("whoever loses what his link loses settles at 0.9, on good links and on bad ones", (t) => {
	for (const completion of [0.5, 0.75, 0.9, 0.98]) {
		const { table, i } = scored(0.5);
		const every = Math.round(1 / (1 - completion));
		let sum = 0;
		for (let k = 1; k <= 4000; k++) {
			if (k % every === 0) t.false(table.noteIncomplete(i, completion, 1, true));
			else table.noteSuccess(i);
			if (k > 2000) sum += table.at(i).score;
		}
		t.true(near(sum / 2000, 0.9, 0.02), `${completion}: ${sum / 2000 / ONE}`);
	}
});

test("an incomplete packet costs a quarter at most, and nothing where none was expected", (t) => {
	const { table, i } = scored(0.8);
	t.false(table.noteIncomplete(i, 0, 1, true));
	t.true(near(table.at(i).score, 0.8));
	t.is(table.at(i).bad, 0);
	t.false(table.noteIncomplete(i, 1, 1, true));
	t.true(near(table.at(i).score, 0.6));
	t.is(table.at(i).bad, 256);
});

test("the sum of surprise alarms at 24 bits, and a success takes one bit off", (t) => {
	const { table, i } = scored(0.9);
	// 7 bits each: 7, 14, 21, 28.
	for (const isAlarm of [false, false, false, true]) t.is(table.noteIncomplete(i, 1, 1, true), isAlarm);
	t.is(table.at(i).surprise, 0);
	for (let k = 0; k < 3; k++) table.noteIncomplete(i, 1, 1, true);
	for (let k = 0; k < 5; k++) table.noteSuccess(i);
	t.is(table.at(i).surprise >> 8, 16);
	t.false(table.noteIncomplete(i, 1, 1, true));
	for (let k = 0; k < 100; k++) table.noteSuccess(i);
	t.is(table.at(i).surprise, 0);
});

test("the forecast: 0.13 of nobody, 0.65 after four good ones, and old evidence fades", (t) => {
	const { table, i } = scored(0.5);
	t.is(table.at(i).forecast.toFixed(2), "0.13");
	for (let k = 0; k < 4; k++) table.noteSuccess(i);
	t.is(table.at(i).forecast.toFixed(2), "0.65");
	for (let k = 0; k < 1000; k++) {
		table.noteSuccess(i);
		t.true(table.at(i).good + table.at(i).bad <= 64 * 256);
	}
	t.true(table.at(i).forecast > 0.93);
	for (let k = 0; k < 100; k++) table.noteFault(i, 1, false, k * 11 * S);
	t.true(table.at(i).forecast < 0.1);
	t.true(table.at(i).forecast >= 0);
});

test("a bad name is forgiven by half in ten minutes, a good one forgotten by half in an hour", (t) => {
	for (const [score, afterS, expected] of [
		[0.3, 600, 0.4],
		[0.3, 1200, 0.45],
		[0.3, 100_000, 0.5],
		[0.9, 3600, 0.7],
		[0.9, 7200, 0.6],
		[0.9, 900, 0.5 + 0.4 * 2 ** (-1 / 4)],
		[0.9, 1e6, 0.5],
	] as const) {
		const whole = scored(score);
		whole.table.find(ALICE, afterS * S);
		t.true(near(whole.table.at(whole.i).score, expected, 0.01), `${score} after ${afterS} s`);
		// Looked at every second, it goes the same way.
		const often = scored(score);
		for (let s = 1; s <= Math.min(afterS, 10_000); s++) often.table.find(ALICE, s * S);
		often.table.find(ALICE, afterS * S);
		t.true(Math.abs(often.table.at(often.i).score - whole.table.at(whole.i).score) < 64);
	}
});

test("blocks last 30 s, then twice as long each time, up to an hour; five proofs end the probation after each", (t) => {
	const { table, i } = scored(0.9);
	let nowUs = 1000 * S;
	table.noteFault(i, 1, true, nowUs);
	table.noteFault(i, 1, true, nowUs);
	for (let strikes = 0; strikes < 12; strikes++) {
		t.is(table.at(i).state, State.blocked);
		const seconds = Math.min(3600, 30 * 2 ** strikes);
		// More of the same during a block does not prolong it.
		for (let k = 0; k < 20; k++) table.noteFault(i, 1, true, nowUs);
		table.find(ALICE, nowUs + (seconds - 1) * S);
		t.is(table.at(i).state, State.blocked);
		nowUs += (seconds + 1) * S;
		table.find(ALICE, nowUs);
		t.is(table.at(i).state, State.probation);
		t.true(near(table.at(i).score, 0.3));
		// On probation one fault blocks again.
		for (let k = 0; k < 4; k++) table.noteSuccess(i);
		table.noteFault(i, 1, true, nowUs);
	}
	table.find(ALICE, nowUs + 3601 * S);
	for (let k = 0; k < 4; k++) table.noteSuccess(i);
	t.is(table.at(i).state, State.probation);
	table.noteSuccess(i);
	t.is(table.at(i).state, State.normal);
});

test("faults that others could have caused neither block nor lower a score below 0.5, on probation neither", (t) => {
	const evidence = fc.oneof(
		fc.record({ kind: fc.constant("fault" as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
		fc.record({
			kind: fc.constant("incomplete" as const),
			share: fc.double({ min: 0, max: 1, noNaN: true }),
		}),
		fc.record({ kind: fc.constant("success" as const), share: fc.constant(0) }),
		fc.record({ kind: fc.constant("probation" as const), share: fc.constant(0) }),
	);
	fc.assert(
		fc.property(
			fc.array(fc.tuple(evidence, fc.integer({ min: 0, max: 3e9 })), { maxLength: 200 }),
			(steps) => {
				const table = new StandingTable(1);
				let nowUs = 0;
				for (const [{ kind, share }, afterUs] of steps) {
					nowUs += afterUs;
					const i = table.obtain(ALICE, nowUs);
					if (kind === "fault") table.noteFault(i, share, false, nowUs);
					else if (kind === "incomplete") table.noteIncomplete(i, share, 1, false);
					else if (kind === "success") table.noteSuccess(i);
					else table.putOnProbation(i);
					t.true(table.at(i).score >= PRIOR);
					t.not(table.at(i).state, State.blocked);
				}
			},
		),
	);
});

test("newcomers never displace those with a name; these keep their places while they are heard", (t) => {
	fc.assert(
		fc.property(fc.array(fc.integer({ min: 100, max: 400 }), { maxLength: 300 }), (strangers) => {
			const table = new StandingTable(8);
			const friends = [1, 2, 3, 4, 5].map((id) => LinkAddress.short(id));
			let nowUs = 0;
			for (const friend of friends) {
				const i = table.obtain(friend, nowUs);
				for (let k = 0; k < 6; k++) table.noteSuccess(i);
			}
			const foe = table.obtain(LinkAddress.short(6), nowUs);
			table.noteFault(foe, 1, true, nowUs);
			table.noteFault(foe, 1, true, nowUs);
			for (const stranger of strangers) {
				nowUs += 10 * S;
				const i = table.obtain(LinkAddress.short(stranger), nowUs);
				t.true(i >= 6);
				table.noteSuccess(i);
				table.at(i).good = 0;
				for (const friend of friends) t.true(table.find(friend, nowUs) >= 0);
				t.is(table.find(LinkAddress.short(6), nowUs), foe);
			}
			t.true(table.count <= 8);
		}),
	);
});

test("a full table of names has no place for a newcomer, until one of them was silent for an hour", (t) => {
	const table = new StandingTable(3);
	for (const id of [1, 2, 3]) {
		const i = table.obtain(LinkAddress.short(id), 0);
		for (let k = 0; k < 4; k++) table.noteSuccess(i);
	}
	for (let s = 0; s <= 3500; s += 10) {
		table.find(LinkAddress.short(1), s * S);
		table.find(LinkAddress.short(2), s * S);
		t.is(table.obtain(LinkAddress.short(9), s * S), -1);
	}
	t.is(table.obtain(LinkAddress.short(9), 3700 * S), 2);
	t.is(table.find(LinkAddress.short(3), 3700 * S), -1);
});

test("blocked identities that never return do not fill the table for ever", (t) => {
	const table = new StandingTable(2);
	for (const id of [1, 2]) {
		const i = table.obtain(LinkAddress.short(id), 0);
		table.noteFault(i, 1, true, 0);
		table.noteFault(i, 1, true, 0);
		t.is(table.at(i).state, State.blocked);
	}
	t.is(table.obtain(LinkAddress.short(9), 3600 * S), -1);
	t.true(table.obtain(LinkAddress.short(9), (3600 + 31) * S) >= 0);
});

test("32 octets a neighbour, and none before there is one; they are given back", (t) => {
	const rows = new RowHeap(0);
	const table = new StandingTable(32);
	table.liveIn(rows);
	t.is(table.find(LinkAddress.short(1), 0), -1);
	t.is(rows.lent, 0);
	for (let id = 0; id < 8; id++) table.obtain(LinkAddress.short(id), 0);
	t.is(4 * rows.used, 8 * STANDING_BYTES);
	t.is(STANDING_BYTES, 32);
	table.release();
	table.release();
	t.deepEqual([rows.lent, table.count, table.find(LinkAddress.short(1), 0)], [0, 0, -1]);
	t.is(table.at(table.obtain(LinkAddress.short(9), 0)).isNewcomer, true);
});

test("times of more than four years from the start stand for what they are", (t) => {
	const table = new StandingTable(1);
	const startUs = 5 * 365 * 86_400 * S;
	const i = table.obtain(LinkAddress.short(1), startUs);
	table.noteFault(i, 1, true, startUs);
	table.noteFault(i, 1, true, startUs);
	table.find(LinkAddress.short(1), startUs + 29 * S);
	t.is(table.at(i).state, State.blocked);
	table.find(LinkAddress.short(1), startUs + 31 * S);
	t.is(table.at(i).state, State.probation);
	t.is(table.obtain(LinkAddress.short(2), startUs + 3600 * S), -1);
	t.is(table.obtain(LinkAddress.short(2), startUs + 3700 * S), i);
});

test("asking for a place is no news of whoever has it", (t) => {
	const table = new StandingTable(1);
	const [silent, newcomer] = [LinkAddress.short(1), LinkAddress.short(2)];
	const i = table.obtain(silent, 0);
	for (let k = 0; k < 8; k++) table.noteSuccess(i);
	for (let minute = 1; minute < 120; minute++) t.is(table.placeOf(silent), i);
	t.is(table.obtain(newcomer, 3_500_000_000), -1);
	t.is(table.obtain(newcomer, 7_200_000_000), i);
});
