import test from "ava";
import { oracle } from "../../../../sim/opponents/elections/oracle.js";
import { clique, Network } from "./window.js";

test("the five with most charge lead, the lower number among equals", (t) => {
	const charges = [10, 90, 80, 20, 70, 60, 60, 60, 5];
	t.deepEqual(new Network(oracle, clique(9), {}, { charges }).elect(), [1, 2, 4, 5, 6]);
	t.deepEqual(new Network(oracle, clique(9), { heads: 1 }, { charges }).elect(), [1]);
	t.is(new Network(oracle, clique(3), {}).elect().length, 3);
});
