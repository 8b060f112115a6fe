import type { LoadedScenario } from "../scenario/load.js";
import { chooseNodes } from "./choose-nodes.js";
import type { XsLimits } from "./limits.js";
import { XsMachine } from "./machine.js";
import { XsProcess } from "./process.js";
import { XsMotes } from "./xs-motes.js";

/** The module that runs in each machine. */
export const MOTE_MODULE = "test/xs/machine/mote";

/** The machines of one run, and the process that holds them. */
export interface XsRun {
	readonly motes: XsMotes;
	close(): void;
}

/**
 * Lets the nodes that `text` names run on XS. Throws a UserError where they cannot (see {@link chooseNodes}), with exit
 * code 3 where XS cannot be built here.
 */
export async function startXs(
	loaded: LoadedScenario,
	text: string,
	limits: Partial<XsLimits> = {},
): Promise<XsRun> {
	const nodes = chooseNodes(loaded, text);
	const process = await XsProcess.start({ modules: [MOTE_MODULE], firmware: false });
	return { motes: motesIn(process, nodes, limits), close: () => process.close() };
}

/** The motes of these nodes, in machines of a process that runs; a process serves one simulation after the other. */
export function motesIn(
	process: XsProcess,
	nodes: ReadonlySet<number>,
	limits: Partial<XsLimits> = {},
): XsMotes {
	return new XsMotes(
		(node) => nodes.has(node),
		// The last machine of a node is destroyed before it has another.
		(node) => new XsMachine(process, node + 1, MOTE_MODULE, limits),
	);
}
