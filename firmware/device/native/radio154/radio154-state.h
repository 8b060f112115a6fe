/* The one transceiver's state, shared by the files that drive it. */
#ifndef RADIO154_STATE_H
#define RADIO154_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "freertos/FreeRTOS.h"
#include "freertos/semphr.h"
#include "esp_pm.h"
#include "esp_timer.h"

#include "radio154-driver.h"
#include "radio154-port.h"
#include "radio154-schedule.h"

typedef enum {
	RADIO154_IDLE = 0,
	/* The send timer will hand it over. */
	RADIO154_WAITING,
	/* With the driver, whose callback ends it. */
	RADIO154_HANDED_OVER,
	/* Its outcome is there. */
	RADIO154_DONE,
} radio154_phase_t;

typedef struct {
	radio154_ring_t ring;
	/* Written in interrupt context, but for its ends in the driver's own calls; read everywhere. */
	volatile uint32_t phase;
	volatile uint32_t outcome;
	/* The ring's count when the transmission ended: frames before that came first. */
	volatile uint32_t outcome_after;
	volatile uint32_t sfd_low_us;
	volatile bool in_frame;
	/* Excludes the node's task and the timers' task from each other; never taken in interrupt context. */
	SemaphoreHandle_t lock;
	StaticSemaphore_t lock_memory;
	/* Below: under the lock. */
	esp_timer_handle_t send_timer;
	esp_timer_handle_t window_timer;
	esp_pm_lock_handle_t awake;
	bool is_held_awake;
	bool is_on;
	/* The node wants the receiver on until further notice; the driver has been told that it is on. */
	bool always;
	bool listening;
	/* The driver takes channel, power and filter over with its next operation. */
	bool is_stale;
	bool event_given;
	bool send_cca;
	uint64_t send_at_us;
	radio154_windows_t windows;
	/* Length and PSDU; the hardware reads it by DMA. */
	uint8_t frame[1 + RADIO154_PSDU_MOST] __attribute__((aligned(4)));
} radio154_t;

extern radio154_t radio154;
extern portMUX_TYPE radio154_mux;

/* Callbacks for the driver: see radio154-events.c. */
bool radio154_listen_to_driver(void);

/* Ends the transmission under way; in interrupt context or not. */
void radio154_finish(radio154_outcome_t outcome);

/* Brings the receiver to what the node wants, unless a transmission is with the driver. Under the lock. */
void radio154_settle(void);

/* Hands the frame over when its time has come, else sets the timer for it. Under the lock. */
void radio154_step_send(void);

/* Tells the machine that there are events: see radio154-notice.h. */
void radio154_notice(void);
uint32_t radio154_notices_delayed(void);

#endif
