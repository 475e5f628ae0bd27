/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "base/hash.h"
#include "parse/record_parts.h"

/** Of the keys the one that is text; NULL: none. */
static const struct member *text_key(const struct record_kind *kind)
{
	for (unsigned i = 0; i < kind->n_keys; i++) {
		const enum member_type type = kind->tables[0][i].type;

		if (type == MEMBER_TEXT || type == MEMBER_STRING)
			return &kind->tables[0][i];
	}
	return NULL;
}

static const char *text_of(const struct member *key, const void *of)
{
	const char *at = (const char *)of + key->offset;
	const char *string;

	if (key->type == MEMBER_TEXT)
		return at;
	memcpy(&string, at, sizeof(string));
	return string ? string : "";
}

/** Room for a list, and for finding its objects when the next sample is compared with it. */
static int reserve(struct record_out *out, const struct record_kind *kind, uint32_t n,
	struct record_list *list)
{
	size_t places = 2;

	while (places < (size_t)n * 2)
		places *= 2;
	list->n_words = record_kind_words(kind);
	if (n == 0)
		return 0;
	list->words = arena_array(out->arena, n, list->n_words * sizeof(*list->words));
	list->found = arena_array(out->arena, n, sizeof(*list->found));
	list->places = arena_array(out->arena, places, sizeof(*list->places));
	list->place_mask = (uint32_t)(places - 1);
	if (text_key(kind))
		list->names = arena_array(out->arena, n, sizeof(*list->names));
	if (!list->words || !list->found || !list->places || (text_key(kind) && !list->names))
		return -ENOMEM;
	return 0;
}

static uint64_t *words_of(const struct record_list *list, uint32_t number)
{
	return list->words + (size_t)number * list->n_words;
}

static uint32_t place_of(const struct record_list *list, const uint64_t *keys, unsigned n_keys)
{
	uint64_t hash = HASH_START;

	for (unsigned i = 0; i < n_keys; i++)
		hash = record_mix(hash, keys[i]);
	return hash_fold(hash) & list->place_mask;
}

static void put_in_places(struct record_list *list, unsigned n_keys)
{
	for (uint32_t i = 0; i < list->n; i++) {
		uint32_t at = place_of(list, words_of(list, i), n_keys);

		while (list->places[at])
			at = (at + 1) & list->place_mask;
		list->places[at] = i + 1;
	}
	list->placed = true;
}

static bool is_it(
	const struct record_list *list, uint32_t number, const uint64_t *keys, unsigned n_keys)
{
	return !list->found[number] &&
		memcmp(words_of(list, number), keys, n_keys * sizeof(*keys)) == 0;
}

static uint32_t look_up(struct record_list *list, const uint64_t *keys, unsigned n_keys)
{
	if (list->n == 0)
		return 0;
	if (!list->placed)
		put_in_places(list, n_keys);
	for (uint32_t at = place_of(list, keys, n_keys); list->places[at];
		at = (at + 1) & list->place_mask)
		if (is_it(list, list->places[at] - 1, keys, n_keys))
			return list->places[at] - 1;
	return list->n;
}

/** An object as it was written, which mostly stands behind the one asked for before. */
static const uint64_t *find(
	struct record_list *list, const uint64_t *keys, unsigned n_keys, uint32_t *next)
{
	uint32_t number = *next;

	if (number >= list->n || !is_it(list, number, keys, n_keys))
		number = look_up(list, keys, n_keys);
	if (number >= list->n)
		return NULL;
	list->found[number] = 1;
	*next = number + 1;
	return words_of(list, number);
}

static int keep(struct record_out *out, const struct record_kind *kind,
	const void *of[RECORD_PARTS_MAX], struct record_list *list)
{
	const struct member *key = text_key(kind);

	record_fill_words(kind, of, words_of(list, list->n));
	if (key) {
		const char *text = text_of(key, of[0]);

		list->names[list->n] = arena_text(out->arena, text, strlen(text));
		if (!list->names[list->n])
			return -ENOMEM;
	}
	list->n++;
	return 0;
}

static void write_present(struct record_out *out, const struct record_kind *kind,
	const struct record_source *source, struct record_list *before, struct record_list *now)
{
	const void *of[RECORD_PARTS_MAX] = { NULL };
	uint32_t next = 0;
	bool any = false;

	for (uint32_t i = 0; i < source->count && out->error == 0; i++) {
		const uint64_t *words = words_of(now, i), *was;

		source->get(source->context, i, of);
		out->error = keep(out, kind, of, now);
		was = find(before, words, kind->n_keys, &next);
		if (was && memcmp(words, was, now->n_words * sizeof(*words)) == 0)
			continue;
		if (!any)
			json_put_array(&out->json, kind->name);
		any = true;
		json_put_object(&out->json, NULL);
		record_changed(out, kind, of, words, was);
		json_end_object(&out->json);
	}
	if (any)
		json_end_array(&out->json);
}

static void write_keys(struct record_out *out, const struct record_kind *kind,
	const struct record_list *list, uint32_t number)
{
	json_put_object(&out->json, NULL);
	for (unsigned i = 0; i < kind->n_keys; i++) {
		const struct member *key = &kind->tables[0][i];

		if (key == text_key(kind))
			json_put_string(&out->json, key->name, list->names[number]);
		else
			json_put_int(&out->json, key->name, (int64_t)words_of(list, number)[i]);
	}
	json_end_object(&out->json);
	record_drain(out);
}

static void write_gone(
	struct record_out *out, const struct record_kind *kind, const struct record_list *before)
{
	bool any = false;

	for (uint32_t i = 0; i < before->n; i++) {
		if (before->found[i])
			continue;
		if (!any)
			json_put_array(&out->json, kind->gone);
		any = true;
		write_keys(out, kind, before, i);
	}
	if (any)
		json_end_array(&out->json);
}

void record_list(struct record_out *out, const struct record_kind *kind,
	const struct record_source *source, struct record_list *before, struct record_list *now)
{
	out->error = reserve(out, kind, source->count, now);
	if (out->error == 0)
		write_present(out, kind, source, before, now);
	if (out->error == 0)
		write_gone(out, kind, before);
}
