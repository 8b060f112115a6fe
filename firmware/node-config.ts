import type { ClusterConfig } from "./cluster/config.js";
import type { ReassemblyPolicy } from "./fragments/policy.js";
import type { ContextTable } from "./frames/context-table.js";
import type { CsmaOptions } from "./mac/csma.js";
import type { KeyOf } from "./mac/link-keys.js";
import type { FrameProtection } from "./mac/protection.js";
import type { ChainingConfig } from "./net/chaining.js";
import type { StaticRoute } from "./net/routing.js";

/** What the nodes of one network have in common: one object for all of them that a machine runs. */
export interface NodeProfile {
	readonly channel: number;
	readonly panId: number;
	readonly txPowerDbm: number;
	/** First 64 bits of routable addresses; undefined for link-local addresses only. */
	readonly prefix: Uint8Array | undefined;
	/** Contexts of header compression, shared by the network. */
	readonly contexts: ContextTable;
	/** Ask for a neighbour's link-layer address before the first packet to it (RFC 4861). */
	readonly resolvesAddresses: boolean;
	readonly csma: CsmaOptions;
	/** Neighbours that a node knows at most. */
	readonly neighbours: number;
	/** Packets that may wait for the air. */
	readonly queueLength: number;
	readonly hopLimit: number;
	readonly elideUdpChecksum: boolean;
	/** The largest packet that a node sends. */
	readonly maxPacketBytes: number;
	/** Octets that reassembly may take. */
	readonly budgetBytes: number;
	/** How fragments are chained; undefined for a node that sends and takes plain ones only. */
	readonly chaining: ChainingConfig | undefined;
}

/** Everything that makes one node different from another. */
export interface NodeConfig {
	readonly profile: NodeProfile;
	/** Number of the node, for its events. */
	readonly id: number;
	/** Short address, 0 to 0xfffd; 0xfffe when the node uses its EUI-64. */
	readonly shortAddress: number;
	readonly extendedHigh: number;
	readonly extendedLow: number;
	/** Collects what others send, and begins the gradient. */
	readonly isSink: boolean;
	/** Routes as configured, or a gradient whose sink sends a beacon each `beaconPeriodUs`. */
	readonly routing:
		| { readonly kind: "static"; readonly routes: readonly StaticRoute[] }
		| { readonly kind: "gradient"; readonly beaconPeriodUs: number };
	/** Undefined for Predictive-CSM, keyed where keys are provisioned, else open. */
	readonly policy: ReassemblyPolicy | undefined;
	readonly protection: FrameProtection | undefined;
	/** The keys shared with neighbours; undefined without keys, and without chaining of no use. */
	readonly linkKeyOf: KeyOf | undefined;
	/** How nodes form clusters; absent for a node that is always awake. `routing` and address resolution are then not used. */
	readonly cluster?: ClusterConfig | undefined;
}
