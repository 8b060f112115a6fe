import { LinkAddress } from "../../../firmware/address.js";
import type { GradientHost } from "../../../firmware/net/gradient.js";
import { NetworkWorkspace } from "../../../firmware/net/network-workspace.js";
import type { Ports, Store } from "../../../firmware/ports.js";
import { NeighbourTable } from "../../../firmware/trust/neighbours.js";
import type { HandClock } from "./hand-clock.js";
import { SeededRandom } from "./random.js";
import type { Recorder } from "./recorder.js";

/** What a gradient needs of a node with the short address `id` + 1, whose beacons `say` takes. */
export function gradientHost(
	id: number,
	isSink: boolean,
	clock: HandClock,
	recorder: Recorder,
	say: (payload: Uint8Array) => void,
	{ capacity = 16, store = { get: () => undefined, set: () => true } as Store } = {},
): GradientHost {
	return {
		id,
		isSink,
		address: LinkAddress.short(id + 1),
		clock,
		sink: recorder.sink,
		neighbours: new NeighbourTable(capacity),
		workspace: { network: new NetworkWorkspace() },
		ports: { store, random: () => new SeededRandom(1) } as unknown as Ports,
		outbox: { broadcast: say },
		nextBroadcast: () => 1,
	};
}
