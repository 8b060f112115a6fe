import { AddressMode, BROADCAST_SHORT } from "../../firmware/address.js";
import { FrameType, MacHeader } from "../../firmware/frames/mac-frame.js";
import { AddressFilter } from "../../firmware/mac/address-filter.js";
import type { RadioConfig } from "../../firmware/ports.js";
import { RADIO_ROW, type RadioTable } from "./radio-table.js";

const { WORDS, OCTETS, PAN_AND_SHORT, EXTENDED_HIGH, EXTENDED_LOW, FILTER_FLAGS } = RADIO_ROW;
/** Flags of a filter. */
const PROMISCUOUS = 1;
const COORDINATOR = 2;

/**
 * The address filters of all radios. A frame ends at many of them and is addressed to one: those whose own addresses
 * have nothing in common with its destination are passed over at a glance, all others ask the firmware's filter.
 */
export class AddressFilters {
	/** Header of the frame that ends right now. */
	readonly header: MacHeader = new MacHeader();
	readonly #words: Int32Array;
	readonly #octets: Uint8Array;
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

	constructor({ radios, words, octets }: RadioTable) {
		this.#words = words;
		this.#octets = octets;
		for (let radio = 0; radio < radios; radio++) this.configure(radio, this.#config);
	}

	configure(node: number, config: RadioConfig): void {
		const word = node << WORDS;
		this.#words[word | PAN_AND_SHORT] = (config.panId << 16) | config.shortAddress;
		this.#words[word | EXTENDED_HIGH] = config.extendedHigh;
		this.#words[word | EXTENDED_LOW] = config.extendedLow;
		this.#octets[(node << OCTETS) | FILTER_FLAGS] =
			(config.promiscuous ? PROMISCUOUS : 0) | (config.panCoordinator ? COORDINATOR : 0);
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
		const { destination, type } = this.header;
		if ((this.#octets[(node << OCTETS) | FILTER_FLAGS]! & PROMISCUOUS) !== 0) return true;
		if (type === FrameType.ack) return false;
		if (destination.mode === AddressMode.none) return true;
		return destination.low === BROADCAST_SHORT || this.#mayBeAddressee(node);
	}

	#mayBeAddressee(node: number): boolean {
		const { mode, low } = this.header.destination;
		const word = node << WORDS;
		if (mode === AddressMode.short) return (this.#words[word | PAN_AND_SHORT]! & 0xffff) === low;
		return this.#words[word | EXTENDED_LOW] === low;
	}

	#filterOf(node: number): AddressFilter {
		const config = this.#config;
		const word = node << WORDS;
		const panAndShort = this.#words[word | PAN_AND_SHORT]!;
		config.panId = panAndShort >>> 16;
		config.shortAddress = panAndShort & 0xffff;
		config.extendedHigh = this.#words[word | EXTENDED_HIGH]!;
		config.extendedLow = this.#words[word | EXTENDED_LOW]!;
		const flags = this.#octets[(node << OCTETS) | FILTER_FLAGS]!;
		config.promiscuous = (flags & PROMISCUOUS) !== 0;
		config.panCoordinator = (flags & COORDINATOR) !== 0;
		this.#filter.configure(config);
		return this.#filter;
	}
}
