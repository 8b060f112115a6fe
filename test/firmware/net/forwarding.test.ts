import test from "ava";
import { LinkAddress } from "../../../firmware/address.js";
import type { StaticRoute } from "../../../firmware/net/routing.js";
import { TestNetwork } from "../support/network.js";
import { counting, echoPacket, far, near, udpPacket } from "../support/packets.js";

const PORT = 0xf0b5;

/** A line of nodes with default routes towards node 0. */
function line(count: number, hopLimit = 64): TestNetwork {
	const network = new TestNetwork();
	for (let i = 0; i < count; i++) {
		// Node i has short address i + 1; node 0 has a default route that leads nowhere.
		const routes: StaticRoute[] = [{ via: LinkAddress.short(i === 0 ? 99 : i) }];
		network.add({ routing: { kind: "static", routes }, profile: { hopLimit } });
	}
	network.wire.line();
	return network;
}

test("each hop takes one from the hop limit, changes nothing else, and sends the packet once", (t) => {
	const network = line(4);
	const arrived: Uint8Array[] = [];
	network.nodes[0]!.network.bind(PORT, (packet, _offset, end) => arrived.push(packet.slice(0, end)));
	const payload = counting(300);
	network.nodes[3]!.network.sendUdp(far(1), PORT, PORT, payload, payload.length);
	network.clock.advanceBy(1_000_000);
	const sent = udpPacket({
		source: far(4),
		destination: far(1),
		sourcePort: PORT,
		destinationPort: PORT,
		payload,
	});
	sent[7] = 62;
	t.deepEqual(arrived, [sent]);
	const { recorder } = network;
	t.deepEqual(recorder.values("datagramForwarded", "node"), [2, 1]);
	t.deepEqual(recorder.values("datagramDelivered", "hops"), [3]);
	t.is(
		new Set([...recorder.values("datagramForwarded", "ident"), ...recorder.values("datagramSent", "ident")])
			.size,
		1,
	);
	// Three fragments at each of three hops, put together at each.
	t.is(network.wire.frames.length, 9);
	t.deepEqual(recorder.values("contextClosed", "outcome"), ["completed", "completed", "completed"]);
	t.deepEqual(network.leaks(), []);
});

test("the answer finds back along the way that the question came", (t) => {
	const network = line(4);
	network.nodes[3]!.network.icmpv6.sendEcho(far(1), 5, 6, 200);
	network.clock.advanceBy(1_000_000);
	t.deepEqual(network.recorder.values("echoReplied", "node"), [3]);
	t.deepEqual(network.recorder.of("datagramDropped"), []);
	t.deepEqual(network.leaks(), []);
});

test("hops that are used up end the packet with time exceeded to its source", (t) => {
	const network = line(4, 2);
	network.nodes[3]!.network.sendUdp(far(1), PORT, PORT, counting(9), 9);
	network.clock.advanceBy(1_000_000);
	const { recorder } = network;
	t.deepEqual(
		recorder.of("datagramDropped").map(({ node, reason }) => [node, reason]),
		[[1, "hop-limit"]],
	);
	// Node 1 answers; that the report arrives is shown by its delivery at node 3.
	t.deepEqual(recorder.values("reportSent", "node"), [1]);
	t.deepEqual(recorder.values("reportReceived", "node"), [3]);
	t.deepEqual(recorder.values("datagramSent", "node"), [3]);
	t.is(
		recorder.of("datagramForwarded").filter(({ ident }) => ident === recorder.events[0]!["ident"]).length,
		1,
	);
	t.deepEqual(network.leaks(), []);
});

test("a packet with hop limit 0 or 1 is taken by its destination, and by nobody else", (t) => {
	for (const hopLimit of [0, 1]) {
		const network = line(2);
		const heard: number[] = [];
		network.nodes[1]!.network.bind(PORT, (_packet, offset, end) => heard.push(end - offset));
		for (const destination of [far(2), far(3)]) {
			const packet = udpPacket({ source: far(9), destination, destinationPort: PORT, hopLimit });
			const buffer = network.pool.take();
			buffer.set(packet);
			network.nodes[1]!.network.receive(buffer, packet.length, LinkAddress.short(9));
		}
		t.deepEqual(heard, [20]);
		t.deepEqual(network.recorder.values("datagramDropped", "reason"), ["hop-limit"]);
		t.deepEqual(network.leaks(), []);
	}
});

test("without a route a packet ends at once, with a report if it came from elsewhere", (t) => {
	const routes = [{ destination: LinkAddress.short(2), via: LinkAddress.short(2) }];
	const network = TestNetwork.of(2, { routing: { kind: "static", routes } });
	network.nodes[1]!.network.sendUdp(far(7), PORT, PORT, counting(9), 9);
	t.deepEqual(network.recorder.values("datagramDropped", "reason"), ["no-route"]);
	t.is(network.recorder.of("datagramSent").length, 1);
	const packet = echoPacket({ source: far(1), destination: far(7) });
	const buffer = network.pool.take();
	buffer.set(packet);
	network.nodes[1]!.network.receive(buffer, packet.length, LinkAddress.short(1));
	network.clock.advanceBy(1_000_000);
	t.deepEqual(network.recorder.values("datagramDropped", "reason"), ["no-route", "no-route"]);
	t.deepEqual(network.recorder.values("reportReceived", "node"), [0]);
	t.deepEqual(network.leaks(), []);
});

test("two routers that point at each other do not play ball", (t) => {
	const network = new TestNetwork();
	for (const via of [2, 1]) {
		network.add({ routing: { kind: "static", routes: [{ via: LinkAddress.short(via) }] } });
	}
	network.nodes[0]!.network.sendUdp(far(7), PORT, PORT, counting(9), 9);
	network.clock.advanceBy(10_000_000);
	const { recorder } = network;
	t.deepEqual(recorder.values("datagramForwarded", "node"), []);
	t.deepEqual(
		recorder.of("datagramDropped").map(({ node, reason }) => [node, reason]),
		[[1, "no-route"]],
	);
	t.deepEqual(network.leaks(), []);
});

test("a broadcast frame with a packet for one node is not multiplied by those who hear it", (t) => {
	const network = TestNetwork.of(5);
	const packet = udpPacket({ source: far(1), destination: far(9), destinationPort: PORT });
	const own = udpPacket({ source: far(1), destination: far(3), destinationPort: PORT });
	for (const bytes of [packet, own]) {
		const buffer = network.pool.take();
		buffer.set(bytes);
		network.nodes[0]!.outbox.sendPacket(buffer, bytes.length, LinkAddress.short(0xffff), 1);
		network.clock.advanceBy(1_000_000);
	}
	t.is(network.wire.frames.length, 2);
	const drops = network.recorder.of("datagramDropped").map(({ node, reason }) => `${node} ${reason}`);
	t.deepEqual(drops.filter((drop) => drop === "2 port-unreachable").length, 1);
	t.is(drops.filter((drop) => drop.endsWith("not-for-us")).length, 4 + 3);
	t.is(network.recorder.of("datagramSent").length, 0);
	t.deepEqual(network.leaks(), []);
});

test("link-local packets are not passed on", (t) => {
	const network = line(3);
	const packet = udpPacket({ source: near(3), destination: near(1), destinationPort: PORT });
	const buffer = network.pool.take();
	buffer.set(packet);
	network.nodes[1]!.network.receive(buffer, packet.length, LinkAddress.short(3));
	network.clock.advanceBy(1_000_000);
	t.deepEqual(network.recorder.values("datagramDropped", "reason"), ["not-for-us"]);
	t.is(network.wire.frames.length, 0);
	t.deepEqual(network.leaks(), []);
});
