#include "radio154-schedule.h"

radio154_plan_t radio154_plan_send(uint64_t now_us, uint64_t at_us, bool listening, bool receiving)
{
	if (at_us <= now_us) return (radio154_plan_t){ RADIO154_SEND_NOW, now_us };
	const uint64_t lead_us = listening ? RADIO154_LEAD_LISTENING_US : RADIO154_LEAD_ASLEEP_US;
	if (at_us - now_us > lead_us) return (radio154_plan_t){ RADIO154_SEND_LATER, at_us - lead_us };
	if (receiving) return (radio154_plan_t){ RADIO154_SEND_LATER, at_us };
	if (at_us - now_us < RADIO154_SETUP_US) return (radio154_plan_t){ RADIO154_SEND_AWAITED, at_us };
	return (radio154_plan_t){ RADIO154_SEND_TIMED, at_us };
}

uint32_t radio154_driver_time(uint64_t at_us, bool cca)
{
	return (uint32_t)(at_us + (cca ? RADIO154_ASSESSMENT_TO_PREAMBLE_US : 0));
}

bool radio154_may_receive(uint64_t now_us, uint32_t sfd_low_us)
{
	return (uint32_t)now_us - sfd_low_us <= RADIO154_RECEPTION_MOST_US;
}

static void forget_past(radio154_windows_t *windows, uint64_t now_us)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < windows->count; i++) {
		if (windows->windows[i].until_us > now_us) windows->windows[kept++] = windows->windows[i];
	}
	windows->count = kept;
}

bool radio154_windows_add(radio154_windows_t *windows, uint64_t now_us, uint64_t from_us, uint64_t duration_us)
{
	forget_past(windows, now_us);
	const uint64_t begin_us = from_us > now_us ? from_us : now_us;
	if (duration_us == 0) return true;
	if (windows->count == RADIO154_WINDOWS) return false;
	windows->windows[windows->count].from_us = from_us;
	windows->windows[windows->count].until_us = begin_us + duration_us;
	windows->count++;
	return true;
}

bool radio154_windows_are_open(radio154_windows_t *windows, uint64_t now_us)
{
	forget_past(windows, now_us);
	for (uint32_t i = 0; i < windows->count; i++) {
		if (windows->windows[i].from_us <= now_us) return true;
	}
	return false;
}

uint64_t radio154_windows_next(const radio154_windows_t *windows, uint64_t now_us)
{
	uint64_t next_us = RADIO154_NEVER;
	for (uint32_t i = 0; i < windows->count; i++) {
		const uint64_t from_us = windows->windows[i].from_us;
		const uint64_t until_us = windows->windows[i].until_us;
		if (from_us > now_us && from_us < next_us) next_us = from_us;
		if (until_us > now_us && until_us < next_us) next_us = until_us;
	}
	return next_us;
}
