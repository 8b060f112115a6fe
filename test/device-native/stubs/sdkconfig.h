/* The options of the build that the native code looks at, as firmware/device/targets sets them for ESP32-C6 and ESP32-H2. */
#pragma once
#define CONFIG_IEEE802154_ENABLED 1
#define CONFIG_ESP_TASK_WDT_EN 1
#define CONFIG_PM_ENABLE 1
#define CONFIG_ESP_DEFAULT_CPU_FREQ_MHZ 160
