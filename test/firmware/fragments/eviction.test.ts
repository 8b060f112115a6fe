import test from "ava";
import type { ReassemblyContext } from "../../../firmware/fragments/context.js";
import { chooseVictim } from "../../../firmware/fragments/eviction.js";

interface Row {
	readonly name: string;
	/** Next fragments that verified; undefined for a plain context. */
	readonly verified: number | undefined;
	readonly lastUs: number;
	readonly score: number;
}

const STALLED_US = 100;

function victimOf(rows: readonly Row[], growing?: string): string | undefined {
	const names = new Map<ReassemblyContext, Row>();
	const contexts = rows.map((row) => {
		const { verified, lastUs } = row;
		const chain = verified === undefined ? undefined : { verified };
		const context = { chain, lastUs } as unknown as ReassemblyContext;
		names.set(context, row);
		return context;
	});
	const asking = contexts.find((context) => names.get(context)!.name === growing);
	const victim = chooseVictim(contexts, asking, STALLED_US, (context) => names.get(context)!.score);
	return victim === undefined ? undefined : names.get(victim)!.name;
}

const fresh = (name: string, lastUs: number, score = 0.9): Row => ({ name, verified: 0, lastUs, score });
const plain = (name: string, lastUs: number): Row => ({ name, verified: undefined, lastUs, score: 0.9 });
const proven = (name: string, lastUs: number, score = 0.5): Row => ({ name, verified: 3, lastUs, score });

// Contexts stand in the order of their opening.
const CASES: readonly [
	title: string,
	rows: readonly Row[],
	growing: string | undefined,
	victim: string | undefined,
][] = [
	["nothing is open", [], undefined, undefined],
	[
		"the one that was silent longest, whatever it proved and is worth",
		[fresh("a", 150, 0.1), proven("b", 90, 1), fresh("c", 95, 0.1)],
		undefined,
		"b",
	],
	[
		"while all go on, the oldest that proved nothing, whatever its score",
		[proven("a", 110, 0.1), fresh("b", 150, 1), fresh("c", 120, 0.1)],
		undefined,
		"b",
	],
	["a plain one proves nothing", [proven("a", 110), plain("b", 200), fresh("c", 120)], undefined, "b"],
	[
		"of proven ones the one that stalled longest",
		[proven("a", 90), proven("b", 50), proven("c", 200)],
		undefined,
		"b",
	],
	[
		"a newcomer displaces none that is being sent",
		[proven("a", 150, 0), proven("b", 160, 0)],
		undefined,
		undefined,
	],
	["a growing one spares itself while others proved nothing", [fresh("a", 150), fresh("b", 150)], "a", "b"],
	["a growing one displaces a stalled one", [proven("a", 150, 0.1), proven("b", 99, 1)], "a", "b"],
	[
		"a growing one displaces a lower score",
		[proven("a", 150, 0.9), proven("b", 160, 0.6), proven("c", 170, 0.5)],
		"a",
		"c",
	],
	[
		"of equal lower scores the one heard longest ago",
		[proven("a", 150, 0.9), proven("b", 170, 0.5), proven("c", 160, 0.5)],
		"a",
		"c",
	],
	[
		"a growing one with the lowest score goes itself",
		[proven("a", 150, 0.5), proven("b", 160, 0.9)],
		"a",
		"a",
	],
	["among equals the growing one goes", [proven("a", 190, 0.5), proven("b", 160, 0.5)], "a", "a"],
];

for (const [title, rows, growing, victim] of CASES) {
	test(`who makes room: ${title}`, (t) => {
		t.is(victimOf(rows, growing), victim);
	});
}
