import test from "ava";
import { LinkAddress } from "../../../firmware/address.js";
import { predictiveCsmOpen } from "../../../firmware/fragments/predictive-variants.js";
import { HAS_CHAINED, StandingTable } from "../../../firmware/trust/standing.js";
import { saveStandings } from "../../../firmware/trust/standing-records.js";
import { TestNetwork } from "../support/network.js";

const NEIGHBOURS = 8;

test("a node that knows more chaining neighbours than it has places for starts again, and fills its places", (t) => {
	const table = new StandingTable(32);
	for (let id = 2; id < 2 + 2 * NEIGHBOURS; id++) {
		const i = table.obtain(LinkAddress.short(id), 0);
		for (let k = 0; k < 10; k++) table.noteSuccess(i);
		table.at(i).flags = HAS_CHAINED;
	}
	const blobs = new Map([["standing", saveStandings(table, 0)]]);
	for (const routing of [
		{ kind: "static", routes: [] },
		{ kind: "gradient", beaconPeriodUs: 10_000_000 },
	] as const) {
		const policy = predictiveCsmOpen.create({});
		const node = new TestNetwork().add({ profile: { neighbours: NEIGHBOURS }, policy, blobs, routing });
		t.is(node.neighbours.entries.length, NEIGHBOURS);
		t.true(node.neighbours.entries.every(({ hasChained }) => hasChained));
		node.stop();
	}
});
