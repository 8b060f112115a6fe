import test from "ava";
import fc from "fast-check";
import { ChainHash } from "../../../firmware/fragments/chain-hash.js";
import { Fragmenter } from "../../../firmware/fragments/fragmenter.js";
import { PacketHead } from "../../../firmware/fragments/packet-head.js";
import { hostDigest } from "../../../host-tools/crypto.js";
import { LINK_KEY, planOf, standardPacket } from "../support/chains.js";
import { CONTEXTS } from "../support/network.js";
import { payloadsOf, RECEIVER, SENDER } from "../support/reassembly.js";

const ROOM = 100;

const packets = fc.record({
	size: fc.integer({ min: 60, max: 1280 }),
	seed: fc.integer({ min: 0, max: 255 }),
	tag: fc.integer({ min: 0, max: 0xffff }),
	chained: fc.constantFrom(undefined, "open", "keyed"),
});

test("packets that are sent at the same time with one head are the same as with one each", (t) => {
	const cases = fc.record({
		list: fc.array(packets, { minLength: 2, maxLength: 5 }),
		turns: fc.infiniteStream(fc.nat()),
	});
	fc.assert(
		fc.property(cases, ({ list, turns }) => {
			const head = new PacketHead(CONTEXTS);
			const hash = new ChainHash(hostDigest);
			const sent = list.map(({ size, seed, tag, chained }) => {
				const plan = chained && planOf(8, tag, chained === "keyed" ? LINK_KEY : undefined);
				const packet = standardPacket(size, seed);
				const alone = payloadsOf(packet, ROOM, { tag, plan });
				return {
					plan,
					packet,
					tag,
					alone,
					fragmenter: new Fragmenter(head, hash),
					payloads: [] as Uint8Array[],
				};
			});
			const waiting = [...sent];
			while (waiting.length > 0) {
				const turn = turns.next().value! % waiting.length;
				const { fragmenter, packet, tag, plan, payloads } = waiting[turn]!;
				if (payloads.length === 0) fragmenter.begin(packet, packet.length, SENDER, RECEIVER, tag, ROOM, plan);
				const out = new Uint8Array(200).fill(0xee);
				payloads.push(out.slice(9, fragmenter.next(out, 9, ROOM)));
				if (fragmenter.done) waiting.splice(turn, 1);
			}
			for (const { payloads, alone } of sent) t.deepEqual(payloads, alone);
		}),
		{ numRuns: 200 },
	);
});

test("a first payload after another packet began is the caller's mistake, not that packet's headers", (t) => {
	const head = new PacketHead(CONTEXTS);
	const early = new Fragmenter(head);
	const late = new Fragmenter(head);
	const out = new Uint8Array(ROOM);
	const packet = standardPacket(300, 1);
	early.begin(packet, packet.length, SENDER, RECEIVER, 1, ROOM);
	late.begin(packet, packet.length, RECEIVER, SENDER, 2, ROOM);
	t.throws(() => early.next(out, 0, ROOM), { message: /before another packet begins/ });
	t.true(late.next(out, 0, ROOM) > 0);
});
