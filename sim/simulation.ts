import { Timeline } from "../firmware/cluster/timeline.js";
import { addressOf } from "../firmware/mote/addresses.js";
import { startAttacks } from "./attacks/start.js";
import { sampleRounds } from "./energy-samples.js";
import type { SimSink } from "./events.js";
import { RandomStream } from "./kernel/random.js";
import { LifecycleNodes, type LifecyclePlan, planLifecycle, scheduleLifecycle } from "./lifecycle.js";
import { expectNode, NodeTimers } from "./node-timers.js";
import { ReadingApps, type ReadingsOptions } from "./reading-apps.js";
import { optionsOf, type Scenario, type ScenarioModules } from "./scenario/scenario.js";
import { TrafficHost } from "./traffic-host.js";
import { World, type WorldOptions } from "./world.js";

/**
 * One run of a scenario: build it, {@link run} it in as many steps as you like, {@link finish} it.
 *
 * Everything that happens is told to the sink; nothing else leaves the simulation.
 */
export class Simulation {
	readonly world: World;
	readonly scenario: Scenario;
	readonly sinks: readonly number[];
	readonly durationUs: number;
	/** Takes the events of this run. */
	readonly sink: SimSink;
	/** Whether a node has not stopped for good. */
	readonly #alive: Uint8Array;
	/** Deaths of nodes that are no sinks, and the one with which the run ends. */
	#deaths = 0;
	readonly #lastDeath: number;
	#ended = false;
	/** The most memory that the node of this number used before it lost its power. */
	readonly #peakBytes: Uint32Array;
	readonly #timers: NodeTimers;
	readonly #readings: ReadingApps;

	constructor(scenario: Scenario, modules: ScenarioModules, options: WorldOptions) {
		this.scenario = scenario;
		this.durationUs = Math.round(scenario.durationS * 1e6);
		this.world = new World(scenario, modules, options, (node) => this.kill(node, "battery"));
		this.sink = this.world.sink;
		this.sinks = this.world.sinks;
		const nodes = this.world.motes.length;
		this.#alive = new Uint8Array(nodes).fill(1);
		this.#lastDeath = lastDeath(scenario.stopAt, nodes - this.sinks.length);
		this.#peakBytes = new Uint32Array(nodes);
		this.#timers = new NodeTimers(this.world.queue, this.#alive);
		const candidates = new LifecycleNodes(this.world.isSink, () => this.world.paths.next);
		const plan = planLifecycle(scenario, candidates);
		for (const { node } of plan.joins) this.world.powered[node] = 0;
		this.#announce();
		this.#readings = new ReadingApps(this.world);
		this.#startNodes();
		this.#startApplications(modules);
		this.#schedule(candidates, plan);
		startAttacks(this.world, modules, options, this.sink, this.durationUs);
	}

	get nodes(): number {
		return this.world.motes.length;
	}

	nowUs(): number {
		return this.world.queue.nowUs();
	}

	/** Whether the run came to its end before its time, as `stopAt` asked. */
	get ended(): boolean {
		return this.#ended;
	}

	/** Runs up to a time, at most the scenario's end. */
	run(untilUs: number): void {
		this.world.queue.run(Math.min(untilUs, this.durationUs));
	}

	/** Tells what every node used, and ends the log. */
	finish(): void {
		for (let node = 0; node < this.nodes; node++) if (this.#alive[node] === 1) this.#tellEnergy(node);
		const { queue, motes } = this.world;
		const { budgetBytes } = this.scenario.reassembly;
		for (let node = 0; node < this.nodes; node++) {
			const peakBytes = Math.max(motes[node]!.peakBytes, this.#peakBytes[node]!);
			if (peakBytes > 0) this.sink.nodeMemory(queue.nowUs(), node, peakBytes, budgetBytes);
		}
		this.sink.runEnded(queue.nowUs(), queue.processed);
	}

	/** Ends a node for good: it gives back its memory and never transmits again. */
	kill(node: number, cause: string): void {
		if (this.#alive[node] === 0) return;
		this.#alive[node] = 0;
		this.#tellEnergy(node);
		this.sink.nodeDied(this.nowUs(), node, cause);
		this.world.battery?.forget(node);
		this.#powerOff(node);
		if (this.world.isSink[node] === 1) return;
		if (this.#deaths++ === 0) this.#tellUsed("death");
		if (this.#deaths !== this.#lastDeath) return;
		this.#ended = true;
		this.world.queue.stop();
	}

	/**
	 * Takes a node's power away for a time in microseconds: it loses its memory, and starts anew with what it has
	 * stored. One that has none already, or is a sink, stays as it is.
	 */
	reboot(node: number, downUs: number): void {
		expectNode("reboot", "node", node, this.nodes);
		if (this.#alive[node] === 0 || this.world.powered[node] === 0 || this.world.isSink[node] === 1) return;
		this.sink.nodeStopped(this.nowUs(), node, "reboot");
		const { peakBytes } = this.world.motes[node]!;
		this.#peakBytes[node] = Math.max(this.#peakBytes[node]!, peakBytes);
		this.#powerOff(node);
		this.at(node, this.nowUs() + downUs, () => {
			this.world.replace(node);
			this.#powerOn(node);
		});
	}

	#powerOff(node: number): void {
		this.world.powered[node] = 0;
		this.world.motes[node]!.stop();
		this.world.transceivers.kill(node);
	}

	#powerOn(node: number): void {
		this.world.powered[node] = 1;
		this.sink.nodeStarted(this.nowUs(), node, this.world.boots(node));
		this.world.motes[node]!.start();
		this.#readings.powerOn(node, this.nowUs());
	}

	#schedule(candidates: LifecycleNodes, plan: LifecyclePlan): void {
		const { world, scenario } = this;
		scheduleLifecycle(plan, scenario, candidates, {
			at: (node, timeUs, callback) => this.at(node, timeUs, callback),
			atAll: (timeUs, callback) => world.queue.at(timeUs, callback),
			isAlive: (node) => this.#alive[node] === 1,
			leads: (node) => world.clusters?.leads(node) === true,
			powerOn: (node) => this.#powerOn(node),
			reboot: (node) => this.reboot(node, plan.downUs),
			kill: (node) => this.kill(node, "breakdown"),
		});
	}

	/** Calls back at a time, unless the node is dead by then: see {@link NodeTimers.at}. */
	at(node: number, timeUs: number, callback: () => void): void {
		this.#timers.at(node, timeUs, callback);
	}

	#announce(): void {
		const { sink } = this;
		const { positions } = this.world;
		const { addressing } = this.scenario.node;
		const scenario = JSON.stringify(this.scenario);
		sink.runStarted(0, scenario, this.scenario.seed, this.scenario.fidelity, this.nodes);
		for (let i = 0; i < positions.x.length; i++) {
			const role = this.#roleOf(i);
			sink.nodePlaced(0, i, positions.x[i]!, positions.y[i]!, role, addressOf(i, addressing));
		}
	}

	#roleOf(radio: number): string {
		if (radio >= this.world.firstAttacker) return "attacker";
		if (radio >= this.nodes) return "outsider";
		return this.world.isSink[radio] === 1 ? "sink" : "node";
	}

	#startNodes(): void {
		const { motes, queue, battery } = this.world;
		const spreadUs = Math.round(this.scenario.start.spreadS * 1e6);
		const begin = (id: number): void => {
			motes[id]!.start();
			if (this.world.isSink[id] === 1) this.#sampleRounds(id);
		};
		for (let id = 0; id < this.nodes; id++) {
			if (this.world.powered[id] === 1) {
				if (spreadUs === 0) begin(id);
				else {
					const random = new RandomStream(this.scenario.seed, "start", id);
					const mote = motes[id];
					this.at(id, random.below(spreadUs), () => {
						// One that lost its power meanwhile is not this one any more.
						if (this.world.powered[id] === 1 && motes[id] === mote) begin(id);
					});
				}
			}
			if (this.world.hasBattery(id)) battery?.watch(id, queue.nowUs());
		}
	}

	#startApplications(modules: ScenarioModules): void {
		const host = new TrafficHost(this.world, this.#timers, this.durationUs);
		this.scenario.traffic.forEach((options, i) => {
			const model = modules.traffic[i];
			const context = host.contextOf(i);
			if (model === undefined) {
				this.#readings.add(optionsOf<ReadingsOptions>(options), context.random, (node) =>
					context.target(node, "sink"),
				);
			} else model.start(optionsOf(options), context);
		});
	}

	/** Follows the rounds of clusters, which are the sink's. */
	#sampleRounds(sink: number): void {
		const { world } = this;
		if (world.clusters === undefined) return;
		const { config } = world.clusters;
		sampleRounds({
			config,
			roundsPerElection: new Timeline(config).roundsPerElection,
			beganUs: world.motes[sink]!.roundsBeganUs,
			trueUs: (sinkUs) => world.trueUs(sink, sinkUs),
			at: (timeUs, callback) => world.queue.at(timeUs, callback),
			tell: (moment) => this.#tellUsed(moment),
		});
	}

	/** Where there are clusters, tells what all nodes that have power have used. */
	#tellUsed(moment: string): void {
		const { clusters, powered, meter } = this.world;
		if (clusters === undefined) return;
		const nowUs = this.nowUs();
		for (let node = 0; node < this.nodes; node++) {
			if (powered[node] === 1 && this.world.isSink[node] === 0)
				this.sink.energySampled(nowUs, node, moment, meter.totalUj(node, nowUs));
		}
	}

	#tellEnergy(node: number): void {
		const used = this.world.meter.read(node, this.nowUs());
		this.sink.nodeEnergy(this.nowUs(), node, used.txUj, used.rxUj, used.listenUj, used.sleepUj, used.cpuUj);
	}
}

/** How many deaths end a run; 0 for none. */
function lastDeath(stopAt: Scenario["stopAt"], nodes: number): number {
	if (stopAt === "fnd") return 1;
	if (stopAt === "hnd") return Math.ceil(nodes / 2);
	return stopAt === "lnd" ? nodes : 0;
}
