import {
	type Announcement,
	type ElectionFactory,
	type ElectionHost,
	type ElectionOptions,
	FULL_CHARGE,
	type Omniscience,
	type Situation,
} from "../../../../firmware/cluster/election.js";
import { RandomStream } from "../../../../sim/kernel/random.js";

/** A node alone in its first election, fully charged, but for what is said. */
export function situation(said: Partial<Situation> = {}): Situation {
	return {
		election: 1,
		charge: FULL_CHARGE,
		neighbours: 0,
		claimedCharge: 0,
		richerNeighbours: 0,
		reachCost: 0,
		sinceLed: 0,
		heads: 0,
		leastMerit: 256,
		...said,
	};
}

/** The final announcement of a full, costless, far node, but for what is said. */
export function announcement(said: Partial<Announcement> = {}): Announcement {
	return { charge: FULL_CHARGE, merit: 0, tentative: false, nearness: 0, ...said };
}

/** What is known of a network of one node at its start, but for what is said. */
export function omniscience(said: Partial<Omniscience> = {}): Omniscience {
	return {
		nodes: 1,
		ownFactor: 1,
		meanFactor: 1,
		lifetimeRounds: 1000,
		round: () => 0,
		alive: () => 1,
		richer: () => 0,
		charge: () => 1,
		meanCharge: () => 1,
		neighbourCharges: () => [],
		players: () => 1,
		plays: () => true,
		...said,
	};
}

/** A host with a random stream of its own, and without omniscience unless said. */
export function host(said: Partial<ElectionHost> = {}): ElectionHost {
	const node = said.node ?? 0;
	return { node, random: new RandomStream(1, "election", node), omniscience: undefined, ...said };
}

/** A node's part under default options but for what is said. */
export function create(
	factory: ElectionFactory,
	options: ElectionOptions = {},
	at: Partial<ElectionHost> = {},
) {
	return factory.create(options, host(at));
}
