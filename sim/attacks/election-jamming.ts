import { airtimeUs, LIFS_US, MAX_PSDU_BYTES, TURNAROUND_US } from "../../firmware/mac/timing.js";
import type { AttackContext, AttackFactory } from "./attack.js";
import { ClusterEar, type RoundTimes } from "./cluster-ear.js";
import { LOUD } from "./option-schemas.js";

type Phase = "sync" | "receipts" | "announcements" | "joins" | "all";

/**
 * Bursts without a pause over a part of each election, as long as that lasts: nobody who stands near hears who leads, or
 * what arrived. Interference by nature, so that its control is the same.
 */
export const electionJamming: AttackFactory = {
	name: "election-jamming",
	options: {
		txPowerDbm: LOUD,
		phase: {
			enum: ["announcements", "sync", "receipts", "joins", "all"],
			default: "announcements",
			description:
				"What is jammed of an election: announcements (both windows), SYNCs, RECEIPTs, JOINs, or all",
		},
		share: {
			type: "number",
			exclusiveMinimum: 0,
			maximum: 1,
			default: 1,
			description: "Share of the elections that are jammed, drawn at random",
		},
	},
	create(options, context) {
		const ear = new ClusterEar(context);
		const random = context.random("elections");
		ear.onRound((times) => {
			if (!times.hasElection || random.uniform() >= (options["share"] as number)) return;
			const [fromUs, untilUs] = spanOf(options["phase"] as Phase, ear, times);
			context.at(Math.max(fromUs, context.nowUs()), () => fill(context, untilUs));
		});
	},
};

function spanOf(phase: Phase, { timeline }: ClusterEar, { beganUs }: RoundTimes): [number, number] {
	const { syncEndUs, receiptEndUs, secondWindowEndUs, joinEndUs } = timeline;
	switch (phase) {
		case "sync":
			return [beganUs, beganUs + syncEndUs];
		case "receipts":
			return [beganUs + syncEndUs, beganUs + receiptEndUs];
		case "announcements":
			return [beganUs + receiptEndUs, beganUs + secondWindowEndUs];
		case "joins":
			return [beganUs + secondWindowEndUs, beganUs + joinEndUs];
		default:
			return [beganUs, beganUs + joinEndUs];
	}
}

/** One burst after the other until a time. */
function fill(context: AttackContext, untilUs: number): void {
	const nowUs = context.nowUs();
	if (nowUs >= untilUs) return;
	const longestUs = nowUs + TURNAROUND_US + LIFS_US + airtimeUs(MAX_PSDU_BYTES);
	context.jam(Math.min(untilUs, longestUs), () => {
		// A burst too short to be sent is over at once: time goes on all the same.
		context.at(Math.max(context.nowUs(), nowUs + TURNAROUND_US), () => fill(context, untilUs));
	});
}
