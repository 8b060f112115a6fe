import type { Style } from "./style.js";

/** What became of a replay. */
export interface ReplayReport {
	readonly capture: string;
	/** Frames that passed the filter, times the loops. */
	readonly frames: number;
	/** Frames that no longer fit once their addresses were mapped. */
	readonly tooLong: number;
	/** Frames that left later than recorded, since the one before was not done. */
	readonly late: number;
	/** By what the sending radio saw: acked, no-ack, sent (none was asked for). */
	readonly sent: Readonly<Record<string, number>>;
	/** By what the receivers did. */
	readonly outcomes: Readonly<Record<string, number>>;
}

const LABEL_WIDTH = 24;
const BAR_WIDTH = 32;

/** A table of what the network did with the replayed frames, most frequent first. */
export function replayText(report: ReplayReport, style: Style): string {
	const sent = Object.entries(report.sent).map(([outcome, count]) => `${count} ${outcome}`);
	const lines = [
		`${style.bold("replay")}  ${report.capture}: ${report.frames} frames; ${sent.join(", ") || "none sent"}` +
			(report.late > 0 ? `; ${report.late} later than recorded` : "") +
			(report.tooLong > 0 ? `; ${report.tooLong} too long once mapped` : ""),
	];
	const rows = Object.entries(report.outcomes).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
	const most = Math.max(1, ...rows.map(([, count]) => count));
	for (const [outcome, count] of rows) {
		const bar = "█".repeat(Math.max(1, Math.round((count / most) * BAR_WIDTH)));
		const colour = outcome.startsWith("datagram-") || outcome === "fragment-stored" ? style.green : style.red;
		lines.push(`  ${outcome.padEnd(LABEL_WIDTH)}${String(count).padStart(6)}  ${colour(bar)}`);
	}
	return lines.join("\n");
}
