import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../firmware/address.js";
import { ChainHash } from "../../../firmware/fragments/chain-hash.js";
import { ChainSender } from "../../../firmware/fragments/chain-sender.js";
import { predictiveCsmOpen } from "../../../firmware/fragments/predictive-variants.js";
import { CSMA_DEFAULTS, longestDeliveryUs } from "../../../firmware/mac/csma.js";
import { NONCE_BLOCK } from "../../../firmware/mac/link-keys.js";
import { hostDigest } from "../../../host-tools/crypto.js";
import { keyringWith, LINK_KEY, planOf, standardPacket } from "../support/chains.js";
import { LowpanReceiver, payloadsOf, SENDER } from "../support/reassembly.js";

const PACKET = standardPacket(500);
/** A gap is given the time of two longest deliveries, here those of a policy that serves no node. */
const GAP_US = 2 * longestDeliveryUs(CSMA_DEFAULTS);

const chained = (nonce = 1, tag = 1, packet = PACKET) =>
	payloadsOf(packet, 116, { tag, plan: planOf(8, nonce) });

/** A receiver whose policy is that of a node. */
const openReceiver = () =>
	new LowpanReceiver({ policy: predictiveCsmOpen.create({}), budgetBytes: 4 * 1280 });

test("a gap, a duplicate, an orphan and a mismatch are told apart", (t) => {
	const [first, second, third, fourth, ...rest] = chained() as [
		Uint8Array,
		Uint8Array,
		Uint8Array,
		Uint8Array,
	];
	const receiver = openReceiver();
	t.is(receiver.take(second), "fragment-orphan");
	t.is(receiver.take(first), undefined);
	t.is(receiver.take(first), "fragment-duplicate");
	t.is(receiver.take(third), "fragment-gap");
	t.is(receiver.take(fourth), "fragment-gap");
	const forged = second.map((octet, i) => (i === second.length - 1 ? octet ^ 1 : octet));
	t.is(receiver.take(forged), "fragment-mismatch");
	t.is(receiver.take(second), undefined);
	t.is(receiver.take(second), "fragment-duplicate");
	// What is stored already is no mismatch, whatever it says now.
	t.is(receiver.take(forged), "fragment-duplicate");
	t.is(receiver.take(third), undefined);
	t.is(receiver.take(fourth), undefined);
	t.deepEqual(rest.map((payload) => receiver.take(payload)).at(-1), PACKET);
	t.is(receiver.take(second), "fragment-orphan");
	t.is(receiver.take(first), "fragment-replayed");
	t.true(receiver.isEmptyAfter());
});

test("retransmissions, each fragment up to three times in a row: the packet, once", (t) => {
	fc.assert(
		fc.property(fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 13, maxLength: 13 }), (counts) => {
			const payloads = chained(3, 4, standardPacket(1280));
			const receiver = openReceiver();
			const results = payloads.flatMap((payload, i) =>
				Array.from({ length: counts[i]! }, () => receiver.take(payload)),
			);
			t.is(results.filter((result) => result instanceof Uint8Array).length, 1);
			for (const result of results)
				if (typeof result === "string") t.regex(result, /^fragment-(duplicate|orphan|replayed)$/);
			t.true(receiver.isEmptyAfter());
		}),
		{ numRuns: 100 },
	);
});

test("any order, loss and repetition: nothing, or the packet; and what is refused says why", (t) => {
	const orders = fc.array(fc.nat({ max: 4 }), { maxLength: 40 });
	fc.assert(
		fc.property(orders, (order) => {
			const payloads = chained();
			const receiver = openReceiver();
			let expected = 0;
			let isOpen = false;
			let isDone = false;
			for (const i of order) {
				const result = receiver.take(payloads[i]!);
				if (isDone) t.is(result, i === 0 ? "fragment-replayed" : "fragment-orphan");
				else if (i === 0) {
					t.is(result, isOpen ? "fragment-duplicate" : undefined);
					if (!isOpen) expected = 1;
					isOpen = true;
				} else if (!isOpen) t.is(result, "fragment-orphan");
				else if (i < expected) t.is(result, "fragment-duplicate");
				else if (i > expected) t.is(result, "fragment-gap");
				else if (++expected < payloads.length) t.is(result, undefined);
				else {
					t.deepEqual(result, PACKET);
					isDone = true;
				}
			}
			t.true(receiver.isEmptyAfter());
		}),
		{ numRuns: 300 },
	);
});

test("after a lost fragment the memory is free once no delivery can take longer", (t) => {
	const [first, second, , fourth] = chained() as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
	const receiver = openReceiver();
	receiver.take(first);
	receiver.take(second);
	receiver.clock.advanceBy(50_000);
	t.is(receiver.take(fourth), "fragment-gap");
	receiver.clock.advanceBy(GAP_US - 50_000 - 1);
	t.is(receiver.reassembler.contexts.length, 1);
	receiver.clock.advanceBy(1);
	t.deepEqual(receiver.reassembler.contexts, []);
	t.deepEqual([receiver.reassembler.bytesInUse, receiver.pool.lent], [0, 0]);
	t.deepEqual(receiver.recorder.values("contextClosed", "outcome"), ["reassembly-timed-out"]);
	t.is(receiver.take(fourth), "fragment-orphan");
});

test("a gap that shows when it is too late ends the context at once", (t) => {
	const [first, , third] = chained() as [Uint8Array, Uint8Array, Uint8Array];
	const receiver = openReceiver();
	receiver.take(first);
	receiver.clock.advanceBy(GAP_US + 1);
	t.is(receiver.reassembler.contexts.length, 1);
	t.is(receiver.take(third), "fragment-gap");
	t.deepEqual(receiver.reassembler.contexts, []);
});

test("a spoofed gap before every fragment does not harm a sender who goes on in time", (t) => {
	const payloads = chained();
	const last = payloads.at(-1)!;
	const receiver = openReceiver();
	let result: unknown;
	payloads.forEach((payload, i) => {
		receiver.clock.advanceBy(GAP_US - 1);
		const forged = last.map((octet, at) => (at > 6 ? octet ^ 0x55 : octet));
		if (i > 0 && i + 1 < payloads.length) t.is(receiver.take(forged), "fragment-gap");
		result = receiver.take(payload);
	});
	t.deepEqual(result, PACKET);
	t.true(receiver.isEmptyAfter());
});

test("a gap that was filled counts no more: the next pause may be as long as any", (t) => {
	const [first, second, third, ...rest] = chained() as [Uint8Array, Uint8Array, Uint8Array];
	const receiver = openReceiver();
	receiver.take(first);
	t.is(receiver.take(third), "fragment-gap");
	t.is(receiver.take(second), undefined);
	receiver.clock.advanceBy(GAP_US + 100_000);
	t.is(receiver.take(third), undefined);
	t.deepEqual(rest.map((payload) => receiver.take(payload)).at(-1), PACKET);
});

/** A chain of two fragments, forged from the first ones of a longer packet: its end says less than its size. */
function endedEarly(): Uint8Array[] {
	const [first, second] = chained() as [Uint8Array, Uint8Array];
	const sender = new ChainSender(new ChainHash(hostDigest));
	const from = second[5]! * 8;
	const data = first.subarray(16);
	const cuts = [0, from, from + second.length - 14];
	sender.begin(planOf(8, 1), PACKET, PACKET.length, data, data.length, cuts, 2);
	sender.putToken(0, first, 8);
	sender.putToken(1, second, 6);
	return [first, second];
}

test("a verified fragment whose zero token and end of packet do not fall together ends its context", (t) => {
	const receiver = openReceiver();
	const [first, second] = endedEarly() as [Uint8Array, Uint8Array];
	t.is(receiver.take(first), undefined);
	t.is(receiver.take(second), "fragment-size");
	t.deepEqual(receiver.reassembler.contexts, []);
	t.true(receiver.isEmptyAfter());
});

test("tokens too short without a key are refused, and a key that is not shared proves nothing", (t) => {
	const weak = payloadsOf(PACKET, 116, { plan: planOf(4, 1) });
	t.is(openReceiver().take(weak[0]!), "fragment-weak-chain");
	const keyed = payloadsOf(PACKET, 116, { plan: planOf(4, 1, LINK_KEY) });
	t.is(openReceiver().take(keyed[0]!), "fragment-unauthenticated");
	const sharing = new LowpanReceiver({ keys: keyringWith(SENDER) });
	t.is(sharing.take(chained()[0]!), "fragment-unauthenticated");
	t.is(sharing.take(chained()[0]!, { source: LinkAddress.short(9) }), undefined);
});

test("a nonce is accepted once, and none below it, not after a power cycle either", (t) => {
	const blobs = new Map<string, Uint8Array>();
	const cycle = () => new LowpanReceiver({ keys: keyringWith(SENDER, blobs) });
	const keyed = (nonce: number) => payloadsOf(PACKET, 116, { tag: nonce, plan: planOf(4, nonce, LINK_KEY) });
	let receiver = cycle();
	const pass = (nonce: number) =>
		keyed(nonce)
			.map((payload) => receiver.take(payload))
			.at(-1);
	t.deepEqual(pass(10), PACKET);
	t.is(receiver.take(keyed(10)[0]!), "fragment-replayed");
	t.is(pass(10), "fragment-orphan");
	t.is(receiver.take(keyed(9)[0]!), "fragment-replayed");
	t.deepEqual(pass(12), PACKET);
	t.is(receiver.take(keyed(11)[0]!), "fragment-replayed");
	receiver = cycle();
	// A block was reserved when the first of them was accepted.
	for (const nonce of [10, 11, 12, 13, 10 + NONCE_BLOCK - 1])
		t.is(receiver.take(keyed(nonce)[0]!), "fragment-replayed");
	t.deepEqual(pass(10 + NONCE_BLOCK), PACKET);
	t.deepEqual(pass(0xfffffffe), PACKET);
	receiver = cycle();
	t.is(receiver.take(keyed(0xfffffffe)[0]!), "fragment-replayed");
});
