import process from "node:process";
import type { SimSink } from "../../sim/events.js";
import type { Scenario } from "../../sim/scenario/scenario.js";
import type { CommandArguments } from "../command.js";
import { UserError } from "../errors.js";
import { Interruption } from "../interruption.js";
import { stdoutHasColour } from "../output.js";
import { roundsText } from "../report/rounds-text.js";
import { runText } from "../report/run-text.js";
import { makeStyle, type Style } from "../report/style.js";
import { wormText } from "../report/worm-text.js";
import type { LoadedScenario } from "../scenario/load.js";
import { repeatCommand } from "./options.js";
import { Progress } from "./progress.js";
import { Recorder } from "./recorder.js";
import { roundsSummaryOf } from "./rounds-summary.js";
import { type RunOptions, runSteps } from "./run.js";
import { roundsSteps } from "./run-rounds.js";
import { summaryOf } from "./summary.js";
import { wormSteps } from "./worm-run.js";
import { wormSummaryOf } from "./worm-summary.js";

/** What a command adds to a run. */
export interface Execution {
	readonly command: string;
	/** The words between the command and its seed that repeat the run. */
	readonly words: readonly string[];
	readonly run: RunOptions;
	/** Text for people after the summary. */
	readonly epilogue?: (style: Style) => string;
	/** Keys that `--json` adds. */
	readonly extra?: () => Readonly<Record<string, unknown>>;
	/** Whether the summary tells of each round, where the scenario has rounds. */
	readonly perRound?: boolean;
}

/** What came of a run, of whatever fidelity. */
interface Result {
	readonly summary: Readonly<Record<string, unknown>>;
	/** The same for people. */
	readonly text: (style: Style) => string;
}

/** A run that pauses between steps; what it returns makes its result of the hash of the event log. */
type Run = Generator<undefined, (eventLogSha256: string | null) => Result, undefined>;

/** Runs a scenario as the options of the command line say, and prints what came of it. */
export async function execute(
	loaded: LoadedScenario,
	args: CommandArguments,
	execution: Execution,
): Promise<void> {
	const directory = args.text("out");
	const repeat = repeatCommand(execution.command, execution.words, loaded.scenario.seed);
	if (args.flag("tap") && directory === undefined)
		throw new UserError("--tap: expected --out with it, found none");
	if (args.flag("tap") && loaded.scenario.fidelity !== "packets")
		throw new UserError(`--tap: expected a scenario with frames, found fidelity ${loaded.scenario.fidelity}`);
	const recorded = directory !== undefined || args.flag("hash");
	// The log must not depend on how the run was started, only on what runs.
	const metadata = { scenario: loaded.scenario.name, seed: loaded.scenario.seed };
	const recorder = recorded
		? new Recorder(loaded, { directory, tap: args.flag("tap"), metadata })
		: undefined;
	const begin = RUNS[loaded.scenario.fidelity];
	const progress = new Progress(loaded.scenario.name);
	const interruption = new Interruption();
	try {
		const sinks = [...(recorder?.sinks ?? []), ...(execution.run.sinks ?? [])];
		const hooks = { sinks, onProgress: (share: number) => progress.update(share) };
		const run = begin(loaded, execution, hooks, repeat);
		let step = run.next();
		for (; step.done !== true; step = run.next()) await interruption.check();
		progress.clear();
		const { summary, text } = step.value(recorder?.finish() ?? null);
		const whole = { ...summary, ...execution.extra?.() };
		recorder?.saveSummary(whole);
		if (args.flag("json")) process.stdout.write(`${JSON.stringify(whole)}\n`);
		else {
			const style = makeStyle(stdoutHasColour());
			process.stdout.write(`${text(style)}\n`);
			const epilogue = execution.epilogue?.(style);
			if (epilogue !== undefined) process.stdout.write(`\n${epilogue}\n`);
			if (directory !== undefined) process.stdout.write(`  written to ${directory}\n`);
		}
	} catch (error) {
		progress.clear();
		recorder?.discard();
		const isFailure = !(error instanceof UserError) || error.exitCode === 1;
		if (isFailure) process.stderr.write(`lowguard: to repeat this failure: ${repeat}\n`);
		throw error;
	} finally {
		interruption.dispose();
	}
}

/** What a run tells while it goes on. */
interface Hooks {
	readonly sinks: readonly Partial<SimSink>[];
	readonly onProgress: (share: number) => void;
}

function* runOfPackets(loaded: LoadedScenario, execution: Execution, hooks: Hooks, repeat: string): Run {
	const outcome = yield* runSteps(loaded, { ...execution.run, ...hooks });
	return (eventLogSha256) => {
		const summary = summaryOf(loaded, outcome, eventLogSha256);
		const { description } = loaded.scenario;
		return { summary, text: (style) => runText(summary, description, outcome.simulation, repeat, style) };
	};
}

function* runOfRounds(loaded: LoadedScenario, execution: Execution, hooks: Hooks, repeat: string): Run {
	const outcome = yield* roundsSteps(loaded, { ...hooks, keepsRounds: execution.perRound === true });
	return (eventLogSha256) => {
		const summary = roundsSummaryOf(loaded, outcome, eventLogSha256);
		const { scenario } = loaded;
		return { summary, text: (style) => roundsText(summary, scenario, outcome.simulation, repeat, style) };
	};
}

function* runOfWorm(loaded: LoadedScenario, _execution: Execution, hooks: Hooks, repeat: string): Run {
	const outcome = yield* wormSteps(loaded, hooks);
	return (eventLogSha256) => {
		const summary = wormSummaryOf(loaded, outcome, eventLogSha256);
		return { summary, text: (style) => wormText(summary, loaded.scenario, repeat, style) };
	};
}

const RUNS = {
	packets: runOfPackets,
	rounds: runOfRounds,
	graph: runOfWorm,
} as const satisfies Readonly<Record<Scenario["fidelity"], typeof runOfPackets>>;
