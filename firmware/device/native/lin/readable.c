#include "readable.h"

#include <stdlib.h>
#include <unistd.h>

static void readableMark(xsMachine *the, void *it, xsMarkRoot markRoot)
{
	Readable readable = it;
	if (readable->onReadable)
		(*markRoot)(the, readable->onReadable);
}

void xs_lowguard_readable_destructor(void *data)
{
	Readable readable = data;
	if (!readable)
		return;
	if (readable->watch)
		g_source_remove(readable->watch);
	close(readable->descriptor);
	free(readable);
}

static const xsHostHooks readableHooks = {xs_lowguard_readable_destructor, readableMark, NULL};

static gboolean readableReady(gint descriptor, GIOCondition condition, gpointer data)
{
	Readable readable = data;
	(void)descriptor;
	xsBeginHost(readable->the);
	xsCallFunction0(xsReference(readable->onReadable), readable->object);
	xsEndHost(readable->the);
	/* The other end is gone for good, and would be reported without end. */
	if ((condition & (G_IO_HUP | G_IO_ERR | G_IO_NVAL)) && !(condition & G_IO_IN)) {
		readable->watch = 0;
		return G_SOURCE_REMOVE;
	}
	return G_SOURCE_CONTINUE;
}

void readableStart(xsMachine *the, int descriptor, xsSlot *onReadable)
{
	Readable readable = calloc(1, sizeof(ReadableRecord));
	if (!readable)
		xsUnknownError("no memory");
	readable->the = the;
	readable->descriptor = descriptor;
	readable->onReadable = xsmcToReference(*onReadable);
	xsmcSetHostData(xsThis, readable);
	xsSetHostHooks(xsThis, (xsHostHooks *)&readableHooks);
	readable->object = xsThis;
	xsRemember(readable->object);
	readable->watch = g_unix_fd_add(descriptor, G_IO_IN | G_IO_HUP | G_IO_ERR, readableReady, readable);
}

Readable readableOf(xsMachine *the)
{
	return xsmcGetHostDataValidate(xsThis, (void *)&readableHooks);
}
