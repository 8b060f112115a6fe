import { i32be, u16be } from "../bytes.js";
import { CborMajor } from "./cbor.js";
import { readUtf8 } from "./utf8.js";

/** How deep {@link CborReader.skip} follows nested items. */
const MAX_DEPTH = 16;
const TWO_32 = 0x100000000;
const INDEFINITE = 31;

/**
 * Reads CBOR (RFC 8949) from bytes that may be bad: it never throws and never reads past the end.
 *
 * The first thing that does not fit sets `failed`, after which every read gives 0, "" or undefined.
 * Strings of indefinite length and integers beyond 53 bits are refused.
 */
export class CborReader {
	offset: number;
	failed = false;
	/** Where the last byte string lies: [start, offset). */
	start = 0;
	#bytes: Uint8Array;
	#end: number;
	#argument = 0;
	#info = 0;

	/** Reads `bytes[offset..end)`. */
	constructor(bytes: Uint8Array, offset: number, end: number) {
		this.#bytes = bytes;
		this.offset = offset;
		this.#end = end;
	}

	/** Starts again with `bytes[offset..end)`. */
	reset(bytes: Uint8Array, offset: number, end: number): this {
		this.#bytes = bytes;
		this.offset = offset;
		this.#end = end;
		this.failed = false;
		return this;
	}

	/** The major type of the next item; undefined at the end. */
	peek(): CborMajor | undefined {
		if (this.failed || this.offset >= this.#end) return undefined;
		return ((this.#bytes[this.offset] as number) >> 5) as CborMajor;
	}

	/** An integer or a float of any width. */
	number(): number {
		const major = this.head();
		if (major === CborMajor.unsigned && this.#info !== INDEFINITE) return this.#argument;
		if (major === CborMajor.negative && this.#info !== INDEFINITE) return -1 - this.#argument;
		if (major === CborMajor.simple && this.#info >= 25 && this.#info <= 27) return this.float();
		return this.fail();
	}

	/** An integer. */
	int(): number {
		const major = this.peek();
		return major === CborMajor.unsigned || major === CborMajor.negative ? this.number() : this.fail();
	}

	/** A text string of valid UTF-8. */
	text(): string {
		if (!this.string(CborMajor.text)) return "";
		const text = readUtf8(this.#bytes, this.start, this.offset);
		if (text === undefined) this.failed = true;
		return text ?? "";
	}

	/** A byte string as a view of the input. */
	bytes(): Uint8Array | undefined {
		return this.string(CborMajor.bytes) ? this.#bytes.subarray(this.start, this.offset) : undefined;
	}

	boolean(): boolean {
		if (this.head() !== CborMajor.simple || (this.#info !== 20 && this.#info !== 21)) this.fail();
		return this.#info === 21;
	}

	/** Items of the array that begins here, -1 for indefinite. */
	array(): number {
		return this.container(CborMajor.array);
	}

	/** Pairs of the map that begins here, -1 for indefinite. */
	map(): number {
		return this.container(CborMajor.map);
	}

	/** Whether item `index` of a container of `count` is there; takes the break of an indefinite one. */
	has(index: number, count: number): boolean {
		if (this.failed) return false;
		if (count >= 0) return index < count;
		if (this.offset < this.#end && this.#bytes[this.offset] !== 0xff) return true;
		if (this.offset < this.#end) this.offset++;
		else this.failed = true;
		return false;
	}

	/** Passes over one item with all that it contains. */
	skip(depth = 0): void {
		const major = this.head();
		if (this.failed) return;
		if (depth > MAX_DEPTH) this.fail();
		else if (major === CborMajor.bytes || major === CborMajor.text) this.pass();
		else if (major === CborMajor.tag) this.skip(depth + 1);
		else if (major === CborMajor.array || major === CborMajor.map) {
			const count = this.#info === INDEFINITE ? -1 : this.#argument;
			for (let i = 0; this.has(i, count); i++) {
				this.skip(depth + 1);
				if (major === CborMajor.map) this.skip(depth + 1);
			}
		} else if (this.#info === INDEFINITE) this.fail();
	}

	private container(major: CborMajor): number {
		if (this.head() !== major) return this.fail();
		return this.#info === INDEFINITE ? -1 : this.#argument;
	}

	private string(major: CborMajor): boolean {
		if (this.head() !== major) this.fail();
		return !this.failed && this.pass();
	}

	/** Passes over the octets of a string of definite length. */
	private pass(): boolean {
		if (this.#info === INDEFINITE || this.#argument > this.#end - this.offset) {
			this.fail();
			return false;
		}
		this.start = this.offset;
		this.offset += this.#argument;
		return true;
	}

	private head(): CborMajor | undefined {
		this.#argument = 0;
		this.#info = 0;
		if (this.failed || this.offset >= this.#end) {
			this.fail();
			return undefined;
		}
		const initial = this.#bytes[this.offset++] as number;
		const info = initial & 31;
		const major = (initial >> 5) as CborMajor;
		this.#info = info;
		if (info < 24) this.#argument = info;
		else if (info < 28) this.long(1 << (info - 24), major === CborMajor.simple);
		else if (info !== INDEFINITE || major === CborMajor.tag) this.fail();
		return this.failed ? undefined : major;
	}

	private long(width: number, isSimple: boolean): void {
		if (width > this.#end - this.offset) {
			this.fail();
			return;
		}
		const at = this.offset;
		this.offset += width;
		if (width === 1) this.#argument = this.#bytes[at] as number;
		else if (width === 2) this.#argument = u16be(this.#bytes, at);
		else if (width === 4) this.#argument = i32be(this.#bytes, at) >>> 0;
		else {
			this.#argument = (i32be(this.#bytes, at) >>> 0) * TWO_32 + (i32be(this.#bytes, at + 4) >>> 0);
			if (!isSimple && this.#argument > Number.MAX_SAFE_INTEGER) this.fail();
		}
	}

	/** The float whose bits are the argument just read. */
	private float(): number {
		if (this.#info === 25) return fromHalf(this.#argument);
		const width = this.#info === 27 ? 8 : 4;
		const bits = new DataView(this.#bytes.buffer, this.#bytes.byteOffset + this.offset - width, width);
		return width === 8 ? bits.getFloat64(0) : bits.getFloat32(0);
	}

	private fail(): number {
		this.failed = true;
		return 0;
	}
}

/** The value of a 16-bit float (IEEE 754 binary16). */
function fromHalf(half: number): number {
	const sign = half & 0x8000 ? -1 : 1;
	const exponent = (half >> 10) & 31;
	const fraction = half & 0x3ff;
	if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
	if (exponent === 0) return (sign * fraction) / 0x1000000;
	const significand = sign * (fraction + 0x400);
	return exponent >= 25 ? significand * (1 << (exponent - 25)) : significand / (1 << (25 - exponent));
}
