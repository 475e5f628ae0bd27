/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/units.h"
#include "ui/cells.h"
#include "ui/grouplist.h"

/** Cells that NAME keeps before another column is shown. */
#define NAME_COLS_LEAST 16

/** A path behind the name is worth showing from so many cells on. */
#define PATH_COLS_LEAST 8

static const struct memcg *memcg_of(const struct group_row *row)
{
	return &row->now->memcgs[row->index];
}

static const struct memcg_view *judged_of(const struct group_row *row)
{
	return &row->summary->memcgs[row->index];
}

/* False, with "-" written, where there is no limit for a figure to be of. */
static bool is_limited(const struct group_row *row, struct text *text)
{
	if (judged_of(row)->limited)
		return true;
	text_add(text, "-");
	return false;
}

static void level_text(const struct group_row *row, int cols, struct text *text)
{
	(void)cols;
	if (is_limited(row, text))
		text_add(text, level_words(judged_of(row)->level));
}

static void left_text(const struct group_row *row, int cols, struct text *text)
{
	(void)cols;
	if (is_limited(row, text))
		units_kib(text, judged_of(row)->left_kib);
}

static void percent_text(const struct group_row *row, int cols, struct text *text)
{
	const int64_t percent = judged_of(row)->percent;

	(void)cols;
	if (!is_limited(row, text))
		return;
	if (value_known(percent))
		text_fmt(text, "%lld%%", (long long)percent);
	else
		text_add(text, "?");
}

int64_t group_limit_bytes(const struct memcg *memcg)
{
	if (memcg->max_bytes == MEMCG_UNLIMITED && value_known(memcg->memsw_max_bytes))
		return memcg->memsw_max_bytes;
	return memcg->max_bytes;
}

static void max_text(const struct group_row *row, int cols, struct text *text)
{
	const int64_t max = group_limit_bytes(memcg_of(row));

	(void)cols;
	if (max == MEMCG_UNLIMITED)
		text_add(text, "none");
	else
		units_bytes(text, max);
}

static void usage_text(const struct group_row *row, int cols, struct text *text)
{
	(void)cols;
	units_bytes(text, memcg_of(row)->usage_bytes);
}

static void slope_text(const struct group_row *row, int cols, struct text *text)
{
	(void)cols;
	if (is_limited(row, text))
		units_rate(text, value_mul(judged_of(row)->slope_kib_per_s, 1024));
}

static void swap_text(const struct group_row *row, int cols, struct text *text)
{
	(void)cols;
	units_bytes(text, memcg_of(row)->swap_bytes);
}

static void add_event(struct text *text, int64_t count, int64_t rising)
{
	if (text->len > 0)
		text_add(text, "/");
	units_count(text, count);
	if (value_known(rising) && rising > 0)
		text_add(text, "+");
}

static void events_text(const struct group_row *row, int cols, struct text *text)
{
	const struct memcg *memcg = memcg_of(row);
	const struct memcg_view *judged = judged_of(row);
	const bool limited = judged->limited;

	(void)cols;
	if (!value_known(memcg->events_max) && !value_known(memcg->events_oom) &&
		!value_known(memcg->events_oom_kill)) {
		text_add(text, "?");
		return;
	}
	add_event(text, memcg->events_max, limited ? judged->rising_max : 0);
	add_event(text, memcg->events_oom, limited ? judged->rising_oom : 0);
	add_event(text, memcg->events_oom_kill, limited ? judged->rising_oom_kill : 0);
}

static void stall_text(const struct group_row *row, int cols, struct text *text)
{
	(void)cols;
	units_percent(text, memcg_of(row)->pressure.full.avg10_centi);
}

void group_dies(const struct group_row *row, int cols, struct text *text)
{
	const struct memcg_view *judged = judged_of(row);
	char pid[16], name[sizeof(row->now->tasks->comm) * 4];
	const struct task *task;
	struct text part;
	size_t fit;

	if (!judged->limited || (judged->victim == NO_TASK && !judged->stalls)) {
		text_add(text, "-");
		return;
	}
	if (judged->stalls) {
		text_add(text, "nobody: tasks wait");
		return;
	}
	if (judged->group != NO_MEMCG) {
		text_fmt(text, "whole cgroup: %u",
			(unsigned)row->now->memcgs[judged->group].n_tasks);
		return;
	}
	task = &row->now->tasks[judged->victim];
	text_init(&part, pid, sizeof(pid));
	text_fmt(&part, " %d", (int)task->pid);
	text_init(&part, name, sizeof(name));
	text_add_clean(&part, task->comm, strnlen(task->comm, sizeof(task->comm)));
	fit = cols > (int)strlen(pid) ? text_fit(name, (size_t)cols - strlen(pid)) : 0;
	text_add_bytes(text, name, fit);
	text_add(text, fit > 0 ? pid : pid + 1);
}

void group_tail(const char *string, int cols, struct text *text)
{
	if ((int)text_cells(string) <= cols) {
		text_add(text, string);
	} else if (cols > 2) {
		text_add(text, "..");
		text_add(text, cells_tail(string, cols - 2));
	}
}

/* What people call it, and where it is, the path's end as far as there is room; one that has no
 * other name is called by the end of its path. */
static void name_text(const struct group_row *row, int cols, struct text *text)
{
	const struct scope scope = { .kind = SCOPE_MEMCG, .memcg = row->index };
	const char *foreign = memcg_of(row)->path;
	char words[64], path[CELLS_TEXT_MAX];
	struct text part;
	int room;

	text_init(&part, words, sizeof(words));
	scope_words(row->now, &scope, &part);
	text_init(&part, path, sizeof(path));
	text_add_clean(&part, foreign, strlen(foreign));
	room = cols - (int)text_cells(words) - 2;
	if (text_ends(path, words) && !part.cut && (room > 0 || (int)text_cells(path) <= cols)) {
		group_tail(path, cols, text);
		return;
	}
	text_add(text, words);
	if (room < PATH_COLS_LEAST || part.cut)
		return;
	text_add(text, "  ");
	group_tail(path, room, text);
}

static const struct group_column columns[] = {
	/* clang-format off */
	{ "LEVEL", "how near the cgroup is to a kill by its own limit; - has no limit", 8, true, 0, level_text },
	{ "LEFT", "what it can still take before its limit kills: up to MAX, cache that can be dropped, swap it may use", 6, false, 0, left_text },
	{ "LEFT%", "LEFT as a share of MAX", 5, false, 1, percent_text },
	{ "MAX", "the limit that kills (memory.max, memory.limit_in_bytes; of memory and swap together where only that is limited)", 6, false, 3, max_text },
	{ "USAGE", "what is charged to it now, cache and kernel memory included", 6, false, 5, usage_text },
	{ "+/s", "change of LEFT a second; negative: it shrinks", 6, false, 2, slope_text },
	{ "SWAP", "what of it lies in swap", 6, false, 8, swap_text },
	{ "EVENTS", "max/oom/kill since it was made: times it met its limit, was about to kill, processes killed; + rose since the sample before", 12, false, 6, events_text },
	{ "STALL", "share of the last 10 s in which all its tasks waited for memory (memory.pressure, full)", 6, false, 7, stall_text },
	{ "DIES", "who is killed when it hits its limit: a process, or the whole cgroup (memory.oom.group) with so many processes", 20, true, 4, group_dies },
	{ "NAME", "unit, pod or container, then the path, shortened in front", 0, true, 0, name_text },
	/* clang-format on */
};

const struct group_column *group_columns(unsigned *ret_count)
{
	*ret_count = ARRAY_SIZE(columns);
	return columns;
}

/* As many as leave NAME enough room, in the order of their importance. */
static int last_drop(int cols, int *ret_name_cols)
{
	int name_cols = cols - GROUP_MARK_CELLS;
	int last = 0;

	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		if (columns[i].drop == 0 && columns[i].width > 0)
			name_cols -= columns[i].width + 1;
	for (int drop = 1; drop == last + 1; drop++) {
		for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
			if (columns[i].drop != drop ||
				name_cols - columns[i].width - 1 < NAME_COLS_LEAST)
				continue;
			name_cols -= columns[i].width + 1;
			last = drop;
		}
	}
	*ret_name_cols = (int)value_max(name_cols, 0);
	return last;
}

unsigned group_columns_fit(
	int cols, const struct group_column *shown[GROUP_COLUMNS_MAX], int *ret_name_cols)
{
	const int last = last_drop(cols, ret_name_cols);
	unsigned count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		if (columns[i].drop <= last)
			shown[count++] = &columns[i];
	return count;
}
