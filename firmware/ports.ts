import type { NodeEvents } from "./events.js";

/**
 * What a node needs from its host. The simulator, the device and the tests each bring their own;
 * the node itself is passive: it owns no thread, no promise and no timer.
 */

/** How a radio filters, answers and transmits. Addresses as in {@link LinkAddress}. */
export interface RadioConfig {
	/** IEEE 802.15.4 channel at 2.4 GHz, 11 to 26. */
	readonly channel: number;
	/** PAN identifier, 0 to 0xffff. */
	readonly panId: number;
	/** Short address, 0xfffe or 0xffff for none. */
	readonly shortAddress: number;
	/** EUI-64, upper and lower 32 bits in network order. */
	readonly extendedHigh: number;
	readonly extendedLow: number;
	readonly txPowerDbm: number;
	/** Passes every frame with a good FCS, and acknowledges none. */
	readonly promiscuous: boolean;
	/** Accepts frames that carry only a source address (IEEE 802.15.4-2020, 6.6.2). */
	readonly panCoordinator: boolean;
}

/** What became of one transmission. */
export type TransmitOutcome = "acked" | "sent" | "no-ack" | "channel-busy";

/** Mutable on purpose: a MAC keeps one and changes `atUs`. */
export interface TransmitOptions {
	/** One clear channel assessment before; a busy channel ends the attempt. */
	cca: boolean;
	/** When the assessment (else the preamble) begins; a time that has passed means at once. */
	atUs: number;
}

/** Whoever waits for a transmission to be over. */
export interface TransmitWaiter {
	/** Told once, never during the call that asked for the transmission. */
	transmitted(outcome: TransmitOutcome): void;
}

/** Whoever a radio passes frames to. */
export interface FrameReceiver {
	/** Takes a frame with a good FCS, FCS included. `psdu` is valid only during the call. */
	frameReceived(psdu: Uint8Array, rssiDbm: number, lqi: number, sfdTimeUs: number): void;
}

/**
 * An IEEE 802.15.4 transceiver at 2.4 GHz that does what the ESP32-C6's does: timed transmission
 * after one CCA, address filter, automatic acknowledgement, timestamps. The node draws backoffs
 * and counts retries; the radio keeps time.
 */
export interface Radio {
	configure(config: RadioConfig): void;
	/** Turns the receiver on or off when it does nothing else. */
	receive(on: boolean): void;
	/** Opens the receiver for one window. */
	receiveAt(timeUs: number, durationUs: number): void;
	/**
	 * Sends one PSDU of 5 to 127 octets, whose last two are its FCS. It must stay unchanged until
	 * `waiter` is told. One transmission at a time.
	 */
	transmit(psdu: Uint8Array, options: TransmitOptions, waiter: TransmitWaiter): void;
	/** Registers the only receiver of frames, once. */
	onReceive(receiver: FrameReceiver): void;
}

/** A pending timer; 0 is never one. */
export type Timer = number;

/** Integer microseconds since some start; timers fire in order of (time, insertion). */
export interface Clock {
	nowUs(): number;
	at(timeUs: number, callback: () => void): Timer;
	/** Cancels a timer; one that has fired, or 0, is ignored. */
	cancel(timer: Timer): void;
}

/** One stream of uniformly distributed numbers, for one purpose. */
export interface Random {
	/** A signed 32-bit integer. */
	int32(): number;
	/** An integer from 0 to `bound` - 1; `bound` 1 to 2^32. */
	below(bound: number): number;
}

/** SHA-256 (FIPS 180-4). */
export interface Digest {
	/** Hashes `bytes[offset..end)` and returns 32 octets, valid until the next call. */
	sha256(bytes: Uint8Array, offset: number, end: number): Uint8Array;
}

/** AES-128, one block at a time, encryption only: all that CCM* and CMAC need (FIPS 197). */
export interface Cipher {
	/** Sets the key, 16 octets; the returned block cipher works in place on 16 octets at `offset`. */
	key(key: Uint8Array): BlockCipher;
}

export interface BlockCipher {
	encrypt(block: Uint8Array, offset: number): void;
}

/** Small named blobs that survive a power cycle. */
export interface Store {
	get(name: string): Uint8Array | undefined;
	/**
	 * Keeps a copy; an undefined value removes the name. Returns false where it cannot be kept: no room, or a fault.
	 *
	 * What `LearntBlob` names may be written some time later, all else is safe from a power cut when this returns.
	 */
	set(name: string, value: Uint8Array | undefined): boolean;
}

/** One measured quantity. */
export interface Sensor {
	/** SenML name, such as `temp`. */
	readonly name: string;
	/** SenML unit (RFC 8428, section 12.1), such as `Cel`. */
	readonly unit: string;
	read(): number;
}

/** The power source. */
export interface Battery {
	/** Remaining charge, 0 to 255 (full). */
	level(): number;
}

/** Takes the typed events of `events.ts`: one method an event, positional arguments, no objects. */
export type Sink = NodeEvents;

/** Everything that a node is given. */
export interface Ports {
	readonly radio: Radio;
	readonly clock: Clock;
	readonly sink: Sink;
	readonly store: Store;
	readonly cipher: Cipher;
	readonly digest: Digest;
	readonly sensors: readonly Sensor[];
	readonly battery: Battery;
	/** A stream of random numbers for one purpose; the same name gives the same stream. */
	random(purpose: string): Random;
}
