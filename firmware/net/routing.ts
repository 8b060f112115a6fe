import { COPIES, type LinkAddress, type Names } from "../address.js";
import type { CsmaOutcome } from "../mac/csma.js";

/** Where packets go: asked for every packet that does not end on this link. */
export interface Routing {
	/** The neighbour to hand a packet for `destination` to, or undefined when there is no route. */
	nextHop(destination: LinkAddress): LinkAddress | undefined;
	/** A packet of `origin` came from the neighbour `via`: answers may go back that way. */
	learn(origin: LinkAddress, via: LinkAddress): void;
	/** A packet for `destination` came back to us: what was learnt of the way there is wrong. */
	unlearn(destination: LinkAddress): void;
	/** Whether a way leads over this neighbour, so that its statistics must be kept. */
	dependsOn(neighbour: LinkAddress): boolean;
	/** How handing a frame to a neighbour ended. */
	noteDelivery(neighbour: LinkAddress, outcome: CsmaOutcome): void;
	/** A routing message, `bytes[offset..end)`, of a neighbour. */
	receive(bytes: Uint8Array, offset: number, end: number, source: LinkAddress, timeUs: number): void;
	start(): void;
	stop(): void;
}

/** Routes that are remembered for answers; the oldest goes first. */
const REVERSE_ROUTES = 32;

/** The way back to those whose packets passed. */
export class ReverseRoutes {
	readonly #origins: LinkAddress[] = [];
	readonly #vias: LinkAddress[] = [];
	readonly #names: Names;
	#next = 0;

	constructor(names = COPIES) {
		this.#names = names;
	}

	learn(origin: LinkAddress, via: LinkAddress): void {
		for (let i = 0; i < this.#origins.length; i++) {
			if (this.#origins[i]!.equals(origin)) {
				if (!this.#vias[i]!.equals(via)) this.#vias[i] = this.nameOf(via);
				return;
			}
		}
		if (this.#origins.length < REVERSE_ROUTES) {
			this.#origins.push(this.#names.nameOf(origin));
			this.#vias.push(this.nameOf(via));
			return;
		}
		this.#origins[this.#next] = this.#names.nameOf(origin);
		this.#vias[this.#next] = this.nameOf(via);
		this.#next = (this.#next + 1) % REVERSE_ROUTES;
	}

	/** A neighbour's address, one object for all ways over it. */
	private nameOf(via: LinkAddress): LinkAddress {
		return this.#vias.find((known) => known.equals(via)) ?? this.#names.nameOf(via);
	}

	/** Forgets every way over a neighbour that does not answer. */
	forget(via: LinkAddress): void {
		for (let i = this.#vias.length - 1; i >= 0; i--) {
			if (this.#vias[i]!.equals(via)) this.ownRemove(i);
		}
	}

	/** Forgets the way to one destination. */
	remove(destination: LinkAddress): void {
		for (let i = 0; i < this.#origins.length; i++) {
			if (this.#origins[i]!.equals(destination)) {
				this.ownRemove(i);
				return;
			}
		}
	}

	private ownRemove(index: number): void {
		this.#origins.splice(index, 1);
		this.#vias.splice(index, 1);
		if (index < this.#next) this.#next--;
	}

	find(destination: LinkAddress): LinkAddress | undefined {
		for (let i = 0; i < this.#origins.length; i++) {
			if (this.#origins[i]!.equals(destination)) return this.#vias[i]!;
		}
		return undefined;
	}
}

/** Every destination is a neighbour: nothing to know, one object for all nodes. */
const EVERYBODY_NEAR: Routing = Object.freeze({
	nextHop: (destination: LinkAddress) => destination,
	learn: () => {},
	unlearn: () => {},
	dependsOn: () => false,
	noteDelivery: () => {},
	receive: () => {},
	start: () => {},
	stop: () => {},
});

/** One static route; without `destination` it is the default. */
export interface StaticRoute {
	readonly destination?: LinkAddress;
	readonly via: LinkAddress;
}

/** Routes as configured; none at all means that every destination is a neighbour. */
export function staticRouting(routes: readonly StaticRoute[]): Routing {
	return routes.length === 0 ? EVERYBODY_NEAR : new StaticRouting(routes);
}

/** Routes as configured, and the way back to those whose packets passed. */
class StaticRouting implements Routing {
	readonly #routes: readonly StaticRoute[];
	/** Made when the first packet of somebody else passes. */
	#reverse: ReverseRoutes | undefined;

	constructor(routes: readonly StaticRoute[]) {
		this.#routes = routes;
	}

	nextHop(destination: LinkAddress): LinkAddress | undefined {
		for (const route of this.#routes) if (route.destination?.equals(destination)) return route.via;
		const back = this.#reverse?.find(destination);
		if (back !== undefined) return back;
		for (const route of this.#routes) if (route.destination === undefined) return route.via;
		return undefined;
	}

	learn(origin: LinkAddress, via: LinkAddress): void {
		this.#reverse ??= new ReverseRoutes();
		this.#reverse.learn(origin, via);
	}

	unlearn(destination: LinkAddress): void {
		this.#reverse?.remove(destination);
	}

	dependsOn(neighbour: LinkAddress): boolean {
		return this.#routes.some((route) => route.via.equals(neighbour));
	}

	noteDelivery(neighbour: LinkAddress, outcome: CsmaOutcome): void {
		if (outcome === "mac-retries") this.#reverse?.forget(neighbour);
	}

	receive(): void {}
	start(): void {}
	stop(): void {}
}
