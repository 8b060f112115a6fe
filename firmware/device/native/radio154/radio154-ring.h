/* The ring of received frames: filled in interrupt context, emptied by the task that runs the node. */
#ifndef RADIO154_RING_H
#define RADIO154_RING_H

#include <stdbool.h>
#include <stdint.h>

/* A power of two: the counters run over 2^32 without a seam. */
#define RADIO154_RING_FRAMES 32u
/* aMaxPhyPacketSize. */
#define RADIO154_PSDU_MOST 127u
/* Frame control (2), sequence number (1), FCS (2): below that nothing is a frame. */
#define RADIO154_PSDU_LEAST 5u
#define RADIO154_FCS_BYTES 2u

typedef struct {
	/* When the start-of-frame delimiter was over, on the driver's clock. */
	uint64_t sfd_us;
	int8_t rssi_dbm;
	uint8_t lqi;
	/* Octets of the PSDU, FCS included. */
	uint8_t psdu_bytes;
	/* The FCS is left out: see radio154_frame_copy. */
	uint8_t psdu[RADIO154_PSDU_MOST - RADIO154_FCS_BYTES];
} radio154_frame_t;

/*
 * One producer at a time, one consumer, no lock between them: each counter has one writer, and its octets lie in one word.
 * The producers (interrupt, and the driver's calls that end a reception in a task) must exclude each other.
 */
typedef struct {
	/* Frames ever put, and ever dropped; written by the producer, and by the consumer. */
	volatile uint32_t put;
	volatile uint32_t dropped;
	/* Frames that found no room, and those that were too short or too long to be any; both wrap. */
	volatile uint32_t overflowed;
	volatile uint32_t malformed;
	radio154_frame_t frames[RADIO154_RING_FRAMES];
} radio154_ring_t;

/* Empties a ring; `start` is where its counters begin. */
void radio154_ring_begin(radio154_ring_t *ring, uint32_t start);

/*
 * Copies a frame as the driver keeps it: its length, FCS included, then its octets. Where there is no room the new frame is
 * lost and counted: what came first is older, and may be half of what the node waits for.
 */
bool radio154_ring_put(radio154_ring_t *ring, const uint8_t *frame, int8_t rssi_dbm, uint8_t lqi, uint64_t sfd_us);

/* The oldest frame, NULL for none; it stays until radio154_ring_drop. */
const radio154_frame_t *radio154_ring_first(const radio154_ring_t *ring);

void radio154_ring_drop(radio154_ring_t *ring);

/* Writes the PSDU with the FCS that its octets have, and returns its length. `into` has room for 127 octets. */
uint32_t radio154_frame_copy(const radio154_frame_t *frame, uint8_t *into);

#endif
