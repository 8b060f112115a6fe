import type { MoteUse, Need } from "../xs/use.js";
import { n, percent, plural } from "./numbers.js";
import type { Style } from "./style.js";

/** With more nodes than these only those with the greatest needs are named. */
const MOST_ROWS = 12;

/** What people read of the nodes that ran on XS: their needs of a chip's memory, and the instructions that they ran. */
export function xsRows(uses: readonly MoteUse[], style: Style): [label: string, text: string][] {
	const meter = uses.reduce((sum, use) => sum + use.meter, 0);
	const chunks = greatest(uses, (use) => use.chunkBytes);
	const slots = greatest(uses, (use) => use.slots);
	const stack = greatest(uses, (use) => use.stackSlots);
	const keys = greatest(uses, (use) => use.keys);
	const rows: [string, string][] = [
		["on XS", `${plural(uses.length, "node")}, ${n(meter / 1e6, 1)} million instructions; at most`],
		["", `octets in chunks ${chunks}, slots ${slots},`],
		["", `slots of stack ${stack}, keys ${keys}`],
	];
	if (uses.length <= MOST_ROWS) for (const use of uses) rows.push(["", needsOf(use)]);
	for (const { node, died } of uses)
		if (died !== null) rows.push(["", style.red(`node ${node} died: ${died}`)]);
	return rows;
}

/** The greatest need of any node: `1,787 of 4,927 (36.3 %, node 0)`. */
function greatest(uses: readonly MoteUse[], need: (use: MoteUse) => Need): string {
	const use = uses.reduce((a, b) => (need(b).peak > need(a).peak ? b : a));
	const { peak, limit } = need(use);
	return `${n(peak)} of ${n(limit)} (${percent(peak / limit)}, node ${use.node})`;
}

function needsOf({ node, chunkBytes, slots, stackSlots, keys, collections, meter }: MoteUse): string {
	return (
		`node ${node}: chunks ${share(chunkBytes)}, slots ${share(slots)}, stack ${share(stackSlots)}, ` +
		`${plural(keys.peak, "key")}; ${n(meter / 1e6, 1)} M instructions, ${plural(collections, "collection")}`
	);
}

function share({ peak, limit }: Need): string {
	return percent(peak / limit);
}
