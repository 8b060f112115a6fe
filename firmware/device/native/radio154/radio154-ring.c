#include "radio154-ring.h"

#include <stddef.h>
#include <string.h>

#include "radio154-fcs.h"
#include "radio154-port.h"

_Static_assert((RADIO154_RING_FRAMES & (RADIO154_RING_FRAMES - 1)) == 0, "the ring needs a power of two");
_Static_assert(RADIO154_RING_FRAMES >= 16, "the node counts on 16 frames at least");

void radio154_ring_begin(radio154_ring_t *ring, uint32_t start)
{
	memset(ring, 0, sizeof(*ring));
	ring->put = start;
	ring->dropped = start;
}

bool RADIO154_IRAM radio154_ring_put(radio154_ring_t *ring, const uint8_t *frame, int8_t rssi_dbm, uint8_t lqi,
									 uint64_t sfd_us)
{
	const uint32_t bytes = frame[0];
	if (bytes < RADIO154_PSDU_LEAST || bytes > RADIO154_PSDU_MOST) {
		ring->malformed++;
		return false;
	}
	const uint32_t put = ring->put;
	if (put - ring->dropped >= RADIO154_RING_FRAMES) {
		ring->overflowed++;
		return false;
	}
	radio154_frame_t *slot = &ring->frames[put % RADIO154_RING_FRAMES];
	slot->sfd_us = sfd_us;
	slot->rssi_dbm = rssi_dbm;
	slot->lqi = lqi;
	slot->psdu_bytes = (uint8_t)bytes;
	memcpy(slot->psdu, frame + 1, bytes - RADIO154_FCS_BYTES);
	RADIO154_ORDER();
	ring->put = put + 1;
	return true;
}

const radio154_frame_t *radio154_ring_first(const radio154_ring_t *ring)
{
	const uint32_t dropped = ring->dropped;
	if (ring->put == dropped) return NULL;
	RADIO154_ORDER();
	return &ring->frames[dropped % RADIO154_RING_FRAMES];
}

void radio154_ring_drop(radio154_ring_t *ring)
{
	if (ring->put == ring->dropped) return;
	RADIO154_ORDER();
	ring->dropped++;
}

uint32_t radio154_frame_copy(const radio154_frame_t *frame, uint8_t *into)
{
	const uint32_t body = frame->psdu_bytes - RADIO154_FCS_BYTES;
	memcpy(into, frame->psdu, body);
	const uint16_t fcs = radio154_fcs(frame->psdu, body);
	into[body] = (uint8_t)fcs;
	into[body + 1] = (uint8_t)(fcs >> 8);
	return frame->psdu_bytes;
}
