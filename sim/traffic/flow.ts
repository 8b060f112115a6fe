import type { OptionSchemas, Options } from "../topology/topology.js";
import type { TrafficContext } from "./traffic.js";

/** Octets of IPv6 and UDP headers: what a payload shares a packet with. */
export const HEADER_BYTES = 48;
const MAX_PACKET_BYTES = 2047;
const MAX_S = 1e8;

/** Options that all shipped traffic models share. */
export const FLOW_OPTIONS = {
	from: {
		anyOf: [
			{ enum: ["all", "leaves"] },
			{ type: "array", items: { type: "integer", minimum: 0 }, minItems: 1, uniqueItems: true },
		],
		default: "all",
		description:
			"Who sends: all nodes (with `to: sink`, all but the sinks), leaves (all but the sinks), or a list",
	},
	to: {
		anyOf: [{ enum: ["sink", "neighbour", "random"] }, { type: "integer", minimum: 0 }],
		default: "sink",
		description:
			"Who receives: the nearest sink, the next node in number that is in range (else the one before), any " +
			"other node drawn anew each time, or one node",
	},
	payloadBytes: {
		type: "integer",
		minimum: 16,
		maximum: MAX_PACKET_BYTES - HEADER_BYTES,
		default: 64,
		description: "UDP payload of each datagram, in octets",
	},
	startS: {
		type: "number",
		minimum: 0,
		maximum: MAX_S,
		default: 0,
		description: "When the traffic begins, in seconds",
	},
	stopS: {
		type: ["number", "null"],
		minimum: 0,
		maximum: MAX_S,
		default: null,
		description: "Nothing is sent at this time or later, in seconds; null for the end of the run",
	},
} as const satisfies OptionSchemas;

/** Schema of a period. */
export const PERIOD_S = {
	type: "number",
	exclusiveMinimum: 0,
	maximum: MAX_S,
	default: 10,
	description: "Time between two sendings of a node, in seconds",
} as const;

/** Schema of how the periods of different nodes lie to each other. */
export const PHASE = {
	enum: ["random", "aligned"],
	default: "random",
	description: "random: each node begins anywhere in its first period; aligned: all begin at once",
} as const;

/** From seconds to whole microseconds. */
export function toUs(seconds: unknown): number {
	return Math.round((seconds as number) * 1e6);
}

/** One sender of a flow, with a stream of random numbers that nobody else draws from. */
export class Sender {
	readonly node: number;
	readonly random: ReturnType<TrafficContext["random"]>;
	readonly #context: TrafficContext;
	readonly #to: string | number;
	readonly #payloadBytes: number;
	readonly #stopUs: number;

	constructor(node: number, options: Options, context: TrafficContext) {
		this.node = node;
		this.random = context.random(node);
		this.#context = context;
		this.#to = options["to"] as string | number;
		this.#payloadBytes = options["payloadBytes"] as number;
		this.#stopUs =
			options["stopS"] === null ? context.durationUs : Math.min(toUs(options["stopS"]), context.durationUs);
	}

	/** Calls back at a time, unless the flow has stopped by then. */
	at(timeUs: number, callback: () => void): void {
		if (timeUs < this.#stopUs) this.#context.at(this.node, timeUs, callback);
	}

	/** Sends one datagram now; a node that has nobody to send to does not. */
	send(): void {
		const target = this.#target();
		if (target !== undefined && target !== this.node)
			this.#context.send(this.node, target, this.#payloadBytes);
	}

	#target(): number | undefined {
		if (typeof this.#to === "number") return this.#to;
		if (this.#to !== "random") return this.#context.target(this.node, this.#to);
		if (this.#context.nodes < 2) return undefined;
		const other = this.random.below(this.#context.nodes - 1);
		return other < this.node ? other : other + 1;
	}
}

/** The senders of a flow, in order of their number. */
export function sendersOf(options: Options, context: TrafficContext): readonly Sender[] {
	const from = options["from"] as "all" | "leaves" | readonly number[];
	const sinks = new Set(context.sinks);
	const listed = new Set(typeof from === "string" ? [] : from);
	const withoutSinks = from === "leaves" || (from === "all" && options["to"] === "sink");
	const senders: Sender[] = [];
	for (let node = 0; node < context.nodes; node++) {
		if (withoutSinks ? sinks.has(node) : from !== "all" && !listed.has(node)) continue;
		senders.push(new Sender(node, options, context));
	}
	return senders;
}
