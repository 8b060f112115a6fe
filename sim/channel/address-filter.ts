import { AddressMode, BROADCAST_SHORT } from "../../firmware/address.js";
import { FrameType, type MacHeader } from "../../firmware/frames/mac-frame.js";
import type { RadioConfig } from "../../firmware/ports.js";

/** Short addresses from here on name no node: 0xfffe has none, 0xffff is everybody. */
const FIRST_RESERVED_SHORT = 0xfffe;

/** The address filter of every transceiver (IEEE 802.15.4-2020, section 6.6.2). */
export class AddressFilter {
	readonly promiscuous: Uint8Array;
	readonly #pan: Int32Array;
	readonly #short: Int32Array;
	readonly #extendedHigh: Int32Array;
	readonly #extendedLow: Int32Array;
	readonly #coordinator: Uint8Array;

	constructor(nodes: number) {
		this.promiscuous = new Uint8Array(nodes);
		this.#pan = new Int32Array(nodes).fill(BROADCAST_SHORT);
		this.#short = new Int32Array(nodes).fill(BROADCAST_SHORT);
		this.#extendedHigh = new Int32Array(nodes);
		this.#extendedLow = new Int32Array(nodes);
		this.#coordinator = new Uint8Array(nodes);
	}

	configure(node: number, config: RadioConfig): void {
		this.#pan[node] = config.panId;
		this.#short[node] = config.shortAddress;
		this.#extendedHigh[node] = config.extendedHigh;
		this.#extendedLow[node] = config.extendedLow;
		this.promiscuous[node] = config.promiscuous ? 1 : 0;
		this.#coordinator[node] = config.panCoordinator ? 1 : 0;
	}

	/** Whether the node takes the frame: addressed to it, to all, or it listens to everything. */
	accepts(node: number, header: MacHeader): boolean {
		if (this.promiscuous[node] === 1) return true;
		if (header.type === FrameType.ack) return false;
		const pan = this.#pan[node]!;
		const toPan = header.destinationPan;
		if (toPan >= 0 && toPan !== pan && toPan !== BROADCAST_SHORT) return false;
		const { destination } = header;
		if (destination.mode === AddressMode.short && destination.low === BROADCAST_SHORT) return true;
		if (destination.mode !== AddressMode.none) return this.isAddressee(node, header);
		if (header.type === FrameType.beacon) return header.sourcePan === pan || pan === BROADCAST_SHORT;
		return this.#coordinator[node] === 1 && (header.sourcePan < 0 || header.sourcePan === pan);
	}

	/** Whether the frame's destination is this node's own address. */
	isAddressee(node: number, header: MacHeader): boolean {
		const { destination } = header;
		if (destination.mode === AddressMode.short) {
			if (destination.low >= FIRST_RESERVED_SHORT) return false;
			return destination.low === this.#short[node] && this.#isOwnPan(node, header);
		}
		return (
			destination.mode === AddressMode.extended &&
			destination.low === this.#extendedLow[node] &&
			destination.high === this.#extendedHigh[node] &&
			this.#isOwnPan(node, header)
		);
	}

	#isOwnPan(node: number, header: MacHeader): boolean {
		const toPan = header.destinationPan;
		return toPan < 0 || toPan === this.#pan[node] || toPan === BROADCAST_SHORT;
	}
}
