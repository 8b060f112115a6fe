import type { LinkAddress } from "../address.js";
import { CHAINS, decodeHello, encodeHello, HELLO_BYTES, Hello } from "../frames/hello.js";
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
	readonly chaining: Chaining;
	readonly periodUs: number;
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
	readonly #payload = new Uint8Array(HELLO_BYTES);
	#timer: Timer = 0;
	#dueUs = 0;
	#sentUs = Number.NEGATIVE_INFINITY;
	readonly #onTimer = (): void => this.#send();

	constructor(options: HelloServiceOptions) {
		this.#options = options;
		this.#hello.capabilities = CHAINS;
	}

	start(): void {
		const { clock, random, bootRandom, store } = this.#options;
		// Whoever could announce our next boot beforehand would have the real one taken for no news.
		const boots = new StoredCounter(store, "boots", 1).next();
		this.#hello.boot = ((boots << BOOT_RANDOM_BITS) & 0xffff) | bootRandom.below(1 << BOOT_RANDOM_BITS);
		this.#schedule(clock.nowUs() + random.below(JITTER_US));
	}

	stop(): void {
		this.#options.clock.cancel(this.#timer);
		this.#timer = 0;
	}

	/** Takes the HELLO whose type octet is at `offset`. */
	receive(bytes: Uint8Array, offset: number, end: number, source: LinkAddress, secured: boolean): void {
		const hello = decodeHello(bytes, offset, end, this.#heard);
		if (typeof hello === "string") return;
		const { chaining, clock } = this.#options;
		if (chaining.noteHello(source, hello, secured, clock.nowUs())) this.speakSoon();
	}

	/** Says HELLO before its time: somebody seems not to know what we can do, or that our power was gone. */
	speakSoon(): void {
		const { clock, random } = this.#options;
		const nowUs = clock.nowUs();
		const soonUs = Math.max(nowUs, this.#sentUs + ANSWER_PERIOD_US) + random.below(JITTER_US);
		if (this.#timer !== 0 && soonUs < this.#dueUs) this.#schedule(soonUs);
	}

	#schedule(atUs: number): void {
		const { clock } = this.#options;
		clock.cancel(this.#timer);
		this.#dueUs = atUs;
		this.#timer = clock.at(atUs, this.#onTimer);
	}

	#send(): void {
		const { clock, random, periodUs, nextBroadcast, broadcast } = this.#options;
		this.#sentUs = clock.nowUs();
		this.#hello.sequence = nextBroadcast();
		broadcast(this.#payload, encodeHello(this.#hello, this.#payload, 0));
		// A sixteenth to and fro, so that neighbours do not fall into step.
		this.#schedule(this.#sentUs + periodUs - (periodUs >> 4) + random.below(Math.max(1, periodUs >> 3)));
	}
}
