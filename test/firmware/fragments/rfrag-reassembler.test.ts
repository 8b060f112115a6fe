import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../firmware/address.js";
import { type RfragPacket, RfragReassembler } from "../../../firmware/fragments/rfrag-reassembler.js";
import { encodeRfrag } from "../../../firmware/frames/rfrag.js";

const SOURCE = LinkAddress.short(1);
const OTHER = LinkAddress.short(2);
const DESTINATION = LinkAddress.short(3);
const TIMEOUT_US = 1_000_000;

/** A frame of sequence `sequence`: `data` at `offset` (for sequence 0: the size of the packet). */
function frame(sequence: number, offset: number, data: Uint8Array, tag = 7, size = data.length): Uint8Array {
	const bytes = new Uint8Array(6 + data.length);
	encodeRfrag({ ecn: false, tag, ackRequest: false, sequence, size, offset }, bytes, 0);
	bytes.set(data, 6);
	return bytes;
}

function fresh(contexts = 2): RfragReassembler {
	return new RfragReassembler({ contexts, contextBytes: 1280, timeoutUs: TIMEOUT_US });
}

function take(
	reassembler: RfragReassembler,
	bytes: Uint8Array,
	source = SOURCE,
	timeUs = 0,
): RfragPacket | string | undefined {
	return reassembler.accept(bytes, 0, bytes.length, source, DESTINATION, timeUs);
}

const DATA = Uint8Array.from({ length: 30 }, (_, i) => i);
const PIECES = [
	frame(0, 30, DATA.subarray(0, 10)),
	frame(1, 10, DATA.subarray(10, 20)),
	frame(2, 20, DATA.subarray(20, 30)),
];

test("fragments in any order make the packet, duplicates do no harm", (t) => {
	const orders = fc.shuffledSubarray([0, 1, 2, 0, 1, 2], { minLength: 6 });
	fc.assert(
		fc.property(orders, (order) => {
			const reassembler = fresh();
			const seen = new Set<number>();
			for (const i of order) {
				const result = take(reassembler, PIECES[i]!);
				if (seen.has(i)) t.is(result, "rfrag-duplicate");
				seen.add(i);
				if (seen.size < 3) continue;
				if (typeof result !== "object") throw new Error(String(result));
				t.deepEqual(result.bytes.slice(0, result.length), DATA);
				t.is(reassembler.open, 0);
				return;
			}
		}),
	);
});

test("packets of two senders, or two tags, are not mixed", (t) => {
	const reassembler = fresh();
	t.is(take(reassembler, PIECES[0]!), undefined);
	t.is(take(reassembler, PIECES[1]!, OTHER), undefined);
	t.is(take(reassembler, PIECES[2]!), undefined);
	t.is(reassembler.open, 2);
	t.is(take(reassembler, frame(1, 10, DATA.subarray(10, 20), 8)), "rfrag-full");
	t.is(typeof take(reassembler, PIECES[1]!), "object");
});

test("no size field is trusted", (t) => {
	const reassembler = fresh();
	t.is(take(reassembler, frame(1, 10, DATA, 7, 31)), "rfrag-size");
	t.is(take(reassembler, frame(1, 10, new Uint8Array(0))), "rfrag-size");
	t.is(take(reassembler, frame(1, 1260, DATA)), "rfrag-beyond-size");
	t.is(take(reassembler, frame(0, 1281, DATA)), "rfrag-beyond-size");
	t.is(reassembler.open, 0);
});

test("an overlap, another size or a piece past the end ends the packet", (t) => {
	const attacks: [Uint8Array, string][] = [
		[frame(3, 5, DATA.subarray(0, 10)), "rfrag-overlap"],
		[frame(0, 40, DATA.subarray(0, 10)), "rfrag-size-changed"],
		[frame(0, 30, DATA.subarray(0, 9)), "rfrag-overlap"],
		[frame(3, 25, DATA.subarray(0, 10)), "rfrag-beyond-size"],
	];
	for (const [attack, reason] of attacks) {
		const reassembler = fresh();
		take(reassembler, PIECES[0]!);
		t.is(take(reassembler, attack), reason);
		t.is(reassembler.open, 0);
	}
	const reassembler = fresh();
	take(reassembler, PIECES[2]!);
	t.is(take(reassembler, frame(0, 25, DATA.subarray(0, 10))), "rfrag-beyond-size");
	t.is(reassembler.open, 0);
});

test("the sender can give a packet up (RFC 8931, section 6)", (t) => {
	const reassembler = fresh();
	take(reassembler, PIECES[0]!);
	t.is(take(reassembler, frame(0, 0, new Uint8Array(0))), "rfrag-aborted");
	t.is(reassembler.open, 0);
});

test("time ends a packet and makes room", (t) => {
	const reassembler = fresh(1);
	take(reassembler, PIECES[0]!);
	t.is(take(reassembler, PIECES[0]!, OTHER, TIMEOUT_US - 1), "rfrag-full");
	t.is(take(reassembler, PIECES[0]!, OTHER, TIMEOUT_US), undefined);
	t.is(reassembler.expire(2 * TIMEOUT_US), 1);
	t.is(reassembler.open, 0);
});

test("random frames never throw, and leave no more than the contexts that there are", (t) => {
	const piece = fc.record({
		sequence: fc.integer({ min: 0, max: 4 }),
		offset: fc.integer({ min: 0, max: 60 }),
		length: fc.integer({ min: 0, max: 30 }),
		tag: fc.integer({ min: 0, max: 2 }),
	});
	fc.assert(
		fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
			const reassembler = fresh();
			for (const { sequence, offset, length, tag } of pieces) {
				take(reassembler, frame(sequence, offset, DATA.subarray(0, length), tag));
				t.true(reassembler.open <= 2);
			}
			reassembler.expire(TIMEOUT_US);
			t.is(reassembler.open, 0);
		}),
	);
});
