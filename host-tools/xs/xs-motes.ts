import type { MotePlan } from "../../firmware/mote/plan.js";
import type { Ports } from "../../firmware/ports.js";
import type { SimulatedMote } from "../../sim/simulated-mote.js";
import type { Simulation } from "../../sim/simulation.js";
import type { XsStats } from "./limits.js";
import type { Machine } from "./machine.js";
import { RemoteMote } from "./remote-mote.js";
import { addUse, type MoteUse } from "./use.js";

/** The motes of a simulation that run in machines of their own. */
export class XsMotes {
	readonly #runs: (node: number) => boolean;
	readonly #make: (node: number) => Machine;
	readonly #machines = new Map<number, Machine>();
	readonly #uses = new Map<number, MoteUse>();
	readonly #ends = new Map<number, string>();
	#simulation: Simulation | undefined;

	/** `runs` tells which nodes do; `make` makes a machine for one. */
	constructor(runs: (node: number) => boolean, make: (node: number) => Machine) {
		this.#runs = runs;
		this.#make = make;
	}

	/** Makes the mote of a plan, where it runs here; one that was made before for the same node loses its machine. */
	makeMote(plan: MotePlan, ports: Ports): SimulatedMote | undefined {
		const { id } = plan;
		if (!this.#runs(id)) return undefined;
		this.#release(id);
		const machine = this.#make(id);
		this.#machines.set(id, machine);
		return new RemoteMote(plan, ports, machine, (reason) => this.#onEnd(id, reason));
	}

	/** Lets those nodes die in the simulation whose machines end. */
	attach(simulation: Simulation): void {
		this.#simulation = simulation;
		for (const node of this.#ends.keys()) this.#kill(node);
	}

	/** What each node's machines used, by number of the node; ends them. */
	finish(): readonly MoteUse[] {
		for (const node of [...this.#machines.keys()]) this.#release(node);
		return [...this.#uses.values()].sort((a, b) => a.node - b.node);
	}

	#onEnd(node: number, reason: string): void {
		this.#ends.set(node, reason);
		this.#kill(node);
	}

	/** Not at once: whoever called the machine has not finished yet. */
	#kill(node: number): void {
		const simulation = this.#simulation;
		const cause = `xs: ${this.#ends.get(node)!}`;
		simulation?.world.queue.at(simulation.nowUs(), () => simulation.kill(node, cause));
	}

	#release(node: number): void {
		const machine = this.#machines.get(node);
		if (machine === undefined) return;
		const stats: XsStats | undefined = machine.stats?.();
		if (stats !== undefined)
			this.#uses.set(node, addUse(this.#uses.get(node), node, stats, this.#ends.get(node)));
		this.#machines.delete(node);
		machine.destroy();
	}
}
