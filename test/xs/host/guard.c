/* Catches writes to the sealed root: on the chip they would go to flash. */
#include "host.h"

static struct machine* watched;

/** Says which machine runs; null for none. */
void guard_watch(struct machine* machine)
{
	watched = machine;
}

/* The fault is one of an instruction of XS's own, so leaving by a jump is as safe as it is in `fxAbort`. */
static void on_fault(int signal_number, siginfo_t* info, void* context)
{
	(void)context;
	if (!watched || !watched->the || !rom_holds(info->si_addr)) {
		signal(signal_number, SIG_DFL);
		raise(signal_number);
		return;
	}
	snprintf(watched->death, sizeof(watched->death), "wrote to read-only memory");
	fxExitToHost(watched->the);
}

/** The handler has a stack of its own, for the fault may be that of a stack that overflowed. */
void guard_install(void)
{
	static uint8_t stack[64 * 1024];
	stack_t alternative = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction action = { .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };
	action.sa_sigaction = on_fault;
	sigaltstack(&alternative, NULL);
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
}
