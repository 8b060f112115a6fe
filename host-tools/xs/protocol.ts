/**
 * Frames between the driver and the host of XS: u32 length of what follows, u32 machine, u8 op, payload;
 * integers are little-endian. Each request has one answer: DONE, USE, DEAD or ERROR; POST and QUERY may
 * come before it, and a QUERY waits for its REPLY. `test/xs/host/protocol.c` is the other end.
 */
export const Op = {
	create: 1,
	call: 2,
	reply: 3,
	stats: 4,
	collect: 5,
	destroy: 6,
	ready: 64,
	post: 65,
	query: 66,
	done: 67,
	use: 68,
	dead: 69,
	error: 70,
} as const;

/** Octets of a frame before its payload. */
export const HEADER_BYTES = 9;

/** A frame that was received; `payload` is valid until the next one is received. */
export interface Frame {
	machine: number;
	op: number;
	payload: Uint8Array;
}

/** Puts octets together into frames. */
export class FrameReader {
	readonly #read: (into: Uint8Array, offset: number) => number;
	readonly #frame: Frame = { machine: 0, op: 0, payload: new Uint8Array() };
	#bytes = new Uint8Array(1 << 16);
	#view = new DataView(this.#bytes.buffer);
	#start = 0;
	#end = 0;

	/** `read` waits for octets and returns how many it stored; 0 is the end. */
	constructor(read: (into: Uint8Array, offset: number) => number) {
		this.#read = read;
	}

	/** The next frame, or undefined at the end. */
	next(): Frame | undefined {
		if (this.#start === this.#end) this.#start = this.#end = 0;
		if (!this.#fill(4)) return undefined;
		const length = this.#view.getUint32(this.#start, true);
		if (!this.#fill(4 + length)) return undefined;
		const at = this.#start;
		this.#start += 4 + length;
		this.#frame.machine = this.#view.getUint32(at + 4, true);
		this.#frame.op = this.#bytes[at + 8]!;
		this.#frame.payload = this.#bytes.subarray(at + HEADER_BYTES, this.#start);
		return this.#frame;
	}

	#fill(needed: number): boolean {
		if (this.#start + needed > this.#bytes.length) this.#makeRoom(needed);
		while (this.#end - this.#start < needed) {
			const count = this.#read(this.#bytes, this.#end);
			if (count === 0) return false;
			this.#end += count;
		}
		return true;
	}

	#makeRoom(needed: number): void {
		const rest = this.#bytes.subarray(this.#start, this.#end);
		if (needed > this.#bytes.length) {
			this.#bytes = new Uint8Array(2 * needed);
			this.#view = new DataView(this.#bytes.buffer);
		}
		this.#bytes.set(rest);
		this.#end -= this.#start;
		this.#start = 0;
	}
}

/** Lays out one frame in a buffer that it keeps. */
export class FrameWriter {
	#bytes = new Uint8Array(1 << 12);
	#view = new DataView(this.#bytes.buffer);

	/** The frame's octets; valid until the next call. */
	frame(machine: number, op: number, payload: Uint8Array, length = payload.length): Uint8Array {
		const total = HEADER_BYTES + length;
		if (total > this.#bytes.length) {
			this.#bytes = new Uint8Array(2 * total);
			this.#view = new DataView(this.#bytes.buffer);
		}
		this.#view.setUint32(0, total - 4, true);
		this.#view.setUint32(4, machine, true);
		this.#bytes[8] = op;
		this.#bytes.set(length === payload.length ? payload : payload.subarray(0, length), HEADER_BYTES);
		return this.#bytes.subarray(0, total);
	}
}
