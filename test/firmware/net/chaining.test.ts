import test from "ava";
import { LinkAddress } from "../../../firmware/address.js";
import { putFcs } from "../../../firmware/frames/fcs.js";
import { CHAINS, encodeHello, Hello } from "../../../firmware/frames/hello.js";
import { NONCE_BLOCK } from "../../../firmware/mac/link-keys.js";
import { Chaining, type ChainingConfig } from "../../../firmware/net/chaining.js";
import type { Node } from "../../../firmware/node.js";
import { NeighbourTable } from "../../../firmware/trust/neighbours.js";
import { LINK_KEY, planOf, standardPacket, storeOf } from "../support/chains.js";
import { type NodeSettings, TestNetwork } from "../support/network.js";
import { counting, near } from "../support/packets.js";
import { SeededRandom } from "../support/random.js";
import { payloadsOf } from "../support/reassembly.js";

const PORT = 0xf0b5;
const CHAINING: ChainingConfig = { tokenBytes: 8, keyedTokenBytes: 4, helloPeriodUs: 30_000_000 };
const OPEN: NodeSettings = { profile: { chaining: CHAINING } };
const KEYED: NodeSettings = { profile: { chaining: CHAINING }, linkKeyOf: () => LINK_KEY };
/** Offset of the MAC payload between short addresses. */
const PAYLOAD = 9;

const listening = new WeakSet<Node>();

/** Datagrams of 500 octets of data from one node to a neighbour; how many arrived. */
function send(network: TestNetwork, from: Node, to: number, count = 1): number {
	for (const node of network.nodes) {
		if (!listening.has(node)) node.network.bind(PORT, () => {});
		listening.add(node);
	}
	const before = network.recorder.of("datagramDelivered").length;
	for (let i = 0; i < count; i++) {
		from.network.sendUdp(near(to), PORT, PORT, counting(500), 500);
		network.clock.advanceBy(500_000);
	}
	return network.recorder.of("datagramDelivered").length - before;
}

/** Formats of the first fragments on the air since the last call. */
function formats(network: TestNetwork): string[] {
	return network.wire.frames.splice(0).flatMap(({ psdu }) => {
		if (psdu[PAYLOAD]! >>> 3 === 0b11000) return ["plain"];
		if (psdu[PAYLOAD] !== 0xff || psdu[PAYLOAD + 1]! >>> 3 !== 0b11000) return [];
		return [(psdu[PAYLOAD + 5]! & 1) === 0 ? "chained" : "keyed"];
	});
}

function nonces(network: TestNetwork): number[] {
	return network.wire.frames.splice(0).flatMap(({ psdu }) => {
		if (psdu[PAYLOAD] !== 0xff || psdu[PAYLOAD + 1]! >>> 3 !== 0b11000) return [];
		return [new DataView(psdu.buffer, psdu.byteOffset).getUint32(PAYLOAD + 6)];
	});
}

let sequence = 0;

/** A frame from one short address to another, or to all, with a sequence number of its own. */
function frame(from: number, to: number, payload: Uint8Array): Uint8Array {
	const psdu = new Uint8Array(PAYLOAD + payload.length + 2);
	psdu.set([to === 0xffff ? 0x41 : 0x61, 0x98, sequence++ & 0xff, 0xcd, 0xab, to & 0xff, to >>> 8, from, 0]);
	psdu.set(payload, PAYLOAD);
	putFcs(psdu, psdu.length);
	return psdu;
}

function helloPayload(capabilities: number, boot = 7): Uint8Array {
	const hello = Object.assign(new Hello(), { capabilities, boot, sequence: 1 });
	const bytes = new Uint8Array(16);
	return bytes.slice(0, encodeHello(hello, bytes, 0));
}

function inject(network: TestNetwork, at: number, psdu: Uint8Array): void {
	network.wire.radios[at]!.inject(psdu);
	network.clock.advanceBy(10_000);
}

test("neighbours that announced it are sent chains, all others plain fragments", (t) => {
	const network = TestNetwork.of(2, OPEN);
	const plain = network.add();
	const [first, second] = network.nodes as [Node, Node];
	t.is(send(network, first, 2), 1);
	t.deepEqual(formats(network), ["plain"], "before the first HELLO");
	network.clock.advanceBy(2_000_000);
	formats(network);
	t.is(send(network, first, 2) + send(network, second, 1), 2);
	t.deepEqual(formats(network), ["chained", "chained"]);
	t.is(send(network, first, 3) + send(network, plain, 1), 2);
	t.deepEqual(formats(network), ["plain", "plain"]);
	t.deepEqual(network.leaks(), []);
});

test("after a verified chain plain fragments that bear its address are refused", (t) => {
	const network = TestNetwork.of(2, OPEN);
	network.clock.advanceBy(2_000_000);
	const plain = payloadsOf(standardPacket(300), 116);
	inject(network, 0, frame(2, 1, plain[0]!));
	t.is(network.nodes[0]!.reassembler.contexts.length, 1);
	t.is(send(network, network.nodes[1]!, 1), 1);
	inject(network, 0, frame(2, 1, plain[1]!));
	t.deepEqual(network.recorder.values("fragmentRefused", "reason", 0), ["fragment-downgraded"]);
	t.deepEqual(network.leaks(), []);
});

test("whoever sends plain fragments though he could chain is told at once that we understand chains", (t) => {
	const network = TestNetwork.of(2, OPEN);
	network.clock.advanceBy(3_000_000);
	const before = network.recorder.of("controlSent", 0).length;
	const [stranger] = payloadsOf(standardPacket(300), 116);
	inject(network, 0, frame(9, 1, stranger!));
	network.clock.advanceBy(3_000_000);
	t.is(network.recorder.of("controlSent", 0).length, before, "who announced nothing may be a stack of old");
	inject(network, 0, frame(2, 1, stranger!));
	network.clock.advanceBy(3_000_000);
	t.is(network.recorder.of("controlSent", 0).length, before + 1);
});

test("a spoofed HELLO without the capability lowers nothing: neither what is sent nor what is refused", (t) => {
	const network = TestNetwork.of(2, OPEN);
	network.clock.advanceBy(2_000_000);
	const [sink, member] = network.nodes as [Node, Node];
	t.is(send(network, member, 1), 1);
	for (const [at, from] of [[1, 1] as const, [0, 2] as const]) {
		inject(network, at, frame(from, 0xffff, helloPayload(0)));
	}
	formats(network);
	t.is(send(network, member, 1), 1, "the member never got a chain from the sink, only its HELLO");
	t.deepEqual(formats(network), ["chained"]);
	inject(network, 0, frame(2, 1, payloadsOf(standardPacket(300), 116)[0]!));
	t.deepEqual(network.recorder.values("fragmentRefused", "reason", 0), ["fragment-downgraded"]);
	t.is(sink.reassembler.contexts.length, 0);
});

test("a HELLO that link-layer security protects takes the capability back", (t) => {
	const neighbours = new NeighbourTable(4);
	const chaining = new Chaining(CHAINING, undefined, neighbours, new SeededRandom(1), storeOf(new Map()));
	const source = LinkAddress.short(5);
	const hello = (capabilities: number) => Object.assign(new Hello(), { capabilities, boot: 1, sequence: 1 });
	chaining.noteHello(source, hello(CHAINS | 0xf0), false, 0);
	chaining.noteChained(source);
	t.true(chaining.isChained(source));
	chaining.noteHello(source, hello(0), false, 0);
	t.true(chaining.isChained(source));
	t.is(typeof chaining.planFor(source), "object");
	chaining.noteHello(source, hello(0), true, 0);
	t.false(chaining.isChained(source));
	t.is(chaining.planFor(source), undefined);
});

for (const [name, settings, format] of [
	["unkeyed", OPEN, "chained"],
	["keyed", KEYED, "keyed"],
] as const) {
	test(`${name}: a whole datagram, replayed frame by frame, is refused and delivered once`, (t) => {
		const network = TestNetwork.of(2, settings);
		network.clock.advanceBy(2_000_000);
		network.wire.frames.splice(0);
		t.is(send(network, network.nodes[1]!, 1), 1);
		const heard = network.wire.frames.map(({ psdu }) => psdu.slice(PAYLOAD, -2));
		t.deepEqual(formats(network), [format]);
		for (let i = 0; i < 3; i++) for (const payload of heard) inject(network, 0, frame(2, 1, payload));
		t.is(network.recorder.of("datagramDelivered").length, 1);
		t.deepEqual(network.recorder.of("datagramDropped"), [], "what was delivered is not lost");
		const reasons = network.recorder.values("fragmentRefused", "reason", 0);
		t.deepEqual(new Set(reasons), new Set(["fragment-replayed", "fragment-orphan"]));
		t.deepEqual(network.leaks(), []);
	});
}

for (const [name, settings] of [
	["plain", {}],
	["unkeyed", OPEN],
	["keyed", KEYED],
] as const) {
	test(`${name}: with acknowledgements and frames lost, retransmissions make each datagram arrive once`, (t) => {
		const network = TestNetwork.of(2, settings);
		network.clock.advanceBy(2_000_000);
		const random = new SeededRandom(5);
		network.wire.isAckLost = () => random.below(4) === 0;
		network.wire.isLost = () => random.below(8) === 0;
		const from = network.wire.frames.length;
		t.is(send(network, network.nodes[1]!, 1, 20), 20 - network.recorder.of("macDropped", 1).length);
		t.true(network.wire.frames.length - from > 20 * 6 + 20, "there were retransmissions");
		t.deepEqual(network.recorder.values("fragmentRefused", "reason", 0), []);
		t.deepEqual(network.leaks(), []);
	});
}

test("with another key, or without one where one is shared, nothing gets through", (t) => {
	const network = TestNetwork.of(1, KEYED);
	const wrong = network.add({ ...KEYED, linkKeyOf: () => new Uint8Array(16) });
	const without = network.add(OPEN);
	network.clock.advanceBy(2_000_000);
	t.is(send(network, wrong, 1) + send(network, without, 1), 0);
	const reasons = network.recorder.values("fragmentRefused", "reason", 0);
	t.is(reasons.filter((reason) => reason === "fragment-unauthenticated").length, 2);
	inject(network, 0, frame(2, 1, payloadsOf(standardPacket(300), 116)[0]!));
	t.is(network.recorder.values("fragmentRefused", "reason", 0).at(-1), "fragment-downgraded");
	t.deepEqual(network.leaks(), []);
});

test("the receiver's power cycle: old nonces stay refused, and after its HELLO the sender is accepted again", (t) => {
	const blobs = new Map<string, Uint8Array>();
	const network = new TestNetwork();
	const sink = network.add({ ...KEYED, blobs });
	const member = network.add(KEYED);
	network.clock.advanceBy(2_000_000);
	network.wire.frames.splice(0);
	t.is(send(network, member, 1, 3), 3);
	const heard = network.wire.frames.map(({ psdu }) => psdu.slice(PAYLOAD, -2));
	sink.stop();
	network.clock.advanceBy(60_000_000);
	const again = network.add({ ...KEYED, blobs, id: 0, shortAddress: 1, extendedLow: 1, isSink: true });
	const radio = network.wire.radios.length - 1;
	for (const payload of heard) inject(network, radio, frame(2, 1, payload));
	t.is(network.recorder.of("datagramDelivered").length, 3, "nothing old is taken");
	t.is(
		send(network, member, 1),
		0,
		"its HELLO has not come yet: what the old node may have accepted is refused",
	);
	network.clock.advanceBy(1_000_000);
	network.wire.frames.splice(0);
	t.is(send(network, member, 1, 2), 2);
	const [first, second] = nonces(network) as [number, number];
	t.true(first > NONCE_BLOCK && second === first + 1, `${first}, ${second}`);
	t.is(again.reassembler.contexts.length, 0);
	t.deepEqual(network.leaks(), []);
});

test("nobody can announce a power cycle beforehand, so that the real one would be no news", (t) => {
	const blobs = new Map<string, Uint8Array>();
	const network = new TestNetwork();
	const sink = network.add({ ...KEYED, blobs });
	const member = network.add(KEYED);
	const boots = () =>
		network.wire.frames.splice(0).flatMap(({ psdu }) => {
			const isHello = psdu[PAYLOAD] === 0xff && psdu[PAYLOAD + 1] === 0x01 && psdu[7] === 1;
			return isHello ? [(psdu[PAYLOAD + 3]! << 8) | psdu[PAYLOAD + 4]!] : [];
		});
	network.clock.advanceBy(2_000_000);
	const [boot] = boots() as [number];
	t.is(send(network, member, 1, 3), 3);
	inject(network, 1, frame(1, 0xffff, helloPayload(CHAINS, boot + 1)));
	network.clock.advanceBy(12_000_000);
	t.is(send(network, member, 1), 1);
	sink.stop();
	network.add({ ...KEYED, blobs, id: 0, shortAddress: 1, extendedLow: 1, isSink: true });
	network.clock.advanceBy(2_000_000);
	t.false([boot, boot + 1].includes(boots()[0]!));
	t.is(send(network, member, 1, 3), 3);
});

test("the sender's power cycle: no nonce comes twice, and the receiver goes on accepting", (t) => {
	const blobs = new Map<string, Uint8Array>();
	const network = new TestNetwork();
	network.add(KEYED);
	const settings = { ...KEYED, blobs, id: 1, shortAddress: 2, extendedLow: 2, isSink: false };
	const used: number[] = [];
	for (let cycle = 0; cycle < 4; cycle++) {
		const member = network.add(settings);
		network.clock.advanceBy(2_000_000);
		network.wire.frames.splice(0);
		t.is(send(network, member, 1, 3), 3, `cycle ${cycle}`);
		used.push(...nonces(network));
		member.stop();
	}
	t.is(new Set(used).size, 12);
	for (let i = 1; i < used.length; i++) t.true(used[i]! > used[i - 1]!);
});

test("HELLOs that somebody makes up, of one member or of all, cost few nonces", (t) => {
	const network = TestNetwork.of(2, KEYED);
	network.clock.advanceBy(2_000_000);
	t.is(send(network, network.nodes[1]!, 1), 1);
	for (let i = 0; i < 1000; i++) {
		const from = i % 2 === 0 ? 1 : 3 + (i % 200);
		inject(network, 1, frame(from, 0xffff, helloPayload(CHAINS, 100 + i)));
	}
	network.wire.frames.splice(0);
	t.is(send(network, network.nodes[1]!, 1), 1);
	t.true(nonces(network)[0]! < 1024);
});

test("power cycles at both ends: the first nonce is above all that may have been accepted", (t) => {
	const blobs = [new Map<string, Uint8Array>(), new Map<string, Uint8Array>()];
	const network = new TestNetwork();
	for (let cycle = 0; cycle < 5; cycle++) {
		const [sink, member] = blobs.map((blob, id) =>
			network.add({ ...KEYED, blobs: blob, id, shortAddress: id + 1, extendedLow: id + 1, isSink: id === 0 }),
		) as [Node, Node];
		network.clock.advanceBy(2_000_000);
		t.is(send(network, member, 1, 4), 4, `cycle ${cycle}`);
		sink.stop();
		member.stop();
	}
});

test("a chain that came through a mesh is its originator's, not that of the neighbour who passed it on", (t) => {
	const network = TestNetwork.of(1, OPEN);
	inject(network, 0, frame(3, 0xffff, helloPayload(CHAINS)));
	const mesh = (payload: Uint8Array) => Uint8Array.of(0xb5, 0, 9, 0, 1, ...payload);
	const settings = { source: LinkAddress.short(9), destination: LinkAddress.short(1), plan: planOf(8, 1) };
	for (const payload of payloadsOf(standardPacket(200), 100, settings)) {
		inject(network, 0, frame(3, 1, mesh(payload)));
	}
	t.is(network.recorder.values("contextClosed", "outcome").at(-1), "completed");
	inject(network, 0, frame(3, 1, payloadsOf(standardPacket(300), 116)[0]!));
	t.deepEqual(network.recorder.of("fragmentRefused"), []);
	t.deepEqual(network.leaks(), []);
});

test("a multicast in fragments is chained where everybody chains, and plain where one neighbour does not", (t) => {
	const allNodes = new Uint8Array(16);
	allNodes.set([0xff, 0x02]);
	allNodes[15] = 1;
	const network = TestNetwork.of(3, OPEN);
	for (const node of network.nodes) node.network.bind(PORT, () => {});
	network.clock.advanceBy(2_000_000);
	t.is(send(network, network.nodes[1]!, 1) + send(network, network.nodes[0]!, 2), 2);
	formats(network);
	const heard = network.recorder.of("datagramDelivered").length;
	network.nodes[0]!.network.sendUdp(allNodes, PORT, PORT, counting(400), 400);
	network.clock.advanceBy(500_000);
	t.deepEqual(formats(network), ["chained"]);
	t.is(network.recorder.of("datagramDelivered").length, heard + 2);
	const plain = network.add();
	plain.network.sendUdp(near(1), PORT, PORT, counting(10), 10);
	network.clock.advanceBy(500_000);
	formats(network);
	network.nodes[0]!.network.sendUdp(allNodes, PORT, PORT, counting(400), 400);
	network.clock.advanceBy(500_000);
	t.deepEqual(formats(network), ["plain"]);
	t.deepEqual(network.leaks(), []);
});
