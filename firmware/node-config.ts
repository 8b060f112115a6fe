import type { ClusterConfig } from "./cluster/config.js";
import type { ReassemblyPolicy } from "./fragments/policy.js";
import type { ContextTable } from "./frames/context-table.js";
import type { CsmaOptions } from "./mac/csma.js";
import type { KeyOf } from "./mac/link-keys.js";
import type { FrameProtection } from "./mac/protection.js";
import type { ChainingConfig } from "./net/chaining.js";
import type { StaticRoute } from "./net/routing.js";

/** Everything that makes one node different from another. */
export interface NodeConfig {
	/** Number of the node, for its events. */
	readonly id: number;
	readonly channel: number;
	readonly panId: number;
	/** Short address, 0 to 0xfffd; 0xfffe when the node uses its EUI-64. */
	readonly shortAddress: number;
	readonly extendedHigh: number;
	readonly extendedLow: number;
	readonly txPowerDbm: number;
	/** Collects what others send, and begins the gradient. */
	readonly isSink: boolean;
	/** First 64 bits of routable addresses; undefined for link-local addresses only. */
	readonly prefix: Uint8Array | undefined;
	/** Contexts of header compression, shared by the network. */
	readonly contexts: ContextTable;
	/** Routes as configured, or a gradient whose sink sends a beacon each `beaconPeriodUs`. */
	readonly routing:
		| { readonly kind: "static"; readonly routes: readonly StaticRoute[] }
		| { readonly kind: "gradient"; readonly beaconPeriodUs: number };
	/** Ask for a neighbour's link-layer address before the first packet to it (RFC 4861). */
	readonly resolvesAddresses: boolean;
	readonly csma: CsmaOptions;
	readonly neighbours: number;
	/** Packets that may wait for the air. */
	readonly queueLength: number;
	readonly hopLimit: number;
	readonly elideUdpChecksum: boolean;
	readonly maxPacketBytes: number;
	/** `policy`: undefined for Predictive-CSM, keyed where keys are provisioned, else open. */
	readonly reassembly: { readonly policy: ReassemblyPolicy | undefined; readonly budgetBytes: number };
	readonly protection: FrameProtection | undefined;
	/** How fragments are chained; undefined for a node that sends and takes plain ones only. */
	readonly chaining: ChainingConfig | undefined;
	/** The keys shared with neighbours; undefined without keys, and without chaining of no use. */
	readonly linkKeyOf: KeyOf | undefined;
	/** How nodes form clusters; absent for a node that is always awake. `routing` and address resolution are then not used. */
	readonly cluster?: ClusterConfig | undefined;
}
