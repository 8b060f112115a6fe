/*
 * The class Radio154 on a real XS, over the native radio, over the fake driver. Arguments: the folder of the modules.
 * Commands: those of fake-commands.c, `js CODE`, whose value is told unless it is undefined, and `collect`.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xs.h"

#include "engine.h"
#include "fake-commands.h"
#include "fake-driver.h"

#define NATIVES(each) \
	each(radio154) each(radio154_close) each(radio154_configure) each(radio154_receive) each(radio154_receive_at) \
	each(radio154_transmit) each(radio154_next) each(radio154_count) each(radio154_is_idle)
#define DECLARE(name) void xs_lowguard_##name(xsMachine *the);
#define ENTER(name) { "xs_lowguard_" #name, xs_lowguard_##name },

NATIVES(DECLARE)
void xs_lowguard_radio154_destructor(void *data);

static const struct {
	const char *name;
	xsCallback callback;
} natives[] = { NATIVES(ENTER) };

/* What xsc makes of `native("…")`: the host function of that name. */
static void native(xsMachine *the)
{
	const char *name = xsToString(xsArg(0));
	for (size_t i = 0; i < sizeof(natives) / sizeof(natives[0]); i++) {
		if (strcmp(name, natives[i].name) == 0) {
			xsResult = xsNewHostFunction(natives[i].callback, 0);
			return;
		}
	}
	say("ERROR no host function %s", name);
}

static void new_host_object(xsMachine *the)
{
	xsResult = xsNewHostObject(xs_lowguard_radio154_destructor);
}

static void print(xsMachine *the)
{
	say("%s", xsToString(xsArg(0)));
}

/* And of `Native("…")`: a constructor of host objects with that destructor. */
static const char PRELUDE[] =
	"globalThis.Native = () => function () {"
	"	return Object.setPrototypeOf(newHostObject(), new.target.prototype);"
	"};"
	"undefined;";

static void define(xsMachine *the, const char *name, xsCallback callback)
{
	xsSet(xsGlobal, xsID(name), xsNewHostFunction(callback, 0));
}

static void evaluate(xsMachine *the, const char *code)
{
	xsBeginHost(the);
	{
		xsVars(1);
		xsTry {
			xsVar(0) = xsCall1(xsGlobal, xsID("eval"), xsString((xsStringValue)code));
			if (xsTypeOf(xsVar(0)) != xsUndefinedType) say("%s", xsToString(xsVar(0)));
		}
		xsCatch {
			say("%s", xsToString(xsException));
		}
	}
	xsEndHost(the);
}

static void collect(xsMachine *the)
{
	xsBeginHost(the);
	{
		xsCollectGarbage();
	}
	xsEndHost(the);
}

int main(int argc, char **argv)
{
	char name[32];
	char rest[2000];
	if (argc != 2) return 2;
	xsMachine *the = engine_open(argv[1]);
	if (the == NULL) return 2;
	xsBeginHost(the);
	{
		define(the, "native", native);
		define(the, "newHostObject", new_host_object);
		define(the, "print", print);
	}
	xsEndHost(the);
	evaluate(the, PRELUDE);
	engine_import(the, "binding.js");
	while (fake_read_command(name, sizeof(name), rest, sizeof(rest))) {
		if (strcmp(name, "js") == 0) evaluate(the, rest);
		else if (strcmp(name, "collect") == 0) collect(the);
		else if (!fake_command(name, rest)) say("ERROR unknown command %s", name);
	}
	engine_close(the);
	return 0;
}
