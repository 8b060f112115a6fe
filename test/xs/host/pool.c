#include <sys/mman.h>

#include "host.h"

/* A pattern that no slot holds: XS writes a kind of at most a few dozen into every slot that it pushes. */
#define PAINT 0xa5

/* So many slots in a row that were never written lie below a stack, not in it. */
#define GAP 4

static size_t aligned(size_t size)
{
	return (size + 15) & ~(size_t)15;
}

/** Reserves the memory of one machine; returns 0 where the system has none. */
int pool_open(struct pool* pool, const struct limits* limits)
{
	size_t slots = (size_t)limits->slots + limits->stack_slots;
	pool->size = aligned(limits->chunk_bytes + sizeof(txBlock)) + slots * sizeof(txSlot) + 32;
	pool->used = 0;
	pool->base = mmap(NULL, pool->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pool->base == MAP_FAILED)
		pool->base = NULL;
	return pool->base != NULL;
}

/** Takes `size` octets; null where the pool is used up. */
void* pool_take(struct pool* pool, size_t size)
{
	uint8_t* result = pool->base + pool->used;
	size = aligned(size);
	if (size > pool->size - pool->used)
		return NULL;
	pool->used += size;
	return result;
}

/** Gives everything back. */
void pool_close(struct pool* pool)
{
	if (pool->base)
		munmap(pool->base, pool->size);
	pool->base = NULL;
}

/** Marks slots as never used, for {@link pool_touched}. */
void pool_paint(void* slots, size_t count)
{
	memset(slots, PAINT, count * sizeof(txSlot));
}

static int is_painted(const uint8_t* slot)
{
	size_t at = 0;
	while (at < sizeof(txSlot) && slot[at] == PAINT)
		at++;
	return at == sizeof(txSlot);
}

/**
 * How many slots from the highest on were ever written: a stack grows down. Regular expressions put what they try
 * into the lowest slots of what is free, so the count ends where a few in a row were never written.
 */
uint32_t pool_touched(const void* slots, size_t count)
{
	const uint8_t* bytes = slots;
	size_t painted = 0, at = count;
	while (at > 0 && painted < GAP) {
		at--;
		painted = is_painted(bytes + at * sizeof(txSlot)) ? painted + 1 : 0;
	}
	return (uint32_t)(count - at - painted);
}
