/* The serial line of a Linux build: standard input and output. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "readable.h"

/* new Stdio(onReadable) */
void xs_lowguard_stdio(xsMachine *the)
{
	int descriptor = dup(STDIN_FILENO);
	if (descriptor < 0)
		xsUnknownError("no standard input");
	readableStart(the, descriptor, &xsArg(0));
}

/* read(into): octets that were read; 0 for none. */
void xs_lowguard_stdio_read(xsMachine *the)
{
	Readable readable = readableOf(the);
	struct pollfd ready = {.fd = readable->descriptor, .events = POLLIN};
	void *bytes;
	xsUnsignedValue length;
	ssize_t count = 0;
	xsmcGetBufferWritable(xsArg(0), &bytes, &length);
	/* Not set to non-blocking: the terminal behind it is shared with other processes. */
	if (poll(&ready, 1, 0) > 0) {
		count = read(readable->descriptor, bytes, length);
		/* The end of a file is readable without end. */
		if (count == 0 && readable->watch) {
			g_source_remove(readable->watch);
			readable->watch = 0;
		}
	}
	xsmcSetInteger(xsResult, count > 0 ? (xsIntegerValue)count : 0);
}

/* write(bytes, offset, end): octets that were written; it waits for whoever reads them. */
void xs_lowguard_stdio_write(xsMachine *the)
{
	void *bytes;
	xsUnsignedValue room;
	xsIntegerValue offset = xsmcToInteger(xsArg(1)), end = xsmcToInteger(xsArg(2)), at = offset;
	xsmcGetBufferReadable(xsArg(0), &bytes, &room);
	if (offset < 0 || end < offset || (xsUnsignedValue)end > room)
		xsRangeError("bad range");
	while (at < end) {
		ssize_t count = write(STDOUT_FILENO, (char *)bytes + at, (size_t)(end - at));
		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			break;
		at += (xsIntegerValue)count;
	}
	xsmcSetInteger(xsResult, at - offset);
}
