/* xs-host plain|chip FOLDER MODULE...: loads the modules, then serves frames until its input ends. */
#include <sys/prctl.h>

#include "host.h"

#define CREATE_BYTES 28

static void create(const struct frame* frame)
{
	char entry[C_PATH_MAX];
	struct limits limits;
	const uint8_t* at = frame->payload;
	size_t length = frame->length - CREATE_BYTES;
	if (frame->length <= CREATE_BYTES || length >= sizeof(entry))
		protocol_fail("expected limits and the name of a module in CREATE");
	limits.chunk_bytes = read_u32(at);
	limits.slots = read_u32(at + 4);
	limits.stack_slots = read_u32(at + 8);
	limits.keys = read_u32(at + 12);
	limits.key_increment = read_u32(at + 16);
	limits.meter_limit = read_u32(at + 20);
	limits.inbox_bytes = read_u32(at + 24);
	memcpy(entry, at + CREATE_BYTES, length);
	entry[length] = 0;
	if (!machine_create(frame->machine, &limits, entry))
		protocol_fail("no memory for a machine");
}

static void serve(const struct frame* frame)
{
	struct machine* machine = machine_find(frame->machine);
	if (frame->op == OP_CREATE && !machine)
		return create(frame);
	if (frame->op == OP_CREATE || !machine) {
		const char* why = machine ? "there is such a machine already" : "there is no such machine";
		return protocol_send(frame->machine, OP_ERROR, why, strlen(why));
	}
	switch (frame->op) {
	case OP_CALL:
		return machine_call(machine, frame->payload, frame->length);
	case OP_COLLECT:
		return machine_collect(machine);
	case OP_STATS:
		stats_read(machine);
		return protocol_send(machine->id, OP_USE, &machine->stats, sizeof(machine->stats));
	case OP_DESTROY:
		return machine_destroy(machine);
	default:
		protocol_fail("unexpected frame");
	}
}

int main(int argc, char** argv)
{
	char error[1024];
	struct frame frame;
	/* Should the driver be killed, nobody would close the pipe of a host that computes. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_IGN);
	if (argc < 3) {
		fprintf(stderr, "usage: xs-host plain|chip FOLDER MODULE...\n");
		return 2;
	}
	guard_install();
	modules_set_root(argv[2]);
	if (!root_open(!strcmp(argv[1], "chip"), argc - 3, argv + 3, error, sizeof(error))) {
		protocol_send(0, OP_ERROR, error, strlen(error));
		protocol_flush();
		return 1;
	}
	uint32_t ready[] = { sizeof(txSlot), (uint32_t)(argc - 3), (uint32_t)root_machine->currentHeapCount,
		(uint32_t)root_machine->currentChunksSize, (uint32_t)root_machine->keyIndex,
		(uint32_t)root_machine->aliasCount };
	protocol_send(0, OP_READY, ready, sizeof(ready));
	while (protocol_receive(&frame))
		serve(&frame);
	return 0;
}
