import { LinkAddress } from "../address.js";
import type { CsmaOutcome } from "../mac/csma.js";
import { NO_ADDRESS } from "../net/addresses.js";
import { ReverseRoutes, type Routing } from "../net/routing.js";
import type { Clock, Sink } from "../ports.js";
import type { Neighbour, NeighbourTable } from "../trust/neighbours.js";
import type { ClusterView, Neighbourhood } from "./neighbourhood.js";

/** What a SYNC told of the way is believed for so many elections. */
const STALE_ELECTIONS = 3;
/** A way that was told an election ago costs this much more. */
const STALE_COST256 = 256;
/** Ways that cost no more than this share above the least are as good: then the most charge decides. */
const NEARLY_SHIFT = 2;
/** So many frames in a row unacknowledged, and packets go another way. */
const FAILURES = 2;
const INFINITE_COST = 0xffff;

/** Who may be asked to be awake while datagrams are forwarded: nobody, those heard in this wave, or anybody. */
type Asked = "nobody" | "fresh" | "anybody";

export interface ClusterRoutingOptions {
	readonly node: number;
	readonly isSink: boolean;
	readonly clock: Clock;
	readonly sink: Pick<Sink, "routeChanged">;
	readonly neighbours: NeighbourTable;
	readonly neighbourhood: Neighbourhood;
	readonly roundsPerElection: number;
	/** Number of the round, and of the one that our term began with. */
	round(): number;
	term(): number;
}

/**
 * Ways of a clustered node: a member hands everything to its head; a head, or an intermediary, to the one of its trusted
 * neighbours that are nearer to the sink and nearly cheapest which claims the most charge. SYNC tells who is where.
 */
export class ClusterRouting implements Routing {
	readonly #options: ClusterRoutingOptions;
	readonly #reverse: ReverseRoutes;
	/** Who the sink is, as far as somebody said so; none else. */
	readonly sink: LinkAddress = new LinkAddress();
	/** Whom a member belongs to; none for others. */
	readonly head: LinkAddress = new LinkAddress();
	/** Others send their datagrams over us in this term: those go on towards the sink, not to our head. */
	passesOn = false;
	readonly #next = new LinkAddress();
	/** The next hop that was last told as an event. */
	readonly #toldNext = new LinkAddress();
	/** Hops to the sink, 255 without a way, and expected transmissions times 256. */
	hops: number;
	cost256: number;

	/** The round in which we last told of it, -1 before the first, and how many hops we told. */
	#toldRound = -1;
	#toldHops = 255;

	constructor(options: ClusterRoutingOptions) {
		this.#options = options;
		this.#reverse = new ReverseRoutes(options.neighbours);
		this.hops = options.isSink ? 0 : 255;
		this.cost256 = options.isSink ? 0 : INFINITE_COST;
	}

	/** The neighbour that our datagrams for the sink go to when we lead, or pass on what others send; none without a way. */
	get next(): LinkAddress {
		return this.#next;
	}

	get hasWay(): boolean {
		return this.#options.isSink || this.#next.byteLength > 0;
	}

	nextHop(destination: LinkAddress): LinkAddress | undefined {
		if (this.head.byteLength > 0 && !this.passesOn) return this.head;
		const back = this.#reverse.find(destination);
		if (back !== undefined) return back;
		if (this.#options.isSink) return destination;
		return this.#next.byteLength > 0 ? this.#next : undefined;
	}

	learn(origin: LinkAddress, via: LinkAddress): void {
		// What comes from the sink's side is no news of the way there.
		if (via.equals(this.#next) || via.equals(this.head)) return;
		// Whoever claims to be the sink must not lead its packets astray.
		if (origin.equals(this.sink)) return;
		this.#reverse.learn(origin, via);
	}

	unlearn(destination: LinkAddress): void {
		this.#reverse.remove(destination);
	}

	dependsOn(neighbour: LinkAddress): boolean {
		return neighbour.equals(this.head) || neighbour.equals(this.#next);
	}

	noteDelivery(neighbour: LinkAddress, outcome: CsmaOutcome): void {
		const view = this.#options.neighbours.find(neighbour)?.cluster;
		if (outcome === "sent") {
			if (view !== undefined) view.failures = 0;
			return;
		}
		if (outcome !== "mac-retries") return;
		this.#reverse.forget(neighbour);
		if (view === undefined || ++view.failures < FAILURES) return;
		view.failures = 0;
		view.avoidedUntil = this.#options.round() + this.#options.roundsPerElection;
		if (neighbour.equals(this.#next)) this.choose(false);
	}

	receive(): void {}
	start(): void {}

	stop(): void {
		this.head.setNone();
		this.passesOn = false;
		this.#next.setNone();
		this.#toldNext.setNone();
		if (!this.#options.isSink) this.hops = 255;
		this.#toldRound = -1;
	}

	/** We told our neighbours how far the sink is from us. */
	noteTold(): void {
		this.#toldRound = this.#options.round();
		this.#toldHops = this.hops;
	}

	/** What a way over a neighbour costs, {@link INFINITE_COST} for none. */
	private costOver(neighbour: Neighbour, view: ClusterView): number {
		const { roundsPerElection, round } = this.#options;
		if (view.hops >= 255 || view.waveRound < 0 || view.avoidedUntil > round()) return INFINITE_COST;
		// Whoever is no nearer to the sink than we said that we are may send over us.
		if (view.waveRound <= this.#toldRound && view.hops >= this.#toldHops) return INFINITE_COST;
		const age = Math.floor((round() - view.waveRound) / roundsPerElection);
		if (age >= STALE_ELECTIONS) return INFINITE_COST;
		const cost = view.cost256 + neighbour.expectedTransmissions256() + age * STALE_COST256;
		return Math.min(INFINITE_COST, cost);
	}

	/** Whether a neighbour is awake while datagrams are forwarded; `asked`: if we ask it to be in the JOIN phase. */
	private isAwake(view: ClusterView, asked: Asked): boolean {
		const term = this.#options.term();
		if (view.hops === 0 || (view.leads && view.term === term)) return true;
		return asked === "anybody" || (asked === "fresh" && view.waveRound === term);
	}

	/** Chooses the way anew where what a neighbour tells may change it: it is the way, or comes nearer, or costs less. */
	consider(neighbour: Neighbour, view: ClusterView): void {
		const isNews =
			!this.hasWay ||
			view.hops + 1 < this.hops ||
			neighbour.address.equals(this.#next) ||
			this.costOver(neighbour, view) < this.cost256;
		if (isNews) this.choose();
	}

	/** Chooses the way anew. `asks`: over whoever can still be asked to be awake, else only over those who are anyway. */
	choose(asks = true): void {
		if (this.#options.isSink) return;
		// Whoever was not heard in this wave may have been missed: better than nobody.
		if (!this.chooseAmong(asks ? "fresh" : "nobody") && asks) this.chooseAmong("anybody");
		const { clock, sink, node } = this.#options;
		if (this.#next.equals(this.#toldNext)) return;
		this.#toldNext.set(this.#next);
		sink.routeChanged(clock.nowUs(), node, this.#next, this.hops);
	}

	/** Returns whether there is a way over those who are awake or `asked` to be. */
	private chooseAmong(asked: Asked): boolean {
		const { neighbourhood, clock } = this.#options;
		const nowUs = clock.nowUs();
		let least = INFINITE_COST;
		let leastHops = 255;
		const consider = (visit: (neighbour: Neighbour, view: ClusterView, cost: number) => void): void =>
			neighbourhood.forEach(nowUs, (neighbour, view) => {
				if (!this.isAwake(view, asked)) return;
				const cost = this.costOver(neighbour, view);
				if (cost < INFINITE_COST) visit(neighbour, view, cost);
			});
		consider((_neighbour, view, cost) => {
			if (cost > least || (cost === least && view.hops >= leastHops)) return;
			least = cost;
			leastHops = view.hops;
		});
		let best: Neighbour | undefined;
		let bestCharge = -1;
		consider((neighbour, view, cost) => {
			if (view.hops > leastHops || cost > least + (least >> NEARLY_SHIFT)) return;
			// Nobody saves charge by going around a sink that hears us well.
			const charge = view.hops === 0 ? 256 : view.charge;
			if (charge <= bestCharge) return;
			best = neighbour;
			bestCharge = charge;
		});
		this.hops = best === undefined ? 255 : leastHops + 1;
		this.cost256 = least;
		this.#next.set(best?.address ?? NO_ADDRESS);
		return best !== undefined;
	}

	/**
	 * How likely a datagram of ours reaches the sink, in 1/255: its fragments over all hops of the way, each of them sent up
	 * to four times.
	 */
	completion(fragments: number, transmissions: number): number {
		if (this.hops === 0) return 255;
		if (this.hops >= 255) return 0;
		const lost = 1 - Math.min(1, (this.hops * 256) / this.cost256);
		let missed = 1;
		for (let i = 0; i < transmissions; i++) missed *= lost;
		let arrives = 1;
		for (let i = 0; i < Math.min(255, this.hops * fragments); i++) arrives *= 1 - missed;
		return Math.round(255 * arrives);
	}
}
