import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../firmware/address.js";
import { type PacketRecord, PacketRecords, queued } from "../../../firmware/net/packet-record.js";

const BUFFER = new Uint8Array(1);

function identsOf(first: PacketRecord | undefined): number[] {
	const idents: number[] = [];
	for (let record = first; record !== undefined; record = record.next) idents.push(record.ident);
	return idents;
}

test("a queue of records is a list, whatever the records were used for before", (t) => {
	fc.assert(
		fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (puts) => {
			const records = new PacketRecords();
			const model: number[] = [];
			let first: PacketRecord | undefined;
			puts.forEach((isPut, ident) => {
				if (isPut) {
					first = queued(first, records.take(BUFFER, ident, LinkAddress.short(ident), ident, undefined));
					model.push(ident);
				} else if (first !== undefined) {
					const head = first;
					first = head.next;
					// What a holder leaves in it, the next one must not find.
					head.isRaw = true;
					head.rounds = 7;
					records.give(head);
					model.shift();
				}
				t.deepEqual(identsOf(first), model);
				t.is(records.lent, model.length);
			});
			for (let record = first; record !== undefined; record = record.next) {
				t.deepEqual([record.isRaw, record.rounds, record.destination.low], [false, 0, record.ident]);
			}
		}),
	);
});

test("a record's destination is its own: the address that it was given may change", (t) => {
	const address = LinkAddress.short(5);
	const record = new PacketRecords().take(BUFFER, 1, address, 1, "hello");
	address.setShort(6);
	t.is(record.destination.low, 5);
	t.is(record.control, "hello");
});
