/*
 * The object `host` of each machine. Its functions stand in the root, as native modules stand in the chip's
 * flash; a machine has only one object that inherits from them.
 */
#include "host.h"
#include "xs.h"
#include "xsmc.h"

static txSlot* shared_natives;

struct view {
	uint8_t* bytes;
	txUnsigned length;
};

/* The octets of an argument; valid until the next allocation. */
static struct view view_of(txMachine* the, int index, int writable)
{
	struct view view;
	void* data;
	if (mxArgc <= index)
		mxTypeError("argument %d: expected a Uint8Array, found none", index + 1);
	_xsmcGetBuffer(the, mxArgv(index), &data, &view.length, (txBoolean)writable);
	view.bytes = data;
	return view;
}

/* An integer argument from `least` to `most`. Converts no objects, and so never allocates. */
static txUnsigned integer_of(txMachine* the, int index, txUnsigned least, txUnsigned most)
{
	int is_number = mxArgc > index && (mxArgv(index)->kind == XS_INTEGER_KIND || mxArgv(index)->kind == XS_NUMBER_KIND);
	txInteger value = is_number ? fxToInteger(the, mxArgv(index)) : -1;
	if (value < 0 || (txUnsigned)value < least || (txUnsigned)value > most)
		mxRangeError("argument %d: expected an integer from %d to %d, found %d", index + 1, (int)least, (int)most,
			(int)value);
	return (txUnsigned)value;
}

/* host.post(bytes, length) */
static void native_post(txMachine* the)
{
	struct machine* machine = the->host;
	struct view view = view_of(the, 0, 0);
	txUnsigned length = integer_of(the, 1, 0, view.length);
	guard_in_host(1);
	protocol_send(machine->id, OP_POST, view.bytes, length);
	guard_in_host(0);
}

/* host.query(bytes, length, into): length of the answer */
static void native_query(txMachine* the)
{
	struct machine* machine = the->host;
	struct frame frame;
	struct view view = view_of(the, 0, 0);
	txUnsigned length = integer_of(the, 1, 0, view.length);
	guard_in_host(1);
	protocol_send(machine->id, OP_QUERY, view.bytes, length);
	if (!protocol_receive(&frame))
		exit(0);
	guard_in_host(0);
	if (frame.op != OP_REPLY || frame.machine != machine->id)
		protocol_fail("expected the answer to a query");
	struct view into = view_of(the, 2, 1);
	if (frame.length > into.length)
		mxRangeError("argument 3: expected room for %d octets, found %d", (int)frame.length, (int)into.length);
	memcpy(into.bytes, frame.payload, frame.length);
	mxResult->kind = XS_INTEGER_KIND;
	mxResult->value.integer = (txInteger)frame.length;
}

/* host.onCall(function) */
static void native_on_call(txMachine* the)
{
	struct machine* machine = the->host;
	if (mxArgc < 1 || !fxIsCallable(the, mxArgv(0)))
		mxTypeError("argument 1: expected a function");
	machine->on_call.kind = mxArgv(0)->kind;
	machine->on_call.value = mxArgv(0)->value;
}

/* host.sha256(bytes, offset, end, into) */
static void native_sha256(txMachine* the)
{
	struct view view = view_of(the, 0, 0);
	txUnsigned end = integer_of(the, 2, 0, view.length);
	txUnsigned offset = integer_of(the, 1, 0, end);
	uint8_t digest[32];
	sha256(view.bytes + offset, end - offset, digest);
	struct view into = view_of(the, 3, 1);
	if (into.length < sizeof(digest))
		mxRangeError("argument 4: expected room for 32 octets, found %d", (int)into.length);
	memcpy(into.bytes, digest, sizeof(digest));
}

/* host.aesKey(key): a handle, whose schedule lies in the machine's chunks as on the device */
static void native_aes_key(txMachine* the)
{
	uint8_t schedule[AES_SCHEDULE_BYTES];
	struct view key = view_of(the, 0, 0);
	if (key.length != 16)
		mxRangeError("argument 1: expected a key of 16 octets, found %d", (int)key.length);
	aes128_expand(key.bytes, schedule);
	fxNewHostObject(the, NULL);
	mxPullSlot(mxResult);
	fxSetHostChunk(the, mxResult, schedule, sizeof(schedule));
}

/* host.aesEncrypt(handle, block, offset), in place */
static void native_aes_encrypt(txMachine* the)
{
	struct view block = view_of(the, 1, 1);
	if (block.length < 16)
		mxRangeError("argument 2: expected at least 16 octets, found %d", (int)block.length);
	txUnsigned offset = integer_of(the, 2, 0, block.length - 16);
	aes128_encrypt(fxGetHostChunk(the, mxArgv(0)), block.bytes + offset);
}

/* host.print(text): a line on standard error, for those who debug */
static void native_print(txMachine* the)
{
	txString text = mxArgc > 0 ? fxToString(the, mxArgv(0)) : "";
	guard_in_host(1);
	fprintf(stderr, "%s\n", text);
	guard_in_host(0);
}

static const struct {
	const char* name;
	txCallback callback;
	txInteger length;
} natives[] = {
	{ "post", native_post, 2 },
	{ "query", native_query, 3 },
	{ "onCall", native_on_call, 1 },
	{ "sha256", native_sha256, 4 },
	{ "aesKey", native_aes_key, 1 },
	{ "aesEncrypt", native_aes_encrypt, 3 },
	{ "print", native_print, 1 },
};

/** Whether a function is one of these, and none of XS's. */
int natives_own(txCallback callback)
{
	for (size_t i = 0; i < sizeof(natives) / sizeof(natives[0]); i++)
		if (natives[i].callback == callback)
			return 1;
	return 0;
}

/** Builds the functions in the root. */
void natives_build(txMachine* the)
{
	mxPush(mxObjectPrototype);
	shared_natives = fxNewObjectInstance(the);
	for (size_t i = 0; i < sizeof(natives) / sizeof(natives[0]); i++) {
		txID id = fxNewNameC(the, (txString)natives[i].name);
		fxNewHostFunction(the, natives[i].callback, natives[i].length, id, XS_NO_ID);
		fxNextSlotProperty(the, fxLastProperty(the, shared_natives), the->stack, id,
			XS_DONT_DELETE_FLAG | XS_DONT_SET_FLAG);
		mxPop();
	}
	fxNewNameC(the, "host");
	/* The root must not collect it: it has no other holder. */
	mxPush(mxGlobal);
	fxNextSlotProperty(the, fxLastProperty(the, mxGlobal.value.reference), the->stack + 1, fxNewNameC(the, "host"),
		XS_DONT_ENUM_FLAG);
	mxPop();
	mxPop();
}

static void mark(txMachine* the, void* data, txMarkRoot mark_root)
{
	struct machine* machine = data;
	(*mark_root)(the, &machine->on_call);
	(*mark_root)(the, &machine->inbox);
}

static void sweep(txMachine* the, void* data, txSweepRoot sweep_root)
{
	struct machine* machine = data;
	(void)the;
	(void)sweep_root;
	machine->swept = 1;
}

static const txHostHooks hooks = { NULL, mark, sweep };

/** Gives a machine its `host`. */
void natives_install(txMachine* the, struct machine* machine)
{
	txSlot* instance = fxNewHostObject(the, NULL);
	instance->value.instance.prototype = shared_natives;
	fxSetHostData(the, the->stack, machine);
	fxSetHostHooks(the, the->stack, &hooks);
	fxNextSlotProperty(the, fxLastProperty(the, mxGlobal.value.reference), the->stack, fxNewNameC(the, "host"),
		XS_DONT_ENUM_FLAG | XS_DONT_DELETE_FLAG | XS_DONT_SET_FLAG);
	mxPop();
}
