/* What happens to the fake chip, by commands. */
#ifndef FAKE_COMMANDS_H
#define FAKE_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads the next line of standard input: its first word, and what is behind it. False at the end. */
bool fake_read_command(char *name, size_t name_size, char *rest, size_t rest_size);

/* Does what a line says; false when it is not of the fake chip. */
bool fake_command(const char *name, const char *rest);

/* Octets of a text in hexadecimal, 200 at most. */
uint32_t fake_from_hex(const char *text, uint8_t *octets);

#endif
