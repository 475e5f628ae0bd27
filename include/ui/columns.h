/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The columns of the task list: one row of a table each.
 */
#ifndef OOMWATCH_UI_COLUMNS_H
#define OOMWATCH_UI_COLUMNS_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "analysis/summary.h"
#include "base/text.h"
#include "model/snapshot.h"

/** One process with everything that a column may show of it. */
struct task_row {
	const struct snapshot *now;
	const struct summary *summary;
	uint32_t index; /**< in now->tasks and summary->oom.judged */
};

static inline const struct task *row_task(const struct task_row *row)
{
	return &row->now->tasks[row->index];
}

static inline const struct judged *row_judged(const struct task_row *row)
{
	return &row->summary->oom.judged[row->index];
}

/** Cells at the left of every row, before the first column: the cursor '>', then the mark of
 * the victim or a tag.  They hold the gap to the first column too. */
#define COLUMNS_MARK_CELLS 2

/** Lists narrower than this use the narrow widths. */
#define COLUMNS_NARROW_BELOW 48

/** struct column.wide of a column that is never shown by itself: sort, filter and -O only. */
#define COLUMNS_NEVER INT_MAX

/** What kind of value a column has: how filters compare it. */
enum column_kind {
	COLUMN_NUMBER, /**< plain */
	COLUMN_BYTES,  /**< accepts sizes with units */
	COLUMN_TEXT,
};

/** What a row of a group of processes shows. */
enum column_grouped {
	GROUPED_FIRST, /**< the value of the member that dies first */
	GROUPED_SUM,   /**< the sum of all values; unknown if one of them is */
	GROUPED_SAME,  /**< the value if it is the same of all members */
	GROUPED_COUNT, /**< the number of members */
	GROUPED_NAME,  /**< the group's name */
};

struct column {
	const char *id; /**< lower case: --sort, -O, --filter */
	const char *title;
	const char *unit; /**< "bytes", "bytes/s", "seconds", "percent", "thousandths", "" */
	const char *help; /**< one sentence, without a final stop */
	int width;        /**< cells; the last column takes what is left; see column_width() */
	int narrow;       /**< cells in narrow lists; 0: width */
	bool left;        /**< left-aligned */
	bool descending;  /**< the direction that is useful first */
	int drop;         /**< columns with a higher number go first when width is short; 0 stays */
	int wide;         /**< shown from this many cells on; 0 always, as far as drop allows */
	int decimals;     /**< of value(): 1 means it counts tenths of the unit */
	enum fact needs;  /**< FACT_COUNT: nothing */
	enum column_kind kind;
	enum column_grouped grouped;
	bool candidates; /**< others have no such value: "-" */
	/** How a value is shown, the unknown as "?". Not padded, not cut. NULL for COLUMN_TEXT. */
	void (*add)(struct text *text, int64_t value);
	/** The value for sorting and filtering; VALUE_UNKNOWN sorts last. NULL for COLUMN_TEXT. */
	int64_t (*value)(const struct task_row *row);
	/**
	 * The text for sorting and filtering, foreign bytes; NULL if unknown, "" if there is
	 * none.  It may be built in scratch; otherwise it lives as long as the snapshot.
	 * NULL unless COLUMN_TEXT.
	 */
	const char *(*string)(const struct task_row *row, struct text *scratch);
};

/** Room for any text that a column shows; longer ones are cut. */
#define COLUMN_TEXT_MAX 512

/** What is shown of a process; unknown is "?", what does not apply "-". Not padded, not cut. */
void column_text(const struct column *column, const struct task_row *row, struct text *text);

/** All columns, in the order of the screen; the last one is NAME. */
const struct column *columns_all(unsigned *ret_count);

/** By id or title, case ignored; NULL if there is none. */
const struct column *column_find(const char *name);

#define COLUMNS_SHOWN_MAX 24

/**
 * Which columns fit in that many cells, in screen order, and how wide NAME then is.
 *
 * A row is COLUMNS_MARK_CELLS cells for its marks, then each column in column_width()
 * cells and one blank, then NAME without a blank; all of it takes cols cells.  Returns the
 * number of columns, NAME included; it is always shown, with 0 cells if need be.
 */
unsigned columns_fit(int cols, const struct column *shown[COLUMNS_SHOWN_MAX], int *ret_name_cols);

/** Cells of a column (but NAME) in a list of cols cells. */
int column_width(const struct column *column, int cols);

/**
 * What a user types for the value of a column that has one, to what value() counts: "2G" of
 * bytes, "12.5%" of percent, "10min" of seconds, "-500" of any.
 * Returns 0, -EINVAL or -ERANGE; *ret is unchanged on error.
 */
int column_parse(const struct column *column, const char *string, int64_t *ret);

/** < 0 if a sorts before b in ascending order; equal values: kill order decides. */
int column_compare(const struct column *column, const struct task_row *a, const struct task_row *b);

/** What a row is sorted by, taken once a row. */
struct column_key {
	int64_t number;     /**< of columns that have a value() */
	const char *string; /**< of columns that have a string(), else NULL */
};

/** The key of a row; its string may lie in scratch. */
void column_key(const struct column *column, const struct task_row *row, struct text *scratch,
	struct column_key *ret);

/**
 * < 0 if a comes before b.  Unknown comes last in both directions, before it texts that are
 * empty; ASCII case is ignored.  0 if equal.
 */
int column_key_order(const struct column *column, bool descending, const struct column_key *a,
	const struct column_key *b);

/** What NAME shows: container or unit, then row_command().  task_name() is the short form, for
 * sentences. */
void row_name(const struct task_row *row, struct text *text);

/** The command line as far as it is known, else comm ([comm] of a kernel thread).  Clean text. */
void row_command(const struct task_row *row, struct text *text);

/** Whether a unit says what runs; false of those that say who logged in. */
bool unit_is_service(const char *unit);

/** < 0 if a comes before b in kill order: by rank, then exempt ones, largest first. */
int row_kill_order(const struct task_row *a, const struct task_row *b);

#endif
