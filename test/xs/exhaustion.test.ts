import { readFileSync } from "node:fs";
import test from "ava";
import type { XsOutcome, XsProcess } from "../../host-tools/xs/process.js";
import { ascii, startXs } from "./support/machines.js";

const GREEDY = "test/xs/machine/greedy";
const OPTIONS = { firmware: false, modules: [GREEDY] };

function ask(xs: XsProcess, id: number, what: string): XsOutcome {
	return xs.call(id, ascii(what), what.length);
}

test("a machine that runs out ends alone, and says of what", async (t) => {
	const xs = await startXs(t, OPTIONS);
	if (!xs) return;
	const ends: Record<string, RegExp> = {
		chunks: /^out of chunks$/,
		slots: /^out of slots$/,
		stack: /^stack overflow$/,
		keys: /^too many keys$/,
		loop: /^endless loop$/,
		search: /^endless loop$/,
		throws: /^exception: RangeError: as asked/,
		rejects: /^exception: RangeError: as asked/,
		catches: /^out of chunks$/,
	};
	xs.create(0, GREEDY);
	for (const [i, [what, end]] of Object.entries(ends).entries()) {
		xs.create(i + 1, GREEDY, { keyIncrement: 0, meterLimit: 1_000_000 });
		const outcome = ask(xs, i + 1, what);
		t.regex("dead" in outcome ? outcome.dead : "alive", end, what);
		t.deepEqual(ask(xs, i + 1, "nothing"), outcome, "a dead machine stays dead, of the same cause");
		t.true("meter" in ask(xs, 0, "nothing"), "others go on");
	}
});

test("a dead machine keeps its last figures, and its number is free once it is destroyed", async (t) => {
	const xs = await startXs(t, OPTIONS);
	if (!xs) return;
	xs.create(5, GREEDY);
	ask(xs, 5, "slots");
	const { slots } = xs.stats(5);
	t.is(slots.peak, slots.limit);
	t.throws(() => xs.create(5, GREEDY), { message: "machine 5: there is such a machine already" });
	xs.destroy(5);
	t.throws(() => xs.stats(5), { message: "machine 5: there is no such machine" });
	t.true("meter" in xs.create(5, GREEDY));
	t.true("meter" in ask(xs, 5, "nothing"));
});

test("keys grow as on the chip unless the limit is hard, and then by 32", async (t) => {
	const xs = await startXs(t, OPTIONS);
	if (!xs) return;
	xs.create(1, GREEDY);
	t.is(xs.stats(1).keys.limit, 32);
	// Each name takes a slot too, so names without end run out of slots.
	t.deepEqual(ask(xs, 1, "keys"), { dead: "out of slots" });
	const { keys } = xs.stats(1);
	t.true(keys.peak > 1000);
	t.is(keys.limit % 32, 0);
});

test("machines that die by the hundred leave no memory behind", async (t) => {
	const xs = await startXs(t, OPTIONS);
	if (!xs) return;
	const die = () => {
		for (const what of ["chunks", "slots", "stack", "loop", "throws"]) {
			xs.create(1, GREEDY, { meterLimit: 50_000 });
			t.true("dead" in ask(xs, 1, what));
			xs.destroy(1);
		}
	};
	const pages = () => Number(readFileSync(`/proc/${xs.pid}/statm`, "utf8").split(" ")[0]);
	for (let i = 0; i < 10; i++) die();
	const before = pages();
	for (let i = 0; i < 100; i++) die();
	// What the C library holds back is far less than the memory of one machine each.
	t.true(pages() - before < 100);
});

test("a limit too small for the entry itself ends the machine at its creation", async (t) => {
	const xs = await startXs(t, OPTIONS);
	if (!xs) return;
	t.deepEqual(xs.create(1, GREEDY, { slots: 40 }), { dead: "out of slots" });
	t.deepEqual(xs.create(2, GREEDY, { stackSlots: 20 }), { dead: "stack overflow" });
	t.regex((xs.create(3, "test/xs/machine/nobody") as { dead: string }).dead, /^exception: .*nobody/);
});
