import test from "ava";
import { LinkAddress } from "../../../firmware/address.js";
import { putU16be } from "../../../firmware/bytes.js";
import { ICMPV6, UDP } from "../../../firmware/frames/protocols.js";
import type { Node } from "../../../firmware/node.js";
import { TestNetwork } from "../support/network.js";
import { counting, echoPacket, far, near, rawPacket, udpPacket } from "../support/packets.js";

const PORT = 0xf0b5;
const ALL_NODES = Uint8Array.of(0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);

/** Gives a node a packet as if the neighbour `via` had handed it over. */
function hand(network: TestNetwork, node: Node, packet: Uint8Array, via = 1): void {
	const buffer = network.pool.take();
	buffer.set(packet);
	node.network.receive(buffer, packet.length, LinkAddress.short(via));
}

/** What each node got over UDP. */
function listen(network: TestNetwork): string[] {
	const heard: string[] = [];
	for (const { id, network: layer } of network.nodes) {
		layer.bind(PORT, (packet, offset, end, sourcePort) => {
			heard.push(
				`${id} from ${packet[23]}:${sourcePort - PORT} ${end - offset} ${offset < end ? packet[offset] : ""}`,
			);
		});
	}
	return heard;
}

/** How many errors a node has reported. */
function reports(network: TestNetwork, nodeId: number): number {
	return network.recorder.of("reportSent", nodeId).length;
}

test("UDP reaches a neighbour by its link-local and by its routable address, in one frame or in twelve", (t) => {
	const network = TestNetwork.of(3);
	const heard = listen(network);
	for (const address of [near(2), far(2)]) {
		for (const length of [0, 20, 1280 - 48]) {
			network.nodes[0]!.network.sendUdp(address, PORT + 1, PORT, counting(length, 9), length);
			network.clock.advanceBy(1_000_000);
		}
	}
	const expected = ["1 from 1:1 0 ", "1 from 1:1 20 9", "1 from 1:1 1232 9"];
	t.deepEqual(heard, [...expected, ...expected]);
	t.deepEqual(network.recorder.values("datagramDelivered", "hops"), new Array(6).fill(1));
	for (const field of ["ident", "digest", "bytes"]) {
		t.deepEqual(
			network.recorder.values("datagramDelivered", field),
			network.recorder.values("datagramSent", field),
		);
	}
	t.deepEqual(network.leaks(), []);
});

test("the source address is near for what is near, routable for what is routable", (t) => {
	const { nodes } = TestNetwork.of(1);
	const sourceFor = ({ network }: Node, destination: Uint8Array): Uint8Array => {
		const packet = new Uint8Array(40);
		network.begin(packet, 40, UDP, destination, 0);
		t.deepEqual(packet.subarray(24), destination);
		return packet.subarray(8, 24);
	};
	t.deepEqual(sourceFor(nodes[0]!, near(2)), near(1));
	t.deepEqual(sourceFor(nodes[0]!, ALL_NODES), near(1));
	t.deepEqual(sourceFor(nodes[0]!, far(2)), far(1));
	const bare = TestNetwork.of(1, { profile: { prefix: undefined } }).nodes[0]!;
	t.deepEqual(sourceFor(bare, far(2)), near(1));
});

test("nodes that have only an EUI-64 reach each other too", (t) => {
	const network = TestNetwork.of(2, { shortAddress: 0xfffe });
	const heard = listen(network);
	network.nodes[0]!.network.sendUdp(network.nodes[1]!.linkLocal, PORT, PORT, counting(600), 600);
	network.clock.advanceBy(1_000_000);
	t.deepEqual(heard, ["1 from 1:0 600 0"]);
	t.deepEqual(network.leaks(), []);
});

test("a multicast reaches every neighbour once and is not passed on", (t) => {
	const network = TestNetwork.of(4);
	network.wire.line();
	const heard = listen(network);
	network.nodes[1]!.network.sendUdp(ALL_NODES, PORT, PORT, counting(10), 10);
	network.clock.advanceBy(1_000_000);
	t.deepEqual(heard.sort(), ["0 from 2:0 10 0", "2 from 2:0 10 0"]);
	t.is(network.wire.frames.length, 1);
	t.deepEqual(network.leaks(), []);
});

test("a packet that is damaged or of no use is dropped with its reason", (t) => {
	const badUdp = udpPacket({ destinationPort: PORT });
	badUdp[60]! ^= 1;
	const noChecksum = udpPacket({ destinationPort: PORT });
	putU16be(noChecksum, 46, 0);
	const shortUdp = udpPacket({ destinationPort: PORT });
	putU16be(shortUdp, 44, 27);
	const badEcho = echoPacket({});
	badEcho[50]! ^= 1;
	const cases: [Uint8Array, string][] = [
		[badUdp, "udp-checksum"],
		[noChecksum, "udp-checksum"],
		[shortUdp, "udp-length"],
		[rawPacket({ payload: counting(7) }, 17), "udp-truncated"],
		[badEcho, "icmpv6-checksum"],
		[rawPacket({ payload: counting(7) }, ICMPV6), "icmpv6-truncated"],
		[rawPacket({}, 6), "unknown-next-header"],
		[rawPacket({ payload: counting(4) }, 0), "ipv6-truncated"],
		[udpPacket({ destination: near(3) }), "not-for-us"],
		[Uint8Array.of(0x40), "ipv6-version"],
		[counting(39, 0x60), "ipv6-truncated"],
		[udpPacket({ source: ALL_NODES, destinationPort: PORT }), "ipv6-source"],
		[echoPacket({ source: ALL_NODES }), "ipv6-source"],
		[echoPacket({ source: new Uint8Array(16), destination: far(2) }), "ipv6-source"],
	];
	for (const [packet, reason] of cases) {
		const network = TestNetwork.of(2);
		const heard = listen(network);
		hand(network, network.nodes[1]!, packet);
		t.deepEqual(network.recorder.values("datagramDropped", "reason"), [reason]);
		t.deepEqual(network.recorder.of("datagramDelivered"), [], reason);
		t.deepEqual(heard, [], reason);
		t.is(reports(network, 1), 0, reason);
		t.deepEqual(network.leaks(), [], reason);
	}
});

test("an unknown port is answered with port unreachable, at most once a second", (t) => {
	const network = TestNetwork.of(2);
	const parts = { destination: far(2), source: far(1), destinationPort: 4000 };
	network.clock.advanceTo(5_000_000);
	for (const atMs of [5000, 5500, 5999, 6000]) {
		network.clock.advanceTo(atMs * 1000);
		hand(network, network.nodes[1]!, udpPacket(parts));
	}
	network.clock.advanceBy(500_000);
	t.deepEqual(network.recorder.values("reportSent", "timeUs", 1), [5_000_000, 6_000_000]);
	t.deepEqual(network.recorder.values("reportReceived", "node"), [0, 0]);
	t.deepEqual(network.recorder.values("datagramDropped", "reason"), new Array(4).fill("port-unreachable"));
	// The whole packet of 68 octets behind 40 + 8 octets of headers.
	t.deepEqual(network.recorder.values("reportReceived", "bytes"), [116, 116]);
	t.deepEqual(network.leaks(), []);
});

test("an error carries no more of its cause than fits in 1,280 octets", (t) => {
	const network = TestNetwork.of(2);
	hand(network, network.nodes[1]!, udpPacket({ destinationPort: 4000, payload: counting(1232) }));
	network.clock.advanceBy(1_000_000);
	t.deepEqual(network.recorder.values("reportReceived", "bytes"), [1280]);
	t.deepEqual(network.leaks(), []);
});

test("no error answers an error, a multicast, or a source that is nobody's (RFC 4443, 2.4 e)", (t) => {
	const unreachable = rawPacket({ destination: far(9), source: far(1), hopLimit: 1 }, ICMPV6);
	unreachable[40] = 1;
	const request = echoPacket({ destination: far(9), source: far(1), hopLimit: 1 });
	const cases: [string, Uint8Array, number][] = [
		["an error that runs out of hops", unreachable, 0],
		["an echo request that does", request, 1],
		["a port at a multicast address", udpPacket({ destination: ALL_NODES, destinationPort: 4000 }), 0],
		["the unspecified source", udpPacket({ source: new Uint8Array(16), destinationPort: 4000 }), 0],
		["a multicast source", udpPacket({ source: ALL_NODES, destinationPort: 4000 }), 0],
		["the loopback source", udpPacket({ source: counting(16).fill(0, 0, 15).fill(1, 15), hopLimit: 1 }), 0],
	];
	for (const [name, packet, expected] of cases) {
		const network = TestNetwork.of(2);
		hand(network, network.nodes[1]!, packet);
		t.is(reports(network, 1), expected, name);
		t.is(network.recorder.of("datagramDropped").length, 1, name);
		t.deepEqual(network.leaks(), [], name);
	}
});

test("an echo is answered with the same octets, fragmented or not, to the near and the routable address", (t) => {
	const network = TestNetwork.of(2);
	const lengths = [0, 8, 500, 1232];
	for (const address of [near(2), far(2)]) {
		lengths.forEach((length, i) => {
			network.nodes[0]!.network.icmpv6.sendEcho(address, 77, i, length);
			network.clock.advanceBy(1_000_000);
		});
	}
	const { recorder } = network;
	t.deepEqual(recorder.values("echoReplied", "bytes", 0), [...lengths, ...lengths]);
	t.deepEqual(recorder.values("echoReplied", "sequence", 0), [0, 1, 2, 3, 0, 1, 2, 3]);
	t.deepEqual(new Set(recorder.values("echoReplied", "source")), new Set(["0x0002"]));
	t.deepEqual(recorder.of("datagramDropped"), []);
	t.deepEqual(network.leaks(), []);
});

test("an echo to all nodes is answered by each from its own address", (t) => {
	const network = TestNetwork.of(4);
	network.nodes[0]!.network.icmpv6.sendEcho(ALL_NODES, 1, 1, 8);
	network.clock.advanceBy(1_000_000);
	t.deepEqual(network.recorder.values("echoReplied", "source").sort(), ["0x0002", "0x0003", "0x0004"]);
	t.deepEqual(network.leaks(), []);
});

test("what a node sends to itself stays within it", (t) => {
	for (const address of [near(1), far(1)]) {
		const network = TestNetwork.of(2);
		const heard = listen(network);
		network.nodes[0]!.network.sendUdp(address, PORT, PORT, counting(5), 5);
		network.nodes[0]!.network.icmpv6.sendEcho(address, 1, 1, 300);
		network.clock.advanceBy(1_000_000);
		t.deepEqual(heard, ["0 from 1:0 5 0"]);
		t.deepEqual(network.recorder.values("echoReplied", "bytes"), [300]);
		t.is(network.wire.frames.length, 0);
		t.deepEqual(network.leaks(), []);
	}
});

test("a packet that is longer than allowed is the caller's mistake, and costs no buffer", (t) => {
	const network = TestNetwork.of(1);
	const layer = network.nodes[0]!.network;
	const tooLong = { instanceOf: RangeError, message: /1232.*1233/ };
	t.throws(() => layer.sendUdp(near(2), 1, 2, counting(1233), 1233), tooLong);
	t.throws(() => layer.icmpv6.sendEcho(near(2), 1, 2, 1233), tooLong);
	t.throws(() => layer.bind(0, () => {}), { instanceOf: RangeError, message: /port.*0/ });
	t.is(network.pool.lent, 0);
});

test("a handler may send at once, and every port has its own", (t) => {
	const network = TestNetwork.of(2);
	const [a, b] = network.nodes as [Node, Node];
	const heard: string[] = [];
	b.network.bind(PORT, (packet, offset, end, sourcePort) => {
		b.network.sendUdp(
			packet.slice(8, 24),
			PORT,
			sourcePort,
			packet.slice(offset, end).reverse(),
			end - offset,
		);
	});
	a.network.bind(PORT + 1, (packet, offset, end) => heard.push(String(packet.slice(offset, end))));
	a.network.bind(PORT + 2, () => heard.push("another port"));
	a.network.sendUdp(far(2), PORT + 1, PORT, counting(3), 3);
	network.clock.advanceBy(1_000_000);
	t.deepEqual(heard, ["2,1,0"]);
	t.deepEqual(network.leaks(), []);
});
