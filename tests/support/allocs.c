/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "allocs.h"

#include <stdbool.h>
#include <stddef.h>

#ifndef __has_feature
#define __has_feature(feature) 0
#endif

/* Of the thread that asked: names and settings are read in threads of their own. */
static _Thread_local bool counting;
static _Thread_local unsigned count;

static void count_one(void)
{
	if (counting)
		count++;
}

void allocs_start(void)
{
	count = 0;
	counting = true;
}

unsigned allocs_stop(void)
{
	counting = false;
	return count;
}

#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)

/* sanitizer/allocator_interface.h, which gcc does not install everywhere. */
int __sanitizer_install_malloc_and_free_hooks(
	void (*on_malloc)(const volatile void *, size_t), void (*on_free)(const volatile void *));

static void on_malloc(const volatile void *memory, size_t size)
{
	(void)memory;
	(void)size;
	count_one();
}

static void on_free(const volatile void *memory)
{
	(void)memory;
}

__attribute__((constructor)) static void install(void)
{
	(void)__sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
}

#else

#include <stdlib.h>

/* glibc's own names of what the test program replaces. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);

void *malloc(size_t size)
{
	count_one();
	return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	count_one();
	return __libc_calloc(n, size);
}

void *realloc(void *memory, size_t size)
{
	count_one();
	return __libc_realloc(memory, size);
}

#endif
