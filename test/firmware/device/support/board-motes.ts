import { syntheticSensors } from "../../../../firmware/app/synthetic-sensor.js";
import type { Datagrams } from "../../../../firmware/device/radio/datagrams.js";
import { SoftwareMac } from "../../../../firmware/device/radio/software-mac.js";
import { parseSettings, resolveSettings } from "../../../../firmware/device/settings/parse.js";
import { motePlanOf, sensingPlanOf } from "../../../../firmware/device/settings/plan.js";
import type { NodeEvents } from "../../../../firmware/events.js";
import { Mote } from "../../../../firmware/mote/mote.js";
import { FIRMWARE_PARTS } from "../../../../firmware/mote/parts.js";
import type { Clock } from "../../../../firmware/ports.js";
import { Workspace } from "../../../../firmware/workspace.js";
import { hostCipher, hostDigest } from "../../../../host-tools/crypto.js";
import { storeOf } from "../../support/chains.js";
import { SeededRandom } from "../../support/random.js";

/** What carries the frames of a mote, and how exact it is. */
export interface MoteAir {
	readonly datagrams: Datagrams;
	readonly clock: Clock;
	readonly ackWaitUs: number;
}

/** A mote with the given settings on a software radio, as a board without an 802.15.4 radio makes it; not started. */
export function softwareMote(
	given: Readonly<Record<string, unknown>>,
	{ datagrams, clock, ackWaitUs }: MoteAir,
	sink: NodeEvents,
): Mote {
	const settings = resolveSettings(parseSettings(given));
	const { nodeId } = settings;
	const mote = new Mote(
		motePlanOf(settings),
		{
			radio: new SoftwareMac({ datagrams, clock, device: nodeId, ackWaitUs }),
			clock,
			sink,
			store: storeOf(new Map()),
			cipher: hostCipher,
			digest: hostDigest,
			sensors: syntheticSensors(clock, new SeededRandom(nodeId)),
			battery: { level: () => 255 },
			random: (purpose) => new SeededRandom(nodeId * 1000 + purpose.length),
		},
		new Workspace(2048),
		FIRMWARE_PARTS,
	);
	const sensing = sensingPlanOf(settings);
	if (sensing !== null) mote.startSensing(sensing);
	return mote;
}
