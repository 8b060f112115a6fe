import type { ExecutionContext } from "ava";
import { LinkAddress } from "../../../firmware/address.js";
import { SLOT_BYTES } from "../../../firmware/buffer-pool.js";
import { ChainHash } from "../../../firmware/fragments/chain-hash.js";
import { ChainReceiver } from "../../../firmware/fragments/chain-receiver.js";
import { slotBytes } from "../../../firmware/fragments/context.js";
import { Fragmenter } from "../../../firmware/fragments/fragmenter.js";
import { PacketHead } from "../../../firmware/fragments/packet-head.js";
import type { PolicyFactory } from "../../../firmware/fragments/policy.js";
import { Adaptation } from "../../../firmware/net/adaptation.js";
import { CHAIN_BYTES, CONTEXT_BYTES } from "../../../firmware/trust/parameters.js";
import { hostDigest } from "../../../host-tools/crypto.js";
import { CONTEXTS } from "../../firmware/support/network.js";
import { counting, udpPacket } from "../../firmware/support/packets.js";
import { type Outcome, Receiver } from "./arrivals.js";

const DESTINATION = LinkAddress.short(2);
/** What a frame between short addresses has for its payload. */
const ROOM_BYTES = 116;
const HASH = new ChainHash(hostDigest);

/** A packet of 400 octets: a first fragment in two slots, and three more in one each. */
export const PACKET = udpPacket({ payload: counting(352) });
/** What the first fragment of {@link PACKET} is charged, and each other one. */
export const FIRST_BYTES = CONTEXT_BYTES + CHAIN_BYTES + 2 * slotBytes(SLOT_BYTES);
export const NEXT_BYTES = slotBytes(SLOT_BYTES);

/** The chained fragments of {@link PACKET}, as the node's own fragmenter makes them. */
export function chained(tag: number, source = 1): [Uint8Array, Uint8Array, Uint8Array, Uint8Array] {
	const fragmenter = new Fragmenter(new PacketHead(CONTEXTS), HASH);
	const plan = { keyed: false, tokenBytes: 8, nonce: tag, key: undefined };
	fragmenter.begin(PACKET, PACKET.length, LinkAddress.short(source), DESTINATION, tag, ROOM_BYTES, plan);
	const payloads: Uint8Array[] = [];
	while (!fragmenter.done) {
		const out = new Uint8Array(ROOM_BYTES);
		payloads.push(out.slice(0, fragmenter.next(out, 0, ROOM_BYTES)));
	}
	const [first, second, third, fourth, ...more] = payloads;
	if (fourth === undefined || more.length > 0)
		throw new Error(`chained: ${payloads.length} fragments, not 4`);
	return [first!, second!, third!, fourth];
}

/** Three senders' packets, under tags 20, 21 and 22, and who sends the second and the third. */
export const [A1, A2, A3, A4] = chained(20);
export const [B1, B2, B3] = chained(21, 3);
export const [C1] = chained(22, 4);
export const B = { source: 3 };
export const C = { source: 4 };

/** A fragment whose last octet is another. */
export function altered(payload: Uint8Array): Uint8Array {
	const copy = payload.slice();
	copy[copy.length - 1]! ^= 1;
	return copy;
}

/** A chained fragment that arrives: what happens to it, and how many contexts are open afterwards. */
export type ChainedRow = readonly [
	payload: Uint8Array,
	outcome: Outcome,
	contexts: number,
	more?: { readonly atMs?: number; readonly source?: number; readonly secured?: boolean },
];

/** Plays the rows to a fresh receiver, then waits for every time-out and looks for leaks. */
export function playChained(
	t: ExecutionContext,
	factory: PolicyFactory,
	rows: readonly ChainedRow[],
	budgetBytes = 6144,
): Receiver {
	const receiver = new Receiver(factory, budgetBytes);
	const { clock, pool, reassembler } = receiver;
	const adaptation = new Adaptation({
		contexts: CONTEXTS,
		reassembler,
		pool,
		chains: new ChainReceiver(HASH, reassembler, undefined),
	});
	rows.forEach(([payload, outcome, contexts, { atMs, source = 1, secured = false } = {}], i) => {
		if (atMs !== undefined) clock.advanceTo(atMs * 1000);
		const from = LinkAddress.short(source);
		const end = payload.length;
		const result = adaptation.receive(payload, 0, end, from, DESTINATION, clock.nowUs(), secured);
		if (typeof result === "object") {
			t.deepEqual(result.buffer.slice(0, result.length), PACKET, `row ${i}`);
			pool.give(result.buffer);
		}
		t.is(typeof result === "object" ? "completed" : (result ?? "stored"), outcome, `row ${i}`);
		t.is(reassembler.contexts.length, contexts, `contexts after row ${i}`);
	});
	clock.advanceTo(clock.nowUs() + 60_000_000);
	t.is(reassembler.contexts.length, 0, "contexts after the time-out");
	t.is(reassembler.bytesInUse, 0, "octets after the time-out");
	t.is(pool.lent, 0, "buffers after the time-out");
	return receiver;
}
