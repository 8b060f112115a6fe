import { i32be, putI32be } from "../../../firmware/bytes.js";
import { Board } from "../../../firmware/device/board.js";
import { SoftwareMac } from "../../../firmware/device/radio/software-mac.js";
import { decodeSettings } from "../../../firmware/device/settings/stored.js";
import type { Flash } from "../../../firmware/device/storage/flash.js";
import { FlashStore } from "../../../firmware/device/storage/flash-store.js";
import { ACK_WAIT_US } from "../../../firmware/mac/timing.js";
import { HandClock } from "../../firmware/support/hand-clock.js";
import { SeededRandom } from "../../firmware/support/random.js";
import { BoardCall, BoardQuery, BoardSaid } from "./board-protocol.js";
import { NativeCrypto } from "./native-crypto.js";

/** Octets of what a board says at a time, at most: as much as waits for the line, and a blob with its name. */
const MESSAGE_BYTES = 2600;
const NUMBER_BYTES = 4;

type Hear = (bytes: Uint8Array, length: number) => void;
type Listen = (bytes: Uint8Array, offset: number, end: number) => void;

/** A board whose air, line and flash are at the other end of a pipe. */
class PipedBoard {
	readonly #message = new Uint8Array(MESSAGE_BYTES);
	readonly #number = new Uint8Array(NUMBER_BYTES);
	readonly #crypto = new NativeCrypto();
	readonly #clock = new HandClock();
	#hear: Hear = () => {};
	#listen: Listen = () => {};

	take(bytes: Uint8Array, length: number): void {
		const kind = bytes[0];
		if (kind === BoardCall.create) this.#create(bytes[1] === 1, bytes.slice(2, length));
		else if (kind === BoardCall.advance) this.#clock.advanceTo(i32be(bytes, 1) >>> 0);
		else if (kind === BoardCall.hear) this.#hear(bytes.slice(1, length), length - 1);
		else this.#listen(bytes, 1, length);
		putI32be(this.#number, 0, Math.min(this.#clock.nextUs, 0xffffffff) | 0);
		this.#say(BoardSaid.nextUs, this.#number, 0, NUMBER_BYTES);
	}

	/** A bank of flash, by what stands behind the names of its blobs. */
	#bank(suffix: string): Flash {
		return {
			read: (name) => {
				this.#ask(BoardQuery.size, name + suffix, this.#number);
				const length = i32be(this.#number, 0);
				if (length < 0) return undefined;
				const blob = new Uint8Array(length);
				this.#ask(BoardQuery.read, name + suffix, blob);
				return blob;
			},
			write: (name, bytes) => this.#ask(BoardQuery.write, name + suffix, this.#number, bytes),
			remove: (name) => this.#ask(BoardQuery.remove, name + suffix, this.#number),
		};
	}

	#create(canInject: boolean, settings: Uint8Array): void {
		const build = decodeSettings(settings) ?? {};
		const clock = this.#clock;
		const device = 1 + (build.nodeId ?? 0);
		const datagrams = {
			send: (bytes: Uint8Array, length: number) => this.#say(BoardSaid.datagram, bytes, 0, length),
			onDatagram: (hear: Hear) => {
				this.#hear = hear;
			},
		};
		const radio = new SoftwareMac({ datagrams, clock, device, ackWaitUs: ACK_WAIT_US });
		const board = new Board({
			build,
			firmware: "1.2.3-xs",
			canInject,
			ports: {
				radio,
				clock,
				store: new FlashStore([this.#bank(".0"), this.#bank(".1")], clock),
				cipher: this.#crypto,
				digest: this.#crypto,
				sensors: [{ name: "temp", unit: "Cel", read: () => 21.5 }],
				battery: { level: () => 255 },
				random: (purpose) => new SeededRandom(device * 1000 + purpose.length),
			},
			serial: {
				write: (bytes, offset, end) => {
					this.#say(BoardSaid.serial, bytes, offset, end);
					return end - offset;
				},
				onBytes: (listen) => {
					this.#listen = listen;
				},
				onWritable: () => {},
			},
			system: { restart: () => this.#say(BoardSaid.restart, this.#number, 0, 0), startReason: "power-on" },
		});
		board.start();
	}

	#say(kind: number, bytes: Uint8Array, offset: number, end: number): void {
		const message = this.#message;
		message[0] = kind;
		for (let i = offset; i < end; i++) message[1 + i - offset] = bytes[i]!;
		host.post(message, 1 + end - offset);
	}

	#ask(query: number, name: string, into: Uint8Array, bytes?: Uint8Array): void {
		const message = this.#message;
		message[0] = query;
		message[1] = name.length;
		for (let i = 0; i < name.length; i++) message[2 + i] = name.charCodeAt(i);
		const at = 2 + name.length;
		if (bytes !== undefined) message.set(bytes, at);
		host.query(message, at + (bytes?.length ?? 0), into);
	}
}

/** Begins to take calls. */
export default function start(): void {
	const board = new PipedBoard();
	host.onCall((bytes, length) => board.take(bytes, length));
}
