import test from "ava";
import fc from "fast-check";
import { Agenda } from "../../../sim/rounds/agenda.js";

test("nodes come in order of their instants, and of entry among equals", (t) => {
	fc.assert(
		fc.property(fc.array(fc.oneof(fc.nat(3), fc.nat(65535)), { maxLength: 80 }), (ticks) => {
			const agenda = new Agenda(ticks.length);
			ticks.forEach((tick, node) => {
				agenda.push(node, tick);
			});
			const expected = ticks.map((tick, node) => ({ tick, node })).sort((a, b) => a.tick - b.tick);
			for (const { tick, node } of expected) {
				t.is(agenda.tick, tick);
				t.is(agenda.pop(), node);
			}
			t.is(agenda.size, 0);
		}),
	);
});

test("an entry that is made while others are taken finds its place", (t) => {
	const agenda = new Agenda(3);
	agenda.push(0, 10);
	agenda.push(1, 30);
	t.is(agenda.pop(), 0);
	agenda.push(0, 20);
	agenda.push(2, 30);
	t.deepEqual([agenda.pop(), agenda.pop(), agenda.pop()], [0, 1, 2]);
});
