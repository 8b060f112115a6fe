import test from "ava";
import { LinkAddress } from "../../../firmware/address.js";
import { KeptStandings } from "../../../firmware/fragments/kept-standings.js";
import type { PolicyHost } from "../../../firmware/fragments/policy.js";
import { StandingTable } from "../../../firmware/trust/standing.js";

/** A table of few places whose changes are told to a list of address and state. */
function bench(places: number) {
	const told: string[] = [];
	const table = new StandingTable(places);
	const kept = new KeptStandings(table);
	kept.attach({
		node: 0,
		clock: { nowUs: () => 0 },
		store: { get: () => undefined, set: () => {} },
		sink: {
			standingChanged: (_timeUs: number, _node: number, neighbour: LinkAddress, state: string) => {
				told.push(`${neighbour} ${state}`);
			},
		},
	} as unknown as PolicyHost);
	const fault = (short: number, timeUs: number): void => {
		const i = table.obtain(LinkAddress.short(short), timeUs);
		table.noteFault(i, 1, true, timeUs);
		kept.noteChange(i, timeUs);
	};
	return { told, table, kept, fault };
}

test("a state is told once, and again when it changes", (t) => {
	const { told, table, kept, fault } = bench(2);
	fault(1, 0);
	fault(1, 20_000_000);
	t.deepEqual(told, ["0x0001 doubted", "0x0001 blocked"]);
	kept.find(LinkAddress.short(1), 25_000_000);
	t.is(told.length, 2);
	kept.find(LinkAddress.short(1), 60_000_000);
	t.deepEqual(told.slice(2), ["0x0001 probation"]);
	t.is(table.count, 1);
});

test("who takes the place of another is told of as if nothing had been", (t) => {
	const { told, fault } = bench(1);
	fault(1, 0);
	fault(2, 1_000_000);
	fault(3, 2_000_000);
	t.deepEqual(told, ["0x0001 doubted", "0x0002 doubted", "0x0003 doubted"]);
});
