/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/sort.h"
#include "collect/replay_state.h"

/** A list while it is made. */
struct making {
	struct replay_reader *reader;
	const struct replay_list_kind *kind;
	char *items;
	uint32_t n;
	uint32_t n_before; /**< of these, those that were there */
	uint32_t *order;   /**< of those that were there, by their keys */
	uint32_t *scratch;
	uint8_t *told; /**< parallel to items: it was told in this line already */
	uint8_t *gone;
};

bool replay_keep_string(struct replay_reader *reader, const char **string)
{
	if (*string)
		*string = arena_text(reader->arena, *string, strlen(*string));
	return *string;
}

static void *item_at(const struct making *making, uint32_t index)
{
	return making->items + (size_t)index * making->kind->size;
}

static int compare(uint32_t a, uint32_t b, const void *context)
{
	const struct making *making = context;

	return making->kind->compare(item_at(making, a), item_at(making, b));
}

static int count_elements(
	struct replay_reader *reader, struct span text, uint32_t max, uint32_t *ret)
{
	struct replay_json json;
	struct span value;
	uint32_t n = 0;
	int r;

	*ret = 0;
	if (text.len == 0)
		return 0;
	if (replay_json_begin(text, '[', &json) < 0)
		return replay_refuse(reader, "list", "is none");
	while ((r = replay_json_element(&json, &value)) > 0) {
		if (n++ == max)
			return replay_refuse(reader, "list", "too long");
	}
	if (r < 0)
		return replay_refuse(reader, "list", "is none");
	*ret = n;
	return 0;
}

static int begin(struct making *making, const struct replay_list *before, uint32_t more)
{
	/* One more, to read keys into. */
	const uint32_t room = (before ? before->n : 0) + more + 1;
	struct arena *arena = making->reader->arena;

	making->items = arena_array(arena, room, making->kind->size);
	making->order = arena_array(arena, room, sizeof(*making->order));
	making->scratch = arena_array(arena, room, sizeof(*making->scratch));
	making->told = arena_alloc(arena, room);
	making->gone = arena_alloc(arena, room);
	if (!making->items || !making->order || !making->scratch || !making->told || !making->gone)
		return -ENOMEM;
	if (!before || before->n == 0)
		return 0;
	memcpy(making->items, before->items, before->n * making->kind->size);
	making->n = making->n_before = before->n;
	for (uint32_t i = 0; i < before->n; i++) {
		if (making->kind->keep(making->reader, item_at(making, i)) < 0)
			return -ENOMEM;
		making->order[i] = i;
	}
	sort_indexes(making->order, before->n, making->scratch, compare, making);
	return 0;
}

/* Among those that were there; n_before if it was not. */
static uint32_t find(const struct making *making, const void *keys)
{
	uint32_t low = 0, high = making->n_before;

	while (low < high) {
		const uint32_t middle = low + (high - low) / 2;
		const uint32_t index = making->order[middle];
		const int order = making->kind->compare(item_at(making, index), keys);

		if (order == 0)
			return index;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return making->n_before;
}

static int take_object(struct making *making, const json_t *object)
{
	const struct replay_list_kind *kind = making->kind;
	void *fresh = item_at(making, making->n);
	uint32_t index;
	int error;

	memset(fresh, 0, kind->size);
	kind->forget(fresh);
	error = kind->read_keys(making->reader, object, fresh);
	if (error < 0)
		return error;
	index = find(making, fresh);
	if (index == making->n_before)
		index = making->n++;
	if (making->told[index] && kind->exact)
		return replay_refuse(making->reader, "the same", "told twice");
	making->told[index] = 1;
	return kind->read(making->reader, object, item_at(making, index));
}

static int take_gone(struct making *making, const json_t *object)
{
	const struct replay_list_kind *kind = making->kind;
	void *keys = item_at(making, making->n);
	uint32_t index;
	int error;

	memset(keys, 0, kind->size);
	error = kind->read_keys(making->reader, object, keys);
	if (error < 0)
		return error;
	index = find(making, keys);
	if (index < making->n_before && !making->told[index]) {
		making->told[index] = making->gone[index] = 1;
		return 0;
	}
	return kind->exact ? replay_refuse(making->reader, "gone", "was not there") : 0;
}

static int take_each(struct making *making, struct span text,
	int (*take)(struct making *making, const json_t *object))
{
	struct replay_json json;
	struct span value;
	int error = text.len == 0 ? 0 : replay_json_begin(text, '[', &json);

	while (text.len > 0 && error == 0 && replay_json_element(&json, &value) > 0) {
		json_t *object;

		error = replay_load(making->reader, value, &object);
		if (error < 0)
			break;
		error = json_is_object(object)
			? take(making, object)
			: replay_refuse(making->reader, "a member", "no object");
		json_decref(object);
	}
	return error;
}

/* Those that are left, in order of their keys; of the same ones the first. */
static int sort_left(struct making *making, uint32_t *ret_n)
{
	uint32_t n = 0, left = 0;

	for (uint32_t i = 0; i < making->n; i++) {
		if (!making->gone[i])
			making->order[n++] = i;
	}
	sort_indexes(making->order, n, making->scratch, compare, making);
	for (uint32_t i = 0; i < n; i++) {
		if (left == 0 || compare(making->order[left - 1], making->order[i], making) != 0)
			making->order[left++] = making->order[i];
		else if (making->kind->exact)
			return replay_refuse(making->reader, "the same", "told twice");
		else
			making->gone[making->order[i]] = 1;
	}
	if (left > making->kind->max)
		return replay_refuse(making->reader, "together", "too many");
	*ret_n = left;
	return 0;
}

static int finish(struct making *making, struct replay_list *ret)
{
	const size_t size = making->kind->size;
	uint32_t n = 0, at = 0;
	int error = sort_left(making, &n);
	char *left;

	*ret = (struct replay_list){ 0 };
	if (error < 0 || n == 0)
		return error;
	left = arena_array(making->reader->arena, n, size);
	if (!left)
		return -ENOMEM;
	for (uint32_t i = 0; i < making->n && !making->kind->sorted; i++) {
		if (!making->gone[i])
			memcpy(left + size * at++, item_at(making, i), size);
	}
	for (uint32_t i = 0; i < n && making->kind->sorted; i++)
		memcpy(left + size * i, item_at(making, making->order[i]), size);
	*ret = (struct replay_list){ left, n };
	return 0;
}

/* Say of which list it is. */
static int name_list(struct making *making, int error)
{
	char why[sizeof(making->reader->why)];

	if (error != -EBADMSG)
		return error;
	memcpy(why, making->reader->why, sizeof(why));
	return replay_refuse(making->reader, making->kind->name, why);
}

int replay_list_take(struct replay_reader *reader, const struct replay_list_kind *kind,
	const struct replay_list_told *told, const struct replay_list *before,
	struct replay_list *ret)
{
	struct making making = { .reader = reader, .kind = kind };
	uint32_t more, gone;
	int error = count_elements(reader, told->list, kind->max, &more);

	if (error == 0)
		error = count_elements(reader, told->gone, kind->max, &gone);
	if (error == 0 && more + gone + (before ? before->n : 0) == 0) {
		*ret = (struct replay_list){ 0 };
		return 0;
	}
	if (error == 0)
		error = begin(&making, before, more);
	if (error == 0)
		error = take_each(&making, told->list, take_object);
	if (error == 0)
		error = take_each(&making, told->gone, take_gone);
	if (error == 0)
		error = finish(&making, ret);
	return name_list(&making, error);
}
