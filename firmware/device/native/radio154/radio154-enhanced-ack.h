#ifndef RADIO154_ENHANCED_ACK_H
#define RADIO154_ENHANCED_ACK_H

#include <stdbool.h>
#include <stdint.h>

/* Octets of the longest: length, frame control (2), sequence number, PAN (2), address (8); the hardware adds the FCS. */
#define RADIO154_ENHANCED_ACK_MOST 14u

/*
 * Writes the acknowledgement that a frame of version 2 gets, its length before it, without security and IEs (IEEE
 * 802.15.4-2020, 7.3.3). Both frames as the driver has them. False when it gets none: it does not ask for one, is for all, or is
 * cut short.
 */
bool radio154_enhanced_ack(const uint8_t *frame, uint8_t *ack);

#endif
