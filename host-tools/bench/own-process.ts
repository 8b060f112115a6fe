import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { heapForMb, heapSituation } from "../run/heap.js";
import type { Job, JobSamples } from "./measure.js";

const PROGRAM = fileURLToPath(new URL("./measure.js", import.meta.url));

/** Makes one measurement in a process of its own, so that no other heats or fills its heap, which is as `sim` has it. */
export function measureApart<J extends Job>(job: J): Promise<JobSamples[J["kind"]]> {
	return new Promise((resolve, reject) => {
		const execArgv = ["--expose-gc"];
		const heapMb = "nodes" in job ? heapForMb(job.nodes, heapSituation()) : undefined;
		if (heapMb !== undefined) execArgv.push(`--max-old-space-size=${heapMb}`);
		const child = fork(PROGRAM, [JSON.stringify(job)], { execArgv });
		child.once("message", (sample) => resolve(sample as JobSamples[J["kind"]]));
		child.once("error", reject);
		child.once("exit", (code, signal) => {
			if (code === 0) return;
			reject(new Error(`${JSON.stringify(job)}: expected exit code 0, found ${code ?? signal}`));
		});
	});
}

/**
 * Measures each case once in each round, one after the other; returns the samples of each case by round.
 *
 * Cases take turns, since a machine that others use too is not the same for long.
 */
export async function inTurn<C, S>(
	rounds: number,
	cases: readonly C[],
	measure: (measured: C, round: number) => Promise<S>,
): Promise<S[][]> {
	const samples: S[][] = cases.map(() => []);
	for (let round = 0; round < rounds; round++) {
		for (const [i, measured] of cases.entries()) samples[i]!.push(await measure(measured, round));
	}
	return samples;
}
