/*
 * Between numbers and text, XS computes in whatever is free of a machine's stack. That takes nothing from anybody,
 * but looks afterwards as if the stack had been that deep. The linker lets these two stand before XS's own (`--wrap`),
 * to make them compute elsewhere; the results are the same.
 */
#include "host.h"

txString __real_fxNumberToString(void* the, txNumber value, txString buffer, txSize size, txByte mode, txInteger precision);
txString __wrap_fxNumberToString(void* the, txNumber value, txString buffer, txSize size, txByte mode, txInteger precision);
txNumber __real_fxStringToNumber(void* the, txString string, txFlag whole);
txNumber __wrap_fxStringToNumber(void* the, txString string, txFlag whole);

txString __wrap_fxNumberToString(void* the, txNumber value, txString buffer, txSize size, txByte mode, txInteger precision)
{
	(void)the;
	return __real_fxNumberToString(NULL, value, buffer, size, mode, precision);
}

txNumber __wrap_fxStringToNumber(void* the, txString string, txFlag whole)
{
	(void)the;
	return __real_fxStringToNumber(NULL, string, whole);
}
