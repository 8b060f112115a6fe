/* A machine of XS for one script: what the engine asks of its host. */
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

static const char *root;

static int next_octet(void *stream)
{
	return fgetc(stream);
}

/* Modules are named by their files below the root: none here is named by its place beside another one. */
txID fxFindModule(txMachine *the, txSlot *realm, txID module, txSlot *specifier)
{
	char name[C_PATH_MAX];
	(void)realm;
	(void)module;
	fxToStringBuffer(the, specifier, name, sizeof(name));
	return fxNewNameC(the, name);
}

static txScript *parse(txMachine *the, FILE *file, txString name)
{
	txParser parser;
	txParserJump jump;
	txString map = NULL;
	txScript *volatile script = NULL;
	fxInitializeParser(&parser, the, the->parserBufferSize, the->parserTableModulo);
	parser.firstJump = &jump;
	if (c_setjmp(jump.jmp_buf) == 0) {
		parser.path = fxNewParserSymbol(&parser, name);
		fxParserTree(&parser, file, next_octet, 0, &map);
		fxParserHoist(&parser);
		fxParserBind(&parser);
		script = fxParserCode(&parser);
	}
	fxTerminateParser(&parser);
	return script;
}

void fxLoadModule(txMachine *the, txSlot *module, txID id)
{
	char path[2 * C_PATH_MAX];
	txString name = fxGetKeyName(the, id);
	snprintf(path, sizeof(path), "%s/%s", root, name);
	FILE *file = fopen(path, "r");
	if (file == NULL) mxReferenceError("no such module: %s", name);
	txScript *script = parse(the, file, name);
	fclose(file);
	if (script == NULL) mxSyntaxError("%s", name);
	fxResolveModule(the, module, id, script, C_NULL, C_NULL);
}

void *engine_open(const char *folder)
{
	root = folder;
	return fxCreateMachine(&creation, "binding", NULL, 0);
}

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
