/* Sleep of the chip: light, which keeps all memory, and deep, from which the firmware starts anew. */
#ifndef CHIP_SLEEP_H
#define CHIP_SLEEP_H

#include <stdbool.h>
#include <stdint.h>

/* Octets that a deep sleep keeps at most: they lie in memory of the always-on domain, of which the ESP32-H2 has 4 KB. */
#define CHIP_KEPT_MOST 1024u

/*
 * Lets the chip sleep lightly whenever no task runs and nobody holds it awake, or no more. False when the firmware was built
 * without power management.
 */
bool chip_sleep_lightly(bool allowed);

/* Sleeps deeply for so long, and keeps `count` octets, at most CHIP_KEPT_MOST; radios are off by then. Does not return. */
void chip_sleep_deeply(uint64_t duration_us, const uint8_t *octets, uint32_t count) __attribute__((noreturn));

/* What the deep sleep that the firmware started from has kept; NULL when it did not start from one. */
const uint8_t *chip_sleep_kept(uint32_t *count);

#endif
