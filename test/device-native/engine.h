#ifndef ENGINE_H
#define ENGINE_H

/* A machine of XS whose modules are in a folder, as a pointer that XS's own headers and those for programs agree on. */
void *engine_open(const char *folder);
void engine_close(void *machine);
/* Runs a module, named by its file in that folder, and what it imports. */
void engine_import(void *machine, const char *name);

#endif
