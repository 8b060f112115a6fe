/* What every ESP32 has, as XS sees it: host functions of firmware/device/moddable/esp32/chip.ts. */
#include "xsmc.h"
#include "xsHost.h"

#include "esp_random.h"
#include "esp_system.h"

#include "chip-clock.h"

void xs_lowguard_now(xsMachine *the);
void xs_lowguard_fill_random(xsMachine *the);
void xs_lowguard_restart(xsMachine *the);

/* microseconds on the node's clock, as a whole number */
void xs_lowguard_now(xsMachine *the)
{
	xsmcSetNumber(xsResult, (double)chip_clock_us());
}

/* octets to fill; the numbers are true random ones while a radio is on, and seeded with noise before */
void xs_lowguard_fill_random(xsMachine *the)
{
	void *octets;
	xsUnsignedValue count;
	xsmcGetBufferWritable(xsArg(0), &octets, &count);
	esp_fill_random(octets, count);
}

/* does not return */
void xs_lowguard_restart(xsMachine *the)
{
	(void)the;
	esp_restart();
}
