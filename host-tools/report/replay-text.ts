import type { ReplayOutcomes } from "../../sim/measure/replay-outcomes.js";
import type { Style } from "./style.js";

/** How a defence did against the attacker's frames of a recording, each frame counted once. */
export interface AttackScore {
	/** Frames that a node stored, delivered or forwarded: misses of the defence. */
	readonly accepted: number;
	/** Frames that a node refused, and none accepted: hits. */
	readonly refused: number;
	/** The refused frames by reason. */
	readonly refusals: Readonly<Record<string, number>>;
	/** Frames that reached no node, or none that they meant anything to: there was nothing to judge. */
	readonly unjudged: number;
	/** Refused frames out of those judged, 0 to 1; null when there were none. */
	readonly recall: number | null;
}

/** The score of the attacker's frames that `outcomes` saw replayed. */
export function attackScore({ frames, refusals }: ReplayOutcomes): AttackScore {
	const { accepted, refused, unheard, ignored } = frames;
	const judged = accepted + refused;
	const recall = judged === 0 ? null : refused / judged;
	return { accepted, refused, refusals, unjudged: unheard + ignored, recall };
}

/** What became of a replay. */
export interface ReplayReport {
	readonly capture: string;
	/** Frames that passed the filter, times the loops. */
	readonly frames: number;
	/** Frames that no longer fit once their addresses were mapped, times the loops. */
	readonly tooLong: number;
	/** Frames that the end of the run came before. */
	readonly unsent: number;
	/** Frames that left later than recorded, since the one before was not done. */
	readonly late: number;
	/** By what the sending radio saw: acked, no-ack, sent (none was asked for). */
	readonly sent: Readonly<Record<string, number>>;
	/** By what the receivers did; a broadcast counts once for each receiver. */
	readonly outcomes: Readonly<Record<string, number>>;
	/** Where the attacker's frames were chosen. */
	readonly attackers?: AttackScore;
}

const LABEL_WIDTH = 24;
const COUNT_WIDTH = 10;
const BAR_WIDTH = 32;
const COUNT = new Intl.NumberFormat("en");

/** A table of what the network did with the replayed frames, most frequent first. */
export function replayText(report: ReplayReport, style: Style): string {
	const sent = Object.entries(report.sent).map(([outcome, count]) => `${COUNT.format(count)} ${outcome}`);
	const notes: readonly (readonly [count: number, text: string])[] = [
		[report.late, "later than recorded"],
		[report.tooLong, "too long once mapped"],
		[report.unsent, "unsent when the run ended"],
	];
	const remarks = notes
		.filter(([count]) => count > 0)
		.map(([count, text]) => `; ${COUNT.format(count)} ${text}`);
	const frames = `${COUNT.format(report.frames)} frame${report.frames === 1 ? "" : "s"}`;
	const head = `${report.capture}: ${frames}; ${sent.join(", ") || "none sent"}${remarks.join("")}`;
	const lines = [`${style.bold("replay")}  ${head}`];
	const rows = Object.entries(report.outcomes).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
	const most = Math.max(1, ...rows.map(([, count]) => count));
	for (const [outcome, count] of rows) {
		const bar = "█".repeat(Math.max(1, Math.round((count / most) * BAR_WIDTH)));
		const colour = outcome.startsWith("datagram-") || outcome === "fragment-stored" ? style.green : style.red;
		const number = COUNT.format(count).padStart(COUNT_WIDTH);
		lines.push(`  ${outcome.padEnd(LABEL_WIDTH)}${number}  ${colour(bar)}`);
	}
	if (rows.length > 0) lines.push(`  ${style.dim("a broadcast counts once for each receiver")}`);
	if (report.attackers !== undefined) lines.push(...scoreLines(report.attackers, style));
	return lines.join("\n");
}

function scoreLines({ accepted, refused, refusals, unjudged, recall }: AttackScore, style: Style): string[] {
	const reasons = Object.entries(refusals)
		.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
		.map(([reason, count]) => `${COUNT.format(count)} ${reason}`);
	const why = reasons.length === 0 ? "" : `: ${reasons.join(", ")}`;
	const share = recall === null ? "" : ` (${(100 * recall).toFixed(1)} % of those judged)`;
	return [
		`${style.bold("attacker")}  ${COUNT.format(refused)} refused${share}${why}`,
		`          ${COUNT.format(accepted)} accepted; ${COUNT.format(unjudged)} not judged, since no node heard or minded them`,
	];
}
