import type { LinkAddress } from "../address.js";
import type { ReassemblyContext } from "./context.js";
import type { ReassemblyMemory } from "./policy.js";

/** Contexts of plain fragments that are open. */
export function countPlain({ contexts }: ReassemblyMemory): number {
	let count = 0;
	for (const { chain } of contexts) if (chain === undefined) count++;
	return count;
}

/** Contexts that a sender holds. */
export function countOf(source: LinkAddress, { contexts }: ReassemblyMemory): number {
	let count = 0;
	for (const context of contexts) if (context.source.equals(source)) count++;
	return count;
}

/** The context of a sender that makes room for another of his: the oldest that proved nothing, else the oldest. */
export function ownVictim(
	source: LinkAddress,
	{ contexts }: ReassemblyMemory,
): ReassemblyContext | undefined {
	let oldest: ReassemblyContext | undefined;
	for (const context of contexts) {
		if (!context.source.equals(source)) continue;
		if (context.chain?.verified === 0) return context;
		oldest ??= context;
	}
	return oldest;
}
