import type { LinkAddress } from "../address.js";
import { CHAINS, CLUSTERS, decodeHello, encodeHello, type Hello } from "../frames/hello.js";
import type { Random, Timer } from "../ports.js";
import { StoredCounter } from "../stored-counter.js";
import type { NetworkHost } from "./network-host.js";

/** The first HELLO, and the answer to a newcomer's, come within this: all neighbours answer him at once. */
const JITTER_US = 500_000;
/** No newcomer makes us speak more often than this. */
const ANSWER_PERIOD_US = 2_000_000;
/** Bits of a boot number that nobody can foresee; those above count, so that it differs from the last one. */
const BOOT_RANDOM_BITS = 12;

/** The node that speaks. */
export interface HelloHost extends NetworkHost {
	/** A clustered node tells of its charge besides; undefined for others. */
	readonly cluster: HelloTeller | undefined;
}

/**
 * What a clustered node tells. It does not speak by itself: others sleep most of the time, so that the cluster service asks
 * for its HELLO when they are awake.
 */
export interface HelloTeller {
	describe(): { readonly charge: number; readonly neighbours: number };
}

/** Tells the neighbours what the node can do: after its start, at a period, and when a newcomer speaks. */
export class HelloService {
	readonly #host: HelloHost;
	readonly #random: Random;
	#boot = 0;
	/** A clustered node has something new to tell. */
	isDue = true;
	#timer: Timer = 0;
	#dueUs = 0;
	#sentUs = Number.NEGATIVE_INFINITY;
	readonly #onTimer = (): void => this.send();

	constructor(host: HelloHost) {
		this.#host = host;
		this.#random = host.ports.random("hello");
	}

	start(): void {
		const { clock, ports, cluster } = this.#host;
		const bootRandom = ports.random("boot");
		// Whoever could announce our next boot beforehand would have the real one taken for no news.
		const boots = new StoredCounter(ports.store, "boots", 1).next();
		this.#boot = ((boots << BOOT_RANDOM_BITS) & 0xffff) | bootRandom.below(1 << BOOT_RANDOM_BITS);
		if (cluster === undefined) this.schedule(clock.nowUs() + this.#random.below(JITTER_US));
	}

	stop(): void {
		this.#host.clock.cancel(this.#timer);
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
		const { chaining, clock, workspace } = this.#host;
		const hello = decodeHello(bytes, offset, end, workspace.network.heard);
		if (typeof hello === "string") return undefined;
		if (chaining?.noteHello(source, hello, secured, clock.nowUs()) === true) this.speakSoon();
		return hello;
	}

	/** Writes a HELLO with the next number among our broadcasts; returns its end. */
	write(bytes: Uint8Array, offset: number, sequence: number): number {
		this.isDue = false;
		const { chaining, cluster, workspace } = this.#host;
		const { hello } = workspace.network;
		hello.capabilities = (chaining === undefined ? 0 : CHAINS) | (cluster === undefined ? 0 : CLUSTERS);
		hello.boot = this.#boot;
		hello.sequence = sequence;
		const told = cluster?.describe();
		hello.charge = told?.charge ?? 0;
		hello.neighbours = Math.min(255, told?.neighbours ?? 0);
		return encodeHello(hello, bytes, offset);
	}

	/** Says HELLO before its time: somebody seems not to know what we can do, or that our power was gone. */
	speakSoon(): void {
		this.isDue = true;
		const nowUs = this.#host.clock.nowUs();
		const soonUs = Math.max(nowUs, this.#sentUs + ANSWER_PERIOD_US) + this.#random.below(JITTER_US);
		if (this.#timer !== 0 && soonUs < this.#dueUs) this.schedule(soonUs);
	}

	private schedule(atUs: number): void {
		const { clock } = this.#host;
		clock.cancel(this.#timer);
		this.#dueUs = atUs;
		this.#timer = clock.at(atUs, this.#onTimer);
	}

	private send(): void {
		const { clock, profile, workspace, outbox } = this.#host;
		const periodUs = profile.chaining?.helloPeriodUs ?? 0;
		const { message } = workspace.network;
		this.#sentUs = clock.nowUs();
		outbox.broadcast(message, this.write(message, 0, this.#host.nextBroadcast()), "hello");
		// A sixteenth to and fro, so that neighbours do not fall into step.
		this.schedule(this.#sentUs + periodUs - (periodUs >> 4) + this.#random.below(Math.max(1, periodUs >> 3)));
	}
}
