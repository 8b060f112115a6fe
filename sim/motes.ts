import { parseIpv6Prefix } from "../firmware/frames/ipv6-text.js";
import { addressOf } from "../firmware/mote/addresses.js";
import { Mote } from "../firmware/mote/mote.js";
import { profileOf } from "../firmware/mote/node-config-of.js";
import type { MoteParts } from "../firmware/mote/parts.js";
import type { MotePlan } from "../firmware/mote/plan.js";
import { addressUnder, linkLocalOf } from "../firmware/net/addresses.js";
import type { NodeProfile } from "../firmware/node-config.js";
import type { Battery, Cipher, Digest, Ports } from "../firmware/ports.js";
import type { Workspace } from "../firmware/workspace.js";
import type { Captures } from "./attacks/captures.js";
import { SimulatedRadio } from "./channel/radio.js";
import type { Transceivers } from "./channel/transceivers.js";
import type { Clusters } from "./clusters.js";
import { DriftingClock, DriftingRadio, inTrueTime } from "./drifting-clock.js";
import type { SimSink } from "./events.js";
import type { EventQueue } from "./kernel/queue.js";
import type { Layout } from "./layout.js";
import { MotePlans } from "./mote-plan.js";
import { type SharedPorts, SimulatedPorts } from "./network.js";
import type { Scenario, ScenarioModules } from "./scenario/scenario.js";
import type { SimulatedMote } from "./simulated-mote.js";

/** Where motes come from, and what their hardware is. */
export interface MoteOptions {
	readonly cipher: Cipher;
	readonly digest: Digest;
	/** Makes the motes that run elsewhere; undefined for one that runs here. Called again when a mote starts anew. */
	readonly moteElsewhere?: (plan: MotePlan, ports: Ports) => SimulatedMote | undefined;
}

/** What of a simulation its motes are built into. */
export interface MoteSurroundings {
	readonly scenario: Scenario;
	readonly modules: ScenarioModules;
	readonly layout: Layout;
	readonly queue: EventQueue;
	readonly workspace: Workspace;
	readonly transceivers: Transceivers;
	readonly sink: SimSink;
	readonly captures: Captures;
	/** Undefined where nodes form no clusters. */
	readonly clusters: Clusters | undefined;
	batteryOf(node: number): Battery;
}

/** All nodes of a simulation with their ports. */
export class Motes {
	/** By number of the node; the present ones, where some were replaced. */
	readonly all: readonly SimulatedMote[];
	readonly #surroundings: MoteSurroundings;
	readonly #options: MoteOptions;
	readonly #shared: SharedPorts;
	readonly #plans: MotePlans;
	readonly #policy: MoteParts["policy"];
	/** What all motes that run here have in common; undefined while there is none. */
	#profile: NodeProfile | undefined;
	readonly #ports: SimulatedPorts[] = [];
	readonly #radios: SimulatedRadio[] = [];
	/** Empty where all clocks keep true time. */
	readonly #clocks: DriftingClock[] = [];

	constructor(surroundings: MoteSurroundings, options: MoteOptions) {
		const { scenario, modules, layout, queue, sink } = surroundings;
		const { cipher, digest } = options;
		this.#surroundings = surroundings;
		this.#options = options;
		this.#shared = { clock: queue, sink, cipher, digest, seed: scenario.seed, trueClock: queue };
		this.#plans = new MotePlans(scenario, layout);
		this.#policy = () => modules.policy;
		this.all = Array.from({ length: layout.topology.nodes }, (_, id) => {
			this.#ports[id] = this.#makePorts(id);
			return this.#make(id);
		});
	}

	/** The radio of a node. */
	radioOf(id: number): SimulatedRadio {
		return this.#radios[id]!;
	}

	/** What the clock of a node shows at a true time. */
	ownUs(id: number, trueUs: number): number {
		return this.#clocks[id]?.ownUs(trueUs) ?? trueUs;
	}

	/** The first true time at which the clock of a node shows as much. */
	trueUs(id: number, ownUs: number): number {
		return this.#clocks[id]?.trueUs(ownUs) ?? ownUs;
	}

	/** How often a node started anew. */
	boots(id: number): number {
		return this.#ports[id]!.boots;
	}

	/** Replaces a mote that has stopped by a new one, which finds what the old one had stored. */
	replace(id: number): void {
		this.#surroundings.transceivers.powerOn(id);
		this.#ports[id]!.reboot();
		this.#clocks[id]?.restart();
		(this.all as SimulatedMote[])[id] = this.#make(id);
	}

	#make(id: number): SimulatedMote {
		const { clusters, captures, workspace } = this.#surroundings;
		const ports = this.#ports[id]!;
		const plan = this.#plans.of(id, clusters?.plan ?? null);
		const elsewhere = this.#options.moteElsewhere?.(plan, ports);
		if (elsewhere !== undefined) return elsewhere;
		const election: MoteParts["election"] = () =>
			clusters && captures.electionOf(id, clusters.electionOf(id));
		const policy = this.#policy;
		this.#profile ??= profileOf(plan, { policy });
		return new Mote(plan, ports, workspace, { policy, election, profile: this.#profile });
	}

	#makePorts(id: number): SimulatedPorts {
		const { scenario, transceivers, captures, queue, batteryOf } = this.#surroundings;
		const { clockDriftPpm } = scenario.node;
		const radio = new SimulatedRadio(transceivers, id);
		this.#radios[id] = radio;
		const battery = captures.batteryOf(id, batteryOf(id));
		const shared = this.#shared;
		if (clockDriftPpm === 0) return new SimulatedPorts(shared, id, radio, battery);
		const clock = new DriftingClock(queue, clockDriftPpm, scenario.seed, id);
		this.#clocks[id] = clock;
		const own = { ...shared, clock, sink: inTrueTime(shared.sink, clock, queue) };
		return new SimulatedPorts(own, id, new DriftingRadio(radio, clock), battery);
	}
}

/** IPv6 address of a node, routable where there is a prefix. */
export function ipv6Of(id: number, { node }: Scenario): Uint8Array {
	const address = addressOf(id, node.addressing);
	const parsed = node.prefix === null ? undefined : parseIpv6Prefix(node.prefix);
	return parsed === undefined ? linkLocalOf(address) : addressUnder(parsed.prefix, address);
}
