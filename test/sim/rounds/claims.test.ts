import test from "ava";
import fc from "fast-check";
import { Claims } from "../../../sim/rounds/claims.js";
import { Field } from "../../../sim/rounds/field.js";
import { NetworkState } from "../../../sim/rounds/state.js";

const NODES = 12;
const RADIUS_M = 3;

/** Something that happens: a node tells its charge, dies, or all learn who is dead; or somebody looks. */
const event = fc.oneof(
	fc.record({ kind: fc.constant("tell" as const), node: fc.nat(NODES - 1), units: fc.nat(255) }),
	fc.record({ kind: fc.constant("tell all" as const), node: fc.constant(0), units: fc.nat(255) }),
	fc.record({ kind: fc.constant("die" as const), node: fc.nat(NODES - 1), units: fc.constant(0) }),
	fc.record({ kind: fc.constant("notice" as const), node: fc.constant(0), units: fc.constant(0) }),
	fc.record({ kind: fc.constant("look" as const), node: fc.nat(NODES - 1), units: fc.nat(255) }),
);

test("numbers, sums and ranks of neighbours are those of a count through all, whatever was told and whoever died", (t) => {
	const places = fc.array(fc.tuple(fc.nat(8), fc.nat(8)), { minLength: NODES, maxLength: NODES });
	fc.assert(
		fc.property(places, fc.array(event, { maxLength: 40 }), (list, events) => {
			const x = Float64Array.from(list, ([at]) => at);
			const y = Float64Array.from(list, ([, at]) => at);
			const field = new Field({ x, y }, [0, 0]);
			const state = new NetworkState(field, new Float64Array(NODES).fill(1), RADIUS_M, () => {});
			const claims = new Claims(state);
			const told = new Array<number>(NODES).fill(0);
			const known = new Array<boolean>(NODES).fill(true);
			for (const { kind, node, units } of events) {
				if (kind === "tell") {
					claims.tell(node, units);
					told[node] = units;
				} else if (kind === "tell all") {
					const all = Uint8Array.from(told, (_, other) => (units + 37 * other) & 255);
					claims.tellAll(all);
					told.splice(0, NODES, ...all);
				} else if (kind === "die") {
					if (state.batteries.alive[node] === 1) state.batteries.pay(node, 9, 0);
				} else if (kind === "notice") {
					claims.notice();
					for (let other = 0; other < NODES; other++) known[other] = state.batteries.alive[other] === 1;
				} else {
					const around = told.flatMap((theirs, other) =>
						other !== node && known[other] && field.squareM2(node, other) <= RADIUS_M ** 2
							? [{ theirs, other }]
							: [],
					);
					t.is(claims.neighboursOf(node), around.length);
					t.is(
						claims.chargeAround(node),
						around.reduce((sum, { theirs }) => sum + theirs, 0),
					);
					const richer = around.filter(
						({ theirs, other }) => theirs > units || (theirs === units && other < node),
					);
					t.is(claims.richerThan(node, units), richer.length);
				}
			}
		}),
	);
});

test("what a dead node told counts until all have noticed, and no longer", (t) => {
	const field = new Field({ x: Float64Array.of(0, 1, 2), y: new Float64Array(3) }, [0, 0]);
	const state = new NetworkState(field, Float64Array.of(1, 1, 1), RADIUS_M, () => {});
	const claims = new Claims(state);
	claims.tell(1, 70);
	claims.tell(2, 9);
	t.deepEqual([claims.neighboursOf(0), claims.chargeAround(0), claims.richerThan(0, 10)], [2, 79, 1]);
	state.batteries.pay(1, 2, 0);
	t.deepEqual([claims.neighboursOf(0), claims.chargeAround(0), claims.richerThan(0, 10)], [2, 79, 1]);
	claims.notice();
	t.deepEqual([claims.neighboursOf(0), claims.chargeAround(0), claims.richerThan(0, 10)], [1, 9, 0]);
});

test("what was asked for is remembered, so that only elections that look at charge pay for its telling", (t) => {
	const field = new Field({ x: Float64Array.of(0, 1), y: Float64Array.of(0, 0) }, [0, 0]);
	const claims = new Claims(new NetworkState(field, Float64Array.of(1, 1), RADIUS_M, () => {}));
	t.deepEqual([claims.isRead, claims.isChargeRead], [false, false]);
	t.is(claims.reachCost(0), Math.round(255 / RADIUS_M ** 2));
	t.is(claims.neighboursOf(1), 1);
	t.deepEqual([claims.isRead, claims.isChargeRead], [true, false]);
	claims.chargeAround(0);
	t.true(claims.isChargeRead);
});
