import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../firmware/address.js";
import { StandingTable, State } from "../../../firmware/trust/standing.js";
import { RECORD_BYTES, restoreStandings, saveStandings } from "../../../firmware/trust/standing-records.js";

const S = 1e6;

function busyTable(): StandingTable {
	const table = new StandingTable(8);
	for (let id = 1; id <= 5; id++) {
		const address = id === 5 ? LinkAddress.extended(0x02000000, 5) : LinkAddress.short(id);
		const i = table.obtain(address, 0);
		for (let k = 0; k < 5 * id; k++) table.noteSuccess(i);
		table.noteIncomplete(i, 0.9, 1, true);
		table.at(i).flags = id & 1;
	}
	const i = table.find(LinkAddress.short(2), 0);
	table.noteFault(i, 1, true, 0);
	table.noteFault(i, 1, true, 0);
	table.putOnProbation(table.find(LinkAddress.short(3), 0));
	table.obtain(LinkAddress.short(77), 0);
	return table;
}

test("what is saved comes back, at whatever time of the new clock; newcomers are not worth it", (t) => {
	const table = busyTable();
	t.is(table.at(table.find(LinkAddress.short(2), 0)).state, State.blocked);
	const blob = saveStandings(table, 10 * S);
	t.is(blob.length, 5 * RECORD_BYTES);
	const again = new StandingTable(8);
	restoreStandings(again, blob, 5000 * S);
	t.is(again.count, 5);
	for (const name of ["score", "good", "bad", "surprise", "state", "strikes", "proofs", "flags"] as const) {
		for (let i = 0; i < 5; i++) t.is(again.at(i)[name], table.at(i)[name], `${name} of ${i}`);
	}
	t.true(again.find(LinkAddress.extended(0x02000000, 5), 5000 * S) >= 0);
	// 20 s of the block were left.
	const i = again.find(LinkAddress.short(2), 5019 * S);
	t.is(again.at(i).state, State.blocked);
	again.find(LinkAddress.short(2), 5021 * S);
	t.is(again.at(i).state, State.probation);
});

test("a spoiled blob throws nothing, and leaves a table in which every value may be", (t) => {
	const blob = saveStandings(busyTable(), 0);
	fc.assert(
		fc.property(
			fc.oneof(
				fc.uint8Array({ maxLength: 40 * RECORD_BYTES }),
				fc.integer({ min: 0, max: blob.length }).map((length) => blob.slice(0, length)),
				fc.tuple(fc.nat(blob.length - 1), fc.nat(255)).map(([at, octet]) => {
					const spoiled = blob.slice();
					spoiled[at] = octet;
					return spoiled;
				}),
			),
			(spoiled) => {
				const table = new StandingTable(8);
				restoreStandings(table, spoiled, 100 * S);
				for (let i = 0; i < table.count; i++) {
					t.true(table.at(i).state <= State.blocked);
					t.true(table.at(i).mode === 2 || table.at(i).mode === 3);
					const address =
						table.at(i).mode === 2
							? LinkAddress.short(table.at(i).low)
							: LinkAddress.extended(table.at(i).high, table.at(i).low);
					t.is(table.find(address, 100 * S), i);
					for (let k = 0; k < 100; k++) table.noteSuccess(i);
					t.true(table.at(i).good + table.at(i).bad <= 64 * 256);
					// The longest block is over after an hour.
					table.find(address, 3702 * S);
					t.not(table.at(i).state, State.blocked);
				}
			},
		),
	);
});
