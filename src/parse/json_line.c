/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/json_line.h"

#include <stdbool.h>
#include <string.h>

/** Where one is in the text. */
struct place {
	const char *at;
	const char *end;
	int line;
};

static void skip_blanks(struct place *text)
{
	for (; text->at < text->end && strchr(" \t\r\n", *text->at) && *text->at; text->at++)
		text->line += *text->at == '\n';
}

/* Up to behind its closing quote, or to the end of the text. */
static void skip_string(struct place *text)
{
	for (text->at++; text->at < text->end && *text->at != '"'; text->at++) {
		text->line += *text->at == '\n';
		if (*text->at == '\\' && text->end - text->at > 1)
			text->at++;
	}
	text->at += text->at < text->end;
}

/* Members are looked for by their bytes: names with escapes are not looked for. */
static bool is_key(const char *quote, const char *end, const char *key)
{
	const size_t len = strlen(key);

	return (size_t)(end - quote) >= len + 2 && *quote == '"' &&
		memcmp(quote + 1, key, len) == 0 && quote[len + 1] == '"';
}

/* Up to the comma or closing bracket behind it. */
static void skip_value(struct place *text)
{
	unsigned depth = 0;

	while (text->at < text->end) {
		const char byte = *text->at;

		if (byte == '"') {
			skip_string(text);
			continue;
		}
		if (depth == 0 && (byte == ',' || byte == ']' || byte == '}'))
			return;
		if (byte == '[' || byte == '{')
			depth++;
		else if (byte == ']' || byte == '}')
			depth--;
		text->line += byte == '\n';
		text->at++;
	}
}

/* Step over the name of a member and its colon; whether it is that name. */
static bool skip_key(struct place *text, const char *key)
{
	const bool is_it = text->at < text->end && is_key(text->at, text->end, key);

	if (text->at < text->end && *text->at == '"')
		skip_string(text);
	skip_blanks(text);
	text->at += text->at < text->end && *text->at == ':';
	skip_blanks(text);
	return is_it;
}

/* Go to the begin of a member; false, and nothing is changed, if it has none such. */
static bool enter(struct place *text, const struct json_step *step)
{
	struct place at = *text, found = *text;

	if (at.at == at.end || *at.at != (step->key ? '{' : '['))
		return false;
	for (size_t i = 0; at.at < at.end && (i == 0 || *at.at == ','); i++) {
		bool is_it = i == step->index;

		at.at++;
		skip_blanks(&at);
		if (step->key)
			is_it = skip_key(&at, step->key);
		if (is_it && at.at < at.end)
			found = at;
		skip_value(&at);
	}
	if (found.at == text->at)
		return false;
	*text = found;
	return true;
}

int json_line_of(const char *text, size_t len, const struct json_step *steps, size_t n_steps)
{
	struct place at = { .at = text, .end = text + len, .line = 1 };

	skip_blanks(&at);
	for (size_t i = 0; i < n_steps && enter(&at, &steps[i]); i++)
		;
	return at.line;
}
