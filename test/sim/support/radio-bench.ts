import { LinkAddress } from "../../../firmware/address.js";
import { completeSink } from "../../../firmware/events.js";
import { putFcs } from "../../../firmware/frames/fcs.js";
import { encodeMacHeader, FrameType, MacHeader } from "../../../firmware/frames/mac-frame.js";
import type { RadioConfig } from "../../../firmware/ports.js";
import type { AirOptions } from "../../../sim/channel/air.js";
import type { LinkGraph } from "../../../sim/channel/links.js";
import { SimulatedRadio } from "../../../sim/channel/radio.js";
import { type PhyTimes, STANDARD_TIMES, Transceivers } from "../../../sim/channel/transceivers.js";
import { SIM_EVENTS } from "../../../sim/events.js";
import { fromDb } from "../../../sim/kernel/math.js";
import { EventQueue } from "../../../sim/kernel/queue.js";

/** A usual physical layer; tests that depend on one of these say so. */
export const AIR: AirOptions = {
	noiseDbm: -105,
	implementationLossDb: 4,
	sensitivityDbm: -100,
	lockSinrDb: 0,
	captureDb: 3,
	ccaThresholdDbm: -90,
};

export const PAN = 0xabcd;

/** One direction of a link: from, to, received power in dBm, and a reception ratio for listed links. */
export type Edge = readonly [from: number, to: number, dbm: number, prr?: number];

/** A link graph from single directions; reception ratios only when one is given. */
export function graphOf(nodes: number, edges: readonly Edge[]): LinkGraph {
	const sorted = [...edges].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
	const start = new Int32Array(nodes + 1);
	for (const [from] of sorted) start[from + 1]!++;
	for (let i = 0; i < nodes; i++) start[i + 1]! += start[i]!;
	const listed = sorted.some((edge) => edge[3] !== undefined);
	return {
		nodes,
		start,
		to: Int32Array.from(sorted, (edge) => edge[1]),
		powerMw: Float64Array.from(sorted, (edge) => fromDb(edge[2])),
		prr: listed ? Float32Array.from(sorted, (edge) => edge[3] ?? 1) : undefined,
	};
}

/** Both directions of each link. */
export function bothWays(edges: readonly Edge[]): Edge[] {
	return edges.flatMap(([a, b, dbm, prr]): Edge[] =>
		prr === undefined
			? [
					[a, b, dbm],
					[b, a, dbm],
				]
			: [
					[a, b, dbm, prr],
					[b, a, dbm, prr],
				],
	);
}

/** The configuration of node `id`: short address id + 1, EUI-64 0x02…:id + 1. */
export function configOf(id: number, changes: Partial<RadioConfig> = {}): RadioConfig {
	return {
		channel: 26,
		panId: PAN,
		shortAddress: id + 1,
		extendedHigh: 0x02000000,
		extendedLow: id + 1,
		txPowerDbm: 0,
		promiscuous: false,
		panCoordinator: false,
		...changes,
	};
}

export interface FrameOptions {
	readonly to?: LinkAddress;
	readonly from?: LinkAddress;
	readonly ack?: boolean;
	readonly seq?: number;
	/** Octets of the whole PSDU. */
	readonly bytes?: number;
	readonly header?: (header: MacHeader) => void;
}

/** A data frame, from node 0 to node 1 unless told otherwise, padded to `bytes`. */
export function dataFrame(options: FrameOptions = {}): Uint8Array {
	const header = new MacHeader();
	header.type = FrameType.data;
	header.ackRequest = options.ack ?? false;
	header.panIdCompression = true;
	header.seq = options.seq ?? 7;
	header.destinationPan = PAN;
	header.destination.set(options.to ?? LinkAddress.short(2));
	header.source.set(options.from ?? LinkAddress.short(1));
	options.header?.(header);
	const psdu = new Uint8Array(127);
	const end = encodeMacHeader(header, psdu, 0);
	const length = Math.max(options.bytes ?? 0, end + 2);
	putFcs(psdu, length);
	return psdu.slice(0, length);
}

/** Something that a bench saw, with its time. */
export interface Seen {
	readonly timeUs: number;
	readonly what: "air" | "received" | "lost" | "handled" | "done";
	readonly node: number;
	readonly from?: number;
	readonly detail?: string;
	readonly psdu?: Uint8Array;
}

/** Transceivers on a link graph, all switched on, and a record of everything that happens to them. */
export class RadioBench {
	readonly queue = new EventQueue();
	readonly seen: Seen[] = [];
	readonly transceivers: Transceivers;
	readonly radios: readonly SimulatedRadio[];

	constructor(
		links: LinkGraph,
		options: Partial<AirOptions> = {},
		times: PhyTimes = STANDARD_TIMES,
		seed = 1,
	) {
		const sink = completeSink(SIM_EVENTS, {
			frameOnAir: (timeUs, node, _channel, _rssiDbm, psdu) =>
				this.#note({ timeUs, what: "air", node, psdu: psdu.slice() }),
			frameReceived: (timeUs, node, from, rssiDbm) =>
				this.#note({ timeUs, what: "received", node, from, detail: `${rssiDbm}` }),
			frameLost: (timeUs, node, from, cause) =>
				this.#note({ timeUs, what: "lost", node, from, detail: cause }),
		});
		this.transceivers = new Transceivers(links, this.queue, sink, { ...AIR, ...options }, seed, times);
		this.radios = Array.from({ length: links.nodes }, (_, id) => new SimulatedRadio(this.transceivers, id));
		this.radios.forEach((radio, id) => {
			radio.configure(configOf(id));
			radio.receive(true);
			radio.onReceive({
				frameReceived: (psdu, _rssiDbm, _lqi, sfdTimeUs) =>
					this.#note({
						timeUs: this.queue.nowUs(),
						what: "handled",
						node: id,
						psdu: psdu.slice(),
						detail: `${sfdTimeUs}`,
					}),
			});
		});
	}

	#note(seen: Seen): void {
		this.seen.push(seen);
	}

	/** Sends at a time, without assessment unless asked, and notes the outcome. */
	send(node: number, atUs: number, psdu: Uint8Array, cca = false): void {
		this.radios[node]!.transmit(
			psdu,
			{ cca, atUs },
			{
				transmitted: (outcome) =>
					this.#note({ timeUs: this.queue.nowUs(), what: "done", node, detail: outcome }),
			},
		);
	}

	/** Everything of one kind, as `time node detail`. */
	times(what: Seen["what"], node?: number): string[] {
		return this.seen
			.filter((seen) => seen.what === what && (node === undefined || seen.node === node))
			.map(({ timeUs, node: at, from, detail }) =>
				[
					timeUs,
					...(from === undefined ? [] : [`${from}>`]),
					at,
					...(detail === undefined ? [] : [detail]),
				].join(" "),
			);
	}
}
