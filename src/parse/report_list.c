/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/report_parts.h"

#define CHUNK_ITEMS 64

struct report_chunk {
	struct report_chunk *next;
	uint64_t n;
};

void list_init(struct report_list *list, size_t item_size, uint32_t max)
{
	*list = (struct report_list){ .item_size = item_size, .max = max };
}

static char *item_of(struct report_chunk *chunk, size_t item_size, uint64_t i)
{
	return (char *)(chunk + 1) + i * item_size;
}

void *list_add(struct report_list *list, struct arena *arena)
{
	struct report_chunk *chunk = list->last;

	if (list->n >= list->max) {
		list->left_out++;
		return NULL;
	}
	if (!chunk || chunk->n == CHUNK_ITEMS) {
		chunk = arena_alloc(arena, sizeof(*chunk) + CHUNK_ITEMS * list->item_size);
		if (!chunk) {
			list->left_out++;
			return NULL;
		}
		if (list->last)
			list->last->next = chunk;
		else
			list->first = chunk;
		list->last = chunk;
	}
	list->n++;
	return item_of(chunk, list->item_size, chunk->n++);
}

void *list_flatten(struct report_list *list, struct arena *arena)
{
	char *all, *at;

	if (list->n == 0)
		return NULL;
	if (list->first == list->last)
		return item_of(list->first, list->item_size, 0);
	all = arena_array(arena, list->n, list->item_size);
	if (!all) {
		list->left_out += list->n;
		list->n = 0;
		return NULL;
	}
	at = all;
	for (struct report_chunk *chunk = list->first; chunk; chunk = chunk->next) {
		const size_t size = (size_t)chunk->n * list->item_size;

		memcpy(at, item_of(chunk, list->item_size, 0), size);
		at += size;
	}
	return all;
}

void *list_find(
	const struct report_list *list, bool (*is)(void *item, const void *key), const void *key)
{
	for (struct report_chunk *chunk = list->first; chunk; chunk = chunk->next) {
		for (uint64_t i = 0; i < chunk->n; i++) {
			char *item = item_of(chunk, list->item_size, i);

			if (is(item, key))
				return item;
		}
	}
	return NULL;
}
