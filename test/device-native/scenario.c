/*
 * Runs the native radio against the fake driver, by commands on standard input, one a line:
 *   clock T | run T | begin | end | configure | receive 0|1 | window T D | transmit CCA T HEX | sfd | frame HEX | acked SEQ
 *   | sent | failed CODE | end-if-sending acked SEQ | end-if-sending failed CODE | in-task 0|1 | room N | deliver | idle | counts
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "radio154-driver.h"
#include "radio154-notice.h"

#include "fake-driver.h"

/* The lines of `deliver`: whose machine it is does not matter here. */
static xsMachine *const MACHINE = (xsMachine *)(void *)&fake_now;

static const char *const OUTCOMES[] = { "none", "acked", "sent", "no-ack", "channel-busy" };

static uint32_t from_hex(const char *text, uint8_t *octets)
{
	uint32_t count = 0;
	for (; text[0] != 0 && text[1] != 0 && count < 200; text += 2) {
		const char pair[] = { text[0], text[1], 0 };
		octets[count++] = (uint8_t)strtoul(pair, NULL, 16);
	}
	return count;
}

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
	const uint32_t count = from_hex(hex, psdu);
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
	uint8_t octets[200];
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
	else if (strcmp(name, "frame") == 0) {
		if (!fake_frame(octets, from_hex(rest, octets), -71, 133)) say("unheard");
	} else if (strcmp(name, "idle") == 0) say("idle %d", radio154_is_idle());
	else if (strcmp(name, "counts") == 0) tell_counts();
	else say("ERROR unknown command %s", name);
}

static void end_if_sending(const char *how)
{
	const int value = atoi(strchr(how, ' '));
	if (!fake_is_sending()) return;
	if (how[0] == 'a') fake_transmitted(value);
	else fake_failed(value);
}

static void command(const char *name, const char *rest)
{
	if (strcmp(name, "clock") == 0) fake_set_clock(strtoull(rest, NULL, 10));
	else if (strcmp(name, "run") == 0) fake_run_until(strtoull(rest, NULL, 10));
	else if (strcmp(name, "sfd") == 0) fake_sfd();
	else if (strcmp(name, "acked") == 0) fake_transmitted(atoi(rest));
	else if (strcmp(name, "sent") == 0) fake_transmitted(-1);
	else if (strcmp(name, "failed") == 0) fake_failed(atoi(rest));
	else if (strcmp(name, "in-task") == 0) fake_deliver_in_task(atoi(rest) != 0);
	else if (strcmp(name, "end-if-sending") == 0) end_if_sending(rest);
	else if (strcmp(name, "room") == 0) fake_queue_room((uint32_t)atoi(rest));
	else if (strcmp(name, "deliver") == 0) say("messages %u", fake_deliver());
	else radio_command(name, rest);
}

int main(void)
{
	char line[600];
	while (fgets(line, sizeof(line), stdin) != NULL) {
		char name[32] = "";
		int end = 0;
		line[strcspn(line, "\n")] = 0;
		if (sscanf(line, "%31s %n", name, &end) == 1) command(name, line + end);
	}
	return 0;
}
