import test from "ava";
import fc from "fast-check";
import { ChargeClaim, NOISE_UNITS } from "../../../firmware/cluster/claims.js";

const HOUR_US = 3_600_000_000;
const octet = fc.integer({ min: 0, max: 255 });

/** Takes claims a minute apart; returns how implausible each was. */
function take(claim: ChargeClaim, ...units: number[]): number[] {
	return units.map((u, i) => claim.take(u, i * 60_000_000));
}

test("a falling charge with two units of noise is plausible and believed, but never more than was", (t) => {
	fc.assert(
		fc.property(fc.array(fc.nat({ max: 3 * NOISE_UNITS }), { maxLength: 100 }), (draws) => {
			const claim = new ChargeClaim();
			let believed = 256;
			draws.forEach((draw, i) => {
				// Noise from 0 to NOISE_UNITS on a charge that falls by a unit every third claim.
				const charge = 250 - Math.floor(i / 3);
				const excess = claim.take(charge + (draw % (NOISE_UNITS + 1)), i * 1000);
				t.is(excess, 0);
				t.true(claim.believed <= believed || claim.believed <= charge + NOISE_UNITS);
				t.true(Math.abs(claim.believed - charge) <= NOISE_UNITS + 1);
				believed = claim.believed;
			});
		}),
	);
});

test("a rise beyond noise is not believed, and told once", (t) => {
	const claim = new ChargeClaim();
	t.is(claim.believed, -1);
	t.deepEqual(take(claim, 100, 99, 255, 255, 254, 255), [0, 0, 153, 0, 0, 0]);
	t.true(claim.believed <= 100);
	t.deepEqual(take(claim, 90, 90, 255), [0, 0, 163]);
	t.is(claim.believed, 90);
});

test("no row of claims raises what is believed", (t) => {
	fc.assert(
		fc.property(fc.array(octet, { minLength: 1, maxLength: 50 }), (units) => {
			const claim = new ChargeClaim();
			for (const [i, u] of units.entries()) {
				claim.take(u, i * HOUR_US);
				t.true(claim.believed >= 0 && claim.believed <= units[0]! && claim.believed <= u);
			}
		}),
	);
});

test("one low claim that somebody makes up is forgotten with the next true one", (t) => {
	const claim = new ChargeClaim();
	t.deepEqual(take(claim, 200, 0, 199), [0, 0, 0]);
	t.is(claim.believed, 199);
	t.deepEqual(take(claim, 0, 0, 199), [0, 0, 197]);
	t.is(claim.believed, 0);
});

test("harvesting explains as much as it brings, however often is claimed", (t) => {
	for (const perHour of [1, 60, 3600]) {
		const honest = new ChargeClaim();
		const greedy = new ChargeClaim();
		let excess = 0;
		for (let k = 0; k <= perHour; k++) {
			const nowUs = (k * HOUR_US) / perHour;
			t.is(honest.take(60 + Math.floor((20 * k) / perHour), nowUs, 20), 0);
			excess += greedy.take(k === perHour ? 100 : 60, nowUs, 20);
		}
		t.true(honest.believed >= 79);
		t.true(excess >= 100 - 80 - NOISE_UNITS);
		t.true(greedy.believed <= 80);
	}
});

test("a node that needs at least so much cannot claim the same for ever", (t) => {
	const claim = new ChargeClaim();
	claim.take(100, 0, -10);
	t.is(claim.take(100, HOUR_US, -10), 0);
	t.is(claim.believed, 90);
	t.is(claim.take(100, 20 * HOUR_US, -10), 0);
	t.is(claim.believed, 0);
});
