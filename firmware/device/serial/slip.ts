import { fcs16 } from "../../frames/fcs.js";

/** Special octets of SLIP (RFC 1055). */
export const Slip = { end: 0xc0, escape: 0xdb, escapedEnd: 0xdc, escapedEscape: 0xdd } as const;

/** Octets of the check behind a record. */
export const CHECK_BYTES = 2;

/**
 * The check of `bytes[offset..end)`: CRC-16/X-25, as PPP has it in RFC 1662, section C.
 *
 * The generator is that of the radio's FCS, so one table serves both. It goes on the line low octet first.
 */
export function recordCheck(bytes: Uint8Array, offset: number, end: number): number {
	return fcs16(bytes, offset, end, 0xffff) ^ 0xffff;
}

/**
 * Finds the records between the ENDs of a line on which anything may come, in a buffer that does not grow.
 *
 * What is no record (too long, a wrong escape, a wrong check) is counted and passed over up to the next END.
 */
export class SlipReader {
	/** What stood between two ENDs and was no record. */
	spoiled = 0;
	readonly #take: (bytes: Uint8Array, length: number) => void;
	readonly #bytes: Uint8Array;
	#length = 0;
	#escaped = false;
	#bad = false;

	/** `take` gets records of 1 to `maxBytes` octets without their check, valid only during the call. */
	constructor(maxBytes: number, take: (bytes: Uint8Array, length: number) => void) {
		this.#bytes = new Uint8Array(maxBytes + CHECK_BYTES);
		this.#take = take;
	}

	/** Takes octets as they come, in pieces of any size. */
	push(bytes: Uint8Array, offset: number, end: number): void {
		for (let i = offset; i < end; i++) this.octet(bytes[i] as number);
	}

	private octet(octet: number): void {
		if (octet === Slip.end) {
			this.finish();
			return;
		}
		if (this.#bad) return;
		let plain = octet;
		if (this.#escaped) {
			this.#escaped = false;
			if (octet === Slip.escapedEnd) plain = Slip.end;
			else if (octet === Slip.escapedEscape) plain = Slip.escape;
			else this.#bad = true;
		} else if (octet === Slip.escape) {
			this.#escaped = true;
			return;
		}
		if (this.#length >= this.#bytes.length) this.#bad = true;
		else this.#bytes[this.#length++] = plain;
	}

	private finish(): void {
		const length = this.#length;
		const isWhole = !this.#bad && !this.#escaped;
		// Frames have an END at both sides, so between two of them there is nothing, which is no fault.
		const isNothing = isWhole && length === 0;
		this.#length = 0;
		this.#bad = false;
		this.#escaped = false;
		if (isNothing) return;
		if (isWhole && length > CHECK_BYTES && this.isRight(length))
			this.#take(this.#bytes, length - CHECK_BYTES);
		else this.spoiled++;
	}

	private isRight(length: number): boolean {
		const bytes = this.#bytes;
		const end = length - CHECK_BYTES;
		return recordCheck(bytes, 0, end) === ((bytes[end] as number) | ((bytes[end + 1] as number) << 8));
	}
}
