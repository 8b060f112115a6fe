import type { LinkAddress } from "../../firmware/address.js";
import type { ClusterConfig } from "../../firmware/cluster/config.js";
import type { ContextTable } from "../../firmware/frames/context-table.js";
import type { Random, TransmitOutcome } from "../../firmware/ports.js";
import type { Scenario } from "../scenario/scenario.js";
import type { OptionSchemas, Options } from "../topology/topology.js";
import type { CaptureHooks } from "./captures.js";
import type { Forge } from "./forge.js";
import type { Heard } from "./heard.js";
import type { Wire } from "./wire.js";

/** A node of the network as an attacker knows it. */
export interface Peer {
	readonly node: number;
	/** Link-layer address. */
	readonly address: LinkAddress;
	/** IPv6 address of 16 octets: the routable one, link-local where the network has no prefix. */
	readonly ipv6: Uint8Array;
}

/** A stream of random numbers of the attack's own. */
export type AttackRandom = Random & { uniform(): number; exponential(): number };

/** How a frame is sent. */
export interface SendOptions {
	/**
	 * Without asking whether the channel is clear, after the acknowledgement of what was heard last and the shortest
	 * interframe space; else as a polite node does, by CSMA/CA without retries. Goes before what waits politely.
	 */
	readonly urgent?: boolean;
	/** Without asking, with its preamble beginning at this microsecond. */
	readonly atUs?: number;
	/** Told what became of the frame: `no-ack` where it asked for an acknowledgement and got none. */
	readonly done?: (outcome: TransmitOutcome) => void;
}

/**
 * What one attacker's radio can do and what it knows: the scenario with its defence, the wire format, who is who.
 *
 * It hears only what its radio receives. All calls take place within events of the simulation.
 */
export interface AttackContext {
	readonly scenario: Scenario;
	/** Number of this radio in the event log. */
	readonly radio: number;
	/** Its number among the radios of its entry. */
	readonly index: number;
	/** Holds what a captured node holds. */
	readonly isInsider: boolean;
	/** Places of all nodes in metres; not of the attackers. */
	readonly positions: { readonly x: Float64Array; readonly y: Float64Array };
	readonly startUs: number;
	readonly stopUs: number;
	/** Whom it attacks. */
	readonly victim: Peer;
	/**
	 * The honest neighbour of the victim in whose name it speaks: the one that passes on for most others; for an insider
	 * the captured node, the one that passes on for fewest.
	 */
	readonly spoofed: Peer;
	/** Honest nodes that send to the victim, those that pass on for most others first. */
	readonly neighbours: readonly Peer[];
	/** The nodes that this entry has captured. */
	readonly captured: readonly Peer[];
	/** How nodes spend their time; undefined where they form no clusters. */
	readonly cluster: ClusterConfig | undefined;
	/** Where the victim's packets go; the victim itself, where it collects them. */
	readonly sink: Peer;
	/** The radio's own address. */
	readonly own: Peer;
	readonly forge: Forge;
	/** How the network's frames look. */
	readonly wire: Wire;
	/** The contexts of header compression that the network shares. */
	readonly contexts: ContextTable;
	/** Octets of the datagrams that the network's traffic sends. */
	readonly datagramBytes: number;
	/** Frames that did not find room in the queue. */
	readonly dropped: number;
	/** Frames that wait or are under way. */
	readonly waiting: number;

	nowUs(): number;
	/** Whether the attack goes on now. */
	isActive(): boolean;
	/** Calls back at a time in whole microseconds, if the attack goes on then. */
	at(timeUs: number, callback: () => void): void;
	/** A stream of random numbers for one purpose. */
	random(purpose: string): AttackRandom;
	/** Calls back at each of the strikes that the entry's rate, arrivals, start and stop say. */
	onStrike(callback: () => void): void;
	/** For attacks that react: whether a strike is due by the same rate. A few that were not used are kept. */
	mayStrike(): boolean;
	/** An address as the entry's `identity` says; a new one each time where it says invented. */
	identity(): Peer;
	/** An address that nobody has. */
	invent(): Peer;
	/** Registers a handler of all frames that the radio receives; the frame is valid only during the call. */
	hear(handler: (frame: Heard) => void): void;
	/**
	 * Registers a handler of the first `octets` of frames that the radio is receiving, while they are still on the
	 * air: `endUs` is when they end. The frame may yet turn out broken.
	 */
	sense(octets: number, handler: (begun: Heard, endUs: number) => void): void;
	/** Queues a frame, FCS included; returns whether there was room. It must not change any more. */
	send(psdu: Uint8Array, options?: SendOptions): boolean;
	/** Fills the air with a burst that nobody decodes: begins after one turnaround, ends before a time. */
	jam(untilUs: number, done?: () => void): void;
	/**
	 * Makes a captured node's radio swallow frames while its MAC believes that they were acknowledged.
	 *
	 * `decide` is asked for each frame that the node sends: whether to swallow it.
	 */
	capture(node: number, decide: (psdu: Uint8Array) => boolean): void;
}

/** What a module exports, as `attack`, to be used as an attack. */
export interface AttackFactory {
	readonly name: string;
	/**
	 * JSON Schema of each option, with its default; an option named like one of the common keys gives that key
	 * another default.
	 */
	readonly options: OptionSchemas;
	/** What it makes of captured nodes; absent, it captures none. The options then hold those of `CAPTURE_OPTIONS`. */
	captures?(options: Options): CaptureHooks;
	/** Sets one attacker up before the run begins: registers handlers and strikes. */
	create(options: Options, context: AttackContext): void;
}
