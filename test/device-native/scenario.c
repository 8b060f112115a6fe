/*
 * Runs the native radio against the fake driver, by commands on standard input, one a line: those of fake-commands.c and
 *   begin | end | configure | receive 0|1 | window T D | transmit CCA T HEX | idle | counts
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "radio154-driver.h"
#include "radio154-notice.h"

#include "fake-commands.h"
#include "fake-driver.h"

/* The lines of `deliver`: whose machine it is does not matter here. */
static xsMachine *const MACHINE = (xsMachine *)(void *)&fake_now;

static const char *const OUTCOMES[] = { "none", "acked", "sent", "no-ack", "channel-busy" };

static void on_message(void *the, void *refcon, uint8_t *message, uint16_t length)
{
	uint8_t psdu[RADIO154_PSDU_MOST];
	char text[2 * RADIO154_PSDU_MOST + 1];
	(void)the;
	(void)refcon;
	(void)message;
	(void)length;
	radio154_notice_taken();
	for (;;) {
		const radio154_event_t event = radio154_next();
		if (event.frame == NULL && event.outcome == RADIO154_PENDING) return;
		if (event.frame == NULL) {
			say("outcome %s", OUTCOMES[event.outcome]);
			continue;
		}
		const uint32_t count = radio154_frame_copy(event.frame, psdu);
		for (uint32_t i = 0; i < count; i++) sprintf(text + 2 * i, "%02x", psdu[i]);
		say("received %s %d %u %llu", text, event.frame->rssi_dbm, event.frame->lqi,
			(unsigned long long)event.frame->sfd_us);
	}
}

static void transmit(const char *arguments)
{
	uint8_t psdu[200];
	char hex[401] = "";
	int cca = 0;
	unsigned long long at_us = 0;
	sscanf(arguments, "%d %llu %400s", &cca, &at_us, hex);
	const uint32_t count = fake_from_hex(hex, psdu);
	if (!radio154_transmit(psdu, count, cca != 0, at_us)) say("refused transmit");
	// Whoever asked may change its octets only after the end; but the copy must not depend on it.
	memset(psdu, 0, sizeof(psdu));
}

static void configure(void)
{
	const radio154_config_t config = {
		.channel = 26,
		.pan_id = 0xabcd,
		.short_address = 0x0102,
		.extended_high = 0x02000000,
		.extended_low = 0x000000a7,
		.tx_power_dbm = -4,
		.promiscuous = false,
		.pan_coordinator = true,
	};
	radio154_configure(&config);
}

static void tell_counts(void)
{
	const radio154_counts_t counts = radio154_counts();
	say("counts overflowed %u malformed %u received %u delayed %u buffers %u", counts.overflowed, counts.malformed,
		counts.received, counts.delayed, fake_buffers_out());
}

static void radio_command(const char *name, const char *rest)
{
	unsigned long long from_us = 0;
	unsigned long long duration_us = 0;
	if (strcmp(name, "begin") == 0) {
		(void)radio154_notify(MACHINE, on_message);
		if (!radio154_begin()) say("refused begin");
	} else if (strcmp(name, "end") == 0) radio154_end();
	else if (strcmp(name, "configure") == 0) configure();
	else if (strcmp(name, "receive") == 0) radio154_receive(atoi(rest) != 0);
	else if (strcmp(name, "window") == 0) {
		sscanf(rest, "%llu %llu", &from_us, &duration_us);
		if (!radio154_receive_at(from_us, duration_us)) say("refused window");
	} else if (strcmp(name, "transmit") == 0) transmit(rest);
	else if (strcmp(name, "idle") == 0) say("idle %d", radio154_is_idle());
	else if (strcmp(name, "counts") == 0) tell_counts();
	else say("ERROR unknown command %s", name);
}

int main(void)
{
	char name[32];
	char rest[600];
	while (fake_read_command(name, sizeof(name), rest, sizeof(rest))) {
		if (!fake_command(name, rest)) radio_command(name, rest);
	}
	return 0;
}
