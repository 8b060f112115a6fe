import type { ElectionSecuritySummary } from "../../sim/measure/election-security.js";
import type { EnergyPerByte, LabSummary } from "../../sim/measure/lab-metrics.js";
import { n, percent, plural, reasons } from "./numbers.js";
import type { Style } from "./style.js";

/** What a person reads of a run under attack: labels, and the text beside each. */
export function labRows(lab: LabSummary, style: Style): readonly (readonly [string, string])[] {
	const { falseDelivered, occupancy, verdicts, onAir, blocks, energyPerByte } = lab;
	const rows: (readonly [string, string])[] = [];
	const control = lab.control ? " (airtime control)" : "";
	// Captured nodes do it all by themselves: there is no radio, and no victim of its own.
	const byCapture = onAir.frames === 0 && (lab.elections?.captured ?? 0) > 0;
	const who = byCapture
		? plural(lab.elections!.captured, "captured node")
		: `${plural(lab.attackers, "radio")} against ${lab.victims.length === 1 ? "node" : "nodes"} ` +
			`${lab.victims.join(" and ")}; ${plural(onAir.frames, "frame")}, ${percent(onAir.share)} of the time`;
	rows.push(["attack", `${lab.kinds.join(", ")}${control}: ${who}`]);
	const { total, altered, foreign, replayed } = falseDelivered;
	const falseText = `${n(total)} delivered falsely: ${n(altered)} altered, ${n(foreign)} invented, ${n(replayed)} replayed`;
	rows.push(["", total > 0 ? style.red(falseText) : "nothing delivered falsely"]);
	const within = lab.goodputBytesPerS === 0 ? "" : `, 99 % within ${n(lab.latencyMs.p99, 1)} ms`;
	rows.push(["goodput", `${n(lab.goodputBytesPerS)} B/s${within}`]);
	if (lab.elections !== undefined) rows.push(...electionRows(lab.elections, style));
	const { victims } = occupancy;
	if (!byCapture) {
		rows.push([
			"memory",
			`at the victim ${n(victims.contexts.mean, 2)} contexts on average, most ${n(victims.contexts.peak)}; ` +
				`${n(victims.bytes.mean)} B, most ${n(victims.bytes.peak)} B; ${percent(victims.attackers.share)} of it attackers'`,
		]);
	}
	rows.push(["verdicts", verdictText(verdicts)]);
	const refusedHonest = reasons(lab.refused.honest);
	if (refusedHonest !== "") rows.push(["", `honest frames refused, or repeated: ${refusedHonest}`]);
	const distrusted = blocks.falseProbations + blocks.falseDoubts;
	if (distrusted > 0)
		rows.push(["distrust", `${n(distrusted)} times of an honest neighbour, short of a block`]);
	if (blocks.total > 0) {
		const after = blocks.meanDelayS === null ? "" : `, the first after ${n(blocks.meanDelayS, 2)} s`;
		rows.push(["blocked", `${plural(blocks.total, "neighbour")}${after}; ${n(blocks.false)} of them honest`]);
	}
	if (energyPerByte.honest !== null && !byCapture) {
		rows.push([
			"per byte",
			`nodes ${perByte(energyPerByte.honest)}; sinks ${perByte(energyPerByte.sinks)}; victim ` +
				`${perByte(energyPerByte.victims)}`,
		]);
	}
	return rows;
}

function electionRows(found: ElectionSecuritySummary, style: Style): readonly (readonly [string, string])[] {
	const { captured, whole, converged, convergedS, clearedS, dismissed } = found;
	const share = percent(converged.headShare);
	const cleared = clearedS === null ? "some still lead at the end" : `none leads after ${n(clearedS)} s`;
	const wrongly = `${n(dismissed.honest)} times an honest head (${n(dismissed.honestNodes)} of them)`;
	return [
		[
			"heads",
			`${plural(captured, "captured node")}; compromised ${percent(whole.headShare)} of head-rounds and ` +
				`${percent(whole.memberShare)} of members, from ${n(convergedS)} s on ` +
				`${converged.headShare > 0 ? style.red(share) : share} and ${percent(converged.memberShare)}; ${cleared}`,
		],
		[
			"",
			`${percent(whole.readingShare)} of honest readings went to them, then ${percent(converged.readingShare)}; ` +
				`${percent(whole.deliveryRatio)} of all arrived, then ${percent(converged.deliveryRatio)}`,
		],
		[
			"dismissed",
			`${n(dismissed.compromised)} times a compromised head (${n(dismissed.compromisedNames)} of them), ` +
				(dismissed.honest > 0 ? style.red(wrongly) : wrongly),
		],
	];
}

function verdictText({ attackers, honest, precision, recall }: LabSummary["verdicts"]): string {
	const judged = attackers.refused + attackers.accepted;
	if (judged === 0) return `no frame of attackers judged; ${n(honest.refused)} honest ones refused`;
	return (
		`${n(attackers.refused)} of ${n(judged)} frames of attackers refused; ${n(honest.refused)} honest ones too ` +
		`(precision ${n(precision, 3)}, recall ${n(recall, 3)})`
	);
}

/** Energy to transmit, receive and listen, for each octet that arrived. */
function perByte(energy: EnergyPerByte | null): string {
	if (energy === null) return "nothing";
	return `${n(energy.txUj, 1)} + ${n(energy.rxUj, 1)} + ${n(energy.listenUj, 0)} µJ`;
}
