/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "base/hash.h"
#include "base/value.h"
#include "parse/record_parts.h"

uint64_t record_mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
	return hash ^ hash >> 29;
}

static uint64_t word_at(const char *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return word;
}

/* Words at a time, and two chains of them, unlike hash_add(): thousands of names are compared in
 * each sample. */
static uint64_t hash_bytes(const char *bytes, size_t len)
{
	const size_t word = sizeof(uint64_t);
	uint64_t even = HASH_START, odd = len;
	size_t at;

	if (len < word) {
		for (at = 0; at < len; at++)
			odd = odd << 8 | (unsigned char)bytes[at];
		return hash_key(record_mix(even, odd));
	}
	for (at = 0; len - at >= 2 * word; at += 2 * word) {
		even = record_mix(even, word_at(bytes + at));
		odd = record_mix(odd, word_at(bytes + at + word));
	}
	if (len - at >= word)
		even = record_mix(even, word_at(bytes + at));
	odd = record_mix(odd, word_at(bytes + len - word));
	return hash_key(record_mix(record_mix(HASH_START, even), odd));
}

static uint64_t string_word(const char *at)
{
	const char *string;

	memcpy(&string, at, sizeof(string));
	return string ? hash_bytes(string, strlen(string)) : 0;
}

static uint64_t numbers_word(const struct member *member, const char *at, const char *of)
{
	unsigned count;

	memcpy(&count, of + member->count_offset, sizeof(count));
	if (count > member->size)
		count = member->size;
	return count ? hash_bytes(at, count * sizeof(int64_t)) : 0;
}

static inline uint64_t word_of(const struct member *member, const void *of)
{
	const char *at = (const char *)of + member->offset;
	int32_t i32;
	uint32_t u32;
	uint64_t u64;

	switch (member->type) {
	case MEMBER_I64:
	case MEMBER_U64:
		memcpy(&u64, at, sizeof(u64));
		return u64;
	case MEMBER_I32:
		memcpy(&i32, at, sizeof(i32));
		return (uint64_t)(int64_t)i32;
	case MEMBER_U32:
		memcpy(&u32, at, sizeof(u32));
		return u32;
	case MEMBER_BOOL:
		return *(const bool *)at;
	case MEMBER_CHAR:
		return (unsigned char)*at;
	case MEMBER_TEXT:
		return *at ? hash_bytes(at, strlen(at)) : 0;
	case MEMBER_STRING:
		return string_word(at);
	case MEMBER_NUMBERS:
		return numbers_word(member, at, of);
	}
	return 0;
}

uint64_t record_word(const struct member *member, const void *of)
{
	return word_of(member, of);
}

/** Of a member that nothing was told of. */
static uint64_t untold_word(const struct member *member)
{
	return member->type == MEMBER_I64 ? (uint64_t)VALUE_UNKNOWN : 0;
}

void record_drain(struct record_out *out)
{
	struct text *text = out->json.text;

	/* An empty text says nothing any more of what was cut before. */
	if (text->cut && out->error == 0)
		out->error = -ENOSPC;
	if (out->sink && text->len > text->size / 2)
		out->sink->drain(text, out->sink->context);
}

static void write_member(struct record_out *out, const struct member *member, const void *of)
{
	member_write(&out->json, member, of);
	record_drain(out);
}

void record_known(struct record_out *out, const struct member *members, const void *of)
{
	for (; members->name; members++)
		if (record_word(members, of) != untold_word(members))
			write_member(out, members, of);
}

unsigned record_kind_words(const struct record_kind *kind)
{
	unsigned n = 0;

	for (unsigned part = 0; part < RECORD_PARTS_MAX && kind->tables[part]; part++)
		for (const struct member *member = kind->tables[part]; member->name; member++)
			n++;
	return n;
}

void record_fill_words(
	const struct record_kind *kind, const void *of[RECORD_PARTS_MAX], uint64_t *words)
{
	for (unsigned part = 0; part < RECORD_PARTS_MAX && kind->tables[part]; part++)
		for (const struct member *member = kind->tables[part]; member->name; member++)
			*words++ = of[part] ? word_of(member, of[part]) : untold_word(member);
}

/** A member of a struct that is not there any more. */
static void write_null(struct record_out *out, const struct member *member)
{
	json_put_null(&out->json, member->name);
	record_drain(out);
}

void record_changed(struct record_out *out, const struct record_kind *kind,
	const void *of[RECORD_PARTS_MAX], const uint64_t *words, const uint64_t *before)
{
	unsigned number = 0;

	for (unsigned part = 0; part < RECORD_PARTS_MAX && kind->tables[part]; part++)
		for (const struct member *m = kind->tables[part]; m->name; m++, number++) {
			const uint64_t was = before ? before[number] : untold_word(m);

			if (words[number] == was && number >= kind->n_keys)
				continue;
			if (of[part])
				write_member(out, m, of[part]);
			else
				write_null(out, m);
		}
}

static bool words_changed(
	const struct record_kind *kind, const uint64_t *words, const uint64_t *before)
{
	if (before)
		return memcmp(words, before, record_kind_words(kind) * sizeof(*words)) != 0;
	for (unsigned part = 0; part < RECORD_PARTS_MAX && kind->tables[part]; part++)
		for (const struct member *m = kind->tables[part]; m->name; m++)
			if (*words++ != untold_word(m))
				return true;
	return false;
}

const uint64_t *record_object(struct record_out *out, const struct record_kind *kind,
	const void *of[RECORD_PARTS_MAX], const uint64_t *before)
{
	uint64_t *words = arena_array(out->arena, record_kind_words(kind), sizeof(*words));

	if (!words) {
		out->error = -ENOMEM;
		return NULL;
	}
	record_fill_words(kind, of, words);
	if (!words_changed(kind, words, before))
		return words;
	json_put_object(&out->json, kind->name);
	record_changed(out, kind, of, words, before);
	json_end_object(&out->json);
	return words;
}
