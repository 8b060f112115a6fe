/* Machines that share the root: creation, calls, death. */
#include "host.h"
#include "xs.h"
#include "xsmc.h"

#define BUCKETS 256

static struct machine* machines[BUCKETS];

struct machine* machine_find(uint32_t id)
{
	struct machine* machine = machines[id % BUCKETS];
	while (machine && machine->id != id)
		machine = machine->next;
	return machine;
}

/* The meter has passed its limit: XS ends the machine when this returns 0. */
static txBoolean refuse_more(txMachine* the, txU4 index)
{
	(void)the;
	(void)index;
	return 0;
}

/* A machine that is dead keeps its name and its last figures. */
static void bury(struct machine* machine)
{
	txMachine* the = machine->the;
	stats_read(machine);
	machine->the = NULL;
	the->firstJump = NULL;
	fxDeleteMachine(the);
	pool_close(&machine->pool);
}

/* With the names of the functions that it passed, if what was thrown is an Error. */
static void describe_exception(txMachine* the, struct machine* machine)
{
	mxTry(the) {
		fxBeginHost(the);
		mxPush(mxException);
		mxException = mxUndefined;
		if (mxIsReference(the->stack)) {
			mxDub();
			mxGetID(mxID(_stack));
			if (mxIsUndefined(the->stack))
				mxPop();
		}
		snprintf(machine->death, sizeof(machine->death), "exception: %s", fxToString(the, the->stack));
		fxEndHost(the);
	}
	mxCatch(the) {
		if (!machine->death[0])
			snprintf(machine->death, sizeof(machine->death), "exception: without a text");
	}
}

/* Rejections that nobody handles pass silently on the chip; here they end the machine. */
static void run_jobs(txMachine* the, struct machine* machine)
{
	while (machine->jobs_pending) {
		machine->jobs_pending = 0;
		fxRunPromiseJobs(the);
	}
	fxCheckUnhandledRejections(the, 1);
}

/* Runs one piece of a machine's life; whatever ends it is found in `death`. */
static void enter(struct machine* machine, void (*body)(txMachine*, struct machine*, void*), void* argument)
{
	txMachine* the = machine->the;
	guard_watch(machine);
	mxTry(the) {
		fxBeginMetering(the, refuse_more, machine->limits.meter_limit);
		fxBeginHost(the);
		body(the, machine, argument);
		run_jobs(the, machine);
		fxEndHost(the);
	}
	mxCatch(the) {
		if (!machine->death[0])
			describe_exception(the, machine);
	}
	guard_watch(NULL);
}

static void finish(struct machine* machine)
{
	uint32_t meter = machine->the->meterIndex;
	uint64_t total = ((uint64_t)machine->stats.meter_high << 32 | machine->stats.meter_low) + meter;
	machine->stats.meter_low = (uint32_t)total;
	machine->stats.meter_high = (uint32_t)(total >> 32);
	if (machine->death[0]) {
		bury(machine);
		protocol_send(machine->id, OP_DEAD, machine->death, strlen(machine->death));
		return;
	}
	protocol_send(machine->id, OP_DONE, &meter, sizeof(meter));
}

static void start(txMachine* the, struct machine* machine, void* entry)
{
	natives_install(the, machine);
	mxPushUndefined();
	mxPushStringC(entry);
	fxAwaitImport(the, XS_IMPORT_DEFAULT);
	mxCall();
	mxRunCount(0);
	mxPop();
}

/** Clones the root under the given limits and runs the default export of `entry` in it. */
struct machine* machine_create(uint32_t id, const struct limits* limits, const char* entry)
{
	struct machine* machine = calloc(1, sizeof(struct machine));
	txCreation creation = {
		.initialChunkSize = (txSize)limits->chunk_bytes,
		.initialHeapCount = (txSize)limits->slots,
		.stackCount = (txSize)limits->stack_slots,
		.initialKeyCount = (txSize)limits->keys,
		.incrementalKeyCount = (txSize)limits->key_increment,
		.nameModulo = root_machine->nameModulo,
		.symbolModulo = root_machine->symbolModulo,
		.parserBufferSize = 1024,
		.parserTableModulo = 17,
	};
	if (!machine || !pool_open(&machine->pool, limits))
		return NULL;
	machine->id = id;
	machine->limits = *limits;
	machine->on_call.kind = XS_UNDEFINED_KIND;
	machine->inbox.kind = XS_UNDEFINED_KIND;
	machine->next = machines[id % BUCKETS];
	machines[id % BUCKETS] = machine;
	machine->the = fxCloneMachine(&creation, root_machine, "node", machine);
	if (!machine->the) {
		pool_close(&machine->pool);
		protocol_send(id, OP_DEAD, machine->death, strlen(machine->death));
		return machine;
	}
	enter(machine, start, (void*)entry);
	finish(machine);
	return machine;
}

struct call {
	const uint8_t* payload;
	size_t length;
};

static void new_inbox(txMachine* the, size_t length)
{
	mxPush(mxUint8ArrayConstructor);
	mxNew();
	mxPushInteger((txInteger)length);
	mxRunCount(1);
}

static void deliver(txMachine* the, struct machine* machine, void* argument)
{
	const struct call* call = argument;
	void* data;
	txUnsigned room;
	if (mxIsUndefined(&machine->on_call))
		mxTypeError("the entry registered no function with host.onCall");
	mxPushUndefined();
	mxPushSlot(&machine->on_call);
	mxCall();
	if (call->length > machine->limits.inbox_bytes) {
		new_inbox(the, call->length);
	}
	else {
		if (mxIsUndefined(&machine->inbox)) {
			new_inbox(the, machine->limits.inbox_bytes);
			mxPull(machine->inbox);
		}
		mxPushSlot(&machine->inbox);
	}
	_xsmcGetBuffer(the, the->stack, &data, &room, 1);
	memcpy(data, call->payload, call->length);
	mxPushInteger((txInteger)call->length);
	mxRunCount(2);
	mxPop();
}

/** Hands one message to the machine. */
void machine_call(struct machine* machine, const uint8_t* payload, size_t length)
{
	struct call call = { payload, length };
	if (!machine->the) {
		protocol_send(machine->id, OP_DEAD, machine->death, strlen(machine->death));
		return;
	}
	enter(machine, deliver, &call);
	finish(machine);
}

static void collect(txMachine* the, struct machine* machine, void* argument)
{
	(void)machine;
	(void)argument;
	fxCollectGarbage(the);
}

/** Collects garbage and reports what lives. */
void machine_collect(struct machine* machine)
{
	if (machine->the)
		enter(machine, collect, NULL);
	stats_read(machine);
	protocol_send(machine->id, OP_USE, &machine->stats, sizeof(machine->stats));
}

/** Forgets a machine, living or dead. */
void machine_destroy(struct machine* machine)
{
	struct machine** link = &machines[machine->id % BUCKETS];
	uint32_t meter = 0;
	while (*link != machine)
		link = &(*link)->next;
	*link = machine->next;
	if (machine->the)
		bury(machine);
	protocol_send(machine->id, OP_DONE, &meter, sizeof(meter));
	free(machine);
}
