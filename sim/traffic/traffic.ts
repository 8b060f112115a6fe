import type { Random } from "../../firmware/ports.js";
import type { OptionSchemas, Options } from "../topology/topology.js";

/** What a traffic model may use. */
export interface TrafficContext {
	readonly nodes: number;
	/** Numbers of the sinks. */
	readonly sinks: readonly number[];
	readonly durationUs: number;
	nowUs(): number;
	/** Calls `callback` at a time; does nothing once the node has died. */
	at(node: number, timeUs: number, callback: () => void): void;
	/**
	 * Has `onDue` done at times that the returned function sets; nothing is done at a node that has died. Lighter than
	 * `at` where many nodes wait.
	 */
	timer(onDue: (node: number) => void): (node: number, timeUs: number) => void;
	/** A stream of the traffic's own for one node. */
	random(node: number): Random & { uniform(): number; exponential(): number };
	/** Lets a node send one UDP datagram with `payloadBytes` octets. */
	send(from: number, to: number, payloadBytes: number): void;
	/**
	 * The node that `node` sends to: `sink` its nearest sink by hops; `neighbour` the next in number that
	 * it hears, else the one before; `random` any other, drawn anew each time.
	 */
	target(node: number, to: string): number | undefined;
}

/** What a module exports to be used as a traffic model. */
export interface TrafficFactory {
	readonly name: string;
	readonly options: OptionSchemas;
	/** Schedules the first sendings of all nodes. */
	start(options: Options, context: TrafficContext): void;
}
