import { FLOW_OPTIONS, PERIOD_S, PHASE, type Sender, sendersOf, toUs } from "./flow.js";
import type { TrafficFactory } from "./traffic.js";

/** Several datagrams in close succession each period. */
export const burst: TrafficFactory = {
	name: "burst",
	options: {
		count: {
			type: "integer",
			minimum: 1,
			maximum: 100_000,
			default: 5,
			description: "Datagrams in a burst",
		},
		gapS: {
			type: "number",
			minimum: 0,
			maximum: 1e6,
			default: 0.1,
			description: "Time between two datagrams of a burst, in seconds",
		},
		periodS: { ...PERIOD_S, default: 60, description: "Time between the starts of two bursts, in seconds" },
		phase: PHASE,
		...FLOW_OPTIONS,
	},
	start(options, context) {
		const count = options["count"] as number;
		const gapUs = toUs(options["gapS"]);
		const periodUs = Math.max(1, toUs(options["periodS"]));
		const startUs = toUs(options["startS"]);
		const isAligned = options["phase"] === "aligned";
		const sendBurst = (sender: Sender, burstUs: number, sent: number): void => {
			sender.at(burstUs + sent * gapUs, () => {
				sender.send();
				if (sent + 1 < count) sendBurst(sender, burstUs, sent + 1);
				else sendBurst(sender, burstUs + periodUs, 0);
			});
		};
		for (const sender of sendersOf(options, context)) {
			const phaseUs = isAligned ? 0 : Math.floor(sender.random.uniform() * periodUs);
			sendBurst(sender, startUs + phaseUs, 0);
		}
	},
};
