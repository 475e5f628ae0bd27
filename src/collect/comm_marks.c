/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/comm_marks.h"

#include <errno.h>
#include <locale.h>
#include <string.h>

/* In brackets a backslash is itself, so some that are harmless are refused, too. */
static bool is_safe(const char *pattern, size_t len)
{
	int depth = 0;

	if (len > COMM_PATTERN_MAX || memchr(pattern, '\0', len) || memchr(pattern, '{', len))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (pattern[i] == '\\' && i + 1 < len && pattern[i + 1] >= '1' &&
			pattern[i + 1] <= '9')
			return false;
		if (pattern[i] == '(')
			depth++;
		if (depth > COMM_NESTING_MAX)
			return false;
		if (pattern[i] == ')' && depth > 0)
			depth--;
	}
	return true;
}

static int compile(regex_t *regex, const char *pattern)
{
	const locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	locale_t before;
	int error;

	if (!plain)
		return -ENOMEM;
	before = uselocale(plain);
	error = regcomp(regex, pattern, REG_EXTENDED | REG_NOSUB);
	uselocale(before);
	freelocale(plain);
	if (error == REG_ESPACE)
		return -ENOMEM;
	return error == 0 ? 0 : -EINVAL;
}

int comm_marks_add(struct comm_marks *marks, const char *pattern, size_t len, uint8_t mark)
{
	char text[COMM_PATTERN_MAX + 1];
	int i = 0, error;

	if (!is_safe(pattern, len))
		return -EINVAL;
	while (i < COMM_PATTERNS && marks->compiled[i])
		i++;
	if (i == COMM_PATTERNS)
		return -E2BIG;
	memcpy(text, pattern, len);
	text[len] = '\0';
	error = compile(&marks->pattern[i], text);
	if (error < 0)
		return error;
	marks->compiled[i] = true;
	marks->mark[i] = mark;
	return 0;
}

void comm_marks_free(struct comm_marks *marks)
{
	for (int i = 0; i < COMM_PATTERNS; i++) {
		if (marks->compiled[i])
			regfree(&marks->pattern[i]);
		marks->compiled[i] = false;
	}
}

void comm_marks_tick(struct comm_marks *marks)
{
	marks->left = COMM_MATCHES_PER_TICK;
}

/* As fix_truncated_utf8() of earlyoom's msg.c: names of 3 bytes and more lose what is left of a
 * sequence that was cut at their end, which a byte announces that wants more than follow it. */
static size_t whole_length(const char *comm, size_t len)
{
	static const unsigned char wants_more[] = { 0xc0, 0xe0, 0xf0 };

	if (len < 3 || (unsigned char)comm[len - 1] < 0x80)
		return len;
	for (size_t i = 0; i < sizeof(wants_more); i++) {
		if ((unsigned char)comm[len - 1 - i] >= wants_more[i])
			return len - 1 - i;
	}
	return len;
}

static bool match(const struct comm_marks *marks, const char *comm, uint8_t *ret)
{
	uint8_t found = 0;

	for (int i = 0; i < COMM_PATTERNS; i++) {
		int error = REG_NOMATCH;

		if (marks->compiled[i])
			error = regexec(&marks->pattern[i], comm, 0, NULL, 0);
		if (error == 0)
			found |= marks->mark[i];
		else if (error != REG_NOMATCH)
			return false;
	}
	*ret = found;
	return true;
}

static uint32_t hash(const char comm[COMM_BYTES])
{
	uint64_t words[2], mixed;

	memcpy(words, comm, sizeof(words));
	mixed = words[0] * UINT64_C(0x9e3779b97f4a7c15) ^ words[1] * UINT64_C(0xc2b2ae3d27d4eb4f);
	mixed = (mixed ^ mixed >> 29) * UINT64_C(0x165667b19e3779f9);
	return (uint32_t)(mixed >> 40) % COMM_CACHE;
}

/* Where a name is, or belongs; nothing is ever taken out, and half of the places stay free. */
static struct comm_cached *find(struct comm_marks *marks, const char comm[COMM_BYTES])
{
	uint32_t i = hash(comm);

	while (marks->cache[i].used && memcmp(marks->cache[i].comm, comm, COMM_BYTES) != 0)
		i = (i + 1) % COMM_CACHE;
	return &marks->cache[i];
}

bool comm_marks_of(struct comm_marks *marks, const char *comm, uint8_t *ret)
{
	char name[COMM_BYTES] = { 0 };
	struct comm_cached *cached;

	memcpy(name, comm, whole_length(comm, strnlen(comm, COMM_BYTES - 1)));
	cached = find(marks, name);
	if (!cached->used) {
		if (marks->left <= 0 || marks->matched >= COMM_NAMES_MAX)
			return false;
		marks->left--;
		marks->matched++;
		if (!match(marks, name, &cached->marks))
			return false;
		memcpy(cached->comm, name, sizeof(name));
		cached->used = true;
	}
	*ret = cached->marks;
	return true;
}
