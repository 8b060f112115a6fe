/*
 * Clock and deep sleep of the chip over several starts, by commands on standard input, one a line:
 *   boot REASON TIMER RTC | now | timer NODE | sleep US HEX | kept
 * `boot` is a start of the firmware: what is not in memory of the always-on domain is as it was at first.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Included, so that a start can forget what they know.
#include "chip-clock.c"
#undef KEPT
#define kept kept_octets
#include "chip-sleep.c"
#undef kept

#include "esp_timer.h"

#include "fake-commands.h"

static int64_t timer_us;
static uint64_t rtc_us;
static uint64_t wake_us;
static esp_reset_reason_t reason;
static jmp_buf asleep;

int64_t esp_timer_get_time(void) { return timer_us; }
uint64_t esp_rtc_get_time_us(void) { return rtc_us; }
esp_reset_reason_t esp_reset_reason(void) { return reason; }
esp_err_t esp_pm_configure(const void *config) { return config == NULL ? ESP_FAIL : ESP_OK; }

esp_err_t esp_sleep_enable_timer_wakeup(uint64_t time_in_us)
{
	wake_us = time_in_us;
	return ESP_OK;
}

void esp_deep_sleep_start(void) { longjmp(asleep, 1); }

static void boot(const char *rest)
{
	int why = 0;
	sscanf(rest, "%d %" SCNd64 " %" SCNu64, &why, &timer_us, &rtc_us);
	reason = (esp_reset_reason_t)why;
	is_begun = false;
	ahead_us = 0;
	if (reason == ESP_RST_DEEPSLEEP) return;
	memset(&kept, 0, sizeof(kept));
	memset(&kept_octets, 0, sizeof(kept_octets));
}

static void fall_asleep(const char *rest)
{
	uint8_t octets[200];
	uint64_t duration_us = 0;
	char hex[401] = "";
	sscanf(rest, "%" SCNu64 " %400s", &duration_us, hex);
	const uint32_t count = fake_from_hex(hex, octets);
	if (setjmp(asleep) == 0) chip_sleep_deeply(duration_us, octets, count);
	printf("asleep for %" PRIu64 "\n", wake_us);
}

static void tell_kept(void)
{
	uint32_t count;
	const uint8_t *octets = chip_sleep_kept(&count);
	if (octets == NULL) printf("nothing");
	for (uint32_t i = 0; i < count; i++) printf("%02x", octets[i]);
	printf("\n");
}

int main(void)
{
	char name[32];
	char rest[600];
	while (fake_read_command(name, sizeof(name), rest, sizeof(rest))) {
		if (strcmp(name, "boot") == 0) boot(rest);
		else if (strcmp(name, "now") == 0) printf("%" PRIu64 "\n", chip_clock_us());
		else if (strcmp(name, "timer") == 0) printf("%" PRIu64 "\n", chip_clock_to_timer(strtod(rest, NULL)));
		else if (strcmp(name, "sleep") == 0) fall_asleep(rest);
		else if (strcmp(name, "kept") == 0) tell_kept();
		else return 2;
	}
	return 0;
}
