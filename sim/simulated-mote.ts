import type { SensingPlan } from "../firmware/mote/plan.js";

/** What a simulation asks of a mote, in whatever engine that runs: see `Mote` of the firmware, which is one. */
export interface SimulatedMote {
	/** Link-local address, and the routable one where there is a prefix; 16 octets each. */
	readonly linkLocal: Uint8Array;
	readonly global: Uint8Array | undefined;
	/** The most octets that reassembly took at once. */
	readonly peakBytes: number;
	/** When the first round of clusters began, by the node's clock; asked of a sink that has started. */
	readonly roundsBeganUs: number;
	start(): void;
	startSensing(plan: SensingPlan): void;
	/** Sends `payload[0..length)` to the traffic port of an IPv6 address. */
	sendUdp(destination: Uint8Array, payload: Uint8Array, length: number): void;
	/** Gives back all memory and goes silent. */
	stop(): void;
}
