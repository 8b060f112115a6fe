import process from "node:process";
import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../firmware/address.js";
import { CSMA_DEFAULTS, longestDeliveryUs } from "../../../firmware/mac/csma.js";
import { State } from "../../../firmware/trust/standing.js";
import { SeededRandom } from "../support/random.js";
import { ChainingSender, GuardedReceiver } from "../trust/support/guarded-receiver.js";

// A receiver whose honest neighbours are framed, spoofed, replayed and downgraded all at once.

const RUNS = process.env["LOWGUARD_SLOW"] === "1" ? 1000 : 60;
const NEIGHBOURS = 5;
const ROUNDS = 6;
/** Memory for the honest ones, and for as many empty promises as a round of the attack can make between two frames. */
const BUDGET_BYTES = 8 * 1280;
/** Forged frames between two honest ones, at most. */
const FORGED_MOST = 4;
/** Whoever has begun a packet goes on after so long, so that all do before a made-up gap may end their contexts. */
const PAUSE_MOST_US = longestDeliveryUs(CSMA_DEFAULTS) / 2;

interface Honest {
	readonly sender: ChainingSender;
	packet: Uint8Array;
	payloads: Uint8Array[];
	next: number;
	/** When its latest fragment was sent. */
	sentUs: number;
	/** What was on the air before. */
	heard: Uint8Array[];
}

const FORGERIES = ["mismatch", "first", "replay", "downgrade", "size", "tag"] as const;

/** A frame that anybody can make who heard what was on the air. */
function forge(
	kind: (typeof FORGERIES)[number],
	victim: Honest,
	forger: ChainingSender,
	random: SeededRandom,
): Uint8Array {
	const { payloads, next, heard } = victim;
	const copy = payloads[Math.min(Math.max(next, 1), payloads.length - 1)]!.slice();
	// Nobody knows what was not on the air yet.
	copy[copy.length - 1 - random.below(8)]! ^= 1 + random.below(255);
	switch (kind) {
		case "mismatch":
			return copy;
		case "first": {
			// A rival anchor under the names of the packet that is on its way.
			const rival = forger.payloads(forger.packet(300 + random.below(600)))[0]!;
			rival.set(payloads[0]!.subarray(1, 5), 1);
			return rival;
		}
		case "replay":
			return heard.length === 0 ? copy : heard[random.below(heard.length)]!;
		case "downgrade": {
			const plain = forger.payloads(forger.packet(300), true);
			return plain[random.below(plain.length)]!;
		}
		case "size":
			copy[2] = copy[2]! ^ 8;
			return copy;
		case "tag":
			copy[4] = copy[4]! + 1;
			return copy;
	}
}

for (const variant of ["open", "keyed"] as const) {
	test(`${variant}: five neighbours under every forgery at once lose no packet, no score and no freedom`, (t) => {
		fc.assert(
			fc.property(fc.integer({ min: 1 }), (seed) => {
				const random = new SeededRandom(seed);
				const receiver = new GuardedReceiver(variant, { budgetBytes: BUDGET_BYTES });
				// Whoever forges has no key.
				const neighbours: Honest[] = Array.from({ length: NEIGHBOURS }, (_, k) => {
					const sender = new ChainingSender(LinkAddress.short(1 + k), variant, seed + k);
					return { sender, packet: new Uint8Array(), payloads: [], next: 0, sentUs: 0, heard: [] };
				});
				// They are known to chain: until then an open receiver takes plain fragments for theirs.
				for (const { sender } of neighbours) {
					for (const payload of sender.payloads(sender.packet(200))) receiver.take(payload, sender.address);
				}
				let sent = 0;
				let delivered = 0;
				while (
					sent < NEIGHBOURS * ROUNDS ||
					neighbours.some(({ next, payloads }) => next < payloads.length)
				) {
					const dueUs = receiver.clock.nowUs() - PAUSE_MOST_US;
					const honest =
						neighbours.find(({ sentUs, next, payloads }) => next < payloads.length && sentUs < dueUs) ??
						neighbours[random.below(NEIGHBOURS)]!;
					const { sender } = honest;
					if (honest.next >= honest.payloads.length) {
						if (sent >= NEIGHBOURS * ROUNDS) continue;
						sent++;
						honest.heard = honest.payloads;
						honest.packet = sender.packet(150 + random.below(500));
						honest.payloads = sender.payloads(honest.packet);
						honest.next = 0;
					}
					for (let k = random.below(FORGED_MOST + 1); k > 0; k--) {
						const victim = neighbours[random.below(NEIGHBOURS)]!;
						if (victim.payloads.length === 0) continue;
						const forger = new ChainingSender(victim.sender.address, "open", random.int32());
						const kind = FORGERIES[random.below(FORGERIES.length)]!;
						const outcome = receiver.take(forge(kind, victim, forger, random), victim.sender.address, 2000);
						// Nothing that was made up is handed on.
						t.false(typeof outcome === "object", kind);
					}
					const outcome = receiver.take(honest.payloads[honest.next++]!, sender.address, 5000);
					honest.sentUs = receiver.clock.nowUs();
					if (honest.next < honest.payloads.length) t.is(outcome, undefined);
					else {
						t.true(typeof outcome === "object", `${String(outcome)}`);
						t.deepEqual(outcome, honest.packet);
						delivered++;
					}
					t.true(receiver.reassembler.bytesInUse <= BUDGET_BYTES);
					t.true((receiver.scoreOf(sender.address) ?? 0.5) >= 0.4999);
					t.true((receiver.stateOf(sender.address) ?? State.normal) === State.normal);
				}
				t.is(delivered, NEIGHBOURS * ROUNDS);
				receiver.clock.advanceBy(61_000_000);
				t.is(receiver.reassembler.bytesInUse, 0);
				t.is(receiver.pool.lent, 0);
			}),
			{ numRuns: RUNS },
		);
	});
}
