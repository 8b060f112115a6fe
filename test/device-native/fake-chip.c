/* The clock that goes on through sleep, and why the chip started, of the fake chip. */
#include "esp_rtc_time.h"
#include "esp_system.h"

#include "fake-driver.h"

uint64_t esp_rtc_get_time_us(void) { return fake_now(); }

esp_reset_reason_t esp_reset_reason(void) { return ESP_RST_POWERON; }
