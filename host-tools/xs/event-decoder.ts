import { LinkAddress } from "../../firmware/address.js";
import { type FieldKind, NODE_EVENTS, type NodeEvents } from "../../firmware/events.js";
import type { CborReader } from "../../firmware/frames/cbor-reader.js";

/** Decodes events that were encoded as in a log, `[code, field, …]`, and tells a sink of each. */
export class EventDecoder {
	readonly #sink: Record<string, (...fields: unknown[]) => void>;

	constructor(sink: NodeEvents) {
		this.#sink = sink as unknown as Record<string, (...fields: unknown[]) => void>;
	}

	/** Takes the event that comes next; throws a RangeError for one that there is not. */
	take(reader: CborReader): void {
		const items = reader.array();
		const code = reader.number();
		const event = EVENTS.get(code);
		if (event === undefined || items !== event.kinds.length + 1)
			throw new RangeError(`EventDecoder: there is no event ${code} of ${items - 1} fields`);
		const fields = event.kinds.map((kind) => field(reader, kind));
		if (reader.failed) throw new RangeError(`EventDecoder: an event ${event.name} that cannot be read`);
		this.#sink[event.name]!(...fields);
	}
}

const EVENTS = new Map(
	Object.entries(NODE_EVENTS).map(([name, { code, fields }]) => [
		code as number,
		{ name, kinds: fields.map(([, kind]) => kind as FieldKind) },
	]),
);

function field(reader: CborReader, kind: FieldKind): unknown {
	if (kind === "text") return reader.text();
	if (kind === "bytes") return reader.bytes();
	if (kind !== "address") return reader.number();
	const bytes = reader.bytes();
	return bytes === undefined || bytes.length === 0 ? new LinkAddress() : LinkAddress.fromBytes(bytes);
}
