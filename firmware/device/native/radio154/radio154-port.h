/*
 * What the C of this folder takes from the chip where there is one, and does without elsewhere: the files that include
 * nothing else of it compile on any machine.
 */
#ifndef RADIO154_PORT_H
#define RADIO154_PORT_H

#if defined(ESP_PLATFORM)
#include "esp_attr.h"
#define RADIO154_IRAM IRAM_ATTR
#else
#define RADIO154_IRAM
#endif

/*
 * Keeps the compiler from moving memory accesses across. The chips with this radio have one core that runs the firmware, and
 * it sees its own accesses in order, so nothing more is needed between an interrupt and the task that it interrupts. C11
 * atomics are not used: the SDK compiles for rv32imc, where they become calls into a library.
 */
#define RADIO154_ORDER() __asm__ volatile("" ::: "memory")

#endif
