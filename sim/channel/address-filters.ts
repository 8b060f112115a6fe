import { AddressMode, BROADCAST_SHORT } from "../../firmware/address.js";
import { FrameType, MacHeader } from "../../firmware/frames/mac-frame.js";
import { AddressFilter } from "../../firmware/mac/address-filter.js";
import type { RadioConfig } from "../../firmware/ports.js";
import { FAR_ROW, NEAR_ROW, RADIO_FLAGS, type RadioTable } from "./radio-table.js";

const { WORDS, SHORTS, OCTETS, SHORT_ADDRESS, FLAGS } = NEAR_ROW;
const { EXTENDED_HIGH, EXTENDED_LOW, PAN } = FAR_ROW;
const { PROMISCUOUS, COORDINATOR } = RADIO_FLAGS;

/** The frame has a destination of another kind, or none. */
const NO_LONE_SHORT = -1;

/**
 * The address filters of all radios. A frame ends at many of them and is addressed to one: those whose own addresses
 * have nothing in common with its destination are passed over at a glance, all others ask the firmware's filter.
 */
export class AddressFilters {
	/** Header of the frame that ends right now. */
	readonly header: MacHeader = new MacHeader();
	readonly #shorts: Uint16Array;
	readonly #octets: Uint8Array;
	readonly #words: Int32Array;
	/** Nodes with any address may take the frame. */
	#isForAll = false;
	/** The only short address whose nodes may take it, but for those that listen to everything. */
	#loneShort = NO_LONE_SHORT;
	/** Made anew from a radio's row each time that it is asked. */
	readonly #filter = new AddressFilter();
	readonly #config = {
		channel: 0,
		panId: BROADCAST_SHORT,
		shortAddress: BROADCAST_SHORT,
		extendedHigh: 0,
		extendedLow: 0,
		txPowerDbm: 0,
		promiscuous: false,
		panCoordinator: false,
	};

	constructor({ radios, near, far }: RadioTable) {
		this.#shorts = near.shorts;
		this.#octets = near.octets;
		this.#words = far.words;
		for (let radio = 0; radio < radios; radio++) this.configure(radio, this.#config);
	}

	configure(node: number, config: RadioConfig): void {
		const word = node << WORDS;
		this.#shorts[(node << SHORTS) | SHORT_ADDRESS] = config.shortAddress;
		this.#words[word | PAN] = config.panId;
		this.#words[word | EXTENDED_HIGH] = config.extendedHigh;
		this.#words[word | EXTENDED_LOW] = config.extendedLow;
		const octet = (node << OCTETS) | FLAGS;
		this.#octets[octet] =
			(this.#octets[octet]! & ~(PROMISCUOUS | COORDINATOR)) |
			(config.promiscuous ? PROMISCUOUS : 0) |
			(config.panCoordinator ? COORDINATOR : 0);
	}

	/** To be called once the header of another frame stands. */
	turn(): void {
		const { destination, type } = this.header;
		const { mode, low } = destination;
		this.#isForAll = type !== FrameType.ack && (mode === AddressMode.none || low === BROADCAST_SHORT);
		this.#loneShort = type !== FrameType.ack && mode === AddressMode.short ? low : NO_LONE_SHORT;
	}

	/** Whether a node takes the frame: addressed to it, to all, or it listens to everything. */
	accepts(node: number): boolean {
		return this.#mayAccept(node) && this.#filterOf(node).accepts(this.header);
	}

	/** Whether the frame's destination is the node's own address. */
	isAddressee(node: number): boolean {
		return this.#mayBeAddressee(node) && this.#filterOf(node).isAddressee(this.header);
	}

	/** Whether the frame asks the node for an acknowledgement: who listens to everything gives none. */
	acknowledges(node: number): boolean {
		return this.header.ackRequest && this.#filterOf(node).acknowledges(this.header);
	}

	#mayAccept(node: number): boolean {
		if (this.#isForAll || (this.#octets[(node << OCTETS) | FLAGS]! & PROMISCUOUS) !== 0) return true;
		if (this.#loneShort !== NO_LONE_SHORT)
			return this.#shorts[(node << SHORTS) | SHORT_ADDRESS] === this.#loneShort;
		return this.header.type !== FrameType.ack && this.#mayBeAddressee(node);
	}

	#mayBeAddressee(node: number): boolean {
		const { mode, low } = this.header.destination;
		if (mode === AddressMode.short) return this.#shorts[(node << SHORTS) | SHORT_ADDRESS] === low;
		return this.#words[(node << WORDS) | EXTENDED_LOW] === low;
	}

	#filterOf(node: number): AddressFilter {
		const config = this.#config;
		const word = node << WORDS;
		config.panId = this.#words[word | PAN]!;
		config.shortAddress = this.#shorts[(node << SHORTS) | SHORT_ADDRESS]!;
		config.extendedHigh = this.#words[word | EXTENDED_HIGH]!;
		config.extendedLow = this.#words[word | EXTENDED_LOW]!;
		const flags = this.#octets[(node << OCTETS) | FLAGS]!;
		config.promiscuous = (flags & PROMISCUOUS) !== 0;
		config.panCoordinator = (flags & COORDINATOR) !== 0;
		this.#filter.configure(config);
		return this.#filter;
	}
}
