import Timer from "timer";
import type { OpenRadio } from "../host-parts.js";
import { openLoopRadio } from "../loop-radio.js";
import { Radio154 } from "../radio154/radio-154.js";

/** Radios of builds for chips with an IEEE 802.15.4 transceiver. */
export const openRadio: OpenRadio = (settings, clock) => {
	if (settings.radio === "loop") return openLoopRadio(settings.nodeId, clock);
	if (settings.radio !== "154") {
		throw new Error(`radio: expected 154 or loop, which this build has, got ${settings.radio}`);
	}
	const radio = new Radio154((callback) => {
		Timer.set(callback, 0);
	});
	return { radio, isIdle: () => radio.isIdle, overflows: () => radio.counts().overflowed };
};
