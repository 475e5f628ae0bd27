/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/report_parts.h"

/** A comm with a blank before it is shorter than this. */
#define COMM_BYTES 17

/** How a line begins, and what must be in it too, where that is not enough. */
struct beginning {
	const char *begins;
	const char *has; /**< NULL: nothing more */
	enum line_kind kind;
};

/* clang-format off */
static const struct beginning beginnings[] = {
	{ "Mem-Info:", NULL, LINE_MEMINFO },
	{ "Mem-info:", NULL, LINE_MEMINFO }, /* before 4.1 on some architectures */
	{ "memory: usage", NULL, LINE_MEMCG_USAGE },
	{ "memory+swap: usage", NULL, LINE_MEMCG_USAGE },
	{ "swap: usage", NULL, LINE_MEMCG_USAGE },
	{ "kmem: usage", NULL, LINE_MEMCG_USAGE },
	{ "Memory cgroup stats", NULL, LINE_MEMCG_STATS },
	{ "Task in ", "killed as a result of limit of", LINE_MEMCG_TASK },
	{ "Memory limit reached of cgroup ", NULL, LINE_MEMCG_TASK },
	{ "Tasks in ", "are going to be killed", LINE_GROUP },
	{ "Tasks in ", NULL, LINE_GROUP }, /* wrapped */
	{ "Tasks state (memory", NULL, LINE_TASKS },
	{ "oom-kill:constraint=", NULL, LINE_OOM_KILL },
	{ "oom_reaper: reaped process ", NULL, LINE_REAPED },
	{ "lowmem_reserve[]:", NULL, LINE_RESERVE },
	{ "Free swap", "=", LINE_TOTALS },
	{ "Total swap", "=", LINE_TOTALS },
	{ "Swap cache stats", NULL, LINE_TOTALS },
	{ "Swap cache: add", NULL, LINE_TOTALS },
	{ "Unreclaimable slab info:", NULL, LINE_SLABS },
	{ "Name  ", "Total", LINE_SLABS },
	{ "Memory allocations:", NULL, LINE_ALLOCATIONS },
	{ "Out of memory and no killable processes", NULL, LINE_NO_VICTIM },
	{ "Kernel panic - not syncing: Out of memory", NULL, LINE_PANIC },
	{ "Kernel panic - not syncing: out of memory", NULL, LINE_PANIC },
	{ "Kernel panic - not syncing: System is deadlocked on memory", NULL, LINE_PANIC },
	{ "PANIC: Out of memory", NULL, LINE_PANIC },
	{ "Call Trace:", NULL, LINE_TRACE },
	{ "Call trace:", NULL, LINE_TRACE },
	{ "User Call trace:", NULL, LINE_TRACE },
	{ "Hardware name:", NULL, LINE_TRACE },
	{ "Workqueue:", NULL, LINE_TRACE },
	{ "Tainted:", NULL, LINE_TRACE },
	{ "Modules linked in:", NULL, LINE_TRACE },
	{ "Stack :", NULL, LINE_TRACE },
	{ "Exception stack", NULL, LINE_TRACE },
	{ "RIP:", NULL, LINE_TRACE }, { "Code:", NULL, LINE_TRACE },
	{ "RSP:", NULL, LINE_TRACE }, { "RAX:", NULL, LINE_TRACE },
	{ "RDX:", NULL, LINE_TRACE }, { "RBP:", NULL, LINE_TRACE },
	{ "R10:", NULL, LINE_TRACE }, { "R13:", NULL, LINE_TRACE },
	{ "EIP:", NULL, LINE_TRACE }, { "EAX:", NULL, LINE_TRACE },
	{ "ESI:", NULL, LINE_TRACE }, { "DS:", NULL, LINE_TRACE },
	{ "<TASK>", NULL, LINE_TRACE }, { "</TASK>", NULL, LINE_TRACE },
	{ "[<", NULL, LINE_TRACE }, { "? ", NULL, LINE_TRACE },
};

/* First words of Mem-Info's counters: what begins one of its lines in any kernel. */
static const char *const counters[] = {
	"active_anon", "active_file", "unevictable", "free", "slab_reclaimable", "mapped",
	"free_cma", "sec_pagetables", "kernel_misc_reclaimable", "inactive_file", "active",
};

/* What a line is that begins with a number. */
static const struct beginning totals[] = {
	{ "pages ", NULL, LINE_TOTALS },
	{ "total pagecache pages", NULL, LINE_TOTALS },
	{ "reserved pages", NULL, LINE_TOTALS },
	{ "free pages", NULL, LINE_TOTALS },
	{ "slab pages", NULL, LINE_TOTALS },
	{ "free buffer pages", NULL, LINE_TOTALS },
};
/* clang-format on */

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool begins_with(
	struct scan text, const struct beginning *rows, size_t n, enum line_kind *ret)
{
	for (size_t i = 0; i < n; i++) {
		struct scan ahead = text;

		if (*rows[i].begins == *text.at && scan_literal(&ahead, rows[i].begins) &&
			(!rows[i].has || report_has(ahead, rows[i].has))) {
			*ret = rows[i].kind;
			return true;
		}
	}
	return false;
}

/* "[...]", "...", "(...snipped...)", "<..snip..>", "[snip]", "[cut]" */
static bool is_elision(struct scan text)
{
	const size_t len = (size_t)(text.end - text.at);
	unsigned dots = 0, letters = 0;

	if (len > 24)
		return false;
	for (const char *at = text.at; at < text.end; at++) {
		const char lower = (char)(*at | 0x20);

		if (*at == '.')
			dots++;
		else if (lower >= 'a' && lower <= 'z')
			letters++;
		else if (!strchr("[]()<> \t-_", *at) || *at == '\0')
			return false;
	}
	return (dots >= 2 && letters == 0) ||
		(letters > 0 && (report_has(text, "snip") || report_has(text, "cut")) &&
			(dots >= 2 || *text.at == '[' || *text.at == '<'));
}

/* What stands before the kernel's stamp may be a program's own output. */
static const char *comm_start(struct scan text, const char *invoked)
{
	const char *bracket = memrchr(text.at, ']', (size_t)(invoked - text.at));

	return bracket ? bracket + 1 : text.at;
}

/*
 * COMM may be anything, but it is short; and either the mask follows, or nothing (somebody has
 * cut it off, or wrapped the line).  Prose that says "invoked oom-killer" is neither.
 */
static bool is_header(struct scan text, bool stamped)
{
	const char *invoked = report_invoked(text);
	struct scan rest;

	if (!invoked)
		return false;
	rest = (struct scan){ invoked + strlen(" invoked oom"), text.end };
	(void)scan_literal(&rest, "-killer");
	(void)scan_literal(&rest, ":");
	scan_blanks(&rest);
	if (scan_literal(&rest, "gfp_mask="))
		return invoked - comm_start(text, invoked) <
			(stamped ? REPORT_COMM_SIZE : COMM_BYTES);
	return scan_done(&rest) && stamped && invoked > text.at && invoked - text.at < COMM_BYTES;
}

/* "[ 1234]     0  1234 …": at least five numbers behind the brackets, or three of a line that
 * may be wrapped. */
static bool is_row(struct scan text)
{
	int64_t pid, number;
	unsigned n = 0;

	if (!scan_literal(&text, "[") || !scan_int(&text, &pid) || pid < 0 ||
		!scan_literal(&text, "]"))
		return false;
	while (n < 5 && scan_int(&text, &number))
		n++;
	return n >= 3;
}

static enum line_kind kind_of_bracket(struct scan text)
{
	struct scan ahead = text;

	(void)scan_literal(&ahead, "[");
	scan_blanks(&ahead);
	if (scan_literal(&ahead, "pid")) {
		scan_blanks(&ahead);
		if (scan_literal(&ahead, "]"))
			return LINE_TABLE;
	}
	if (is_row(text))
		return LINE_ROW;
	return report_has(text, "+0x") || report_has(text, "[<") ? LINE_TRACE : LINE_OTHER;
}

/* Behind a zone's name: "free:…kB" and more, "1*4kB (U) …", "per-cpu:". */
static enum line_kind kind_behind_zone(struct scan text, bool colon)
{
	scan_blanks(&text);
	if (scan_done(&text))
		return LINE_OTHER;
	if (colon)
		return is_digit(*text.at) && report_has(text, "*") && report_has(text, "kB")
			? LINE_BUDDY
			: LINE_OTHER;
	if (scan_literal(&text, "free:") && report_has(text, "kB"))
		return LINE_ZONE;
	return scan_literal(&text, "per-cpu:") ? LINE_PER_CPU : LINE_OTHER;
}

/* "Node 0 Normal free:…", "Normal: 1*4kB …", "Normal per-cpu:", "Node 0 active_anon:…kB" */
static enum line_kind kind_of_zone(struct scan text)
{
	const bool has_node = scan_literal(&text, "Node ");
	struct span name;
	int64_t node;

	if (has_node) {
		if (!scan_int(&text, &node))
			return LINE_OTHER;
		scan_blanks(&text);
		if (scan_literal(&text, "hugepages_total="))
			return LINE_HUGE;
	}
	if (!scan_word(&text, &name))
		return LINE_OTHER;
	if (has_node && memchr(name.at, ':', name.len - 1))
		return LINE_NODE;
	return name.len < 16 ? kind_behind_zone(text, name.at[name.len - 1] == ':') : LINE_OTHER;
}

/* "name:12 …" of Mem-Info, "name:12kB …" of a node or zone. */
static enum line_kind kind_of_fields(struct scan text)
{
	const struct scan whole = text;
	struct span name;
	int64_t value;

	if (!scan_until(&text, ':', &name) || name.len == 0 || name.len > 32 ||
		memchr(name.at, ' ', name.len) || !scan_int(&text, &value))
		return LINE_OTHER;
	if (scan_literal(&text, "kB") || scan_literal(&text, "KB"))
		return name.len > 3 && !report_has(whole, "-rss:") ? LINE_FIELDS : LINE_OTHER;
	for (size_t i = 0; i < ARRAY_SIZE(counters); i++) {
		struct span rest = name;

		/* "Active_anon", "Active" before 2.6.31. */
		if ((*rest.at | 0x20) == *counters[i] && rest.len == strlen(counters[i]) &&
			memcmp(rest.at + 1, counters[i] + 1, rest.len - 1) == 0)
			return LINE_COUNTERS;
	}
	return LINE_OTHER;
}

/* "4096 1 mm/slub.c:1 func:x" */
static bool is_allocation(struct scan text)
{
	int64_t bytes, count;
	struct span where;

	return scan_int(&text, &bytes) && scan_int(&text, &count) && scan_word(&text, &where) &&
		memchr(where.at, ':', where.len) && report_has(text, "func:");
}

/* Lines of lists: "anon 4096", "kmalloc-1k 563KB 576KB". */
static enum line_kind kind_of_list(struct scan text)
{
	struct span name;
	int64_t value, total;
	bool lower;

	if (!scan_word(&text, &name) || name.len > 48 || !scan_int(&text, &value))
		return LINE_OTHER;
	if (scan_literal(&text, "KB"))
		return scan_int(&text, &total) && scan_literal(&text, "KB") ? LINE_SLAB
									    : LINE_OTHER;
	scan_blanks(&text);
	lower = *name.at >= 'a' && *name.at <= 'z';
	return scan_done(&text) && value >= 0 && lower ? LINE_STAT : LINE_OTHER;
}

static enum line_kind kind_of_number(struct scan text)
{
	struct scan ahead = text;
	enum line_kind kind;
	int64_t value;

	if (scan_int(&ahead, &value)) {
		scan_blanks(&ahead);
		if (!scan_done(&ahead) && begins_with(ahead, totals, ARRAY_SIZE(totals), &kind))
			return kind;
	}
	return is_allocation(text) ? LINE_ALLOCATION : LINE_OTHER;
}

/* Where "Kill" or "kill" stands: at the beginning, or behind a message of the kernel's. */
static const char *kill_word(struct scan text)
{
	struct scan message = { text.at, text.end - text.at > 80 ? text.at + 80 : text.end };
	const char *found;

	if (scan_literal(&message, "Kill") || scan_literal(&message, "kill"))
		return text.at;
	found = report_find(message, ": Kill");
	if (!found)
		found = report_find(message, ": kill");
	if (!found)
		return NULL;
	message.end = found;
	return report_has(message, "memory") && !report_has(message, "\"") ? found + 2 : NULL;
}

/* "MSG: Kill process 12 (x) …", "Killed process 12, UID 0, (x) …" */
static enum line_kind kind_of_kill(struct scan text)
{
	const char *word = kill_word(text);
	struct scan ahead;
	bool killed;
	int64_t pid;

	if (!word)
		return LINE_OTHER;
	ahead = (struct scan){ word + strlen("Kill"), text.end };
	killed = scan_literal(&ahead, "ed");
	if (!scan_literal(&ahead, " process ") || !scan_int(&ahead, &pid) ||
		(!scan_done(&ahead) && *ahead.at != ' ' && *ahead.at != ','))
		return LINE_OTHER;
	if (killed)
		return LINE_KILLED;
	return report_has(ahead, ") sharing same memory") ? LINE_SHARER : LINE_CHOSEN;
}

static bool is_cpu(struct scan text)
{
	struct scan ahead = text;
	int64_t number;

	if (scan_literal(&ahead, "Pid: "))
		return scan_int(&ahead, &number) && scan_literal(&ahead, ", comm: ");
	return scan_literal(&ahead, "CPU: ") && scan_int(&ahead, &number) &&
		(report_has(ahead, " PID: ") || report_has(ahead, "ainted"));
}

static bool is_cpuset(struct scan text)
{
	return report_has(text, " cpuset=") && report_has(text, " mems_allowed=") &&
		!report_has(text, "order:");
}

static bool is_trace(struct scan text)
{
	const char *offset = report_find(text, "+0x");

	if (offset)
		return report_has((struct scan){ offset, text.end }, "/0x");
	/* Decoded: "out_of_memory (mm/oom_kill.c:1180)". */
	return report_has(text, " (") && report_has(text, ".c:");
}

/* What a line is by words that may stand anywhere in it. */
static enum line_kind kind_of_words(struct scan text)
{
	if (report_has(text, "Manual OOM execution"))
		return LINE_SYSRQ;
	if (report_has(text, "OOM request ignored"))
		return LINE_IGNORED;
	if (report_has(text, ": page allocation "))
		return LINE_ALLOC_FAILED;
	if (is_cpu(text))
		return LINE_CPU;
	if (is_cpuset(text))
		return LINE_CPUSET;
	if (report_has(text, ": hi:") && report_has(text, "btch:"))
		return LINE_PER_CPU;
	return is_trace(text) ? LINE_TRACE : LINE_OTHER;
}

enum line_kind report_line_kind(struct scan text, bool stamped)
{
	static enum line_kind (*const kinds[])(struct scan text) = { kind_of_kill, kind_of_fields,
		kind_of_zone, kind_of_words, kind_of_list };
	enum line_kind kind = LINE_OTHER;

	scan_blanks(&text);
	while (!scan_done(&text) && (text.end[-1] == ' ' || text.end[-1] == '\t'))
		text.end--;
	if (scan_done(&text))
		return LINE_EMPTY;
	if (is_header(text, stamped))
		return LINE_HEADER;
	if (is_elision(text))
		return LINE_ELISION;
	if (*text.at == '[')
		kind = kind_of_bracket(text);
	else if (is_digit(*text.at))
		kind = kind_of_number(text);
	if (kind != LINE_OTHER || begins_with(text, beginnings, ARRAY_SIZE(beginnings), &kind))
		return kind;
	for (size_t i = 0; kind == LINE_OTHER && i < ARRAY_SIZE(kinds); i++)
		kind = kinds[i](text);
	return kind;
}
