/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Memory handed out in order and released all at once.
 *
 * One arena owns everything that was seen (or computed) at one instant.  It is
 * reset, not freed, between ticks: after the first few ticks it has reached its
 * size and takes nothing more from the system.
 */
#ifndef OOMWATCH_BASE_ARENA_H
#define OOMWATCH_BASE_ARENA_H

#include <stddef.h>

struct arena_block;

/** Zero-initialise: an empty arena that owns nothing. */
struct arena {
	struct arena_block *block; /**< newest block, or NULL */
	size_t used;               /**< bytes handed out since the last reset, in all blocks */
};

/**
 * Hand out zeroed memory, aligned for any type.
 *
 * Returns NULL when the system has none (the arena stays valid) or when size is 0.
 * Valid until arena_reset() or arena_free().
 */
void *arena_alloc(struct arena *arena, size_t size);

/** arena_alloc() for count members of a size each; NULL also when that overflows. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/** Copy len bytes and a terminating NUL.  NULL when the system has no memory. */
char *arena_text(struct arena *arena, const char *bytes, size_t len);

/**
 * Take back everything that was handed out.
 *
 * Where the arena had to take several blocks it merges them into one that is large
 * enough for all, so that the next round needs one block; if the system refuses, it
 * keeps the newest.
 */
void arena_reset(struct arena *arena);

/** Return all memory to the system; the arena is empty and usable afterwards. */
void arena_free(struct arena *arena);

#endif
