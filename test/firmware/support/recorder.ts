import { LinkAddress } from "../../../firmware/address.js";
import { NODE_EVENTS, type NodeEvents } from "../../../firmware/events.js";

export type EventName = keyof NodeEvents;

/** One event with its fields by name; an address as its text. */
export interface RecordedEvent {
	readonly event: EventName;
	readonly [field: string]: unknown;
}

/** A sink that keeps every event. */
export class Recorder {
	events: RecordedEvent[] = [];
	readonly sink: NodeEvents;

	constructor() {
		const sink: Record<string, (...values: unknown[]) => void> = {};
		for (const event of Object.keys(NODE_EVENTS) as EventName[]) {
			sink[event] = (...values) => {
				const record: Record<string, unknown> = {};
				NODE_EVENTS[event].fields.forEach(([name], i) => {
					const value = values[i];
					record[name] = value instanceof LinkAddress ? value.toString() : value;
				});
				this.events.push({ ...record, event });
			};
		}
		this.sink = sink as unknown as NodeEvents;
	}

	/** The events of one kind, of one node if that is given. */
	of(event: EventName, node?: number): RecordedEvent[] {
		return this.events.filter(
			(record) => record.event === event && (node ?? record["node"]) === record["node"],
		);
	}

	/** One field of the events of one kind. */
	values(event: EventName, field: string, node?: number): unknown[] {
		return this.of(event, node).map((record) => record[field]);
	}
}
