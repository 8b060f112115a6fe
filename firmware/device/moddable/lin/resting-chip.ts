import type { RestingChip } from "../../rest.js";

/** A process does not sleep but by waiting, and is watched by whoever started it. */
export const restingChip: RestingChip = {
	allowLightSleep: (allowed) => !allowed,
	sleepDeeply: () => {
		throw new Error("sleepDeeply: a Linux process has no deep sleep");
	},
	kept: () => undefined,
	beginWatchdog: () => false,
	feedWatchdog: () => {},
	endWatchdog: () => {},
};
