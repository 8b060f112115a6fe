/*
 * Commands, one a line:
 *   clock T | run T | sfd | frame HEX | acked SEQ | sent | failed CODE | end-if-sending acked SEQ
 *   | end-if-sending failed CODE | again | in-task 0|1 | room N | deliver
 */
#include "fake-commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake-driver.h"

static void end_if_sending(const char *how)
{
	const int value = atoi(strchr(how, ' '));
	if (!fake_is_sending()) return;
	if (how[0] == 'a') fake_transmitted(value);
	else fake_failed(value);
}

static void frame(const char *hex)
{
	uint8_t octets[200];
	if (!fake_frame(octets, fake_from_hex(hex, octets), -71, 133)) say("unheard");
}

bool fake_command(const char *name, const char *rest)
{
	if (strcmp(name, "clock") == 0) fake_set_clock(strtoull(rest, NULL, 10));
	else if (strcmp(name, "run") == 0) fake_run_until(strtoull(rest, NULL, 10));
	else if (strcmp(name, "sfd") == 0) fake_sfd();
	else if (strcmp(name, "frame") == 0) frame(rest);
	else if (strcmp(name, "acked") == 0) fake_transmitted(atoi(rest));
	else if (strcmp(name, "sent") == 0) fake_transmitted(-1);
	else if (strcmp(name, "failed") == 0) fake_failed(atoi(rest));
	else if (strcmp(name, "end-if-sending") == 0) end_if_sending(rest);
	else if (strcmp(name, "again") == 0) fake_tell_again();
	else if (strcmp(name, "in-task") == 0) fake_deliver_in_task(atoi(rest) != 0);
	else if (strcmp(name, "room") == 0) fake_queue_room((uint32_t)atoi(rest));
	else if (strcmp(name, "deliver") == 0) say("messages %u", fake_deliver());
	else return false;
	return true;
}
