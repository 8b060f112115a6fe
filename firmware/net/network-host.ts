import type { LinkAddress } from "../address.js";
import type { NodeProfile } from "../node-config.js";
import type { Clock, Ports, Sink } from "../ports.js";
import type { NeighbourTable } from "../trust/neighbours.js";
import type { Workspace } from "../workspace.js";
import type { Chaining } from "./chaining.js";
import type { NetworkLayer } from "./network-layer.js";
import type { Outbox } from "./outbox.js";
import type { Routing } from "./routing.js";

/** The node that the parts of a network stack belong to: each keeps one reference to it, and takes of it what it needs. */
export interface NetworkHost {
	/** Number of the node, for its events. */
	readonly id: number;
	readonly profile: NodeProfile;
	/** Whether it asks for a neighbour's link-layer address, or else derives it from the IPv6 address. */
	readonly resolvesAddresses: boolean;
	readonly ports: Ports;
	readonly clock: Clock;
	readonly sink: Sink;
	readonly workspace: Workspace;
	/** Our link-layer address; our IPv6 addresses follow from it. */
	readonly address: LinkAddress;
	readonly neighbours: NeighbourTable;
	readonly routing: Routing;
	readonly outbox: Outbox;
	readonly network: NetworkLayer;
	/** Undefined for a node that sends and takes plain fragments only. */
	readonly chaining: Chaining | undefined;
	/** The next number among our broadcasts, 0 to 65,535. */
	nextBroadcast(): number;
}
