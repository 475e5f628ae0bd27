/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The rows of the cgroups tab, and its columns.
 */
#ifndef OOMWATCH_UI_GROUPLIST_H
#define OOMWATCH_UI_GROUPLIST_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/summary.h"
#include "base/arena.h"
#include "base/text.h"
#include "model/snapshot.h"

/** Indexes of snapshot->memcgs in the order shown; in the arena. */
struct grouplist {
	uint32_t *rows;
	uint32_t n_limited; /**< these come first */
	uint32_t n_rows;    /**< the others have no limit: shown as far as there is room */
};

/**
 * Order the cgroups: those with a limit, worst first (level, then percent left, then usage);
 * then those without, largest first, but for the topmost, which is the whole machine.
 * Returns 0 or -ENOMEM.
 */
int grouplist_make(const struct snapshot *now, const struct summary *summary, struct arena *arena,
	struct grouplist *ret);

/** One cgroup with everything that a column may show of it. */
struct group_row {
	const struct snapshot *now;
	const struct summary *summary;
	uint32_t index; /**< in now->memcgs and summary->memcgs */
};

struct group_column {
	const char *title;
	const char *help; /**< one sentence, without a final stop */
	int width;        /**< cells; the last column, NAME, takes what is left */
	bool left;        /**< left-aligned */
	int drop;         /**< the highest goes first when width is short; 0 stays */
	/** What is shown in that many cells: unknown is "?", "-" does not apply. */
	void (*text)(const struct group_row *row, int cols, struct text *text);
};

#define GROUP_COLUMNS_MAX 16

/** Cells at the left of a row: the cursor '>', then '=' at the scope on the screen. */
#define GROUP_MARK_CELLS 2

const struct group_column *group_columns(unsigned *ret_count);

/** Which columns fit, in screen order, and how wide NAME then is; as columns_fit(). */
unsigned group_columns_fit(
	int cols, const struct group_column *shown[GROUP_COLUMNS_MAX], int *ret_name_cols);

/** The limit that kills: of memory, else (v1) of memory and swap together; MEMCG_UNLIMITED. */
int64_t group_limit_bytes(const struct memcg *memcg);

/** Who dies when a cgroup hits its limit: "worker 4102", "whole cgroup: 12", "-"; the name gives
 * way to the PID. */
void group_dies(const struct group_row *row, int cols, struct text *text);

/** A clean string's end in that many cells, with ".." in front if something is left out. */
void group_tail(const char *string, int cols, struct text *text);

#endif
