/* The root machine: built-ins and every module, executed once and shared, as the chip's flash holds them. */
#include "host.h"

txMachine* root_machine;

static txCreation root_creation = {
	.initialChunkSize = 16 * 1024 * 1024,
	.incrementalChunkSize = 1024 * 1024,
	.initialHeapCount = 512 * 1024,
	.incrementalHeapCount = 64 * 1024,
	.stackCount = 16 * 1024,
	.initialKeyCount = 16 * 1024,
	.incrementalKeyCount = 1024,
	/* Machines have tables of the same size; these are the chip's. */
	.nameModulo = 53,
	.symbolModulo = 3,
	.parserBufferSize = 64 * 1024,
	.parserTableModulo = 1993,
};

/* Imports one module; describes what it threw. */
static int import_module(txMachine* the, char* name, char* error, size_t size)
{
	mxTry(the) {
		fxBeginHost(the);
		mxPushStringC(name);
		fxAwaitImport(the, XS_IMPORT_NAMESPACE);
		mxPop();
		fxEndHost(the);
	}
	mxCatch(the) {
		snprintf(error, size, "%s: %s", name, fxToString(the, &mxException));
		return 0;
	}
	return 1;
}

/** Loads the modules and closes the root; on failure `error` says what went wrong. */
int root_open(int as_chip, int count, char** names, char* error, size_t size)
{
	txMachine* the = fxCreateMachine(&root_creation, "root", NULL, 0);
	if (!the) {
		snprintf(error, size, "no memory for the root machine");
		return 0;
	}
	for (int i = 0; i < count; i++)
		if (!import_module(the, names[i], error, size))
			return 0;
	fxBeginHost(the);
	natives_build(the);
	fxEndHost(the);
	root_machine = the;
	if (as_chip)
		strip(the);
	rom_seal(as_chip);
	return 1;
}
