import { copyBytes, putI32be, putU16be } from "../bytes.js";
import { utf8Length, writeUtf8 } from "./utf8.js";

/** Major types of CBOR (RFC 8949, section 3.1). */
export const CborMajor = {
	unsigned: 0,
	negative: 1,
	bytes: 2,
	text: 3,
	array: 4,
	map: 5,
	tag: 6,
	simple: 7,
} as const;
export type CborMajor = (typeof CborMajor)[keyof typeof CborMajor];

const TWO_32 = 0x100000000;

/**
 * Writes CBOR in the deterministic encoding of RFC 8949, section 4.2.1, without allocating.
 *
 * Octets past the end of `buffer` are lost while `length` goes on counting: a writer over an empty
 * buffer measures, and {@link CborWriter.overflowed} says that what was written did not fit.
 */
export class CborWriter {
	buffer: Uint8Array;
	/** Offset in `buffer` after what was written. */
	length: number;
	/** One number, seen as its bits; made for the first float. */
	#bits: DataView | undefined;

	/** Writes into `buffer` from `offset` on. */
	constructor(buffer: Uint8Array, offset = 0) {
		this.buffer = buffer;
		this.length = offset;
	}

	/** Starts again at `offset` of `buffer`. */
	reset(buffer: Uint8Array, offset = 0): this {
		this.buffer = buffer;
		this.length = offset;
		return this;
	}

	/** Whether more was written than the buffer holds. */
	get overflowed(): boolean {
		return this.length > this.buffer.length;
	}

	/** An unsigned integer, 0 to 2^53 - 1. */
	uint(value: number): void {
		this.head(0x00, value);
	}

	/** An integer, -(2^53 - 1) to 2^53 - 1. */
	int(value: number): void {
		if (value < 0) this.head(0x20, -1 - value);
		else this.head(0x00, value);
	}

	/** Octets `bytes[offset..end)` as a byte string. */
	bytes(bytes: Uint8Array, offset = 0, end = bytes.length): void {
		const count = end - offset;
		this.head(0x40, count);
		if (this.length + count <= this.buffer.length) {
			copyBytes(bytes, offset, this.buffer, this.length, count);
		}
		this.length += count;
	}

	/** A text string, in UTF-8. */
	text(text: string): void {
		const count = utf8Length(text);
		this.head(0x60, count);
		if (this.length + count <= this.buffer.length) writeUtf8(text, this.buffer, this.length);
		this.length += count;
	}

	/** The head of an array; its `count` items follow. */
	array(count: number): void {
		this.head(0x80, count);
	}

	/** The head of a map; its `count` keys and values follow, keys in the order of their encoding. */
	map(count: number): void {
		this.head(0xa0, count);
	}

	/** A tag; the tagged item follows. */
	tag(tag: number): void {
		this.head(0xc0, tag);
	}

	boolean(value: boolean): void {
		this.octet(value ? 0xf5 : 0xf4);
	}

	null(): void {
		this.octet(0xf6);
	}

	/** A floating-point number in the shortest of 16, 32 and 64 bits that keeps its value. */
	float(value: number): void {
		if (Number.isNaN(value)) {
			this.half(0x7e00);
			return;
		}
		this.#bits ??= new DataView(new ArrayBuffer(8));
		const float64 = this.#bits;
		if (Math.fround(value) !== value) {
			float64.setFloat64(0, value);
			this.octet(0xfb);
			this.int32(float64.getInt32(0));
			this.int32(float64.getInt32(4));
			return;
		}
		float64.setFloat32(0, value);
		const bits = float64.getInt32(0);
		const half = toHalf(bits);
		if (half >= 0) {
			this.half(half);
			return;
		}
		this.octet(0xfa);
		this.int32(bits);
	}

	/** A number as an integer where it is one of at most 53 bits, else as a float. */
	number(value: number): void {
		if (Number.isSafeInteger(value) && !Object.is(value, -0)) this.int(value);
		else this.float(value);
	}

	private octet(value: number): void {
		if (this.length < this.buffer.length) this.buffer[this.length] = value;
		this.length++;
	}

	private half(bits: number): void {
		this.octet(0xf9);
		if (this.length + 2 <= this.buffer.length) putU16be(this.buffer, this.length, bits);
		this.length += 2;
	}

	private int32(bits: number): void {
		if (this.length + 4 <= this.buffer.length) putI32be(this.buffer, this.length, bits);
		this.length += 4;
	}

	private head(major: number, value: number): void {
		if (value < 24) {
			this.octet(major | value);
		} else if (value < 0x100) {
			this.octet(major | 24);
			this.octet(value);
		} else if (value < 0x10000) {
			this.octet(major | 25);
			if (this.length + 2 <= this.buffer.length) putU16be(this.buffer, this.length, value);
			this.length += 2;
		} else if (value < TWO_32) {
			this.octet(major | 26);
			this.int32(value | 0);
		} else {
			this.octet(major | 27);
			this.int32(Math.floor(value / TWO_32) | 0);
			this.int32((value % TWO_32) | 0);
		}
	}
}

/** The 16-bit float with the value of the 32-bit float `bits`, or -1 when there is none. */
function toHalf(bits: number): number {
	const sign = (bits >>> 16) & 0x8000;
	const exponent = ((bits >>> 23) & 0xff) - 127;
	const fraction = bits & 0x7fffff;
	if ((bits & 0x7fffffff) === 0) return sign;
	if (exponent === 128) return sign | 0x7c00;
	if (exponent >= -14 && exponent <= 15) {
		return (fraction & 0x1fff) === 0 ? sign | ((exponent + 15) << 10) | (fraction >> 13) : -1;
	}
	if (exponent < -24 || exponent > 15) return -1;
	// A subnormal: its unit is 2^-24, that of the significand 2^(exponent - 23).
	const shift = -1 - exponent;
	const significand = fraction | 0x800000;
	return (significand & ((1 << shift) - 1)) === 0 ? sign | (significand >> shift) : -1;
}
