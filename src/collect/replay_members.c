/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/replay_members.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "parse/scan.h"

/** Nothing of a machine runs for longer. */
#define MS_MAX (INT64_MAX / 1000000)

/** From the year 1 to the year 9999. */
#define TIME_MS_MIN (-INT64_C(62135596800000))
#define TIME_MS_MAX INT64_C(253402300799999)

#define GROWTH_MAX (INT64_C(1) << 56)

struct range {
	const char *name;
	int64_t min, max;
};

/* What the parsers of /proc warrant, as analysis relies on it.  By name... */
static const struct range ranges[] = {
	{ "time_ms", TIME_MS_MIN, TIME_MS_MAX },
	{ "priority", INT32_MIN, INT32_MAX },
	{ "oom_score", INT64_MIN + 1, INT64_MAX },
	{ "oom_score_adj", -1000, 1000 },
	{ "oom_adj", -17, 15 },
	{ "nice", INT32_MIN, INT32_MAX },
	{ "ppid", INT32_MIN, INT32_MAX },
	{ "growth_bytes_per_s", -GROWTH_MAX, GROWTH_MAX },
	{ "growth_1min_bytes_per_s", -GROWTH_MAX, GROWTH_MAX },
	{ "growth_10min_bytes_per_s", -GROWTH_MAX, GROWTH_MAX },
	{ "free_blocks", 0, (int64_t)FREE_BLOCKS_MAX },
	{ "oom_group", 0, 1 },
	{ "oom_kill_disable", 0, 1 },
	{ "under_oom", 0, 1 },
	{ "own_uid", 0, UINT32_MAX },
	{ "cpus", 0, 1 << 20 },
	{ "memcg_version", 0, 2 },
};

/* ... or by the unit that it ends with. */
static const struct range units[] = {
	{ "_kib", 0, SCAN_KIB_MAX },
	{ "_pages", 0, SCAN_PAGES_MAX },
	{ "_permyriad", 0, 1000000 },
	{ "_ms", 0, MS_MAX },
};

static const struct range any_number = { "", 0, INT64_MAX };

static const struct range *range_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++) {
		if (strcmp(ranges[i].name, name) == 0)
			return &ranges[i];
	}
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (text_ends(name, units[i].name))
			return &units[i];
	}
	return &any_number;
}

static int64_t within(const char *name, int64_t value)
{
	const struct range *range = range_of(name);

	return value_max(range->min, value_min(value, range->max));
}

int replay_refuse(struct replay_reader *reader, const char *name, const char *what)
{
	snprintf(reader->why, sizeof(reader->why), "%s: %s", name, what);
	return -EBADMSG;
}

static int wrong_type(struct replay_reader *reader, const struct member *member)
{
	return replay_refuse(reader, member->name, "of a wrong type");
}

static int read_i64(
	struct replay_reader *reader, const struct member *member, const json_t *value, void *at)
{
	int64_t number = VALUE_UNKNOWN;

	if (json_is_integer(value))
		number = within(member->name, json_integer_value(value));
	else if (!json_is_null(value))
		return wrong_type(reader, member);
	memcpy(at, &number, sizeof(number));
	return 0;
}

/* The bits of a signed number; null stands for those of VALUE_UNKNOWN. */
static int read_u64(
	struct replay_reader *reader, const struct member *member, const json_t *value, void *at)
{
	int64_t number = VALUE_UNKNOWN;

	if (json_is_integer(value))
		number = json_integer_value(value);
	else if (!json_is_null(value))
		return wrong_type(reader, member);
	memcpy(at, &number, sizeof(number));
	return 0;
}

static int read_32(
	struct replay_reader *reader, const struct member *member, const json_t *value, void *at)
{
	const bool is_signed = member->type == MEMBER_I32;
	int64_t number;

	if (!json_is_integer(value))
		return wrong_type(reader, member);
	number = within(member->name, json_integer_value(value));
	number = value_min(number, is_signed ? INT32_MAX : UINT32_MAX);
	if (is_signed) {
		const int32_t narrow = (int32_t)number;

		memcpy(at, &narrow, sizeof(narrow));
	} else {
		const uint32_t narrow = (uint32_t)number;

		memcpy(at, &narrow, sizeof(narrow));
	}
	return 0;
}

static int read_text(
	struct replay_reader *reader, const struct member *member, const json_t *value, char *at)
{
	const char *text = json_is_null(value) ? "" : json_string_value(value);
	size_t len;

	if (!text)
		return wrong_type(reader, member);
	len = strnlen(text, member->size - 1);
	memset(at, 0, member->size);
	memcpy(at, text, len);
	return 0;
}

static int read_string(
	struct replay_reader *reader, const struct member *member, const json_t *value, void *at)
{
	const char *string = NULL;

	if (!json_is_null(value)) {
		if (!json_is_string(value))
			return wrong_type(reader, member);
		string = arena_text(
			reader->arena, json_string_value(value), json_string_length(value));
		if (!string)
			return -ENOMEM;
	}
	memcpy(at, &string, sizeof(string));
	return 0;
}

/* One printable character; what is none is none that is known. */
static int read_char(
	struct replay_reader *reader, const struct member *member, const json_t *value, char *at)
{
	const char *text = json_string_value(value);

	if (!text)
		return wrong_type(reader, member);
	*at = '?';
	if (text[0] > ' ' && text[0] < 0x7f && text[1] == '\0')
		*at = text[0];
	return 0;
}

static int read_numbers(
	struct replay_reader *reader, const struct member *member, const json_t *value, void *of)
{
	char *at = (char *)of + member->offset;
	const unsigned count = (unsigned)json_array_size(value);

	if (!json_is_null(value) && !json_is_array(value))
		return wrong_type(reader, member);
	if (json_array_size(value) > member->size)
		return replay_refuse(reader, member->name, "too many");
	memset(at, 0, member->size * sizeof(int64_t));
	for (unsigned i = 0; i < count; i++) {
		const json_t *item = json_array_get(value, i);
		int64_t number;

		/* An unknown one is for counts that cannot be. */
		if (!json_is_integer(item) && !json_is_null(item))
			return wrong_type(reader, member);
		number = within(member->name, json_integer_value(item));
		if (json_is_null(item) && range_of(member->name)->max == SCAN_PAGES_MAX)
			number = VALUE_UNKNOWN;
		memcpy(at + i * sizeof(number), &number, sizeof(number));
	}
	memcpy((char *)of + member->count_offset, &count, sizeof(count));
	return 0;
}

static int read_member(
	struct replay_reader *reader, const struct member *member, const json_t *value, void *of)
{
	char *at = (char *)of + member->offset;

	switch (member->type) {
	case MEMBER_I64:
		return read_i64(reader, member, value, at);
	case MEMBER_U64:
		return read_u64(reader, member, value, at);
	case MEMBER_I32:
	case MEMBER_U32:
		return read_32(reader, member, value, at);
	case MEMBER_BOOL:
		if (!json_is_boolean(value))
			return wrong_type(reader, member);
		*(bool *)at = json_is_true(value);
		return 0;
	case MEMBER_CHAR:
		return read_char(reader, member, value, at);
	case MEMBER_TEXT:
		return read_text(reader, member, value, at);
	case MEMBER_STRING:
		return read_string(reader, member, value, at);
	case MEMBER_NUMBERS:
		return read_numbers(reader, member, value, of);
	}
	return wrong_type(reader, member);
}

int replay_read_members(
	struct replay_reader *reader, const struct member *members, const json_t *object, void *of)
{
	for (; members->name; members++) {
		const json_t *value = json_object_get(object, members->name);
		const int error = value ? read_member(reader, members, value, of) : 0;

		if (error < 0)
			return error;
	}
	return 0;
}

void replay_forget_members(const struct member *members, void *of)
{
	static const int64_t unknown = VALUE_UNKNOWN;

	for (; members->name; members++) {
		if (members->type == MEMBER_I64)
			memcpy((char *)of + members->offset, &unknown, sizeof(unknown));
	}
}

/* jansson says "invalid token" where it has no memory for one. */
static _Thread_local bool lacked_memory;

static void *get_memory(size_t size)
{
	void *memory = malloc(size);

	lacked_memory |= !memory;
	return memory;
}

int replay_parse(struct span text, size_t flags, json_t **ret)
{
	json_set_alloc_funcs(get_memory, free);
	lacked_memory = false;
	*ret = json_loadb(text.at, text.len, flags | JSON_REJECT_DUPLICATES, NULL);
	if (*ret)
		return 0;
	return lacked_memory ? -ENOMEM : -EBADMSG;
}

int replay_load(struct replay_reader *reader, struct span text, json_t **ret)
{
	int error;

	if (text.len > REPLAY_PIECE_MAX)
		return replay_refuse(reader, "a member", "too large");
	error = replay_parse(text, 0, ret);
	return error == -EBADMSG ? replay_refuse(reader, "a member", "no JSON") : error;
}
