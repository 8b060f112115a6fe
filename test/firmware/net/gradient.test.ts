import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../firmware/address.js";
import { Gradient } from "../../../firmware/net/gradient.js";
import type { Node } from "../../../firmware/node.js";
import { gradientHost } from "../support/gradient-host.js";
import { TestNetwork } from "../support/network.js";
import { counting, far } from "../support/packets.js";
import { SeededRandom } from "../support/random.js";

const PERIOD_US = 5_000_000;
const PORT = 0xf0b5;
const SETTINGS = {
	routing: { kind: "gradient", beaconPeriodUs: PERIOD_US },
	profile: { hopLimit: 32 },
} as const;

function epochOf(beacon: Uint8Array): number {
	return beacon[4]! * 256 + beacon[5]!;
}

function hopsOf(network: TestNetwork): number[] {
	return network.nodes.map(({ routing }) => (routing as Gradient).hops);
}

/** Number of the node that a node hands packets to for which it knows no other way; -1 without one. */
function parentOf({ routing }: Node): number {
	return (routing.nextHop(LinkAddress.short(0x7777))?.low ?? 0) - 1;
}

/** The nodes from `start` on towards the sink; undefined when they form a loop. */
function wayOf(network: TestNetwork, start: number): number[] | undefined {
	const way = [start];
	for (let at = start; at !== 0; ) {
		at = parentOf(network.nodes[at]!);
		if (at < 0) return way;
		if (way.includes(at)) return undefined;
		way.push(at);
	}
	return way;
}

test("a line of five learns its hops within one wave, and readings reach the sink", (t) => {
	const network = TestNetwork.of(5, SETTINGS);
	network.wire.line();
	network.clock.advanceTo(3_000_000);
	t.deepEqual(hopsOf(network), [0, 1, 2, 3, 4]);
	const { recorder } = network;
	t.deepEqual(recorder.values("routeChanged", "node"), [1, 2, 3, 4]);
	t.deepEqual(recorder.values("routeChanged", "nextHop"), ["0x0001", "0x0002", "0x0003", "0x0004"]);
	t.deepEqual(recorder.values("routeChanged", "hops"), [1, 2, 3, 4]);
	let heard = 0;
	network.nodes[0]!.network.bind(PORT, () => heard++);
	network.nodes[4]!.network.sendUdp(far(1), PORT, PORT, counting(200), 200);
	network.clock.advanceBy(1_000_000);
	t.is(heard, 1);
	t.deepEqual(recorder.values("datagramDelivered", "hops"), [4]);
});

test("the sink finds a leaf by the way that the leaf's packets came", (t) => {
	const network = TestNetwork.of(5, SETTINGS);
	network.wire.line();
	network.clock.advanceTo(3_000_000);
	network.nodes[0]!.network.icmpv6.sendEcho(far(5), 1, 1, 300);
	t.deepEqual(network.recorder.values("datagramDropped", "reason"), ["no-route"]);
	network.nodes[4]!.network.sendUdp(far(1), PORT, PORT, counting(5), 5);
	network.clock.advanceBy(1_000_000);
	network.nodes[0]!.network.icmpv6.sendEcho(far(5), 1, 2, 300);
	network.clock.advanceBy(1_000_000);
	t.deepEqual(network.recorder.values("echoReplied", "source"), ["0x0005"]);
	t.deepEqual(network.recorder.values("echoReplied", "bytes"), [300]);
});

test("when a parent dies its children find another way within the stale time", (t) => {
	// 0 - 1 - 3 and 0 - 2 - 3: whichever node 3 chose is switched off.
	const network = TestNetwork.of(4, SETTINGS);
	network.wire.link(0, 3, false);
	network.wire.link(1, 2, false);
	network.clock.advanceTo(12_000_000);
	const first = parentOf(network.nodes[3]!);
	t.true(first === 1 || first === 2);
	network.nodes[first]!.stop();
	network.clock.advanceBy(6 * PERIOD_US);
	t.is(parentOf(network.nodes[3]!), 3 - first);
	t.is(hopsOf(network)[3], 2);
});

test("a parent that no longer acknowledges is left sooner, as soon as it costs more than another way", (t) => {
	const network = TestNetwork.of(4, SETTINGS);
	network.wire.link(0, 3, false);
	network.wire.link(1, 2, false);
	network.clock.advanceTo(8_000_000);
	const first = parentOf(network.nodes[3]!);
	network.nodes[first]!.stop();
	for (let i = 0; i < 4; i++) {
		network.nodes[3]!.network.sendUdp(far(1), PORT, PORT, counting(5), 5);
		network.clock.advanceBy(200_000);
	}
	t.is(parentOf(network.nodes[3]!), 3 - first);
});

test("the children of a node that lost its only way do not become its parents", (t) => {
	// The line 0 - 1 - 2 breaks between 0 and 1; node 1 hears node 2, whose way leads over node 1.
	const network = TestNetwork.of(3, SETTINGS);
	network.wire.line();
	network.clock.advanceTo(12_000_000);
	network.wire.link(0, 1, false);
	for (let i = 0; i < 20; i++) {
		network.nodes[1]!.network.sendUdp(far(1), PORT, PORT, counting(5), 5);
		network.nodes[2]!.network.sendUdp(far(1), PORT, PORT, counting(5), 5);
		network.clock.advanceBy(1_000_000);
		t.not(wayOf(network, 1), undefined);
		t.not(parentOf(network.nodes[1]!), 2);
	}
	network.wire.link(0, 1, true);
	network.clock.advanceBy(2 * PERIOD_US);
	t.deepEqual(hopsOf(network), [0, 1, 2]);
});

test("ways that are equal but for noise do not flap", (t) => {
	const network = TestNetwork.of(4, SETTINGS);
	network.wire.link(0, 3, false);
	const chance = new SeededRandom(7);
	network.clock.advanceTo(12_000_000);
	network.recorder.events.length = 0;
	// One frame of fifty is lost, anywhere.
	network.wire.isLost = () => chance.below(50) === 0;
	for (let i = 0; i < 200; i++) {
		network.nodes[3]!.network.sendUdp(far(1), PORT, PORT, counting(5), 5);
		network.clock.advanceBy(500_000);
	}
	t.true(network.recorder.of("routeChanged", 3).length <= 8);
});

test("no loop at any time, whatever links come and go", (t) => {
	const graphs = fc.record({
		count: fc.integer({ min: 3, max: 8 }),
		seed: fc.nat(),
		densityPercent: fc.integer({ min: 25, max: 90 }),
		lossPercent: fc.integer({ min: 0, max: 40 }),
	});
	fc.assert(
		fc.property(graphs, ({ count, seed, densityPercent, lossPercent }) => {
			const chance = new SeededRandom(seed);
			const network = TestNetwork.of(count, SETTINGS);
			network.wire.keepsFrames = false;
			network.wire.isLost = () => chance.below(100) < lossPercent;
			const changeLinks = (): void => {
				for (let a = 0; a < count; a++) {
					for (let b = a + 1; b < count; b++) network.wire.link(a, b, chance.below(100) < densityPercent);
				}
			};
			changeLinks();
			for (let step = 0; step < 40; step++) {
				if (step % 10 === 9) changeLinks();
				const sender = 1 + chance.below(count - 1);
				network.nodes[sender]!.network.sendUdp(far(1), PORT, PORT, counting(5), 5);
				for (let part = 0; part < 8; part++) {
					network.clock.advanceBy(125_000);
					for (let node = 1; node < count; node++) {
						if (wayOf(network, node) === undefined) throw new Error(`loop over node ${node}, step ${step}`);
					}
				}
			}
			t.deepEqual(
				network.recorder.of("datagramDropped").filter(({ reason }) => reason === "hop-limit"),
				[],
			);
		}),
		{ numRuns: 60 },
	);
});

test("every node of a connected graph finds a way, and a shortest one while nothing is lost", (t) => {
	fc.assert(
		fc.property(fc.integer({ min: 2, max: 9 }), fc.nat(), (count, seed) => {
			const chance = new SeededRandom(seed);
			const network = TestNetwork.of(count, SETTINGS);
			const near = Array.from({ length: count }, () => new Set<number>());
			for (let a = 0; a < count; a++) {
				for (let b = a + 1; b < count; b++) {
					const linked = b === a + 1 || chance.below(4) === 0;
					network.wire.link(a, b, linked);
					if (linked) near[a]!.add(b);
					if (linked) near[b]!.add(a);
				}
			}
			const expected = new Array<number>(count).fill(255);
			expected[0] = 0;
			for (let round = 0; round < count; round++) {
				near.forEach((others, a) => {
					for (const b of others) expected[a] = Math.min(expected[a]!, expected[b]! + 1);
				});
			}
			network.clock.advanceTo(5 * PERIOD_US);
			t.deepEqual(hopsOf(network), expected);
		}),
		{ numRuns: 40 },
	);
});

test("a sink goes on where it was after a power cycle: its waves are news, not echoes of old ones", (t) => {
	const blobs = new Map<string, Uint8Array>();
	const store = {
		get: (name: string) => blobs.get(name),
		set: (name: string, value: Uint8Array | undefined) => {
			if (value !== undefined) blobs.set(name, value.slice());
			return true;
		},
	};
	const epochs: number[] = [];
	const cycle = (waves: number): void => {
		const network = new TestNetwork();
		const host = gradientHost(
			0,
			true,
			network.clock,
			network.recorder,
			(beacon) => epochs.push(epochOf(beacon)),
			{
				store,
			},
		);
		const gradient = new Gradient(host, PERIOD_US);
		gradient.start();
		network.clock.advanceBy(waves * PERIOD_US);
		gradient.stop();
	};
	cycle(3);
	cycle(70);
	cycle(1);
	t.true(epochs.length >= 70);
	for (let i = 1; i < epochs.length; i++) t.true(epochs[i]! > epochs[i - 1]!, `wave ${i}`);
});

test("a sink whose store keeps no more sends no waves: a number of them would come again, or pass for the newest", (t) => {
	let isFull = true;
	const epochs: number[] = [];
	const network = new TestNetwork();
	const store = { get: () => undefined, set: () => !isFull };
	const host = gradientHost(
		0,
		true,
		network.clock,
		network.recorder,
		(beacon) => epochs.push(epochOf(beacon)),
		{
			store,
		},
	);
	const gradient = new Gradient(host, PERIOD_US);
	gradient.start();
	network.clock.advanceBy(3 * PERIOD_US);
	t.deepEqual(epochs, []);
	isFull = false;
	network.clock.advanceBy(3 * PERIOD_US);
	t.deepEqual(epochs.slice(0, 2), [0, 1]);
});
