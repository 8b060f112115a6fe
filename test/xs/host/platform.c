/* The functions that XS calls: memory, the end of a machine, promise jobs. */
#include "host.h"
#include "xsScript.h"

/* `context` is ours too, but XS clears it before it gives memory back. */
void fxCreateMachinePlatform(txMachine* the)
{
	the->host = the->context;
}

void fxDeleteMachinePlatform(txMachine* the)
{
	(void)the;
}

void* fxAllocateChunks(txMachine* the, txSize size)
{
	struct machine* machine = the->host;
	return machine ? pool_take(&machine->pool, (size_t)size) : rom_take((size_t)size);
}

/* Pools are given back as a whole. */
void fxFreeChunks(txMachine* the, void* chunks)
{
	(void)the;
	(void)chunks;
}

txSlot* fxAllocateSlots(txMachine* the, txSize count)
{
	struct machine* machine = the->host;
	size_t size = (size_t)count * sizeof(txSlot);
	txSlot* slots = machine ? pool_take(&machine->pool, size) : rom_take(size);
	/* The first slots of a machine are its stack. */
	if (slots && machine && !the->stackBottom)
		pool_paint(slots, (size_t)count);
	return slots;
}

void fxFreeSlots(txMachine* the, void* slots)
{
	(void)the;
	(void)slots;
}

void fxQueuePromiseJobs(txMachine* the)
{
	struct machine* machine = the->host;
	if (machine)
		machine->jobs_pending = 1;
}

/** What XS says before it gives up tells slots from chunks. Stands for `fxReport` in xsMemory.c. */
void host_report(txMachine* the, txString format, ...)
{
	struct machine* machine = the->host;
	if (machine)
		machine->shortage = strncmp(format, "# Slot", 6) ? "out of chunks" : "out of slots";
}

static const char* death_of(struct machine* machine, int status)
{
	switch (status) {
	case XS_NOT_ENOUGH_MEMORY_EXIT:
		return machine->shortage ? machine->shortage : "out of chunks";
	case XS_STACK_OVERFLOW_EXIT:
		return "stack overflow";
	case XS_NO_MORE_KEYS_EXIT:
		return "too many keys";
	case XS_TOO_MUCH_COMPUTATION_EXIT:
		return "endless loop";
	case XS_DEAD_STRIP_EXIT:
		return "stripped built-in";
	case XS_UNHANDLED_REJECTION_EXIT:
	case XS_UNHANDLED_EXCEPTION_EXIT:
		/* What was thrown is told by the frame that entered the machine. */
		return "";
	default:
		return "fatal check";
	}
}

/* Says on standard error which functions were running, the innermost first, without a slot more than there is. */
static void trace(txMachine* the, const struct machine* machine)
{
	int most = 24;
	fprintf(stderr, "machine %u: %s in", machine->id, machine->death);
	for (txSlot* frame = the->frame; frame && most > 0; frame = frame->next, most--) {
		txSlot* function = frame + 3;
		txSlot* name = NULL;
		if (function->kind == XS_REFERENCE_KIND)
			name = mxBehaviorGetProperty(the, function->value.reference, mxID(_name), 0, XS_OWN);
		if (name && (name->kind == XS_STRING_KIND || name->kind == XS_STRING_X_KIND))
			fprintf(stderr, " %s,", name->value.string);
	}
	fprintf(stderr, " ...\n");
}

/** Ends one machine: its stack is left for the frame that entered it. */
void fxAbort(txMachine* the, int status)
{
	struct machine* machine = the->host;
	if (!machine || !the->firstJump) {
		fprintf(stderr, "xs-host: XS gave up with status %d while the modules were loaded\n", status);
		exit(1);
	}
	snprintf(machine->death, sizeof(machine->death), "%s", death_of(machine, status));
	if (machine->death[0])
		trace(the, machine);
	fxExitToHost(the);
}
