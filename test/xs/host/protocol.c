/*
 * Frames on two pipes, standard input and output: u32 length of what follows, u32 machine, u8 op, payload;
 * all integers little-endian. Output is held until the host has to wait for input, so an exchange costs
 * one write and one read on either side.
 */
#include "host.h"

#define HEADER_BYTES 5
#define MOST_BYTES (16u << 20)

static uint8_t* in_bytes;
static size_t in_size, in_start, in_end;
static uint8_t* out_bytes;
static size_t out_size, out_used;

uint32_t read_u32(const uint8_t* bytes)
{
	return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void write_u32(uint8_t* bytes, uint32_t value)
{
	bytes[0] = (uint8_t)value;
	bytes[1] = (uint8_t)(value >> 8);
	bytes[2] = (uint8_t)(value >> 16);
	bytes[3] = (uint8_t)(value >> 24);
}

/** Ends the process: the driver broke the protocol, or the system has no memory. */
void protocol_fail(const char* why)
{
	fprintf(stderr, "xs-host: %s\n", why);
	exit(1);
}

static void make_room(uint8_t** bytes, size_t* size, size_t needed)
{
	if (needed <= *size)
		return;
	*size = needed > 65536 ? needed * 2 : 65536;
	*bytes = realloc(*bytes, *size);
	if (!*bytes)
		protocol_fail("out of memory");
}

/** Writes everything that waits; a closed pipe ends the process quietly. */
void protocol_flush(void)
{
	size_t at = 0;
	while (at < out_used) {
		ssize_t count = write(STDOUT_FILENO, out_bytes + at, out_used - at);
		if (count > 0)
			at += (size_t)count;
		else if (errno != EINTR)
			exit(0);
	}
	out_used = 0;
}

void protocol_send(uint32_t machine, enum op op, const void* payload, size_t length)
{
	make_room(&out_bytes, &out_size, out_used + 4 + HEADER_BYTES + length);
	uint8_t* at = out_bytes + out_used;
	write_u32(at, (uint32_t)(HEADER_BYTES + length));
	write_u32(at + 4, machine);
	at[8] = (uint8_t)op;
	if (length)
		memcpy(at + 9, payload, length);
	out_used += 4 + HEADER_BYTES + length;
}

/* Reads until `needed` octets wait; returns 0 at the end of the input. */
static int fill(size_t needed)
{
	if (in_start && in_start + needed > in_size) {
		memmove(in_bytes, in_bytes + in_start, in_end - in_start);
		in_end -= in_start;
		in_start = 0;
	}
	make_room(&in_bytes, &in_size, in_start + needed);
	while (in_end - in_start < needed) {
		protocol_flush();
		ssize_t count = read(STDIN_FILENO, in_bytes + in_end, in_size - in_end);
		if (count > 0)
			in_end += (size_t)count;
		else if (count == 0 || errno != EINTR)
			return 0;
	}
	return 1;
}

/** Waits for the next frame; returns 0 when the driver has closed the pipe. */
int protocol_receive(struct frame* frame)
{
	if (in_start == in_end)
		in_start = in_end = 0;
	if (!fill(4))
		return 0;
	uint32_t length = read_u32(in_bytes + in_start);
	if (length < HEADER_BYTES || length > MOST_BYTES)
		protocol_fail("expected a frame of 5 octets to 16 MiB");
	if (!fill(4 + (size_t)length))
		return 0;
	const uint8_t* at = in_bytes + in_start + 4;
	frame->machine = read_u32(at);
	frame->op = at[4];
	frame->payload = at + HEADER_BYTES;
	frame->length = length - HEADER_BYTES;
	in_start += 4 + (size_t)length;
	return 1;
}
