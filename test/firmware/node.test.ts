import test from "ava";
import { putFcs } from "../../firmware/frames/fcs.js";
import { TestNetwork } from "./support/network.js";
import { counting, far, near, udpPacket } from "./support/packets.js";
import { payloadsOf } from "./support/reassembly.js";

const PORT = 0xf0b5;

/** A frame from 0x0001 to 0x0002 with this payload. */
function frameOf(payload: Uint8Array, sequence = 1): Uint8Array {
	const psdu = Uint8Array.from([0x61, 0x98, sequence, 0xcd, 0xab, 2, 0, 1, 0, ...payload, 0, 0]);
	putFcs(psdu, psdu.length);
	return psdu;
}

test("a power cycle in the middle of everything leaves no buffer, and the node works afterwards", (t) => {
	for (let stopUs = 0; stopUs < 160_000; stopUs += 1_100) {
		const network = TestNetwork.of(2);
		const [a, b] = network.nodes as [(typeof network.nodes)[0], (typeof network.nodes)[0]];
		const heard: number[] = [];
		b.network.bind(PORT, (_packet, offset, end) => heard.push(end - offset));
		a.network.sendUdp(near(2), PORT, PORT, counting(1000), 1000);
		a.network.sendUdp(near(2), PORT, PORT, counting(900), 900);
		network.clock.advanceBy(stopUs);
		a.stop();
		b.stop();
		t.is(network.pool.lent, 0, `stopped at ${stopUs} µs`);
		t.is(network.workspace.link.lent, 0, `stopped at ${stopUs} µs`);
		t.is(network.rows.lent, 0, `stopped at ${stopUs} µs`);
		t.is(b.reassembler.bytesInUse, 0);
		a.start();
		b.start();
		// At once, while the frame of before is still on the air.
		a.network.sendUdp(near(2), PORT, PORT, counting(700), 700);
		network.clock.advanceBy(1_000_000);
		t.is(heard.at(-1), 700, `stopped at ${stopUs} µs`);
		t.deepEqual(network.leaks(), []);
	}
});

test("a node that is off hears nothing, and one that is stopped twice does not mind", (t) => {
	const network = TestNetwork.of(2);
	network.nodes[1]!.stop();
	network.nodes[1]!.stop();
	network.nodes[0]!.network.sendUdp(near(2), PORT, PORT, counting(5), 5);
	network.clock.advanceBy(1_000_000);
	t.deepEqual(network.recorder.values("datagramDropped", "reason"), ["mac-retries"]);
	t.deepEqual(network.recorder.of("frameRefused"), []);
	t.deepEqual(network.leaks(), []);
});

test("packets beyond the queue are dropped as queue-full, the others go out in order", (t) => {
	const network = TestNetwork.of(2, { profile: { queueLength: 3 } });
	const heard: number[] = [];
	network.nodes[1]!.network.bind(PORT, (_packet, offset, end) => heard.push(end - offset));
	for (const length of [300, 301, 302, 303, 304]) {
		network.nodes[0]!.network.sendUdp(near(2), PORT, PORT, counting(length), length);
	}
	t.deepEqual(network.recorder.values("datagramDropped", "reason"), ["queue-full", "queue-full"]);
	t.is(network.pool.lent, 3);
	network.clock.advanceBy(2_000_000);
	t.deepEqual(heard, [300, 301, 302]);
	t.deepEqual(
		network.recorder.values("datagramDropped", "ident"),
		network.recorder.values("datagramSent", "ident").slice(3),
	);
	t.deepEqual(network.leaks(), []);
});

test("a packet of which one frame is lost for good is given up, and the next one is whole", (t) => {
	const network = TestNetwork.of(2);
	const heard: number[] = [];
	network.nodes[1]!.network.bind(PORT, (_packet, offset, end) => heard.push(end - offset));
	// The second of five fragments, at each of its four transmissions.
	network.wire.isLost = (index) => index >= 1 && index <= 4;
	network.nodes[0]!.network.sendUdp(near(2), PORT, PORT, counting(450), 450);
	network.nodes[0]!.network.sendUdp(near(2), PORT, PORT, counting(451), 451);
	network.clock.advanceBy(2_000_000);
	t.deepEqual(network.recorder.values("datagramDropped", "reason"), ["mac-retries"]);
	t.deepEqual(heard, [451]);
	t.is(network.wire.frames.length, 1 + 4 + 5);
	t.is(network.nodes[1]!.reassembler.contexts.length, 1);
	t.deepEqual(network.leaks(), []);
	t.deepEqual(network.recorder.values("contextClosed", "outcome"), ["completed", "reassembly-timed-out"]);
});

test("a context that times out tells whose packet it was, if its first fragment came", (t) => {
	const packet = udpPacket({
		source: far(1),
		destination: far(2),
		destinationPort: PORT,
		payload: counting(400),
	});
	const payloads = payloadsOf(packet, 116);
	for (const missing of [0, 1]) {
		const network = TestNetwork.of(2);
		payloads.forEach((payload, i) => {
			if (i !== missing) network.wire.radios[1]!.hear(frameOf(payload, i));
		});
		t.deepEqual(network.leaks(), []);
		const reasons = network.recorder.values("datagramDropped", "reason");
		t.deepEqual(reasons, missing === 0 ? [] : ["reassembly-timed-out"]);
	}
});

test("a payload that is no 6LoWPAN is refused with its reason and its source", (t) => {
	const cases: [payload: Uint8Array, reason: string][] = [
		[Uint8Array.of(), "lowpan-truncated"],
		[Uint8Array.of(0x3f, 1, 2), "not-lowpan"],
		[Uint8Array.of(0xe8, 1, 0, 8, 0, 0, 1, 2), "unsupported-dispatch"],
		[Uint8Array.of(0xff, 0x21, 0, 0), "unsupported-dispatch"],
		[Uint8Array.of(0x7a, 0x33), "header-truncated"],
	];
	for (const [payload, reason] of cases) {
		const network = TestNetwork.of(2);
		network.wire.radios[1]!.hear(frameOf(payload));
		t.deepEqual(network.recorder.values("frameRefused", "reason"), [reason]);
		t.deepEqual(network.recorder.values("frameRefused", "source"), ["0x0001"]);
		t.deepEqual(network.leaks(), []);
	}
});
