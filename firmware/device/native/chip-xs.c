/* The chip as XS sees it: host functions of firmware/device/moddable/chip.ts. */
#include <stddef.h>

#include "xsmc.h"
#include "xsHost.h"

#include "esp_random.h"

#include "chip-clock.h"
#include "chip-sleep.h"
#include "chip-watchdog.h"

void xs_chip_nowUs(xsMachine *the);
void xs_chip_fillRandom(xsMachine *the);
void xs_chip_allowLightSleep(xsMachine *the);
void xs_chip_sleepDeeply(xsMachine *the);
void xs_chip_kept(xsMachine *the);
void xs_chip_beginWatchdog(xsMachine *the);
void xs_chip_feedWatchdog(xsMachine *the);
void xs_chip_endWatchdog(xsMachine *the);

void xs_chip_nowUs(xsMachine *the)
{
	xsmcSetNumber(xsResult, (double)chip_clock_us());
}

/* octets to fill */
void xs_chip_fillRandom(xsMachine *the)
{
	void *octets;
	xsUnsignedValue count;
	xsmcGetBufferWritable(xsArg(0), &octets, &count);
	esp_fill_random(octets, count);
}

/* whether it may; returns whether it does as told */
void xs_chip_allowLightSleep(xsMachine *the)
{
	const bool is_done = chip_sleep_lightly(xsmcToBoolean(xsArg(0)) != 0);
	xsmcSetBoolean(xsResult, is_done);
}

/* until when on the node's clock, octets to keep */
void xs_chip_sleepDeeply(xsMachine *the)
{
	const double left_us = xsmcToNumber(xsArg(0)) - (double)chip_clock_us();
	void *octets;
	xsUnsignedValue count;
	xsmcGetBufferReadable(xsArg(1), &octets, &count);
	if (count > CHIP_KEPT_MOST) xsRangeError("sleepDeeply: expected no more than 1024 octets to keep");
	if (!(left_us < 9007199254740992.0)) xsRangeError("sleepDeeply: expected a time to wake at");
	chip_sleep_deeply(left_us > 0 ? (uint64_t)left_us : 0, octets, count);
}

/* undefined, or an ArrayBuffer with the octets */
void xs_chip_kept(xsMachine *the)
{
	uint32_t count;
	const uint8_t *octets = chip_sleep_kept(&count);
	if (octets != NULL) xsmcSetArrayBuffer(xsResult, (void *)octets, (xsIntegerValue)count);
}

void xs_chip_beginWatchdog(xsMachine *the)
{
	const bool is_on = chip_watchdog_begin();
	xsmcSetBoolean(xsResult, is_on);
}

void xs_chip_feedWatchdog(xsMachine *the)
{
	(void)the;
	chip_watchdog_feed();
}

void xs_chip_endWatchdog(xsMachine *the)
{
	(void)the;
	chip_watchdog_end();
}
