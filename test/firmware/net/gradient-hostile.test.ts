import test from "ava";
import { LinkAddress } from "../../../firmware/address.js";
import { encodeGradientBeacon, GRADIENT_BEACON_BYTES } from "../../../firmware/frames/gradient-beacon.js";
import type { Gradient } from "../../../firmware/net/gradient.js";
import type { Node } from "../../../firmware/node.js";
import { TestNetwork } from "../support/network.js";
import { counting, far } from "../support/packets.js";

const PERIOD_US = 5_000_000;
const PORT = 0xf0b5;
const SETTINGS = { routing: { kind: "gradient", beaconPeriodUs: PERIOD_US } } as const;
const ATTACKER = LinkAddress.short(0x66);

/** A line of three with its gradient learnt; node 0 is the sink and counts what it gets. */
function line() {
	const network = TestNetwork.of(3, SETTINGS);
	network.wire.line();
	let got = 0;
	network.nodes[0]!.network.bind(PORT, () => got++);
	network.clock.advanceBy(3 * PERIOD_US);
	const send = (): void => {
		network.nodes[2]!.network.sendUdp(far(1), PORT, PORT, counting(40), 40);
		network.clock.advanceBy(1_000_000);
	};
	return { network, send, got: () => got };
}

function beaconTo(
	node: Node,
	from: LinkAddress,
	epoch: number,
	hops: number,
	cost256: number,
	root = 1,
): void {
	const bytes = new Uint8Array(GRADIENT_BEACON_BYTES);
	const beacon = { sequence: 1, epoch, hops, cost256, root: LinkAddress.short(root) };
	const end = encodeGradientBeacon(beacon, bytes, 0);
	node.routing.receive(bytes, 1, end, from, node.ports.clock.nowUs());
}

test("a made-up number of a wave does not stop the network", (t) => {
	const { network, send, got } = line();
	for (const node of network.nodes) {
		beaconTo(node, ATTACKER, 0x7000, 255, 0xffff);
		beaconTo(node, ATTACKER, 0x7000, 3, 900);
	}
	for (let i = 0; i < 5; i++) send();
	t.is(got(), 5);
});

test("a made-up number within reach costs some periods, then the sink is believed again", (t) => {
	const { network, send, got } = line();
	for (const node of network.nodes) beaconTo(node, ATTACKER, 60, 3, 900);
	network.clock.advanceBy(12 * PERIOD_US);
	for (let i = 0; i < 5; i++) send();
	t.is(got(), 5);
	t.deepEqual(
		network.nodes.map(({ routing }) => (routing as Gradient).hops),
		[0, 1, 2],
	);
});

test("a new sink that begins to count anew is believed after a while", (t) => {
	const { network } = line();
	network.clock.advanceBy(100 * PERIOD_US);
	// A sink with an empty store takes the place of the old one.
	network.nodes[0]!.stop();
	for (let wave = 1; wave <= 12; wave++) {
		beaconTo(network.nodes[1]!, LinkAddress.short(1), wave, 0, 0);
		network.clock.advanceBy(PERIOD_US);
	}
	t.is((network.nodes[1]!.routing as Gradient).hops, 1);
	t.is((network.nodes[2]!.routing as Gradient).hops, 2);
});

test("who says that he is the sink does not get its packets", (t) => {
	const { network, send, got } = line();
	const middle = network.nodes[1]!;
	middle.routing.learn(LinkAddress.short(1), ATTACKER);
	for (let i = 0; i < 5; i++) send();
	t.is(got(), 5);
});

test("frames that bear nobody's address, everybody's or our own are refused", (t) => {
	const { network } = line();
	const radio = network.wire.radios[1]!;
	const psdu = network.wire.frames.find(({ from }) => from === 2)!.psdu;
	for (const source of [0xffff, 0xfffe, 2]) {
		const spoofed = psdu.slice();
		spoofed[7] = source;
		spoofed[8] = source >> 8;
		radio.inject(spoofed);
	}
	t.deepEqual(network.recorder.values("frameRefused", "reason"), ["mac-source", "mac-source", "mac-source"]);
});
