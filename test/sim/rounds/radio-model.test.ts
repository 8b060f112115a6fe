import test from "ava";
import { RadioModel } from "../../../sim/rounds/radio-model.js";

const HEINZELMAN = { electronicsJ: 50e-9, freeSpaceJ: 10e-12, multipathJ: 0.0013e-12, aggregationJ: 5e-9 };

function near(actual: number, expected: number, tolerance = 1e-12): boolean {
	return Math.abs(actual - expected) <= tolerance * Math.abs(expected);
}

test("sending costs d² up to the crossover, d⁴ beyond it, and never jumps", (t) => {
	const radio = new RadioModel(HEINZELMAN);
	t.true(near(radio.crossoverM, 87.7058, 1e-6), `${radio.crossoverM}`);
	t.true(near(radio.sendJ(4000, 50 ** 2), 4000 * (50e-9 + 10e-12 * 2500)));
	t.true(near(radio.sendJ(4000, 175 ** 2), 4000 * (50e-9 + 0.0013e-12 * 175 ** 4)));
	const edge = radio.crossoverSquareM2;
	t.true(near(radio.sendJ(1, edge * (1 - 1e-9)), radio.sendJ(1, edge), 1e-8));
	t.true(near(radio.receiveJ(4000), 2e-4));
	t.true(near(radio.aggregateJ(4000), 2e-5));
});

test("without the fourth power distances count squared however far", (t) => {
	const radio = new RadioModel({ ...HEINZELMAN, freeSpaceJ: 100e-12, multipathJ: 0 });
	t.is(radio.crossoverM, Number.POSITIVE_INFINITY);
	t.true(near(radio.sendJ(2000, 1e6), 2000 * (50e-9 + 100e-6)));
});

test("the optimum of heads: 10.4 with the base in the middle, fewer with it far away", (t) => {
	const radio = new RadioModel(HEINZELMAN);
	t.true(near(radio.optimalHeads(100, 100, 0.765 * 50), 10.43, 1e-3));
	// sqrt(100 / 2π) · 87.706 · 100 / 130².
	t.true(near(radio.optimalHeads(100, 100, 130), 2.0704, 1e-3), `${radio.optimalHeads(100, 100, 130)}`);
});

test("the formula's cost of a round is least at the optimum of heads", (t) => {
	const radio = new RadioModel(HEINZELMAN);
	const meanM = 0.765 * 50;
	const heads = radio.optimalHeads(100, 100, meanM);
	const costOf = (k: number): number =>
		4000 * (100 * (105e-9 + (10e-12 * 1e4) / (2 * Math.PI * k)) + k * 10e-12 * meanM * meanM);
	t.true(near(radio.roundJ(4000, 100, 100, meanM), costOf(heads), 1e-9));
	for (const k of [heads * 0.9, heads * 1.1]) t.true(costOf(k) > costOf(heads));
});
