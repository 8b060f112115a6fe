import { setTimeout as delay } from "node:timers/promises";
import type { LoaderTransport } from "esptool-js";
import type { SerialPort } from "serialport";
import type { UsbIds } from "./port-list.js";
import { openPort } from "./serial-line.js";
import { SlipReader, slipPacket } from "./slip-packets.js";

/** So much of what was heard is kept for a message. */
const KEPT_OCTETS = 4096;
/** How long the line must be silent before it counts as drained, and how long that may take. */
const QUIET_MS = 100;
const DRAIN_MS = 400;

const BITS_AN_OCTET = 10;
/** How long a write may take beside its time on the line. */
const WRITE_MS = 5000;

/** The port went away or was closed while the loader waited. */
export class PortLostError extends Error {
	override readonly name = "PortLostError";
}

/** Nothing whole came in time. */
export class NoAnswerError extends Error {
	override readonly name = "NoAnswerError";
}

/** How patient a connection is. */
export interface Patience {
	/** No answer is waited for longer than this, whatever the loader says. */
	readonly longestAnswerMs: number;
	/** What a pause that the chip's hardware needs is multiplied with. */
	readonly pauseFactor: number;
}

/**
 * The way between the loader protocol and a serial port.
 *
 * It takes the place of esptool-js's own transport, which asks every millisecond whether something came, learns of
 * an unplugged board only by a time-out, and gives up on the first octet that is not a packet.
 */
export class LoaderPort implements LoaderTransport {
	readonly tracing = false;
	baudrate = 0;
	readonly #path: string;
	readonly #usb: UsbIds | undefined;
	readonly #patience: Patience;
	readonly #packets: Uint8Array[] = [];
	readonly #slip = new SlipReader((packet) => {
		this.#packets.push(packet);
		this.#wake?.();
	});
	#port: SerialPort | undefined;
	#lost: PortLostError | undefined;
	#wake: (() => void) | undefined;
	#heard: Buffer = Buffer.alloc(0);
	#recent: Buffer = Buffer.alloc(0);
	#hasLines = true;

	constructor(path: string, usb: UsbIds | undefined, patience: Patience) {
		this.#path = path;
		this.#usb = usb;
		this.#patience = patience;
	}

	/** The last that the chip said, packets or not, since the port was opened. */
	get heard(): string {
		return this.#heard.toString("latin1");
	}

	/** Whether the port has lines that can reset the chip; known once {@link setLines} was called. */
	get hasLines(): boolean {
		return this.#hasLines;
	}

	getInfo(): string {
		return this.#path;
	}

	getVid(): number | undefined {
		return this.#usb?.vendor;
	}

	getPid(): number | undefined {
		return this.#usb?.product;
	}

	trace(): void {}

	async connect(baud = 115200): Promise<void> {
		if (this.#port?.isOpen === true) {
			await this.changeBaudrate(baud);
			return;
		}
		const port = await openPort(this.#path, baud);
		port.on("data", (data: Buffer) => this.#take(data));
		port.on("error", () => this.#lose());
		port.on("close", () => this.#lose());
		this.#port = port;
		this.#lost = undefined;
		this.baudrate = baud;
	}

	/** Reading goes on by itself from {@link connect} to {@link close}. */
	async readLoop(): Promise<void> {}

	/** The loader asks for this before it tries anew; to open a port again would move its lines and reset the chip. */
	async disconnect(): Promise<void> {
		this.flushInput();
	}

	/** Closes the port; what still waits for it ends with a {@link PortLostError}. */
	async close(): Promise<void> {
		const port = this.#port;
		this.#port = undefined;
		if (port?.isOpen !== true) return;
		await new Promise<void>((resolve) => {
			port.close(() => resolve());
		});
	}

	async changeBaudrate(baud: number): Promise<boolean> {
		const port = this.#opened();
		await new Promise<void>((resolve, reject) => {
			port.update({ baudRate: baud }, (error) => (error ? reject(error) : resolve()));
		});
		this.baudrate = baud;
		return false;
	}

	async write(packet: Uint8Array): Promise<void> {
		const port = this.#opened();
		const data = Buffer.from(slipPacket(packet));
		const written = new Promise<void>((resolve, reject) => {
			port.write(data, (error) => (error ? reject(new PortLostError(error.message)) : resolve()));
		});
		// A chip that hangs on USB takes nothing any more, and the system waits for it without end.
		const lineMs = (data.length * BITS_AN_OCTET * 1000) / this.baudrate;
		await this.#within(written, WRITE_MS + 2 * lineMs);
	}

	async read(timeoutMs: number): Promise<Uint8Array> {
		const first = this.#packets.shift();
		if (first !== undefined) return first;
		this.#opened();
		const woken = new Promise<void>((resolve) => {
			this.#wake = resolve;
		});
		try {
			await this.#within(woken, timeoutMs);
		} finally {
			this.#wake = undefined;
		}
		const packet = this.#packets.shift();
		if (packet !== undefined) return packet;
		throw this.#lost ?? new NoAnswerError("no answer");
	}

	flushInput(): void {
		this.#packets.length = 0;
		this.#recent = Buffer.alloc(0);
	}

	async drainInput(): Promise<void> {
		let before = -1;
		for (let waitedMs = 0; waitedMs < DRAIN_MS && this.#recent.length !== before; waitedMs += QUIET_MS) {
			before = this.#recent.length;
			await delay(QUIET_MS);
		}
		this.flushInput();
	}

	peek(): Uint8Array {
		return this.#recent;
	}

	inWaiting(): number {
		return this.#recent.length;
	}

	/** Sets DTR (pulls GPIO boot low) and RTS (pulls reset low); does nothing on a port without such lines. */
	async setLines(dtr: boolean, rts: boolean): Promise<void> {
		const port = this.#opened();
		// The binding sets every line with each call, those that are not named to its defaults.
		await new Promise<void>((resolve) => {
			port.set({ dtr, rts }, (error) => {
				if (error) this.#hasLines = false;
				resolve();
			});
		});
	}

	/** Pauses for so many milliseconds. */
	async wait(ms: number): Promise<void> {
		await delay(ms * this.#patience.pauseFactor);
	}

	/** Waits for `work`, unless it takes longer than `ms`: then throws a {@link NoAnswerError}. */
	async #within(work: Promise<void>, ms: number): Promise<void> {
		let timer: NodeJS.Timeout | undefined;
		const late = new Promise<never>((_, reject) => {
			const waitMs = Math.min(ms, this.#patience.longestAnswerMs);
			// What has arrived by then still counts, also when this process had no turn to read it.
			timer = setTimeout(() => setImmediate(() => reject(new NoAnswerError("no answer"))), waitMs);
		});
		try {
			await Promise.race([work, late]);
		} finally {
			clearTimeout(timer);
		}
	}

	#opened(): SerialPort {
		if (this.#lost !== undefined) throw this.#lost;
		if (this.#port === undefined) throw new PortLostError("the port is closed");
		return this.#port;
	}

	#take(data: Buffer): void {
		this.#heard = Buffer.concat([this.#heard, data]).subarray(-KEPT_OCTETS);
		this.#recent = Buffer.concat([this.#recent, data]).subarray(-KEPT_OCTETS);
		this.#slip.take(data);
	}

	#lose(): void {
		this.#lost ??= new PortLostError("the port went away");
		this.#wake?.();
	}
}
