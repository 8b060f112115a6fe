#ifndef RADIO154_FCS_H
#define RADIO154_FCS_H

#include <stdint.h>

/* The frame check sequence of IEEE 802.15.4 over `count` octets, as in firmware/frames/fcs.ts; low octet first on the air. */
uint16_t radio154_fcs(const uint8_t *octets, uint32_t count);

#endif
