import { completeSink } from "../../../firmware/events.js";
import { hostCipher, hostDigest } from "../../../host-tools/crypto.js";
import type { LoadedScenario } from "../../../host-tools/scenario/load.js";
import { LogWriter } from "../../../host-tools/trace/log-writer.js";
import { SIM_EVENTS } from "../../../sim/events.js";
import { Simulation } from "../../../sim/simulation.js";
import type { WorldOptions } from "../../../sim/world.js";
import { WormSimulation } from "../../../sim/worm/simulation.js";

/** A simulation whose log is hashed, as the command line hashes it. */
export interface HashedRun {
	readonly simulation: Pick<Simulation, "durationUs" | "run">;
	/** Ends the run; returns the SHA-256 of its log. */
	finish(): string;
}

/** Builds a simulation; whoever calls it runs it, in slices of its own choice. */
export function hashedRun(
	loaded: LoadedScenario,
	moteElsewhere: NonNullable<WorldOptions["moteElsewhere"]> = () => undefined,
): HashedRun {
	const { name, seed } = loaded.scenario;
	const log = new LogWriter(SIM_EVENTS, { hash: true, metadata: { scenario: name, seed } });
	const sink = completeSink(SIM_EVENTS, log.sink);
	const { scenario, modules } = loaded;
	const simulation =
		scenario.fidelity === "graph"
			? new WormSimulation(scenario, modules, sink)
			: new Simulation(scenario, modules, {
					sink,
					cipher: hostCipher,
					digest: hostDigest,
					outsiders: [],
					moteElsewhere,
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
export function logHash(loaded: LoadedScenario, moteElsewhere?: WorldOptions["moteElsewhere"]): string {
	const run = hashedRun(loaded, moteElsewhere);
	run.simulation.run(run.simulation.durationUs);
	return run.finish();
}
