import { ACK_WAIT_US } from "../../mac/timing.js";
import type { Clock } from "../../ports.js";
import { LoopAir } from "../radio/loop-air.js";
import { SoftwareMac } from "../radio/software-mac.js";
import type { OpenedRadio } from "./host-parts.js";

/** A radio that is alone on its air: with it a board runs all that is around a radio, and its console. */
export function openLoopRadio(device: number, clock: Clock): OpenedRadio {
	const datagrams = new LoopAir().join();
	return openedMac(new SoftwareMac({ datagrams, clock, device, ackWaitUs: ACK_WAIT_US }));
}

/** A radio in software, whose host may not sleep: datagrams come at any time. */
export function openedMac(mac: SoftwareMac): OpenedRadio {
	return { radio: mac, isIdle: () => false, overflows: () => mac.overflows };
}
