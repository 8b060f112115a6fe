import type { ExecutionContext } from "ava";
import { LinkAddress } from "../../../firmware/address.js";
import { BufferPool } from "../../../firmware/buffer-pool.js";
import { type ReassemblyContext, slotBytes } from "../../../firmware/fragments/context.js";
import type { ArrivedFragment, FragmentDrop, PolicyFactory } from "../../../firmware/fragments/policy.js";
import { Reassembler } from "../../../firmware/fragments/reassembler.js";
import { CONTEXT_BYTES } from "../../../firmware/trust/parameters.js";
import { HandClock } from "../../firmware/support/hand-clock.js";

export type Outcome = "stored" | "completed" | FragmentDrop;

/** One arrival: `bytes` from `offset`; what is left out is that of the honest datagram. */
export interface Arrival {
	readonly atMs?: number;
	readonly offset: number;
	readonly bytes: number;
	readonly first?: boolean;
	readonly source?: number;
	readonly destination?: number;
	readonly tag?: number;
	readonly size?: number;
	readonly secured?: boolean;
	/** Every octet of the fragment. */
	readonly fill?: number;
}

/** An arrival with what the stack does to it, and how many contexts are open afterwards. */
export type Row = readonly [arrival: Arrival, outcome: Outcome, contexts: number];

/** The honest datagram: 300 octets of value 1 in four fragments. */
export const SIZE = 300;
export const TAG = 7;
export const SOURCE = 1;
export const F1: Arrival = { offset: 0, bytes: 96 };
export const F2: Arrival = { offset: 96, bytes: 80 };
export const F3: Arrival = { offset: 176, bytes: 80 };
export const F4: Arrival = { offset: 256, bytes: 44 };

/** What {@link F1} and its like are charged by policies with slots, and each of the others. */
export const FIRST_BYTES = CONTEXT_BYTES + slotBytes(96);
export const NEXT_BYTES = slotBytes(80);

/** A first fragment of another datagram, which never completes. */
export function other(tag: number, more: Partial<Arrival> = {}): Arrival {
	return { ...F1, tag, ...more };
}

/** One receiver with a given policy. */
export class Receiver {
	readonly clock = new HandClock();
	readonly pool = new BufferPool(2048);
	readonly reassembler: Reassembler;
	/** The latest packet that was completed. */
	packet: Uint8Array | undefined;
	readonly closed: string[] = [];

	constructor(factory: PolicyFactory, budgetBytes: number, options = {}) {
		// What an earlier packet left in a buffer must not show in the next one.
		const used = this.pool.take();
		this.pool.give(used.fill(0xee));
		this.reassembler = new Reassembler({
			policy: factory.create(options),
			budgetBytes,
			pool: this.pool,
			clock: this.clock,
			node: 0,
			sink: {
				contextOpened: () => {},
				contextClosed: (_timeUs, _node, _source, _tag, outcome) => this.closed.push(outcome),
				fragmentRefused: () => {},
				fragmentStored: () => {},
			},
		});
	}

	accept(arrival: Arrival): Outcome {
		if (arrival.atMs !== undefined) this.clock.advanceTo(arrival.atMs * 1000);
		const fragment: ArrivedFragment = {
			source: LinkAddress.short(arrival.source ?? SOURCE),
			destination: LinkAddress.short(arrival.destination ?? 2),
			size: arrival.size ?? SIZE,
			tag: arrival.tag ?? TAG,
			offset: arrival.offset,
			length: arrival.bytes,
			first: arrival.first ?? arrival.offset === 0,
			secured: arrival.secured ?? false,
			chain: undefined,
			timeUs: this.clock.nowUs(),
		};
		const data = new Uint8Array(arrival.bytes).fill(arrival.fill ?? 1);
		const result = this.reassembler.accept(fragment, data, 0);
		if (result === undefined) return "stored";
		if (typeof result === "string") return result;
		this.#take(result);
		return "completed";
	}

	#take(context: ReassemblyContext): void {
		this.packet = context.buffer.slice(0, context.size);
		this.pool.give(context.buffer);
	}
}

/** Plays the rows to a fresh receiver, then waits for every time-out and looks for leaks. */
export function play(
	t: ExecutionContext,
	factory: PolicyFactory,
	rows: readonly Row[],
	{ budgetBytes = 6144, timeoutMs = 60_000, options = {} } = {},
): Receiver {
	const receiver = new Receiver(factory, budgetBytes, options);
	rows.forEach(([arrival, outcome, contexts], i) => {
		const where = `row ${i}: ${JSON.stringify(arrival)}`;
		t.is(receiver.accept(arrival), outcome, where);
		t.is(receiver.reassembler.contexts.length, contexts, where);
		if (receiver.reassembler.policy.usesSlots !== true) t.is(receiver.pool.lent, contexts, where);
	});
	receiver.clock.advanceTo(receiver.clock.nowUs() + timeoutMs * 1000);
	t.is(receiver.reassembler.contexts.length, 0, "contexts after the time-out");
	t.is(receiver.reassembler.bytesInUse, 0, "octets after the time-out");
	t.is(receiver.pool.lent, 0, "buffers after the time-out");
	return receiver;
}

/** Octets of the completed packet with a given value. */
export function count(packet: Uint8Array | undefined, value: number): number {
	return packet === undefined ? -1 : packet.filter((octet) => octet === value).length;
}
