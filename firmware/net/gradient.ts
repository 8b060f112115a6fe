import { LinkAddress } from "../address.js";
import {
	decodeGradientBeacon,
	encodeGradientBeacon,
	type GradientBeacon,
} from "../frames/gradient-beacon.js";
import type { CsmaOutcome } from "../mac/csma.js";
import type { Random, Sink, Timer } from "../ports.js";
import { StoredCounter } from "../stored-counter.js";
import { NO_ADDRESS } from "./addresses.js";
import type { NetworkHost } from "./network-host.js";
import type { NetworkWorkspace } from "./network-workspace.js";
import type { Outbox } from "./outbox.js";
import { ReverseRoutes, type Routing } from "./routing.js";

/** A route that the sink has not renewed for so many of its beacons is gone. */
const STALE_EPOCHS = 4;
/** Without news for so many periods of the sink's beacon, its old numbers count no longer. */
const QUIET_PERIODS = 8;
/** Waves that a sink numbers between two writes to its store. */
const WAVES_PER_BLOCK = 64;
/** A new parent must be better by 1/8: links that are equal but for noise do not flap. */
const HYSTERESIS_SHIFT = 3;
/** Beacons of one wave are spread over this, so that neighbours do not all answer at once. */
const JITTER_US = 400_000;
/** The first wave comes soon after the start. */
const FIRST_BEACON_US = 100_000;
/** A link of which nothing is known any more: no reason to prefer it. */
const UNKNOWN_LINK_COST = 4 * 256;
/** Half a transmission. */
const MISSED_WAVE_COST = 128;
const INFINITE_COST = 0xffff;

interface Candidate {
	readonly address: LinkAddress;
	epoch: number;
	hops: number;
	cost256: number;
}

/** The node that a gradient is of. */
export interface GradientHost
	extends Pick<NetworkHost, "id" | "address" | "clock" | "ports" | "neighbours" | "nextBroadcast"> {
	readonly isSink: boolean;
	readonly sink: Pick<Sink, "routeChanged">;
	readonly workspace: { readonly network: NetworkWorkspace };
	readonly outbox: Pick<Outbox, "broadcast">;
}

/**
 * A gradient towards the sink: each wave of beacons tells hop count and expected transmissions, and
 * each node hands its packets to the neighbour through which they are fewest.
 *
 * A node repeats each wave once, after it heard it, and only with a cost above its parent's; it takes no
 * parent whose way may lead through itself. So the parents never form a loop, not even while a change spreads.
 */
export class Gradient implements Routing {
	readonly #host: GradientHost;
	readonly #periodUs: number;
	readonly #random: Random;
	readonly #reverse: ReverseRoutes;
	readonly #candidates: Candidate[] = [];
	#parent: Candidate | undefined;
	/** The newest epoch that anybody told of, -1 before the first, and when. */
	#epoch = -1;
	#newsUs = 0;
	/** The sink that the newest wave came from. */
	readonly #root = new LinkAddress();
	/** The best that we ever told of: its epoch (-1 before the first), and the least cost within that. */
	#toldEpoch = -1;
	#toldCost256 = INFINITE_COST;
	/** Numbers the sink's waves, undefined at others; after a power cycle they go on, or nobody would believe them. */
	readonly #waves: StoredCounter | undefined;
	#timer: Timer = 0;
	readonly #onTimer = (): void => this.send();

	/** `periodUs`: time between two beacons of the sink. */
	constructor(host: GradientHost, periodUs: number) {
		this.#host = host;
		this.#periodUs = periodUs;
		this.#random = host.ports.random("gradient");
		this.#reverse = new ReverseRoutes(host.neighbours);
		if (host.isSink) this.#waves = new StoredCounter(host.ports.store, "gradient-epoch", WAVES_PER_BLOCK);
	}

	/** Hops to the sink, 0 at the sink, 255 without a route. */
	get hops(): number {
		return this.#host.isSink ? 0 : this.#parent === undefined ? 255 : Math.min(255, this.#parent.hops + 1);
	}

	start(): void {
		if (this.#host.isSink) this.schedule(FIRST_BEACON_US);
	}

	stop(): void {
		this.#host.clock.cancel(this.#timer);
		this.#timer = 0;
	}

	nextHop(destination: LinkAddress): LinkAddress | undefined {
		// Whoever claims to be the sink must not lead its packets astray.
		if (this.#parent !== undefined && destination.equals(this.#root)) return this.#parent.address;
		return this.#reverse.find(destination) ?? this.#parent?.address;
	}

	learn(origin: LinkAddress, via: LinkAddress): void {
		if (origin.equals(this.#root)) return;
		// What those hand down who are closer to the sink comes from its side: the way there is the gradient.
		for (const candidate of this.#candidates) {
			if (candidate.address.equals(via) && this.isFeasible(candidate)) return;
		}
		this.#reverse.learn(origin, via);
	}

	unlearn(destination: LinkAddress): void {
		this.#reverse.remove(destination);
	}

	noteDelivery(neighbour: LinkAddress, outcome: CsmaOutcome): void {
		if (outcome === "mac-retries") this.#reverse.forget(neighbour);
		if (this.#parent !== undefined && neighbour.equals(this.#parent.address)) this.choose();
	}

	receive(bytes: Uint8Array, offset: number, end: number, source: LinkAddress): void {
		const beacon = decodeGradientBeacon(bytes, offset, end, this.#host.workspace.network.heardBeacon);
		if (typeof beacon === "string") return;
		const { neighbours } = this.#host;
		neighbours.obtain(source, neighbours.cursor)?.noteBroadcast(beacon.sequence);
		if (this.#host.isSink) return;
		// No way leads over a neighbour that has none, and what it heard of waves is hearsay.
		if (beacon.hops >= 255 || beacon.cost256 >= INFINITE_COST) return;
		if (!this.follow(beacon.epoch)) return;
		this.#root.set(beacon.root);
		this.note(source, beacon);
		this.choose();
		const isNews = this.#parent !== undefined && this.isFresherThanTold(this.#parent.epoch);
		if (isNews && this.#timer === 0) {
			this.schedule(this.#random.below(JITTER_US));
		}
	}

	/**
	 * Takes note of a wave's number; false when it cannot be true.
	 *
	 * After a long time without news any number is believed, and all that was known is forgotten: the sink
	 * was replaced, or somebody had made up a number that the sink has not reached.
	 */
	private follow(epoch: number): boolean {
		const nowUs = this.#host.clock.nowUs();
		const ahead = (epoch - this.#epoch) & 0xffff;
		if (this.#epoch >= 0) {
			const isQuiet = nowUs - this.#newsUs > QUIET_PERIODS * this.#periodUs;
			if (ahead === 0 || (ahead >= 0x8000 && !isQuiet)) return true;
			if (ahead > WAVES_PER_BLOCK + STALE_EPOCHS && !isQuiet) return false;
			if (isQuiet) {
				this.#candidates.length = 0;
				this.#parent = undefined;
				this.#toldEpoch = -1;
				this.#toldCost256 = INFINITE_COST;
			}
		}
		this.#epoch = epoch;
		this.#newsUs = nowUs;
		return true;
	}

	dependsOn(address: LinkAddress): boolean {
		return this.#candidates.some((candidate) => candidate.address.equals(address));
	}

	/** Notes what a neighbour says, unless the table is full of better ways. */
	private note(source: LinkAddress, beacon: GradientBeacon): void {
		const { epoch, hops, cost256 } = beacon;
		for (const candidate of this.#candidates) {
			if (!candidate.address.equals(source)) continue;
			candidate.epoch = epoch;
			candidate.hops = hops;
			candidate.cost256 = cost256;
			return;
		}
		const made: Candidate = { address: source.clone(), epoch, hops, cost256 };
		// Half of the neighbour table is left to those who only send to us.
		if (this.#candidates.length < Math.max(1, this.#host.neighbours.capacity >> 1)) {
			this.#candidates.push(made);
			return;
		}
		let worst = -1;
		for (let i = 0; i < this.#candidates.length; i++) {
			const candidate = this.#candidates[i]!;
			if (candidate === this.#parent) continue;
			if (worst < 0 || this.pathCost(candidate) > this.pathCost(this.#candidates[worst]!)) worst = i;
		}
		if (worst < 0 || this.pathCost(made) >= this.pathCost(this.#candidates[worst]!)) return;
		this.#candidates[worst] = made;
	}

	private pathCost(candidate: Candidate): number {
		if (isNewer(this.#epoch, (candidate.epoch + STALE_EPOCHS) & 0xffff)) return INFINITE_COST;
		if (candidate.hops >= 255) return INFINITE_COST;
		const { neighbours } = this.#host;
		const neighbour = neighbours.find(candidate.address, neighbours.cursor);
		const link256 = neighbour === undefined ? UNKNOWN_LINK_COST : neighbour.expectedTransmissions256();
		// One wave may reach us over others first; more than one that a neighbour missed tells of his way.
		const missed = Math.max(0, ((this.#epoch - candidate.epoch) & 0xffff) - 1);
		return Math.min(INFINITE_COST, candidate.cost256 + link256 + missed * MISSED_WAVE_COST);
	}

	/**
	 * Whether a candidate's way cannot lead through us: it is fresher than all that we told of, or as
	 * fresh and shorter (the feasibility condition of RFC 8966, section 3.5.1).
	 */
	private isFeasible(candidate: Candidate): boolean {
		if (this.isFresherThanTold(candidate.epoch)) return true;
		return candidate.epoch === this.#toldEpoch && candidate.cost256 < this.#toldCost256;
	}

	private choose(): void {
		let best: Candidate | undefined;
		let bestCost = INFINITE_COST;
		for (const candidate of this.#candidates) {
			const cost = this.pathCost(candidate);
			if (cost < bestCost && this.isFeasible(candidate)) {
				best = candidate;
				bestCost = cost;
			}
		}
		const present = this.#parent;
		if (best === present) return;
		if (best !== undefined && present !== undefined) {
			const presentCost = this.pathCost(present);
			const isNear = presentCost - bestCost < presentCost >> HYSTERESIS_SHIFT;
			if (presentCost < INFINITE_COST && isNear && this.isFeasible(present)) return;
		}
		this.#parent = best;
		const { sink, clock, id } = this.#host;
		sink.routeChanged(clock.nowUs(), id, best?.address ?? NO_ADDRESS, this.hops);
	}

	private schedule(inUs: number): void {
		const { clock } = this.#host;
		this.#timer = clock.at(clock.nowUs() + inUs, this.#onTimer);
	}

	private send(): void {
		this.#timer = 0;
		const { address, workspace, outbox } = this.#host;
		const { beacon, message } = workspace.network;
		const waves = this.#waves;
		if (waves !== undefined) {
			const wave = waves.next();
			const periodUs = this.#periodUs;
			this.schedule(periodUs - (periodUs >> 4) + this.#random.below(Math.max(1, periodUs >> 3)));
			// A number that the store does not keep might come again, and one that is made up pass for the newest.
			if (wave < 0) return;
			this.#epoch = wave & 0xffff;
			beacon.epoch = this.#epoch;
			beacon.cost256 = 0;
		} else if (this.#parent === undefined) return;
		else {
			// Only as fresh as the parent's word: who told more could be chosen by his own parent.
			beacon.epoch = this.#parent.epoch;
			beacon.cost256 = this.pathCost(this.#parent);
			this.noteTold(beacon.epoch, beacon.cost256);
		}
		beacon.root.set(waves === undefined ? this.#root : address);
		beacon.hops = this.hops;
		beacon.sequence = this.#host.nextBroadcast();
		outbox.broadcast(message, encodeGradientBeacon(beacon, message, 0), "gradient");
	}

	private isFresherThanTold(epoch: number): boolean {
		return this.#toldEpoch < 0 || isNewer(epoch, this.#toldEpoch);
	}

	private noteTold(epoch: number, cost256: number): void {
		if (this.isFresherThanTold(epoch) || (epoch === this.#toldEpoch && cost256 < this.#toldCost256)) {
			this.#toldEpoch = epoch;
			this.#toldCost256 = cost256;
		}
	}
}

/** Whether 16-bit counter `a` is ahead of `b` (RFC 1982). */
function isNewer(a: number, b: number): boolean {
	const ahead = (a - b) & 0xffff;
	return ahead !== 0 && ahead < 0x8000;
}
