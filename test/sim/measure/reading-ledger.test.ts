import test from "ava";
import fc from "fast-check";
import { ReadingLedger } from "../../../sim/measure/reading-ledger.js";

const S = 1_000_000;

test("what arrives, comes again, is given up, is kept and is lost without a word is told apart", (t) => {
	const ledger = new ReadingLedger();
	for (let sequence = 0; sequence < 6; sequence++) ledger.accept(sequence * S, 1, sequence);
	ledger.arrive(10 * S, 1, 0, false);
	ledger.confirm(1, 0);
	ledger.arrive(11 * S, 1, 0, true);
	ledger.abandon(1, 1, "buffer-full");
	ledger.arrive(12 * S, 1, 2, false);
	ledger.abandon(1, 2, "buffer-full");
	ledger.confirm(1, 3);
	ledger.arrive(13 * S, 1, 99, false);
	ledger.arrive(13 * S, undefined, 0, false);
	const account = ledger.finish(20 * S, 0, 32);
	t.is(account.accepted, 6);
	t.is(account.arrived, 2);
	t.is(account.duplicates, 1);
	t.is(account.twice, 0);
	t.is(account.confirmed, 2);
	t.deepEqual(account.abandoned, { "buffer-full": 1 }, "what arrived all the same is not lost");
	t.is(account.kept, 2);
	t.is(account.unaccounted, 1, "confirmed, and never there");
	t.is(account.foreign, 2);
	t.deepEqual(account.latencyMs.max, 10_000);
	t.is(account.deliveryRatio, 2 / 6);
});

test("what was given up and arrives later has arrived; what arrives as new a second time is told", (t) => {
	const ledger = new ReadingLedger();
	ledger.accept(0, 1, 0);
	ledger.abandon(1, 0, "node-stopped");
	ledger.arrive(S, 1, 0, false);
	ledger.arrive(2 * S, 1, 0, false);
	const account = ledger.finish(3 * S, 0, 8);
	t.deepEqual(account.abandoned, {});
	t.is(account.arrived, 1);
	t.is(account.twice, 1);
});

test("a reading that its node took with it without a word is unaccounted for", (t) => {
	const ledger = new ReadingLedger();
	ledger.accept(0, 1, 0);
	ledger.accept(0, 2, 0);
	ledger.accept(0, 3, 0);
	ledger.die(1);
	ledger.abandon(1, 0, "node-stopped");
	ledger.die(2);
	ledger.restart(3);
	ledger.accept(S, 3, 0);
	const account = ledger.finish(2 * S, 0, 8);
	t.deepEqual(account.abandoned, { "node-stopped": 1 });
	t.is(account.unaccounted, 2);
	t.is(account.kept, 1);
});

test("more than a buffer holds cannot be kept", (t) => {
	const ledger = new ReadingLedger();
	for (let sequence = 0; sequence < 10; sequence++) ledger.accept(sequence, 1, sequence);
	ledger.arrive(20, 1, 0, false);
	const account = ledger.finish(30, 0, 4);
	t.is(account.kept + account.unaccounted, 9);
	t.is(account.unaccounted, 6, "one that arrived and is not confirmed takes its place too");
});

test("what was accepted shortly before the end is not held against the ratio, unless it is lost", (t) => {
	const ledger = new ReadingLedger();
	ledger.accept(0, 1, 0);
	ledger.arrive(S, 1, 0, false);
	ledger.accept(95 * S, 1, 1);
	t.is(ledger.finish(100 * S, 10 * S, 8).deliveryRatio, 1);
	t.is(ledger.finish(100 * S, 1 * S, 8).deliveryRatio, 1 / 2);
	ledger.abandon(1, 1, "buffer-full");
	t.is(ledger.finish(100 * S, 10 * S, 8).deliveryRatio, 1 / 2);
});

const happening = fc.record({
	what: fc.constantFrom("accept", "arrive", "again", "confirm", "abandon", "restart", "die"),
	node: fc.nat({ max: 2 }),
	sequence: fc.nat({ max: 12 }),
});

test("accepted is arrived plus given up plus kept plus unaccounted, whatever happens in whatever order", (t) => {
	fc.assert(
		fc.property(fc.array(happening, { maxLength: 120, size: "max" }), (happenings) => {
			const ledger = new ReadingLedger();
			const next = [0, 0, 0];
			happenings.forEach(({ what, node, sequence }, i) => {
				if (what === "accept") ledger.accept(i, node, next[node]!++);
				else if (what === "arrive") ledger.arrive(i, node, sequence, false);
				else if (what === "again") ledger.arrive(i, node, sequence, true);
				else if (what === "confirm") ledger.confirm(node, sequence);
				else if (what === "abandon") ledger.abandon(node, sequence, "buffer-full");
				else if (what === "restart") ledger.restart(node);
				else ledger.die(node);
			});
			const account = ledger.finish(happenings.length, 0, 3);
			const lost = Object.values(account.abandoned).reduce((sum, count) => sum + count, 0);
			t.is(account.accepted, account.arrived + lost + account.kept + account.unaccounted);
			t.true(account.kept <= 9);
		}),
	);
});
