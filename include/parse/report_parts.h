/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * What parse/report is made of: lines, their kinds, and the reports that are open.
 */
#ifndef OOMWATCH_PARSE_REPORT_PARTS_H
#define OOMWATCH_PARSE_REPORT_PARTS_H

#include "parse/anchors.h"
#include "parse/prefix.h"
#include "parse/report.h"

/** What a line is by its own words. */
enum line_kind {
	LINE_OTHER,
	LINE_EMPTY,
	LINE_ELISION,      /**< "[...]": somebody cut something out */
	LINE_HEADER,       /**< "X invoked oom-killer: gfp_mask=…" */
	LINE_SYSRQ,        /**< "Manual OOM execution" */
	LINE_CPUSET,       /**< "X cpuset=… mems_allowed=…" */
	LINE_CPU,          /**< "CPU: n PID: n Comm: …", "Pid: n, comm: …" */
	LINE_TRACE,        /**< stack, registers, hardware */
	LINE_MEMCG_TASK,   /**< "Task in … killed as a result of limit of …" */
	LINE_MEMCG_USAGE,  /**< "memory: usage …kB, limit …kB, failcnt n" */
	LINE_MEMCG_STATS,  /**< "Memory cgroup stats for …:" */
	LINE_STAT,         /**< "anon 4096" */
	LINE_MEMINFO,      /**< "Mem-Info:" */
	LINE_COUNTERS,     /**< "active_anon:n …", pages */
	LINE_NODE,         /**< "Node n active_anon:nkB …" */
	LINE_ZONE,         /**< "Node n NAME free:nkB …" */
	LINE_FIELDS,       /**< "mlocked:nkB …": the rest of such a line */
	LINE_RESERVE,      /**< "lowmem_reserve[]: …" */
	LINE_BUDDY,        /**< "Node n NAME: n*4kB …" */
	LINE_PER_CPU,      /**< per-CPU lists */
	LINE_HUGE,         /**< "Node n hugepages_total=…" */
	LINE_TOTALS,       /**< "n pages RAM", "Free swap  = nkB" */
	LINE_SLABS,        /**< "Unreclaimable slab info:" and its head */
	LINE_SLAB,         /**< "NAME nKB nKB" */
	LINE_ALLOCATIONS,  /**< "Memory allocations:" */
	LINE_ALLOCATION,   /**< "n n FILE:LINE func:NAME" */
	LINE_TASKS,        /**< "Tasks state (memory values in pages):" */
	LINE_TABLE,        /**< "[ pid ]   uid  tgid …" */
	LINE_ROW,          /**< "[ 1234]     0  1234 …" */
	LINE_OOM_KILL,     /**< "oom-kill:constraint=…" */
	LINE_CHOSEN,       /**< "Kill process n (X) score n or sacrifice child" */
	LINE_KILLED,       /**< "Killed process n (X) total-vm:…" */
	LINE_SHARER,       /**< "Kill process n (X) sharing same memory" */
	LINE_GROUP,        /**< "Tasks in … are going to be killed due to memory.oom.group set" */
	LINE_REAPED,       /**< "oom_reaper: reaped process n (X), …" */
	LINE_NO_VICTIM,    /**< "… no killable processes..." */
	LINE_PANIC,        /**< of one for want of memory */
	LINE_ALLOC_FAILED, /**< "page allocation failure": what follows is no OOM's */
	LINE_IGNORED,      /**< "OOM request ignored" */
};

/** A line without its prefix, put together again where it was wrapped. */
struct report_line {
	enum line_kind kind;
	int64_t number; /**< of its first line in the log */
	int64_t last;   /**< of its last one */
	int64_t uptime_us;
	int64_t caller;
	unsigned quotes;
	bool stamped;
	bool kernel;
	bool foreign;     /**< a program's own words */
	bool pieces;      /**< one of several of one record: what is not its first has no prefix */
	size_t columns;   /**< that it took as long as it was not wrapped */
	struct span time; /**< spans point into this struct */
	struct span host;
	struct span tag;
	size_t len;                     /**< of text */
	char text[REPORT_LINE_MAX + 1]; /**< NUL-terminated */
	char time_text[64];
	char host_text[64];
	char tag_text[64];
};

/** Items in the order of their coming, in an arena. */
struct report_list {
	struct report_chunk *first, *last;
	size_t item_size;
	uint32_t n;
	uint32_t max;
	uint32_t left_out;
};

/** Columns of the task table. */
enum report_column {
	COLUMN_IGNORED, /**< a number that we have no use for: "cpu", or unknown */
	COLUMN_UID,
	COLUMN_TGID,
	COLUMN_TOTAL_VM,
	COLUMN_RSS,
	COLUMN_RSS_ANON,
	COLUMN_RSS_FILE,
	COLUMN_RSS_SHMEM,
	COLUMN_PTES,
	COLUMN_PMDS,
	COLUMN_PGTABLES,
	COLUMN_SWAP,
	COLUMN_OOM_ADJ,
	COLUMN_OOM_SCORE_ADJ,
};

#define COLUMNS_MAX 24

/** What plain "name value" lines belong to. */
enum report_section {
	SECTION_NONE,
	SECTION_STATS,
	SECTION_SLABS,
	SECTION_ALLOCATIONS,
};

/** A report that lines still come for. */
struct open_report {
	bool used;
	bool confirmed;    /**< of an OOM: more than memory information and a stack */
	bool finished;     /**< it has a kill or a panic */
	bool failed_alloc; /**< memory information is a failed allocation's for the time being */
	bool sysrq;
	bool memcg;        /**< of a memory cgroup */
	bool bound;        /**< of nodes that a policy binds to: No available memory (MPOL_BIND) */
	bool chosen_waits; /**< "Kill process" is there, "Killed process" to come */
	bool oom_stack;    /**< the stack is the killer's */
	bool stack;
	bool cpu_line;
	bool out_of_memory; /**< memory ran out for something */
	enum report_section section;
	bool stats_done;
	int64_t caller;
	char host[64];
	struct report_who cpu;    /**< of the line before the stack */
	int64_t kill_uid;         /**< of the process chosen */
	struct report_zone *zone; /**< whose line was read last */
	struct report_node *node; /**< if that of a node came later */
	enum report_column columns[COLUMNS_MAX];
	unsigned n_columns; /**< 0: the table has no head (yet) */
	bool columns_guessed;
	struct report_list tasks, victims, zones, nodes, huge, slabs, allocations, stats;
	struct oom_report report;
	struct arena arena;
};

/** Reports that can be open at the same time. */
#define OPEN_REPORTS 4

struct report_parser {
	char *window;  /**< what was read last: a part for looking back, and what is new */
	size_t len;    /**< bytes in it */
	size_t at;     /**< where reading goes on */
	size_t low;    /**< no line before this is looked at again */
	int64_t line;  /**< number of lines before at */
	bool skipping; /**< the rest of a line that is too long */
	int dense;     /**< lines to read one by one before searching is enough */
	bool lost;     /**< something was left out for want of memory */
	struct anchors anchors;
	const struct report_listener *listener;

	/* The kernel that the log's reports are of, as far as it is known; of one boot. */
	char release[64];
	char release_host[64];
	int64_t release_uptime_us;

	int64_t sysrq_line;  /**< of a "Manual OOM execution" without its report yet, or 0 */
	int64_t victim_line; /**< of nohang_victim */
	struct report_who nohang_victim;
	bool kubelet_memory; /**< what the kubelet reclaims is memory */

	size_t soft_len; /**< of soft: the beginning of a line with soft breaks */
	char soft[REPORT_LINE_MAX + 1];
	char scratch[REPORT_LINE_MAX + 1];
	struct report_line next;
	struct report_line pending;
	bool is_pending;
	struct open_report open[OPEN_REPORTS];
};

/* report_list.c */
void list_init(struct report_list *list, size_t item_size, uint32_t max);
/** A new item, zeroed, or NULL where it must be left out (which is counted). */
void *list_add(struct report_list *list, struct arena *arena);
/** All items in one array; NULL if there are none, or no memory (then n becomes 0). */
void *list_flatten(struct report_list *list, struct arena *arena);
/** Call for each item until one says true; that item or NULL. */
void *list_find(
	const struct report_list *list, bool (*is)(void *item, const void *key), const void *key);

/* report_kind.c */
enum line_kind report_line_kind(struct scan text, bool stamped);

/* report_words.c */
/** " invoked oom-killer" or a vendor's " invoked oom:"; the place of the blank, or NULL. */
const char *report_invoked(struct scan text);
/** Find a literal; NULL if it does not occur. */
const char *report_find(struct scan text, const char *literal);
/** The last one. */
const char *report_find_last(struct scan text, const char *literal);
bool report_has(struct scan text, const char *literal);
/** What stands between a key and the first of some bytes, or the end; false without key. */
bool report_value(struct scan text, const char *key, const char *ends, struct span *ret);
/** A number behind a key. */
bool report_number(struct scan text, const char *key, int64_t *ret);
/** Without blanks at both ends. */
struct span report_trim(struct span span);
/** A copy in the report's arena. */
const char *report_keep(struct report_parser *parser, struct open_report *open, struct span span);
void report_comm(struct span span, char comm[REPORT_COMM_SIZE]);
/** Offsets of int64_t members by the names that a log uses. */
struct report_field {
	const char *name;
	size_t offset;
};
/** Read "name:12kB" and "name: 12" into members; parted by blanks or commas, whatever the unit. */
void report_fields(
	struct scan text, const struct report_field *fields, size_t n_fields, void *base);

/* report_join.c */
/** Whether a line without prefix continues the one before it; then it is appended. */
bool report_join(struct report_line *line, const struct report_line *next);

/* report_line.c */
/** Take one line as it stands in the log. */
void report_take(struct report_parser *parser, const char *line, size_t len);
/** Nothing more comes for the line that waits: hand it on. */
void report_take_flush(struct report_parser *parser);
/** Whether a line looks like a part of a report, for looking back: -1 it ends the search. */
int report_line_worth(struct report_parser *parser, const char *line, size_t len);

/* report_open.c */
/** The report that a line belongs to, by host and caller; NULL if none is open. */
struct open_report *report_route(struct report_parser *parser, const struct report_line *line);
/** A new one that begins with this line. */
struct open_report *report_begin(struct report_parser *parser, const struct report_line *line);
/** Tell it, if it is one, and close it. */
void report_close(struct report_parser *parser, struct open_report *open);
/** Close those that no line came for in a while. */
void report_expire(struct report_parser *parser);
/** Whether one is open that waits for its kill. */
bool report_waiting(const struct report_parser *parser);
/** The line is of this report. */
void report_note(struct open_report *open, const struct report_line *line);

/* report_finish.c */
/** Fill in what follows from all lines together. */
void report_finish(struct report_parser *parser, struct open_report *open);

/* report_handle.c */
/** Do what a line says. */
void report_handle(struct report_parser *parser, const struct report_line *line);

/* report_head.c, report_memcg.c, report_mem.c, report_table.c, report_kill.c: read a line of
 * their kinds into a report */
void report_read_header(
	struct report_parser *parser, struct open_report *open, const struct report_line *line);
void report_read_cpuset(
	struct report_parser *parser, struct open_report *open, const struct report_line *line);
void report_read_cpu(
	struct report_parser *parser, struct open_report *open, const struct report_line *line);
void report_read_trace(struct open_report *open, const struct report_line *line);
void report_read_oom_kill(
	struct report_parser *parser, struct open_report *open, const struct report_line *line);
void report_read_memcg(
	struct report_parser *parser, struct open_report *open, const struct report_line *line);
void report_read_mem(
	struct report_parser *parser, struct open_report *open, const struct report_line *line);
void report_read_extra(
	struct report_parser *parser, struct open_report *open, const struct report_line *line);
void report_read_table(struct open_report *open, const struct report_line *line);
void report_read_row(
	struct report_parser *parser, struct open_report *open, const struct report_line *line);
/** Whether a row has all its columns and a name. */
bool report_row_whole(struct scan text);
/** All kill lines; finds or begins their report itself. */
void report_read_kill(struct report_parser *parser, const struct report_line *line);
/** Members of zones that are kB until the page size is known. */
void report_zone_pages(struct report_zone *zone, int64_t page_bytes);

/* report_user.c */
/** What userspace killers say; true if this line is theirs. */
bool report_user(struct report_parser *parser, const struct report_line *line);

static inline struct scan report_text(const struct report_line *line)
{
	return scan_of(line->text, line->len);
}

#endif
