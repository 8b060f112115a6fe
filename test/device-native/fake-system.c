/* Clock, timers, locks, sleep and the machine's queue of the fake chip. */
#include "fake-system.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "freertos/FreeRTOS.h"
#include "freertos/semphr.h"

#include "esp_pm.h"
#include "esp_rom_sys.h"
#include "esp_timer.h"
#include "xsmc.h"
#include "xsHost.h"

#include "fake-driver.h"

#define TIMERS 8u
#define MESSAGES 10u
/* Calls into timers at one time: more is an endless loop. */
#define CALLS_MOST 1000u

struct esp_timer {
	esp_timer_cb_t callback;
	void *arg;
	bool is_armed;
	uint64_t at_us;
};

static struct esp_timer timers[TIMERS];
static uint32_t timer_count;
static uint64_t clock_us;
static bool interrupt;
static uint32_t critical;
static bool is_locked;
static int held_awake;
static uint32_t room = MESSAGES;
static uint32_t waiting;
static modMessageDeliver deliver_there;
static xsMachine *machine;

void say(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
}

bool fake_in_interrupt(void) { return interrupt; }
uint32_t fake_critical_depth(void) { return critical; }
void fake_critical_enter(void) { critical++; }
void fake_critical_exit(void) { critical--; }
uint64_t fake_now(void) { return clock_us; }
void fake_set_clock(uint64_t time_us) { clock_us = time_us; }
void fake_queue_room(uint32_t places) { room = places; }

void fake_enter_interrupt(void)
{
	if (critical != 0) say("ERROR an interrupt while they are off");
	interrupt = true;
}

void fake_leave_interrupt(void)
{
	if (critical != 0) say("ERROR interrupts left off");
	interrupt = false;
}

void vPortEnterCritical(void) { critical++; }

void vPortExitCritical(void)
{
	if (critical == 0) say("ERROR interrupts turned on twice");
	critical--;
}

BaseType_t xPortInIsrContext(void) { return interrupt ? pdTRUE : pdFALSE; }

void vPortYieldFromISR(void)
{
	if (!interrupt) say("ERROR a switch of tasks asked for outside interrupts");
}

SemaphoreHandle_t xSemaphoreCreateMutexStatic(StaticSemaphore_t *memory) { return (SemaphoreHandle_t)(void *)memory; }

BaseType_t xSemaphoreTake(SemaphoreHandle_t semaphore, TickType_t ticks)
{
	(void)semaphore;
	(void)ticks;
	if (interrupt || critical != 0) say("ERROR a lock taken where nothing may block");
	if (is_locked) say("ERROR a lock taken twice");
	is_locked = true;
	return pdTRUE;
}

BaseType_t xSemaphoreGive(SemaphoreHandle_t semaphore)
{
	(void)semaphore;
	if (!is_locked) say("ERROR a lock given back twice");
	is_locked = false;
	return pdTRUE;
}

int64_t esp_timer_get_time(void) { return (int64_t)clock_us; }

void esp_rom_delay_us(uint32_t us)
{
	if (us > 1000) say("ERROR the chip does nothing for %u us", us);
	clock_us += us;
}

esp_err_t esp_timer_create(const esp_timer_create_args_t *args, esp_timer_handle_t *handle)
{
	if (timer_count == TIMERS) return ESP_ERR_NO_MEM;
	timers[timer_count] = (struct esp_timer){ .callback = args->callback, .arg = args->arg };
	*handle = &timers[timer_count++];
	return ESP_OK;
}

esp_err_t esp_timer_start_once(esp_timer_handle_t timer, uint64_t timeout_us)
{
	if (timer->is_armed) return ESP_ERR_INVALID_STATE;
	timer->is_armed = true;
	timer->at_us = clock_us + timeout_us;
	return ESP_OK;
}

esp_err_t esp_timer_stop(esp_timer_handle_t timer)
{
	if (!timer->is_armed) return ESP_ERR_INVALID_STATE;
	timer->is_armed = false;
	return ESP_OK;
}

static struct esp_timer *next_timer(uint64_t until_us)
{
	struct esp_timer *next = NULL;
	for (uint32_t i = 0; i < timer_count; i++) {
		if (!timers[i].is_armed || timers[i].at_us > until_us) continue;
		if (next == NULL || timers[i].at_us < next->at_us) next = &timers[i];
	}
	return next;
}

void fake_run_until(uint64_t time_us)
{
	uint32_t calls = 0;
	for (struct esp_timer *timer = next_timer(time_us); timer != NULL; timer = next_timer(time_us)) {
		if (timer->at_us > clock_us) {
			clock_us = timer->at_us;
			calls = 0;
		}
		if (++calls > CALLS_MOST) {
			say("ERROR a timer without end");
			exit(1);
		}
		timer->is_armed = false;
		timer->callback(timer->arg);
	}
	// Whoever waited may be past it.
	if (time_us > clock_us) clock_us = time_us;
}

int modMessagePostToMachineFromISR(xsMachine *the, modMessageDeliver callback, void *refcon)
{
	if (refcon != NULL) say("ERROR a message with a payload");
	if (waiting >= room) return -1;
	machine = the;
	deliver_there = callback;
	waiting++;
	return 0;
}

uint32_t fake_deliver(void)
{
	const uint32_t count = waiting;
	for (; waiting > 0; waiting--) deliver_there(machine, NULL, NULL, 0);
	return count;
}

esp_err_t esp_pm_lock_create(esp_pm_lock_type_t type, int arg, const char *name, esp_pm_lock_handle_t *handle)
{
	(void)arg;
	(void)name;
	if (type != ESP_PM_NO_LIGHT_SLEEP) say("ERROR a lock that does not keep the chip awake");
	*handle = (esp_pm_lock_handle_t)(void *)&held_awake;
	return ESP_OK;
}

esp_err_t esp_pm_lock_acquire(esp_pm_lock_handle_t handle)
{
	(void)handle;
	if (++held_awake > 1) say("ERROR held awake twice");
	say("chip stays awake");
	return ESP_OK;
}

esp_err_t esp_pm_lock_release(esp_pm_lock_handle_t handle)
{
	(void)handle;
	if (--held_awake < 0) say("ERROR let asleep twice");
	say("chip may sleep");
	return ESP_OK;
}
