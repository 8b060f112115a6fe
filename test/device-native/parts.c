/*
 * The parts of the native radio that know no hardware, by commands on standard input, one a line:
 *   fcs HEX | ring START | put LENGTH HEX | take | plan NOW AT LISTENING RECEIVING | time AT CCA | may NOW SFD
 *   | windows | add NOW FROM DURATION | open NOW | next NOW | success HEX HEX | error CODE | enhanced HEX
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "radio154-enhanced-ack.h"
#include "radio154-fcs.h"
#include "radio154-outcome.h"
#include "radio154-ring.h"
#include "radio154-schedule.h"

static radio154_ring_t ring;
static radio154_windows_t windows;

static uint32_t from_hex(const char *text, uint8_t *octets)
{
	uint32_t count = 0;
	for (; text[0] > ' ' && text[1] > ' ' && count < 255; text += 2) {
		const char pair[] = { text[0], text[1], 0 };
		octets[count++] = (uint8_t)strtoul(pair, NULL, 16);
	}
	return count;
}

static void put(const char *rest)
{
	uint8_t frame[256] = { 0 };
	unsigned length = 0;
	char hex[512] = "";
	sscanf(rest, "%u %511s", &length, hex);
	frame[0] = (uint8_t)length;
	(void)from_hex(hex, frame + 1);
	const bool is_kept = radio154_ring_put(&ring, frame, -50, 7, 1234567890123u);
	printf("%d %u %u\n", is_kept, ring.overflowed, ring.malformed);
}

static void take(void)
{
	uint8_t psdu[RADIO154_PSDU_MOST];
	const radio154_frame_t *frame = radio154_ring_first(&ring);
	const uint32_t count = frame == NULL ? 0 : radio154_frame_copy(frame, psdu);
	for (uint32_t i = 0; i < count; i++) printf("%02x", psdu[i]);
	if (frame != NULL) printf(" %d %u %" PRIu64, frame->rssi_dbm, frame->lqi, frame->sfd_us);
	printf("\n");
	radio154_ring_drop(&ring);
}

static void plan(const char *rest)
{
	uint64_t now = 0;
	uint64_t at = 0;
	int listening = 0;
	int receiving = 0;
	sscanf(rest, "%" SCNu64 " %" SCNu64 " %d %d", &now, &at, &listening, &receiving);
	const radio154_plan_t result = radio154_plan_send(now, at, listening != 0, receiving != 0);
	printf("%d %" PRIu64 "\n", (int)result.action, result.at_us);
}

static void outcome(const char *rest)
{
	uint8_t frame[256] = { 0 };
	uint8_t ack[256] = { 0 };
	char frame_hex[512] = "";
	char ack_hex[512] = "";
	const int count = sscanf(rest, "%511s %511s", frame_hex, ack_hex);
	frame[0] = (uint8_t)from_hex(frame_hex, frame + 1);
	ack[0] = (uint8_t)from_hex(ack_hex, ack + 1);
	printf("%d\n", (int)radio154_outcome_of_success(frame, count == 2 ? ack : NULL));
}

static void enhanced(const char *rest)
{
	// Of the frame's own length, so that whoever reads behind it is found out.
	uint8_t octets[256];
	uint8_t ack[RADIO154_ENHANCED_ACK_MOST];
	const uint32_t count = from_hex(rest, octets);
	uint8_t *frame = malloc(count + 1);
	frame[0] = (uint8_t)(count + RADIO154_FCS_BYTES);
	memcpy(frame + 1, octets, count);
	const bool is_made = radio154_enhanced_ack(frame, ack);
	for (uint32_t i = 1; is_made && i + RADIO154_FCS_BYTES <= ack[0]; i++) printf("%02x", ack[i]);
	printf("\n");
	free(frame);
}

static void window(const char *name, const char *rest)
{
	uint64_t now = 0;
	uint64_t from = 0;
	uint64_t duration = 0;
	sscanf(rest, "%" SCNu64 " %" SCNu64 " %" SCNu64, &now, &from, &duration);
	if (strcmp(name, "windows") == 0) windows.count = 0;
	else if (strcmp(name, "add") == 0) printf("%d\n", radio154_windows_add(&windows, now, from, duration));
	else if (strcmp(name, "open") == 0) printf("%d\n", radio154_windows_are_open(&windows, now));
	else printf("%" PRIu64 "\n", radio154_windows_next(&windows, now));
}

static void command(const char *name, const char *rest)
{
	uint8_t octets[256];
	uint64_t first = 0;
	uint64_t second = 0;
	sscanf(rest, "%" SCNu64 " %" SCNu64, &first, &second);
	if (strcmp(name, "fcs") == 0) printf("%u\n", radio154_fcs(octets, from_hex(rest, octets)));
	else if (strcmp(name, "ring") == 0) radio154_ring_begin(&ring, (uint32_t)first);
	else if (strcmp(name, "put") == 0) put(rest);
	else if (strcmp(name, "take") == 0) take();
	else if (strcmp(name, "plan") == 0) plan(rest);
	else if (strcmp(name, "time") == 0) printf("%u\n", radio154_driver_time(first, second != 0));
	else if (strcmp(name, "may") == 0) printf("%d\n", radio154_may_receive(first, (uint32_t)second));
	else if (strcmp(name, "success") == 0) outcome(rest);
	else if (strcmp(name, "error") == 0) printf("%d\n", (int)radio154_outcome_of_error((int)first));
	else if (strcmp(name, "enhanced") == 0) enhanced(rest);
	else window(name, rest);
}

int main(void)
{
	char line[1200];
	while (fgets(line, sizeof(line), stdin) != NULL) {
		char name[32] = "";
		int end = 0;
		line[strcspn(line, "\n")] = 0;
		if (sscanf(line, "%31s %n", name, &end) == 1) command(name, line + end);
	}
	return 0;
}
