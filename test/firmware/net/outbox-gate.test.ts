import test from "ava";
import { LinkAddress } from "../../../firmware/address.js";
import { TestNetwork } from "../support/network.js";

const PORT = 61_616;

/** Three nodes that hear each other; what of the first one's packets reached the others, by size. */
function network(queueLength = 8) {
	const of = TestNetwork.of(3, { profile: { queueLength } });
	const [sender, ...others] = of.nodes;
	const taken: number[][] = others.map((node) => {
		const sizes: number[] = [];
		node.network.bind(PORT, (_packet, offset, end) => sizes.push(end - offset));
		return sizes;
	});
	const done: string[] = [];
	sender!.outbox.onDone = (_ident, reason) => done.push(reason ?? "sent");
	const send = (to: 1 | 2, bytes: number): number =>
		sender!.network.sendUdp(of.nodes[to]!.linkLocal, PORT, PORT, new Uint8Array(bytes).fill(bytes), bytes);
	return { of, outbox: sender!.outbox, taken, done, send };
}

test("packets wait for their receiver, and do not keep those of others waiting", (t) => {
	const { of, outbox, taken, done, send } = network();
	outbox.gate = (destination) => destination.equals(LinkAddress.short(3));
	send(1, 20);
	send(2, 30);
	send(1, 40);
	send(2, 50);
	of.clock.advanceBy(1_000_000);
	t.deepEqual(taken, [[], [30, 50]]);
	t.is(outbox.length, 2);
	outbox.gate = () => true;
	outbox.resume();
	of.clock.advanceBy(1_000_000);
	t.deepEqual(taken[0], [20, 40]);
	t.deepEqual(done, ["sent", "sent", "sent", "sent"]);
	t.deepEqual(of.leaks(), []);
});

test("a packet whose fragments did not all leave in time is begun anew, and arrives once", (t) => {
	const { of, outbox, taken, send } = network();
	let open = true;
	outbox.gate = () => open;
	send(1, 600);
	// Two of its fragments have left.
	of.clock.advanceBy(12_000);
	open = false;
	of.clock.advanceBy(20_000_000);
	t.deepEqual(taken[0], []);
	open = true;
	outbox.resume();
	of.clock.advanceBy(1_000_000);
	t.deepEqual(taken[0], [600]);
	t.deepEqual(of.leaks(), []);
});

test("what waits through too many rounds is given up with its reason, and its buffer given back", (t) => {
	const { of, outbox, done, send } = network();
	outbox.gate = () => false;
	send(1, 20);
	outbox.endRound(2);
	send(2, 30);
	outbox.endRound(2);
	t.is(outbox.length, 2);
	outbox.endRound(2);
	t.is(outbox.length, 1);
	t.deepEqual(done, ["receiver-asleep"]);
	outbox.endRound(2);
	t.deepEqual(of.recorder.values("datagramDropped", "reason"), ["receiver-asleep", "receiver-asleep"]);
	t.deepEqual(of.leaks(), []);
});

test("a full queue refuses, and says so", (t) => {
	const { outbox, done, send } = network(2);
	outbox.gate = () => false;
	for (let i = 0; i < 3; i++) send(1, 20 + i);
	t.deepEqual(done, ["queue-full"]);
});
