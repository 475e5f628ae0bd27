/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Counting what a test takes from the heap.
 */
#ifndef OOMWATCH_TESTS_ALLOCS_H
#define OOMWATCH_TESTS_ALLOCS_H

/** Start counting from 0. */
void allocs_start(void);

/** Stop; returns how often malloc, calloc or realloc was called since, by this thread. */
unsigned allocs_stop(void);

#endif
