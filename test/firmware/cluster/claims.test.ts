import test from "ava";
import fc from "fast-check";
import {
	believedCharge,
	type ChargeClaim,
	NO_CLAIM,
	NOISE_UNITS,
	takeClaim,
} from "../../../firmware/cluster/claims.js";

const HOUR_US = 3_600_000_000;
const octet = fc.integer({ min: 0, max: 255 });

function fresh(): ChargeClaim {
	return { ...NO_CLAIM };
}

/** Takes claims a minute apart; returns how implausible each was. */
function take(claim: ChargeClaim, ...units: number[]): number[] {
	return units.map((u, i) => takeClaim(claim, u, i * 60_000_000));
}

test("a falling charge with two units of noise is plausible and believed, but never more than was", (t) => {
	fc.assert(
		fc.property(fc.array(fc.nat({ max: 3 * NOISE_UNITS }), { maxLength: 100 }), (draws) => {
			const claim = fresh();
			let believed = 256;
			draws.forEach((draw, i) => {
				// Noise from 0 to NOISE_UNITS on a charge that falls by a unit every third claim.
				const charge = 250 - Math.floor(i / 3);
				const excess = takeClaim(claim, charge + (draw % (NOISE_UNITS + 1)), i * 1000);
				t.is(excess, 0);
				t.true(believedCharge(claim) <= believed || believedCharge(claim) <= charge + NOISE_UNITS);
				t.true(Math.abs(believedCharge(claim) - charge) <= NOISE_UNITS + 1);
				believed = believedCharge(claim);
			});
		}),
	);
});

test("a rise beyond noise is not believed, and told once", (t) => {
	const claim = fresh();
	t.is(believedCharge(claim), -1);
	t.deepEqual(take(claim, 100, 99, 255, 255, 254, 255), [0, 0, 153, 0, 0, 0]);
	t.true(believedCharge(claim) <= 100);
	t.deepEqual(take(claim, 90, 90, 255), [0, 0, 163]);
	t.is(believedCharge(claim), 90);
});

test("no row of claims raises what is believed", (t) => {
	fc.assert(
		fc.property(fc.array(octet, { minLength: 1, maxLength: 50 }), (units) => {
			const claim = fresh();
			for (const [i, u] of units.entries()) {
				takeClaim(claim, u, i * HOUR_US);
				t.true(
					believedCharge(claim) >= 0 && believedCharge(claim) <= units[0]! && believedCharge(claim) <= u,
				);
			}
		}),
	);
});

test("one low claim that somebody makes up is forgotten with the next true one", (t) => {
	const claim = fresh();
	t.deepEqual(take(claim, 200, 0, 199), [0, 0, 0]);
	t.is(believedCharge(claim), 199);
	t.deepEqual(take(claim, 0, 0, 199), [0, 0, 197]);
	t.is(believedCharge(claim), 0);
});

test("harvesting explains as much as it brings, however often is claimed", (t) => {
	for (const perHour of [1, 60, 3600]) {
		const honest = fresh();
		const greedy = fresh();
		let excess = 0;
		for (let k = 0; k <= perHour; k++) {
			const nowUs = (k * HOUR_US) / perHour;
			t.is(takeClaim(honest, 60 + Math.floor((20 * k) / perHour), nowUs, 20), 0);
			excess += takeClaim(greedy, k === perHour ? 100 : 60, nowUs, 20);
		}
		t.true(believedCharge(honest) >= 79);
		t.true(excess >= 100 - 80 - NOISE_UNITS);
		t.true(believedCharge(greedy) <= 80);
	}
});

test("a node that needs at least so much cannot claim the same for ever", (t) => {
	const claim = fresh();
	takeClaim(claim, 100, 0, -10);
	t.is(takeClaim(claim, 100, HOUR_US, -10), 0);
	t.is(believedCharge(claim), 90);
	t.is(takeClaim(claim, 100, 20 * HOUR_US, -10), 0);
	t.is(believedCharge(claim), 0);
});
