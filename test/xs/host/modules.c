/* Modules are named by their path below one folder without `.js`, as the manifest of the device names them. */
#include "host.h"
#include "xsScript.h"

static char root_directory[C_PATH_MAX];

void modules_set_root(const char* directory)
{
	snprintf(root_directory, sizeof(root_directory), "%s", directory);
}

static void strip_extension(char* name)
{
	size_t length = strlen(name);
	if (length > 3 && !strcmp(name + length - 3, ".js"))
		name[length - 3] = 0;
}

/* Cuts the last `count` components of a path; returns 0 where it has fewer. */
static int go_up(char* path, int count)
{
	while (count-- > 0) {
		char* slash = strrchr(path, '/');
		if (!slash)
			return 0;
		*slash = 0;
	}
	return 1;
}

/* Joins a specifier to the name of the module that imports it, as XS does on the device. */
static int resolve(const char* importer, char* specifier, char* name, size_t size)
{
	const char* rest = specifier;
	int up = 0;
	strip_extension(specifier);
	if (!strncmp(rest, "./", 2)) {
		up = 1;
		rest += 2;
	}
	else if (!strncmp(rest, "../", 3)) {
		for (up = 1; !strncmp(rest, "../", 3); rest += 3)
			up++;
	}
	if (!up)
		return snprintf(name, size, "%s", rest) < (int)size;
	/* The slash in front lets a module at the top have a parent, as XS does. */
	snprintf(name, size, "/%s", importer);
	if (!go_up(name, up))
		return 0;
	size_t length = strlen(name);
	if (length + 1 + strlen(rest) + 1 > size)
		return 0;
	sprintf(name + length, "/%s", rest);
	memmove(name, name + 1, strlen(name));
	return 1;
}

txID fxFindModule(txMachine* the, txSlot* realm, txID moduleID, txSlot* slot)
{
	char specifier[C_PATH_MAX];
	char name[C_PATH_MAX];
	(void)realm;
	fxToStringBuffer(the, slot, specifier, sizeof(specifier));
	if (!resolve(moduleID == XS_NO_ID ? "" : fxGetKeyName(the, moduleID), specifier, name, sizeof(name)))
		return XS_NO_ID;
	/* A machine has only what its root was given: looking must not cost it a key. */
	return the->host ? fxFindName(the, name) : fxNewNameC(the, name);
}

static int next_byte(void* stream)
{
	return fgetc(stream);
}

static txScript* parse(txMachine* the, FILE* file, txString name)
{
	txParser parser;
	txParserJump jump;
	txString map = NULL;
	txScript* volatile script = NULL;
	fxInitializeParser(&parser, the, the->parserBufferSize, the->parserTableModulo);
	parser.firstJump = &jump;
	if (c_setjmp(jump.jmp_buf) == 0) {
		parser.path = fxNewParserSymbol(&parser, name);
		fxParserTree(&parser, file, next_byte, 0, &map);
		fxParserHoist(&parser);
		fxParserBind(&parser);
		script = fxParserCode(&parser);
	}
	fxTerminateParser(&parser);
	return script;
}

void fxLoadModule(txMachine* the, txSlot* module, txID moduleID)
{
	char path[2 * C_PATH_MAX];
	txString name = fxGetKeyName(the, moduleID);
	FILE* file;
	txScript* script;
	if (the->host)
		mxReferenceError("module not preloaded: %s", name);
	snprintf(path, sizeof(path), "%s/%s.js", root_directory, name);
	file = fopen(path, "r");
	if (!file)
		mxReferenceError("no such module: %s", name);
	script = parse(the, file, name);
	fclose(file);
	if (!script)
		mxSyntaxError("%s", name);
	usage_note(the, script);
	fxResolveModule(the, module, moduleID, script, C_NULL, C_NULL);
}
