#include "radio154-driver.h"

#include <stddef.h>
#include <string.h>

#include "esp_rom_sys.h"

#include "radio154-idf.h"

#include "radio154-state.h"

radio154_t radio154;
portMUX_TYPE radio154_mux = portMUX_INITIALIZER_UNLOCKED;

static uint64_t now_us(void)
{
	return (uint64_t)esp_timer_get_time();
}

static void take_lock(void)
{
	(void)xSemaphoreTake(radio154.lock, portMAX_DELAY);
}

static void give_lock(void)
{
	(void)xSemaphoreGive(radio154.lock);
}

/* Arms a one-shot timer anew; one whose time has passed rings at once. */
static void arm(esp_timer_handle_t timer, uint64_t at_us)
{
	(void)esp_timer_stop(timer);
	const uint64_t now = now_us();
	(void)esp_timer_start_once(timer, at_us > now ? at_us - now : 1);
}

/* The chip may sleep lightly only while the radio does nothing: the driver itself takes no lock for that. */
static void hold_awake(bool wanted)
{
	if (radio154.awake == NULL || wanted == radio154.is_held_awake) return;
	radio154.is_held_awake = wanted;
	if (wanted) (void)esp_pm_lock_acquire(radio154.awake);
	else (void)esp_pm_lock_release(radio154.awake);
}

void radio154_settle(void)
{
	const bool wanted = radio154.always || radio154_windows_are_open(&radio154.windows, now_us());
	const bool changes = wanted != radio154.listening;
	radio154.listening = wanted;
	hold_awake(wanted || radio154.phase != RADIO154_IDLE);
	// The driver goes by this when a transmission ends; so it is told before we look whether one is under way.
	if (changes) (void)esp_ieee802154_set_rx_when_idle(wanted);
	if (radio154.phase == RADIO154_HANDED_OVER) return;
	if (wanted && (changes || radio154.is_stale)) (void)esp_ieee802154_receive();
	if (!wanted && changes) {
		radio154.in_frame = false;
		(void)esp_ieee802154_sleep();
	}
	if (wanted) radio154.is_stale = false;
}

static esp_err_t hand_over(const radio154_plan_t *plan)
{
	const bool cca = radio154.send_cca;
	if (plan->action == RADIO154_SEND_TIMED) {
		return esp_ieee802154_transmit_at(radio154.frame, cca, radio154_driver_time(plan->at_us, cca));
	}
	const uint64_t now = now_us();
	if (plan->at_us > now) esp_rom_delay_us((uint32_t)(plan->at_us - now));
	return esp_ieee802154_transmit(radio154.frame, cca);
}

void radio154_step_send(void)
{
	if (radio154.phase != RADIO154_WAITING) return;
	const uint64_t now = now_us();
	const bool receiving = radio154.in_frame && radio154_may_receive(now, radio154.sfd_low_us);
	const radio154_plan_t plan = radio154_plan_send(now, radio154.send_at_us, radio154.listening, receiving);
	if (plan.action == RADIO154_SEND_LATER) {
		arm(radio154.send_timer, plan.at_us);
		return;
	}
	// Before the call: the driver may end the transmission in it.
	radio154.phase = RADIO154_HANDED_OVER;
	radio154.is_stale = false;
	if (hand_over(&plan) != ESP_OK) radio154_finish(RADIO154_CHANNEL_BUSY);
	arm(radio154.send_timer, plan.at_us + RADIO154_SENDING_MOST_US);
}

/* The driver tells nothing of a transmission: else the node would wait for it for good. */
static void give_up(void)
{
	(void)esp_ieee802154_sleep();
	// Unless the driver has ended it in that call.
	radio154_finish(RADIO154_CHANNEL_BUSY);
	// Where the receiver is wanted, it is turned on when the node takes the outcome.
	radio154.is_stale = true;
}

static void on_send_timer(void *unused)
{
	(void)unused;
	take_lock();
	if (radio154.is_on && radio154.phase == RADIO154_HANDED_OVER) give_up();
	else if (radio154.is_on) radio154_step_send();
	give_lock();
}

static void arm_window(void)
{
	const uint64_t next_us = radio154_windows_next(&radio154.windows, now_us());
	if (next_us != RADIO154_NEVER) arm(radio154.window_timer, next_us);
}

static void on_window_timer(void *unused)
{
	(void)unused;
	take_lock();
	if (radio154.is_on) {
		radio154_settle();
		arm_window();
	}
	give_lock();
}

static bool make_timer(esp_timer_cb_t callback, const char *name, esp_timer_handle_t *timer)
{
	const esp_timer_create_args_t args = { .callback = callback, .name = name };
	return *timer != NULL || esp_timer_create(&args, timer) == ESP_OK;
}

bool radio154_begin(void)
{
	if (radio154.is_on) return false;
	if (radio154.lock == NULL) radio154.lock = xSemaphoreCreateMutexStatic(&radio154.lock_memory);
	// Without power management in the build there is no lock, and no sleep that it would have to keep off.
	if (radio154.awake == NULL
		&& esp_pm_lock_create(ESP_PM_NO_LIGHT_SLEEP, 0, "radio154", &radio154.awake) != ESP_OK) {
		radio154.awake = NULL;
	}
	if (!make_timer(on_send_timer, "radio154 send", &radio154.send_timer)) return false;
	if (!make_timer(on_window_timer, "radio154 window", &radio154.window_timer)) return false;
	radio154_ring_begin(&radio154.ring, 0);
	radio154.phase = RADIO154_IDLE;
	radio154.windows.count = 0;
	radio154.always = radio154.listening = radio154.in_frame = radio154.event_given = false;
	if (!radio154_listen_to_driver() || esp_ieee802154_enable() != ESP_OK) return false;
	radio154.is_on = true;
	// An empty table then means what it says: we hold no frame for anybody.
	(void)esp_ieee802154_set_pending_mode(ESP_IEEE802154_AUTO_PENDING_ENABLE);
	(void)esp_ieee802154_set_rx_when_idle(false);
	(void)esp_ieee802154_sleep();
	return true;
}

void radio154_end(void)
{
	if (!radio154.is_on) return;
	take_lock();
	radio154.is_on = false;
	(void)esp_timer_stop(radio154.send_timer);
	(void)esp_timer_stop(radio154.window_timer);
	(void)esp_ieee802154_set_rx_when_idle(false);
	(void)esp_ieee802154_sleep();
	(void)esp_ieee802154_disable();
	hold_awake(false);
	give_lock();
}

void radio154_configure(const radio154_config_t *config)
{
	uint8_t extended[8];
	for (uint32_t i = 0; i < 4; i++) {
		// Least significant octet first, as on the air.
		extended[i] = (uint8_t)(config->extended_low >> (8 * i));
		extended[4 + i] = (uint8_t)(config->extended_high >> (8 * i));
	}
	take_lock();
	(void)esp_ieee802154_set_channel(config->channel);
	(void)esp_ieee802154_set_txpower(config->tx_power_dbm);
	(void)esp_ieee802154_set_panid(config->pan_id);
	(void)esp_ieee802154_set_short_address(config->short_address);
	(void)esp_ieee802154_set_extended_address(extended);
	(void)esp_ieee802154_set_coordinator(config->pan_coordinator);
	(void)esp_ieee802154_set_promiscuous(config->promiscuous);
	radio154.is_stale = true;
	radio154_settle();
	give_lock();
}

void radio154_receive(bool on)
{
	take_lock();
	radio154.always = on;
	radio154_settle();
	give_lock();
}

bool radio154_receive_at(uint64_t from_us, uint64_t duration_us)
{
	take_lock();
	const bool is_kept = radio154_windows_add(&radio154.windows, now_us(), from_us, duration_us);
	radio154_settle();
	arm_window();
	give_lock();
	return is_kept;
}

bool radio154_transmit(const uint8_t *psdu, uint32_t count, bool cca, uint64_t at_us)
{
	take_lock();
	const bool is_free = radio154.phase == RADIO154_IDLE;
	if (is_free) {
		radio154.frame[0] = (uint8_t)count;
		memcpy(radio154.frame + 1, psdu, count);
		radio154.send_cca = cca;
		radio154.send_at_us = at_us;
		radio154.phase = RADIO154_WAITING;
		hold_awake(true);
		radio154_step_send();
	}
	give_lock();
	return is_free;
}

bool radio154_is_idle(void)
{
	take_lock();
	const bool has_window = radio154_windows_next(&radio154.windows, now_us()) != RADIO154_NEVER;
	const bool is_idle = radio154.phase == RADIO154_IDLE && !radio154.listening && !has_window;
	give_lock();
	return is_idle;
}

static radio154_event_t take_outcome(void)
{
	const radio154_event_t event = { .outcome = (radio154_outcome_t)radio154.outcome };
	take_lock();
	radio154.phase = RADIO154_IDLE;
	(void)esp_timer_stop(radio154.send_timer);
	radio154_settle();
	give_lock();
	return event;
}

radio154_event_t radio154_next(void)
{
	if (radio154.event_given) radio154_ring_drop(&radio154.ring);
	radio154.event_given = false;
	const bool is_done = radio154.phase == RADIO154_DONE;
	RADIO154_ORDER();
	// A frame that came after the end may have been taken already, if both came while we looked.
	if (is_done && (int32_t)(radio154.ring.dropped - radio154.outcome_after) >= 0) return take_outcome();
	radio154_event_t event = { .frame = radio154_ring_first(&radio154.ring) };
	radio154.event_given = event.frame != NULL;
	return event;
}

radio154_counts_t radio154_counts(void)
{
	return (radio154_counts_t){
		.overflowed = radio154.ring.overflowed,
		.malformed = radio154.ring.malformed,
		.received = radio154.ring.put,
		.delayed = radio154_notices_delayed(),
	};
}
