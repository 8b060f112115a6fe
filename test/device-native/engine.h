#ifndef ENGINE_H
#define ENGINE_H

/* A machine of XS, as a pointer that XS's own headers and those for programs agree on. */
void *engine_open(void);
void engine_close(void *machine);
/* Runs a module and what it imports. */
void engine_import(void *machine, const char *name);

#endif
