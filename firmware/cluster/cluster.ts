import { BROADCAST, type LinkAddress } from "../address.js";
import type { Hello } from "../frames/hello.js";
import type { MacHeader } from "../frames/mac-frame.js";
import type { CsmaOutcome } from "../mac/csma.js";
import type { LinkLayer } from "../mac/link-layer.js";
import type { HelloService } from "../net/hello-service.js";
import type { Outbox } from "../net/outbox.js";
import type { Ports, Random } from "../ports.js";
import type { RowHome } from "../rows.js";
import type { NeighbourTable } from "../trust/neighbours.js";
import { Acquisition } from "./acquisition.js";
import { Agenda } from "./agenda.js";
import { Candidacy } from "./candidacy.js";
import type { ClusterClient, TrustGate } from "./client.js";
import { ClusterHello, DEAD_ELECTIONS } from "./cluster-hello.js";
import { type ClusterDrop, ClusterReceiver } from "./cluster-receiver.js";
import { ClusterRouting } from "./cluster-routing.js";
import { type ClusterMembers, ClusterService } from "./cluster-service.js";
import type { ClusterConfig } from "./config.js";
import { Forwarding } from "./forwarding.js";
import { HeadChoice } from "./head-choice.js";
import { Leading } from "./leading.js";
import { Membership } from "./membership.js";
import { type Census, Neighbourhood } from "./neighbourhood.js";
import type { ClusterParts } from "./parts.js";
import { RadioDuty } from "./radio-duty.js";
import { Receipts } from "./receipts.js";
import { RoundClock } from "./round-clock.js";
import { SendWindow } from "./send-window.js";
import { Timeline } from "./timeline.js";
import { Voice } from "./voice.js";
import { Wave } from "./wave.js";

export interface ClusterOptions {
	readonly node: number;
	readonly isSink: boolean;
	readonly address: LinkAddress;
	readonly config: ClusterConfig;
	readonly ports: Ports;
	readonly neighbours: NeighbourTable;
	/** Transmissions of a frame, all retries counted. */
	readonly transmissions: number;
	/** Judges neighbours until {@link Cluster.attach} brings somebody who does it better. */
	readonly gate: TrustGate;
	/** Where it keeps what neighbours say; in arrays of its own where undefined. */
	readonly rows: RowHome | undefined;
	/** Numbers all broadcasts of the node. */
	nextBroadcast(): number;
}

/** What the cluster service needs of the node around it, once that is there. */
export interface ClusterSurroundings {
	readonly link: LinkLayer;
	readonly outbox: Outbox;
	readonly hello: HelloService;
}

/** The clustered part of one node, put together. */
export class Cluster {
	readonly config: ClusterConfig;
	readonly timeline: Timeline;
	readonly routing: ClusterRouting;
	readonly rounds: RoundClock;
	readonly #options: ClusterOptions;
	readonly #neighbourhood: Neighbourhood;
	readonly #census: Census = { neighbours: 0, claimedCharge: 0, richerNeighbours: 0, reachCost: 0 };
	#gate: TrustGate;
	#client: ClusterClient | undefined;
	#service: ClusterService | undefined;
	#receiver: ClusterReceiver | undefined;
	readonly #term = (): number => this.#service?.term ?? -1;
	readonly #arrival = {
		source: BROADCAST,
		toAll: false,
		rssiDbm: 0,
		sfdUs: 0,
		nowUs: 0,
	};

	/** Throws a RangeError when the times of the configuration do not fit together. */
	constructor(options: ClusterOptions) {
		const { config, ports, neighbours, address, node, isSink } = options;
		this.config = config;
		this.#options = options;
		this.#gate = options.gate;
		this.timeline = new Timeline(config);
		const { roundsPerElection } = this.timeline;
		this.rounds = new RoundClock(ports.clock, config.roundUs, config.driftPpm);
		this.#neighbourhood = new Neighbourhood({
			neighbours,
			address,
			radiusRssiDbm: config.election.reach === "radius" ? config.radiusRssiDbm : undefined,
			aliveUs: DEAD_ELECTIONS * roundsPerElection * config.roundUs,
			rows: options.rows,
			gate: () => this.#gate,
		});
		this.routing = new ClusterRouting({
			node,
			isSink,
			clock: ports.clock,
			sink: ports.sink,
			neighbours,
			neighbourhood: this.#neighbourhood,
			roundsPerElection,
			round: () => this.rounds.round,
			term: this.#term,
		});
	}

	/** Who keeps the readings, and who judges neighbours. */
	attach(client: ClusterClient | undefined, gate?: TrustGate): void {
		this.#client = client;
		if (gate !== undefined) this.#gate = gate;
	}

	get service(): ClusterService {
		return this.#service!;
	}

	/** Charge, and neighbours within the radius, as a HELLO tells them. */
	describe(): Census & { charge: number } {
		const charge = this.#options.ports.battery.level();
		this.#neighbourhood.count(charge, this.#options.ports.clock.nowUs(), this.#census);
		return { ...this.#census, charge };
	}

	/** Joins the cluster service with the node around it. */
	connect(surroundings: ClusterSurroundings): void {
		const { neighbours, transmissions } = this.#options;
		const { link, hello } = surroundings;
		const { election } = this.config;
		const parts = this.makeParts(surroundings);
		const reachesAll = election.reach === "all";
		const host = { node: parts.node, random: this.#options.ports.random("election"), omniscience: undefined };
		const candidacy = new Candidacy(
			parts,
			election.create(this.config.electionOptions, host),
			reachesAll,
			transmissions,
		);
		const leading = new Leading(parts, transmissions, () => candidacy.otherSection());
		const membership = new Membership(parts, new HeadChoice(parts, candidacy), (role, head) =>
			this.service.takeRole(role, head),
		);
		const members: ClusterMembers = {
			parts,
			acquisition: new Acquisition(parts.clock, parts.random, parts.duty, this.config.roundUs),
			candidacy,
			leading,
			membership,
			forwarding: new Forwarding(parts, leading),
			wave: new Wave(parts),
			receipts: new Receipts(parts, link),
			hello: new ClusterHello(parts, hello),
			store: this.#options.ports.store,
		};
		this.#service = new ClusterService(members);
		this.#receiver = new ClusterReceiver(members, this.#service, neighbours);
	}

	private makeParts({ link, outbox }: ClusterSurroundings): ClusterParts {
		const { node, isSink, address, ports, nextBroadcast } = this.#options;
		const { clock, sink, radio } = ports;
		const random: Random = ports.random("cluster");
		const voice = new Voice({
			link,
			clock,
			random,
			nextBroadcast,
			onControl: (kind, transmissions) => {
				sink.controlSent(clock.nowUs(), node, kind, transmissions);
				this.#service?.noteSaid(kind);
			},
			onIdle: () => outbox.resume(),
		});
		return {
			node,
			isSink,
			address,
			config: this.config,
			timeline: this.timeline,
			clock,
			random,
			sink,
			rounds: this.rounds,
			agenda: new Agenda(clock, this.rounds, outbox),
			duty: new RadioDuty(radio, () => this.#receiver?.noteSleep()),
			voice,
			window: new SendWindow(outbox, link, clock),
			ways: this.routing,
			neighbourhood: this.#neighbourhood,
			gate: () => this.#gate,
			client: () => this.#client,
			charge: () => ports.battery.level(),
			term: this.#term,
			room: () => link.room(BROADCAST),
		};
	}

	/** Gives back the memory of what it knows of neighbours, once it was stopped. */
	release(): void {
		this.#neighbourhood.release();
	}

	/** Whether a message of page 15 is the cluster service's. */
	takes(type: number): boolean {
		return ClusterReceiver.takes(type);
	}

	/** Takes a message of clusters whose type octet is at `offset`; returns why it was refused, if it was. */
	receive(
		bytes: Uint8Array,
		offset: number,
		end: number,
		header: MacHeader,
		rssiDbm: number,
		sfdUs: number,
	): ClusterDrop | undefined {
		const arrival = this.#arrival;
		arrival.source = header.source;
		arrival.toAll = header.destination.isBroadcast;
		arrival.rssiDbm = rssiDbm;
		arrival.sfdUs = sfdUs;
		arrival.nowUs = this.#options.ports.clock.nowUs();
		return this.#receiver!.receive(bytes, offset, end, arrival);
	}

	/** A frame to us alone came from a neighbour. */
	noteFrame(source: LinkAddress): void {
		this.#service!.noteFrame(source);
	}

	noteHello(source: LinkAddress, hello: Hello): void {
		this.#receiver!.hear(source, hello, this.#options.ports.clock.nowUs());
	}

	noteDelivery(neighbour: LinkAddress, outcome: CsmaOutcome, transmissions: number): void {
		this.#service!.noteDelivery(neighbour, outcome, transmissions);
	}
}
