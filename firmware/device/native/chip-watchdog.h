/*
 * The node's place on the task watchdog. The SDK's loop resets its own with each message that it takes, so that one bites
 * when the machine hangs; this one bites as well when the machine turns but the node's timers have stopped.
 */
#ifndef CHIP_WATCHDOG_H
#define CHIP_WATCHDOG_H

#include <stdbool.h>

/* Takes the place; from then on it must be fed. False when the firmware was built without the task watchdog. */
bool chip_watchdog_begin(void);
void chip_watchdog_feed(void);
/* Gives the place back. */
void chip_watchdog_end(void);

#endif
