import { availableParallelism, cpus, totalmem } from "node:os";
import process from "node:process";

/** What figures were measured on. */
export interface Machine {
	readonly cpu: string;
	/** How many threads run at once. */
	readonly cores: number;
	readonly memoryGb: number;
	readonly node: string;
	readonly v8: string;
	readonly platform: string;
}

/** The machine that this runs on. */
export function thisMachine(): Machine {
	return {
		cpu: cpus()[0]?.model.trim() ?? "unknown",
		cores: availableParallelism(),
		memoryGb: Math.round(totalmem() / 1e9),
		node: process.version,
		v8: process.versions.v8,
		platform: `${process.platform} ${process.arch}`,
	};
}

/** The same in one line. */
export function machineText({ cpu, cores, memoryGb, node, platform }: Machine): string {
	return `${cpu}, ${cores} core${cores === 1 ? "" : "s"}, ${memoryGb} GB, ${platform}, Node.js ${node}`;
}
