import test from "ava";
import fc from "fast-check";
import { BitErrorTable, bitErrorRate, ERROR_FREE_SINR } from "../../../sim/channel/bit-error.js";

/** Chance that all bits of a frame survive, by the formula and with `Math`. */
function reception(db: number, bytes: number): number {
	return (1 - bitErrorRate(10 ** (db / 10))) ** (8 * bytes);
}

test("packet reception at the signal-to-noise ratios that the literature gives", (t) => {
	// Zuniga & Krishnamachari's formula as ns-3 has it; the values are given to three digits.
	for (const [db, bytes, expected, tolerance] of [
		[0, 133, 0.842, 0.0005],
		// Published as .975; the formula gives .97448, a rounding apart.
		[0, 20, 0.9745, 0.0001],
		// Ratios are given to 0.01 dB, where the curve rises by up to 1 per dB.
		[-1.39, 133, 0.1, 0.005],
		[-0.68, 133, 0.5, 0.006],
		[0.21, 133, 0.9, 0.004],
		[1.11, 133, 0.99, 0.0006],
	] as const)
		t.true(Math.abs(reception(db, bytes) - expected) < tolerance, `${db} dB: ${reception(db, bytes)}`);
});

test("the bit error rate falls from one half to nothing", (t) => {
	t.true(Math.abs(bitErrorRate(0) - 0.5) < 1e-12);
	let last = 0.5;
	for (let sinr = 0.01; sinr < ERROR_FREE_SINR; sinr += 0.01) {
		const rate = bitErrorRate(sinr);
		t.true(rate >= 0 && rate <= last, `${rate} at ${sinr}`);
		last = rate;
	}
});

test("the sum is that of the standard, term by term", (t) => {
	const choose = (k: number): number => {
		let c = 1;
		for (let i = 0; i < k; i++) c = (c * (16 - i)) / (i + 1);
		return c;
	};
	fc.assert(
		fc.property(fc.double({ min: 0, max: 3, noNaN: true }), (sinr) => {
			let sum = 0;
			for (let k = 2; k <= 16; k++) sum += (-1) ** k * choose(k) * Math.exp(20 * sinr * (1 / k - 1));
			const rate = (8 / 15) * (1 / 16) * sum;
			t.true(Math.abs(bitErrorRate(sinr) - rate) < 1e-12);
		}),
	);
});

test("the table agrees with the formula for any frame, and is continuous at its end", (t) => {
	const table = new BitErrorTable();
	fc.assert(
		fc.property(
			fc.double({ min: 0, max: 6, noNaN: true }),
			fc.integer({ min: 5, max: 133 }),
			(sinr, bytes) => {
				const exact = (1 - bitErrorRate(sinr)) ** (8 * bytes);
				// Interpolation over steps of 4/8192: error below step^2/8 times the curvature of ln(1 - BER) times bits.
				t.true(Math.abs(table.packetReception(sinr, bytes) - exact) < 2e-4, `${sinr}: ${exact}`);
			},
		),
		{ numRuns: 2000 },
	);
	t.true(1 - reception(10 * Math.log10(ERROR_FREE_SINR), 133) < 1e-12);
	t.is(table.lnBitSuccess(ERROR_FREE_SINR), 0);
	t.true(table.lnBitSuccess(ERROR_FREE_SINR - 1e-9) <= 0);
});
