import { FILE_OPTION, type FileTopologyFactory, numberRows } from "./file-topology.js";
import type { Topology } from "./topology.js";

/** Nodes at the places that a list or a file gives, one `x y` a line, in metres. */
export const positions: FileTopologyFactory = {
	name: "positions",
	options: {
		file: FILE_OPTION,
		positionsM: {
			type: "array",
			items: { type: "array", items: { type: "number" }, minItems: 2, maxItems: 2 },
			default: [],
			description: "Places of the nodes, [x, y] in metres, in order of their number",
		},
	},
	create(options): Topology {
		const list = options["positionsM"] as readonly (readonly number[])[];
		if (list.length === 0) throw new RangeError("positionsM: expected at least one place, or a file");
		const x = Float64Array.from(list, (place) => place[0]!);
		const y = Float64Array.from(list, (place) => place[1]!);
		return { nodes: list.length, positions: { x, y }, links: undefined };
	},
	fromText(text) {
		const rows = numberRows(text, 2, 2, "two numbers `x y` in metres", () => true);
		return "line" in rows ? rows : { positionsM: rows };
	},
};
