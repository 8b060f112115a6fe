/* The node's clock: integer microseconds that go on through light and deep sleep. */
#ifndef CHIP_CLOCK_H
#define CHIP_CLOCK_H

#include <stdint.h>

/* What the node's clock shows. It begins near 0 with a power cycle, and never falls. */
uint64_t chip_clock_us(void);

/* How far the node's clock is ahead of esp_timer, by which the radio goes: what it showed when a deep sleep ended. */
uint64_t chip_clock_ahead_us(void);

/* The time on esp_timer of a time on the node's clock as JavaScript has it; what is past, or no number, becomes 0. */
uint64_t chip_clock_to_timer(double node_us);

/* Keeps the time over a deep sleep that begins now. */
void chip_clock_keep(void);

#endif
