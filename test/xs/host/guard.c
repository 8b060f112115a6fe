/*
 * Ends machines that XS itself cannot end: those that write to the sealed root, which on the chip is flash, and
 * those that never come back from a built-in, where no instructions are counted.
 */
#include <sys/time.h>

#include "host.h"

/* Instructions that take less than a second on any machine on which somebody builds XS. */
#define INSTRUCTIONS_A_SECOND 5000000u

static struct machine* volatile watched;
static volatile uint32_t seconds_left;
static volatile int in_host;

/** Says which machine runs; null for none. */
void guard_watch(struct machine* machine)
{
	if (machine)
		seconds_left = 1 + machine->limits.meter_limit / INSTRUCTIONS_A_SECOND;
	watched = machine;
}

/** Brackets what must not be left by a jump, such as an exchange with the driver. */
void guard_in_host(int in)
{
	in_host = in;
}

static void end_machine(const char* why) __attribute__((noreturn));

static void end_machine(const char* why)
{
	snprintf(watched->death, sizeof(watched->death), "%s", why);
	fxExitToHost(watched->the);
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
	end_machine("wrote to read-only memory");
}

/* Each second of computing. A machine that is left in the middle of something is never entered again. */
static void on_second(int signal_number)
{
	(void)signal_number;
	if (!watched || !watched->the || in_host)
		return;
	if (seconds_left > 0)
		seconds_left--;
	else
		end_machine("endless loop");
}

/** The handler of faults has a stack of its own, for the fault may be that of a stack that overflowed. */
void guard_install(void)
{
	static uint8_t stack[64 * 1024];
	stack_t alternative = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction fault = { .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };
	struct sigaction second = { .sa_flags = SA_RESTART | SA_NODEFER };
	struct itimerval each_second = { { 1, 0 }, { 1, 0 } };
	fault.sa_sigaction = on_fault;
	second.sa_handler = on_second;
	sigaltstack(&alternative, NULL);
	sigaction(SIGSEGV, &fault, NULL);
	sigaction(SIGBUS, &fault, NULL);
	sigaction(SIGPROF, &second, NULL);
	setitimer(ITIMER_PROF, &each_second, NULL);
}
