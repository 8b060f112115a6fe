import type { ReassemblyContext } from "../../firmware/fragments/context.js";
import type {
	ArrivedFragment,
	FragmentDrop,
	PolicyFactory,
	PolicyOptions,
	ReassemblyMemory,
	ReassemblyPolicy,
	Verdict,
} from "../../firmware/fragments/policy.js";
import { numberOption } from "./options.js";

/*
 * Reassembly of ns-3 3.37, read from a snapshot with the classes and timers of the 3.37 header.
 *
 * Facts, from src/sixlowpan/model/sixlowpan-net-device.cc (ProcessFragment, class Fragments):
 * - Key: source, destination, size, tag. Any fragment opens a set of fragments, first or not.
 * - FragmentReassemblyListSize = 0: no limit. With one, the oldest set goes.
 * - FragmentExpirationTimeout = 60 s from the opening fragment, never extended.
 * - A fragment at an offset that is there already is ignored, whatever its length (a debug build stops
 *   if the lengths differ). All others are stored: overlapping, misaligned, and past the size.
 * - Whole when the ranges leave no hole and end exactly at the size (IsEntire). If ranges overlap then,
 *   GetPacket ends the simulation (NS_ABORT_MSG): here the packet is lost with its context.
 * - A completed packet is not remembered.
 *
 * Differences: ns-3 has no memory limit. Within a finite budget the oldest set goes, as it does when its
 * list is limited; an infinite budget gives the real behaviour.
 */

const OPTIONS: PolicyFactory["options"] = {
	listSize: {
		type: "integer",
		minimum: 0,
		default: 0,
		description: "Packets reassembled at once, 0 for no limit (FragmentReassemblyListSize)",
	},
	timeoutS: {
		type: "number",
		exclusiveMinimum: 0,
		maximum: 60,
		default: 60,
		description: "Seconds from the first fragment to arrive (FragmentExpirationTimeout)",
	},
};

/** Whether `ranges` (offset, length, offset, length …) and [offset, offset + length) fill `size` octets. */
function isEntire(ranges: readonly number[], offset: number, length: number, size: number): boolean {
	let reached = offset === 0 ? length : 0;
	let furthest = offset + length;
	for (let grown = true; grown; ) {
		grown = false;
		for (let i = -2; i < ranges.length; i += 2) {
			const from = i < 0 ? offset : ranges[i]!;
			const end = from + (i < 0 ? length : ranges[i + 1]!);
			furthest = Math.max(furthest, end);
			if (from <= reached && end > reached) {
				reached = end;
				grown = true;
			}
		}
	}
	return reached === size && furthest === size;
}

class Ns3 implements ReassemblyPolicy {
	readonly name = "ns3";
	readonly completedMemoryUs = 0;
	readonly maxContexts: number;
	readonly #timeoutUs: number;

	constructor(options: PolicyOptions) {
		const listSize = numberOption(options, OPTIONS, "listSize");
		this.maxContexts = listSize === 0 ? Number.POSITIVE_INFINITY : listSize;
		this.#timeoutUs = Math.round(numberOption(options, OPTIONS, "timeoutS") * 1e6);
	}

	matches(context: ReassemblyContext, fragment: ArrivedFragment): boolean {
		return (
			context.tag === fragment.tag &&
			context.size === fragment.size &&
			context.source.equals(fragment.source) &&
			context.destination.equals(fragment.destination)
		);
	}

	admit(): FragmentDrop | undefined {
		return undefined;
	}

	charge(fragment: ArrivedFragment): number {
		return fragment.size;
	}

	evict(_fragment: ArrivedFragment, memory: ReassemblyMemory): ReassemblyContext | undefined {
		return memory.contexts[0];
	}

	judge(context: ReassemblyContext, fragment: ArrivedFragment): Verdict | FragmentDrop {
		const { ranges, size } = context;
		const { offset, length } = fragment;
		// An opening fragment is judged before anything is stored.
		for (let i = 0; i < ranges.length; i += 2) if (ranges[i] === offset) return "fragment-duplicate";
		const overlapping = context.storedBytes + length !== size;
		return overlapping && isEntire(ranges, offset, length, size) ? "discard" : "store";
	}

	isComplete(context: ReassemblyContext, fragment: ArrivedFragment): boolean {
		return isEntire(context.ranges, fragment.offset, fragment.length, context.size);
	}

	deadlineUs(context: ReassemblyContext): number {
		return context.openedUs + this.#timeoutUs;
	}
}

/** Reassembly as ns-3 3.37 does it. */
export const ns3: PolicyFactory = {
	name: "ns3",
	options: OPTIONS,
	create: (options) => new Ns3(options),
};
