import test from "ava";
import { LinkAddress } from "../../firmware/address.js";
import { SLOT_BYTES } from "../../firmware/buffer-pool.js";
import { completeSink, NODE_EVENTS } from "../../firmware/events.js";
import { predictiveCsmOpen } from "../../firmware/fragments/predictive-variants.js";
import { putFcs } from "../../firmware/frames/fcs.js";
import { planOf } from "./support/chains.js";
import { type NodeSettings, TestNetwork } from "./support/network.js";
import { counting, echoPacket, far, rawPacket, udpPacket } from "./support/packets.js";
import { SeededRandom } from "./support/random.js";
import { payloadsOf } from "./support/reassembly.js";

const FRAMES = process.env["LOWGUARD_SLOW"] === undefined ? 20_000 : 1_000_000;
/** Packets that a node may hold: four contexts, eight in the queue, two in hand. */
const MOST_BUFFERS = 4 + 8 + 2;
/** Slots that four contexts of one MTU make. */
const MOST_SLOTS = (4 * 1280) / SLOT_BYTES;
const PORT = 0xf0b5;

/** Payloads of packets that a node would take, forward, answer or put together. */
function honestPayloads(): Uint8Array[][] {
	const packets = [
		udpPacket({ destinationPort: PORT }),
		udpPacket({ destinationPort: 4000, payload: counting(300) }),
		udpPacket({ source: far(1), destination: far(9), payload: counting(1232) }),
		echoPacket({ payload: counting(500) }),
		rawPacket({ payload: counting(90) }, 43),
		rawPacket({ payload: counting(700) }, 41),
	];
	const hello = Uint8Array.of(0xff, 1, 1, 0, 3, 0, 9);
	const beacon = Uint8Array.of(0xff, 0x20, 0, 1, 0, 1, 0, 0, 0);
	const mesh = Uint8Array.of(0xb5, 0, 9, 0, 2, 0x7a, 0x33, 0x3a, 0x80, 0);
	const hc1 = Uint8Array.of(0x42, 0xfb, 0x40, 1, 2, 3, 4, 5, 6);
	return [...packets.map((packet) => payloadsOf(packet, 116)), [beacon], [hello], [mesh], [hc1]];
}

/** Invents frames: noise, noise behind a good header, and honest packets with some octets altered. */
class FrameSource {
	readonly #random: SeededRandom;
	readonly #packets = honestPayloads();
	/** What is left of the packet that one sender is sending. */
	#rest: Uint8Array[] = [];
	#sender = 0;
	readonly #chains: boolean;

	/** `chains`: every second packet of more than one frame is chained. */
	constructor(seed: number, chains: boolean) {
		this.#random = new SeededRandom(seed);
		this.#chains = chains;
	}

	next(): Uint8Array {
		const random = this.#random;
		const kind = random.below(8);
		if (kind === 0) return this.#noise(5 + random.below(123));
		if (kind === 1) return this.#frame(random.below(16), this.#noise(random.below(117)));
		const payload = this.#rest.shift();
		if (payload !== undefined) return this.#frame(this.#sender, kind < 4 ? this.#altered(payload) : payload);
		const packet =
			this.#chains && random.below(2) === 0
				? this.#chained()
				: this.#packets[random.below(this.#packets.length)]!;
		this.#sender = random.below(16);
		this.#rest = packet.slice();
		return this.#frame(this.#sender, this.#altered(packet[random.below(packet.length)]!));
	}

	#chained(): Uint8Array[] {
		const random = this.#random;
		const payload = counting(80 + random.below(400), random.below(256));
		const destination = far(random.below(2) === 0 ? 2 : 9);
		const packet = udpPacket({ source: far(1), destination, destinationPort: PORT, payload });
		return payloadsOf(packet, 116, { tag: random.below(4), plan: planOf(8, random.below(0x10000)) });
	}

	/** To 0x0002, or now and then to all. */
	#frame(sender: number, payload: Uint8Array): Uint8Array {
		const toAll = this.#random.below(16) === 0;
		const address = toAll ? [0xff, 0xff] : [2, 0];
		const psdu = new Uint8Array(11 + payload.length);
		psdu.set([toAll ? 0x41 : 0x61, 0x98, this.#random.below(256), 0xcd, 0xab, ...address, sender, 0]);
		psdu.set(payload, 9);
		putFcs(psdu, psdu.length);
		return psdu;
	}

	#noise(length: number): Uint8Array {
		const bytes = Uint8Array.from({ length }, () => this.#random.below(256));
		if (length >= 2) putFcs(bytes, length);
		return bytes;
	}

	#altered(payload: Uint8Array): Uint8Array {
		const random = this.#random;
		const bytes = payload.slice(0, random.below(4) === 0 ? 1 + random.below(payload.length) : payload.length);
		// Mostly headers: there is nothing to misread in data.
		for (let i = random.below(4); i > 0; i--) {
			const at = random.below(random.below(2) === 0 ? Math.min(16, bytes.length) : bytes.length);
			bytes[at] = random.below(2) === 0 ? random.below(256) : bytes[at]! ^ (1 << random.below(8));
		}
		return bytes;
	}
}

for (const [kind, chains] of [
	["static", false] as const,
	["gradient", false] as const,
	["static", true] as const,
]) {
	const what = chains ? `${kind} router that chains` : `${kind} router`;
	test(`${FRAMES} random frames at a ${what}: no exception, bounded memory, nothing kept`, (t) => {
		const counts = new Map<string, number>();
		const count = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
		const network = new TestNetwork();
		network.wire.keepsFrames = false;
		const sink = completeSink(NODE_EVENTS, {
			contextOpened: () => count("opened"),
			contextClosed: (_timeUs, _node, _source, _tag, outcome) => count(`closed ${outcome}`),
			datagramDelivered: () => count("delivered"),
			datagramForwarded: () => count("forwarded"),
		});
		const routing =
			kind === "static"
				? ({ kind, routes: [{ via: LinkAddress.short(1) }] } as const)
				: ({ kind, beaconPeriodUs: 10_000_000 } as const);
		const chaining = { tokenBytes: 8, keyedTokenBytes: 4, helloPeriodUs: 30_000_000 };
		const settings = (): NodeSettings => ({
			sink,
			routing,
			...(chains && { profile: { chaining }, policy: predictiveCsmOpen.create({}) }),
		});
		network.add(settings());
		const node = network.add(settings());
		node.network.bind(PORT, () => count("handled"));
		const source = new FrameSource(1, chains);
		const radio = network.wire.radios[1]!;
		let mostBuffers = 0;
		for (let i = 0; i < FRAMES; i++) {
			const frame = source.next();
			try {
				radio.inject(frame);
				// Now and then time for contexts to end and queues to empty.
				network.clock.advanceBy(i % 500 === 0 ? 61_000_000 : 2000);
			} catch (error) {
				t.fail(
					`frame ${i}, ${Array.from(frame, (octet) => octet.toString(16).padStart(2, "0")).join("")}: ${error}`,
				);
				return;
			}
			mostBuffers = Math.max(mostBuffers, network.pool.lent);
			if (node.reassembler.bytesInUse > 4 * 1280 || node.neighbours.entries.length > 16) t.fail(`frame ${i}`);
		}
		// Both nodes share the pool.
		t.true(mostBuffers <= 2 * (MOST_BUFFERS + (chains ? MOST_SLOTS : 0)), `${mostBuffers} buffers`);
		node.stop();
		network.nodes[0]!.stop();
		t.deepEqual(network.leaks(), []);
		// The frames went deep enough to mean something.
		for (const name of [
			"opened",
			"closed completed",
			"closed reassembly-timed-out",
			"delivered",
			"handled",
		]) {
			t.true((counts.get(name) ?? 0) > 10, `${name}: ${counts.get(name)}`);
		}
		if (kind === "static") t.true((counts.get("forwarded") ?? 0) > 10);
	});
}
