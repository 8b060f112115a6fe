#include "chip-watchdog.h"

#include <stddef.h>

#include "sdkconfig.h"

#if CONFIG_ESP_TASK_WDT_EN

#include "esp_task_wdt.h"

static esp_task_wdt_user_handle_t place;

bool chip_watchdog_begin(void)
{
	if (place != NULL) return true;
	return esp_task_wdt_add_user("lowguard", &place) == ESP_OK;
}

void chip_watchdog_feed(void)
{
	if (place != NULL) (void)esp_task_wdt_reset_user(place);
}

void chip_watchdog_end(void)
{
	if (place != NULL) (void)esp_task_wdt_delete_user(place);
	place = NULL;
}

#else

bool chip_watchdog_begin(void)
{
	return false;
}

void chip_watchdog_feed(void) {}

void chip_watchdog_end(void) {}

#endif
