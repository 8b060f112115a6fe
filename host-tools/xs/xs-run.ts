import { FIRMWARE_PARTS } from "../../firmware/mote/parts.js";
import { NONE } from "../../sim/opponents/elections/index.js";
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
 * Lets the nodes that `text` names run on XS, with a chip's memory and, where a board could be given their parts, with its
 * built-ins: frozen, and stripped of what the firmware does not use. Throws a UserError where they cannot (see {@link chooseNodes}), with exit
 * code 3 where XS cannot be built here.
 */
export async function startXs(
	loaded: LoadedScenario,
	text: string,
	limits: Partial<XsLimits> = {},
): Promise<XsRun> {
	const nodes = chooseNodes(loaded, text);
	const process = await XsProcess.start({
		modules: [MOTE_MODULE],
		firmware: false,
		asChip: isOnBoards(loaded),
	});
	return { motes: motesIn(process, nodes, limits), close: () => process.close() };
}

/** Whether nodes have nothing in them but what a board can be given: what never runs on a chip may need more built-ins. */
function isOnBoards({ scenario: { reassembly, election } }: LoadedScenario): boolean {
	const { policy, election: electionOf } = FIRMWARE_PARTS;
	return (
		policy(reassembly.policy) !== undefined &&
		(election.kind === NONE || electionOf(election.kind) !== undefined)
	);
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
