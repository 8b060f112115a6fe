/*
 * Takes away the built-ins that no module calls for, as Moddable's linker does where a manifest strips everything
 * (`"strip": "*"`, as Moddable's base manifest has it). Calling one ends the machine, and cannot be caught.
 */
#include "host.h"

#define MOST 2048

static struct {
	txCallback callback;
	int kept;
} built_ins[MOST];
static int count;

/* What the engine itself calls, or scripts without naming it. */
static const txCallback always[] = {
	fx_Array_prototype_join, fx_Array_prototype_values, fx_Array_prototype_toString, fx_ArrayBuffer,
	fx_ArrayIterator_prototype_next, fx_AsyncGenerator, fx_Boolean_prototype_toString, fx_Boolean_prototype_valueOf,
	fx_Enumerator, fx_Error_toString, fx_Function_prototype_hasInstance, fx_Function_prototype_toString,
	fx_Generator, fx_Number_prototype_toString, fx_Number_prototype_valueOf, fx_Object_assign, fx_Object_copy,
	fx_Object_prototype_toString, fx_Object_prototype_valueOf, fx_String_prototype_iterator,
	fx_String_prototype_iterator_next, fx_String_prototype_valueOf, fx_Symbol_prototype_toString,
	fx_Symbol_prototype_toPrimitive, fx_Symbol_prototype_valueOf, fx_TypedArray_prototype_join,
	fx_TypedArray_prototype_values, fxOrdinaryToPrimitive, fxArrayLengthGetter, fxArrayLengthSetter, fxModuleGetter,
	fxStringAccessorGetter, fxStringAccessorSetter, fxThrowTypeError, fxTypedArrayGetter, fxTypedArraySetter,
	fx_species_get, fx_RangeError, fx_SyntaxError,
	/* The host's own: calls are handed in with one, and what ends a machine is told with the other. */
	fx_TypedArray, fx_Error_prototype_get_stack,
};

/* With a class come functions that it needs. */
struct companion {
	txCallback callback;
	txCallback with;
};
static const struct companion companions[] = {
	{ fx_BigInt_prototype_toString, fx_BigInt },
	{ fx_BigInt_prototype_valueOf, fx_BigInt },
	{ fx_Date_parse, fx_Date },
	{ fx_Date_prototype_toString, fx_Date },
	{ fx_Date_prototype_toPrimitive, fx_Date },
	{ fx_Date_prototype_valueOf, fx_Date },
	{ fx_Function_prototype_bound, fx_Function_prototype_bind },
	{ fx_Map_prototype_entries, fx_Map },
	{ fx_Map_prototype_set, fx_Map },
	{ fx_MapIterator_prototype_next, fx_Map },
	{ fx_Object_isFrozen, fx_Object_freeze },
	{ fx_Promise_prototype_then, fx_Promise },
	{ fx_Promise_resolve, fx_Promise },
	{ fxOnRejectedPromise, fx_Promise },
	{ fxOnResolvedPromise, fx_Promise },
	{ fxOnThenable, fx_Promise },
	{ fxProxyGetter, fx_Proxy },
	{ fxProxySetter, fx_Proxy },
	{ fx_Proxy_revoke, fx_Proxy },
	{ fxInitializeRegExp, fx_RegExp },
	{ fx_RegExp_prototype_exec, fx_RegExp },
	{ fx_RegExp_prototype_match, fx_RegExp },
	{ fx_RegExp_prototype_replace, fx_RegExp },
	{ fx_RegExp_prototype_split, fx_RegExp },
	{ fx_RegExp_prototype_toString, fx_RegExp },
	{ fx_RegExp_prototype_get_flags, fx_RegExp },
	{ fx_RegExp_prototype_get_global, fx_RegExp },
	{ fx_RegExp_prototype_get_source, fx_RegExp },
	{ fx_RegExp_prototype_get_unicode, fx_RegExp },
	{ fx_Set_prototype_add, fx_Set },
	{ fx_Set_prototype_values, fx_Set },
	{ fx_SetIterator_prototype_next, fx_Set },
};

static int index_of(txCallback callback)
{
	int i = 0;
	while (i < count && built_ins[i].callback != callback)
		i++;
	if (i == count) {
		if (count == MOST)
			protocol_fail("more built-ins than expected");
		built_ins[count++].callback = callback;
	}
	return i;
}

static int is_kept(txCallback callback)
{
	return built_ins[index_of(callback)].kept;
}

static void set_kept(txCallback callback, int kept)
{
	built_ins[index_of(callback)].kept = kept;
}

static txSlot* code_of(txSlot* function)
{
	txSlot* internal = function ? function->next : NULL;
	if (internal && (internal->kind == XS_CALLBACK_KIND || internal->kind == XS_CALLBACK_X_KIND))
		return internal;
	return NULL;
}

static void set_function(txSlot* function, int kept)
{
	txSlot* code = code_of(function);
	if (code)
		set_kept(code->value.callback.address, kept);
}

/* Sets the functions that a property holds. */
static void set_property(const txSlot* property, int kept)
{
	if (property->kind == XS_REFERENCE_KIND)
		set_function(property->value.reference, kept);
	else if (property->kind == XS_ACCESSOR_KIND) {
		set_function(property->value.accessor.getter, kept);
		set_function(property->value.accessor.setter, kept);
	}
}

static void drop_members(txSlot* instance)
{
	for (txSlot* property = instance->next; property; property = property->next)
		if (property->ID != mxID(_constructor))
			set_property(property, 0);
}

/* A class that nobody constructs goes with all its methods, whatever their names. */
static void drop_class(const txSlot* constructor, txSlot* iterator)
{
	txSlot* code = code_of(constructor->value.reference);
	if (!code || is_kept(code->value.callback.address))
		return;
	drop_members(constructor->value.reference);
	for (txSlot* property = constructor->value.reference->next; property; property = property->next)
		if (property->ID == mxID(_prototype) && property->kind == XS_REFERENCE_KIND)
			drop_members(property->value.reference);
	if (iterator)
		drop_members(iterator);
}

static void drop_classes(txMachine* the)
{
	static const int classes[] = { _BigInt, _Compartment, _DataView, _Date, _FinalizationRegistry, _Promise, _Proxy,
		_SharedArrayBuffer, _WeakMap, _WeakRef, _WeakSet };
	static const int objects[] = { _Atomics, _JSON, _Math, _Reflect };
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		drop_class(&the->stackPrototypes[-1 - classes[i]], NULL);
	drop_class(&mxMapConstructor, mxMapIteratorPrototype.value.reference);
	drop_class(&mxSetConstructor, mxSetIteratorPrototype.value.reference);
	drop_class(&mxRegExpConstructor, mxRegExpStringIteratorPrototype.value.reference);
	for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++)
		if (!usage_of_name((uint32_t)objects[i]))
			drop_members(the->stackPrototypes[-1 - objects[i]].value.reference);
}

static void keep_by_code(int code, txCallback callback)
{
	if (usage_of_code(code))
		set_kept(callback, 1);
}

/* What its own name calls for; symbols are asked for by instructions rather than by name. */
static void keep_by_name(txMachine* the)
{
	for (txSlot* heap = the->firstHeap; heap; heap = heap->next)
		for (txSlot* slot = heap + 1; slot < heap->value.reference; slot++)
			if (slot->ID != XS_NO_ID && slot->ID != mxID(_constructor))
				if (slot->ID < XS_SYMBOL_ID_COUNT || usage_of_name(slot->ID))
					set_property(slot, 1);
}

static void keep_what_is_called_for(txMachine* the)
{
	keep_by_name(the);
	keep_by_code(XS_CODE_ARRAY, fx_Array);
	keep_by_code(XS_CODE_ASYNC_FUNCTION, fx_Promise);
	keep_by_code(XS_CODE_ASYNC_GENERATOR_FUNCTION, fx_Promise);
	keep_by_code(XS_CODE_IMPORT, fx_Promise);
	keep_by_code(XS_CODE_BIGINT_1, fx_BigInt);
	keep_by_code(XS_CODE_BIGINT_2, fx_BigInt);
	keep_by_code(XS_CODE_REGEXP, fx_RegExp);
	drop_classes(the);
	for (size_t i = 0; i < sizeof(companions) / sizeof(companions[0]); i++)
		if (is_kept(companions[i].with))
			set_kept(companions[i].callback, 1);
	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		set_kept(always[i], 1);
	set_kept(fx_AsyncFunction, 0);
	set_kept(fx_AsyncGeneratorFunction, 0);
	set_kept(fx_GeneratorFunction, 0);
	drop_members(mxEnumeratorFunction.value.reference);
	for (txSlot* property = mxEnumeratorFunction.value.reference->next; property; property = property->next)
		if (property->ID == mxID(_prototype) && property->kind == XS_REFERENCE_KIND)
			for (txSlot* member = property->value.reference->next; member; member = member->next)
				set_property(member, 1);
}

static void stripped(txMachine* the)
{
	struct machine* machine = the->host;
	txSlot* name = mxBehaviorGetProperty(the, mxFunction->value.reference, mxID(_name), 0, XS_OWN);
	int named = name && (name->kind == XS_STRING_KIND || name->kind == XS_STRING_X_KIND);
	if (!machine)
		protocol_fail("a stripped built-in was called while modules were loaded");
	snprintf(machine->death, sizeof(machine->death), "stripped built-in: %s", named ? name->value.string : "?");
	fxExitToHost(the);
}

/** Strips the root; to be called before it is sealed, and after the last module was loaded. */
void strip(txMachine* the)
{
	keep_what_is_called_for(the);
	for (txSlot* heap = the->firstHeap; heap; heap = heap->next)
		for (txSlot* slot = heap + 1; slot < heap->value.reference; slot++) {
			txSlot* code = slot->kind == XS_INSTANCE_KIND ? code_of(slot) : NULL;
			if (code && !natives_own(code->value.callback.address) && !is_kept(code->value.callback.address))
				code->value.callback.address = stripped;
		}
}
