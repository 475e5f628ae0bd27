/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/unit_file.h"

#include "parse/scan.h"
#include "parse/systemd_value.h"

/** Longer than any line of interest; what is beyond cannot make one of it. */
#define LINE_KEPT 128

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

enum section {
	SECTION_OTHER = 0,
	SECTION_SERVICE = 1 << 0,
	SECTION_SCOPE = 1 << 1,
	SECTION_MANAGER = 1 << 2,
	SECTION_SLICE = 1 << 3,
	SECTION_OOM = 1 << 4,
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
	if (span_is(header, "[Slice]"))
		return SECTION_SLICE;
	if (span_is(header, "[OOM]"))
		return SECTION_OOM;
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

/* A boolean, or a list of controllers, or nothing: only a boolean can say no. */
static void set_delegate(struct span value, struct unit_file *unit)
{
	unit->delegate = true;
	(void)systemd_boolean(value, &unit->delegate);
}

static void set_managed(struct span value, enum managed_oom *ret)
{
	if (span_is(value, "kill"))
		*ret = MANAGED_OOM_KILL;
	else if (span_is(value, "auto") || value.len == 0)
		*ret = MANAGED_OOM_AUTO;
}

static void set_managed_swap(struct span value, struct unit_file *unit)
{
	set_managed(value, &unit->managed.swap);
}

static void set_managed_pressure(struct span value, struct unit_file *unit)
{
	set_managed(value, &unit->managed.pressure);
}

static void set_managed_limit(struct span value, struct unit_file *unit)
{
	if (value.len == 0)
		unit->managed.limit_permyriad = 0;
	else
		(void)systemd_permyriad(value, &unit->managed.limit_permyriad);
}

/* systemd takes a second at least, and an end. */
static bool is_duration(struct span value, int64_t *ret)
{
	return systemd_timespan_ms(value, ret) && *ret >= 1000 && *ret < INT64_MAX;
}

static void set_managed_duration(struct span value, struct unit_file *unit)
{
	int64_t ms = 0;

	if (value.len == 0 || is_duration(value, &ms))
		unit->managed.duration_ms = ms;
}

static void set_managed_preference(struct span value, struct unit_file *unit)
{
	if (span_is(value, "omit"))
		unit->managed.preference = MANAGED_PREFERENCE_OMIT;
	else if (span_is(value, "avoid"))
		unit->managed.preference = MANAGED_PREFERENCE_AVOID;
	else if (span_is(value, "none") || value.len == 0)
		unit->managed.preference = MANAGED_PREFERENCE_NONE;
}

/* A list that grows; an empty one takes back all. */
static void set_rules(struct span value, struct unit_file *unit)
{
	unit->managed.rules = value.len > 0;
}

static void set_swap_used(struct span value, struct unit_file *unit)
{
	if (systemd_permyriad(value, &unit->oomd.swap_used_permyriad))
		unit->oomd.has_swap_used = true;
}

static void set_swap_used_percent(struct span value, struct unit_file *unit)
{
	set_swap_used(value, unit);
	unit->oomd.old_spelling = true;
}

static void set_default_limit(struct span value, struct unit_file *unit)
{
	if (systemd_permyriad(value, &unit->oomd.limit_permyriad))
		unit->oomd.has_limit = true;
}

static void set_default_limit_percent(struct span value, struct unit_file *unit)
{
	set_default_limit(value, unit);
	unit->oomd.old_spelling = true;
}

static void set_default_duration(struct span value, struct unit_file *unit)
{
	int64_t ms;

	if (systemd_timespan_ms(value, &ms) && (ms == 0 || ms >= 1000))
		unit->oomd.duration_ms = ms == INT64_MAX ? 0 : ms;
}

struct setting {
	const char *key;
	unsigned sections; /**< mask of enum section that have it */
	void (*set)(struct span value, struct unit_file *unit);
};

#define MANAGED (SECTION_SERVICE | SECTION_SCOPE | SECTION_SLICE)

static const struct setting settings[] = {
	{ "Restart", SECTION_SERVICE, set_restart },
	{ "OOMPolicy", SECTION_SERVICE | SECTION_SCOPE, set_oom_policy },
	{ "DefaultOOMPolicy", SECTION_MANAGER, set_oom_policy },
	{ "Delegate", SECTION_SERVICE | SECTION_SCOPE, set_delegate },
	{ "ManagedOOMSwap", MANAGED, set_managed_swap },
	{ "ManagedOOMMemoryPressure", MANAGED, set_managed_pressure },
	{ "ManagedOOMMemoryPressureLimit", MANAGED, set_managed_limit },
	{ "ManagedOOMMemoryPressureLimitPercent", MANAGED, set_managed_limit },
	{ "ManagedOOMMemoryPressureDurationSec", MANAGED, set_managed_duration },
	{ "ManagedOOMPreference", MANAGED, set_managed_preference },
	{ "OOMRules", MANAGED, set_rules },
	{ "SwapUsedLimit", SECTION_OOM, set_swap_used },
	{ "SwapUsedLimitPercent", SECTION_OOM, set_swap_used_percent },
	{ "DefaultMemoryPressureLimit", SECTION_OOM, set_default_limit },
	{ "DefaultMemoryPressureLimitPercent", SECTION_OOM, set_default_limit_percent },
	{ "DefaultMemoryPressureDurationSec", SECTION_OOM, set_default_duration },
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
