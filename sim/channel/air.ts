import { airtimeUs, SHR_US } from "../../firmware/mac/timing.js";
import { exp, fromDb } from "../kernel/math.js";
import type { EventQueue } from "../kernel/queue.js";
import { threefry2x32 } from "../kernel/random.js";
import { BitErrorTable, ERROR_FREE_SINR } from "./bit-error.js";
import { Fading, type FadingOptions } from "./fading.js";
import type { LinkGraph } from "./links.js";
import { MODE_BITS, MODE_MASK, RadioMode, type RadioStates } from "./radio-states.js";
import { FAR_ROW, NEAR_ROW, RADIO_FLAGS, type RadioTable } from "./radio-table.js";
import { rssiDbmOf } from "./signal.js";

const {
	ROW,
	WORDS,
	OCTETS,
	CHANNEL,
	COUNTED_US,
	FLAGS,
	IN_AIR,
	LAST_BUSY_US,
	LISTENING_SINCE_US,
	LN_SUCCESS,
	LOCK_MW,
	LOCK_US,
	LOCKED_ON,
	MODES,
	POWER_MW,
} = NEAR_ROW;
const { DRAWS, SENDING_ON } = FAR_ROW;
const { INTERFERED } = RADIO_FLAGS;
const { off, listening, receiving, transmitting } = RadioMode;
/** Taken into constants of this module, which the engine knows when it compiles. */
const MODE = MODE_MASK;
const BEFORE = MODE_BITS;

/** Settings of the physical layer. */
export interface AirOptions {
	/** Thermal noise and noise figure of a receiver. */
	readonly noiseDbm: number;
	/** What real receivers lose against the ideal O-QPSK demodulator. */
	readonly implementationLossDb: number;
	/** The weakest signal that a receiver locks to. */
	readonly sensitivityDbm: number;
	/** A receiver locks when the signal stands so far above noise and interference. */
	readonly lockSinrDb: number;
	/** During the preamble of a frame, one that is stronger by this takes the receiver over. */
	readonly captureDb: number;
	/** Energy above this is a busy channel (CCA mode 1). */
	readonly ccaThresholdDbm: number;
	/** How links change in time; absent, they do not. */
	readonly fading?: FadingOptions;
}

/** Why a receiver missed a frame. */
export type MissCause = "collision" | "noise" | "transmitting" | "off" | "weak";

/** Told of every frame that ends: first the receivers that got it, in order of their number. */
export interface AirListener {
	/** `to` received the whole frame that `from` sent over this link. */
	received(to: number, from: number, link: number): void;
	/** Whether {@link missed} is to be called where this node misses the frame. */
	concerns(node: number): boolean;
	/** `to` is in range of `from`, and did not. */
	missed(to: number, from: number, cause: MissCause): void;
}

/** Symbols of 16 µs carry 4 bits. */
const BITS_PER_US = 0.25;

/**
 * The shared medium: adds up interference at every receiver and decides what survives.
 *
 * A frame's start and end each walk the sender's links once. The signal-to-noise ratio is taken anew
 * whenever the interference at a locked receiver changes. Propagation delay (below 1 µs at 300 m) is left out.
 */
export class Air {
	readonly links: LinkGraph;
	/** Undefined where links do not change. */
	readonly #fading: Fading | undefined;
	/** What arrives over each link: a frame keeps, to its end, the power that it started with. */
	readonly #signalMw: Float64Array;
	#sending = 0;
	readonly #radios: number;
	readonly #doubles: Float64Array;
	readonly #words: Int32Array;
	readonly #shorts: Uint16Array;
	readonly #octets: Uint8Array;
	readonly #farWords: Int32Array;
	readonly #farOctets: Uint8Array;
	readonly #drawn = new Int32Array(2);
	readonly #seed: number;
	readonly #states: RadioStates;
	readonly #queue: EventQueue;
	readonly #table = new BitErrorTable();
	readonly #noiseMw: number;
	/** Noise and interference count for more by the implementation loss. */
	readonly #lossRatio: number;
	readonly #sensitivityMw: number;
	/** From this power on, noise alone makes no error. */
	readonly #clearMw: number;
	readonly #lockRatio: number;
	readonly #captureRatio: number;
	readonly ccaThresholdMw: number;
	readonly #listener: AirListener;

	constructor(
		links: LinkGraph,
		radios: RadioTable,
		states: RadioStates,
		queue: EventQueue,
		options: AirOptions,
		seed: number,
		listener: AirListener,
	) {
		this.links = links;
		this.#radios = radios.radios;
		const { near, far } = radios;
		this.#doubles = near.doubles;
		this.#words = near.words;
		this.#shorts = near.shorts;
		this.#octets = near.octets;
		this.#farWords = far.words;
		this.#farOctets = far.octets;
		const { fading } = options;
		if (fading !== undefined && fading.deviationDb > 0) this.#fading = new Fading(links, fading, seed);
		this.#signalMw = this.#fading?.powerMw ?? links.powerMw;
		for (let row = 0; row < this.#doubles.length; row += 1 << ROW) {
			this.#words[(row << 1) | LOCKED_ON] = -1;
			this.#doubles[row | LAST_BUSY_US] = -1;
		}
		this.#states = states;
		this.#queue = queue;
		this.#seed = seed;
		this.#noiseMw = fromDb(options.noiseDbm);
		this.#lossRatio = fromDb(options.implementationLossDb);
		this.#sensitivityMw = fromDb(options.sensitivityDbm);
		this.#clearMw = ERROR_FREE_SINR * (this.#noiseMw * this.#lossRatio);
		this.#lockRatio = fromDb(options.lockSinrDb);
		this.#captureRatio = fromDb(options.captureDb);
		this.ccaThresholdMw = fromDb(options.ccaThresholdDbm);
		this.#listener = listener;
	}

	/** Power of all frames in the air at a node, in mW. */
	powerMw(node: number): number {
		return this.#doubles[(node << ROW) | POWER_MW]!;
	}

	/** What a radio reports of the frame that the sender of a link has, or had last, in the air: whole dBm. */
	rssiDbm(link: number): number {
		return rssiDbmOf(this.#signalMw[link]!);
	}

	/**
	 * Whether a node is in the middle of a frame: past its start-of-frame delimiter the PHY reports a busy channel
	 * whatever the energy (IEEE 802.15.4-2020, 10.2.8).
	 */
	isReceiving(node: number, nowUs: number): boolean {
		return (
			(this.#octets[(node << OCTETS) | MODES]! & MODE) === receiving &&
			this.#lockedUs(node << WORDS, nowUs) >= SHR_US
		);
	}

	/** Whether a node is receiving the frame that `from` began to send at `startUs`. */
	isLocked(node: number, from: number, startUs: number): boolean {
		const word = node << WORDS;
		return this.#words[word | LOCKED_ON] === from && this.#words[word | LOCK_US] === (startUs | 0);
	}

	/** For how long the receiver with a row of words has been locked. */
	#lockedUs(word: number, nowUs: number): number {
		return (nowUs - this.#words[word | LOCK_US]!) | 0;
	}

	/** Whether the energy at a node is, or was since `sinceUs`, above the CCA threshold. */
	isBusy(node: number, sinceUs: number): boolean {
		return (
			this.powerMw(node) >= this.ccaThresholdMw || this.#doubles[(node << ROW) | LAST_BUSY_US]! >= sinceUs
		);
	}

	/** A node's preamble begins. */
	start(from: number): void {
		const { start, to } = this.links;
		const doubles = this.#doubles;
		const octets = this.#octets;
		const nowUs = this.#queue.nowUs();
		this.#fading?.refresh(from, nowUs);
		const end = start[from + 1]!;
		const sendingOn = octets[(from << OCTETS) | CHANNEL]!;
		this.#farOctets[(from << OCTETS) | SENDING_ON] = sendingOn;
		this.#sending++;
		for (let i = start[from]!; i < end; i++) {
			const row = to[i]! << ROW;
			if (octets[(row << 3) | CHANNEL] !== sendingOn) continue;
			const signalMw = this.#signalMw[i]!;
			const otherMw = doubles[row | POWER_MW]!;
			const modes = octets[(row << 3) | MODES]!;
			const mode = modes & MODE;
			if (mode === receiving) {
				this.#settle(row, nowUs);
				octets[(row << 3) | FLAGS]! |= INTERFERED;
				const isPreamble = this.#lockedUs(row << 1, nowUs) < SHR_US;
				if (isPreamble && signalMw > this.#captureRatio * (otherMw + this.#noiseMw))
					this.#lock(row, from, signalMw, otherMw, nowUs);
			} else if (
				mode === listening &&
				signalMw >= this.#sensitivityMw &&
				signalMw > this.#lockRatio * (otherMw + this.#noiseMw)
			) {
				octets[(row << 3) | MODES] = (modes & ~MODE) | receiving;
				this.#lock(row, from, signalMw, otherMw, nowUs);
			}
			doubles[row | POWER_MW] = otherMw + signalMw;
			this.#words[(row << 1) | IN_AIR]!++;
		}
	}

	/** A node's last octet is out. `psduBytes` as given to the radio. */
	end(from: number, psduBytes: number): void {
		const { start, to, prr } = this.links;
		const words = this.#words;
		const octets = this.#octets;
		const nowUs = this.#queue.nowUs();
		const startUs = nowUs - airtimeUs(psduBytes);
		const lockUs = startUs | 0;
		const end = start[from + 1]!;
		const sendingOn = this.#farOctets[(from << OCTETS) | SENDING_ON]!;
		this.#farOctets[(from << OCTETS) | SENDING_ON] = 0;
		this.#sending--;
		for (let i = start[from]!; i < end; i++) {
			const node = to[i]!;
			if (octets[(node << OCTETS) | CHANNEL] !== sendingOn) continue;
			const signalMw = this.#signalMw[i]!;
			const word = node << WORDS;
			const locked = words[word | LOCKED_ON] === from && words[word | LOCK_US] === lockUs;
			// A strong frame that was alone in the air to its end: its bits need not be counted.
			const isClear =
				locked && signalMw >= this.#clearMw && (octets[(node << OCTETS) | FLAGS]! & INTERFERED) === 0;
			this.#fade(node << ROW, signalMw, nowUs, !isClear);
			if (locked) {
				this.release(node, nowUs);
				this.#decide(node, from, i, prr === undefined ? 1 : prr[i]!);
			} else if (this.#listener.concerns(node))
				this.#listener.missed(node, from, this.#missCause(node, signalMw, startUs));
		}
	}

	/** Takes a frame's power out of the air at a node; `counts` the bits of the frame that it is locked to up to now, if there is one. */
	#fade(row: number, signalMw: number, nowUs: number, counts: boolean): void {
		const doubles = this.#doubles;
		if (counts && (this.#octets[(row << 3) | MODES]! & MODE) === receiving) this.#settle(row, nowUs);
		const powerMw = doubles[row | POWER_MW]!;
		if (powerMw >= this.ccaThresholdMw) doubles[row | LAST_BUSY_US] = nowUs;
		// The sum drifts in its last bits; an empty channel is exactly empty.
		const others = --this.#words[(row << 1) | IN_AIR]!;
		doubles[row | POWER_MW] = others === 0 ? 0 : powerMw - signalMw;
	}

	/** Ends a node's lock, if it has one, and lets it listen again. */
	release(node: number, nowUs: number): void {
		const word = node << WORDS;
		if (this.#words[word | LOCKED_ON] === -1) return;
		this.#states.addRx(node, this.#lockedUs(word, nowUs));
		this.#words[word | LOCKED_ON] = -1;
		if ((this.#octets[(node << OCTETS) | MODES]! & MODE) === receiving) this.#states.listen(node, nowUs);
	}

	/** Tunes a node to another channel: what it received is lost, and it hears what is in the air there. */
	retune(node: number, channel: number): void {
		const row = node << ROW;
		if (this.#octets[(row << 3) | CHANNEL] === channel) return;
		this.release(node, this.#queue.nowUs());
		this.#octets[(row << 3) | CHANNEL] = channel;
		this.#words[(row << 1) | IN_AIR] = 0;
		this.#doubles[row | POWER_MW] = 0;
		this.#doubles[row | LAST_BUSY_US] = -1;
		if (this.#sending === 0) return;
		const { start, to } = this.links;
		for (let from = 0; from < this.#radios; from++) {
			if (this.#farOctets[(from << OCTETS) | SENDING_ON] !== channel) continue;
			for (let i = start[from]!; i < start[from + 1]!; i++) {
				if (to[i] !== node) continue;
				this.#doubles[row | POWER_MW]! += this.#signalMw[i]!;
				this.#words[(row << 1) | IN_AIR]!++;
			}
		}
	}

	#lock(row: number, from: number, signalMw: number, otherMw: number, nowUs: number): void {
		const doubles = this.#doubles;
		const words = this.#words;
		const word = row << 1;
		if (words[word | LOCKED_ON] !== -1) this.#states.addRx(row >> ROW, this.#lockedUs(word, nowUs));
		words[word | LOCKED_ON] = from;
		doubles[row | LOCK_MW] = signalMw;
		words[word | LOCK_US] = nowUs | 0;
		this.#shorts[(row << 2) | COUNTED_US] = 0;
		doubles[row | LN_SUCCESS] = 0;
		const flags = this.#octets[(row << 3) | FLAGS]!;
		this.#octets[(row << 3) | FLAGS] = otherMw > 0 ? flags | INTERFERED : flags & ~INTERFERED;
	}

	/** Counts the bits since the interference last changed. */
	#settle(row: number, nowUs: number): void {
		const doubles = this.#doubles;
		const countedUs = this.#lockedUs(row << 1, nowUs);
		const spanUs = countedUs - this.#shorts[(row << 2) | COUNTED_US]!;
		this.#shorts[(row << 2) | COUNTED_US] = countedUs;
		if (spanUs <= 0) return;
		const signalMw = doubles[row | LOCK_MW]!;
		const interferenceMw = doubles[row | POWER_MW]! - signalMw;
		const disturbanceMw = (this.#noiseMw + Math.max(interferenceMw, 0)) * this.#lossRatio;
		if (signalMw >= ERROR_FREE_SINR * disturbanceMw) return;
		doubles[row | LN_SUCCESS]! += spanUs * BITS_PER_US * this.#table.lnBitSuccess(signalMw / disturbanceMw);
	}

	#decide(node: number, from: number, link: number, prr: number): void {
		const lnSuccess = this.#doubles[(node << ROW) | LN_SUCCESS]!;
		const success = lnSuccess === 0 ? prr : prr * exp(lnSuccess);
		if (success >= 1 || this.#uniform(node) < success) this.#listener.received(node, from, link);
		else if (this.#listener.concerns(node)) {
			const isInterfered = (this.#octets[(node << OCTETS) | FLAGS]! & INTERFERED) !== 0;
			this.#listener.missed(node, from, isInterfered ? "collision" : "noise");
		}
	}

	/** Why a node never locked to a frame that ends now, or lost it to another. */
	#missCause(node: number, signalMw: number, startUs: number): MissCause {
		const row = node << ROW;
		const modes = this.#octets[(row << 3) | MODES]!;
		let was = modes & MODE;
		if (was === listening && this.#doubles[row | LISTENING_SINCE_US]! > startUs) was = modes >> BEFORE;
		switch (was) {
			case transmitting:
				return "transmitting";
			case off:
				return "off";
			default:
				// Locked to another frame, or unable to tell this one from the others.
				return signalMw < this.#sensitivityMw || signalMw <= this.#lockRatio * this.#noiseMw
					? "weak"
					: "collision";
		}
	}

	/** One draw of a node's own stream, so that no other node's traffic shifts it. */
	#uniform(node: number): number {
		const draw = this.#farWords[(node << WORDS) | DRAWS]!++;
		threefry2x32(this.#seed | 0, 0x63686e6c ^ Math.floor(this.#seed / 0x100000000), draw, node, this.#drawn);
		return (this.#drawn[0]! >>> 0) / 0x100000000;
	}
}
