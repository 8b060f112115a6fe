import { parseIpv6Prefix } from "../firmware/frames/ipv6-text.js";
import { addressOf } from "../firmware/mote/addresses.js";
import { putAddress } from "../firmware/net/addresses.js";
import type { Random } from "../firmware/ports.js";
import { RandomStream } from "./kernel/random.js";
import { expectNode, type NodeTimers } from "./node-timers.js";
import { HEADER_BYTES } from "./traffic/flow.js";
import { fillPayload, MIN_PAYLOAD_BYTES } from "./traffic/payload.js";
import type { TrafficContext } from "./traffic/traffic.js";
import type { World } from "./world.js";

/** Lets nodes of a simulation send datagrams to each other, as traffic models ask for. */
export class TrafficHost {
	readonly #world: World;
	readonly #timers: NodeTimers;
	readonly #durationUs: number;
	/** Datagrams that each node has sent. */
	readonly #sequences: Uint32Array;
	readonly #payload: Uint8Array;
	/** The prefix of routable addresses, where there is one. */
	readonly #prefix: Uint8Array | undefined;
	readonly #destination = new Uint8Array(16);

	constructor(world: World, timers: NodeTimers, durationUs: number) {
		this.#world = world;
		this.#timers = timers;
		this.#durationUs = durationUs;
		this.#sequences = new Uint32Array(world.motes.length);
		const { maxPacketBytes, prefix } = world.scenario.node;
		this.#payload = new Uint8Array(maxPacketBytes);
		this.#prefix = prefix === null ? undefined : parseIpv6Prefix(prefix)?.prefix;
	}

	get #nodes(): number {
		return this.#sequences.length;
	}

	/** What the traffic of one entry may use: its random streams are its own. */
	contextOf(entry: number): TrafficContext {
		const { queue, sinks, scenario } = this.#world;
		const { seed } = scenario;
		const targets = new Map<number, RandomStream>();
		const targetStream = (node: number): RandomStream => {
			const known = targets.get(node);
			if (known !== undefined) return known;
			const stream = new RandomStream(seed, `traffic-target-${entry}`, node);
			targets.set(node, stream);
			return stream;
		};
		return {
			nodes: this.#nodes,
			sinks,
			durationUs: this.#durationUs,
			nowUs: () => queue.nowUs(),
			at: (node, timeUs, callback) => this.#timers.at(node, timeUs, callback),
			timer: (onDue) => this.#timers.timer(onDue),
			random: (node) => new RandomStream(seed, `traffic-${entry}`, node),
			send: (from, to, payloadBytes) => this.#send(from, to, payloadBytes),
			target: (node, to) => this.#target(node, to, targetStream),
		};
	}

	/**
	 * Lets a node send one UDP datagram; one without power does not.
	 *
	 * Throws a RangeError for a node that does not exist or a payload that no packet holds.
	 */
	#send(from: number, to: number, payloadBytes: number): void {
		expectNode("send", "from", from, this.#nodes);
		expectNode("send", "to", to, this.#nodes);
		const most = this.#payload.length - HEADER_BYTES;
		if (!(Number.isInteger(payloadBytes) && payloadBytes >= MIN_PAYLOAD_BYTES && payloadBytes <= most)) {
			throw new RangeError(
				`send: expected payloadBytes from ${MIN_PAYLOAD_BYTES} to ${most}, got ${payloadBytes}`,
			);
		}
		const { motes, powered, queue } = this.#world;
		if (powered[from] === 0) return;
		const sequence = this.#sequences[from]!++;
		fillPayload(this.#payload, payloadBytes, from, sequence, queue.nowUs());
		motes[from]!.sendUdp(this.#reach(from, to), this.#payload, payloadBytes);
	}

	/** The node that `node` sends to: see {@link TrafficContext.target}. */
	#target(node: number, to: string, streamOf: (node: number) => Random): number | undefined {
		if (to === "sink") {
			const { paths, sinks } = this.#world;
			const sink = paths.sink[node]!;
			return sink < 0 ? sinks[0] : sink;
		}
		if (to === "neighbour") return this.#neighbour(node);
		if (this.#nodes < 2) return undefined;
		const other = streamOf(node).below(this.#nodes - 1);
		return other < node ? other : other + 1;
	}

	/** The address by which a node reaches another: link-local where it hears it, else the routable one; until the next call. */
	#reach(from: number, to: number): Uint8Array {
		const { scenario, isSink } = this.#world;
		const isNear = isSink[to] === 0 && this.#hears(to, from);
		putAddress(
			isNear ? undefined : this.#prefix,
			addressOf(to, scenario.node.addressing),
			this.#destination,
			0,
		);
		return this.#destination;
	}

	#hears(node: number, from: number): boolean {
		const { start, to } = this.#world.links;
		for (let i = start[from]!; i < start[from + 1]!; i++) if (to[i] === node) return true;
		return false;
	}

	#neighbour(node: number): number | undefined {
		if (node + 1 < this.#nodes && this.#hears(node + 1, node)) return node + 1;
		if (node > 0 && this.#hears(node - 1, node)) return node - 1;
		const { start, to } = this.#world.links;
		for (let i = start[node]!; i < start[node + 1]!; i++) if (to[i]! < this.#nodes) return to[i]!;
		return undefined;
	}
}
