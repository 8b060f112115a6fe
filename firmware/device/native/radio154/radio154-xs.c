/* The transceiver as XS sees it: host functions of the class in firmware/device/moddable/radio154/radio-154.ts. */
#include <stddef.h>
#include <string.h>

#include "xsmc.h"
#include "xsHost.h"

#include "chip-clock.h"
#include "radio154-driver.h"
#include "radio154-notice.h"

void xs_lowguard_radio154_destructor(void *data);
void xs_lowguard_radio154(xsMachine *the);
void xs_lowguard_radio154_close(xsMachine *the);
void xs_lowguard_radio154_configure(xsMachine *the);
void xs_lowguard_radio154_receive(xsMachine *the);
void xs_lowguard_radio154_receive_at(xsMachine *the);
void xs_lowguard_radio154_transmit(xsMachine *the);
void xs_lowguard_radio154_next(xsMachine *the);
void xs_lowguard_radio154_count(xsMachine *the);
void xs_lowguard_radio154_is_idle(xsMachine *the);

/* Octets that `facts` has: RSSI, LQI and time as three 64-bit floats. */
#define FACTS_BYTES (3 * sizeof(double))

/* What the one object of the class is: the function that is called when there are events. */
static struct {
	xsSlot object;
	xsSlot *on_events;
} binding;

static void mark(xsMachine *the, void *data, xsMarkRoot mark_root)
{
	(void)data;
	if (binding.on_events != NULL) (*mark_root)(the, binding.on_events);
}

static const xsHostHooks hooks = { xs_lowguard_radio154_destructor, mark, NULL };

static void deliver(void *machine, void *refcon, uint8_t *message, uint16_t length)
{
	xsMachine *the = machine;
	(void)refcon;
	(void)message;
	(void)length;
	radio154_notice_taken();
	if (binding.on_events == NULL) return;
	xsBeginHost(the);
	{
		xsCallFunction0(xsReference(binding.on_events), binding.object);
	}
	xsEndHost(the);
}

static void stop(void)
{
	(void)radio154_notify(NULL, NULL);
	radio154_end();
	binding.on_events = NULL;
}

void xs_lowguard_radio154_destructor(void *data)
{
	if (data != NULL) stop();
}

void xs_lowguard_radio154(xsMachine *the)
{
	if (binding.on_events != NULL) xsUnknownError("Radio154: the chip has one transceiver, and it is in use");
	if (!radio154_notify(the, deliver)) xsUnknownError("Radio154: no memory");
	if (!radio154_begin()) {
		stop();
		xsUnknownError("Radio154: the transceiver does not start");
	}
	xsmcSetHostData(xsThis, &binding);
	xsSetHostHooks(xsThis, (xsHostHooks *)&hooks);
	binding.object = xsThis;
	binding.on_events = fxToReference(the, &xsArg(0));
	xsRemember(binding.object);
}

static void check(xsMachine *the)
{
	if (xsmcGetHostDataValidate(xsThis, (void *)&hooks) != &binding) xsUnknownError("Radio154: closed");
}

void xs_lowguard_radio154_close(xsMachine *the)
{
	check(the);
	xsForget(binding.object);
	stop();
	xsmcSetHostData(xsThis, NULL);
	xsmcSetHostDestructor(xsThis, NULL);
}

/* channel, PAN, short address, upper and lower half of the EUI-64, power in dBm, promiscuous, PAN coordinator */
void xs_lowguard_radio154_configure(xsMachine *the)
{
	check(the);
	const radio154_config_t config = {
		.channel = (uint8_t)xsmcToInteger(xsArg(0)),
		.pan_id = (uint16_t)xsmcToInteger(xsArg(1)),
		.short_address = (uint16_t)xsmcToInteger(xsArg(2)),
		.extended_high = (uint32_t)xsmcToInteger(xsArg(3)),
		.extended_low = (uint32_t)xsmcToInteger(xsArg(4)),
		.tx_power_dbm = (int8_t)xsmcToInteger(xsArg(5)),
		.promiscuous = xsmcToBoolean(xsArg(6)) != 0,
		.pan_coordinator = xsmcToBoolean(xsArg(7)) != 0,
	};
	// The driver would abort the firmware.
	if (config.channel < 11 || config.channel > 26) xsRangeError("Radio154.configure: expected channel 11 to 26");
	radio154_configure(&config);
}

void xs_lowguard_radio154_receive(xsMachine *the)
{
	check(the);
	radio154_receive(xsmcToBoolean(xsArg(0)) != 0);
}

/* begin, duration */
void xs_lowguard_radio154_receive_at(xsMachine *the)
{
	check(the);
	const uint64_t from_us = chip_clock_to_timer(xsmcToNumber(xsArg(0)));
	const double duration_us = xsmcToNumber(xsArg(1));
	if (!(duration_us >= 0 && duration_us <= 4294967295.0)) {
		xsRangeError("Radio154.receiveAt: expected durationUs 0 to 4294967295");
	}
	if (!radio154_receive_at(from_us, (uint64_t)duration_us)) {
		xsRangeError("Radio154.receiveAt: expected no more than 8 windows at a time");
	}
}

/* PSDU, whether to assess the channel, when */
void xs_lowguard_radio154_transmit(xsMachine *the)
{
	check(the);
	void *psdu;
	xsUnsignedValue count;
	const bool cca = xsmcToBoolean(xsArg(1)) != 0;
	const uint64_t at_us = chip_clock_to_timer(xsmcToNumber(xsArg(2)));
	// Last: what was taken from a chunk is good until memory is next allocated.
	xsmcGetBufferReadable(xsArg(0), &psdu, &count);
	if (count < RADIO154_PSDU_LEAST || count > RADIO154_PSDU_MOST) {
		xsRangeError("Radio154.transmit: expected a PSDU of 5 to 127 octets");
	}
	if (!radio154_transmit(psdu, count, cca, at_us)) {
		xsUnknownError("Radio154.transmit: the last transmission is under way");
	}
}

/*
 * Takes the next event: writes a frame to the octets and its facts (RSSI, LQI, time of the delimiter) to a buffer, and returns its
 * length; or returns an outcome, negated; or 0 when there is none.
 */
void xs_lowguard_radio154_next(xsMachine *the)
{
	check(the);
	void *psdu;
	void *facts;
	xsUnsignedValue room;
	xsmcGetBufferWritable(xsArg(0), &psdu, &room);
	if (room < RADIO154_PSDU_MOST) xsRangeError("Radio154.next: expected room for 127 octets");
	xsmcGetBufferWritable(xsArg(1), &facts, &room);
	if (room < FACTS_BYTES) xsRangeError("Radio154.next: expected room for 3 facts");
	const radio154_event_t event = radio154_next();
	if (event.frame == NULL) {
		xsmcSetInteger(xsResult, -(int)event.outcome);
		return;
	}
	const double values[3] = {
		event.frame->rssi_dbm,
		event.frame->lqi,
		(double)(event.frame->sfd_us + chip_clock_ahead_us()),
	};
	memcpy(facts, values, FACTS_BYTES);
	xsmcSetInteger(xsResult, (int)radio154_frame_copy(event.frame, psdu));
}

/* 0: overflowed, 1: malformed, 2: received, 3: delayed notices */
void xs_lowguard_radio154_count(xsMachine *the)
{
	check(the);
	const radio154_counts_t counts = radio154_counts();
	const uint32_t all[] = { counts.overflowed, counts.malformed, counts.received, counts.delayed };
	xsmcSetNumber(xsResult, all[xsmcToInteger(xsArg(0)) & 3]);
}

void xs_lowguard_radio154_is_idle(xsMachine *the)
{
	check(the);
	const bool is_idle = radio154_is_idle();
	xsmcSetBoolean(xsResult, is_idle);
}
