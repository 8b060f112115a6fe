/*
 * The workbench's host of XS: one process, one root machine that holds built-ins and modules as the
 * chip's flash does, and any number of machines with the chip's memory that share it.
 */
#ifndef LOWGUARD_XS_HOST_H
#define LOWGUARD_XS_HOST_H

#include "xsAll.h"

/** What a machine may use. Sizes are those of the build: a slot has 16 bytes with -m32, 32 with -m64. */
struct limits {
	uint32_t chunk_bytes;
	uint32_t slots;
	uint32_t stack_slots;
	uint32_t keys;
	/** Keys by which the table grows when it is full; 0 makes `keys` a hard limit. */
	uint32_t key_increment;
	/** Instructions that one call may run. */
	uint32_t meter_limit;
	/** Octets of the buffer in which calls are handed in. */
	uint32_t inbox_bytes;
};

/** One block of memory from which a machine takes its stack, slots and chunks; nothing grows beyond it. */
struct pool {
	uint8_t* base;
	size_t size;
	size_t used;
};

/** What a machine used; chunks in bytes, stack and heap in slots. Sent as it stands, each a u32. */
struct stats {
	uint32_t slot_bytes;
	uint32_t chunk_limit, chunk_now, chunk_live, chunk_live_peak, chunk_peak;
	uint32_t slot_limit, slot_now, slot_live, slot_live_peak, slot_peak;
	uint32_t stack_limit, stack_now, stack_peak;
	uint32_t key_limit, key_now;
	uint32_t collections, compactions;
	uint32_t meter_low, meter_high;
};

struct machine {
	uint32_t id;
	/** Null once the machine is dead. */
	txMachine* the;
	struct limits limits;
	struct pool pool;
	struct stats stats;
	/** Why the machine ended; empty while it lives. */
	char death[1024];
	/** What XS reported before it gave up. */
	const char* shortage;
	/** Set by the collector when it compacts, for then it knows what lives in chunks. */
	int swept;
	int jobs_pending;
	/** The function that takes calls, and the buffer that they come in. */
	txSlot on_call;
	txSlot inbox;
	struct machine* next;
};

/* pool.c */
int pool_open(struct pool* pool, const struct limits* limits);
void* pool_take(struct pool* pool, size_t size);
void pool_close(struct pool* pool);
void pool_paint(void* slots, size_t count);
uint32_t pool_touched(const void* slots, size_t count);

/* rom.c */
void* rom_take(size_t size);
int rom_holds(const void* address);
void rom_seal(int as_chip);

/* usage.c */
void usage_note(txMachine* the, const txScript* script);
int usage_of_name(uint32_t id);
int usage_of_code(int code);

/* strip.c */
void strip(txMachine* the);

/* guard.c */
void guard_install(void);
void guard_watch(struct machine* machine);
void guard_in_host(int in);

/* modules.c */
void modules_set_root(const char* directory);

/* root.c */
extern txMachine* root_machine;
int root_open(int as_chip, int count, char** names, char* error, size_t size);

/* machine.c */
struct machine* machine_find(uint32_t id);
struct machine* machine_create(uint32_t id, const struct limits* limits, const char* entry);
void machine_call(struct machine* machine, const uint8_t* payload, size_t length);
void machine_collect(struct machine* machine);
void machine_destroy(struct machine* machine);

/* stats.c */
void stats_collected(struct machine* machine);
void stats_read(struct machine* machine);

/* natives.c */
int natives_own(txCallback callback);
void natives_build(txMachine* the);
void natives_install(txMachine* the, struct machine* machine);

/* protocol.c */
enum op {
	OP_CREATE = 1,
	OP_CALL,
	OP_REPLY,
	OP_STATS,
	OP_COLLECT,
	OP_DESTROY,
	OP_READY = 64,
	OP_POST,
	OP_QUERY,
	OP_DONE,
	OP_USE,
	OP_DEAD,
	OP_ERROR,
};

struct frame {
	uint32_t machine;
	uint8_t op;
	/** Valid until the next frame is received. */
	const uint8_t* payload;
	size_t length;
};

void protocol_send(uint32_t machine, enum op op, const void* payload, size_t length);
int protocol_receive(struct frame* frame);
void protocol_flush(void);
void protocol_fail(const char* why) __attribute__((noreturn));
uint32_t read_u32(const uint8_t* bytes);

/* sha256.c, FIPS 180-4 */
void sha256(const uint8_t* bytes, size_t length, uint8_t digest[32]);

/* aes.c, FIPS 197 */
#define AES_SCHEDULE_BYTES 176
void aes128_expand(const uint8_t key[16], uint8_t schedule[AES_SCHEDULE_BYTES]);
void aes128_encrypt(const uint8_t schedule[AES_SCHEDULE_BYTES], uint8_t block[16]);

#endif
