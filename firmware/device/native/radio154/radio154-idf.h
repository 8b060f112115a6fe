/* ESP-IDF's driver of the transceiver. */
#ifndef RADIO154_IDF_H
#define RADIO154_IDF_H

#include "sdkconfig.h"

#if CONFIG_ESP_COEX_SW_COEXIST_ENABLE
#error "radio154: set CONFIG_ESP_COEX_SW_COEXIST_ENABLE=n in sdkconfig.defaults. With it the driver's header needs another \
one that the Moddable SDK does not find, and the node uses no Wi-Fi or Bluetooth beside this radio."
#endif

// The SDK's include path names ESP-IDF's folder of components, and not this one.
#include "ieee802154/include/esp_ieee802154.h"

#endif
