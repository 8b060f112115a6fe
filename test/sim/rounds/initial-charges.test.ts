import test from "ava";
import { chargeFactors } from "../../../sim/rounds/initial-charges.js";

function counts(factors: Float64Array): Record<string, number> {
	const found: Record<string, number> = {};
	for (const factor of factors) found[factor] = (found[factor] ?? 0) + 1;
	return found;
}

test("as many nodes as each level's share says, drawn by the seed; the others have the usual charge", (t) => {
	const levels = [
		{ share: 0.2, factor: 2 },
		{ share: 0.1, factor: 0 },
	];
	const factors = chargeFactors(50, levels, 3);
	t.deepEqual(counts(factors), { "0": 5, "1": 35, "2": 10 });
	t.deepEqual(chargeFactors(50, levels, 3), factors);
	t.notDeepEqual(chargeFactors(50, levels, 4), factors);
	t.deepEqual(counts(chargeFactors(3, [], 1)), { "1": 3 });
});

test("shares are rounded together, so that they never come to more nodes than there are", (t) => {
	const thirds = Array.from({ length: 3 }, (_, i) => ({ share: 1 / 3, factor: i + 2 }));
	const found = counts(chargeFactors(100, thirds, 1));
	t.deepEqual(found, { "2": 33, "3": 34, "4": 33 });
	t.throws(() => chargeFactors(9, [...thirds, { share: 0.1, factor: 9 }], 1), {
		instanceOf: RangeError,
		message: "levels: expected shares that come to at most 1, got 1.1",
	});
});
