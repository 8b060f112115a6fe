/* The transceiver of the chip, as the node's Radio port wants it, over ESP-IDF's esp_ieee802154. All times are esp_timer's. */
#ifndef RADIO154_DRIVER_H
#define RADIO154_DRIVER_H

#include <stdbool.h>
#include <stdint.h>

#include "radio154-outcome.h"
#include "radio154-ring.h"

typedef struct {
	uint8_t channel;
	uint16_t pan_id;
	uint16_t short_address;
	/* EUI-64, upper and lower half. */
	uint32_t extended_high;
	uint32_t extended_low;
	int8_t tx_power_dbm;
	bool promiscuous;
	bool pan_coordinator;
} radio154_config_t;

/* What happened since the last time, oldest first. */
typedef struct {
	/* A frame, until the next call; NULL for none. */
	const radio154_frame_t *frame;
	/* Or the end of the transmission under way; RADIO154_PENDING for none. */
	radio154_outcome_t outcome;
} radio154_event_t;

typedef struct {
	/* Frames that the ring had no room for. */
	uint32_t overflowed;
	/* Frames of a length that no frame has. */
	uint32_t malformed;
	/* Frames taken over from the driver. */
	uint32_t received;
	/* Messages to the machine that its queue had no room for; they were sent again. */
	uint32_t delayed;
} radio154_counts_t;

/* Starts the driver, with the receiver off; false when it cannot. */
bool radio154_begin(void);
void radio154_end(void);

void radio154_configure(const radio154_config_t *config);
void radio154_receive(bool on);
/* False when as many windows as it can keep are open or to come. */
bool radio154_receive_at(uint64_t from_us, uint64_t duration_us);
/*
 * Sends one PSDU of 5 to 127 octets, FCS included (the hardware puts its own in place of it); a copy is made. False while
 * another one is under way.
 */
bool radio154_transmit(const uint8_t *psdu, uint32_t count, bool cca, uint64_t at_us);
/* Whether nothing is sent, no receiver is on, and no window is to come. */
bool radio154_is_idle(void);
/* The next event; each is given once. Called by the task that runs the node, and by no other. */
radio154_event_t radio154_next(void);
radio154_counts_t radio154_counts(void);

#endif
