import type { RestingChip } from "../../rest.js";

// Host functions of `native/chip-rest-xs.c`: xsc replaces each of these functions by the C function that it names.

function allowLightSleep(this: unknown, allowed: boolean): boolean {
	return native("xs_lowguard_allow_light_sleep").call(this, allowed) as boolean;
}

function sleepDeeply(this: unknown, untilUs: number, kept: Uint8Array): void {
	native("xs_lowguard_sleep_deeply").call(this, untilUs, kept);
}

function keptOctets(this: unknown): ArrayBuffer | undefined {
	return native("xs_lowguard_kept").call(this) as ArrayBuffer | undefined;
}

function beginWatchdog(this: unknown): boolean {
	return native("xs_lowguard_begin_watchdog").call(this) as boolean;
}

function feedWatchdog(this: unknown): void {
	native("xs_lowguard_feed_watchdog").call(this);
}

function endWatchdog(this: unknown): void {
	native("xs_lowguard_end_watchdog").call(this);
}

export const restingChip: RestingChip = {
	allowLightSleep,
	sleepDeeply,
	kept() {
		const octets = keptOctets.call(undefined);
		return octets === undefined ? undefined : new Uint8Array(octets);
	},
	beginWatchdog,
	feedWatchdog,
	endWatchdog,
};
