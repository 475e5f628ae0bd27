/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/memory.h"
#include "parse/report_parts.h"

struct column_name {
	const char *name;
	enum report_column column;
};

static const struct column_name names[] = {
	{ "uid", COLUMN_UID },
	{ "tgid", COLUMN_TGID },
	{ "total_vm", COLUMN_TOTAL_VM },
	{ "rss", COLUMN_RSS },
	{ "rss_anon", COLUMN_RSS_ANON },
	{ "rss_file", COLUMN_RSS_FILE },
	{ "rss_shmem", COLUMN_RSS_SHMEM },
	{ "nr_ptes", COLUMN_PTES },
	{ "nr_pmds", COLUMN_PMDS },
	{ "pgtables_bytes", COLUMN_PGTABLES },
	{ "swapents", COLUMN_SWAP },
	{ "oom_adj", COLUMN_OOM_ADJ },
	{ "oom_score_adj", COLUMN_OOM_SCORE_ADJ },
};

/** Columns of every table: their head, and what is guessed where the head is lost. */
#define HEAD COLUMN_UID, COLUMN_TGID, COLUMN_TOTAL_VM, COLUMN_RSS

struct layout {
	unsigned n;
	enum report_column columns[10];
};

static const struct layout layouts[] = {
	{ 6, { HEAD, COLUMN_IGNORED, COLUMN_OOM_ADJ } },                     /* 2.6.32..35 */
	{ 7, { HEAD, COLUMN_PGTABLES, COLUMN_SWAP, COLUMN_OOM_SCORE_ADJ } }, /* 4.15..6.7 */
	{ 8, { HEAD, COLUMN_PTES, COLUMN_PMDS, COLUMN_SWAP, COLUMN_OOM_SCORE_ADJ } },
	{ 10,
		{ HEAD, COLUMN_RSS_ANON, COLUMN_RSS_FILE, COLUMN_RSS_SHMEM, COLUMN_PGTABLES,
			COLUMN_SWAP, COLUMN_OOM_SCORE_ADJ } }, /* 6.8+ */
};

/* Seven columns too: 3.6..3.19, and before that "cpu oom_adj oom_score_adj". */
static const struct layout with_ptes = { 7,
	{ HEAD, COLUMN_PTES, COLUMN_SWAP, COLUMN_OOM_SCORE_ADJ } };
static const struct layout with_cpu = { 7,
	{ HEAD, COLUMN_IGNORED, COLUMN_OOM_ADJ, COLUMN_OOM_SCORE_ADJ } };

/** A row cut into its numbers and its name. */
struct row {
	int64_t pid;
	int64_t numbers[COLUMNS_MAX];
	unsigned n;
	struct span name;
};

/* Numbers are taken as far as they go, but for the last word: a name may be a number too. */
static bool read_row(struct scan text, unsigned n_columns, struct row *ret)
{
	const unsigned max = n_columns > 0 ? n_columns : COLUMNS_MAX;
	struct span name;

	ret->n = 0;
	if (!scan_literal(&text, "[") || !scan_int(&text, &ret->pid) || ret->pid < 0 ||
		!scan_literal(&text, "]"))
		return false;
	while (ret->n < max) {
		struct scan ahead = text, rest;

		if (!scan_int(&ahead, &ret->numbers[ret->n]))
			break;
		if (!scan_done(&ahead) && *ahead.at != ' ' && *ahead.at != '\t')
			break;
		rest = ahead;
		scan_blanks(&rest);
		if (n_columns == 0 && scan_done(&rest))
			break;
		ret->n++;
		text = ahead;
	}
	name = report_trim((struct span){ text.at, (size_t)(text.end - text.at) });
	ret->name = name;
	return true;
}

bool report_row_whole(struct scan text)
{
	struct row row;

	return read_row(text, 0, &row) && row.n >= 6 && row.name.len > 0;
}

void report_read_table(struct open_report *open, const struct report_line *line)
{
	struct scan text = report_text(line);
	struct span word, pid;

	bool whole = false;

	open->n_columns = 0;
	open->columns_guessed = false;
	if (!scan_literal(&text, "[") || !scan_until(&text, ']', &pid))
		return;
	while (!whole && open->n_columns < COLUMNS_MAX && scan_word(&text, &word)) {
		enum report_column *column = &open->columns[open->n_columns];

		whole = span_is(word, "name");
		if (whole)
			break;
		open->n_columns++;
		*column = COLUMN_IGNORED;
		for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
			if (span_is(word, names[i].name))
				*column = names[i].column;
		}
	}
	/* Of a head that is cut the rows themselves say more. */
	if (!whole)
		open->n_columns = 0;
}

/* Whether a release is of a kernel whose table has a CPU column. */
static bool has_cpu(const char *release)
{
	return release &&
		(strncmp(release, "2.6.", 4) == 0 || strncmp(release, "3.0", 3) == 0 ||
			strncmp(release, "3.1.", 4) == 0 || strncmp(release, "3.2", 3) == 0 ||
			strncmp(release, "3.3", 3) == 0 || strncmp(release, "3.4", 3) == 0);
}

/* The table's head is lost: go by the count of numbers. */
static bool guess_columns(struct open_report *open, const struct row *row)
{
	const struct layout *layout = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(layouts); i++) {
		if (layouts[i].n == row->n)
			layout = &layouts[i];
	}
	/* Page tables of a process take a page at least, in bytes or in tables. */
	if (layout && row->n == 7 && has_cpu(open->report.kernel_release))
		layout = &with_cpu;
	else if (layout && row->n == 7 && row->numbers[4] > 0 && row->numbers[4] % 1024 != 0)
		layout = &with_ptes;
	if (!layout)
		return false;
	for (unsigned i = 0; i < layout->n; i++)
		open->columns[i] = layout->columns[i];
	open->n_columns = layout->n;
	open->columns_guessed = true;
	return true;
}

static int64_t *member(struct report_task *task, enum report_column column)
{
	static const size_t offsets[] = {
		[COLUMN_UID] = offsetof(struct report_task, uid),
		[COLUMN_TGID] = offsetof(struct report_task, tgid),
		[COLUMN_TOTAL_VM] = offsetof(struct report_task, total_vm_pages),
		[COLUMN_RSS] = offsetof(struct report_task, rss_pages),
		[COLUMN_RSS_ANON] = offsetof(struct report_task, rss_anon_pages),
		[COLUMN_RSS_FILE] = offsetof(struct report_task, rss_file_pages),
		[COLUMN_RSS_SHMEM] = offsetof(struct report_task, rss_shmem_pages),
		[COLUMN_PTES] = offsetof(struct report_task, pte_tables),
		[COLUMN_PMDS] = offsetof(struct report_task, pmd_tables),
		[COLUMN_PGTABLES] = offsetof(struct report_task, pgtables_bytes),
		[COLUMN_SWAP] = offsetof(struct report_task, swap_pages),
		[COLUMN_OOM_ADJ] = offsetof(struct report_task, oom_adj),
		[COLUMN_OOM_SCORE_ADJ] = offsetof(struct report_task, oom_score_adj),
	};

	return (int64_t *)(void *)((char *)task + offsets[column]);
}

static bool is_signed(enum report_column column)
{
	return column == COLUMN_OOM_ADJ || column == COLUMN_OOM_SCORE_ADJ;
}

static int64_t number_of(int64_t number, enum report_column column)
{
	if (number > SCAN_PAGES_MAX || (number < 0 && !is_signed(column)))
		return VALUE_UNKNOWN;
	return number;
}

void report_read_row(
	struct report_parser *parser, struct open_report *open, const struct report_line *line)
{
	const struct scan text = report_text(line);
	struct report_task *task;
	struct row row;

	if (!read_row(text, open->n_columns, &row))
		return;
	if (open->n_columns == 0 && !guess_columns(open, &row))
		return;
	if (row.n < open->n_columns)
		return;
	task = list_add(&open->tasks, &open->arena);
	if (!task) {
		if (open->tasks.n < open->tasks.max)
			parser->lost = true;
		return;
	}
	values_forget(task, offsetof(struct report_task, comm));
	task->pid = row.pid;
	for (unsigned i = 0; i < row.n; i++) {
		if (open->columns[i] != COLUMN_IGNORED)
			*member(task, open->columns[i]) =
				number_of(row.numbers[i], open->columns[i]);
	}
	report_comm(row.name, task->comm);
}
