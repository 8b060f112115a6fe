import { FLOW_OPTIONS, Flow, PERIOD_S, PHASE, toUs } from "./flow.js";
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
		const flow = new Flow(options, context, false);
		const burstUs = new Float64Array(context.nodes);
		const sent = new Int32Array(context.nodes);
		const setTimer = flow.timer((node) => {
			flow.send(node);
			sent[node]!++;
			if (sent[node] === count) {
				sent[node] = 0;
				burstUs[node] = burstUs[node]! + periodUs;
			}
			setTimer(node, burstUs[node]! + sent[node]! * gapUs);
		});
		for (const node of flow.senders()) {
			burstUs[node] = startUs + flow.phaseUs(node, periodUs);
			setTimer(node, burstUs[node]!);
		}
	},
};
