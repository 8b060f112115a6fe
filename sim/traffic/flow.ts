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

type Stream = ReturnType<TrafficContext["random"]>;

/** One flow: who sends to whom until when. Each sender has a stream of random numbers that nobody else draws from. */
export class Flow {
	readonly #context: TrafficContext;
	readonly #from: "all" | "leaves" | readonly number[];
	readonly #to: string | number;
	readonly #payloadBytes: number;
	readonly #stopUs: number;
	readonly #isAligned: boolean;
	/** By sender; empty where each draws but once. */
	readonly #streams: Stream[] = [];
	readonly #keepsStreams: boolean;

	/** `drawsAgain`: whether senders draw more than their phase. */
	constructor(options: Options, context: TrafficContext, drawsAgain: boolean) {
		this.#context = context;
		this.#from = options["from"] as "all" | "leaves" | readonly number[];
		this.#to = options["to"] as string | number;
		this.#payloadBytes = options["payloadBytes"] as number;
		this.#isAligned = options["phase"] === "aligned";
		this.#stopUs =
			options["stopS"] === null ? context.durationUs : Math.min(toUs(options["stopS"]), context.durationUs);
		this.#keepsStreams = drawsAgain || this.#to === "random";
	}

	/** The senders in order of their number. */
	*senders(): Generator<number, void, undefined> {
		const { nodes, sinks } = this.#context;
		const from = this.#from;
		const sinkSet = new Set(sinks);
		const listed = new Set(typeof from === "string" ? [] : from);
		const withoutSinks = from === "leaves" || (from === "all" && this.#to === "sink");
		for (let node = 0; node < nodes; node++) {
			if (withoutSinks ? sinkSet.has(node) : from !== "all" && !listed.has(node)) continue;
			yield node;
		}
	}

	/** The stream of a sender. */
	random(node: number): Stream {
		const known = this.#streams[node];
		if (known !== undefined) return known;
		const stream = this.#context.random(node);
		if (this.#keepsStreams) this.#streams[node] = stream;
		return stream;
	}

	/** How far into its first period a sender begins, in microseconds. */
	phaseUs(node: number, periodUs: number): number {
		return this.#isAligned ? 0 : Math.floor(this.random(node).uniform() * periodUs);
	}

	/** Has `onDue` done at times of senders that the returned function sets, unless the flow has stopped by then. */
	timer(onDue: (node: number) => void): (node: number, timeUs: number) => void {
		const setTimer = this.#context.timer(onDue);
		return (node, timeUs) => {
			if (timeUs < this.#stopUs) setTimer(node, timeUs);
		};
	}

	/** Sends one datagram now; a node that has nobody to send to does not. */
	send(node: number): void {
		const target = this.#target(node);
		if (target !== undefined && target !== node) this.#context.send(node, target, this.#payloadBytes);
	}

	#target(node: number): number | undefined {
		if (typeof this.#to === "number") return this.#to;
		if (this.#to !== "random") return this.#context.target(node, this.#to);
		const { nodes } = this.#context;
		if (nodes < 2) return undefined;
		const other = this.random(node).below(nodes - 1);
		return other < node ? other : other + 1;
	}
}
