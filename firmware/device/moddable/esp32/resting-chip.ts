import type { RestingChip } from "../../rest.js";

/** `native/chip-rest-xs.c`. */
class Hardware {
	static allowLightSleep(_allowed: boolean): boolean {
		return native("xs_lowguard_allow_light_sleep").call(this, _allowed) as boolean;
	}
	static sleepDeeply(_untilUs: number, _kept: Uint8Array): void {
		return native("xs_lowguard_sleep_deeply").call(this, _untilUs, _kept) as undefined;
	}
	static kept(): ArrayBuffer | undefined {
		return native("xs_lowguard_kept").call(this) as ArrayBuffer | undefined;
	}
	static beginWatchdog(): boolean {
		return native("xs_lowguard_begin_watchdog").call(this) as boolean;
	}
	static feedWatchdog(): void {
		return native("xs_lowguard_feed_watchdog").call(this) as undefined;
	}
	static endWatchdog(): void {
		return native("xs_lowguard_end_watchdog").call(this) as undefined;
	}
}

export const restingChip: RestingChip = {
	allowLightSleep: Hardware.allowLightSleep,
	sleepDeeply: Hardware.sleepDeeply,
	kept: () => {
		const octets = Hardware.kept();
		return octets === undefined ? undefined : new Uint8Array(octets);
	},
	beginWatchdog: Hardware.beginWatchdog,
	feedWatchdog: Hardware.feedWatchdog,
	endWatchdog: Hardware.endWatchdog,
};
