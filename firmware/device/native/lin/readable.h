/* A file descriptor whose octets a script reads when there are some. */

#ifndef LOWGUARD_READABLE_H
#define LOWGUARD_READABLE_H

#include <glib-unix.h>

#include "xsmc.h"

typedef struct {
	xsMachine *the;
	xsSlot object;
	xsSlot *onReadable;
	int descriptor;
	guint watch;
} ReadableRecord, *Readable;

/* Makes `xsThis` the object of a descriptor, which it owns; `onReadable` is called without arguments. */
void readableStart(xsMachine *the, int descriptor, xsSlot *onReadable);
/* The record behind `xsThis`. */
Readable readableOf(xsMachine *the);

#endif
