import type { LinkAddress } from "./address.js";

/**
 * The typed events of a node: each declares its fields once, here, in order.
 *
 * From these tables come the methods of a {@link Sink}, the records of the log and the columns of
 * every reader. Times are integer microseconds of the run; `node` is the number of the node.
 * `ident` names a datagram along its way (see `net/ident.ts`), `digest` its whole content.
 */

/** How a field is typed in code and encoded in a log; an address is logged as its 0, 2 or 8 octets. */
export type FieldKind = "uint" | "int" | "float" | "text" | "bytes" | "address";
export type Field = readonly [name: string, kind: FieldKind];

/** One event type. `code` is its number in a log and never changes its meaning. */
export interface EventType {
	readonly code: number;
	readonly fields: readonly Field[];
}

export type EventTable = Readonly<Record<string, EventType>>;

interface FieldValues {
	uint: number;
	int: number;
	float: number;
	text: string;
	bytes: Uint8Array;
	address: LinkAddress;
}
type Value<K extends FieldKind> = FieldValues[K];
type Arguments<F extends readonly Field[]> = { -readonly [I in keyof F]: Value<F[I][1]> };

/** One method an event, with the fields as positional arguments. */
export type EventMethods<T extends EventTable> = {
	readonly [K in keyof T]: (...fields: Arguments<T[K]["fields"]>) => void;
};

const timeUs = ["timeUs", "uint"] as const;
const node = ["node", "uint"] as const;
const source = ["source", "address"] as const;
const ident = ["ident", "uint"] as const;
const reason = ["reason", "text"] as const;
const tag = ["tag", "uint"] as const;
const bytesInUse = ["bytesInUse", "uint"] as const;

export const NODE_EVENTS = {
	/** An application gave a datagram to the network. `bytes`: the whole IPv6 packet. */
	datagramSent: { code: 1, fields: [timeUs, node, ident, ["digest", "uint"], ["bytes", "uint"]] },
	/** A datagram reached an application. `hops`: radio hops that it took. */
	datagramDelivered: {
		code: 2,
		fields: [timeUs, node, ident, ["digest", "uint"], ["bytes", "uint"], ["hops", "uint"]],
	},
	/** A node gave up a datagram. */
	datagramDropped: { code: 3, fields: [timeUs, node, ident, reason] },
	/** A node took a datagram of another node to pass it on. */
	datagramForwarded: { code: 4, fields: [timeUs, node, ident] },
	/** A received frame was refused before it reached a reassembly context. */
	frameRefused: { code: 5, fields: [timeUs, node, source, reason] },
	/** The MAC gave up a frame: retries or channel access used up. */
	macDropped: { code: 6, fields: [timeUs, node, ["destination", "address"], reason] },
	/** A reassembly context was opened. `size` as the fragment header claims. */
	contextOpened: { code: 7, fields: [timeUs, node, source, tag, ["size", "uint"], bytesInUse] },
	/** A context ended: `completed`, `timed-out`, or why it was given up. */
	contextClosed: { code: 8, fields: [timeUs, node, source, tag, ["outcome", "text"], bytesInUse] },
	/** A fragment was refused by the reassembler. `offset` in octets. */
	fragmentRefused: { code: 9, fields: [timeUs, node, source, tag, ["offset", "uint"], reason] },
	/** A route towards the sink was chosen. `hops` to the sink. */
	routeChanged: { code: 10, fields: [timeUs, node, ["nextHop", "address"], ["hops", "uint"]] },
	/** A sink collected one reading (SenML, RFC 8428). */
	readingCollected: {
		code: 11,
		fields: [timeUs, node, ["name", "text"], ["unit", "text"], ["value", "float"], ["atS", "float"]],
	},
	/** An echo reply came back (RFC 4443). */
	echoReplied: { code: 12, fields: [timeUs, node, source, ["sequence", "uint"], ["bytes", "uint"]] },
	/** A fragment was stored in a context. `offset` and `bytes` in octets of the packet. */
	fragmentStored: {
		code: 13,
		fields: [timeUs, node, source, tag, ["offset", "uint"], ["bytes", "uint"]],
	},
	/** A message of the node's own protocols was on the air, retransmissions counted. `kind`: which protocol. */
	controlSent: { code: 14, fields: [timeUs, node, ["kind", "text"], ["transmissions", "uint"]] },
	/** An ICMPv6 error was sent to the source of a datagram. `icmpType`, `icmpCode`: RFC 4443, section 3. */
	reportSent: { code: 15, fields: [timeUs, node, ["icmpType", "uint"], ["icmpCode", "uint"]] },
	/** An ICMPv6 error came back for a datagram of this node. `bytes`: the whole IPv6 packet. */
	reportReceived: {
		code: 16,
		fields: [timeUs, node, source, ["icmpType", "uint"], ["icmpCode", "uint"], ["bytes", "uint"]],
	},
	/**
	 * A node thinks otherwise of a neighbour. `state`: `normal`, `doubted` (its score fell below 0.5), `probation` or
	 * `blocked`; `score` in units of 1/65535.
	 */
	standingChanged: {
		code: 17,
		fields: [timeUs, node, ["neighbour", "address"], ["state", "text"], ["score", "uint"]],
	},
	/**
	 * A node has its part for a term, or another one during it. `role`: `head`, `member` (of `head`), `direct` (its head is a
	 * sink) or `uncovered` (nobody leads it); `round`: the round of data.
	 */
	roleTaken: {
		code: 18,
		fields: [timeUs, node, ["round", "uint"], ["role", "text"], ["head", "address"]],
	},
	/** The application gave a reading to a clustered node. `sequence`: number of the reading, from 0 on, at this node. */
	readingAccepted: { code: 19, fields: [timeUs, node, ["sequence", "uint"]] },
	/** A head, or a sink, acknowledged the frame with a reading of a node. */
	readingHandedOver: { code: 20, fields: [timeUs, node, ["sequence", "uint"], ["head", "address"]] },
	/** A reading reached a sink. `origin`: whose it is; `via`: whose datagram brought it; `again`: 1 when it had come before. */
	readingArrived: {
		code: 21,
		fields: [
			timeUs,
			node,
			["origin", "address"],
			["sequence", "uint"],
			["via", "address"],
			["again", "uint"],
		],
	},
	/** A receipt told a node that its reading arrived. */
	readingConfirmed: { code: 22, fields: [timeUs, node, ["sequence", "uint"]] },
	/** A node gave up a reading of its own that it had accepted. */
	readingAbandoned: { code: 23, fields: [timeUs, node, ["sequence", "uint"], reason] },
	/**
	 * A node thinks otherwise of how a neighbour serves as a head. `score` in units of 1/65535; `admitted`: whether it may
	 * lead this node.
	 */
	serviceChanged: {
		code: 24,
		fields: [timeUs, node, ["neighbour", "address"], ["score", "uint"], ["admitted", "uint"]],
	},
} as const satisfies EventTable;

export type NodeEvents = EventMethods<typeof NODE_EVENTS>;

type Method = (...fields: unknown[]) => void;
type Methods = Record<string, Method | undefined>;

/** What a merged method hands on without an array for it. */
const MAX_FIELDS = 8;

/** Takes an event that nobody wants; the same one everywhere, so that a tee leaves it out. */
const ignore: Method = () => {};

/** The methods of `partial`, and do-nothing methods for all other events of `table`. */
export function completeSink<T extends EventTable>(
	table: T,
	partial: Partial<EventMethods<T>>,
): EventMethods<T> {
	const given = partial as unknown as Methods;
	const sink: Methods = {};
	for (const name of Object.keys(table)) sink[name] = given[name] ?? ignore;
	return sink as unknown as EventMethods<T>;
}

/**
 * A sink that passes every event to each of `sinks`, in order. An event that one of them takes costs nothing more.
 *
 * Throws a RangeError for an event of more than 8 fields.
 */
export function tee<T extends EventTable>(
	table: T,
	sinks: readonly Partial<EventMethods<T>>[],
): EventMethods<T> {
	const merged: Methods = {};
	for (const [name, { fields }] of Object.entries(table)) {
		if (fields.length > MAX_FIELDS) {
			throw new RangeError(`tee: expected up to ${MAX_FIELDS} fields in ${name}, got ${fields.length}`);
		}
		let method = ignore;
		for (const sink of sinks) {
			const taker = (sink as unknown as Methods)[name];
			if (taker === undefined || taker === ignore) continue;
			method = method === ignore ? taker : both(method, taker, fields.length);
		}
		merged[name] = method;
	}
	return merged as unknown as EventMethods<T>;
}

/** A method that calls two, one after the other. Named parameters, since a rest parameter is an array an event. */
function both(first: Method, second: Method, fields: number): Method {
	if (fields <= 4) {
		return (a, b, c, d) => {
			first(a, b, c, d);
			second(a, b, c, d);
		};
	}
	if (fields <= 6) {
		return (a, b, c, d, e, f) => {
			first(a, b, c, d, e, f);
			second(a, b, c, d, e, f);
		};
	}
	return (a, b, c, d, e, f, g, h) => {
		first(a, b, c, d, e, f, g, h);
		second(a, b, c, d, e, f, g, h);
	};
}
