/*
 * Runs the mc.so of a Moddable build for Linux without its simulator and without a display.
 *
 * Build with the SDK's screen.h in reach: cc headless.c -I$MODDABLE/build/simulators/modules -DmxLinux=1 \
 *     $(pkg-config --cflags --libs glib-2.0) -ldl -o headless
 * Run: headless mc.so
 */

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include <glib.h>

#include "screen.h"

/* An XS machine ended by itself: out of memory, an exception that nobody caught, a part that was stripped. */
#define EXIT_ABORTED 70

static GMainLoop *loop;

static void onAbort(txScreen *screen, int status)
{
	(void)screen;
	fflush(stdout);
	fprintf(stderr, "the machine aborted: status %d\n", status);
	exit(EXIT_ABORTED);
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
	g_main_loop_run(loop);
	return 0;
}
