#include "radio154-outcome.h"

#include <stddef.h>

#include "radio154-port.h"

#define ACK_REQUEST 0x20u
#define TYPE_MASK 0x07u
#define TYPE_ACK 0x02u
/* Second octet of the frame control field: frame version 2, and its suppressed sequence number. */
#define VERSION_2 0x20u
#define VERSION_MASK 0x30u
#define SEQUENCE_SUPPRESSED 0x01u

bool RADIO154_IRAM radio154_asks_for_ack(const uint8_t *frame)
{
	return (frame[1] & ACK_REQUEST) != 0;
}

static bool RADIO154_IRAM lacks_sequence(const uint8_t *frame)
{
	return (frame[2] & VERSION_MASK) == VERSION_2 && (frame[2] & SEQUENCE_SUPPRESSED) != 0;
}

radio154_outcome_t RADIO154_IRAM radio154_outcome_of_success(const uint8_t *frame, const uint8_t *ack)
{
	if (ack == NULL || !radio154_asks_for_ack(frame)) return RADIO154_SENT;
	if ((ack[1] & TYPE_MASK) != TYPE_ACK) return RADIO154_NO_ACK;
	if (lacks_sequence(frame)) return lacks_sequence(ack) ? RADIO154_ACKED : RADIO154_NO_ACK;
	return !lacks_sequence(ack) && ack[3] == frame[3] ? RADIO154_ACKED : RADIO154_NO_ACK;
}

radio154_outcome_t RADIO154_IRAM radio154_outcome_of_error(int error)
{
	switch (error) {
	case RADIO154_ERROR_NO_ACK:
	case RADIO154_ERROR_INVALID_ACK:
		return RADIO154_NO_ACK;
	default:
		return RADIO154_CHANNEL_BUSY;
	}
}
