/* What machines use. */
#include "host.h"

static uint32_t larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

/** Called at the end of each collection, when the heap is known to hold only what lives. */
void stats_collected(struct machine* machine)
{
	struct stats* stats = &machine->stats;
	txMachine* the = machine->the;
	if (!the)
		return;
	stats->collections++;
	stats->slot_live = (uint32_t)the->currentHeapCount;
	stats->slot_live_peak = larger(stats->slot_live_peak, stats->slot_live);
	if (machine->swept) {
		machine->swept = 0;
		stats->compactions++;
		stats->chunk_live = (uint32_t)the->currentChunksSize;
		stats->chunk_live_peak = larger(stats->chunk_live_peak, stats->chunk_live);
	}
}

/** Stands for `fxCheckProfiler` in xsMemory.c, which calls it at the end of a collection and nowhere else. */
void host_collected(txMachine* the, txSlot* frame)
{
	(void)frame;
	if (the->host)
		stats_collected(the->host);
}

/** Brings the figures of a living machine up to date. */
void stats_read(struct machine* machine)
{
	struct stats* stats = &machine->stats;
	txMachine* the = machine->the;
	if (!the)
		return;
	stats->slot_bytes = sizeof(txSlot);
	stats->chunk_limit = (uint32_t)the->maximumChunksSize;
	stats->chunk_now = (uint32_t)the->currentChunksSize;
	stats->chunk_peak = (uint32_t)the->peakChunksSize;
	stats->slot_limit = (uint32_t)the->maximumHeapCount;
	stats->slot_now = (uint32_t)the->currentHeapCount;
	stats->slot_peak = (uint32_t)the->peakHeapCount;
	stats->stack_limit = (uint32_t)(the->stackTop - the->stackBottom);
	stats->stack_now = (uint32_t)(the->stackTop - the->stack);
	stats->stack_peak = pool_touched(the->stackBottom, stats->stack_limit);
	stats->key_limit = (uint32_t)(the->keyCount - the->keyOffset);
	stats->key_now = (uint32_t)(the->keyIndex - the->keyOffset);
}
