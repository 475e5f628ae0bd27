/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/unit_file.h"

#include "parse/scan.h"

/** Longer than any line of interest; what is beyond cannot make one of it. */
#define LINE_KEPT 128

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

enum section {
	SECTION_OTHER = 0,
	SECTION_SERVICE = 1 << 0,
	SECTION_SCOPE = 1 << 1,
	SECTION_MANAGER = 1 << 2,
};

/** One line as systemd sees it: continuations joined, blanks at the ends taken off, blanks
 * within made one. */
struct logical_line {
	char text[LINE_KEPT];
	size_t len;
	bool blank; /**< one is due before the next byte */
};

/* systemd (read_line_full() of its fileio.c) ends lines at any of these. */
static bool is_line_end(char byte)
{
	return byte == '\n' || byte == '\r' || byte == '\0';
}

/* "\r\n" and "\n\r" are one end, not two. */
static bool next_line(struct scan *scan, struct scan *ret)
{
	char end;

	if (scan_done(scan))
		return false;
	ret->at = scan->at;
	while (!scan_done(scan) && !is_line_end(*scan->at))
		scan->at++;
	ret->end = scan->at;
	if (scan_done(scan))
		return true;
	end = *scan->at++;
	if (!scan_done(scan) &&
		((end == '\r' && *scan->at == '\n') || (end == '\n' && *scan->at == '\r')))
		scan->at++;
	return true;
}

static bool is_comment(struct scan line)
{
	scan_blanks(&line);
	return !scan_done(&line) && (*line.at == '#' || *line.at == ';');
}

/* Backslashes escape each other: only an odd number at the end joins two lines. */
static bool cut_backslash(struct scan *line)
{
	const char *at = line->end;

	while (at > line->at && at[-1] == '\\')
		at--;
	if ((line->end - at) % 2 == 0)
		return false;
	line->end--;
	return true;
}

static void add_byte(struct logical_line *line, char byte)
{
	if (byte == ' ' || byte == '\t') {
		line->blank = line->len > 0;
		return;
	}
	if (line->blank && line->len < LINE_KEPT)
		line->text[line->len++] = ' ';
	line->blank = false;
	if (line->len < LINE_KEPT)
		line->text[line->len++] = byte;
}

static bool next_logical_line(struct scan *scan, struct logical_line *ret)
{
	struct scan line;
	bool any = false, more = true;

	ret->len = 0;
	ret->blank = false;
	while (more && next_line(scan, &line)) {
		if (is_comment(line))
			continue;
		any = true;
		more = cut_backslash(&line);
		for (; !scan_done(&line); line.at++)
			add_byte(ret, *line.at);
		add_byte(ret, ' ');
	}
	return any;
}

static enum section section_of(struct span header)
{
	if (span_is(header, "[Service]"))
		return SECTION_SERVICE;
	if (span_is(header, "[Scope]"))
		return SECTION_SCOPE;
	return span_is(header, "[Manager]") ? SECTION_MANAGER : SECTION_OTHER;
}

static void set_restart(struct span value, struct unit_file *unit)
{
	for (enum restart_rule rule = RESTART_NO; rule <= RESTART_ON_ABORT; rule++) {
		if (span_is(value, restart_rule_name(rule)))
			unit->restart = rule;
	}
}

static void set_oom_policy(struct span value, struct unit_file *unit)
{
	if (span_is(value, "continue"))
		unit->oom_policy = OOM_POLICY_CONTINUE;
	else if (span_is(value, "stop"))
		unit->oom_policy = OOM_POLICY_STOP;
	else if (span_is(value, "kill"))
		unit->oom_policy = OOM_POLICY_KILL;
}

/* Whatever the case of the letters; word is in small ones. */
static bool is_word(struct span value, const char *word)
{
	size_t i = 0;

	while (i < value.len && word[i] && (value.at[i] | 0x20) == word[i])
		i++;
	return i == value.len && word[i] == '\0';
}

/* A boolean, or a list of controllers, or nothing: only a boolean can say no. */
static void set_delegate(struct span value, struct unit_file *unit)
{
	static const char *const nos[] = { "0", "no", "n", "false", "f", "off" };

	unit->delegate = true;
	for (size_t i = 0; i < ARRAY_SIZE(nos); i++) {
		if (is_word(value, nos[i]))
			unit->delegate = false;
	}
}

struct setting {
	const char *key;
	unsigned sections; /**< mask of enum section that have it */
	void (*set)(struct span value, struct unit_file *unit);
};

static const struct setting settings[] = {
	{ "Restart", SECTION_SERVICE, set_restart },
	{ "OOMPolicy", SECTION_SERVICE | SECTION_SCOPE, set_oom_policy },
	{ "DefaultOOMPolicy", SECTION_MANAGER, set_oom_policy },
	{ "Delegate", SECTION_SERVICE | SECTION_SCOPE, set_delegate },
};

static void assign(struct span text, enum section section, struct unit_file *unit)
{
	struct scan scan = scan_of(text.at, text.len);
	struct span key;

	if (!scan_until(&scan, '=', &key))
		return;
	if (key.len > 0 && key.at[key.len - 1] == ' ')
		key.len--;
	scan_blanks(&scan);
	for (size_t i = 0; i < ARRAY_SIZE(settings); i++) {
		if (settings[i].sections & section && span_is(key, settings[i].key))
			settings[i].set(
				(struct span){ scan.at, (size_t)(scan.end - scan.at) }, unit);
	}
}

void parse_unit_file(const char *text, size_t len, struct unit_file *unit)
{
	struct scan scan = scan_of(text, len);
	enum section section = SECTION_OTHER;
	struct logical_line line;

	scan_literal(&scan, BYTE_ORDER_MARK);
	while (next_logical_line(&scan, &line)) {
		const struct span span = { line.text, line.len };

		if (span_starts(span, "["))
			section = section_of(span);
		else
			assign(span, section, unit);
	}
}
