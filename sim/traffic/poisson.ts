import { FLOW_OPTIONS, Flow, toUs } from "./flow.js";
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
		const flow = new Flow(options, context, true);
		/** The exact time goes on from one datagram to the next: rounding each gap would shift the rate. */
		const exactUs = new Float64Array(context.nodes).fill(toUs(options["startS"]));
		const setTimer = flow.timer((node) => {
			flow.send(node);
			setNext(node);
		});
		const setNext = (node: number): void => {
			exactUs[node] = exactUs[node]! + flow.random(node).exponential() * meanUs;
			setTimer(node, Math.round(exactUs[node]!));
		};
		for (const node of flow.senders()) setNext(node);
	},
};
