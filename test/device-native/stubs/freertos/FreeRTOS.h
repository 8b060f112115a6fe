/* As much of the kernel's port for RISC-V as the native code uses. */
#pragma once
#include <stdint.h>

typedef int BaseType_t;
typedef unsigned int UBaseType_t;
typedef uint32_t TickType_t;
typedef struct {
	uint32_t owner;
	uint32_t count;
} portMUX_TYPE;
#define portMUX_INITIALIZER_UNLOCKED { 0xb33fffffu, 0 }
#define portMAX_DELAY ((TickType_t)0xffffffffu)
#define pdTRUE ((BaseType_t)1)
#define pdFALSE ((BaseType_t)0)

void vPortEnterCritical(void);
void vPortExitCritical(void);
BaseType_t xPortInIsrContext(void);
void vPortYieldFromISR(void);
#define portENTER_CRITICAL_SAFE(mux) ((void)(mux), vPortEnterCritical())
#define portEXIT_CRITICAL_SAFE(mux) ((void)(mux), vPortExitCritical())
#define portYIELD_FROM_ISR() vPortYieldFromISR()
