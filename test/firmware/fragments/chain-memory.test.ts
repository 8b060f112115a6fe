import test from "ava";
import { LinkAddress } from "../../../firmware/address.js";
import {
	predictiveCsm,
	predictiveCsmKeyed,
	predictiveCsmOpen,
} from "../../../firmware/fragments/predictive-variants.js";
import { rfc4944 } from "../../../firmware/fragments/rfc4944.js";
import { keyringWith, LINK_KEY, planOf, standardPacket } from "../support/chains.js";
import { SeededRandom } from "../support/random.js";
import { LowpanReceiver, payloadsOf, SENDER } from "../support/reassembly.js";

const BUDGET_BYTES = 4 * 1280;
const FRAMES = process.env["LOWGUARD_SLOW"] === undefined ? 6_000 : 300_000;
const POLICIES = [predictiveCsm, predictiveCsmOpen, predictiveCsmKeyed, rfc4944];

for (const isOwnAddress of [true, false]) {
	const whose = isOwnAddress ? "the honest sender's address" : "invented addresses";
	test(`a thousand empty promises under ${whose} stay within the budget, and an honest packet completes`, (t) => {
		const receiver = new LowpanReceiver({ policy: predictiveCsmOpen.create({}), budgetBytes: BUDGET_BYTES });
		const honest = payloadsOf(standardPacket(1280, 7), 116, { tag: 77, plan: planOf(8, 7777) });
		const promise = (i: number) => payloadsOf(standardPacket(1280), 116, { tag: i, plan: planOf(8, i) })[0]!;
		const flood = (i: number) => {
			const source = isOwnAddress ? SENDER : LinkAddress.short(0x100 + i);
			receiver.take(promise(i), { source });
			receiver.clock.advanceBy(500);
			t.true(receiver.reassembler.bytesInUse <= BUDGET_BYTES);
		};
		for (let i = 0; i < 1000; i++) flood(i);
		t.true(receiver.reassembler.contexts.length > 10, "a promise costs as much as it brings, no more");
		const results = honest.map((payload, k) => {
			const result = receiver.take(payload);
			for (let i = 0; i < 5; i++) flood(1000 + 5 * k + i);
			return result;
		});
		t.deepEqual(results.at(-1), standardPacket(1280, 7));
		t.true(receiver.reassembler.peakBytes <= BUDGET_BYTES);
		t.true(receiver.isEmptyAfter());
	});
}

/** Chained fragments as an attacker makes them who knows the format: real ones, altered, cut, mixed, from anywhere. */
class Garbage {
	readonly #random: SeededRandom;
	readonly #packets: readonly Uint8Array[][];
	/** What is left of a packet under the key, whose nonce is new. */
	#keyed: Uint8Array[] = [];
	#nonce = 0;

	constructor(seed: number) {
		this.#random = new SeededRandom(seed);
		const sizes = [150, 300, 700, 1280];
		this.#packets = sizes.flatMap((size, i) => [
			...[8, 12, 16, 4].map((b) => payloadsOf(standardPacket(size, i), 116, { tag: 5, plan: planOf(b, i) })),
			payloadsOf(standardPacket(size, i), 116, { tag: 5 }),
		]);
	}

	next(): { payload: Uint8Array; source: LinkAddress; waitUs: number } {
		const random = this.#random;
		if (this.#keyed.length === 0) {
			const plan = planOf(4, ++this.#nonce, LINK_KEY);
			this.#keyed = payloadsOf(standardPacket(150 + random.below(400)), 116, { tag: this.#nonce, plan });
		}
		if (random.below(3) === 0) return { payload: this.#keyed.shift()!, source: SENDER, waitUs: 1000 };
		const payloads = this.#packets[random.below(this.#packets.length)]!;
		const whole = payloads[random.below(payloads.length)]!;
		const isCut = random.below(5) === 0;
		const payload = whole.slice(0, isCut ? random.below(whole.length + 1) : whole.length);
		for (let i = random.below(3); i > 0; i--) {
			const at = random.below(Math.min(payload.length, random.below(2) === 0 ? 30 : 200));
			if (payload.length > 0) payload[at] = random.below(256);
		}
		const waitUs = random.below(20) === 0 ? random.below(4_000_000) : random.below(5_000);
		return { payload, source: LinkAddress.short(1 + random.below(4)), waitUs };
	}
}

for (const policy of POLICIES) {
	test(`${policy.name}: chained garbage throws nothing, keeps to the budget, and leaves no memory behind`, (t) => {
		const keys = keyringWith(SENDER);
		const receiver = new LowpanReceiver({ policy: policy.create({}), budgetBytes: BUDGET_BYTES, keys });
		const garbage = new Garbage(11);
		let stored = 0;
		for (let i = 0; i < FRAMES; i++) {
			const { payload, source, waitUs } = garbage.next();
			if (receiver.take(payload, { source }) === undefined) stored++;
			if (receiver.reassembler.bytesInUse > BUDGET_BYTES) t.fail(`frame ${i}`);
			receiver.clock.advanceBy(waitUs);
		}
		t.true(stored > FRAMES / 100, `${stored} stored`);
		t.true(receiver.isEmptyAfter());
	});
}
