import test from "ava";
import { LinkAddress } from "../../../firmware/address.js";
import { counting, udpPacket } from "../support/packets.js";
import { LowpanReceiver, payloadsOf, RECEIVER, SENDER } from "../support/reassembly.js";

const OTHER = LinkAddress.short(3);
/** Four fragments, three of 112 or 96 octets of the packet. */
const PACKET = udpPacket({ payload: counting(352) });
const [F1, F2, F3, F4] = payloadsOf(PACKET, 116) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];

/** A fragment with another header: size and tag as given, offset in octets (-1 for FRAG1). */
function fragment(size: number, tag: number, offset: number, data: Uint8Array): Uint8Array {
	const dispatch = offset < 0 ? 0xc0 : 0xe0;
	const head = [dispatch | (size >>> 8), size & 0xff, tag >>> 8, tag & 0xff];
	if (offset >= 0) head.push(offset >>> 3);
	return Uint8Array.from([...head, ...data]);
}

const { length: SIZE } = PACKET;
const AT2 = F2[4]! * 8;
const AT3 = F3[4]! * 8;

test("the fragments stand where this file thinks", (t) => {
	t.is(SIZE, 400);
	t.is(payloadsOf(PACKET, 116).length, 4);
	t.is(F2.length - 5, AT3 - AT2);
	t.deepEqual(fragment(SIZE, 7, AT2, F2.subarray(5)), F2);
});

test("an overlap discards what was stored and starts anew with the newcomer (RFC 4944, 5.3)", (t) => {
	const receiver = new LowpanReceiver();
	t.is(receiver.take(F1), undefined);
	t.is(receiver.take(F2), undefined);
	// Half of F2 again and eight octets more: another offset and another length.
	const overlap = fragment(SIZE, 7, AT2 + 8, new Uint8Array(AT3 - AT2).fill(9));
	t.is(receiver.take(overlap), undefined);
	t.deepEqual(receiver.recorder.values("contextClosed", "outcome"), ["fragment-overlap"]);
	t.is(receiver.reassembler.contexts.length, 1);
	t.is(receiver.reassembler.contexts[0]!.storedBytes, AT3 - AT2);
	// The honest fragments purge the attacker's in turn, and what is complete is the honest packet.
	t.is(receiver.take(F1), undefined);
	t.is(receiver.take(F2), undefined);
	t.is(receiver.take(F3), undefined);
	t.is(receiver.take(F4), undefined);
	t.deepEqual(receiver.take(F1), PACKET);
	t.true(receiver.isEmptyAfter());
});

test("the same offset with another length is an overlap too", (t) => {
	const receiver = new LowpanReceiver();
	receiver.take(F1);
	receiver.take(F2);
	t.is(receiver.take(fragment(SIZE, 7, AT2, new Uint8Array(8))), undefined);
	t.is(receiver.reassembler.contexts[0]!.storedBytes, 8);
	t.true(receiver.isEmptyAfter());
});

test("a duplicate is refused, and what came first is kept", (t) => {
	const receiver = new LowpanReceiver();
	receiver.take(F1);
	receiver.take(F2);
	const altered = F2.slice();
	altered.fill(0xff, 5);
	t.is(receiver.take(altered), "fragment-duplicate");
	receiver.take(F3);
	t.deepEqual(receiver.take(F4), PACKET);
	t.deepEqual(receiver.recorder.values("fragmentRefused", "reason"), ["fragment-duplicate"]);
	t.true(receiver.isEmptyAfter());
});

test("source, destination, size and tag are each part of the key", (t) => {
	const other = payloadsOf(udpPacket({ payload: counting(360) }), 116);
	const strangers: [string, () => unknown][] = [
		["source", () => receiver.take(F2, { source: OTHER })],
		["extended source with the same number", () => receiver.take(F2, { source: LinkAddress.extended(0, 1) })],
		["destination", () => receiver.take(F2, { destination: OTHER })],
		["size", () => receiver.take(other[1]!)],
		["tag", () => receiver.take(payloadsOf(PACKET, 116, { tag: 8 })[1]!)],
	];
	let receiver = new LowpanReceiver();
	for (const [name, take] of strangers) {
		receiver = new LowpanReceiver();
		receiver.take(F1);
		t.is(take(), undefined, name);
		t.is(receiver.reassembler.contexts.length, 2, name);
		t.is(receiver.take(F3), undefined, name);
		t.is(receiver.take(F4), undefined, name);
		t.deepEqual(receiver.take(F2), PACKET, name);
		t.true(receiver.isEmptyAfter(), name);
	}
});

test("tags wrap: 0xffff and 0x0000 follow each other as two packets", (t) => {
	const receiver = new LowpanReceiver();
	const last = payloadsOf(PACKET, 116, { tag: 0xffff });
	const next = payloadsOf(PACKET, 116, { tag: 0 });
	const results = last.flatMap((payload, i) => [receiver.take(payload), receiver.take(next[i]!)]);
	t.deepEqual(results.slice(0, 6), new Array(6).fill(undefined));
	t.deepEqual(results.slice(6), [PACKET, PACKET]);
	t.true(receiver.isEmptyAfter());
});

test("subsequent fragments may come before the first", (t) => {
	const receiver = new LowpanReceiver();
	for (const payload of [F4, F3, F2]) t.is(receiver.take(payload), undefined);
	t.false(receiver.reassembler.contexts[0]!.hasFirst);
	t.deepEqual(receiver.take(F1), PACKET);
	t.true(receiver.isEmptyAfter());
});

test("octets enough, but no first fragment: FRAGN at offset 0 does not stand in for it", (t) => {
	const receiver = new LowpanReceiver();
	t.is(receiver.take(fragment(SIZE, 7, 0, new Uint8Array(AT2))), undefined);
	for (const payload of [F2, F3, F4]) t.is(receiver.take(payload), undefined);
	t.is(receiver.reassembler.contexts[0]!.storedBytes, SIZE);
	t.true(receiver.isEmptyAfter());
});

test("malformed fragments take no memory, and leave a context as it is", (t) => {
	const malformed: [Uint8Array, string][] = [
		[fragment(SIZE, 7, AT3, new Uint8Array(13)), "fragment-misaligned"],
		[fragment(SIZE, 7, 392, new Uint8Array(9)), "fragment-beyond-size"],
		[fragment(SIZE, 7, 2040, new Uint8Array(8)), "fragment-beyond-size"],
		[fragment(SIZE, 7, AT3, new Uint8Array(0)), "fragment-empty"],
		[fragment(0, 7, AT3, new Uint8Array(8)), "fragment-size"],
		[fragment(1281, 7, AT3, new Uint8Array(8)), "fragment-size"],
		[F1.subarray(0, 4), "lowpan-truncated"],
		[F1.subarray(0, 6), "header-truncated"],
		[F2.subarray(0, 4), "fragment-truncated"],
	];
	for (const opened of [false, true]) {
		const receiver = new LowpanReceiver();
		if (opened) receiver.take(F1);
		for (const [payload, reason] of malformed) {
			t.is(receiver.take(payload), reason);
			t.is(receiver.reassembler.contexts.length, opened ? 1 : 0, reason);
			t.is(receiver.pool.lent, opened ? 1 : 0, reason);
		}
		if (opened) t.deepEqual([F2, F3, F4].map((payload) => receiver.take(payload)).at(-1), PACKET);
		t.true(receiver.isEmptyAfter());
	}
});

test("four contexts of 1,280 octets are charged, the fifth is refused, and all is given back", (t) => {
	const receiver = new LowpanReceiver();
	const { reassembler } = receiver;
	const charged: number[] = [];
	for (let tag = 0; tag < 4; tag++) {
		t.is(receiver.take(payloadsOf(PACKET, 116, { tag })[0]!), undefined);
		charged.push(reassembler.bytesInUse);
	}
	t.deepEqual(charged, [1280, 2560, 3840, 5120]);
	t.is(receiver.take(payloadsOf(PACKET, 116, { tag: 4 })[0]!), "reassembly-full");
	t.is(reassembler.peakBytes, 5120);
	// One that completes makes room for one.
	for (const payload of payloadsOf(PACKET, 116, { tag: 2 }).slice(1)) receiver.take(payload);
	t.is(reassembler.bytesInUse, 3840);
	t.is(receiver.take(payloadsOf(PACKET, 116, { tag: 4 })[0]!), undefined);
	t.deepEqual(receiver.recorder.values("contextOpened", "bytesInUse"), [1280, 2560, 3840, 5120, 5120]);
	t.true(receiver.isEmptyAfter());
	t.is(reassembler.peakBytes, 5120);
});

test("a budget below one context refuses all, without asking for a victim", (t) => {
	const receiver = new LowpanReceiver({ budgetBytes: 1279 });
	t.is(receiver.take(F1), "reassembly-full");
	t.is(receiver.pool.lent, 0);
});

test("the time-out comes exactly 60 s after the first arrival, however lively the packet is", (t) => {
	const receiver = new LowpanReceiver();
	receiver.clock.advanceTo(1000);
	receiver.take(F3);
	receiver.clock.advanceTo(30_000_000);
	receiver.take(F1);
	receiver.clock.advanceTo(60_000_999);
	t.is(receiver.take(F2), undefined);
	t.is(receiver.reassembler.contexts.length, 1);
	receiver.clock.advanceTo(60_001_000);
	t.is(receiver.reassembler.contexts.length, 0);
	t.deepEqual(receiver.recorder.values("contextClosed", "outcome"), ["reassembly-timed-out"]);
	t.deepEqual(receiver.recorder.values("contextClosed", "timeUs"), [60_001_000]);
	// What comes now is a new packet, not a late one.
	t.is(receiver.take(F4), undefined);
	t.true(receiver.isEmptyAfter());
});

test("contexts time out each at its own time, also when a shorter-lived one was opened later", (t) => {
	const receiver = new LowpanReceiver({ options: { timeoutS: 10 } });
	receiver.take(F1);
	receiver.clock.advanceTo(4_000_000);
	receiver.take(F1, { source: OTHER });
	receiver.clock.advanceTo(10_000_000);
	t.deepEqual(
		receiver.reassembler.contexts.map(({ source }) => source.low),
		[3],
	);
	receiver.clock.advanceTo(14_000_000);
	t.is(receiver.reassembler.contexts.length, 0);
	t.true(receiver.isEmptyAfter(0));
});

test("a late retransmission of a complete packet opens no zombie context, for some seconds", (t) => {
	for (const late of [F1, F2, F4]) {
		const receiver = new LowpanReceiver();
		for (const payload of [F1, F2, F3, F4]) receiver.take(payload);
		receiver.clock.advanceTo(3_900_000);
		t.is(receiver.take(late), "fragment-late");
		t.is(receiver.reassembler.contexts.length, 0);
		// Others are not taken for it.
		t.is(receiver.take(F1, { source: OTHER }), undefined);
		t.is(receiver.take(payloadsOf(PACKET, 116, { tag: 8 })[0]!), undefined);
		receiver.clock.advanceTo(4_000_000);
		// Then the tag may be used again.
		const again = [F4, F1, F2, F3].map((payload) => receiver.take(payload));
		t.deepEqual(again.at(-1), PACKET);
		t.true(receiver.isEmptyAfter());
	}
});

test("eight complete packets are remembered, from the same or several sources", (t) => {
	const receiver = new LowpanReceiver();
	for (let tag = 0; tag < 9; tag++) {
		for (const payload of payloadsOf(PACKET, 116, { tag })) receiver.take(payload);
	}
	const lates = Array.from({ length: 9 }, (_, tag) => receiver.take(payloadsOf(PACKET, 116, { tag })[3]!));
	t.deepEqual(lates, [undefined, ...new Array(8).fill("fragment-late")]);
	t.true(receiver.isEmptyAfter());
});

test("clear gives every buffer back at once", (t) => {
	const receiver = new LowpanReceiver();
	receiver.take(F1);
	receiver.take(F2, { source: OTHER, destination: RECEIVER });
	receiver.reassembler.clear("reassembly-evicted");
	t.true(receiver.isEmptyAfter(0));
	t.is(receiver.take(F1, { source: SENDER }), undefined);
	t.true(receiver.isEmptyAfter());
});
