import test from "ava";
import { makeStyle } from "../../host-tools/report/style.js";
import { sweepText } from "../../host-tools/report/sweep-text.js";
import { tableLines } from "../../host-tools/report/table.js";
import { aggregate } from "../../host-tools/sweep/aggregate.js";
import type { SweepPoint } from "../../host-tools/sweep/points.js";
import { SweepResults } from "../../host-tools/sweep/results.js";
import type { Sweep } from "../../host-tools/sweep/schema.js";

const PLAIN = makeStyle(false);
const DEFENCES = ["plain", "better"];
const ATTACKS = ["none", "flood"];
/** All combinations of defence and attack, but for better against none. */
const POINTS: readonly SweepPoint[] = [
	{ index: 0, values: { defence: "plain", attack: "none" }, assignments: [], baseline: undefined },
	{ index: 1, values: { defence: "plain", attack: "flood" }, assignments: [], baseline: undefined },
	{ index: 2, values: { defence: "better", attack: "flood" }, assignments: [], baseline: 1 },
];

function text(tables: readonly unknown[], runs = 9, colour = false): string {
	const results = new SweepResults(3, runs);
	for (let run = 0; run < runs; run++) {
		results.add(0, run, { deliveryRatio: 0.9 + run / 1000, altered: 0 });
		results.add(1, run, { deliveryRatio: 0.1 + run / 1000, altered: run });
		results.add(2, run, { deliveryRatio: 0.5 + run / 100, altered: 0 });
	}
	const sweep = {
		name: "lab",
		description: "Who survives",
		scenario: "star",
		runs,
		seed: 3,
		axes: { defence: DEFENCES, attack: ATTACKS },
		baseline: { defence: "plain" },
		compare: [],
		tables,
	} as unknown as Sweep;
	return sweepText(sweep, aggregate(sweep, POINTS, results), "lowguard sweep lab", makeStyle(colour));
}

const TABLE = {
	title: "Delivered, %",
	rows: "defence",
	columns: "attack",
	where: {},
	metric: "deliveryRatio",
	scale: 100,
	digits: 1,
	mark: { metric: "altered", above: 0, text: "†", meaning: "altered datagrams were delivered" },
};

test("a table of defences by attacks, with what is missing, marked and different", (t) => {
	t.is(
		text([TABLE]),
		`lab  Who survives

  points   3 of defence (2) × attack (2) on star
  runs     9 a point, at each the same seeds 3 to 11

Delivered, % by attack
  defence         none        flood
  plain    90.4 ± 0.2   10.4 ± 0.2†
  better             –  54.0 ± 2.1${" "}
  † altered datagrams were delivered

Delivered, % by attack: difference from defence plain
  defence  none                   flood
  better      –  +43.6 ± 1.9 ** δ +1.00

  ± half the 95 % interval of the mean (Student)
  differences are paired by seed; * p < 0.05, ** p < 0.01, *** p < 0.001: Wilcoxon's signed-rank
  test, corrected after Holm over 1 point; δ is Cliff's, from −1 to +1
  again: lowguard sweep lab`.replace(/ +$/gm, ""),
	);
});

test("axes that are neither down nor across make a table each, where narrows them", (t) => {
	const byAttack = text([{ ...TABLE, columns: [], mark: undefined }]);
	t.regex(byAttack, /^Delivered, %; attack none\n {2}defence\n {2}plain {4}90\.4 ± 0\.2$/m);
	t.regex(byAttack, /^Delivered, %; attack flood$/m);
	const one = text([{ ...TABLE, columns: [], where: { attack: "flood" } }]);
	t.regex(one, /^Delivered, %\n/m);
	t.notRegex(one, /; attack/);
});

test("without tables: all points with the main metrics, and one run has no interval", (t) => {
	const all = text([], 1);
	t.regex(all, /^ {19}delivered\n {2}defence {2}attack {10}%\n {2}plain {4}none {9}90\.0\n/m);
	t.notRegex(all, /±/);
});

test("the best of a column is green, the worst red, and a clear gain green", (t) => {
	const coloured = text([{ ...TABLE, mark: undefined }], 9, true);
	t.true(coloured.includes("\x1b[31m10.4 ± 0.2\x1b[39m"));
	t.true(coloured.includes("\x1b[32m54.0 ± 2.1\x1b[39m"));
	t.false(coloured.includes("\x1b[32m90.4"), "one alone is neither");
	t.true(coloured.includes("\x1b[32m+43.6 ± 1.9 **"));
});

test("a metric that no run has is named", (t) => {
	t.regex(
		text([{ ...TABLE, metric: "deliveryRation" }]),
		/no run has a metric deliveryRation; did you mean deliveryRatio\?/,
	);
});

test("tables drop the intervals to fit, and then go on below", (t) => {
	const table = (columns: number) => ({
		labelHeads: ["row"],
		heads: Array.from({ length: columns }, (_, i) => `head${i}`),
		rows: [
			{ labels: ["a"], cells: Array.from({ length: columns }, () => ({ forms: ["12.3 ± 4.5", "12.3"] })) },
		],
	});
	t.is(tableLines(table(3), 50, PLAIN)[1], "  a    12.3 ± 4.5  12.3 ± 4.5  12.3 ± 4.5");
	t.is(tableLines(table(5), 50, PLAIN)[1], "  a     12.3   12.3   12.3   12.3   12.3");
	const blocks = tableLines(table(12), 50, PLAIN);
	t.deepEqual(
		blocks.map((line) => line.split("head").length - 1),
		[6, 0, 0, 6, 0],
	);
	for (const line of blocks) t.true(line.length <= 50);
});

test("long heads break after hyphens and spaces, no wider than they must", (t) => {
	const table = {
		labelHeads: ["row"],
		heads: ["buffer-reservation", "none", "size · 1000", "p95 ms"],
		rows: [{ labels: ["a"], cells: Array.from({ length: 4 }, () => ({ forms: ["1.2"] })) }],
	};
	t.deepEqual(tableLines(table, 50, PLAIN), [
		"                          size",
		"           buffer-           ·  p95",
		"  row  reservation  none  1000   ms",
		"  a            1.2   1.2   1.2  1.2",
	]);
});
