/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Counts what this thread takes from the heap while counting is set.  To be included once in a
 * program; where CAN_COUNT is 0 a sanitizer has malloc() for itself.
 */
#ifndef OOMWATCH_TESTS_COUNTING_H
#define OOMWATCH_TESTS_COUNTING_H

#include <stdbool.h>
#include <stddef.h>

#ifndef __has_feature
#define __has_feature(feature) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || \
	__has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define CAN_COUNT 0
#else
#define CAN_COUNT 1
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
#endif

static _Thread_local bool counting;
static unsigned long allocations;

#if CAN_COUNT
void *malloc(size_t size)
{
	allocations += counting;
	return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	allocations += counting;
	return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	allocations += counting;
	return __libc_realloc(old, size);
}
#endif

#endif
