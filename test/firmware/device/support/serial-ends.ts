import { Decoder } from "cbor-x";
import type { SerialPort } from "../../../../firmware/device/serial/serial-port.js";
import { SlipReader } from "../../../../firmware/device/serial/slip.js";

const LONGEST = 4096;

/** A serial port of a board whose other end a test holds. */
export class TestPort implements SerialPort {
	/** Records that came down the line, decoded. */
	readonly records: unknown[][] = [];
	/** Octets that the port takes before the test makes room again. */
	room = Number.POSITIVE_INFINITY;
	/** Octets that came down the line. */
	octets = 0;
	readonly slip = new SlipReader(LONGEST, (bytes, length) => {
		this.records.push(this.#decoder.decode(Buffer.from(bytes.subarray(0, length))) as unknown[]);
	});
	readonly #decoder = new Decoder({ useRecords: false, mapsAsObjects: true, int64AsNumber: true } as object);
	#onBytes: ((bytes: Uint8Array, offset: number, end: number) => void) | undefined;
	#onWritable: (() => void) | undefined;

	write(bytes: Uint8Array, offset: number, end: number): number {
		const count = Math.min(this.room, end - offset);
		this.room -= count;
		this.octets += count;
		this.slip.push(bytes, offset, offset + count);
		return count;
	}

	onBytes(handler: (bytes: Uint8Array, offset: number, end: number) => void): void {
		this.#onBytes = handler;
	}

	onWritable(handler: () => void): void {
		this.#onWritable = handler;
	}

	/** Sends octets to the board. */
	send(octets: Uint8Array): void {
		this.#onBytes?.(octets, 0, octets.length);
	}

	/** Lets the line take so many octets more. */
	drain(octets: number): void {
		this.room += octets;
		this.#onWritable?.();
	}
}
