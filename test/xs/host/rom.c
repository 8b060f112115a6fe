/*
 * Makes of the root what Moddable's linker makes of preloaded modules: constants in flash. Objects and variables
 * get a number each, under which a machine keeps its own copy once it changes them; what cannot be copied so
 * (buffers, maps, sets and the like) is read-only, and a write to it throws a TypeError.
 */
#include <sys/mman.h>

#include "host.h"

#define ROM_BYTES ((size_t)64 << 20)

static uint8_t* rom;
static size_t rom_used;

/** Memory of the root, in one piece, so that it can be sealed. */
void* rom_take(size_t size)
{
	void* result;
	if (!rom)
		rom = mmap(NULL, ROM_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (rom == MAP_FAILED)
		protocol_fail("no memory for the modules");
	size = (size + 15) & ~(size_t)15;
	if (size > ROM_BYTES - rom_used)
		protocol_fail("the modules need more memory than the root has");
	result = rom + rom_used;
	rom_used += size;
	return result;
}

int rom_holds(const void* address)
{
	const uint8_t* at = address;
	return rom && at >= rom && at < rom + ROM_BYTES;
}

static int is_function(const txSlot* internal)
{
	return internal->kind == XS_CALLBACK_KIND || internal->kind == XS_CALLBACK_X_KIND
		|| internal->kind == XS_CODE_KIND || internal->kind == XS_CODE_X_KIND;
}

static int is_buffer(const txSlot* internal)
{
	return internal->kind == XS_ARRAY_BUFFER_KIND || internal->kind == XS_DATA_VIEW_KIND
		|| internal->kind == XS_TYPED_ARRAY_KIND;
}

/* Besides buffers. */
static int cannot_be_copied(const txSlot* internal)
{
	switch (internal->kind) {
	case XS_MAP_KIND:
	case XS_PROMISE_KIND:
	case XS_PROXY_KIND:
	case XS_REGEXP_KIND:
	case XS_SET_KIND:
	case XS_WEAK_MAP_KIND:
	case XS_WEAK_REF_KIND:
	case XS_WEAK_SET_KIND:
		return 1;
	case XS_CLOSURE_KIND:
		return internal->value.closure && internal->value.closure->kind == XS_FINALIZATION_REGISTRY_KIND;
	default:
		return 0;
	}
}

static void freeze(txSlot* instance)
{
	for (txSlot* property = instance->next; property; property = property->next) {
		if (property->kind != XS_ACCESSOR_KIND)
			property->flag |= XS_DONT_SET_FLAG;
		property->flag |= XS_DONT_DELETE_FLAG;
	}
	instance->flag |= XS_DONT_PATCH_FLAG;
}

static void freeze_prototype(txSlot* constructor)
{
	for (txSlot* property = constructor->next; property; property = property->next)
		if (property->ID == mxID(_prototype) && property->kind == XS_REFERENCE_KIND)
			freeze(property->value.reference);
}

/* `as_chip`: buffers, environments and functions too, as whenever a manifest preloads modules. */
static void prepare(txSlot* instance, int as_chip)
{
	txSlot* internal = instance->next;
	if (!internal || !(internal->flag & XS_INTERNAL_FLAG))
		return;
	if (cannot_be_copied(internal))
		freeze(instance);
	else if (as_chip && is_buffer(internal))
		freeze(instance);
	else if (as_chip && internal->ID == XS_ENVIRONMENT_BEHAVIOR)
		freeze(instance);
	else if (as_chip && is_function(internal)) {
		freeze(instance);
		if (instance->flag & XS_CAN_CONSTRUCT_FLAG)
			freeze_prototype(instance);
	}
}

static int is_fixed(const txSlot* property)
{
	int read_only = property->kind == XS_ACCESSOR_KIND || (property->flag & XS_DONT_SET_FLAG);
	return read_only && (property->flag & XS_DONT_DELETE_FLAG);
}

static int is_frozen(const txSlot* instance)
{
	const txSlot* property = instance->next;
	if (!(instance->flag & XS_DONT_PATCH_FLAG))
		return 0;
	for (; property && (property->flag & XS_INTERNAL_FLAG); property = property->next) {
		txIndex size = property->kind == XS_ARRAY_KIND ? fxGetIndexSize(root_machine, (txSlot*)property) : 0;
		for (txIndex i = 0; i < size; i++)
			if (!is_fixed(property->value.array.address + i))
				return 0;
	}
	for (; property; property = property->next)
		if (!is_fixed(property))
			return 0;
	return 1;
}

/* A frozen object holds private fields and contents that must not change either. */
static void petrify(txSlot* instance)
{
	txSlot* property = instance->next;
	for (; property && (property->flag & XS_INTERNAL_FLAG); property = property->next) {
		if (property->kind == XS_DATE_KIND || cannot_be_copied(property) || is_buffer(property))
			property->flag |= XS_DONT_SET_FLAG;
		if (property->kind == XS_PRIVATE_KIND)
			for (txSlot* field = property->value.private.first; field; field = field->next)
				field->flag |= field->kind == XS_ACCESSOR_KIND ? XS_DONT_DELETE_FLAG : XS_DONT_DELETE_FLAG | XS_DONT_SET_FLAG;
	}
}

static int holds_function(const txSlot* variable)
{
	if (variable->kind == XS_HOST_FUNCTION_KIND)
		return 1;
	return variable->kind == XS_REFERENCE_KIND && variable->value.reference->next
		&& is_function(variable->value.reference->next);
}

/* Numbers a variable that functions share, unless it is a constant; XS takes number 0 for "not numbered". */
static void number_variable(txSlot* closure, txID* count, int as_chip)
{
	txSlot* variable = closure->value.closure;
	if (!variable)
		return;
	if (as_chip && holds_function(variable))
		variable->flag |= XS_DONT_SET_FLAG;
	if (variable->flag & XS_DONT_SET_FLAG)
		variable->flag |= XS_DONT_DELETE_FLAG;
	else {
		if (variable->ID == XS_NO_ID)
			variable->ID = (*count)++;
		closure->flag &= (txFlag)~XS_DONT_SET_FLAG;
	}
}

/* Values in flash are of kinds that the collector leaves alone. */
static void make_constant(txSlot* slot)
{
	switch (slot->kind) {
	case XS_BIGINT_KIND:
		slot->kind = XS_BIGINT_X_KIND;
		break;
	case XS_CALLBACK_KIND:
		slot->kind = XS_CALLBACK_X_KIND;
		break;
	case XS_CODE_KIND:
		slot->kind = XS_CODE_X_KIND;
		break;
	case XS_KEY_KIND:
		slot->kind = XS_KEY_X_KIND;
		break;
	case XS_STRING_KIND:
		slot->kind = XS_STRING_X_KIND;
		break;
	case XS_ARRAY_KIND:
		for (txIndex i = 0, size = fxGetIndexSize(root_machine, slot); i < size; i++)
			make_constant(slot->value.array.address + i);
		break;
	default:
		break;
	}
	slot->flag |= XS_MARK_FLAG;
}

/* Calls `visit` with each slot of the root's heap. */
#define each_slot(SLOT) \
	for (txSlot* heap = root_machine->firstHeap; heap; heap = heap->next) \
		for (txSlot* SLOT = heap + 1; SLOT < heap->value.reference; SLOT++)

static void forget_numbers(void)
{
	each_slot(slot) {
		if (slot->kind == XS_CLOSURE_KIND && slot->value.closure && !(slot->value.closure->flag & XS_DONT_SET_FLAG))
			slot->value.closure->ID = XS_NO_ID;
	}
}

/* Freezes prototypes and namespaces, as Moddable's linker does; constructors are functions, and frozen as such. */
static void freeze_built_ins(void)
{
	txMachine* the = root_machine;
	static const int objects[] = { _Atomics, _JSON, _Math, _Reflect };
	for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++)
		freeze(the->stackPrototypes[-1 - objects[i]].value.reference);
	for (int i = mxObjectPrototypeStackIndex; i < mxCompartmentGlobalStackIndex; i++) {
		txSlot* slot = &the->stackPrototypes[-1 - i];
		if (slot->kind != XS_REFERENCE_KIND || i == mxHookInstanceIndex)
			continue;
		freeze(slot->value.reference);
		/* The function that enumerates keeps the prototype of its results to itself. */
		freeze_prototype(slot->value.reference);
	}
	for (int i = 0; i < mxTypeArrayCount; i++)
		freeze_prototype(the->stackPrototypes[-1 - (int)gxTypeDispatches[i].constructorID].value.reference);
	for (txSlot* property = mxArrayPrototype.value.reference->next; property; property = property->next)
		if (property->ID == mxID(_Symbol_unscopables) && property->kind == XS_REFERENCE_KIND)
			freeze(property->value.reference);
	/* What fxShareMachine left there: the modules. */
	freeze(mxProgram.value.reference);
	freeze(mxHosts.value.reference);
}

/* In flash, the global object has no cache of the names that were looked up: a lookup would write to it. */
static void make_global_plain(void)
{
	txMachine* the = root_machine;
	txSlot* global = mxGlobal.value.reference;
	if (global->next && global->next->kind == XS_GLOBAL_KIND) {
		global->next = global->next->next;
		global->flag &= (txFlag)~XS_EXOTIC_FLAG;
	}
}

/** Closes the root; with `as_chip` the system ends whoever writes to it from here on. */
void rom_seal(int as_chip)
{
	txID count = 1;
	make_global_plain();
	fxShareMachine(root_machine);
	forget_numbers();
	if (as_chip)
		freeze_built_ins();
	each_slot(slot) {
		if (slot->kind == XS_INSTANCE_KIND)
			prepare(slot, as_chip);
	}
	each_slot(slot) {
		if (slot->kind != XS_INSTANCE_KIND)
			continue;
		slot->ID = is_frozen(slot) ? XS_NO_ID : count++;
		if (slot->ID == XS_NO_ID)
			petrify(slot);
	}
	each_slot(slot) {
		if (slot->kind == XS_CLOSURE_KIND)
			number_variable(slot, &count, as_chip);
	}
	each_slot(slot)
		make_constant(slot);
	root_machine->aliasCount = count;
	if (as_chip)
		mprotect(rom, ROM_BYTES, PROT_READ);
}
