import { execFile } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const PROGRAM = fileURLToPath(new URL("./counted-run.js", import.meta.url));
/** Room for all that a measurement allocates, so that nothing is collected meanwhile. */
const YOUNG_MB = 256;
/** Interpreted, on one thread: what compilers leave out would depend on their version, and on when they come. */
const FLAGS = [
	"--jitless",
	"--no-flush-bytecode",
	"--no-warnings",
	"--single-threaded",
	"--expose-gc",
	`--min-semi-space-size=${YOUNG_MB}`,
	`--max-semi-space-size=${YOUNG_MB}`,
];

/** Policies whose costs are held: the plain one, and the one that chains fragments. */
export const POLICIES = ["rfc4944", "predictive-csm"] as const;

/** What a span of workload A costs once the network is in its stride; none of it depends on the machine's speed. */
export interface RunCosts {
	/** Data frames and acknowledgements in the span. */
	readonly frames: number;
	/** Events of the queue in the span. */
	readonly events: number;
	/** Octets of all that the interpreted code allocates in the span, also what compiled code would not. */
	readonly allocatedBytesPerFrame: number;
	/** Objects alive after the span beyond those before it. */
	readonly grownObjects: number;
	/** Octets that a node more keeps alive, firmware and simulator. */
	readonly liveBytesPerNode: number;
}

/** What is agreed on, as it lies in `costs.json`. */
export interface AgreedCosts {
	/** Major and minor version of V8; others lay out objects a little differently. */
	readonly v8: string;
	readonly policies: Readonly<Record<(typeof POLICIES)[number], Omit<RunCosts, "grownObjects">>>;
}

/** Where the agreed costs lie. */
export const COSTS_FILE = fileURLToPath(new URL("../../../../test/sim/costs.json", import.meta.url));

/** The version of V8 that this runs on, as {@link AgreedCosts} has it. */
export const V8_VERSION = process.versions.v8.split(".", 2).join(".");

/** Measures a run of its own process. */
export async function measureRunCosts(policy: string): Promise<RunCosts> {
	const { stdout } = await promisify(execFile)(process.execPath, [...FLAGS, PROGRAM, policy]);
	return JSON.parse(stdout) as RunCosts;
}
