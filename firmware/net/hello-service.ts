import type { LinkAddress } from "../address.js";
import { CHAINS, CLUSTER_HELLO_BYTES, CLUSTERS, decodeHello, encodeHello, Hello } from "../frames/hello.js";
import type { Clock, Random, Store, Timer } from "../ports.js";
import { StoredCounter } from "../stored-counter.js";
import type { Chaining } from "./chaining.js";

/** The first HELLO, and the answer to a newcomer's, come within this: all neighbours answer him at once. */
const JITTER_US = 500_000;
/** No newcomer makes us speak more often than this. */
const ANSWER_PERIOD_US = 2_000_000;
/** Bits of a boot number that nobody can foresee; those above count, so that it differs from the last one. */
const BOOT_RANDOM_BITS = 12;

export interface HelloServiceOptions {
	readonly clock: Clock;
	readonly random: Random;
	/** Draws the unforeseeable part of boot numbers. */
	readonly bootRandom: Random;
	readonly store: Store;
	/** Undefined for a node that sends and takes plain fragments only. */
	readonly chaining: Chaining | undefined;
	readonly periodUs: number;
	/**
	 * What a clustered node tells besides; undefined for others. A clustered one does not speak by itself: others sleep most of
	 * the time, so that the cluster service asks for its HELLO when they are awake.
	 */
	readonly cluster: (() => { readonly charge: number; readonly neighbours: number }) | undefined;
	/** Numbers all broadcasts of the node. */
	nextBroadcast(): number;
	/** Sends a copy of a MAC payload to all neighbours. */
	broadcast(payload: Uint8Array, length: number): void;
}

/** Tells the neighbours what the node can do: after its start, at a period, and when a newcomer speaks. */
export class HelloService {
	readonly #options: HelloServiceOptions;
	readonly #hello = new Hello();
	readonly #heard = new Hello();
	readonly #payload = new Uint8Array(CLUSTER_HELLO_BYTES);
	/** A clustered node has something new to tell. */
	isDue = true;
	#timer: Timer = 0;
	#dueUs = 0;
	#sentUs = Number.NEGATIVE_INFINITY;
	readonly #onTimer = (): void => this.send();

	constructor(options: HelloServiceOptions) {
		this.#options = options;
		const clusters = options.cluster === undefined ? 0 : CLUSTERS;
		this.#hello.capabilities = (options.chaining === undefined ? 0 : CHAINS) | clusters;
	}

	start(): void {
		const { clock, random, bootRandom, store } = this.#options;
		// Whoever could announce our next boot beforehand would have the real one taken for no news.
		const boots = new StoredCounter(store, "boots", 1).next();
		this.#hello.boot = ((boots << BOOT_RANDOM_BITS) & 0xffff) | bootRandom.below(1 << BOOT_RANDOM_BITS);
		if (this.#options.cluster === undefined) this.schedule(clock.nowUs() + random.below(JITTER_US));
	}

	stop(): void {
		this.#options.clock.cancel(this.#timer);
		this.#timer = 0;
	}

	/** Takes the HELLO whose type octet is at `offset`, and returns it, valid until the next one; undefined for none. */
	receive(
		bytes: Uint8Array,
		offset: number,
		end: number,
		source: LinkAddress,
		secured: boolean,
	): Hello | undefined {
		const hello = decodeHello(bytes, offset, end, this.#heard);
		if (typeof hello === "string") return undefined;
		const { chaining, clock } = this.#options;
		if (chaining?.noteHello(source, hello, secured, clock.nowUs()) === true) this.speakSoon();
		return hello;
	}

	/** Writes a HELLO with the next number among our broadcasts; returns its end. */
	write(bytes: Uint8Array, offset: number, sequence: number): number {
		this.isDue = false;
		this.#hello.sequence = sequence;
		const told = this.#options.cluster?.();
		if (told !== undefined) {
			this.#hello.charge = told.charge;
			this.#hello.neighbours = Math.min(255, told.neighbours);
		}
		return encodeHello(this.#hello, bytes, offset);
	}

	/** Says HELLO before its time: somebody seems not to know what we can do, or that our power was gone. */
	speakSoon(): void {
		this.isDue = true;
		const { clock, random } = this.#options;
		const nowUs = clock.nowUs();
		const soonUs = Math.max(nowUs, this.#sentUs + ANSWER_PERIOD_US) + random.below(JITTER_US);
		if (this.#timer !== 0 && soonUs < this.#dueUs) this.schedule(soonUs);
	}

	private schedule(atUs: number): void {
		const { clock } = this.#options;
		clock.cancel(this.#timer);
		this.#dueUs = atUs;
		this.#timer = clock.at(atUs, this.#onTimer);
	}

	private send(): void {
		const { clock, random, periodUs, nextBroadcast, broadcast } = this.#options;
		this.#sentUs = clock.nowUs();
		broadcast(this.#payload, this.write(this.#payload, 0, nextBroadcast()));
		// A sixteenth to and fro, so that neighbours do not fall into step.
		this.schedule(this.#sentUs + periodUs - (periodUs >> 4) + random.below(Math.max(1, periodUs >> 3)));
	}
}
