import { i32be, i32le, putI32be, putI32le, u16le } from "./bytes.js";

/** Addressing modes of the IEEE 802.15.4 frame control field (IEEE 802.15.4-2020, table 7-3). */
export const AddressMode = { none: 0, reserved: 1, short: 2, extended: 3 } as const;
export type AddressMode = (typeof AddressMode)[keyof typeof AddressMode];

/** Short address that every node accepts. */
export const BROADCAST_SHORT = 0xffff;
/** In place of a short address: the node has none (IEEE 802.15.4-2020, table 8-94). */
export const NO_SHORT_ADDRESS = 0xfffe;

const HEX = "0123456789abcdef";

function hex(value: number, digits: number): string {
	let text = "";
	for (let shift = (digits - 1) * 4; shift >= 0; shift -= 4) text += HEX[(value >>> shift) & 15];
	return text;
}

/**
 * A link-layer address: none, 16-bit short, or 64-bit extended (EUI-64).
 *
 * `high` and `low` are the two halves in network order as signed 32-bit integers; a short address
 * is in `low` (0 to 0xffff) with `high` 0. Mutable, so that one header object serves every frame.
 */
export class LinkAddress {
	mode: AddressMode = AddressMode.none;
	high = 0;
	low = 0;

	/** A short address, 0 to 0xffff. */
	static short(address: number): LinkAddress {
		return new LinkAddress().setShort(address);
	}

	/** An EUI-64 from its two halves in network order. */
	static extended(high: number, low: number): LinkAddress {
		return new LinkAddress().setExtended(high, low);
	}

	/** An address from 2 or 8 octets in network order (as people write them). */
	static fromBytes(bytes: Uint8Array): LinkAddress {
		if (bytes.length === 2) return LinkAddress.short(((bytes[0] as number) << 8) | (bytes[1] as number));
		if (bytes.length === 8) return LinkAddress.extended(i32be(bytes, 0), i32be(bytes, 4));
		throw new RangeError(`LinkAddress.fromBytes: expected 2 or 8 octets, got ${bytes.length}`);
	}

	setNone(): this {
		this.mode = AddressMode.none;
		this.high = 0;
		this.low = 0;
		return this;
	}

	setShort(address: number): this {
		this.mode = AddressMode.short;
		this.high = 0;
		this.low = address & 0xffff;
		return this;
	}

	setExtended(high: number, low: number): this {
		this.mode = AddressMode.extended;
		this.high = high | 0;
		this.low = low | 0;
		return this;
	}

	/** Takes over another address. */
	set(other: LinkAddress): this {
		this.mode = other.mode;
		this.high = other.high;
		this.low = other.low;
		return this;
	}

	/** A copy that later changes of this object do not touch. */
	clone(): LinkAddress {
		return new LinkAddress().set(this);
	}

	equals(other: LinkAddress): boolean {
		return this.low === other.low && this.high === other.high && this.mode === other.mode;
	}

	/** Whether this is the short broadcast address. */
	get isBroadcast(): boolean {
		return this.mode === AddressMode.short && this.low === BROADCAST_SHORT;
	}

	/** Octets on the air: 0, 2 or 8. */
	get byteLength(): number {
		return this.mode === AddressMode.short ? 2 : this.mode === AddressMode.extended ? 8 : 0;
	}

	/** Reads an address of `mode` as 802.15.4 carries it (little-endian); returns the next offset. */
	readLittleEndian(mode: AddressMode, bytes: Uint8Array, offset: number): number {
		if (mode === AddressMode.short) {
			this.setShort(u16le(bytes, offset));
			return offset + 2;
		}
		if (mode === AddressMode.extended) {
			this.setExtended(i32le(bytes, offset + 4), i32le(bytes, offset));
			return offset + 8;
		}
		this.setNone();
		return offset;
	}

	/** Writes the address as 802.15.4 carries it (little-endian); returns the next offset. */
	writeLittleEndian(bytes: Uint8Array, offset: number): number {
		if (this.mode === AddressMode.short) {
			bytes[offset] = this.low;
			bytes[offset + 1] = this.low >>> 8;
			return offset + 2;
		}
		if (this.mode === AddressMode.extended) {
			putI32le(bytes, offset, this.low);
			putI32le(bytes, offset + 4, this.high);
			return offset + 8;
		}
		return offset;
	}

	/**
	 * Writes the IPv6 interface identifier, 8 octets: for an EUI-64 with the universal/local bit
	 * inverted, for a short address 0000:00ff:fe00:XXXX (RFC 6282 section 3.2.2).
	 */
	writeInterfaceId(bytes: Uint8Array, offset: number): void {
		if (this.mode === AddressMode.extended) {
			putI32be(bytes, offset, this.high ^ 0x02000000);
			putI32be(bytes, offset + 4, this.low);
		} else {
			putI32be(bytes, offset, 0x000000ff);
			putI32be(bytes, offset + 4, 0xfe000000 | this.low | 0);
		}
	}

	/** Whether {@link writeInterfaceId} makes the 8 octets at `offset` from this address. */
	hasInterfaceId(bytes: Uint8Array, offset: number): boolean {
		const high = i32be(bytes, offset);
		const low = i32be(bytes, offset + 4);
		if (this.mode === AddressMode.extended) return low === this.low && high === (this.high ^ 0x02000000);
		return high === 0xff && low === (0xfe000000 | this.low);
	}

	/** The address from which {@link writeInterfaceId} made the 8 octets at `offset`. */
	setInterfaceId(bytes: Uint8Array, offset: number): this {
		const high = i32be(bytes, offset);
		const low = i32be(bytes, offset + 4);
		if (high === 0xff && low >>> 16 === 0xfe00) return this.setShort(low);
		return this.setExtended(high ^ 0x02000000, low);
	}

	/** `0x0002`, `02:00:00:00:12:34:00:01`, or an empty text for none. */
	toString(): string {
		if (this.mode === AddressMode.short) return `0x${hex(this.low, 4)}`;
		if (this.mode !== AddressMode.extended) return "";
		const digits = hex(this.high, 8) + hex(this.low, 8);
		let text = digits.slice(0, 2);
		for (let i = 2; i < 16; i += 2) text += `:${digits.slice(i, i + 2)}`;
		return text;
	}
}

/** Spares copies of addresses that several tables keep. */
export interface Names {
	/** An address to keep: one object for all that keep it, which nobody changes. */
	nameOf(address: LinkAddress): LinkAddress;
}

/** A copy for each that keeps it. */
export const COPIES: Names = { nameOf: (address) => address.clone() };

/** Reads `0x0002`, or eight octets in hex separated by colons; returns undefined for anything else. */
export function parseLinkAddress(text: string): LinkAddress | undefined {
	if (/^0x[0-9a-fA-F]{1,4}$/.test(text)) return LinkAddress.short(Number.parseInt(text.slice(2), 16));
	if (!/^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){7}$/.test(text)) return undefined;
	const digits = text.split(":").join("");
	return LinkAddress.extended(Number.parseInt(digits.slice(0, 8), 16), Number.parseInt(digits.slice(8), 16));
}

/** The address of a frame to all neighbours. */
export const BROADCAST: LinkAddress = Object.freeze(LinkAddress.short(BROADCAST_SHORT));
