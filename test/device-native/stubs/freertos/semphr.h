#pragma once
#include "freertos/FreeRTOS.h"

typedef struct QueueDefinition *SemaphoreHandle_t;
typedef struct {
	void *fields[20];
} StaticSemaphore_t;

SemaphoreHandle_t xSemaphoreCreateMutexStatic(StaticSemaphore_t *pxMutexBuffer);
BaseType_t xSemaphoreTake(SemaphoreHandle_t xSemaphore, TickType_t xBlockTime);
BaseType_t xSemaphoreGive(SemaphoreHandle_t xSemaphore);
