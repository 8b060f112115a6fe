/* Sleep and watchdog as XS sees them: host functions of firmware/device/moddable/esp32/resting-chip.ts. */
#include <stddef.h>

#include "xsmc.h"
#include "xsHost.h"

#include "chip-clock.h"
#include "chip-sleep.h"
#include "chip-watchdog.h"

void xs_lowguard_allow_light_sleep(xsMachine *the);
void xs_lowguard_sleep_deeply(xsMachine *the);
void xs_lowguard_kept(xsMachine *the);
void xs_lowguard_begin_watchdog(xsMachine *the);
void xs_lowguard_feed_watchdog(xsMachine *the);
void xs_lowguard_end_watchdog(xsMachine *the);

/* allowLightSleep(allowed): whether the chip does as told. */
void xs_lowguard_allow_light_sleep(xsMachine *the)
{
	const bool is_done = chip_sleep_lightly(xsmcToBoolean(xsArg(0)) != 0);
	xsmcSetBoolean(xsResult, is_done);
}

/* sleepDeeply(untilUs, kept): until then on the node's clock. Does not return. */
void xs_lowguard_sleep_deeply(xsMachine *the)
{
	const double left_us = xsmcToNumber(xsArg(0)) - (double)chip_clock_us();
	void *octets;
	xsUnsignedValue count;
	// 2^53: beyond it there are no times, nor is this comparison true of what is no number.
	if (!(left_us < 9007199254740992.0)) xsRangeError("sleepDeeply: expected a time to wake at");
	xsmcGetBufferReadable(xsArg(1), &octets, &count);
	if (count > CHIP_KEPT_MOST) xsRangeError("sleepDeeply: expected no more than 1024 octets to keep");
	chip_sleep_deeply(left_us > 0 ? (uint64_t)left_us : 0, octets, count);
}

/* kept(): an ArrayBuffer with the octets that a deep sleep has kept, or undefined. */
void xs_lowguard_kept(xsMachine *the)
{
	uint32_t count;
	const uint8_t *octets = chip_sleep_kept(&count);
	if (octets != NULL) xsmcSetArrayBuffer(xsResult, (void *)octets, (xsIntegerValue)count);
}

/* beginWatchdog(): whether there is one. */
void xs_lowguard_begin_watchdog(xsMachine *the)
{
	const bool is_on = chip_watchdog_begin();
	xsmcSetBoolean(xsResult, is_on);
}

void xs_lowguard_feed_watchdog(xsMachine *the)
{
	(void)the;
	chip_watchdog_feed();
}

void xs_lowguard_end_watchdog(xsMachine *the)
{
	(void)the;
	chip_watchdog_end();
}
