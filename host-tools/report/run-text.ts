import type { Simulation } from "../../sim/simulation.js";
import type { RunSummary } from "../run/summary.js";
import { clusterRows } from "./cluster-text.js";
import { labRows } from "./lab-text.js";
import { joules, n, percent, plural, reasons } from "./numbers.js";
import type { Style } from "./style.js";
import { xsRows } from "./xs-text.js";

const LABEL_WIDTH = 12;
const BAR_WIDTH = 24;

function bar(share: number, style: Style): string {
	const full = Math.max(0, Math.min(BAR_WIDTH, Math.round(share * BAR_WIDTH)));
	return style.green("█".repeat(full)) + style.dim("░".repeat(BAR_WIDTH - full));
}

/** What a person reads after a run; `repeat` is the command that repeats it. */
export function runText(
	summary: RunSummary,
	description: string,
	simulation: Simulation,
	repeat: string,
	style: Style,
): string {
	const { frames, datagrams, latencyMs, reassembly, energyMj } = summary;
	const lines: string[] = [];
	const row = (label: string, text: string) =>
		lines.push(`  ${style.cyan(label.padEnd(LABEL_WIDTH))}${text}`);
	lines.push(`${style.bold(summary.scenario)}  ${description}`.trimEnd(), "");
	const { sinks } = simulation;
	row(
		"network",
		`${plural(summary.nodes, "node")}, ${sinksText(sinks)}, ` +
			`${plural(linkCount(simulation), "link")}; policy ${simulation.scenario.reassembly.policy}`,
	);
	row(
		"time",
		`${summary.simulatedS.toLocaleString("en")} s simulated in ${n(summary.wallS, 2)} s` +
			(summary.wallS > 0 ? ` (${n(summary.simulatedS / summary.wallS)} × real time)` : ""),
	);
	row(
		"datagrams",
		datagrams.sent === 0
			? "none sent"
			: `${bar(summary.deliveryRatio, style)} ${percent(summary.deliveryRatio)} delivered: ` +
					`${n(datagrams.delivered)} of ${n(datagrams.sent)}`,
	);
	if (Object.keys(datagrams.lost).length > 0) row("", style.red(`not delivered: ${reasons(datagrams.lost)}`));
	if (datagrams.altered > 0) row("", style.red(`${n(datagrams.altered)} delivered with altered content`));
	if (datagrams.foreign > 0)
		row("", style.red(`${n(datagrams.foreign)} delivered that no node of ours sent`));
	if (datagrams.delivered > 0) {
		row(
			"latency",
			`median ${n(latencyMs.p50, 1)} ms, 95 % within ${n(latencyMs.p95, 1)} ms, longest ${n(latencyMs.max, 1)} ms`,
		);
		row("hops", `mean ${n(summary.hops.mean, 2)}, most ${summary.hops.max}`);
	}
	if (summary.readings > 0) row("readings", `${n(summary.readings)} collected at the sink`);
	row(
		"frames",
		`${n(frames.data)} data, ${n(frames.control)} control, ${n(frames.acks)} acknowledgements; ${n(frames.collided)} collided, ` +
			`${n(frames.macDropped)} given up by the MAC`,
	);
	row(
		"reassembly",
		`${n(reassembly.completed)} of ${n(reassembly.opened)} contexts completed, ${n(reassembly.timedOut)} timed out` +
			(reassembly.open > 0 ? `, ${n(reassembly.open)} open at the end` : "") +
			`; at most ${n(reassembly.peakBytes)} B on a node`,
	);
	const refused = reasons({ ...frames.refused, ...reassembly.refused, ...reassembly.closed });
	if (refused !== "") row("refused", refused);
	row(
		"energy",
		`${joules(energyMj.total)}: transmit ${joules(energyMj.tx)}, receive ${joules(energyMj.rx)}, ` +
			`listen ${joules(energyMj.listen)}, sleep ${joules(energyMj.sleep)}, CPU ${joules(energyMj.cpu)}` +
			` (${simulation.scenario.radio.profile})`,
	);
	if (summary.cluster !== undefined)
		for (const [label, text] of clusterRows(summary.cluster, style)) row(label, text);
	if (summary.lab !== undefined) for (const [label, text] of labRows(summary.lab, style)) row(label, text);
	if (summary.xs !== undefined) for (const [label, text] of xsRows(summary.xs, style)) row(label, text);
	if (summary.died > 0) row("died", `${plural(summary.died, "node")}`);
	row(
		"speed",
		`${n(summary.framesPerS)} frames/s, ${n(summary.eventsPerS)} events/s, ${n(summary.peakRssMb)} MB`,
	);
	if (summary.eventLogSha256 !== null) row("log SHA-256", summary.eventLogSha256);
	lines.push("", `  ${style.dim(`seed ${summary.seed}; again: ${repeat}`)}`);
	return lines.join("\n");
}

function sinksText(sinks: readonly number[]): string {
	if (sinks.length === 0) return "no sink";
	return sinks.length === 1 ? `sink ${sinks[0]}` : `sinks ${sinks.join(" and ")}`;
}

function linkCount(simulation: Simulation): number {
	return simulation.world.links.to.length;
}
