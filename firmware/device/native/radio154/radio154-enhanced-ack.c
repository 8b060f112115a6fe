#include "radio154-enhanced-ack.h"

#include <stddef.h>
#include <string.h>

#include "radio154-outcome.h"
#include "radio154-port.h"

#define FCS_BYTES 2u
#define TYPE_ACK 0x02u
#define PAN_COMPRESSION 0x40u
#define VERSION_2 0x20u
#define SEQUENCE_SUPPRESSED 0x01u

typedef enum { NO_ADDRESS = 0, RESERVED = 1, SHORT_ADDRESS = 2, EXTENDED_ADDRESS = 3 } address_mode_t;

/* Where the octets are that the answer repeats; NULL for what is not in the frame. */
typedef struct {
	const uint8_t *destination_pan;
	const uint8_t *destination;
	const uint8_t *source_pan;
	const uint8_t *source;
} fields_t;

static uint32_t RADIO154_IRAM address_bytes(uint32_t mode)
{
	return mode == NO_ADDRESS ? 0 : mode == SHORT_ADDRESS ? 2 : 8;
}

/* Table 7-2 of the standard. */
static bool RADIO154_IRAM has_destination_pan(uint32_t destination, uint32_t source, bool compressed)
{
	if (destination == NO_ADDRESS) return source == NO_ADDRESS && compressed;
	const bool is_unique = source == NO_ADDRESS || (destination == EXTENDED_ADDRESS && source == EXTENDED_ADDRESS);
	return !is_unique || !compressed;
}

static bool RADIO154_IRAM has_source_pan(uint32_t destination, uint32_t source, bool compressed)
{
	if (source == NO_ADDRESS || compressed) return false;
	return !(destination == EXTENDED_ADDRESS && source == EXTENDED_ADDRESS);
}

/* Takes so many octets; NULL for none, or when the frame ends before. */
static const uint8_t *RADIO154_IRAM take(const uint8_t **next, const uint8_t *end, uint32_t count)
{
	const uint8_t *here = *next;
	*next = count <= (uint32_t)(end - here) ? here + count : NULL;
	return count == 0 ? NULL : here;
}

static bool RADIO154_IRAM find_fields(const uint8_t *frame, uint32_t destination, uint32_t source, fields_t *fields)
{
	const uint8_t *end = frame + 1 + frame[0] - FCS_BYTES;
	const uint8_t *next = frame + 3;
	const bool compressed = (frame[1] & PAN_COMPRESSION) != 0;
	const uint32_t counts[] = {
		(frame[2] & SEQUENCE_SUPPRESSED) != 0 ? 0u : 1u,
		has_destination_pan(destination, source, compressed) ? 2u : 0u,
		address_bytes(destination),
		has_source_pan(destination, source, compressed) ? 2u : 0u,
		address_bytes(source),
	};
	const uint8_t *sequence;
	const uint8_t **places[] = {
		&sequence, &fields->destination_pan, &fields->destination, &fields->source_pan, &fields->source,
	};
	for (uint32_t i = 0; i < 5; i++) {
		*places[i] = take(&next, end, counts[i]);
		if (next == NULL) return false;
	}
	return true;
}

static bool RADIO154_IRAM is_for_all(uint32_t mode, const uint8_t *destination)
{
	return mode == NO_ADDRESS || (mode == SHORT_ADDRESS && destination[0] == 0xff && destination[1] == 0xff);
}

bool RADIO154_IRAM radio154_enhanced_ack(const uint8_t *frame, uint8_t *ack)
{
	if (frame[0] < FCS_BYTES + 2 || !radio154_asks_for_ack(frame)) return false;
	const uint32_t destination = (frame[2] >> 2) & 3;
	const uint32_t source = frame[2] >> 6;
	fields_t fields;
	if (destination == RESERVED || source == RESERVED) return false;
	if (!find_fields(frame, destination, source, &fields)) return false;
	if (is_for_all(destination, fields.destination)) return false;
	const uint8_t *pan = fields.source_pan != NULL ? fields.source_pan : fields.destination_pan;
	// Nobody is named, so the PAN is not either.
	if (fields.source == NULL) pan = NULL;
	uint8_t *next = ack + 1;
	*next++ = (uint8_t)(TYPE_ACK | (fields.source != NULL && pan == NULL ? PAN_COMPRESSION : 0));
	*next++ = (uint8_t)(VERSION_2 | (frame[2] & SEQUENCE_SUPPRESSED) | (source << 2));
	if ((frame[2] & SEQUENCE_SUPPRESSED) == 0) *next++ = frame[3];
	if (pan != NULL) memcpy(next, pan, 2);
	next += pan != NULL ? 2 : 0;
	if (fields.source != NULL) memcpy(next, fields.source, address_bytes(source));
	next += address_bytes(source);
	ack[0] = (uint8_t)(next - ack - 1 + FCS_BYTES);
	return true;
}
