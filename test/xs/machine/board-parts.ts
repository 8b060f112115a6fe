import { i32be, putI32be, u16be } from "../../../firmware/bytes.js";
import { SoftwareMac } from "../../../firmware/device/radio/software-mac.js";
import { resolveSettings } from "../../../firmware/device/settings/parse.js";
import { motePlanOf, sensingPlanOf } from "../../../firmware/device/settings/plan.js";
import { decodeSettings, loadSettings, saveSettings } from "../../../firmware/device/settings/stored.js";
import type { Flash } from "../../../firmware/device/storage/flash.js";
import { FlashStore } from "../../../firmware/device/storage/flash-store.js";
import { NODE_EVENTS, type NodeEvents } from "../../../firmware/events.js";
import { ACK_WAIT_US } from "../../../firmware/mac/timing.js";
import { Mote } from "../../../firmware/mote/mote.js";
import { FIRMWARE_PARTS } from "../../../firmware/mote/parts.js";
import type { Cipher, Digest, Sensor } from "../../../firmware/ports.js";
import { Workspace } from "../../../firmware/workspace.js";
import { HandClock } from "../../firmware/support/hand-clock.js";
import { SeededRandom } from "../../firmware/support/random.js";
import { NativeCrypto } from "./native-crypto.js";

/** What a board is called with: an octet, then settings, a time, a datagram, a length. */
export const Call = { provision: 0, advance: 1, hear: 2, send: 3 } as const;
/** What a board says: an octet, then a datagram of the air, the name of a blob that was written, an event, a time. */
export const Said = { datagram: 0, written: 1, delivered: 2, nextUs: 3 } as const;

/** The two ports that compute. */
export interface Crypto {
	readonly cipher: Cipher;
	readonly digest: Digest;
}

/** All of a board that is no chip: settings from flash, the store, a software radio and the mote, moved by calls. */
export class BoardParts {
	readonly #crypto: Crypto;
	readonly #say: (bytes: Uint8Array) => void;
	readonly #clock = new HandClock();
	#hear: (bytes: Uint8Array, length: number) => void = () => {};
	#mote: Mote | undefined;

	constructor(crypto: Crypto, say: (bytes: Uint8Array) => void) {
		this.#crypto = crypto;
		this.#say = say;
	}

	take(bytes: Uint8Array, length: number): void {
		const kind = bytes[0];
		if (kind === Call.provision) this.#provision(bytes.slice(1, length));
		else if (kind === Call.advance) this.#clock.advanceTo(i32be(bytes, 1) >>> 0);
		else if (kind === Call.hear) this.#hear(bytes.slice(1, length), length - 1);
		else this.#send(bytes.slice(1, 17), u16be(bytes, 17));
		this.#sayNext();
	}

	#tell(kind: number, bytes: Uint8Array, length = bytes.length): void {
		const said = new Uint8Array(1 + length);
		said[0] = kind;
		said.set(bytes.subarray(0, length), 1);
		this.#say(said);
	}

	/** Says which blob was written, with little on the stack: whoever writes one may stand deep in it. */
	#tellName(name: string): void {
		const said = new Uint8Array(1 + name.length);
		said[0] = Said.written;
		for (let i = 0; i < name.length; i++) said[i + 1] = name.charCodeAt(i);
		this.#say(said);
	}

	#sayNext(): void {
		const time = new Uint8Array(4);
		putI32be(time, 0, Math.min(this.#clock.nextUs, 0xffffffff) | 0);
		this.#tell(Said.nextUs, time);
	}

	/** Keeps settings as a console does, then starts as after a restart. */
	#provision(blob: Uint8Array): void {
		const store = new FlashStore([this.#flash(), this.#flash()], this.#clock);
		saveSettings(store, decodeSettings(blob)!);
		const settings = resolveSettings(loadSettings(store));
		const datagrams = {
			send: (bytes: Uint8Array, length: number) => this.#tell(Said.datagram, bytes, length),
			onDatagram: (handler: (bytes: Uint8Array, length: number) => void) => {
				this.#hear = handler;
			},
		};
		const clock = this.#clock;
		const device = settings.nodeId;
		this.#mote = new Mote(
			motePlanOf(settings),
			{
				radio: new SoftwareMac({ datagrams, clock, device, ackWaitUs: ACK_WAIT_US }),
				clock,
				sink: this.#sink(),
				store,
				...this.#crypto,
				sensors: [{ name: "temp", unit: "Cel", read: () => 21.5 } satisfies Sensor],
				battery: { level: () => 255 },
				random: (purpose) => new SeededRandom(device * 1000 + purpose.length),
			},
			new Workspace(2048),
			FIRMWARE_PARTS,
		);
		this.#mote.start();
		const sensing = sensingPlanOf(settings);
		if (sensing !== null) this.#mote.startSensing(sensing);
	}

	#flash(): Flash {
		const blobs = new Map<string, Uint8Array>();
		return {
			read: (name) => blobs.get(name)?.slice(),
			write: (name, bytes) => {
				blobs.set(name, bytes.slice());
				this.#tellName(name);
			},
			remove: (name) => {
				blobs.delete(name);
			},
		};
	}

	#sink(): NodeEvents {
		const sink: Record<string, (...values: number[]) => void> = {};
		for (const event of Object.keys(NODE_EVENTS)) sink[event] = () => {};
		sink["datagramDelivered"] = (_timeUs, _node, _ident, digest) => {
			const bytes = new Uint8Array(4);
			putI32be(bytes, 0, digest! | 0);
			this.#tell(Said.delivered, bytes);
		};
		return sink as unknown as NodeEvents;
	}

	#send(destination: Uint8Array, length: number): void {
		const payload = Uint8Array.from({ length }, (_, i) => i);
		this.#mote?.sendUdp(destination, payload, length);
	}
}

/** A board on XS. */
export default function start(): void {
	const native = new NativeCrypto();
	const crypto: Crypto = { digest: native, cipher: native };
	const board = new BoardParts(crypto, (bytes) => host.post(bytes, bytes.length));
	host.onCall((bytes, length) => board.take(bytes, length));
}
