import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openCapture } from "./capture/read-capture.js";
import { type PingOutcome, readRecordedAttack } from "./capture/sidecar.js";
import { fileError, UserError } from "./errors.js";
import { type Explanation, readExplanations } from "./riot-captures/explanations.js";
import { type PredictedPing, type Prediction, predict } from "./riot-captures/predict.js";

const SHIPPED = fileURLToPath(new URL("../../test/captures/attacks/", import.meta.url));
const HEAD = [
	"recorded attack",
	"pings",
	"RIOT: answered / corrupted / lost",
	"model: the same",
	"pings that agree",
	"requests put together: RIOT / model",
];

interface Result {
	readonly name: string;
	readonly prediction: Prediction;
	readonly wholeRequests: number;
}

/** Names of the captures in a folder that have a sidecar, sorted. */
export function attackCaptures(folder: string): readonly string[] {
	let names: readonly string[];
	try {
		names = readdirSync(folder);
	} catch (error) {
		throw fileError(folder, error);
	}
	const captures = names
		.filter((name) => name.endsWith(".pcap"))
		.map((name) => name.slice(0, -".pcap".length));
	const found = captures.filter((name) => names.includes(`${name}.json`)).sort();
	if (found.length === 0) {
		throw new UserError(`${folder}: expected captures with a sidecar (NAME.pcap, NAME.json), found none`);
	}
	return found;
}

/** What the model says of one capture of a folder. Throws a UserError. */
export function predictCapture(folder: string, name: string): Result {
	const capture = openCapture(join(folder, `${name}.pcap`));
	const sidecar = join(folder, `${name}.json`);
	const attack = readRecordedAttack(sidecar);
	if (attack.senders.length !== capture.packets) {
		const found = attack.senders.length;
		throw new UserError(`${sidecar}: senders: expected ${capture.packets} of them, found ${found}`);
	}
	return { name, prediction: predict(capture, attack), wholeRequests: attack.wholeRequests };
}

/**
 * Prints a Markdown table of what real RIOT nodes suffered and what the model of RIOT says of it.
 *
 * Returns the exit code: 0 when every disagreement is explained, 1 when one is not, 2 for bad arguments or
 * files, 3 for missing ones.
 */
export function runRiotCaptures(
	args: readonly string[],
	print: (line: string) => void,
	complain: (line: string) => void,
): number {
	const [folder = SHIPPED, ...rest] = args;
	if (rest.length > 0 || folder.startsWith("-")) {
		complain(
			"usage: npm run riot-captures [-- FOLDER]   (captures with sidecars, as in test/captures/attacks)",
		);
		return 2;
	}
	try {
		const explanations = readExplanations(folder);
		const results = attackCaptures(folder).map((name) => predictCapture(folder, name));
		print(row(HEAD));
		print(row(HEAD.map(() => "---")));
		for (const result of results) print(row(cells(result)));
		return report(results, explanations, print);
	} catch (error) {
		if (!(error instanceof UserError)) throw error;
		complain(error.message);
		return error.exitCode;
	}
}

function row(parts: readonly string[]): string {
	return `| ${parts.join(" | ")} |`;
}

function cells({ name, prediction, wholeRequests }: Result): string[] {
	const { pings } = prediction;
	const attacked = pings.filter(({ recorded }) => recorded.isUnderAttack);
	const agreeing = pings.filter(({ agrees }) => agrees);
	return [
		`\`${name}\``,
		`${pings.length - attacked.length} before, ${attacked.length} under attack`,
		outcomes(attacked.map(({ recorded }) => recorded.outcome)),
		outcomes(attacked.map(({ outcome }) => outcome)),
		`${agreeing.length} of ${pings.length}`,
		`${wholeRequests} / ${prediction.wholeRequests}`,
	];
}

function outcomes(list: readonly PingOutcome[]): string {
	const kinds: readonly PingOutcome[] = ["ok", "corrupted", "lost"];
	return kinds.map((kind) => list.filter((outcome) => outcome === kind).length).join(" / ");
}

function report(
	results: readonly Result[],
	explanations: readonly Explanation[],
	print: (line: string) => void,
): number {
	const all = results.flatMap(({ prediction }) => prediction.pings);
	const agreeing = all.filter(({ agrees }) => agrees).length;
	print("");
	print(`${agreeing} of ${all.length} pings agree (${((100 * agreeing) / all.length).toFixed(1)} %).`);
	let isExplained = true;
	for (const { name, prediction } of results) {
		for (const ping of prediction.pings.filter(({ agrees }) => !agrees)) {
			const why = explanations.find((each) => explains(each, name, ping))?.why;
			isExplained &&= why !== undefined;
			print(`${difference(name, ping)} ${why ?? "NOT EXPLAINED"}`);
		}
	}
	return isExplained ? 0 : 1;
}

function explains(explanation: Explanation, name: string, { recorded }: PredictedPing): boolean {
	const { capture, isUnderAttack, sequence } = explanation;
	return capture === name && isUnderAttack === recorded.isUnderAttack && sequence === recorded.sequence;
}

function difference(name: string, { recorded, outcome, isRequestWhole }: PredictedPing): string {
	const phase = recorded.isUnderAttack ? "under attack" : "before the attack";
	const tell = (isWhole: boolean, what: PingOutcome) =>
		`request ${isWhole ? "" : "not "}put together, ping ${what === "ok" ? "answered" : what}`;
	const riot = tell(recorded.isReplyStarted, recorded.outcome);
	return `${name}, ping ${recorded.sequence} ${phase}: RIOT: ${riot}; model: ${tell(isRequestWhole, outcome)}.`;
}

if (import.meta.filename === process.argv[1]) {
	process.exitCode = runRiotCaptures(
		process.argv.slice(2),
		(line) => process.stdout.write(`${line}\n`),
		(line) => process.stderr.write(`${line}\n`),
	);
}
