/* What became of a transmission, in the words of the node's Radio port. */
#ifndef RADIO154_OUTCOME_H
#define RADIO154_OUTCOME_H

#include <stdbool.h>
#include <stdint.h>

/* In the order in which radio-154.ts names them. */
typedef enum {
	RADIO154_PENDING = 0,
	RADIO154_ACKED = 1,
	RADIO154_SENT = 2,
	RADIO154_NO_ACK = 3,
	RADIO154_CHANNEL_BUSY = 4,
} radio154_outcome_t;

/* Why the driver gave a transmission up: the values of esp_ieee802154_tx_error_t, which radio154-events.c checks. */
enum {
	RADIO154_ERROR_CCA_BUSY = 1,
	RADIO154_ERROR_ABORT = 2,
	RADIO154_ERROR_NO_ACK = 3,
	RADIO154_ERROR_INVALID_ACK = 4,
	RADIO154_ERROR_COEXIST = 5,
	RADIO154_ERROR_SECURITY = 6,
};

/* Whether a frame, its length before it, asks for an acknowledgement. */
bool radio154_asks_for_ack(const uint8_t *frame);

/*
 * The outcome of a frame that was on the air. `ack`: the acknowledgement, its length before it, or NULL. One that bears
 * another sequence number is somebody else's. A promiscuous radio hands over none: all that is known then is that it was sent.
 */
radio154_outcome_t radio154_outcome_of_success(const uint8_t *frame, const uint8_t *ack);

/*
 * The outcome of a transmission that the driver gave up. What was cut off or refused before it was on the air counts as a busy
 * channel: the node backs off and tries again.
 */
radio154_outcome_t radio154_outcome_of_error(int error);

#endif
