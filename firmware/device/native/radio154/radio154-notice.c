#include "radio154-notice.h"

#include "radio154-state.h"

/* When the queue was full, it is tried again so much later. */
#define AGAIN_US 2000

static xsMachine *machine;
static modMessageDeliver deliver_there;
static esp_timer_handle_t again;
/* A message is in the queue, or will be as soon as there is room. */
static volatile bool is_posted;
static volatile uint32_t delayed;

static void RADIO154_IRAM post(void *unused)
{
	(void)unused;
	if (machine == NULL) return;
	// The call for interrupts does not block, which in the machine's own task would be for good: only it empties the queue.
	if (modMessagePostToMachineFromISR(machine, deliver_there, NULL) != 0) {
		delayed++;
		(void)esp_timer_start_once(again, AGAIN_US);
		return;
	}
	// It does not ask for the switch to the task that it woke, which else came with the next tick.
	if (xPortInIsrContext()) portYIELD_FROM_ISR();
}

bool radio154_notify(xsMachine *the, modMessageDeliver deliver)
{
	const esp_timer_create_args_t args = { .callback = post, .name = "radio154 notice" };
	if (again == NULL && esp_timer_create(&args, &again) != ESP_OK) return false;
	(void)esp_timer_stop(again);
	is_posted = false;
	deliver_there = deliver;
	machine = the;
	return true;
}

void RADIO154_IRAM radio154_notice(void)
{
	portENTER_CRITICAL_SAFE(&radio154_mux);
	const bool is_first = !is_posted;
	is_posted = true;
	portEXIT_CRITICAL_SAFE(&radio154_mux);
	if (is_first) post(NULL);
}

void radio154_notice_taken(void)
{
	is_posted = false;
	RADIO154_ORDER();
}

uint32_t radio154_notices_delayed(void)
{
	return delayed;
}
