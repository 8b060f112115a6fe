/* The parts of the fake chip that its driver needs. */
#ifndef FAKE_SYSTEM_H
#define FAKE_SYSTEM_H

#include <stdbool.h>
#include <stdint.h>

bool fake_in_interrupt(void);
void fake_enter_interrupt(void);
void fake_leave_interrupt(void);
uint32_t fake_critical_depth(void);
void fake_critical_enter(void);
void fake_critical_exit(void);

#endif
