import { createHash } from "node:crypto";
import test from "ava";
import fc from "fast-check";
import { EXP2_TABLE, LOG2_TABLE, ONE_16, root16 } from "../../../firmware/cluster/fixed-point.js";

const share = fc.integer({ min: 0, max: ONE_16 });
const exponent = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 0x7fffffff }));
/** Neighbourhoods of every size that a table of neighbours holds, and larger ones. */
const SIZES = [...Array(40).keys()].map((k) => k + 1).concat(64, 99, 100, 255, 1000, 65_535, 1_000_000);

test("the tables are what double precision makes of their formulas, and end where the next octave begins", (t) => {
	t.is(LOG2_TABLE.length, 65);
	t.is(EXP2_TABLE.length, 65);
	for (let k = 0; k <= 64; k++) {
		t.is(LOG2_TABLE[k], Math.round(ONE_16 * Math.log2(1 + k / 64)), `log2, entry ${k}`);
		t.is(EXP2_TABLE[k], Math.round(ONE_16 * 2 ** (-k / 64)), `exp2, entry ${k}`);
	}
});

test("all shares, many sizes: within 2^-12 of double precision, and rising with the share and the size", (t) => {
	let most = 0;
	let falls = 0;
	const before = new Int32Array(ONE_16 + 1);
	for (const m of SIZES) {
		let last = 0;
		for (let share16 = 0; share16 <= ONE_16; share16++) {
			const root = root16(share16, m);
			most = Math.max(most, Math.abs(root / ONE_16 - (share16 / ONE_16) ** (1 / m)));
			if (root < last || root < before[share16]!) falls++;
			last = root;
			before[share16] = root;
		}
	}
	t.is(falls, 0);
	t.true(most < 2 ** -12, `${most}`);
});

test("any share and size: an integer from 0 to 1 within 2^-10", (t) => {
	fc.assert(
		fc.property(share, exponent, (share16, m) => {
			const root = root16(share16, m);
			t.true(Number.isInteger(root) && root >= 0 && root <= ONE_16);
			t.true(Math.abs(root / ONE_16 - (share16 / ONE_16) ** (1 / m)) < 2 ** -10);
		}),
	);
	t.is(root16(0, 1), 0);
	t.is(root16(ONE_16, 7), ONE_16);
	t.is(root16(ONE_16 / 4, 2), ONE_16 / 2);
});

test("the same bits on every engine: a digest of roots, written down once", (t) => {
	const hash = createHash("sha256");
	for (let share16 = 1; share16 <= ONE_16; share16 += 257)
		for (let m = 1; m <= 64; m++) hash.update(`${root16(share16, m)},`);
	t.is(hash.digest("hex").slice(0, 16), "a88ede1dadc098d4");
});
