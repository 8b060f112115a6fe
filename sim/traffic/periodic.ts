import { FLOW_OPTIONS, Flow, PERIOD_S, PHASE, toUs } from "./flow.js";
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
		const flow = new Flow(options, context, jitterUs > 0);
		/** When the last datagram that was set was due, late or not. */
		const dueUs = new Float64Array(context.nodes);
		const setTimer = flow.timer((node) => {
			flow.send(node);
			setNext(node, dueUs[node]! + periodUs);
		});
		const setNext = (node: number, nextUs: number): void => {
			const lateUs = jitterUs === 0 ? 0 : Math.floor(flow.random(node).uniform() * (jitterUs + 1));
			dueUs[node] = nextUs;
			setTimer(node, nextUs + lateUs);
		};
		for (const node of flow.senders()) setNext(node, startUs + flow.phaseUs(node, periodUs));
	},
};
