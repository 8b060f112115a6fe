/* What every ESP32 has, as XS sees it: host functions of firmware/device/moddable/esp32/chip.ts. */
#include <stddef.h>

#include "xsmc.h"
#include "xsHost.h"

#include "esp_random.h"
#include "esp_system.h"

#include "chip-clock.h"

void xs_lowguard_now(xsMachine *the);
void xs_lowguard_fill_random(xsMachine *the);
void xs_lowguard_restart(xsMachine *the);
void xs_lowguard_start_reason(xsMachine *the);

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

static const char *start_reason(void)
{
	switch (esp_reset_reason()) {
	case ESP_RST_POWERON: return "power-on";
	case ESP_RST_EXT: return "reset-pin";
	case ESP_RST_SW: return "restart";
	case ESP_RST_PANIC: return "panic";
	case ESP_RST_INT_WDT: return "interrupt-watchdog";
	case ESP_RST_TASK_WDT: return "watchdog";
	case ESP_RST_WDT: return "other-watchdog";
	case ESP_RST_DEEPSLEEP: return "deep-sleep";
	case ESP_RST_BROWNOUT: return "brownout";
	case ESP_RST_USB: return "usb";
	default: return "unknown";
	}
}

/* why the firmware was started */
void xs_lowguard_start_reason(xsMachine *the)
{
	xsmcSetString(xsResult, (char *)start_reason());
}
