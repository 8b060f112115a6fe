import { LinkAddress, NO_SHORT_ADDRESS } from "../../firmware/address.js";
import type { ClusterConfig } from "../../firmware/cluster/config.js";
import type { ContextTable } from "../../firmware/frames/context-table.js";
import { ADDRESS_BASE, addressOf, EUI64_HIGH } from "../../firmware/mote/addresses.js";
import { addressUnder, linkLocalOf } from "../../firmware/net/addresses.js";
import type { Cipher, Digest } from "../../firmware/ports.js";
import type { Positions } from "../channel/links.js";
import type { SimulatedRadio } from "../channel/radio.js";
import type { EventQueue } from "../kernel/queue.js";
import { RandomStream } from "../kernel/random.js";
import type { Scenario } from "../scenario/scenario.js";
import { HEADER_BYTES } from "../traffic/flow.js";
import type { AttackContext, AttackRandom, Peer, SendOptions } from "./attack.js";
import { CapturedKeys } from "./captured-keys.js";
import type { AttackEntry } from "./common-options.js";
import { Forge, LEAST_DATAGRAM_BYTES } from "./forge.js";
import { Heard } from "./heard.js";
import { type PlacedAttacker, spoofedOf } from "./placement.js";
import { Strikes } from "./strikes.js";
import { Transmitter } from "./transmitter.js";
import type { Wire } from "./wire.js";

/** Invented short addresses: apart from those of nodes, which count from 1, and from reserved ones. */
const FIRST_INVENTED = 0x4000;
const INVENTED = 0xbf00;

/** What an attacker stands in. */
export interface AttackerOptions {
	readonly placed: PlacedAttacker;
	/** Number of its radio. */
	readonly number: number;
	readonly entry: AttackEntry;
	readonly scenario: Scenario;
	readonly durationUs: number;
	readonly queue: EventQueue;
	readonly radio: SimulatedRadio;
	readonly positions: Positions;
	/** The sink of each node's packets. */
	readonly sinkOf: (node: number) => number;
	readonly contexts: ContextTable;
	/** Prefix of routable addresses, 8 octets; undefined without. */
	readonly prefix: Uint8Array | undefined;
	readonly cipher: Cipher;
	readonly digest: Digest;
	readonly wire: Wire;
	readonly cluster: ClusterConfig | undefined;
	/** The nodes that its entry has captured. */
	readonly captured: readonly number[];
	/** Whether an address is a node's. */
	readonly isMember: (address: LinkAddress) => boolean;
	/** Frames of all attackers that are under way. */
	readonly ours: Set<Uint8Array>;
	readonly radioOf: (node: number) => SimulatedRadio;
}

/** One radio of an attack. */
export class Attacker implements AttackContext {
	readonly scenario: Scenario;
	readonly radio: number;
	readonly index: number;
	readonly isInsider: boolean;
	readonly positions: Positions;
	readonly victim: Peer;
	readonly spoofed: Peer;
	readonly neighbours: readonly Peer[];
	readonly captured: readonly Peer[];
	readonly cluster: ClusterConfig | undefined;
	readonly sink: Peer;
	readonly own: Peer;
	readonly forge: Forge;
	readonly wire: Wire;
	readonly contexts: ContextTable;
	readonly datagramBytes: number;
	readonly #options: AttackerOptions;
	readonly #strikes: Strikes;
	readonly #transmitter: Transmitter;
	readonly #identities: AttackRandom;
	readonly #handlers: ((frame: Heard) => void)[] = [];
	readonly #heard: Heard;
	readonly #begun: Heard;
	readonly #keys: CapturedKeys;

	constructor(options: AttackerOptions) {
		const { placed, number, entry, scenario, queue, radio, ours } = options;
		this.#options = options;
		this.scenario = scenario;
		this.radio = number;
		this.index = placed.index;
		this.isInsider = entry.keys === "insider";
		this.positions = options.positions;
		this.contexts = options.contexts;
		this.cluster = options.cluster;
		this.captured = options.captured.map((node) => this.#peer(node));
		const payloadBytes = scenario.traffic.map((flow) => Number(flow["payloadBytes"] ?? 0));
		this.datagramBytes = Math.max(LEAST_DATAGRAM_BYTES, ...payloadBytes.map((bytes) => bytes + HEADER_BYTES));
		this.neighbours = placed.neighbours.map((node) => this.#peer(node));
		this.victim = this.#peer(placed.victim);
		this.spoofed = this.#peer(spoofedOf(placed, entry));
		this.sink = this.#peer(options.sinkOf(placed.victim));
		this.own = this.#peer(number);
		this.#identities = this.random("identities");
		this.#strikes = new Strikes(entry, options.durationUs, this.random("strikes"));
		const { panId } = scenario.node;
		this.#transmitter = new Transmitter({
			radio,
			clock: queue,
			random: this.random("backoff"),
			panId,
			finish: (psdu) => this.forge.secured(psdu),
			control: entry.control,
			ours,
		});
		const { wire, cipher, isMember } = options;
		this.wire = wire;
		this.#heard = new Heard(wire);
		this.#begun = new Heard(wire);
		this.#keys = new CapturedKeys({
			scenario,
			wire,
			cipher,
			isMember,
			random: this.random("wrong-key"),
			captured: this.isInsider ? this.spoofed.address : undefined,
		});
		this.forge = new Forge({
			panId,
			contexts: options.contexts,
			hopLimit: scenario.node.hopLimit,
			elideUdpChecksum: scenario.node.elideUdpChecksum,
			random: this.random("forge"),
			wire,
			digest: options.digest,
			keys: this.#keys,
		});
		radio.onReceive({ frameReceived: (psdu, rssiDbm) => this.#onFrame(psdu, rssiDbm) });
		radio.configure({
			channel: scenario.channel.number,
			panId,
			shortAddress: NO_SHORT_ADDRESS,
			extendedHigh: EUI64_HIGH,
			extendedLow: number + ADDRESS_BASE,
			txPowerDbm: placed.txPowerDbm,
			promiscuous: true,
			panCoordinator: false,
		});
		radio.receive(true);
	}

	get startUs(): number {
		return this.#strikes.startUs;
	}

	get stopUs(): number {
		return this.#strikes.stopUs;
	}

	get dropped(): number {
		return this.#transmitter.dropped;
	}

	get waiting(): number {
		return this.#transmitter.waiting;
	}

	nowUs(): number {
		return this.#options.queue.nowUs();
	}

	isActive(): boolean {
		const nowUs = this.nowUs();
		return nowUs >= this.startUs && nowUs < this.stopUs;
	}

	at(timeUs: number, callback: () => void): void {
		if (!Number.isSafeInteger(timeUs))
			throw new RangeError(`at: expected timeUs to be an integer, got ${timeUs}`);
		this.#options.queue.at(timeUs, () => {
			if (this.isActive()) callback();
		});
	}

	random(purpose: string): AttackRandom {
		const { scenario, placed } = this.#options;
		return new RandomStream(scenario.seed, `attack-${placed.entry}-${purpose}`, placed.index);
	}

	onStrike(callback: () => void): void {
		const strikes = this.#strikes;
		const strike = (): void => {
			strikes.advance();
			next();
			callback();
		};
		const next = (): void => {
			if (strikes.dueUs < strikes.stopUs) this.#options.queue.at(strikes.dueUs, strike);
		};
		next();
	}

	mayStrike(): boolean {
		return this.#strikes.take(this.nowUs());
	}

	identity(): Peer {
		switch (this.#options.entry.identity) {
			case "own":
				// Whoever holds a captured node's keys is that node.
				return this.isInsider ? this.spoofed : this.own;
			case "spoofed":
				return this.spoofed;
			default:
				return this.invent();
		}
	}

	invent(): Peer {
		const low = FIRST_INVENTED + this.#identities.below(INVENTED);
		const isShort = this.scenario.node.addressing === "short";
		const address = isShort
			? LinkAddress.short(low)
			: LinkAddress.extended(EUI64_HIGH, this.#identities.int32());
		return { node: low, address, ipv6: this.#ipv6(address) };
	}

	hear(handler: (frame: Heard) => void): void {
		this.#handlers.push(handler);
	}

	sense(octets: number, handler: (begun: Heard, endUs: number) => void): void {
		this.#options.radio.onHeader(octets, (psdu, endUs) => {
			const begun = this.#begun;
			begun.isOurs = this.#options.ours.has(psdu);
			begun.endUs = endUs;
			handler(begun.beginning(psdu, octets), endUs);
		});
	}

	send(psdu: Uint8Array, options: SendOptions = {}): boolean {
		return this.#transmitter.send(psdu, options);
	}

	jam(untilUs: number, done?: () => void): void {
		this.#transmitter.jam(untilUs, done);
	}

	capture(node: number, decide: (psdu: Uint8Array) => boolean): void {
		// The control keeps its hands off: a swallowed frame has no airtime to compare with.
		if (this.#options.entry.control) return;
		this.#options.radioOf(node).intercept((psdu) => this.isActive() && decide(psdu));
	}

	#peer(node: number): Peer {
		const address = addressOf(node, this.#options.scenario.node.addressing);
		return { node, address, ipv6: this.#ipv6(address) };
	}

	#ipv6(address: LinkAddress): Uint8Array {
		const { prefix } = this.#options;
		return prefix === undefined ? linkLocalOf(address) : addressUnder(prefix, address);
	}

	#onFrame(psdu: Uint8Array, rssiDbm: number): void {
		const heard = this.#heard.whole(psdu);
		heard.isOurs = this.#options.ours.has(psdu);
		heard.rssiDbm = rssiDbm;
		heard.endUs = this.nowUs();
		this.#transmitter.noteHeard(heard.isUnicast && heard.header.ackRequest);
		this.#keys.note(heard);
		for (const handler of this.#handlers) handler(heard);
	}
}
