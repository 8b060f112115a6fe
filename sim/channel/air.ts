import { airtimeUs, SHR_US } from "../../firmware/mac/timing.js";
import { exp, fromDb } from "../kernel/math.js";
import type { EventQueue } from "../kernel/queue.js";
import { threefry2x32 } from "../kernel/random.js";
import { BitErrorTable, ERROR_FREE_SINR } from "./bit-error.js";
import { Fading, type FadingOptions } from "./fading.js";
import type { LinkGraph } from "./links.js";
import { RadioMode, type RadioStates } from "./radio-states.js";

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
	/** `to` received the whole frame that `from` sent. */
	received(to: number, from: number, powerMw: number): void;
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
	/** Power of all frames in the air at each node, in mW. */
	readonly powerMw: Float64Array;
	/** Frames in the air at each node. */
	readonly #inAir: Int32Array;
	/** The channel that a node's frame went out on; 0 while it has none in the air. */
	readonly #sendingOn: Uint8Array;
	#sending = 0;
	readonly #lockedOn: Int32Array;
	readonly #lockPowerMw: Float64Array;
	readonly #lockUs: Float64Array;
	readonly #chunkUs: Float64Array;
	readonly #lnSuccess: Float64Array;
	readonly #interfered: Uint8Array;
	readonly #draws: Int32Array;
	readonly #drawn = new Int32Array(2);
	readonly #seed: number;
	readonly #states: RadioStates;
	readonly #queue: EventQueue;
	readonly #table = new BitErrorTable();
	readonly #noiseMw: number;
	/** Noise and interference count for more by the implementation loss. */
	readonly #lossRatio: number;
	readonly #sensitivityMw: number;
	readonly #lockRatio: number;
	readonly #captureRatio: number;
	readonly ccaThresholdMw: number;
	readonly #listener: AirListener;
	/** Times at which the power at a node last fell from above the CCA threshold. */
	readonly lastBusyUs: Float64Array;

	constructor(
		links: LinkGraph,
		states: RadioStates,
		queue: EventQueue,
		options: AirOptions,
		seed: number,
		listener: AirListener,
	) {
		const n = links.nodes;
		this.links = links;
		const { fading } = options;
		if (fading !== undefined && fading.deviationDb > 0) this.#fading = new Fading(links, fading, seed);
		this.#signalMw = this.#fading?.powerMw ?? links.powerMw;
		this.powerMw = new Float64Array(n);
		this.#inAir = new Int32Array(n);
		this.#sendingOn = new Uint8Array(n);
		this.#lockedOn = new Int32Array(n).fill(-1);
		this.#lockPowerMw = new Float64Array(n);
		this.#lockUs = new Float64Array(n);
		this.#chunkUs = new Float64Array(n);
		this.#lnSuccess = new Float64Array(n);
		this.#interfered = new Uint8Array(n);
		this.#draws = new Int32Array(n);
		this.lastBusyUs = new Float64Array(n).fill(-1);
		this.#states = states;
		this.#queue = queue;
		this.#seed = seed;
		this.#noiseMw = fromDb(options.noiseDbm);
		this.#lossRatio = fromDb(options.implementationLossDb);
		this.#sensitivityMw = fromDb(options.sensitivityDbm);
		this.#lockRatio = fromDb(options.lockSinrDb);
		this.#captureRatio = fromDb(options.captureDb);
		this.ccaThresholdMw = fromDb(options.ccaThresholdDbm);
		this.#listener = listener;
	}

	/**
	 * Whether a node is in the middle of a frame: past its start-of-frame delimiter the PHY reports a busy channel
	 * whatever the energy (IEEE 802.15.4-2020, 10.2.8).
	 */
	isReceiving(node: number, nowUs: number): boolean {
		return this.#states.mode[node] === RadioMode.receiving && nowUs - this.#lockUs[node]! >= SHR_US;
	}

	/** Whether a node is receiving the frame that `from` began to send at `startUs`. */
	isLocked(node: number, from: number, startUs: number): boolean {
		return this.#lockedOn[node] === from && this.#lockUs[node] === startUs;
	}

	/** Whether the energy at a node is, or was since `sinceUs`, above the CCA threshold. */
	isBusy(node: number, sinceUs: number): boolean {
		return this.powerMw[node]! >= this.ccaThresholdMw || this.lastBusyUs[node]! >= sinceUs;
	}

	/** A node's preamble begins. */
	start(from: number): void {
		const { start, to } = this.links;
		const mode = this.#states.mode;
		const channel = this.#states.channel;
		const nowUs = this.#queue.nowUs();
		this.#fading?.refresh(from, nowUs);
		const end = start[from + 1]!;
		const sendingOn = channel[from]!;
		this.#sendingOn[from] = sendingOn;
		this.#sending++;
		for (let i = start[from]!; i < end; i++) {
			const node = to[i]!;
			if (channel[node] !== sendingOn) continue;
			const signalMw = this.#signalMw[i]!;
			const otherMw = this.powerMw[node]!;
			if (mode[node] === RadioMode.receiving) {
				this.#settle(node, nowUs);
				this.#interfered[node] = 1;
				if (nowUs - this.#lockUs[node]! < SHR_US && signalMw > this.#captureRatio * (otherMw + this.#noiseMw))
					this.#lock(node, from, signalMw, otherMw, nowUs);
			} else if (
				mode[node] === RadioMode.listening &&
				signalMw >= this.#sensitivityMw &&
				signalMw > this.#lockRatio * (otherMw + this.#noiseMw)
			) {
				mode[node] = RadioMode.receiving;
				this.#lock(node, from, signalMw, otherMw, nowUs);
			}
			this.powerMw[node] = otherMw + signalMw;
			this.#inAir[node]!++;
		}
	}

	/** A node's last octet is out. `psduBytes` as given to the radio. */
	end(from: number, psduBytes: number): void {
		const { start, to, prr } = this.links;
		const mode = this.#states.mode;
		const channel = this.#states.channel;
		const nowUs = this.#queue.nowUs();
		const startUs = nowUs - airtimeUs(psduBytes);
		const end = start[from + 1]!;
		const sendingOn = this.#sendingOn[from]!;
		this.#sendingOn[from] = 0;
		this.#sending--;
		for (let i = start[from]!; i < end; i++) {
			const node = to[i]!;
			if (channel[node] !== sendingOn) continue;
			const signalMw = this.#signalMw[i]!;
			const locked = this.#lockedOn[node] === from && this.#lockUs[node] === startUs;
			if (mode[node] === RadioMode.receiving) this.#settle(node, nowUs);
			if (this.powerMw[node]! >= this.ccaThresholdMw) this.lastBusyUs[node] = nowUs;
			// The sum drifts in its last bits; an empty channel is exactly empty.
			if (--this.#inAir[node]! === 0) this.powerMw[node] = 0;
			else this.powerMw[node] = this.powerMw[node]! - signalMw;
			if (locked) {
				this.release(node, nowUs);
				this.#decide(node, from, signalMw, prr === undefined ? 1 : prr[i]!);
			} else this.#listener.missed(node, from, this.#missCause(node, signalMw, startUs));
		}
	}

	/** Ends a node's lock, if it has one, and lets it listen again. */
	release(node: number, nowUs: number): void {
		if (this.#lockedOn[node] === -1) return;
		this.#states.rxUs[node] = this.#states.rxUs[node]! + nowUs - this.#lockUs[node]!;
		this.#lockedOn[node] = -1;
		if (this.#states.mode[node] === RadioMode.receiving) this.#states.listen(node, nowUs);
	}

	/** Tunes a node to another channel: what it received is lost, and it hears what is in the air there. */
	retune(node: number, channel: number): void {
		if (this.#states.channel[node] === channel) return;
		this.release(node, this.#queue.nowUs());
		this.#states.channel[node] = channel;
		this.#inAir[node] = 0;
		this.powerMw[node] = 0;
		this.lastBusyUs[node] = -1;
		if (this.#sending === 0) return;
		const { start, to } = this.links;
		for (let from = 0; from < this.links.nodes; from++) {
			if (this.#sendingOn[from] !== channel) continue;
			for (let i = start[from]!; i < start[from + 1]!; i++) {
				if (to[i] !== node) continue;
				this.powerMw[node] = this.powerMw[node]! + this.#signalMw[i]!;
				this.#inAir[node]!++;
			}
		}
	}

	#lock(node: number, from: number, signalMw: number, otherMw: number, nowUs: number): void {
		if (this.#lockedOn[node] !== -1) {
			this.#states.rxUs[node] = this.#states.rxUs[node]! + nowUs - this.#lockUs[node]!;
		}
		this.#lockedOn[node] = from;
		this.#lockPowerMw[node] = signalMw;
		this.#lockUs[node] = nowUs;
		this.#chunkUs[node] = nowUs;
		this.#lnSuccess[node] = 0;
		this.#interfered[node] = otherMw > 0 ? 1 : 0;
	}

	/** Counts the bits since the interference last changed. */
	#settle(node: number, nowUs: number): void {
		const spanUs = nowUs - this.#chunkUs[node]!;
		this.#chunkUs[node] = nowUs;
		if (spanUs <= 0) return;
		const signalMw = this.#lockPowerMw[node]!;
		const interferenceMw = this.powerMw[node]! - signalMw;
		const disturbanceMw = (this.#noiseMw + Math.max(interferenceMw, 0)) * this.#lossRatio;
		if (signalMw >= ERROR_FREE_SINR * disturbanceMw) return;
		this.#lnSuccess[node] =
			this.#lnSuccess[node]! + spanUs * BITS_PER_US * this.#table.lnBitSuccess(signalMw / disturbanceMw);
	}

	#decide(node: number, from: number, signalMw: number, prr: number): void {
		const lnSuccess = this.#lnSuccess[node]!;
		const success = lnSuccess === 0 ? prr : prr * exp(lnSuccess);
		if (success >= 1 || this.#uniform(node) < success) this.#listener.received(node, from, signalMw);
		else this.#listener.missed(node, from, this.#interfered[node] === 1 ? "collision" : "noise");
	}

	/** Why a node never locked to a frame that ends now, or lost it to another. */
	#missCause(node: number, signalMw: number, startUs: number): MissCause {
		const { mode, modeBefore, listeningSinceUs } = this.#states;
		let was = mode[node]!;
		if (was === RadioMode.listening && listeningSinceUs[node]! > startUs) was = modeBefore[node]!;
		switch (was) {
			case RadioMode.transmitting:
				return "transmitting";
			case RadioMode.off:
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
		const draw = this.#draws[node]!++;
		threefry2x32(this.#seed | 0, 0x63686e6c ^ Math.floor(this.#seed / 0x100000000), draw, node, this.#drawn);
		return (this.#drawn[0]! >>> 0) / 0x100000000;
	}
}
