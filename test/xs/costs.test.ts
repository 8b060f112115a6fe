import { readFileSync } from "node:fs";
import test from "ava";
import type { Operation } from "./machine/costs.js";
import { COSTS_MODULE, measureCosts } from "./support/costs.js";
import { startXs } from "./support/machines.js";

const FILE = new URL("../../../test/xs/costs.json", import.meta.url);
/** What a change may cost more before somebody has to say that it is meant. */
const MOST = 1.1;

test("nothing that a node does often takes over a tenth more instructions than when that was last agreed to", async (t) => {
	const xs = await startXs(t, { modules: [COSTS_MODULE] });
	if (!xs) return;
	const agreed = JSON.parse(readFileSync(FILE, "utf8")) as Record<Operation, number>;
	const costs = measureCosts(xs);
	t.deepEqual(Object.keys(costs), Object.keys(agreed));
	t.deepEqual(measureCosts(xs), costs, "the count is exact");
	for (const [name, instructions] of Object.entries(costs) as [Operation, number][]) {
		const most = Math.floor(agreed[name] * MOST);
		t.true(
			instructions <= most,
			`${name}: expected at most ${most} instructions, got ${instructions}; npm run xs-costs if that is meant`,
		);
	}
});
