import { FLOW_OPTIONS, type Sender, sendersOf, toUs } from "./flow.js";
import type { TrafficFactory } from "./traffic.js";

/** Datagrams at exponentially distributed intervals: a Poisson process on each node. */
export const poisson: TrafficFactory = {
	name: "poisson",
	options: {
		ratePerS: {
			type: "number",
			exclusiveMinimum: 0,
			maximum: 1e5,
			default: 0.1,
			description: "Mean datagrams per second of each sender",
		},
		...FLOW_OPTIONS,
	},
	start(options, context) {
		const meanUs = 1e6 / (options["ratePerS"] as number);
		// The exact time goes on from one datagram to the next: rounding each gap would shift the rate.
		const sendNext = (sender: Sender, exactUs: number): void => {
			const dueUs = exactUs + sender.random.exponential() * meanUs;
			sender.at(Math.round(dueUs), () => {
				sender.send();
				sendNext(sender, dueUs);
			});
		};
		const startUs = toUs(options["startS"]);
		for (const sender of sendersOf(options, context)) sendNext(sender, startUs);
	},
};
