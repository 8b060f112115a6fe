import test from "ava";
import { meanOf, roundsRun, roundsRuns } from "./runs.js";

/** A row of the literature, or of independent code: what is set, and rounds of the first, the middle and the last death. */
interface Row {
	readonly title: string;
	readonly scenario?: string;
	readonly set?: readonly string[];
	readonly runs: number;
	/** Share by which means may differ. */
	readonly tolerance: number;
	readonly fnd: number;
	readonly hnd?: number;
	readonly lnd: number;
}

const OUTSIDE = "rounds.base=[50, 175]";
const oracle = (heads: number): readonly string[] => ["election.kind=oracle", `election.heads=${heads}`];

const ROWS: readonly Row[] = [
	{ title: "LEACH, p 0.05, base in the middle", runs: 30, tolerance: 0.03, fnd: 892, hnd: 1104, lnd: 1287 },
	{
		title: "LEACH paying 200 bits a message",
		set: ["rounds.control.accounting=bits"],
		runs: 30,
		tolerance: 0.03,
		...{ fnd: 770, hnd: 942, lnd: 1104 },
	},
	{
		title: "LEACH, p 0.10",
		set: ["election.p=0.1"],
		runs: 30,
		tolerance: 0.03,
		...{ fnd: 983, hnd: 1166, lnd: 1400 },
	},
	{
		title: "LEACH, base at (50, 175)",
		set: [OUTSIDE],
		runs: 30,
		tolerance: 0.03,
		...{ fnd: 698, hnd: 884, lnd: 1209 },
	},
	{
		title: "LEACH, 200 nodes",
		set: ["topology.nodes=200"],
		runs: 20,
		tolerance: 0.03,
		...{ fnd: 921, hnd: 1148, lnd: 1401 },
	},
	{ title: "the five richest", set: oracle(5), runs: 10, tolerance: 0.01, fnd: 1100, hnd: 1119, lnd: 1125 },
	{ title: "the ten richest", set: oracle(10), runs: 10, tolerance: 0.01, fnd: 1174, hnd: 1185, lnd: 1189 },
	{ title: "direct, HICSS 2000", scenario: "hicss-direct", runs: 20, tolerance: 0.02, fnd: 109, lnd: 234 },
	{
		title: "LEACH, HICSS 2000",
		scenario: "hicss-direct",
		set: ["election.kind=leach"],
		runs: 20,
		tolerance: 0.1,
		...{ fnd: 932, lnd: 1312 },
	},
];

for (const { title, scenario = "leach-canonical", set = [], runs, tolerance, ...expected } of ROWS) {
	test(`${title}: rounds of deaths as published`, async (t) => {
		const found = await roundsRuns(scenario, set, runs);
		for (const moment of ["fnd", "hnd", "lnd"] as const) {
			const round = expected[moment];
			if (round === undefined) continue;
			const mean = meanOf(found, (run) => run[moment]);
			t.true(Math.abs(mean - round) <= tolerance * round, `${moment} ${mean}, expected ${round}`);
		}
	});
}

test("the optimum of heads is 10.4 by the mean distance 0.765 M/2, and the crossover 87.7 m", async (t) => {
	const { simulation } = await roundsRun("leach-canonical", ["rounds.most=1"]);
	const { radio } = simulation;
	t.is(radio.optimalHeads(100, 100, 0.765 * 50).toFixed(1), "10.4");
	t.is(radio.crossoverM.toFixed(1), "87.7");
});

test("CROSS with 20 nodes and ω 0.3 elects 1.23 heads a round, and none in 28 % of them", async (t) => {
	const set = ["election.kind=cross", "election.rest=false", "election.costRatio=0.3", "topology.nodes=20"];
	const found = await roundsRuns("leach-canonical", set, 10);
	// Some 9,500 rounds: five deviations of the means are 0.056 and 0.023.
	const heads = meanOf(found, (run) => run.headsPerRound.mean);
	t.true(Math.abs(heads - 1.228) < 0.056, `${heads}`);
	const headless = meanOf(found, (run) => run.headlessRatio);
	t.true(Math.abs(headless - 0.2816) < 0.023, `${headless}`);
});
