import type { ExplicitLink } from "../channel/links.js";
import { FILE_OPTION, type FileTopologyFactory, numberRows } from "./file-topology.js";
import { NODES } from "./options.js";
import type { Topology } from "./topology.js";

/**
 * Links as a list or a file gives them, one `a b` or `a b prr` a line: who hears whom, and how often.
 *
 * Nodes have no places; their number is one more than the largest that a link names.
 */
export const links: FileTopologyFactory = {
	name: "links",
	options: {
		file: FILE_OPTION,
		links: {
			type: "array",
			items: { type: "array", items: { type: "number", minimum: 0 }, minItems: 2, maxItems: 3 },
			default: [],
			description: "Links, [from, to] or [from, to, packet reception ratio]",
		},
		symmetric: {
			type: "boolean",
			default: true,
			description: "Each link stands for both directions, unless the other one is listed too",
		},
	},
	create(options): Topology {
		const rows = options["links"] as readonly (readonly number[])[];
		if (rows.length === 0) throw new RangeError("links: expected at least one link, or a file");
		let nodes = 0;
		const byPair = new Map<string, ExplicitLink>();
		for (const row of rows) {
			if (!isLink(row)) throw new RangeError(`links: expected ${FORMAT}, got [${row.join(", ")}]`);
			const [from, to, prr] = row as [number, number, number?];
			nodes = Math.max(nodes, from + 1, to + 1);
			byPair.set(`${from} ${to}`, { from, to, prr: prr ?? 1 });
		}
		const all = [...byPair.values()];
		if (options["symmetric"] === true) {
			for (const { from, to, prr } of byPair.values())
				if (!byPair.has(`${to} ${from}`)) all.push({ from: to, to: from, prr });
		}
		return { nodes, positions: { x: new Float64Array(nodes), y: new Float64Array(nodes) }, links: all };
	},
	fromText(text) {
		const rows = numberRows(text, 2, 3, FORMAT, isLink);
		return "line" in rows ? rows : { links: rows };
	},
};

const FORMAT = "two different node numbers and at most one reception ratio from 0 to 1";

function isLink(row: readonly number[]): boolean {
	const [from, to, prr] = row as [number, number, number?];
	return isNode(from) && isNode(to) && from !== to && (prr === undefined || (prr >= 0 && prr <= 1));
}

function isNode(value: number): boolean {
	return Number.isInteger(value) && value >= 0 && value < NODES.maximum;
}
