import type { LinkAddress } from "../address.js";
import { type RowHome, RowMemory, rowClass } from "../rows.js";
import type { Neighbour, NeighbourTable } from "../trust/neighbours.js";
import { believedCharge, NO_CLAIM, takeClaim } from "./claims.js";
import type { TrustGate } from "./client.js";

/** What a link without any signal would cost; every dB above it costs less. */
const COSTLIEST_DBM = -100;
const CHEAPEST_DBM = -40;

const FIELDS = {
	/** Charge that it claims, as far as that is plausible, 0 to 255; -1 before the first claim. */
	charge: -1,
	...NO_CLAIM,
	/** Its charge at the beginning of this term. */
	termCharge: -1,
	/** Hops and cost to the sink, as its last SYNC told, and the round of that. */
	hops: 255,
	cost256: 0xffff,
	waveRound: -1,
	/** The term (round of its election) that it announced itself in, or led in; -1 for none. */
	term: -1,
	/** It leads in that term; false for a candidacy that is not decided. */
	leads: false,
	section: 0,
	/** The round in which it told that it goes to that section with the next one. */
	moveRound: -1,
	merit: 0,
	/** Signal of its announcement in dBm. */
	rssiDbm: -128,
	/** As the announcement of its term tells: hops to the sink, 255 for no way. */
	leadHops: 255,
	completion: 0,
	/** The last round in which its SCHEDULE was heard, and whether it had no slot left. */
	scheduleRound: -1,
	isFull: false,
	/** The term in which it did not take us though we asked. */
	refusedTerm: -2,
	/** No packets go over it before this round. */
	avoidedUntil: -1,
	/** Times that frames to it were not acknowledged in a row. */
	failures: 0,
	/** While we were awake without a break: shows what we missed of its broadcasts. */
	wakefulness: -1,
};

/** What a neighbour says of itself in a clustered network. */
export class ClusterView extends rowClass(FIELDS) {}

/** Counts that an election asks for. */
export interface Census {
	neighbours: number;
	claimedCharge: number;
	richerNeighbours: number;
	reachCost: number;
}

export interface NeighbourhoodOptions {
	readonly neighbours: NeighbourTable;
	readonly address: LinkAddress;
	/** The weakest signal of those who are within the cluster radius; undefined where all who are heard are. */
	readonly radiusRssiDbm: number | undefined;
	/** Whoever was silent for so long is thought to be dead. */
	readonly aliveUs: number;
	/** Where what they say lies; in an array of its own where undefined. */
	readonly rows: RowHome | undefined;
	gate(): TrustGate;
}

/** Who is around a clustered node: a view of the neighbour table, which bounds it. */
export class Neighbourhood {
	readonly #options: NeighbourhoodOptions;
	readonly #views: RowMemory;

	constructor(options: NeighbourhoodOptions) {
		this.#options = options;
		this.#views = new RowMemory(0, options.rows);
	}

	/** Forgets what they said, and gives the memory back. */
	release(): void {
		this.#views.release();
	}

	/** What is known of a neighbour; undefined when the table has no place for it. */
	viewOf(address: LinkAddress): ClusterView | undefined {
		const neighbour = this.#options.neighbours.find(address);
		if (neighbour === undefined) return undefined;
		if (neighbour.cluster === undefined) {
			neighbour.cluster = new ClusterView(this.#views, neighbour.place);
			neighbour.cluster.begin();
		}
		return neighbour.cluster;
	}

	/** Calls back for each neighbour that speaks as a clustered one, is alive and admitted. */
	forEach(nowUs: number, visit: (neighbour: Neighbour, view: ClusterView) => void): void {
		const { neighbours, aliveUs } = this.#options;
		const gate = this.#options.gate();
		for (const neighbour of neighbours.entries) {
			const { cluster } = neighbour;
			if (cluster === undefined || nowUs - neighbour.lastSeenUs > aliveUs) continue;
			if (gate.admits(neighbour.address, nowUs)) visit(neighbour, cluster);
		}
	}

	/** Whether a signal is of somebody within the cluster radius. */
	isWithin(rssiDbm: number): boolean {
		const { radiusRssiDbm } = this.#options;
		return radiusRssiDbm === undefined || rssiDbm >= radiusRssiDbm;
	}

	/** Notes a claimed charge, and what of a rise neither noise nor harvesting explains. */
	noteCharge(address: LinkAddress, view: ClusterView, charge: number, nowUs: number): void {
		const excess = takeClaim(view, charge, nowUs);
		if (excess > 0) this.#options.gate().noteImplausibleCharge(address, excess, nowUs);
		view.charge = believedCharge(view);
	}

	/** Notes the number of a broadcast. `wakefulness` is another one after each sleep: what came then says nothing of losses. */
	noteBroadcast(neighbour: Neighbour, view: ClusterView, sequence: number, wakefulness: number): void {
		if (view.wakefulness !== wakefulness) neighbour.lastBroadcast = (sequence - 1) & 0xffff;
		view.wakefulness = wakefulness;
		neighbour.noteBroadcast(sequence);
	}

	/** Counts the neighbours within the radius, whose own charge is `charge`. */
	count(charge: number, nowUs: number, into: Census): void {
		into.neighbours = 0;
		into.claimedCharge = 0;
		into.richerNeighbours = 0;
		let cost = 0;
		this.forEach(nowUs, (neighbour, view) => {
			const rssiDbm = neighbour.rssiMean256 / 256;
			if (view.charge < 0 || !this.isWithin(rssiDbm)) return;
			into.neighbours++;
			into.claimedCharge += view.charge;
			const isRicher =
				view.charge > charge || (view.charge === charge && isLower(neighbour.address, this.#options.address));
			if (isRicher) into.richerNeighbours++;
			cost += reachCost(rssiDbm);
		});
		into.reachCost = into.neighbours === 0 ? 0 : Math.round(cost / into.neighbours);
	}
}

/** 0 for the strongest signals to 255 for those that are hardly heard. */
function reachCost(rssiDbm: number): number {
	const weakness = (CHEAPEST_DBM - rssiDbm) / (CHEAPEST_DBM - COSTLIEST_DBM);
	return Math.round(255 * Math.max(0, Math.min(1, weakness)));
}

/** Whether one address is lower than another, as unsigned numbers. */
export function isLower(a: LinkAddress, b: LinkAddress): boolean {
	if (a.high !== b.high) return a.high >>> 0 < b.high >>> 0;
	return a.low >>> 0 < b.low >>> 0;
}
