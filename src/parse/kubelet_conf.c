/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "parse/arguments.h"
#include "parse/kubelet_parts.h"

static const char *const names[KUBELET_SECTIONS] = {
	[KUBELET_HARD] = "evictionHard",
	[KUBELET_SOFT] = "evictionSoft",
	[KUBELET_GRACE] = "evictionSoftGracePeriod",
};

#define MERGE "mergeDefaultEvictionSettings"

/** Brings in the entries of another mapping, by an alias. */
#define MERGE_KEY "<<"

/* KUBELET_SECTIONS if it is none of interest. */
static enum kubelet_section find_section(struct span key)
{
	enum kubelet_section section = 0;

	while (section < KUBELET_SECTIONS && !span_is(key, names[section]))
		section++;
	return section;
}

static bool is_null(struct span value)
{
	return value.len == 0 || span_is(value, "null") || span_is(value, "~");
}

static bool is_any(char byte, const char *bytes)
{
	return byte != '\0' && strchr(bytes, byte);
}

static void skip_space(struct scan *scan)
{
	while (!scan_done(scan) && (*scan->at == ' ' || (*scan->at >= '\t' && *scan->at <= '\r')))
		scan->at++;
}

/* Behind an opening quote: what stands between it and the next; an escape is not understood. */
static bool read_quoted(struct scan *scan, char quote, struct span *ret)
{
	return scan_until(scan, quote, ret) && !(quote == '"' && memchr(ret->at, '\\', ret->len)) &&
		(scan_done(scan) || *scan->at != '\'' || quote != '\'');
}

/* Up to where a plain word of a mapping in braces ends. */
static struct span read_plain(struct scan *scan)
{
	const char *start = scan->at;

	while (!scan_done(scan) && !is_any(*scan->at, ":,{}[]\n"))
		scan->at++;
	return span_strip((struct span){ start, (size_t)(scan->at - start) });
}

static bool read_word(struct scan *scan, struct span *ret)
{
	skip_space(scan);
	if (scan_done(scan))
		return false;
	if (*scan->at == '"' || *scan->at == '\'') {
		const char quote = *scan->at++;

		return read_quoted(scan, quote, ret);
	}
	*ret = read_plain(scan);
	return true;
}

/* Behind an opening quote: over the string, in which a backslash hides what follows it. */
static bool skip_string(struct scan *scan)
{
	while (!scan_done(scan)) {
		const char byte = *scan->at++;

		if (byte == '"')
			return true;
		if (byte == '\\' && !scan_done(scan))
			scan->at++;
	}
	return false;
}

/* Over a value of any kind. */
static bool skip_value(struct scan *scan)
{
	int depth = 0;

	if (!scan_done(scan) && *scan->at != '"' && *scan->at != '{' && *scan->at != '[') {
		read_plain(scan);
		return true;
	}
	while (!scan_done(scan)) {
		const char byte = *scan->at++;

		if (byte == '"' && !skip_string(scan))
			return false;
		depth += (byte == '{' || byte == '[') - (byte == '}' || byte == ']');
		if (depth == 0 && (byte == '"' || byte == '}' || byte == ']'))
			return true;
	}
	return false;
}

/** Called with a key, the cursor at its value; is to step over it. */
typedef bool (*flow_entry)(
	struct kubelet_said *said, enum kubelet_section section, struct span key, struct scan *at);

/* A mapping in braces, from its opening one; steps over the closing one. */
static bool read_flow(struct scan *scan, struct kubelet_said *said, enum kubelet_section section,
	flow_entry entry)
{
	struct span key;

	if (!scan_literal(scan, "{"))
		return false;
	for (;;) {
		skip_space(scan);
		if (scan_literal(scan, "}"))
			return true;
		if (!read_word(scan, &key))
			return false;
		skip_space(scan);
		if (!scan_literal(scan, ":"))
			return false;
		skip_space(scan);
		if (!entry(said, section, key, scan))
			return false;
		skip_space(scan);
		if (!scan_literal(scan, ",") && (scan_done(scan) || *scan->at != '}'))
			return false;
	}
}

static bool say_flow(
	struct kubelet_said *said, enum kubelet_section section, struct span key, struct scan *at)
{
	struct span value;

	if (!span_is(key, "memory.available"))
		return skip_value(at);
	return read_word(at, &value) && kubelet_say(said, section, key, value);
}

/* The value of a section in braces. */
static bool read_section(struct kubelet_said *said, enum kubelet_section section, struct scan *at)
{
	if (said->section[section])
		return false;
	said->section[section] = true;
	return read_flow(at, said, section, say_flow);
}

static bool say_json(
	struct kubelet_said *said, enum kubelet_section section, struct span key, struct scan *at)
{
	section = find_section(key);
	if (span_is(key, MERGE))
		said->merge = scan_literal(at, "true");
	if (section == KUBELET_SECTIONS || scan_done(at) || *at->at != '{')
		return skip_value(at);
	return read_section(said, section, at);
}

/** Where a reader of lines stands. */
struct lines {
	struct kubelet_said said;
	enum kubelet_section section; /**< that the lines belong to; KUBELET_SECTIONS: none */
	int64_t base;                 /**< indentation of the outermost keys; -1: not seen yet */
	int64_t within;               /**< of the keys of the section; -1: not seen yet */
	bool ended;                   /**< by "..." or the next document */
};

/* "# ..." at the beginning, or behind a blank, ends a plain scalar. */
static struct span cut_comment(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '#' &&
			(i == 0 || text.at[i - 1] == ' ' || text.at[i - 1] == '\t'))
			text.len = i;
	}
	return span_strip(text);
}

/* The scalar behind "key:", without quotes and comment.  False: it is of another kind. */
static bool read_scalar(struct scan line, struct span *ret)
{
	struct span text;

	skip_space(&line);
	if (!scan_done(&line) && (*line.at == '"' || *line.at == '\'')) {
		const char quote = *line.at++;

		if (!read_quoted(&line, quote, ret))
			return false;
		text = cut_comment((struct span){ line.at, (size_t)(line.end - line.at) });
		return text.len == 0;
	}
	text = cut_comment((struct span){ line.at, (size_t)(line.end - line.at) });
	if (text.len > 0 && is_any(*text.at, "&*!|>[{?%@`"))
		return false;
	*ret = text;
	return true;
}

/* "key:", quoted or not, and a blank or the end behind the colon. */
static bool read_key(struct scan *line, struct span *ret)
{
	const char *start = line->at;

	if (*start == '"' || *start == '\'') {
		line->at++;
		if (!read_quoted(line, *start, ret))
			return false;
		skip_space(line);
		return scan_literal(line, ":");
	}
	if (!scan_until(line, ':', ret))
		return false;
	*ret = span_strip(*ret);
	return scan_done(line) || *line->at == ' ' || *line->at == '\t';
}

static bool read_outer(struct lines *lines, struct scan line)
{
	struct span key, value;
	enum kubelet_section section;

	lines->section = KUBELET_SECTIONS;
	lines->within = -1;
	if (!read_key(&line, &key))
		return true;
	section = find_section(key);
	if (span_is(key, MERGE)) {
		if (!read_scalar(line, &value))
			return false;
		lines->said.merge = span_is(value, "true");
	}
	if (section == KUBELET_SECTIONS)
		return !span_is(key, MERGE_KEY);
	skip_space(&line);
	if (!scan_done(&line) && *line.at == '{')
		return read_section(&lines->said, section, &line) &&
			cut_comment((struct span){ line.at, (size_t)(line.end - line.at) }).len ==
			0;
	if (!read_scalar(line, &value) || !is_null(value) || lines->said.section[section])
		return false;
	lines->section = section;
	return true;
}

static bool read_inner(struct lines *lines, int64_t indent, struct scan line)
{
	struct span key, value;

	if (lines->section == KUBELET_SECTIONS)
		return true;
	lines->said.section[lines->section] = true;
	if (lines->within < 0)
		lines->within = indent;
	if (indent > lines->within)
		return true;
	if (indent < lines->within || !read_key(&line, &key))
		return false;
	if (!span_is(key, "memory.available"))
		return !span_is(key, MERGE_KEY);
	return read_scalar(line, &value) && kubelet_say(&lines->said, lines->section, key, value);
}

static bool read_line(struct lines *lines, struct scan line)
{
	const char *start = line.at;
	struct span all;
	int64_t indent;

	while (!scan_done(&line) && *line.at == ' ')
		line.at++;
	indent = line.at - start;
	if (!scan_done(&line) && line.end[-1] == '\r')
		line.end--;
	all = cut_comment((struct span){ line.at, (size_t)(line.end - line.at) });
	if (all.len == 0)
		return true;
	if (lines->ended || *line.at == '\t')
		return false;
	if (indent == 0 && (span_is(all, "---") || span_is(all, "..."))) {
		lines->ended = lines->base >= 0;
		return true;
	}
	if (lines->base < 0)
		lines->base = indent;
	if (indent < lines->base)
		return false;
	return indent == lines->base ? read_outer(lines, line) : read_inner(lines, indent, line);
}

static bool read_yaml(struct scan scan, struct kubelet_said *said)
{
	struct lines lines = { .section = KUBELET_SECTIONS, .base = -1, .within = -1 };
	struct scan line;

	kubelet_say_nothing(&lines.said);
	while (scan_line(&scan, &line)) {
		if (!read_line(&lines, line))
			return false;
	}
	*said = lines.said;
	return true;
}

static bool read_json(struct scan scan, struct kubelet_said *said)
{
	kubelet_say_nothing(said);
	return read_flow(&scan, said, KUBELET_SECTIONS, say_json);
}

int parse_kubelet_conf(const char *text, size_t len, struct kubelet_settings *settings)
{
	struct scan scan = scan_of(text, len);
	struct kubelet_said said;
	bool understood;

	skip_space(&scan);
	if (!scan_done(&scan) && *scan.at == '{')
		understood = read_json(scan, &said);
	else
		understood = read_yaml(scan_of(text, len), &said);
	if (!understood)
		return -EBADMSG;
	kubelet_lay(&said, settings);
	return 0;
}
