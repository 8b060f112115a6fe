/* When the radio is to do what: arithmetic on times, no hardware. All times in microseconds of the driver's clock. */
#ifndef RADIO154_SCHEDULE_H
#define RADIO154_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#define RADIO154_NEVER UINT64_MAX

/*
 * From the assessment to the preamble, as the driver reckons it: it is told when the preamble is to begin, and begins to
 * measure so much earlier (IEEE802154_ED_TRIG_TX_RAMPUP_TIME_US).
 */
#define RADIO154_ASSESSMENT_TO_PREAMBLE_US 256u
/*
 * A timed transmission is handed to the hardware so long before it: a receiver that is on hears nothing from then on, one that
 * is off has to be woken first.
 */
#define RADIO154_LEAD_LISTENING_US 400u
#define RADIO154_LEAD_ASLEEP_US 3000u
/* Nearer than this, a time would pass while the hardware is set up for it. */
#define RADIO154_SETUP_US 120u
/*
 * A transmission that was handed over ends within this, whatever became of it: the driver itself waits 200 ms for an
 * acknowledgement of which the hardware tells nothing.
 */
#define RADIO154_SENDING_MOST_US 300000u
/* The longest that a reception may take from its delimiter on: 127 octets and their length, turnaround, acknowledgement. */
#define RADIO154_RECEPTION_MOST_US (128u * 32u + 192u + 352u)

typedef enum {
	/* Hand it over now, to begin at once. */
	RADIO154_SEND_NOW,
	/* Hand it over now, to begin at its time. */
	RADIO154_SEND_TIMED,
	/* Wait until `at_us`, which is near, then hand it over to begin at once. */
	RADIO154_SEND_AWAITED,
	/* Ask again at `at_us`. */
	RADIO154_SEND_LATER,
} radio154_send_t;

typedef struct {
	radio154_send_t action;
	uint64_t at_us;
} radio154_plan_t;

/*
 * What to do at `now_us` about a transmission for `at_us`. `receiving`: a frame is coming in, which a timed transmission would
 * cut off although the channel is busy anyway; one without a time is refused by the driver while that lasts.
 */
radio154_plan_t radio154_plan_send(uint64_t now_us, uint64_t at_us, bool listening, bool receiving);

/* What the driver's 32-bit clock shows when a transmission is to begin: its assessment with `cca`, else its preamble. */
uint32_t radio154_driver_time(uint64_t at_us, bool cca);

/* Whether a reception whose delimiter came when the lower half of the clock showed `sfd_low_us` may still go on. */
bool radio154_may_receive(uint64_t now_us, uint32_t sfd_low_us);

#define RADIO154_WINDOWS 8u

/* Windows of reception that are open or to come, in no order. */
typedef struct {
	uint32_t count;
	struct {
		uint64_t from_us;
		uint64_t until_us;
	} windows[RADIO154_WINDOWS];
} radio154_windows_t;

/* Adds a window; false when there are already as many as it can keep. One that is over is none. */
bool radio154_windows_add(radio154_windows_t *windows, uint64_t now_us, uint64_t from_us, uint64_t duration_us);

/* Whether any window is open; forgets those that are over. */
bool radio154_windows_are_open(radio154_windows_t *windows, uint64_t now_us);

/* When the next window opens or closes, RADIO154_NEVER for none. */
uint64_t radio154_windows_next(const radio154_windows_t *windows, uint64_t now_us);

#endif
