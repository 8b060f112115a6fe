/* One message to the machine for any number of events: its queue has ten places, and others need them, too. */
#ifndef RADIO154_NOTICE_H
#define RADIO154_NOTICE_H

#include <stdbool.h>
#include <stddef.h>

#include "xsmc.h"
#include "xsHost.h"

/* Messages go to this machine from now on, to be delivered there; NULL: to none. False when there is no memory. */
bool radio154_notify(xsMachine *the, modMessageDeliver deliver);

/* The message has come: the next event sends another one. Called before the events are looked at. */
void radio154_notice_taken(void);

#endif
