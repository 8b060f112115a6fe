import { REAL_TIME_ACK_WAIT_US, SoftwareMac } from "../../radio/software-mac.js";
import { openDatagrams } from "../host/datagrams.js";
import type { OpenRadio } from "../host-parts.js";
import { openLoopRadio } from "../loop-radio.js";

/** Radios of builds for Linux and for chips with Wi-Fi. */
export const openRadio: OpenRadio = (settings, clock) => {
	if (settings.radio === "loop") return openLoopRadio(settings, clock);
	if (settings.radio !== "udp") {
		throw new Error(`radio: expected udp or loop, which this build has, got ${settings.radio}`);
	}
	return new SoftwareMac({
		datagrams: openDatagrams(settings),
		clock,
		device: settings.nodeId,
		ackWaitUs: REAL_TIME_ACK_WAIT_US,
	});
};
