import { FLOW_OPTIONS, PERIOD_S, PHASE, type Sender, sendersOf, toUs } from "./flow.js";
import type { TrafficFactory } from "./traffic.js";

/** One datagram each period. */
export const periodic: TrafficFactory = {
	name: "periodic",
	options: {
		periodS: PERIOD_S,
		phase: PHASE,
		jitterS: {
			type: "number",
			minimum: 0,
			maximum: 1e6,
			default: 0,
			description: "Each datagram is up to this late, in seconds; lateness does not add up",
		},
		...FLOW_OPTIONS,
	},
	start(options, context) {
		const periodUs = Math.max(1, toUs(options["periodS"]));
		const startUs = toUs(options["startS"]);
		const jitterUs = toUs(options["jitterS"]);
		const isAligned = options["phase"] === "aligned";
		const sendEach = (sender: Sender, dueUs: number): void => {
			const lateUs = jitterUs === 0 ? 0 : Math.floor(sender.random.uniform() * (jitterUs + 1));
			sender.at(dueUs + lateUs, () => {
				sender.send();
				sendEach(sender, dueUs + periodUs);
			});
		};
		for (const sender of sendersOf(options, context)) {
			const phaseUs = isAligned ? 0 : Math.floor(sender.random.uniform() * periodUs);
			sendEach(sender, startUs + phaseUs);
		}
	},
};
