import test from "ava";
import { LinkAddress } from "../../../firmware/address.js";
import { TestNetwork } from "../support/network.js";
import { counting, near } from "../support/packets.js";

const PORT = 0xf0b5;

/** Nodes that ask for addresses; what the second one gets over UDP. */
function asking(count: number): { network: TestNetwork; got: number[] } {
	const network = TestNetwork.of(count, { profile: { resolvesAddresses: true } });
	const got: number[] = [];
	network.nodes[1]?.network.bind(PORT, (_packet, offset, end) => got.push(end - offset));
	return { network, got };
}

test("the first packet waits for the neighbour's answer, the next ones do not ask again", (t) => {
	const { network, got } = asking(3);
	for (let i = 0; i < 3; i++) {
		network.nodes[0]!.network.sendUdp(near(2), PORT, PORT, counting(30), 30);
		network.clock.advanceBy(200_000);
	}
	t.deepEqual(got, [30, 30, 30]);
	const kinds = network.recorder.values("controlSent", "kind");
	t.deepEqual(kinds, ["neighbour-discovery", "neighbour-discovery"]);
	t.deepEqual(network.recorder.of("controlSent", 2), [], "a node that is not asked for does not answer");
	t.deepEqual(network.leaks(), []);
});

test("datagrams alone are counted as sent and delivered, not the messages of discovery", (t) => {
	const { network } = asking(2);
	network.nodes[0]!.network.sendUdp(near(2), PORT, PORT, counting(30), 30);
	network.clock.advanceBy(200_000);
	t.is(network.recorder.of("datagramSent").length, 1);
	t.is(network.recorder.of("datagramDelivered").length, 1);
});

test("a neighbour that never answers is asked three times, a second apart, then its packets are dropped", (t) => {
	const { network } = asking(2);
	for (let i = 0; i < 5; i++) network.nodes[0]!.network.sendUdp(near(9), PORT, PORT, counting(30), 30);
	t.is(network.recorder.of("datagramDropped").length, 2, "three may wait, the oldest go first");
	network.clock.advanceBy(2_900_000);
	t.is(network.recorder.of("controlSent", 0).length, 3);
	t.is(network.recorder.of("datagramDropped").length, 2);
	network.clock.advanceBy(200_000);
	const reasons = network.recorder.values("datagramDropped", "reason");
	t.deepEqual(reasons, new Array(5).fill("neighbour-unresolved"));
	t.deepEqual(network.leaks(), []);
});

test("a node that does not ask answers those who do", (t) => {
	const network = TestNetwork.of(1, { profile: { resolvesAddresses: true } });
	network.add();
	let got = 0;
	network.nodes[1]!.network.bind(PORT, () => got++);
	network.nodes[0]!.network.sendUdp(near(2), PORT, PORT, counting(300), 300);
	network.clock.advanceBy(500_000);
	t.is(got, 1);
});

test("no answer for another's address, nor to a message that a router may have forwarded", (t) => {
	// The solicitation of ns-3's node 2 for node 1, octet for octet (test/captures/ns3-ll-4n.pcap, frame 17).
	const recorded =
		"6000000100203afffe80000000000000000000fffe000002ff0200000000000000000001ff00000187007c9700000000" +
		"fe80000000000000000000fffe0000010101020000000002";
	const hand = (network: TestNetwork, node: number, hopLimit: number): void => {
		const buffer = network.pool.take();
		buffer.set(Buffer.from(recorded, "hex"));
		buffer[7] = hopLimit;
		network.nodes[node]!.network.receive(buffer, recorded.length / 2, LinkAddress.short(2));
		network.clock.advanceBy(100_000);
	};
	const network = TestNetwork.of(3);
	hand(network, 2, 255);
	t.deepEqual(network.recorder.of("controlSent"), []);
	hand(network, 0, 64);
	t.deepEqual(network.recorder.of("controlSent"), []);
	t.deepEqual(network.recorder.values("datagramDropped", "reason"), ["neighbour-hop-limit"]);
	hand(network, 0, 255);
	t.is(network.recorder.of("controlSent", 0).length, 1, "node 0 has the short address 1");
	t.deepEqual(network.leaks(), []);
});

test("a power cycle forgets what waits and gives back its memory", (t) => {
	const { network } = asking(2);
	network.nodes[0]!.network.sendUdp(near(9), PORT, PORT, counting(30), 30);
	network.nodes[0]!.stop();
	t.deepEqual(network.leaks(), []);
});
