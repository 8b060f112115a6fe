#include "chip-clock.h"

#include <stdbool.h>

#include "esp_attr.h"
#include "esp_rtc_time.h"
#include "esp_system.h"
#include "esp_timer.h"

#define KEPT 0x6c677561u

/* In memory that a deep sleep keeps; zero after any other reset. */
static RTC_DATA_ATTR struct {
	uint32_t mark;
	/* What the node's clock showed when the counter of the always-on domain showed that. */
	uint64_t node_us;
	uint64_t rtc_us;
} kept;

static uint64_t ahead_us;
static bool is_begun;

/* esp_timer begins anew after a deep sleep, the counter of the always-on domain does not. */
static void begin(void)
{
	if (is_begun) return;
	is_begun = true;
	if (kept.mark != KEPT || esp_reset_reason() != ESP_RST_DEEPSLEEP) return;
	const uint64_t now_us = kept.node_us + (esp_rtc_get_time_us() - kept.rtc_us);
	const uint64_t timer_us = (uint64_t)esp_timer_get_time();
	ahead_us = now_us > timer_us ? now_us - timer_us : 0;
	kept.mark = 0;
}

uint64_t chip_clock_us(void)
{
	begin();
	return (uint64_t)esp_timer_get_time() + ahead_us;
}

uint64_t chip_clock_ahead_us(void)
{
	begin();
	return ahead_us;
}

uint64_t chip_clock_to_timer(double node_us)
{
	begin();
	const double timer_us = node_us - (double)ahead_us;
	// 2^53: beyond it JavaScript's numbers are no times any more.
	if (!(timer_us > 0 && timer_us < 9007199254740992.0)) return 0;
	return (uint64_t)timer_us;
}

void chip_clock_keep(void)
{
	kept.node_us = chip_clock_us();
	kept.rtc_us = esp_rtc_get_time_us();
	kept.mark = KEPT;
}
