import type { Style } from "./style.js";

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
	return lines.join("\n");
}
