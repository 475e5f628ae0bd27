/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/report_parts.h"

/** From this column on a line may have been cut by a terminal, not between words. */
#define TERMINAL_COLUMNS 75

/* Words that begin behind a blank in the lines that are put together. */
static const char *const words[] = {
	"oom-killer",
	"gfp_mask=",
	"nodemask=",
	"order=",
	"oom_score_adj",
	"oom_adj=",
	"sacrifice",
	"child",
	"score",
	"total-vm:",
	"anon-rss:",
	"file-rss:",
	"shmem-rss:",
	"UID:",
	"pgtables:",
	"invoked",
	"process",
	"swapents",
	"rss_anon",
	"rss_file",
	"rss_shmem",
	"pgtables_bytes",
	"nr_ptes",
	"nr_pmds",
	"oom_score_adj name",
	"now",
	"mems_allowed=",
	"tainted",
	"are",
	"killed",
	"memory.oom.group",
	"limit",
	"writepending:",
	"active_anon:",
	"inactive_anon:",
	"active_file:",
	"inactive_file:",
	"unevictable:",
	"present:",
	"managed:",
	"mlocked:",
};

static bool is_lower(char byte)
{
	return (byte >= 'a' && byte <= 'z') || byte == '_' || byte == '-';
}

/* Whether one of the words begins here, and is longer than that. */
static bool begins_word(struct scan text, size_t longer_than)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct scan ahead = text;

		if (strlen(words[i]) > longer_than && scan_literal(&ahead, words[i]))
			return true;
	}
	return false;
}

/* Whether the letters at the seam make up one of the words: "sacr" and "ifice". */
static bool makes_word(struct scan left, struct scan right)
{
	char joined[40];
	size_t n = 0, n_left;
	const char *at = left.end;

	while (at > left.at && is_lower(at[-1]) && left.end - at < 20)
		at--;
	n_left = (size_t)(left.end - at);
	for (; at < left.end; at++)
		joined[n++] = *at;
	for (at = right.at; at < right.end && n < sizeof(joined); at++)
		joined[n++] = *at;
	return n_left > 0 && begins_word(scan_of(joined, n), n_left);
}

/* Whether a blank was lost where the line was broken. */
static bool needs_blank(const struct report_line *line, struct scan right)
{
	const struct scan left = report_text(line);
	const char last = left.end[-1], first = *right.at;

	if (last == ' ' || first == ' ' || strchr(":=,.)_", first))
		return false;
	if (line->kind == LINE_OOM_KILL)
		return false;
	/* Fields end with their unit, free lists with their letters. */
	if (line->kind == LINE_NODE || line->kind == LINE_ZONE || line->kind == LINE_BUDDY)
		return last == 'B' || last == ')';
	if (begins_word(right, 0))
		return true;
	if (makes_word(left, right))
		return false;
	if (line->kind == LINE_ROW && first >= '0' && first <= '9')
		return true;
	return line->columns < TERMINAL_COLUMNS;
}

#define KIND(kind) (UINT64_C(1) << (kind))

/* Kinds whose lines are long enough to be wrapped, and mean less without their rest. */
static const uint64_t long_kinds = KIND(LINE_HEADER) | KIND(LINE_CPUSET) | KIND(LINE_CPU) |
	KIND(LINE_MEMCG_TASK) | KIND(LINE_MEMCG_USAGE) | KIND(LINE_MEMCG_STATS) | KIND(LINE_NODE) |
	KIND(LINE_ZONE) | KIND(LINE_BUDDY) | KIND(LINE_HUGE) | KIND(LINE_TABLE) | KIND(LINE_ROW) |
	KIND(LINE_OOM_KILL) | KIND(LINE_CHOSEN) | KIND(LINE_KILLED) | KIND(LINE_SHARER) |
	KIND(LINE_GROUP) | KIND(LINE_REAPED);

/* Kinds that a line without prefix may have only by chance, as the rest of another. */
static const uint64_t rest_kinds =
	KIND(LINE_OTHER) | KIND(LINE_FIELDS) | KIND(LINE_STAT) | KIND(LINE_SLAB);

static bool can_go_on(const struct report_line *line)
{
	const struct span all = report_trim((struct span){ line->text, line->len });
	const struct scan text = scan_of(all.at, all.len);

	if (line->kind != LINE_OTHER)
		return long_kinds & KIND(line->kind);
	/* "X invoked" of a header, "Out of memory: Killed" of a kill line. */
	return (all.len > 8 && memcmp(text.end - 8, " invoked", 8) == 0) ||
		report_has(text, "emory: Kill") || report_has(text, "oom-kill");
}

/* "1*4kB (U) …", "(UM) 1*64kB …", "= 15360kB": the rest of a free list. */
static bool is_buddy_rest(struct scan text)
{
	int64_t value;

	if (scan_literal(&text, "=") || scan_literal(&text, "("))
		return true;
	return scan_int(&text, &value) && (scan_literal(&text, "*") || scan_literal(&text, "kB"));
}

/*
 * Whether the words of a line without prefix can be the rest of this line.  In a log whose lines
 * have prefixes, what has none and is nothing by itself; else only what fits.
 */
static bool fits(const struct report_line *line, const struct report_line *next)
{
	const struct scan text = report_text(line), rest = report_text(next);
	const bool alone = !line->stamped;
	int64_t number;

	/* A complete row may still have been cut in its name by a terminal. */
	if (line->kind == LINE_ROW)
		return !report_row_whole(text) ||
			(line->columns >= TERMINAL_COLUMNS && !strchr(next->text, ' '));
	if (line->kind == LINE_BUDDY)
		return is_buddy_rest(rest);
	if (line->kind == LINE_NODE || line->kind == LINE_ZONE)
		return !alone || next->kind == LINE_FIELDS || strchr(next->text, ':');
	if (line->kind == LINE_HEADER)
		return !report_number(text, "oom_score_adj=", &number) &&
			(!alone || begins_word(rest, 0));
	if (line->kind == LINE_CHOSEN || line->kind == LINE_KILLED)
		return !report_number(text, "oom_score_adj:", &number) &&
			(!alone || begins_word(rest, 0) || *rest.at == '(');
	return !alone || line->kind == LINE_OTHER || begins_word(rest, 0);
}

/* Whether a line that names a process ends within the name. */
static bool is_name_open(const struct report_line *line)
{
	const char *name = NULL, *end = NULL;
	struct scan rest;

	if (line->kind == LINE_OOM_KILL) {
		name = report_find_last(report_text(line), "task=");
	} else if (line->kind == LINE_CHOSEN || line->kind == LINE_KILLED ||
		line->kind == LINE_SHARER || line->kind == LINE_REAPED) {
		name = report_find(report_text(line), "rocess ");
		name = name ? memchr(name, '(', (size_t)(line->text + line->len - name)) : NULL;
	}
	if (!name)
		return false;
	rest = scan_of(name, (size_t)(line->text + line->len - name));
	end = report_find(rest, line->kind == LINE_OOM_KILL ? ",pid=" : ")");
	return !end;
}

/*
 * A newline in a process's name breaks the line: one record of several lines, or lines with one
 * stamp where a console or dmesg puts it before each (record_print_text(), kernel/printk).
 */
static bool breaks_name(const struct report_line *line, const struct report_line *next)
{
	if (line->foreign || next->foreign || line->quotes != next->quotes)
		return false;
	if (next->pieces && line->last == next->number)
		return line->kind == LINE_ROW || is_name_open(line);
	return next->stamped && next->kernel && next->kind == LINE_OTHER &&
		value_known(line->uptime_us) && line->uptime_us == next->uptime_us &&
		line->caller == next->caller && is_name_open(line) &&
		report_has(report_text(next), line->kind == LINE_OOM_KILL ? ",pid=" : ")");
}

static bool append(struct report_line *line, const struct report_line *next, const char *seam)
{
	const size_t n = strlen(seam);

	if (line->len + n + next->len > REPORT_LINE_MAX)
		return false;
	memcpy(line->text + line->len, seam, n);
	memcpy(line->text + line->len + n, next->text, next->len + 1);
	line->len += n + next->len;
	line->columns += next->columns + n;
	line->last = next->last;
	line->kind = report_line_kind(report_text(line), line->stamped);
	return true;
}

bool report_join(struct report_line *line, const struct report_line *next)
{
	if (breaks_name(line, next))
		return append(line, next, "\n");
	if (next->stamped || next->pieces || next->len == 0 || line->len == 0 || line->foreign ||
		line->quotes != next->quotes || !(rest_kinds & KIND(next->kind)) ||
		!can_go_on(line) || !fits(line, next))
		return false;
	return append(line, next, needs_blank(line, report_text(next)) ? " " : "");
}
