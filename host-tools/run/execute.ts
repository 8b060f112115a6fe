import process from "node:process";
import type { CommandArguments } from "../command.js";
import { UserError } from "../errors.js";
import { Interruption } from "../interruption.js";
import { stdoutHasColour } from "../output.js";
import { runText } from "../report/run-text.js";
import { makeStyle, type Style } from "../report/style.js";
import type { LoadedScenario } from "../scenario/load.js";
import { repeatCommand } from "./options.js";
import { Progress } from "./progress.js";
import { Recorder } from "./recorder.js";
import { type RunOptions, runSteps } from "./run.js";
import { summaryOf } from "./summary.js";

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
}

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
	const recorded = directory !== undefined || args.flag("hash");
	// The log must not depend on how the run was started, only on what runs.
	const metadata = { scenario: loaded.scenario.name, seed: loaded.scenario.seed };
	const recorder = recorded
		? new Recorder(loaded, { directory, tap: args.flag("tap"), metadata })
		: undefined;
	const progress = new Progress(loaded.scenario.name);
	const interruption = new Interruption();
	try {
		const run = runSteps(loaded, {
			...execution.run,
			sinks: [...(recorder?.sinks ?? []), ...(execution.run.sinks ?? [])],
			onProgress: (share) => progress.update(share),
		});
		let step = run.next();
		for (; step.done !== true; step = run.next()) await interruption.check();
		const outcome = step.value;
		progress.clear();
		const summary = summaryOf(loaded, outcome, recorder?.finish() ?? null);
		const whole = { ...summary, ...execution.extra?.() };
		recorder?.saveSummary(whole);
		if (args.flag("json")) process.stdout.write(`${JSON.stringify(whole)}\n`);
		else {
			const style = makeStyle(stdoutHasColour());
			const { description } = loaded.scenario;
			process.stdout.write(`${runText(summary, description, outcome.simulation, repeat, style)}\n`);
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
