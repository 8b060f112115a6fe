/*
 * Runs the mc.so of a Moddable build for Linux without its simulator and without a display.
 *
 * Build with the SDK's screen.h in reach: cc headless.c -I$MODDABLE/build/simulators/modules -DmxLinux=1 \
 *     $(pkg-config --cflags --libs glib-2.0) -ldl -o headless
 * Run: headless mc.so. On SIGTERM it tells on standard error how much of its stack the machine has used, and ends. A board
 * that starts anew does so in the same process, so that whoever holds its console keeps it.
 */

#define _GNU_SOURCE

#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>
#include <glib-unix.h>

#include "screen.h"

/* An XS machine ended by itself: out of memory, an exception that nobody caught, a part that was stripped. */
#define EXIT_ABORTED 70
/* The board starts anew: EXIT_RESTART in firmware/device/native/lin/host.c. */
#define EXIT_RESTART 75

static GMainLoop *loop;

/* How XS's xsMachineRecord begins, in xs.h. */
typedef struct {
	unsigned char *stack;
	void *scope;
	void *frame;
	void *code;
	unsigned char *stackBottom;
	unsigned char *stackTop;
} MachineHead;

/* Octets of a slot where a pointer has 64 bits. */
#define SLOT_BYTES 32
/* No slot is full of these. */
#define UNTOUCHED 0xa5

/* Marks what of the stack is free, so that the deepest slot in use is found later. */
static void markStack(const MachineHead *machine)
{
	memset(machine->stackBottom, UNTOUCHED, (size_t)(machine->stack - machine->stackBottom));
}

static int isTouched(const unsigned char *slot)
{
	for (int i = 0; i < SLOT_BYTES; i++)
		if (slot[i] != UNTOUCHED)
			return 1;
	return 0;
}

/* Slots from the top of the stack to the deepest that was written; XS lends itself the far end for sorting. */
static long stackPeak(const MachineHead *machine)
{
	const unsigned char *slot = machine->stackTop - SLOT_BYTES;
	const unsigned char *deepest = slot;
	int free = 0;
	for (; slot >= machine->stackBottom && free < 32; slot -= SLOT_BYTES) {
		free = isTouched(slot) ? 0 : free + 1;
		if (free == 0)
			deepest = slot;
	}
	return (machine->stackTop - deepest) / SLOT_BYTES;
}

static gboolean onTerminate(gpointer data)
{
	const MachineHead *machine = ((txScreen *)data)->machine;
	fprintf(stderr, "stack: %ld of %ld slots\n", stackPeak(machine),
		(long)(machine->stackTop - machine->stackBottom) / SLOT_BYTES);
	g_main_loop_quit(loop);
	return G_SOURCE_REMOVE;
}

static void onAbort(txScreen *screen, int status)
{
	(void)screen;
	fflush(stdout);
	fprintf(stderr, "the machine aborted: status %d\n", status);
	exit(EXIT_ABORTED);
}

/* Begins again from the start, with nothing left open but the console. */
static void onExit(int status, void *arguments)
{
	long most = sysconf(_SC_OPEN_MAX);
	if (status != EXIT_RESTART)
		return;
	for (int fd = STDERR_FILENO + 1; fd < (most < 0 ? 1024 : most) && fd < 65536; fd++)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	execv("/proc/self/exe", arguments);
}

static void onChange(txScreen *screen)
{
	(void)screen;
}

static void onPost(txScreen *screen, char *message, int size)
{
	(void)screen;
	(void)message;
	(void)size;
}

static void onStart(txScreen *screen, double interval)
{
	(void)screen;
	(void)interval;
}

int main(int count, char **arguments)
{
	void *library;
	txScreenLaunchProc launch;
	txScreen *screen;
	if (count != 2) {
		fprintf(stderr, "usage: headless mc.so\n");
		return 2;
	}
	library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
	if (!library) {
		fprintf(stderr, "%s\n", dlerror());
		return 3;
	}
	launch = (txScreenLaunchProc)dlsym(library, "fxScreenLaunch");
	if (!launch) {
		fprintf(stderr, "%s\n", dlerror());
		return 3;
	}
	on_exit(onExit, arguments);
	screen = calloc(1, sizeof(txScreen));
	if (!screen)
		return 3;
	screen->abort = onAbort;
	screen->bufferChanged = onChange;
	screen->formatChanged = onChange;
	screen->post = onPost;
	screen->start = onStart;
	screen->stop = onChange;
	mxCreateMutex(&screen->workersMutex);
	loop = g_main_loop_new(NULL, FALSE);
	(*launch)(screen);
	markStack(screen->machine);
	g_unix_signal_add(SIGTERM, onTerminate, screen);
	g_main_loop_run(loop);
	return 0;
}
