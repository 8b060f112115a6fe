import process from "node:process";
import { parseArgs } from "node:util";
import type { PolicyFactory } from "../../../../firmware/fragments/policy.js";
import type { PredictiveCsm } from "../../../../firmware/fragments/predictive-csm.js";
import {
	predictiveCsm,
	predictiveCsmKeyed,
	predictiveCsmOpen,
} from "../../../../firmware/fragments/predictive-variants.js";
import type { NeighbourTable } from "../../../../firmware/trust/neighbours.js";
import { alikeLosses, BurstyLosses, bitErrors, type LinkModel } from "./link-model.js";
import { type NeighbourCase, type NeighbourOutcome, observeNeighbour } from "./lossy-neighbour.js";
import { WordedRule } from "./worded-rule.js";

/*
 * How often honest neighbours are put on probation or blocked, and how soon others are: `npm run false-blocks`.
 * Tables as Markdown.
 */

const FRAGMENTS = 13;
const SEED = 1;
/** Longer than any delay that is reported. */
const PATIENCE = 2000;
const REPETITIONS = 21;

type Contestant = readonly [name: string, make: (link: LinkModel) => PredictiveCsm];

function variant(factory: PolicyFactory): Contestant {
	return [factory.name, () => factory.create({}) as PredictiveCsm];
}

const VARIANTS = [predictiveCsm, predictiveCsmOpen, predictiveCsmKeyed].map(variant);
const OURS = variant(predictiveCsm);
const WORDED: Contestant = ["worded rule, link as observed", () => new WordedRule(FRAGMENTS - 1)];

function knowing(prr: number): Contestant {
	return ["worded rule, told the PRR", () => new WordedRule(FRAGMENTS - 1, prr)];
}

function observe(
	[, make]: Contestant,
	link: LinkModel,
	datagrams: number,
	periodS: number,
	more: Partial<NeighbourCase> = {},
): NeighbourOutcome {
	const policy = make(link);
	return observeNeighbour({
		policy,
		link,
		seed: SEED,
		datagrams,
		fragments: FRAGMENTS,
		periodUs: periodS * 1e6,
		withheld: 0,
		...more,
		prepare: (neighbours) => {
			if (policy instanceof WordedRule) policy.neighbours = neighbours;
			more.prepare?.(neighbours);
		},
	});
}

function row(cells: readonly (string | number)[]): void {
	process.stdout.write(`| ${cells.join(" | ")} |\n`);
}

function head(cells: readonly string[]): void {
	process.stdout.write("\n");
	row(cells);
	row(cells.map(() => "---"));
}

function per100k(count: number, datagrams: number): string {
	return ((count * 100_000) / datagrams).toFixed(1);
}

function honest(contestant: Contestant, make: () => LinkModel, datagrams: number, periodS: number): void {
	const link = make();
	const { completed, blocks, probations, leastScore } = observe(contestant, link, datagrams, periodS);
	row([
		link.name,
		contestant[0],
		datagrams.toLocaleString("en"),
		`${((datagrams * periodS) / 86_400).toFixed(1)} d`,
		`${((100 * completed) / datagrams).toFixed(1)} %`,
		per100k(blocks, datagrams),
		per100k(probations, datagrams),
		leastScore.toFixed(2),
	]);
}

/** A hundred broadcasts, heard with `prr`. */
function acquainted(prr: number, seed: number): (neighbours: NeighbourTable) => void {
	return ({ entries }) => {
		const link = alikeLosses(prr, 1000 + seed);
		for (let i = 0; i < 100; i++) if (link.broadcastArrives()) entries[0]!.noteBroadcast(0x8000 + i);
		entries[0]!.lastBroadcast = -1;
	};
}

function delays(contestant: Contestant, prr: number, withheld: number): string {
	const alarms: number[] = [];
	const blocks: number[] = [];
	for (let seed = 0; seed < REPETITIONS; seed++) {
		const outcome = observe(contestant, alikeLosses(prr, seed), PATIENCE, 10, {
			seed,
			withheld,
			prepare: acquainted(prr, seed),
		});
		alarms.push(outcome.untilAlarm);
		blocks.push(outcome.untilBlock);
	}
	return [alarms, blocks]
		.map((counts) => counts.sort((a, b) => a - b)[REPETITIONS >> 1]!)
		.map((count) => (count >= PATIENCE ? "–" : `${count + 1}`))
		.join(" / ");
}

function printHonest(datagrams: number): void {
	process.stdout.write("Honest neighbours: blocks and probations in 100,000 datagrams of 13 fragments\n");
	head(["link", "variant", "datagrams", "horizon", "completed", "blocks", "probations", "least score"]);
	for (const periodS of [1, 10]) {
		for (const contestant of VARIANTS) honest(contestant, () => alikeLosses(0.6, SEED), datagrams, periodS);
	}
	const fewer = Math.ceil(datagrams / 5);
	for (const contestant of [VARIANTS[0]!, VARIANTS[2]!]) {
		for (const prr of [0.7, 0.8, 0.9, 0.98]) honest(contestant, () => alikeLosses(prr, SEED), fewer, 10);
		for (const prr of [0.85, 0.9, 0.92, 0.95, 0.98])
			honest(contestant, () => bitErrors(prr, SEED), fewer, 10);
		for (const badS of [0.05, 1, 10, 120]) {
			for (const prr of [0.8, 0.95]) honest(contestant, () => new BurstyLosses(prr, badS, SEED), fewer, 10);
		}
	}
	process.stdout.write("\nThe same with another rule for incomplete packets\n");
	head(["link", "rule", "datagrams", "horizon", "completed", "blocks", "probations", "least score"]);
	const few = Math.ceil(datagrams / 20);
	for (const prr of [0.6, 0.8, 0.9, 0.98]) {
		for (const contestant of [OURS, WORDED, knowing(prr)]) {
			honest(contestant, () => alikeLosses(prr, SEED), few, 10);
		}
	}
	for (const contestant of [OURS, WORDED, knowing(0.92)])
		honest(contestant, () => bitErrors(0.92, SEED), few, 10);
}

function printDetection(): void {
	process.stdout.write(
		`\nDatagrams until the alarm / until the block, medians of ${REPETITIONS}; –: not within ${PATIENCE}\n`,
	);
	head(["PRR", "rule", "withholds all", "half", "a fifth"]);
	for (const prr of [0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 1]) {
		for (const contestant of [OURS, VARIANTS[2]!, WORDED, knowing(prr)]) {
			row([prr, contestant[0], ...[1, 0.5, 0.2].map((withheld) => delays(contestant, prr, withheld))]);
		}
	}
}

function main(): void {
	const { values } = parseArgs({ options: { datagrams: { type: "string", default: "1000000" } } });
	const datagrams = Number(values.datagrams);
	if (!Number.isInteger(datagrams) || datagrams < 1) {
		process.stderr.write(
			`false-blocks: --datagrams: expected an integer of at least 1, found '${values.datagrams}'\n`,
		);
		process.exitCode = 2;
		return;
	}
	printHonest(datagrams);
	printDetection();
}

main();
