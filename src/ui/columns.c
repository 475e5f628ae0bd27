/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/columns.h"

#include <inttypes.h>
#include <string.h>

#include "base/units.h"
#include "base/value.h"

/* What has no room for its digits in a column becomes "12k". */
#define SHORT_MAX 9999
#define MINUTES_MAX 9999

static int64_t known_if(const struct task_row *row, uint32_t has, int64_t value)
{
	return row_task(row)->has & has ? value : VALUE_UNKNOWN;
}

static int64_t bytes_of(const struct task_row *row, int64_t pages)
{
	return value_mul(pages, row->now->page_bytes);
}

/** A figure that only candidates have. */
static int64_t candidate_bytes(const struct task_row *row, int64_t pages)
{
	const struct judged *judged = row_judged(row);

	if (judged->exempt != EXEMPT_NONE || !judged->badness.known)
		return VALUE_UNKNOWN;
	return bytes_of(row, pages);
}

/** What stands for such a figure where there is none: it is not known, or does not apply. */
static const char *no_figure(const struct task_row *row)
{
	const enum exempt exempt = row_judged(row)->exempt;

	return exempt == EXEMPT_NONE || exempt == EXEMPT_UNREADABLE ? "?" : "-";
}

static void add_int(struct text *text, int64_t value)
{
	if (value_known(value))
		text_fmt(text, "%" PRId64, value);
	else
		text_add(text, "?");
}

static void add_short(struct text *text, int64_t value)
{
	if (value_known(value) && value > SHORT_MAX)
		units_count(text, value);
	else
		add_int(text, value);
}

static void add_signed(struct text *text, int64_t value)
{
	if (value > 0)
		text_add(text, "+");
	add_int(text, value);
}

static void add_tenths(struct text *text, int64_t tenths)
{
	const int64_t magnitude = tenths < 0 ? -value_max(tenths, -INT64_MAX) : tenths;

	if (!value_known(tenths))
		text_add(text, "?");
	else if (magnitude > SHORT_MAX)
		add_int(text, tenths / 10);
	else
		text_fmt(text, "%s%d.%d", tenths < 0 ? "-" : "", (int)magnitude / 10,
			(int)magnitude % 10);
}

/** CPU time as top shows it: minutes, seconds and hundredths. */
static void add_centis(struct text *text, int64_t centis)
{
	if (!value_known(centis) || centis / 6000 > MINUTES_MAX)
		units_seconds(text, value_known(centis) ? centis / 100 : centis);
	else
		text_fmt(text, "%d:%02d.%02d", (int)(centis / 6000), (int)(centis / 100 % 60),
			(int)(centis % 100));
}

static void add_string(struct text *text, const char *string)
{
	if (!string)
		text_add(text, "?");
	else if (string[0] == '\0')
		text_add(text, "-");
	else
		text_add_clean(text, string, strlen(string));
}

static int64_t rank_value(const struct task_row *row)
{
	const uint32_t rank = row_judged(row)->rank;

	return rank > 0 ? (int64_t)rank : VALUE_UNKNOWN;
}

static int64_t pid_value(const struct task_row *row)
{
	return row_task(row)->pid;
}

static int64_t ppid_value(const struct task_row *row)
{
	const int32_t ppid = row_task(row)->ppid;

	return ppid < 0 ? VALUE_UNKNOWN : known_if(row, TASK_HAS_STAT, ppid);
}

static int64_t uid_value(const struct task_row *row)
{
	return known_if(row, TASK_HAS_UID, row_task(row)->uid);
}

static int64_t threads_value(const struct task_row *row)
{
	const uint32_t threads = row_task(row)->threads;

	return threads == 0 ? VALUE_UNKNOWN : known_if(row, TASK_HAS_STAT, threads);
}

static const char *user_string(const struct task_row *row, struct text *scratch)
{
	const struct task *task = row_task(row);

	if (task->who->user || !(task->has & TASK_HAS_UID))
		return task->who->user;
	text_fmt(scratch, "%" PRIu32, task->uid);
	return scratch->buf;
}

static const char *state_string(const struct task_row *row, struct text *scratch)
{
	const char state = row_task(row)->state;

	if (state == '?' || state == '\0')
		return NULL;
	text_add_bytes(scratch, &state, 1);
	return scratch->buf;
}

/* What the kernel would show: always a score of the whole machine, and 0 for the exempt. */
static int64_t score_recomputed(const struct task_row *row)
{
	const struct judged *judged = row_judged(row);
	const int64_t total = value_add(row->now->total_ram_pages, row->now->total_swap_pages);
	struct badness_scope machine = { .snapshot = row->now, .totalpages = value_max(total, 1) };

	if (judged->exempt == EXEMPT_UNREADABLE || judged->exempt == EXEMPT_OUT_OF_SCOPE)
		return VALUE_UNKNOWN;
	if (judged->exempt != EXEMPT_NONE)
		return 0;
	if (!judged->badness.known || !value_known(total))
		return VALUE_UNKNOWN;
	return badness_score(&machine, &judged->badness);
}

static int64_t score_value(const struct task_row *row)
{
	const struct task *task = row_task(row);

	return task->has & TASK_HAS_SCORE ? task->oom_score : score_recomputed(row);
}

static int64_t adj_value(const struct task_row *row)
{
	return known_if(row, TASK_HAS_ADJ, row_task(row)->oom_score_adj);
}

static int64_t badness_value(const struct task_row *row)
{
	return candidate_bytes(row, row_judged(row)->badness.total_pages);
}

static int64_t error_value(const struct task_row *row)
{
	return candidate_bytes(row, row_judged(row)->badness.error_pages);
}

static int64_t points_value(const struct task_row *row)
{
	return row_judged(row)->points_tenths;
}

static int64_t mem_value(const struct task_row *row)
{
	return bytes_of(row, row_judged(row)->mem_pages);
}

/* The set that MEM is made of: from 6.17 on status has exact sums while the killer reads the
 * approximate counters of stat. */
static int64_t rss_value(const struct task_row *row)
{
	const struct task *task = row_task(row);

	if (row->now->kernel.rss_source == RSS_FROM_STAT && value_known(task->rss_stat_pages))
		return bytes_of(row, task->rss_stat_pages);
	return bytes_of(row, value_or(task->rss_status_pages, task->rss_stat_pages));
}

static int64_t anon_value(const struct task_row *row)
{
	return bytes_of(row, row_task(row)->rss_anon_pages);
}

static int64_t file_value(const struct task_row *row)
{
	return bytes_of(row, row_task(row)->rss_file_pages);
}

static int64_t shmem_value(const struct task_row *row)
{
	return bytes_of(row, row_task(row)->rss_shmem_pages);
}

static int64_t swap_value(const struct task_row *row)
{
	return bytes_of(row, row_task(row)->swap_pages);
}

static int64_t pgtab_value(const struct task_row *row)
{
	return row_task(row)->pgtables_bytes;
}

/** Of the shortest window that has a slope: at long intervals 10 s hold too few points. */
static int64_t growth_value(const struct task_row *row)
{
	const struct task *task = row_task(row);

	for (int i = 0; i < GROWTH_WINDOWS && task->has & TASK_HAS_GROWTH; i++) {
		if (value_known(task->growth_bytes_per_s[i]))
			return task->growth_bytes_per_s[i];
	}
	return VALUE_UNKNOWN;
}

static int64_t cpu_value(const struct task_row *row)
{
	return known_if(row, TASK_HAS_CPU, row_task(row)->cpu_permille);
}

/** Ticks in hundredths of a second. */
static int64_t centis_of(const struct task_row *row, uint64_t ticks)
{
	const int64_t limited = ticks > INT64_MAX / 100 ? INT64_MAX / 100 : (int64_t)ticks;

	return row->now->clk_tck > 0 ? limited * 100 / row->now->clk_tck : VALUE_UNKNOWN;
}

static int64_t time_value(const struct task_row *row)
{
	const struct task *task = row_task(row);
	uint64_t ticks;

	if (__builtin_add_overflow(task->utime_ticks, task->stime_ticks, &ticks))
		ticks = UINT64_MAX;
	return known_if(row, TASK_HAS_STAT, centis_of(row, ticks));
}

static int64_t age_value(const struct task_row *row)
{
	const int64_t start_centis = centis_of(row, row_task(row)->start_ticks);
	const int64_t uptime_ms = row->now->uptime_ms;

	if (!value_known(start_centis) || !value_known(uptime_ms))
		return VALUE_UNKNOWN;
	return known_if(row, TASK_HAS_STAT, value_max(uptime_ms / 1000 - start_centis / 100, 0));
}

/** A name that is part of the cgroup path: where the path is known, none means none. */
static const char *from_cgroup(const struct task_row *row, const char *name)
{
	if (name)
		return name;
	return row_task(row)->who->cgroup ? "" : NULL;
}

static const char *unit_string(const struct task_row *row, struct text *scratch)
{
	(void)scratch;
	return from_cgroup(row, row_task(row)->who->unit);
}

static const char *container_string(const struct task_row *row, struct text *scratch)
{
	(void)scratch;
	return from_cgroup(row, row_task(row)->who->container);
}

static const char *cgroup_string(const struct task_row *row, struct text *scratch)
{
	(void)scratch;
	return row_task(row)->who->cgroup;
}

static const char *exempt_string(const struct task_row *row, struct text *scratch)
{
	const enum exempt exempt = row_judged(row)->exempt;

	(void)scratch;
	return exempt == EXEMPT_NONE ? "" : exempt_id(exempt);
}

static const char *comm_string(const struct task_row *row, struct text *scratch)
{
	(void)scratch;
	return row_task(row)->comm;
}

static const char *command_string(const struct task_row *row, struct text *scratch)
{
	const char *cmdline = row_task(row)->who->cmdline;

	return cmdline ? cmdline : comm_string(row, scratch);
}

static const char *name_string(const struct task_row *row, struct text *scratch)
{
	row_name(row, scratch);
	return scratch->len > 0 ? scratch->buf : NULL;
}

void column_text(const struct column *column, const struct task_row *row, struct text *text)
{
	char buf[COLUMN_TEXT_MAX];
	struct text scratch;
	int64_t value;

	if (column->string) {
		text_init(&scratch, buf, sizeof(buf));
		add_string(text, column->string(row, &scratch));
		return;
	}
	value = column->value(row);
	if (column->candidates && !value_known(value))
		text_add(text, no_figure(row));
	else
		column->add(text, value);
}

/* clang-format off */
static const struct column columns[] = {
	{ .id = "rank", .title = "#", .unit = "", .width = 4, .needs = FACT_PROCESSES,
	  .kind = COLUMN_NUMBER, .add = add_short, .candidates = true, .value = rank_value,
	  .help = "place in the order in which the kernel would kill; - for those it never takes" },
	{ .id = "pid", .title = "PID", .unit = "", .width = 7, .needs = FACT_COUNT,
	  .kind = COLUMN_NUMBER, .add = add_int, .grouped = GROUPED_COUNT, .value = pid_value,
	  .help = "process id (of the thread group)" },
	{ .id = "user", .title = "USER", .unit = "", .width = 8, .left = true, .drop = 1,
	  .needs = FACT_TASK_STATUS, .kind = COLUMN_TEXT, .grouped = GROUPED_SAME,
	  .string = user_string, .help = "owner: the effective user" },
	{ .id = "state", .title = "S", .unit = "", .width = 1, .left = true, .drop = 7, .wide = 120,
	  .needs = FACT_TASK_STAT, .kind = COLUMN_TEXT, .grouped = GROUPED_SAME,
	  .string = state_string,
	  .help = "R runs, S sleeps, D waits for a disk or memory, Z ended, T stopped, I idle" },
	{ .id = "score", .title = "SCORE", .unit = "", .width = 5, .descending = true, .drop = 2,
	  .needs = FACT_OOM_SCORE, .kind = COLUMN_NUMBER, .add = add_short, .value = score_value,
	  .help = "the kernel's oom_score; since 5.9 it is (1000 + badness*1000/(RAM+swap))*2/3, "
		  "so an idle process has 666 or 667" },
	{ .id = "adj", .title = "ADJ", .unit = "", .width = 5, .descending = true,
	  .needs = FACT_OOM_SCORE_ADJ, .kind = COLUMN_NUMBER, .add = add_signed, .value = adj_value,
	  .help = "oom_score_adj, -1000 to 1000: each 1 is worth a thousandth of RAM + swap" },
	{ .id = "badness", .title = "BADNESS", .unit = "bytes", .width = 7, .narrow = 6,
	  .descending = true, .needs = FACT_TASK_STAT, .kind = COLUMN_BYTES, .add = units_bytes,
	  .candidates = true, .value = badness_value,
	  .help = "MEM + what ADJ is worth, in bytes: the largest is killed first" },
	{ .id = "mem", .title = "MEM", .unit = "bytes", .width = 6, .narrow = 5, .descending = true,
	  .needs = FACT_TASK_STAT, .kind = COLUMN_BYTES, .add = units_bytes, .grouped = GROUPED_SUM,
	  .value = mem_value, .help = "memory as the kernel counts it: RSS + SWAP + PGTAB" },
	{ .id = "rss", .title = "RSS", .unit = "bytes", .width = 6, .descending = true, .drop = 5,
	  .wide = 120, .needs = FACT_TASK_STAT, .kind = COLUMN_BYTES, .add = units_bytes,
	  .grouped = GROUPED_SUM, .value = rss_value,
	  .help = "resident set (memory in RAM) as the kernel's OOM killer reads it" },
	{ .id = "swap", .title = "SWAP", .unit = "bytes", .width = 6, .descending = true, .drop = 4,
	  .needs = FACT_VMSWAP, .kind = COLUMN_BYTES, .add = units_bytes, .grouped = GROUPED_SUM,
	  .value = swap_value, .help = "memory that lies in swap" },
	{ .id = "pgtab", .title = "PGTAB", .unit = "bytes", .width = 6, .descending = true,
	  .drop = 6, .wide = 120, .needs = FACT_VMPTE, .kind = COLUMN_BYTES, .add = units_bytes,
	  .grouped = GROUPED_SUM, .value = pgtab_value,
	  .help = "page tables: memory that the kernel needs to map the rest of it" },
	{ .id = "growth", .title = "+/s", .unit = "bytes/s", .width = 6, .descending = true,
	  .drop = 3, .needs = FACT_TASK_STAT, .kind = COLUMN_BYTES, .add = units_rate,
	  .grouped = GROUPED_SUM, .value = growth_value,
	  .help = "growth of MEM in bytes a second, over about 10 seconds" },
	{ .id = "cpu", .title = "CPU%", .unit = "percent", .width = 5, .descending = true,
	  .drop = 8, .wide = 160, .decimals = 1, .needs = FACT_TASK_STAT, .kind = COLUMN_NUMBER,
	  .add = add_tenths, .grouped = GROUPED_SUM, .value = cpu_value,
	  .help = "percent of one CPU since the sample before" },
	{ .id = "time", .title = "TIME", .unit = "seconds", .width = 9, .descending = true,
	  .drop = 9, .wide = 160, .decimals = 2, .needs = FACT_TASK_STAT, .kind = COLUMN_NUMBER,
	  .add = add_centis, .grouped = GROUPED_SUM, .value = time_value,
	  .help = "CPU time used, as minutes:seconds.hundredths" },
	{ .id = "points", .title = "POINTS", .unit = "thousandths", .width = 7, .descending = true,
	  .wide = COLUMNS_NEVER, .decimals = 1, .needs = FACT_TASK_STAT, .kind = COLUMN_NUMBER,
	  .add = add_tenths, .candidates = true, .value = points_value,
	  .help = "badness in thousandths of RAM + swap: the scale of ADJ" },
	{ .id = "error", .title = "ERROR", .unit = "bytes", .width = 6, .descending = true,
	  .wide = COLUMNS_NEVER, .needs = FACT_TASK_STAT, .kind = COLUMN_BYTES, .add = units_bytes,
	  .candidates = true, .value = error_value,
	  .help = "how far BADNESS may be off, given how it was read" },
	{ .id = "anon", .title = "ANON", .unit = "bytes", .width = 6, .descending = true,
	  .wide = COLUMNS_NEVER, .needs = FACT_RSS_SPLIT, .kind = COLUMN_BYTES, .add = units_bytes,
	  .grouped = GROUPED_SUM, .value = anon_value,
	  .help = "private memory in RAM: what a kill gives back" },
	{ .id = "file", .title = "FILE", .unit = "bytes", .width = 6, .descending = true,
	  .wide = COLUMNS_NEVER, .needs = FACT_RSS_SPLIT, .kind = COLUMN_BYTES, .add = units_bytes,
	  .grouped = GROUPED_SUM, .value = file_value,
	  .help = "mapped files in RAM: dropped without a kill when needed" },
	{ .id = "shmem", .title = "SHMEM", .unit = "bytes", .width = 6, .descending = true,
	  .wide = COLUMNS_NEVER, .needs = FACT_RSS_SPLIT, .kind = COLUMN_BYTES, .add = units_bytes,
	  .grouped = GROUPED_SUM, .value = shmem_value,
	  .help = "shared memory and tmpfs in RAM: a kill need not free it" },
	{ .id = "uid", .title = "UID", .unit = "", .width = 7, .wide = COLUMNS_NEVER,
	  .needs = FACT_TASK_STATUS, .kind = COLUMN_NUMBER, .add = add_int, .grouped = GROUPED_SAME,
	  .value = uid_value, .help = "number of the effective user" },
	{ .id = "ppid", .title = "PPID", .unit = "", .width = 7, .wide = COLUMNS_NEVER,
	  .needs = FACT_TASK_STAT, .kind = COLUMN_NUMBER, .add = add_int, .grouped = GROUPED_SAME,
	  .value = ppid_value, .help = "process id of the parent" },
	{ .id = "threads", .title = "THREADS", .unit = "", .width = 7, .descending = true,
	  .wide = COLUMNS_NEVER, .needs = FACT_TASK_STAT, .kind = COLUMN_NUMBER, .add = add_int,
	  .grouped = GROUPED_SUM, .value = threads_value, .help = "number of threads" },
	{ .id = "age", .title = "AGE", .unit = "seconds", .width = 7, .wide = COLUMNS_NEVER,
	  .needs = FACT_TASK_STAT, .kind = COLUMN_NUMBER, .add = units_seconds, .value = age_value,
	  .help = "time since it was started" },
	{ .id = "unit", .title = "UNIT", .unit = "", .width = 20, .left = true,
	  .wide = COLUMNS_NEVER, .needs = FACT_TASK_CGROUP, .kind = COLUMN_TEXT,
	  .grouped = GROUPED_SAME, .string = unit_string, .help = "systemd unit; - for none" },
	{ .id = "container", .title = "CONTAINER", .unit = "", .width = 20, .left = true,
	  .wide = COLUMNS_NEVER, .needs = FACT_TASK_CGROUP, .kind = COLUMN_TEXT,
	  .grouped = GROUPED_SAME, .string = container_string,
	  .help = "container or pod; - for none" },
	{ .id = "cgroup", .title = "CGROUP", .unit = "", .width = 30, .left = true,
	  .wide = COLUMNS_NEVER, .needs = FACT_TASK_CGROUP, .kind = COLUMN_TEXT,
	  .grouped = GROUPED_SAME, .string = cgroup_string, .help = "path of the memory cgroup" },
	{ .id = "exempt", .title = "EXEMPT", .unit = "", .width = 12, .left = true,
	  .wide = COLUMNS_NEVER, .needs = FACT_COUNT, .kind = COLUMN_TEXT, .grouped = GROUPED_SAME,
	  .string = exempt_string,
	  .help = "why the kernel never takes it (init, kthread, adj_min, ...); - for candidates" },
	{ .id = "comm", .title = "COMM", .unit = "", .width = 15, .left = true,
	  .wide = COLUMNS_NEVER, .needs = FACT_TASK_STAT, .kind = COLUMN_TEXT,
	  .grouped = GROUPED_SAME, .string = comm_string,
	  .help = "name that the kernel has for it and prints when it kills" },
	{ .id = "command", .title = "COMMAND", .unit = "", .width = 30, .left = true,
	  .wide = COLUMNS_NEVER, .needs = FACT_IDENTITY, .kind = COLUMN_TEXT,
	  .grouped = GROUPED_SAME, .string = command_string,
	  .help = "command line, or COMM where it is not known" },
	{ .id = "name", .title = "NAME", .unit = "", .width = 12, .left = true, .needs = FACT_COUNT,
	  .kind = COLUMN_TEXT, .grouped = GROUPED_NAME, .string = name_string,
	  .help = "systemd unit or container, then the command" },
};
/* clang-format on */

const struct column *columns_all(unsigned *ret_count)
{
	*ret_count = ARRAY_SIZE(columns);
	return columns;
}
