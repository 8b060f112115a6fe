import type { ChargeSpread, ClusterSummary } from "../../sim/measure/cluster-metrics.js";
import { joules, n, percent, plural, reasons } from "./numbers.js";
import type { Style } from "./style.js";

type Row = readonly [label: string, text: string];

/** What a person reads of a run of clustered nodes: labels, and the text beside each. */
export function clusterRows(cluster: ClusterSummary, style: Style): readonly Row[] {
	return [
		...readingRows(cluster, style),
		...roleRows(cluster, style),
		...lifeRows(cluster),
		...controlRows(cluster),
	];
}

function readingRows({ readings, energyPerReadingMj }: ClusterSummary, style: Style): Row[] {
	const { accepted, arrived, abandoned, kept, latencyMs, duplicates, confirmed } = readings;
	const rows: Row[] = [
		[
			"accepted",
			`${n(accepted)} readings: ${n(arrived)} arrived (${percent(readings.deliveryRatio)} of those that are due), ` +
				`${n(confirmed)} confirmed, ${n(kept)} still with their nodes; ${n(duplicates)} came twice`,
		],
	];
	const given = reasons(abandoned);
	if (given !== "") rows.push(["", style.red(`given up: ${given}`)]);
	if (readings.unaccounted > 0)
		rows.push(["", style.red(`${n(readings.unaccounted)} lost without a word of why`)]);
	if (readings.twice > 0) rows.push(["", style.red(`${n(readings.twice)} told twice by the sink`)]);
	if (readings.foreign > 0) rows.push(["", style.red(`${n(readings.foreign)} that no node had accepted`)]);
	if (arrived > 0) {
		rows.push([
			"",
			`median ${n(latencyMs.p50 / 1000, 1)} s, 95 % within ${n(latencyMs.p95 / 1000, 1)} s, longest ` +
				`${n(latencyMs.max / 1000, 1)} s; ${n(energyPerReadingMj ?? 0, 3)} mJ each`,
		]);
	}
	return rows;
}

function roleRows({ rounds, headsPerRound, covered, headRounds }: ClusterSummary, style: Style): Row[] {
	const { led, direct, orphaned, uncovered } = covered;
	const without = orphaned + uncovered;
	const withoutText = `, ${percent(orphaned)} orphaned, ${percent(uncovered)} uncovered`;
	return [
		[
			"clusters",
			`${plural(rounds, "round")}, ${n(headsPerRound.mean, 1)} ± ${n(headsPerRound.deviation, 1)} heads; nodes: ` +
				`${percent(led)} in clusters, ${percent(direct)} with the sink${without > 0 ? style.red(withoutText) : ""}`,
		],
		[
			"",
			`each node led ${n(headRounds.mean, 1)} ± ${n(headRounds.deviation, 1)} rounds, from ${n(headRounds.least)} to ` +
				`${n(headRounds.most)}`,
		],
	];
}

function lifeRows({ lifetime, charge, dutyCycle }: ClusterSummary): Row[] {
	const deaths = [
		["first", lifetime.fndS, lifetime.fndRounds],
		["half", lifetime.hndS, lifetime.hndRounds],
		["last", lifetime.lndS, lifetime.lndRounds],
	] as const;
	const told = deaths.flatMap(([name, atS, rounds]) =>
		atS === null || rounds === null ? [] : [`${name} after ${n(rounds)} rounds (${n(atS)} s)`],
	);
	const rows: Row[] = [
		["life", `${told.length === 0 ? "nobody died" : told.join(", ")}; radios on for ${percent(dutyCycle)}`],
	];
	if (charge.midLife !== null) rows.push(["charge", `at mid-life ${spreadText(charge.midLife)}`]);
	if (charge.fnd !== null) rows.push(["", `at the first death ${spreadText(charge.fnd)}`]);
	return rows;
}

function spreadText({ mean, variance, jain, gini }: ChargeSpread): string {
	return `${percent(mean)} ± ${n(100 * Math.sqrt(variance), 1)} left, Jain ${n(jain, 4)}, Gini ${n(gini, 4)}`;
}

function controlRows({ control }: ClusterSummary): Row[] {
	const { data, acknowledgement, ...all } = control.octets;
	const own = Object.fromEntries(Object.entries(all).filter(([, octets]) => octets > 0));
	const perReading =
		control.octetsPerReading === null ? "" : ` (${n(control.octetsPerReading, 1)} a reading)`;
	return [
		[
			"control",
			`${n(control.total)} B${perReading}${control.total > 0 ? `: ${reasons(own)}` : ""}; data ${n(data)} B, acknowledgements ` +
				`${n(acknowledgement)} B`,
		],
		[
			"",
			`sending it took ${joules(control.txMj)}, listening to elections and all that comes with them ` +
				`${joules(control.electionMj)}, ${percent(control.electionShare)} of all energy`,
		],
	];
}
