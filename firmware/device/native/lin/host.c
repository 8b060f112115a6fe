/* What a Linux build has in place of the chip: time, random octets, and the settings of one process. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "xsmc.h"

/* A supervisor that sees this code starts the node again. */
#define EXIT_RESTART 75

/* now(): microseconds since the machine was started, as a whole number. */
void xs_lowguard_now(xsMachine *the)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	xsmcSetNumber(xsResult, (xsNumberValue)now.tv_sec * 1000000.0 + (xsNumberValue)(now.tv_nsec / 1000));
}

/* fillRandom(bytes) */
void xs_lowguard_fill_random(xsMachine *the)
{
	void *bytes;
	xsUnsignedValue length, filled = 0;
	xsmcGetBufferWritable(xsArg(0), &bytes, &length);
	while (filled < length) {
		ssize_t count = getrandom((uint8_t *)bytes + filled, length - filled, 0);
		if (count < 0)
			xsUnknownError("no random octets");
		filled += (xsUnsignedValue)count;
	}
}

/* restart() */
void xs_lowguard_restart(xsMachine *the)
{
	(void)the;
	fflush(stdout);
	exit(EXIT_RESTART);
}

/* environment(name): the value of a variable of the process, or undefined. */
void xs_lowguard_environment(xsMachine *the)
{
	const char *value = getenv(xsmcToString(xsArg(0)));
	if (value)
		xsResult = xsString((xsStringValue)value);
}
