import { completeSink } from "../../../firmware/events.js";
import { hostCipher, hostDigest } from "../../../host-tools/crypto.js";
import type { LoadedScenario } from "../../../host-tools/scenario/load.js";
import { LogWriter } from "../../../host-tools/trace/log-writer.js";
import { SIM_EVENTS } from "../../../sim/events.js";
import { Simulation } from "../../../sim/simulation.js";

/** A simulation whose log is hashed, as the command line hashes it. */
export interface HashedRun {
	readonly simulation: Simulation;
	/** Ends the run; returns the SHA-256 of its log. */
	finish(): string;
}

/** Builds a simulation; whoever calls it runs it, in slices of its own choice. */
export function hashedRun(loaded: LoadedScenario): HashedRun {
	const { name, seed } = loaded.scenario;
	const log = new LogWriter(SIM_EVENTS, { hash: true, metadata: { scenario: name, seed } });
	const simulation = new Simulation(loaded.scenario, loaded.modules, {
		sink: completeSink(SIM_EVENTS, log.sink),
		cipher: hostCipher,
		digest: hostDigest,
		outsiders: [],
	});
	return {
		simulation,
		finish() {
			simulation.finish();
			return log.finish()!;
		},
	};
}

/** The hash of a run in one slice. */
export function logHash(loaded: LoadedScenario): string {
	const run = hashedRun(loaded);
	run.simulation.run(run.simulation.durationUs);
	return run.finish();
}
