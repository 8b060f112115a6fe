import type { OptionSchemas } from "../topology/topology.js";
import { burst } from "./burst.js";
import { periodic } from "./periodic.js";
import { poisson } from "./poisson.js";
import type { TrafficFactory } from "./traffic.js";

/** The traffic models that ship, by the name that a scenario gives them. */
export const TRAFFIC_MODELS: ReadonlyMap<string, TrafficFactory> = new Map(
	[periodic, poisson, burst].map((factory) => [factory.name, factory]),
);

/** Name of the traffic that the firmware's own sensing application makes. */
export const READINGS = "readings";

/** Options of {@link READINGS}: every node but the sinks senses and sends SenML packs to its sink. */
export const READINGS_OPTIONS = {
	periodS: {
		type: "number",
		exclusiveMinimum: 0,
		maximum: 1e6,
		default: 10,
		description: "Time between two readings of all sensors of a node, in seconds",
	},
	startS: {
		type: "number",
		minimum: 0,
		maximum: 1e8,
		default: 0,
		description: "First readings fall into the period after this time, in seconds",
	},
	readingsPerPack: {
		type: "integer",
		minimum: 1,
		maximum: 64,
		default: 1,
		description: "Readings of all sensors that one datagram carries",
	},
} as const satisfies OptionSchemas;
