import type { LinkAddress } from "../address.js";
import {
	decodeGradientBeacon,
	encodeGradientBeacon,
	GRADIENT_BEACON_BYTES,
	GradientBeacon,
} from "../frames/gradient-beacon.js";
import type { Clock, Random, Sink, Timer } from "../ports.js";
import type { NeighbourTable } from "../trust/neighbours.js";
import { NO_ADDRESS } from "./addresses.js";
import { ReverseRoutes, type Routing } from "./routing.js";

/** A route that the sink has not renewed for so many of its beacons is gone. */
const STALE_EPOCHS = 4;
/** A new parent must be better by 1/8: links that are equal but for noise do not flap. */
const HYSTERESIS_SHIFT = 3;
/** Beacons of one wave are spread over this, so that neighbours do not all answer at once. */
const JITTER_US = 400_000;
/** The first wave comes soon after the start. */
const FIRST_BEACON_US = 100_000;
const INFINITE_COST = 0xffff;

interface Candidate {
	readonly address: LinkAddress;
	epoch: number;
	hops: number;
	cost256: number;
}

export interface GradientOptions {
	readonly node: number;
	readonly isSink: boolean;
	/** Time between two beacons of the sink. */
	readonly periodUs: number;
	readonly clock: Clock;
	readonly random: Random;
	readonly sink: Pick<Sink, "routeChanged">;
	readonly neighbours: NeighbourTable;
	/** Sends a copy of a MAC payload to all neighbours. */
	broadcast(payload: Uint8Array, length: number): void;
}

/**
 * A gradient towards the sink: each wave of beacons tells hop count and expected transmissions, and
 * each node hands its packets to the neighbour through which they are fewest.
 *
 * A node repeats each wave once, after it heard it, and only with a cost above its parent's; so the
 * graph has no loop but for the time that a change takes to spread.
 */
export class Gradient implements Routing {
	readonly #options: GradientOptions;
	readonly #reverse = new ReverseRoutes();
	readonly #candidates: Candidate[] = [];
	readonly #beacon = new GradientBeacon();
	readonly #heard = new GradientBeacon();
	readonly #payload = new Uint8Array(GRADIENT_BEACON_BYTES);
	#parent: Candidate | undefined;
	#epoch = -1;
	#sequence = 0;
	#timer: Timer = 0;
	readonly #onTimer = (): void => this.#send();

	constructor(options: GradientOptions) {
		this.#options = options;
	}

	/** Hops to the sink, 0 at the sink, 255 without a route. */
	get hops(): number {
		return this.#options.isSink ? 0 : this.#parent === undefined ? 255 : Math.min(255, this.#parent.hops + 1);
	}

	start(): void {
		if (this.#options.isSink) this.#schedule(FIRST_BEACON_US);
	}

	stop(): void {
		this.#options.clock.cancel(this.#timer);
		this.#timer = 0;
	}

	nextHop(destination: LinkAddress): LinkAddress | undefined {
		return this.#reverse.find(destination) ?? this.#parent?.address;
	}

	learn(origin: LinkAddress, via: LinkAddress): void {
		// What the parent hands down comes from the sink's side, and the way there is the gradient.
		if (this.#parent?.address.equals(via) === true) return;
		this.#reverse.learn(origin, via);
	}

	noteDelivery(neighbour: LinkAddress): void {
		if (this.#parent !== undefined && neighbour.equals(this.#parent.address)) this.#choose();
	}

	receive(bytes: Uint8Array, offset: number, end: number, source: LinkAddress): void {
		const beacon = decodeGradientBeacon(bytes, offset, end, this.#heard);
		if (typeof beacon === "string") return;
		this.#options.neighbours.obtain(source)?.noteBroadcast(beacon.sequence);
		if (this.#options.isSink) return;
		const candidate = this.#candidate(source);
		candidate.epoch = beacon.epoch;
		candidate.hops = beacon.hops;
		candidate.cost256 = beacon.cost256;
		const isNews = this.#epoch < 0 || isNewer(beacon.epoch, this.#epoch);
		if (isNews) this.#epoch = beacon.epoch;
		this.#choose();
		if (isNews && this.#parent !== undefined && this.#timer === 0) {
			this.#schedule(this.#options.random.below(JITTER_US));
		}
	}

	#candidate(source: LinkAddress): Candidate {
		for (const candidate of this.#candidates) if (candidate.address.equals(source)) return candidate;
		const made: Candidate = { address: source.clone(), epoch: 0, hops: 255, cost256: INFINITE_COST };
		if (this.#candidates.length < this.#options.neighbours.capacity) {
			this.#candidates.push(made);
			return made;
		}
		let worst = -1;
		for (let i = 0; i < this.#candidates.length; i++) {
			const candidate = this.#candidates[i]!;
			if (candidate === this.#parent) continue;
			if (worst < 0 || this.#pathCost(candidate) > this.#pathCost(this.#candidates[worst]!)) worst = i;
		}
		if (worst >= 0) this.#candidates[worst] = made;
		return made;
	}

	#pathCost(candidate: Candidate): number {
		if (isNewer(this.#epoch, (candidate.epoch + STALE_EPOCHS) & 0xffff)) return INFINITE_COST;
		if (candidate.hops >= 255) return INFINITE_COST;
		const neighbour = this.#options.neighbours.find(candidate.address);
		const link256 = neighbour === undefined ? 256 : neighbour.expectedTransmissions256();
		return Math.min(INFINITE_COST, candidate.cost256 + link256);
	}

	#choose(): void {
		let best: Candidate | undefined;
		let bestCost = INFINITE_COST;
		for (const candidate of this.#candidates) {
			const cost = this.#pathCost(candidate);
			if (cost < bestCost) {
				best = candidate;
				bestCost = cost;
			}
		}
		const present = this.#parent;
		if (best === present) return;
		if (best !== undefined && present !== undefined) {
			const presentCost = this.#pathCost(present);
			if (presentCost < INFINITE_COST && presentCost - bestCost < presentCost >> HYSTERESIS_SHIFT) return;
		}
		this.#parent = best;
		const { sink, clock, node } = this.#options;
		sink.routeChanged(clock.nowUs(), node, best?.address ?? NO_ADDRESS, this.hops);
	}

	#schedule(inUs: number): void {
		const { clock } = this.#options;
		this.#timer = clock.at(clock.nowUs() + inUs, this.#onTimer);
	}

	#send(): void {
		this.#timer = 0;
		const { isSink, periodUs, random } = this.#options;
		const beacon = this.#beacon;
		if (isSink) {
			this.#epoch = (this.#epoch + 1) & 0xffff;
			beacon.cost256 = 0;
			this.#schedule(periodUs - (periodUs >> 4) + random.below(Math.max(1, periodUs >> 3)));
		} else if (this.#parent === undefined) return;
		else beacon.cost256 = this.#pathCost(this.#parent);
		beacon.hops = this.hops;
		beacon.epoch = this.#epoch;
		this.#sequence = (this.#sequence + 1) & 0xffff;
		beacon.sequence = this.#sequence;
		const length = encodeGradientBeacon(beacon, this.#payload, 0);
		this.#options.broadcast(this.#payload, length);
	}
}

/** Whether 16-bit counter `a` is ahead of `b` (RFC 1982). */
function isNewer(a: number, b: number): boolean {
	const ahead = (a - b) & 0xffff;
	return ahead !== 0 && ahead < 0x8000;
}
