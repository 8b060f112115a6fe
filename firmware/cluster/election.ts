import type { Random } from "../ports.js";

/**
 * How a node decides whether to lead: the one interface of all elections, on the air and in `rounds` alike.
 *
 * An election is a window of {@link TICKS} instants. A node is asked at its instants whether it announces itself; what it
 * hears meanwhile may make it withdraw. Whoever is covered by no head then may announce itself in a second window. Its
 * host keeps the time, the neighbourhood and the trust; the election only decides.
 */

/** Instants of one election window, whatever it lasts. */
export const TICKS = 1 << 16;
/** A full charge, as it is claimed on the air: 8 bits. */
export const FULL_CHARGE = 255;

/** Do not announce; join a head that was heard, if any. */
export const FOLLOW = -1;
/** Announce now, and lead. */
export const LEAD = -2;
/** Added to a later instant: announce a tentative candidacy now, and be asked again at that instant. */
export const TENTATIVELY = TICKS * 2;

/** {@link FOLLOW}, {@link LEAD}, or the instant (0 to TICKS - 1) at which to be asked again, perhaps {@link TENTATIVELY}. */
export type Decision = number;

/** What a node knows when it is asked: one object a node, kept up to date by its host. */
export interface Situation {
	/** Number of this election, 1 at the first that the node takes part in. */
	readonly election: number;
	/** Own charge, 0 to {@link FULL_CHARGE}. */
	readonly charge: number;
	/** Trusted neighbours within the cluster radius that are thought to be alive. */
	readonly neighbours: number;
	/** Sum of the charges that they claim, as far as those are plausible. */
	readonly claimedCharge: number;
	/** How many of them claim more than we have; among equals the lower address counts as richer. */
	readonly richerNeighbours: number;
	/** Mean cost of reaching us over all neighbours, 0 to 255 (AMRP; Younis and Fahmy 2004, section 3.2). */
	readonly reachCost: number;
	/** Elections since the node last led: 1 when it led in the last one, 0 when it never did. */
	readonly sinceLed: number;
	/** Trusted heads within reach that have announced themselves in this election, tentative ones not counted. */
	readonly heads: number;
	/** Of those and the tentative ones, the least `merit` so far; 256 when none was heard. */
	readonly leastMerit: number;
}

/** A trusted announcement within reach, as heard. */
export interface Announcement {
	/** Claimed charge, 0 to {@link FULL_CHARGE}. */
	readonly charge: number;
	/** What the sender's election says of itself, 0 to 255: see {@link Election.merit}. */
	readonly merit: number;
	readonly tentative: boolean;
	/** The greater, the nearer; compared only. */
	readonly nearness: number;
}

/** How a term came out, from this node's view: what a learning election learns from. */
export interface TermOutcome {
	readonly led: boolean;
	/** Whether a head covered the node, itself included, before the second window. */
	readonly covered: boolean;
	/** Heads within the cluster radius beyond the first. */
	readonly extraHeads: number;
	/** Charge that the node spent since the last election, in 1/256 of a unit of claimed charge. */
	readonly spent256: number;
	/** The same for its neighbours on average, as far as their claims tell. */
	readonly neighboursSpent256: number;
	/** Charges at the beginning of the term: own, and of the neighbours on average, 0 to {@link FULL_CHARGE}. */
	readonly charge: number;
	readonly neighboursCharge: number;
}

/** One node's part in elections. */
export interface Election {
	/** Asked at the beginning of a window: as {@link decide}, which is then asked at the instant returned. */
	begin(situation: Situation): Decision;
	/** Asked at each instant that it returned, unless it has withdrawn. */
	decide(situation: Situation, tick: number): Decision;
	/** Told of each announcement while own candidacy is undecided: whether to withdraw. Absent, it never does. */
	withdraws?(situation: Situation, heard: Announcement): boolean;
	/** Asked at the beginning of the second window, when no head covers the node. Absent, it sends to the sink itself. */
	uncovered?(situation: Situation): Decision;
	/**
	 * Told, in the second window, of a tentative announcement while own candidacy is closed and the node does not lead, at
	 * most once an election: whether, and at which later instant, to be asked about leading after all. Absent, it is not.
	 */
	called?(situation: Situation, heard: Announcement, tick: number): Decision;
	/** What the announcement says of the node besides its charge, 0 to 255; absent, 0. */
	merit?(situation: Situation): number;
	/** Whether head `a` is to be joined rather than head `b`; absent, the nearest is. */
	prefers?(a: Announcement, b: Announcement): boolean;
	/** Told how the term that ends came out. */
	learn?(outcome: TermOutcome): void;
	/** What survives a power cycle, at most 512 octets; absent or undefined, nothing. */
	save?(): Uint8Array | undefined;
	/** Takes what {@link save} gave; anything else is passed over. */
	restore?(blob: Uint8Array): void;
}

/**
 * What only somebody who sees the whole network knows. Elections from the literature that need it say so; on a device
 * there is none.
 */
export interface Omniscience {
	/** Nodes at the start, sinks excepted. */
	readonly nodes: number;
	/** What this node started with, as a multiple of a normal node's charge. */
	readonly ownFactor: number;
	/** Mean of the same over all nodes. */
	readonly meanFactor: number;
	/** Data rounds since the start. */
	round(): number;
	/** Nodes that are alive. */
	alive(): number;
	/** How many nodes that are alive have more charge than this one, among equals those of lower number. */
	richer(): number;
	/** Remaining charge of this node, and of all that are alive on average, as a share of a normal node's full one. */
	charge(): number;
	meanCharge(): number;
	/** The same of each neighbour that is alive and within the cluster radius; valid until the next call. */
	neighbourCharges(): readonly number[];
	/**
	 * Nodes that are alive and have not led since the last time that all who are alive had (CROSS), and whether this one
	 * is among them.
	 */
	players(): number;
	plays(): boolean;
	/** Data rounds that the charge of all lasts by a formula for what a round costs (DEEC); undefined where there is none. */
	readonly lifetimeRounds: number | undefined;
}

/** What an election is given. */
export interface ElectionHost {
	/** Number of the node: breaks ties. */
	readonly node: number;
	readonly random: Random;
	/** Undefined on a device, and in scenarios that say so. */
	readonly omniscience: Omniscience | undefined;
}

/** Settings that a scenario may give an election, by name. */
export type ElectionOptions = Readonly<Record<string, number | string | boolean | null>>;

/** What a module exports, as `election`, to be used as one. */
export interface ElectionFactory {
	readonly name: string;
	/** JSON Schema of each option, with its default. */
	readonly options: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
	/** Whether announcements are meant for the cluster radius only, or for all who hear them. */
	readonly reach: "radius" | "all";
	/** Rounds of data between two elections unless configured otherwise. */
	readonly roundsPerElection: number;
	create(options: ElectionOptions, host: ElectionHost): Election;
}
