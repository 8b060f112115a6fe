import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../firmware/address.js";
import { State } from "../../../firmware/trust/standing.js";
import {
	ChainingSender,
	CountingStore,
	GuardedReceiver,
	type VariantName,
} from "../trust/support/guarded-receiver.js";

const ALICE = LinkAddress.short(1);
const BOB = LinkAddress.short(2);
const PAYLOAD_BYTES = 500;

/** Delivers `count` packets of a sender, and says whether each arrived whole. */
function befriend(receiver: GuardedReceiver, sender: ChainingSender, count: number): boolean {
	for (let k = 0; k < count; k++) {
		const packet = sender.packet(PAYLOAD_BYTES);
		let last: Uint8Array | string | undefined;
		for (const payload of sender.payloads(packet)) last = receiver.take(payload, sender.address);
		if (typeof last !== "object" || Buffer.compare(last, packet) !== 0) return false;
	}
	return true;
}

/** Changes the last octet of a payload. */
function altered(payload: Uint8Array): Uint8Array {
	const copy = payload.slice();
	copy[copy.length - 1] = copy[copy.length - 1]! ^ 1;
	return copy;
}

for (const variant of ["csm", "open", "keyed"] as const) {
	test(`${variant}: verified packets make a name, and are delivered as they were sent`, (t) => {
		const receiver = new GuardedReceiver(variant);
		const sender = new ChainingSender(ALICE, variant);
		t.is(receiver.scoreOf(ALICE), undefined);
		t.true(befriend(receiver, sender, 3));
		t.false(receiver.policy.isEstablished(ALICE));
		t.true(befriend(receiver, sender, 60));
		t.true(receiver.policy.isEstablished(ALICE));
		t.true(receiver.scoreOf(ALICE)! > 0.9);
		t.is(receiver.reassembler.bytesInUse, 0);
		t.is(receiver.pool.lent, 0);
	});
}

test("a packet that is larger than what the receiver can hold is refused, and no fault of its sender", (t) => {
	const receiver = new GuardedReceiver("keyed");
	const sender = new ChainingSender(ALICE, "keyed");
	t.true(befriend(receiver, sender, 10));
	const score = receiver.scoreOf(ALICE);
	for (let k = 0; k < 5; k++) {
		const [first] = sender.payloads(sender.packet(receiver.pool.bufferBytes - 40));
		t.is(receiver.take(first!, ALICE), "fragment-size");
	}
	t.is(receiver.scoreOf(ALICE), score);
	t.is(receiver.stateOf(ALICE), State.normal);
	t.is(receiver.pool.lent, 0);
});

/** Forges what anybody with a radio can send in the name of somebody: `kind` by `kind`. */
function forge(kind: number, honest: readonly Uint8Array[], forger: ChainingSender): Uint8Array {
	switch (kind % 4) {
		case 0:
			return altered(honest[1]!);
		case 1:
			return honest[0]!;
		case 2:
			return forger.payloads(forger.packet(PAYLOAD_BYTES), true)[0]!;
		default:
			return forger.payloads(forger.packet(PAYLOAD_BYTES))[0]!;
	}
}

for (const variant of ["open", "keyed"] as const) {
	test(`${variant}: no evidence that others can make up lowers a score below 0.5, or blocks`, (t) => {
		const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 5_000_000 })), {
			minLength: 1,
			maxLength: 60,
		});
		fc.assert(
			fc.property(steps, (sequence) => {
				const receiver = new GuardedReceiver(variant);
				const sender = new ChainingSender(ALICE, variant);
				// Whoever forges knows all but the key.
				const forger = new ChainingSender(ALICE, "open", 77);
				const honest = sender.payloads(sender.packet(PAYLOAD_BYTES));
				for (const payload of honest) receiver.take(payload, ALICE);
				for (const [kind, afterUs] of sequence) {
					if (kind < 4) receiver.take(forge(kind, honest, forger), ALICE, afterUs);
					else if (kind === 4) befriend(receiver, sender, 1);
					else receiver.take(sender.payloads(sender.packet(PAYLOAD_BYTES))[0]!, ALICE, afterUs);
					t.true((receiver.scoreOf(ALICE) ?? 0.5) >= 0.4999);
					t.not(receiver.stateOf(ALICE), State.blocked);
				}
				// And the next honest packet gets through.
				t.true(befriend(receiver, sender, 1));
			}),
			{ numRuns: 150 },
		);
	});
}

test("csm: framing blocks an honest neighbour, and his packets are lost; open it does not", (t) => {
	for (const variant of ["csm", "open"] as const) {
		const receiver = new GuardedReceiver(variant);
		const sender = new ChainingSender(ALICE, variant);
		t.true(befriend(receiver, sender, 60));
		const packet = sender.packet(PAYLOAD_BYTES);
		const payloads = sender.payloads(packet);
		receiver.take(payloads[0]!, ALICE);
		// Three frames with his address on them.
		for (let k = 0; k < 3; k++) t.is(receiver.take(altered(payloads[1]!), ALICE), "fragment-mismatch");
		for (const payload of payloads.slice(1)) receiver.take(payload, ALICE);
		const next = sender.payloads(sender.packet(PAYLOAD_BYTES));
		if (variant === "csm") {
			t.is(receiver.stateOf(ALICE), State.blocked);
			t.is(receiver.take(next[0]!, ALICE), "sender-blocked");
			// And so for 30 s.
			receiver.clock.advanceBy(31_000_000);
			t.is(receiver.stateOf(ALICE), State.probation);
			t.true(befriend(receiver, sender, 5));
			t.is(receiver.stateOf(ALICE), State.normal);
		} else {
			t.is(receiver.stateOf(ALICE), State.normal);
			t.true(receiver.scoreOf(ALICE)! > 0.9);
			t.is(receiver.take(next[0]!, ALICE), undefined);
		}
	}
});

test("keyed: an insider whose verified fragments contradict their packet is blocked", (t) => {
	const receiver = new GuardedReceiver("keyed");
	const insider = new ChainingSender(BOB, "keyed");
	t.true(befriend(receiver, insider, 10));
	let states: (number | undefined)[] = [];
	for (let k = 0; k < 3; k++) {
		const payloads = insider.payloads(insider.packet(PAYLOAD_BYTES), false, 8);
		const outcomes = payloads.map((payload) => receiver.take(payload, BOB));
		states = [...states, receiver.stateOf(BOB)];
		if (k === 0) {
			t.is(outcomes.at(-1), "fragment-beyond-size");
			t.true(outcomes.slice(0, -1).every((outcome) => outcome === undefined));
			t.is(receiver.reassembler.contexts.length, 0);
		}
	}
	t.is(states.at(-1), State.blocked);
	t.is(receiver.take(insider.payloads(insider.packet(PAYLOAD_BYTES))[0]!, BOB), "sender-blocked");
});

test("keyed: whoever never finishes what he begins goes on probation: one context, whatever he asks", (t) => {
	const receiver = new GuardedReceiver("keyed");
	const sender = new ChainingSender(BOB, "keyed");
	const neighbour = receiver.neighbours.obtain(BOB)!;
	for (let k = 0; k < 100; k++) neighbour.noteBroadcast(k);
	t.true(befriend(receiver, sender, 20));
	let begun = 0;
	for (; receiver.stateOf(BOB) === State.normal && begun < 100; begun++) {
		t.is(receiver.take(sender.payloads(sender.packet(PAYLOAD_BYTES))[0]!, BOB, 4_000_000), undefined);
	}
	t.true(begun >= 4 && begun <= 8, `${begun}`);
	t.is(receiver.stateOf(BOB), State.probation);
	receiver.clock.advanceBy(4_000_000);
	for (let k = 0; k < 10; k++) {
		receiver.take(sender.payloads(sender.packet(PAYLOAD_BYTES))[0]!, BOB);
		t.is(receiver.reassembler.contexts.length, 1);
	}
	t.true(befriend(receiver, sender, 4));
	t.is(receiver.stateOf(BOB), State.probation);
	t.true(befriend(receiver, sender, 1));
	t.is(receiver.stateOf(BOB), State.normal);
});

test("keyed: whom a jammer has brought to the floor keeps his last context while memory is short, and no second", (t) => {
	const receiver = new GuardedReceiver("keyed", { budgetBytes: 10_000 });
	const alice = new ChainingSender(ALICE, "keyed");
	const { standings } = receiver.policy;
	t.true(befriend(receiver, alice, 10));
	const i = standings.find(ALICE, receiver.clock.nowUs());
	for (let k = 0; k < 60; k++) {
		standings.noteIncomplete(i, 0.98, 1, false);
		standings.at(i).surprise = 0;
	}
	t.is(receiver.scoreOf(ALICE)!.toFixed(3), "0.500");
	t.true(standings.at(i).forecast < 0.2);
	receiver.reassembler.bytesInUse = 9000;
	t.is(receiver.take(alice.payloads(alice.packet(PAYLOAD_BYTES))[0]!, ALICE), undefined);
	t.is(receiver.take(alice.payloads(alice.packet(PAYLOAD_BYTES))[0]!, ALICE), "sender-quota");
});

interface QuotaRow {
	readonly score: number;
	readonly state: number;
	/** Contexts at most, memory empty. */
	readonly contexts: number;
}

const QUOTAS: readonly QuotaRow[] = [
	{ score: 1, state: State.normal, contexts: 7 },
	{ score: 0.5, state: State.normal, contexts: 3 },
	{ score: 0.25, state: State.normal, contexts: 1 },
	{ score: 0.9, state: State.probation, contexts: 1 },
];

for (const { score, state, contexts } of QUOTAS) {
	test(`csm: at score ${score}, state ${state}, a neighbour holds ${contexts} contexts at most`, (t) => {
		const receiver = new GuardedReceiver("csm", { budgetBytes: 12 * 1280 });
		const sender = new ChainingSender(ALICE, "csm");
		t.true(befriend(receiver, sender, 20));
		const i = receiver.policy.standings.find(ALICE, receiver.clock.nowUs());
		receiver.policy.standings.at(i).score = Math.round(score * 0xffff);
		receiver.policy.standings.at(i).state = state;
		for (let k = 0; k < 12; k++) {
			t.is(receiver.take(sender.payloads(sender.packet(PAYLOAD_BYTES))[0]!, ALICE, 1000), undefined);
			t.true(receiver.reassembler.contexts.length <= contexts);
		}
		t.is(receiver.reassembler.contexts.length, contexts);
	});
}

test("csm: all unknown identities together hold two contexts; those with a name are not hindered", (t) => {
	const receiver = new GuardedReceiver("csm", { budgetBytes: 12 * 1280 });
	const friend = new ChainingSender(ALICE, "csm");
	t.true(befriend(receiver, friend, 20));
	const outcomes = [10, 11, 12, 13].map((id) => {
		const stranger = new ChainingSender(LinkAddress.short(id), "csm");
		return receiver.take(stranger.payloads(stranger.packet(PAYLOAD_BYTES))[0]!, stranger.address, 1000);
	});
	t.deepEqual(outcomes, [undefined, undefined, "sender-quota", "sender-quota"]);
	t.true(befriend(receiver, friend, 1));
});

test("csm: admission asks for a score of 0.2 + 0.5 u²", (t) => {
	const rows = [
		{ score: 0.19, fill: 0, admitted: false },
		{ score: 0.22, fill: 0, admitted: true },
		{ score: 0.3, fill: 0.5, admitted: false },
		{ score: 0.4, fill: 0.5, admitted: true },
	];
	for (const { score, fill, admitted } of rows) {
		const receiver = new GuardedReceiver("csm", { budgetBytes: 10_000 });
		const sender = new ChainingSender(ALICE, "csm");
		t.true(befriend(receiver, sender, 64));
		const i = receiver.policy.standings.find(ALICE, receiver.clock.nowUs());
		receiver.policy.standings.at(i).score = Math.round(score * 0xffff);
		receiver.reassembler.bytesInUse = fill * 10_000;
		const outcome = receiver.take(sender.payloads(sender.packet(PAYLOAD_BYTES))[0]!, ALICE);
		t.is(outcome, admitted ? undefined : "sender-quota", `${score} at ${fill}`);
	}
});

test("open: plain senders share two contexts, the oldest goes first, and chained ones keep theirs", (t) => {
	const receiver = new GuardedReceiver("open", { budgetBytes: 12 * 1280 });
	const friend = new ChainingSender(ALICE, "open");
	receiver.take(friend.payloads(friend.packet(PAYLOAD_BYTES))[0]!, ALICE, 1000);
	for (const id of [10, 11, 12]) {
		const plain = new ChainingSender(LinkAddress.short(id), "open");
		t.is(
			receiver.take(plain.payloads(plain.packet(PAYLOAD_BYTES), true)[0]!, plain.address, 1000),
			undefined,
		);
	}
	t.deepEqual(
		receiver.reassembler.contexts.map(({ source }) => source.low),
		[1, 11, 12],
	);
});

for (const variant of ["csm", "open"] as const) {
	test(`${variant}: after one verified packet plain fragments with that address are refused`, (t) => {
		const receiver = new GuardedReceiver(variant);
		const sender = new ChainingSender(ALICE, variant);
		const plain = sender.payloads(sender.packet(PAYLOAD_BYTES), true)[0]!;
		t.is(receiver.take(plain, ALICE), undefined);
		t.true(befriend(receiver, sender, 1));
		t.is(receiver.take(plain, ALICE), "fragment-downgraded");
	});
}

test("standings survive a power cycle, capability included, and are written once a minute at most", (t) => {
	const store = new CountingStore();
	const receiver = new GuardedReceiver("csm", { store });
	const sender = new ChainingSender(ALICE, "csm");
	for (let k = 0; k < 1000; k++) {
		t.true(befriend(receiver, sender, 1));
		receiver.clock.advanceBy(300_000);
	}
	const writes = store.writes.filter((name) => name === "standing").length;
	const minutes = receiver.clock.nowUs() / 60e6;
	t.true(writes <= minutes && writes >= minutes - 2, `${writes} writes in ${minutes} minutes`);
	const again = new GuardedReceiver("csm", { store });
	t.true(again.scoreOf(ALICE)! > 0.9);
	t.true(again.policy.isEstablished(ALICE));
	const plain = sender.payloads(sender.packet(PAYLOAD_BYTES), true)[0]!;
	t.is(again.take(plain, ALICE), "fragment-downgraded");
});

test("a spoiled blob of standings starts a node all the same", (t) => {
	fc.assert(
		fc.property(
			fc.constantFrom<VariantName>("csm", "open", "keyed"),
			fc.uint8Array({ maxLength: 900 }),
			(variant, blob) => {
				const store = new CountingStore();
				store.blobs.set("standing", blob);
				const receiver = new GuardedReceiver(variant, { store });
				const sender = new ChainingSender(BOB, variant);
				if (receiver.scoreOf(BOB) === undefined) t.true(befriend(receiver, sender, 2));
			},
		),
		{ numRuns: 200 },
	);
});
