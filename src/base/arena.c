/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_ALIGN _Alignof(max_align_t)
#define ARENA_BLOCK_MIN ((size_t)64 * 1024)

struct arena_block {
	struct arena_block *older;
	size_t size; /* of bytes */
	size_t used;
	_Alignas(max_align_t) unsigned char bytes[];
};

static struct arena_block *block_new(size_t size)
{
	struct arena_block *block;

	if (size > PTRDIFF_MAX - sizeof(*block))
		return NULL;
	block = malloc(sizeof(*block) + size);
	if (!block)
		return NULL;
	block->older = NULL;
	block->size = size;
	block->used = 0;
	return block;
}

static size_t blocks_size(const struct arena_block *block)
{
	size_t size = 0;

	for (; block; block = block->older)
		size += block->size;
	return size;
}

static void blocks_free(struct arena_block *block)
{
	while (block) {
		struct arena_block *older = block->older;

		free(block);
		block = older;
	}
}

/* Half of what is there already: few blocks, and not much more than is needed. */
static struct arena_block *arena_grow(struct arena *arena, size_t need)
{
	size_t size = blocks_size(arena->block) / 2;
	struct arena_block *block;

	if (size < ARENA_BLOCK_MIN)
		size = ARENA_BLOCK_MIN;
	if (size < need)
		size = need;

	block = block_new(size);
	if (!block && size > need)
		block = block_new(need);
	if (!block)
		return NULL;
	block->older = arena->block;
	arena->block = block;
	return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	struct arena_block *block = arena->block;
	void *memory;

	if (size == 0 || size > SIZE_MAX - ARENA_ALIGN)
		return NULL;
	size = (size + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;

	if (!block || block->size - block->used < size)
		block = arena_grow(arena, size);
	if (!block)
		return NULL;

	memory = block->bytes + block->used;
	block->used += size;
	arena->used += size;
	return memset(memory, 0, size);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(count, size, &total))
		return NULL;
	return arena_alloc(arena, total);
}

char *arena_text(struct arena *arena, const char *bytes, size_t len)
{
	char *copy;

	if (len == SIZE_MAX)
		return NULL;
	copy = arena_alloc(arena, len + 1);
	if (copy && len > 0)
		memcpy(copy, bytes, len);
	return copy;
}

void arena_reset(struct arena *arena)
{
	struct arena_block *newest = arena->block;

	arena->used = 0;
	if (!newest)
		return;

	newest->used = 0;
	if (newest->older) {
		const size_t size = blocks_size(newest);
		struct arena_block *merged;

		/* First give back, then take: memory may be short. */
		blocks_free(newest->older);
		newest->older = NULL;
		merged = block_new(size);
		if (merged) {
			free(newest);
			arena->block = merged;
		}
	}
}

void arena_free(struct arena *arena)
{
	blocks_free(arena->block);
	arena->block = NULL;
	arena->used = 0;
}
