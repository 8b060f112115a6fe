#include "fake-commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool fake_read_command(char *name, size_t name_size, char *rest, size_t rest_size)
{
	if (fgets(rest, (int)rest_size, stdin) == NULL) return false;
	rest[strcspn(rest, "\n")] = 0;
	const size_t length = strcspn(rest, " ");
	snprintf(name, name_size, "%.*s", (int)length, rest);
	const char *behind = rest + length + (rest[length] == ' ');
	memmove(rest, behind, strlen(behind) + 1);
	return true;
}

uint32_t fake_from_hex(const char *text, uint8_t *octets)
{
	uint32_t count = 0;
	for (; text[0] != 0 && text[1] != 0 && count < 200; text += 2) {
		const char pair[] = { text[0], text[1], 0 };
		octets[count++] = (uint8_t)strtoul(pair, NULL, 16);
	}
	return count;
}
