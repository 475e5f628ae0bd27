/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/cgroup_pattern.h"

#include <stddef.h>
#include <string.h>

/** What is left of a text. */
struct piece {
	const char *at;
	const char *end;
};

/* Cut off what stands before the next separator, which is skipped; those before it, too, so that
 * nothing empty comes.  False at the end. */
static bool next_piece(struct piece *text, char separator, struct piece *ret)
{
	while (text->at < text->end && *text->at == separator)
		text->at++;
	ret->at = text->at;
	while (text->at < text->end && *text->at != separator)
		text->at++;
	ret->end = text->at;
	return ret->at < ret->end;
}

/* The end of a set that begins at '[', behind its ']', or NULL: then '[' is itself.  A ']' right
 * at its beginning belongs to it. */
static const char *set_end(struct piece pattern)
{
	const char *at = pattern.at + 1;

	if (at < pattern.end && (*at == '!' || *at == '^'))
		at++;
	if (at < pattern.end && *at == ']')
		at++;
	while (at < pattern.end && *at != ']')
		at++;
	return at < pattern.end ? at + 1 : NULL;
}

static bool set_has(const char *at, const char *end, char byte)
{
	const unsigned char c = (unsigned char)byte;
	const bool negated = *at == '!' || *at == '^';
	bool found = false;

	at += negated;
	end--;
	while (at < end) {
		const bool range = end - at > 2 && at[1] == '-';
		const unsigned char low = (unsigned char)at[0];
		const unsigned char high = (unsigned char)(range ? at[2] : at[0]);

		found |= c >= low && c <= high;
		at += range ? 3 : 1;
	}
	return found != negated;
}

/* Match one byte against what the pattern begins with, no '*'; steps over that. */
static bool match_one(struct piece *pattern, char byte)
{
	const char *end;

	if (pattern->at == pattern->end)
		return false;
	if (*pattern->at == '[') {
		end = set_end(*pattern);
		if (end) {
			const bool has = set_has(pattern->at + 1, end, byte);

			pattern->at = end;
			return has;
		}
	}
	if (*pattern->at == '?') {
		pattern->at++;
		return true;
	}
	if (*pattern->at == '\\' && pattern->end - pattern->at > 1)
		pattern->at++;
	return *pattern->at++ == byte;
}

/* Only the last '*' is ever tried again, as an earlier one cannot do better. */
static bool match_component(struct piece pattern, struct piece name)
{
	const char *behind_star = NULL, *retry = NULL;

	while (name.at < name.end) {
		struct piece next = pattern;

		if (pattern.at < pattern.end && *pattern.at == '*') {
			behind_star = ++pattern.at;
			retry = name.at;
		} else if (match_one(&next, *name.at)) {
			pattern = next;
			name.at++;
		} else if (behind_star) {
			pattern.at = behind_star;
			name.at = ++retry;
		} else {
			return false;
		}
	}
	while (pattern.at < pattern.end && *pattern.at == '*')
		pattern.at++;
	return pattern.at == pattern.end;
}

static bool match_path(struct piece pattern, struct piece path)
{
	struct piece of_pattern, of_path;
	bool more, more_path;

	for (;;) {
		more = next_piece(&pattern, '/', &of_pattern);
		more_path = next_piece(&path, '/', &of_path);
		if (!more || !more_path)
			return more == more_path;
		if (!match_component(of_pattern, of_path))
			return false;
	}
}

bool cgroup_pattern_match(const char *patterns, const char *path)
{
	const struct piece whole = { path, path + strlen(path) };
	struct piece list = { patterns, patterns + strlen(patterns) };
	struct piece pattern;

	while (next_piece(&list, ',', &pattern)) {
		if (match_path(pattern, whole))
			return true;
	}
	return false;
}

bool cgroup_pattern_has_root(const char *patterns)
{
	return cgroup_pattern_match(patterns, "/");
}
