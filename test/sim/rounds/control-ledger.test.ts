import test from "ava";
import { ControlLedger, type ScheduleHearers } from "../../../sim/rounds/control-ledger.js";
import { Field } from "../../../sim/rounds/field.js";
import { RadioModel } from "../../../sim/rounds/radio-model.js";
import { NetworkState } from "../../../sim/rounds/state.js";

/** A joule for each bit in the electronics of each side, and one for each square metre. */
const RADIO = new RadioModel({ electronicsJ: 1, freeSpaceJ: 1, multipathJ: 0, aggregationJ: 0 });
const BITS = { hello: 1, advertisement: 10, join: 100, schedule: () => 0 };
const FULL_J = 1e6;

/** Nodes at 0, 1, 2 and 5 m of a line, with a radius of 1 m; returns what each has spent when it settles. */
function spent(
	act: (ledger: ControlLedger) => void,
	reachesAll = false,
	hearers: ScheduleHearers = "members",
) {
	const field = new Field({ x: Float64Array.of(0, 1, 2, 5), y: new Float64Array(4) }, [0, 0]);
	const state = new NetworkState(field, new Float64Array(4).fill(FULL_J), 1, () => {});
	const ledger = new ControlLedger(state, RADIO, BITS, hearers, reachesAll);
	act(ledger);
	ledger.settle();
	const once = Array.from(state.batteries.chargeJ, (joules) => FULL_J - joules);
	ledger.settle();
	return {
		spent: once,
		bits: ledger.sentBits,
		again: Array.from(state.batteries.chargeJ, (j) => FULL_J - j),
	};
}

test("an announcement within the radius is paid by its sender up to there, and by who is there", (t) => {
	t.deepEqual(spent((ledger) => ledger.advertisement(1)).spent, [10, 20, 10, 0]);
	t.deepEqual(spent((ledger) => ledger.advertisement(3)).spent, [0, 0, 0, 20]);
});

test("one for all reaches the farthest corner, and is heard by all but its sender, however many announce", (t) => {
	const { spent: joules, bits } = spent((ledger) => {
		ledger.advertisement(1);
		ledger.advertisement(0);
	}, true);
	t.deepEqual(joules, [10 * (1 + 25) + 10, 10 * (1 + 16) + 10, 20, 20]);
	t.is(bits, 20);
});

test("a JOIN is paid by the member for the way to its head, and by the head; a HELLO within the radius under all elections", (t) => {
	t.deepEqual(spent((ledger) => ledger.join(3, 1)).spent, [0, 100, 0, 100 * (1 + 16)]);
	t.deepEqual(spent((ledger) => ledger.hello(0), true).spent, [2, 1, 0, 0]);
});

test("a SCHEDULE is heard by its members, or by all within reach, and paid once", (t) => {
	const act = (ledger: ControlLedger): void => {
		ledger.schedule(1, 2000);
		ledger.heardSchedule(0, 2000);
		ledger.heardSchedule(2, 2000);
	};
	t.deepEqual(spent(act).spent, [2000, 4000, 2000, 0]);
	t.deepEqual(spent(act, true).spent, [2000, 2000 * 17, 2000, 0]);
	t.deepEqual(spent(act, true, "range").spent, [2000, 2000 * 17, 2000, 2000]);
	const { spent: once, again } = spent(act);
	t.deepEqual(again, once);
});
