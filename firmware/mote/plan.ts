import type { ClusterTiming } from "../cluster/config.js";
import type { ElectionOptions } from "../cluster/election.js";
import type { PolicyOptions, WireFormat } from "../fragments/policy.js";
import type { CsmaOptions } from "../mac/csma.js";

/**
 * Everything that makes one mote different from another, as plain data: what a scenario or a board's settings say, and
 * what crosses from a simulator to an engine of its own. Link-layer addresses are written as `LinkAddress` prints them
 * (`0x0002`, or eight octets with colons), IPv6 addresses as in RFC 5952, keys as 32 hex digits.
 */
export interface MotePlan {
	/** Number of the node, for its events. */
	readonly id: number;
	readonly channel: number;
	readonly panId: number;
	/** Short address, 0 to 0xfffd; 0xfffe when the node uses its EUI-64. */
	readonly shortAddress: number;
	readonly extendedHigh: number;
	readonly extendedLow: number;
	readonly txPowerDbm: number;
	readonly isSink: boolean;
	/** First 64 bits of routable addresses; null for link-local addresses only. */
	readonly prefix: string | null;
	/** Contexts of header compression by number, each a prefix with its length. */
	readonly contexts: Readonly<Record<string, string>>;
	readonly routing:
		| { readonly kind: "static"; readonly routes: readonly PlannedRoute[] }
		| { readonly kind: "gradient"; readonly beaconPeriodUs: number };
	readonly resolvesAddresses: boolean;
	readonly csma: CsmaOptions;
	readonly neighbours: number;
	readonly queueLength: number;
	readonly hopLimit: number;
	readonly elideUdpChecksum: boolean;
	readonly maxPacketBytes: number;
	readonly reassembly: {
		/** Name of the policy. */
		readonly policy: string;
		readonly options: PolicyOptions;
		readonly budgetBytes: number;
	};
	readonly chain: {
		/** `auto`: as the policy needs it. */
		readonly format: WireFormat | "auto";
		readonly tokenBytes: number;
		readonly keyedTokenBytes: number;
		readonly helloPeriodUs: number;
	};
	/** The keys shared with others, used where fragments are `keyed`. */
	readonly linkKeys: PlannedKeys;
	/** `level` 0 for none, unless the policy needs more. */
	readonly security: { readonly level: number; readonly key: string };
	/** Null for a node that is always awake. */
	readonly cluster: PlannedCluster | null;
}

export interface PlannedRoute {
	/** Absent for all destinations. */
	readonly destination?: string;
	readonly via: string;
}

/** Addresses that were given out in order: short ones from `low` on, or EUI-64s with these upper 32 bits. */
export interface AddressRange {
	readonly extendedHigh: number;
	readonly low: number;
	readonly count: number;
}

export type PlannedKeys =
	/** Derived from a key that no node of a real network holds: for simulations. */
	| { readonly kind: "derived"; readonly masterKey: string; readonly members: AddressRange }
	/** One for each neighbour by its address. */
	| { readonly kind: "listed"; readonly keys: Readonly<Record<string, string>> };

export interface PlannedCluster {
	/** Name of the election. */
	readonly election: string;
	readonly options: ElectionOptions;
	readonly timing: ClusterTiming;
	/** IPv6 address of the sink that all readings go to. */
	readonly sink: string;
	/** Whether heads are judged by how they serve. */
	readonly trustGate: boolean;
	/** Who may lead where link keys are used; null for all that have a key. */
	readonly members: AddressRange | null;
}

/** The readings that a mote makes. */
export interface SensingPlan {
	/** IPv6 address of the sink, 16 octets; a clustered mote's readings go where its cluster's go. */
	readonly sink: Uint8Array;
	readonly periodUs: number;
	/** When the first reading is due, by the node's clock. */
	readonly firstUs: number;
	readonly readingsPerPack: number;
	/** SenML base name, such as `n17:`. */
	readonly baseName: string;
}
