/* Which names and instructions the modules use: Moddable's linker keeps the built-ins that they call for. */
#include "host.h"
#include "xsScript.h"

#define NAMES 65536

static uint8_t names_used[NAMES];
static uint8_t codes_used[XS_CODE_COUNT];

static void use_name(txMachine* the, const char* name)
{
	uint32_t id = fxNewNameC(the, (txString)name);
	if (id < NAMES)
		names_used[id] = 1;
}

/* The name with this number in a script that is not linked yet. */
static const char* name_in(const txScript* script, txID index)
{
	const char* name = (const char*)script->symbolsBuffer + sizeof(txID);
	while (--index > 0)
		name += strlen(name) + 1;
	return name;
}

static int reads_name(txU1 code)
{
	return code == XS_CODE_GET_PROPERTY || code == XS_CODE_GET_SUPER || code == XS_CODE_GET_THIS_VARIABLE
		|| code == XS_CODE_GET_VARIABLE;
}

/** Notes what one script uses. */
void usage_note(txMachine* the, const txScript* script)
{
	txS1* at = script->codeBuffer;
	txS1* end = at + script->codeSize;
	while (at < end) {
		txU1 code = *(txU1*)at;
		txS1 size = gxCodeSizes[code];
		txID index;
		txU2 length;
		txU4 long_length;
		codes_used[code] = 1;
		switch (size) {
		case 0:
			at++;
			mxDecodeID(at, index);
			if (index && reads_name(code))
				use_name(the, name_in(script, index));
			break;
		case -1:
			at += 2 + *(txU1*)(at + 1);
			break;
		case -2:
			at++;
			mxDecode2(at, length);
			at += length;
			break;
		case -4:
			at++;
			mxDecode4(at, long_length);
			at += long_length;
			break;
		default:
			at += size;
			break;
		}
	}
}

int usage_of_name(uint32_t id)
{
	return id < NAMES && names_used[id];
}

int usage_of_code(int code)
{
	return codes_used[code];
}
