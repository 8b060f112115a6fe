import { ACK_WAIT_US } from "../../mac/timing.js";
import type { Clock, Radio } from "../../ports.js";
import { LoopAir } from "../radio/loop-air.js";
import { SoftwareMac } from "../radio/software-mac.js";
import type { Settings } from "../settings/parse.js";

/** A radio that is alone on its air: a board with it runs without a radio, for tests of all that is around one. */
export function openLoopRadio(settings: Settings, clock: Clock): Radio {
	const datagrams = new LoopAir().join();
	return new SoftwareMac({ datagrams, clock, device: settings.nodeId, ackWaitUs: ACK_WAIT_US });
}
