import { REAL_TIME_ACK_WAIT_US, SoftwareMac } from "../../radio/software-mac.js";
import { openDatagrams } from "../host/datagrams.js";
import type { OpenRadio } from "../host-parts.js";
import { openedMac, openLoopRadio } from "../loop-radio.js";

/** Radios of builds for Linux and for chips with Wi-Fi. */
export const openRadio: OpenRadio = (settings, clock) => {
	if (settings.radio === "loop") return openLoopRadio(settings.nodeId, clock);
	if (settings.radio !== "udp") {
		throw new Error(`radio: expected udp or loop, which this build has, got ${settings.radio}`);
	}
	const datagrams = openDatagrams(settings);
	const device = settings.nodeId;
	return openedMac(new SoftwareMac({ datagrams, clock, device, ackWaitUs: REAL_TIME_ACK_WAIT_US }));
};
