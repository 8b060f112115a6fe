#include "chip-sleep.h"

#include <stddef.h>
#include <string.h>

#include "sdkconfig.h"

#include "esp_attr.h"
#include "esp_pm.h"
#include "esp_sleep.h"
#include "esp_system.h"

#include "chip-clock.h"

#define KEPT 0x6b657074u
/* Shorter is no sleep: the chip refuses what ends before it has begun. */
#define LEAST_US 1000u

static RTC_DATA_ATTR struct {
	uint32_t mark;
	uint32_t count;
	uint8_t octets[CHIP_KEPT_MOST];
} kept;

bool chip_sleep_lightly(bool allowed)
{
#if CONFIG_PM_ENABLE
	// The frequency stays: the driver's times were measured at it, and sleep saves more than a slower clock.
	const esp_pm_config_t config = {
		.max_freq_mhz = CONFIG_ESP_DEFAULT_CPU_FREQ_MHZ,
		.min_freq_mhz = CONFIG_ESP_DEFAULT_CPU_FREQ_MHZ,
		.light_sleep_enable = allowed,
	};
	return esp_pm_configure(&config) == ESP_OK;
#else
	return !allowed;
#endif
}

void chip_sleep_deeply(uint64_t duration_us, const uint8_t *octets, uint32_t count)
{
	kept.count = count < CHIP_KEPT_MOST ? count : CHIP_KEPT_MOST;
	memcpy(kept.octets, octets, kept.count);
	kept.mark = KEPT;
	chip_clock_keep();
	(void)esp_sleep_enable_timer_wakeup(duration_us > LEAST_US ? duration_us : LEAST_US);
	esp_deep_sleep_start();
}

const uint8_t *chip_sleep_kept(uint32_t *count)
{
	*count = 0;
	if (kept.mark != KEPT || esp_reset_reason() != ESP_RST_DEEPSLEEP) return NULL;
	*count = kept.count;
	return kept.octets;
}
