import process from "node:process";
import test from "ava";
import type { PolicyFactory } from "../../../firmware/fragments/policy.js";
import type { PredictiveCsm } from "../../../firmware/fragments/predictive-csm.js";
import {
	predictiveCsm,
	predictiveCsmKeyed,
	predictiveCsmOpen,
} from "../../../firmware/fragments/predictive-variants.js";
import { alikeLosses, bitErrors, type LinkModel } from "./support/link-model.js";
import { type NeighbourOutcome, observeNeighbour } from "./support/lossy-neighbour.js";
import { WordedRule } from "./support/worded-rule.js";

const VARIANTS = [predictiveCsm, predictiveCsmOpen, predictiveCsmKeyed];
const FRAGMENTS = 13;

function observe(
	policy: PredictiveCsm,
	link: LinkModel,
	datagrams: number,
	periodS = 1,
	withheld = 0,
): NeighbourOutcome {
	return observeNeighbour({
		policy,
		link,
		seed: 3,
		datagrams,
		fragments: FRAGMENTS,
		periodUs: periodS * 1e6,
		withheld,
		prepare: (neighbours) => {
			if (policy instanceof WordedRule) policy.neighbours = neighbours;
		},
	});
}

function made(factory: PolicyFactory): PredictiveCsm {
	return factory.create({}) as PredictiveCsm;
}

for (const factory of VARIANTS) {
	test(`${factory.name}: an honest neighbour at PRR 0.6 is never blocked, 20,000 datagrams of 13 fragments`, (t) => {
		const outcome = observe(made(factory), alikeLosses(0.6, 7), 20_000);
		t.is(outcome.blocks, 0);
		t.is(outcome.probations, 0);
		// A newcomer may hold two contexts, and the first packets may leave as many unfinished.
		t.true(outcome.refused <= 3);
		t.true(outcome.leastScore >= 0.5);
		// The link does what its formula says: (1 - 0.4^4)^13, the first fragment included.
		const expected = (1 - 0.4 ** 4) ** FRAGMENTS;
		t.true(Math.abs(outcome.completed / 20_000 - expected) < 0.01, `${outcome.completed}`);
		const again = () => observe(made(factory), alikeLosses(0.6, 7), 500);
		t.deepEqual(again(), again());
	});
}

test("bit errors, which full frames suffer five times as much as broadcasts, get no neighbour blocked", (t) => {
	for (const prr of [0.85, 0.9, 0.92, 0.95]) {
		const { blocks, probations, refused } = observe(made(predictiveCsm), bitErrors(prr, 7), 20_000);
		t.is(blocks, 0, `${prr}`);
		// An estimate that lives for half an hour may be wrong for as long: a probation now and then, no more.
		t.true(probations <= 100, `${prr}: ${probations}`);
		t.true(refused <= 20, `${prr}: ${refused}`);
	}
});

test("on a good link whoever loses a fifth on purpose is put on probation, whoever loses all is blocked", (t) => {
	const all = observe(made(predictiveCsm), alikeLosses(0.98, 7), 1000, 10, 1);
	t.true(all.untilBlock < 200, `${all.untilBlock}`);
	const fifth = observe(made(predictiveCsm), alikeLosses(0.98, 7), 2000, 10, 0.2);
	t.true(fifth.untilAlarm < 1000, `${fifth.untilAlarm}`);
	// A key vouches for the anchor, and a jammer can spoil what follows: no block.
	const keyed = observe(made(predictiveCsmKeyed), alikeLosses(0.98, 7), 1000, 10, 1);
	t.true(keyed.untilAlarm < 200 && keyed.blocks === 0);
});

test("a fixed alarm with a slack of 0.1 blocks honest neighbours, though it is told the PRR", (t) => {
	const told = new WordedRule(FRAGMENTS - 1, 0.6);
	observe(told, alikeLosses(0.6, 7), 20_000, 10);
	t.true(told.alarms > 20, `${told.alarms}`);
	const biased = new WordedRule(FRAGMENTS - 1, 0.92);
	const { blocks } = observe(biased, bitErrors(0.92, 7), 20_000, 10);
	t.true(blocks > 20, `${blocks}`);
});

if (process.env["LOWGUARD_SLOW"] === "1") {
	for (const factory of VARIANTS) {
		for (const periodS of [1, 10]) {
			test(`${factory.name}: at most ten false blocks in a million datagrams, one in ${periodS} s, PRR 0.6`, (t) => {
				t.timeout(1_200_000);
				const outcome = observe(made(factory), alikeLosses(0.6, 11), 1_000_000, periodS);
				t.log(outcome);
				t.true(outcome.blocks <= 10);
				t.true(outcome.probations <= 10);
			});
		}
	}
}
