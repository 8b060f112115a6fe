import type { XsProcess } from "../../../host-tools/xs/process.js";
import { OPERATIONS, type Operation } from "../machine/costs.js";

export const COSTS_MODULE = "test/xs/machine/costs";
/** Packets, tokens, elections, updates in one measurement. */
const TIMES = 20;

/** Instructions that each operation takes, to the nearest one; the same wherever XS runs. */
export function measureCosts(xs: XsProcess): Record<Operation, number> {
	const frame = runs(xs, 0);
	const costs: Partial<Record<Operation, number>> = {};
	OPERATIONS.forEach((name, i) => {
		const { meter, units } = runs(xs, i);
		costs[name] = i === 0 ? meter : Math.round((meter - frame.meter) / units);
	});
	return costs as Record<Operation, number>;
}

function runs(xs: XsProcess, operation: number): { meter: number; units: number } {
	const id = 900 + operation;
	xs.create(id, COSTS_MODULE, { slots: 60_000, chunkBytes: 1 << 20, stackSlots: 2048 });
	const ready = xs.call(id, Uint8Array.of(operation, TIMES), 2);
	if ("dead" in ready) throw new Error(`costs of ${OPERATIONS[operation]}: ${ready.dead}`);
	let units = 0;
	const outcome = xs.call(id, new Uint8Array(), 0, {
		post: (bytes) => {
			units = bytes[0]! * 256 + bytes[1]!;
		},
		query: () => new Uint8Array(),
	});
	xs.destroy(id);
	if ("dead" in outcome) throw new Error(`costs of ${OPERATIONS[operation]}: ${outcome.dead}`);
	return { meter: outcome.meter, units };
}
