/* A machine of XS for one script: what the engine asks of its host, beside test/xs/host/modules.c. */
#include "xsAll.h"
#include "xsScript.h"

#include "engine.h"

static txCreation creation = {
	.initialChunkSize = 1024 * 1024,
	.incrementalChunkSize = 256 * 1024,
	.initialHeapCount = 64 * 1024,
	.incrementalHeapCount = 16 * 1024,
	.stackCount = 4096,
	.initialKeyCount = 8192,
	.incrementalKeyCount = 1024,
	.nameModulo = 127,
	.symbolModulo = 127,
	.parserBufferSize = 64 * 1024,
	.parserTableModulo = 1993,
};

void fxCreateMachinePlatform(txMachine *the) { the->host = NULL; }
void fxDeleteMachinePlatform(txMachine *the) { (void)the; }
void fxQueuePromiseJobs(txMachine *the) { (void)the; }

void *fxAllocateChunks(txMachine *the, txSize size)
{
	(void)the;
	return malloc((size_t)size);
}

void fxFreeChunks(txMachine *the, void *chunks)
{
	(void)the;
	free(chunks);
}

txSlot *fxAllocateSlots(txMachine *the, txSize count)
{
	(void)the;
	return malloc((size_t)count * sizeof(txSlot));
}

void fxFreeSlots(txMachine *the, void *slots)
{
	(void)the;
	free(slots);
}

void fxAbort(txMachine *the, int status)
{
	const char *what = status == XS_UNHANDLED_EXCEPTION_EXIT ? fxToString(the, &mxException) : "";
	printf("ERROR the machine ended with status %d: %s\n", status, what);
	exit(1);
}

/* The engine is built for a host that watches its collector. */
void host_collected(txMachine *the, txSlot *frame);
void host_report(txMachine *the, txString format, ...);

void host_collected(txMachine *the, txSlot *frame)
{
	(void)the;
	(void)frame;
}

void host_report(txMachine *the, txString format, ...)
{
	(void)the;
	(void)format;
}

void *engine_open(void) { return fxCreateMachine(&creation, "binding", NULL, 0); }

void engine_close(void *machine) { fxDeleteMachine(machine); }

void engine_import(void *machine, const char *name)
{
	txMachine *the = machine;
	mxTry(the) {
		fxBeginHost(the);
		mxPushStringC((txString)name);
		fxAwaitImport(the, XS_IMPORT_NAMESPACE);
		mxPop();
		fxEndHost(the);
	}
	mxCatch(the) {
		printf("ERROR %s: %s\n", name, fxToString(the, &mxException));
		exit(1);
	}
}
