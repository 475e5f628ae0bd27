/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/units.h"
#include "ui/grouplist.h"
#include "ui/page.h"
#include "ui/panels.h"
#include "ui/scopes.h"
#include "ui/zonebar.h"

/** From here on the terms of badness stand beside the facts, in so many cells. */
#define BESIDE_FROM_COLS 90
#define TERMS_COLS 40

#define LABEL_COLS 12

/** What is shown of one process. */
struct subject {
	const struct view *view;
	const struct snapshot *now;
	const struct task *task;
	const struct judged *judged;
	int64_t totalpages; /**< T; VALUE_UNKNOWN */
};

static void add_points(struct text *text, const struct subject *subject, int64_t pages)
{
	int64_t tenths;

	if (!value_known(pages) || !value_known(subject->totalpages) || subject->totalpages < 1) {
		text_add(text, "?");
		return;
	}
	tenths = value_mul(pages, 10000) / subject->totalpages;
	text_fmt(text, "%s%lld.%d", tenths < 0 ? "-" : "",
		(long long)(tenths < 0 ? -(tenths / 10) : tenths / 10),
		(int)(tenths < 0 ? -(tenths % 10) : tenths % 10));
}

static void draw_term(
	struct page *page, const struct subject *subject, const char *label, int64_t pages)
{
	const int row = page_next(page);
	char bytes[32], points[32];
	struct text text;

	if (row < 0)
		return;
	text_init(&text, bytes, sizeof(bytes));
	pages_add(&text, subject->now, pages);
	text_init(&text, points, sizeof(points));
	add_points(&text, subject, pages);
	canvas_text(page->canvas, row, page->where.col, 20, STYLE_NORMAL, label);
	canvas_right(page->canvas, row, page->where.col + 20,
		(int)value_min(8, page->where.cols - 20), STYLE_NORMAL, bytes);
	canvas_right(page->canvas, row, page->where.col + 28,
		(int)value_min(10, page->where.cols - 28), STYLE_NORMAL, points);
}

/* The resident set in its parts, as status shows them; the killer's own counter may differ
 * (kernel.md section 4), so that the terms only add up with the difference. */
static void draw_resident(struct page *page, const struct subject *subject)
{
	const struct task *task = subject->task;
	const int64_t split = value_add(
		value_add(task->rss_anon_pages, task->rss_file_pages), task->rss_shmem_pages);
	const int64_t counted =
		subject->judged->exempt == EXEMPT_NONE ? subject->judged->badness.rss_pages : split;

	if (!value_known(split)) {
		draw_term(page, subject, "resident",
			subject->judged->exempt == EXEMPT_NONE ? counted : task->rss_stat_pages);
		return;
	}
	draw_term(page, subject, "anon", task->rss_anon_pages);
	draw_term(page, subject, "file", task->rss_file_pages);
	draw_term(page, subject, "shmem", task->rss_shmem_pages);
	if (value_known(counted) && counted != split)
		draw_term(page, subject, "counter differs", value_add(counted, -split));
}

/* Before 3.5 adj and the root bonus count thousandths of T. */
static int64_t term_pages(const struct subject *subject, int64_t term)
{
	if (subject->now->kernel.formula >= FORMULA_3_5 || !value_known(subject->totalpages))
		return term;
	return value_mul(term, subject->totalpages) / 1000;
}

static void draw_adjustments(struct page *page, const struct subject *subject)
{
	const struct badness *badness = &subject->judged->badness;
	char label[32] = "adj ?";
	struct text text;
	int64_t sum;

	text_init(&text, label, sizeof(label));
	text_add(&text, "adj ");
	if (subject->task->has & TASK_HAS_ADJ)
		text_fmt(&text, "%+d", subject->task->oom_score_adj);
	else
		text_add(&text, "?");
	if (badness->root_pages != 0)
		draw_term(page, subject, "root bonus", term_pages(subject, badness->root_pages));
	draw_term(page, subject, label, term_pages(subject, badness->adj_pages));
	sum = value_add(value_add(badness->rss_pages, badness->swap_pages),
		value_add(
			badness->table_pages, value_add(badness->root_pages, badness->adj_pages)));
	if (subject->now->kernel.formula >= FORMULA_3_5 && value_known(sum) &&
		sum != badness->total_pages)
		draw_term(page, subject, "raised to least", value_add(badness->total_pages, -sum));
	draw_term(page, subject, "= BADNESS", badness->total_pages);
	draw_term(page, subject, "+- error at most", badness->error_pages);
}

static void draw_terms(struct page *page, const struct subject *subject)
{
	const struct badness *badness = &subject->judged->badness;
	const bool candidate = subject->judged->exempt == EXEMPT_NONE;

	if (subject->now->kernel.formula == FORMULA_2_6_32 && candidate) {
		page_fmt(page, STYLE_NORMAL, "raw score %lld (rules of Linux 2.6.32: size, halved",
			(long long)badness->total);
		page_text(page, STYLE_NORMAL, "by CPU time, run time, rights and oom_adj)");
		return;
	}
	page_text(page, STYLE_LABEL, "term                   bytes    points");
	draw_resident(page, subject);
	draw_term(
		page, subject, "swap", candidate ? badness->swap_pages : subject->task->swap_pages);
	if (candidate) {
		draw_term(page, subject, "page tables", badness->table_pages);
		draw_adjustments(page, subject);
	}
}

static void draw_place(struct page *page, const struct subject *subject)
{
	const struct oom *oom = &subject->view->summary->oom;
	char buf[256];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	if (subject->now->told && subject->judged->exempt == EXEMPT_NONE &&
		subject->judged->rank == 0)
		text_add(&text, "? (the report does not show all that counts)");
	else if (subject->judged->exempt != EXEMPT_NONE)
		text_fmt(&text, "never chosen: %s", exempt_words(subject->judged->exempt));
	else
		text_fmt(&text, "%u of %u in kill order", (unsigned)subject->judged->rank,
			(unsigned)oom->n_order);
	if (subject->judged->rank == 1 && oom->reason[0])
		text_fmt(&text, ": %s", oom->reason);
	page_item(page, LABEL_COLS, STYLE_NORMAL, "rank", buf);
}

static int64_t score_recomputed(const struct subject *subject)
{
	const struct snapshot *now = subject->now;
	const int64_t total = value_add(now->total_ram_pages, now->total_swap_pages);
	const struct badness_scope scope = {
		.snapshot = now,
		.totalpages = value_known(total) ? value_max(total, 1) : VALUE_UNKNOWN,
	};

	/* The kernel's oom_score is of the whole machine, whatever the scope. */
	if (subject->judged->exempt != EXEMPT_NONE || !subject->judged->badness.known ||
		subject->view->summary->oom.scope.kind != SCOPE_SYSTEM)
		return VALUE_UNKNOWN;
	return badness_score(&scope, &subject->judged->badness);
}

static void draw_score(struct page *page, const struct subject *subject)
{
	const int64_t ours = score_recomputed(subject);
	const bool read = subject->task->has & TASK_HAS_SCORE;
	char buf[128];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	if (subject->now->told)
		text_add(&text, "the kernel's is not in a report");
	else if (read)
		text_fmt(&text, "%lld by the kernel", (long long)subject->task->oom_score);
	else
		text_add(&text, "the kernel's was not read in this sample");
	if (value_known(ours))
		text_fmt(&text, ", %lld recomputed", (long long)ours);
	if (value_known(ours) && read)
		text_add(
			&text, ours == subject->task->oom_score ? ": they agree" : ": they differ");
	page_item(page, LABEL_COLS, STYLE_NORMAL, "SCORE", buf);
}

static void draw_legacy_adj(struct page *page, const struct subject *subject)
{
	const struct task *task = subject->task;
	char buf[128];
	struct text text;

	if (!(task->has & TASK_HAS_LEGACY_ADJ))
		return;
	text_init(&text, buf, sizeof(buf));
	text_fmt(&text, "oom_adj %d (this kernel has no oom_score_adj; shown as %d)",
		(int)task->oom_adj, (int)task->oom_score_adj);
	page_item(page, LABEL_COLS, STYLE_NORMAL, "ADJ", buf);
}

static void draw_gives_back(struct page *page, const struct subject *subject)
{
	const struct task *task = subject->task;
	char buf[256];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	units_kib(&text, victim_gives_back_kib(subject->now, task));
	text_add(&text, " of RAM (private memory and page tables); not shared ");
	pages_add(&text, subject->now, task->rss_shmem_pages);
	text_add(&text, ", files ");
	pages_add(&text, subject->now, task->rss_file_pages);
	text_add(&text, ", swap ");
	pages_add(&text, subject->now, task->swap_pages);
	page_item(page, LABEL_COLS, STYLE_NORMAL, "kill frees", buf);
}

/** Who dies with it: all of its cgroup, or who uses the same memory. */
static void draw_sharers(struct page *page, const struct subject *subject)
{
	const struct oom *oom = &subject->view->summary->oom;
	char buf[256];
	struct text text;

	if (oom->n_also == 0 || oom->victim == NO_TASK ||
		&subject->now->tasks[oom->victim] != subject->task)
		return;
	text_init(&text, buf, sizeof(buf));
	if (oom->outcome == OUTCOME_KILL_GROUP)
		text_fmt(&text, "its whole cgroup, %u more: ", (unsigned)oom->n_also);
	for (uint32_t i = 0; i < oom->n_also; i++) {
		const struct task *task = &subject->now->tasks[oom->also[i]];

		text_add(&text, i > 0 ? ", " : "");
		text_add_clean(&text, task->comm, strlen(task->comm));
		text_fmt(&text, " %d", (int)task->pid);
	}
	if (oom->outcome != OUTCOME_KILL_GROUP)
		text_add(&text, " (they use the same memory)");
	page_item(page, LABEL_COLS, STYLE_NORMAL, "with it die", buf);
}

static void draw_growth(struct page *page, const struct subject *subject)
{
	static const char *const windows[GROWTH_WINDOWS] = { "10s", "1min", "10min" };
	char buf[128];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	for (int i = 0; i < GROWTH_WINDOWS; i++) {
		const bool known = subject->task->has & TASK_HAS_GROWTH;
		const int64_t growth = known ? subject->task->growth_bytes_per_s[i] : VALUE_UNKNOWN;

		units_rate(&text, growth);
		text_fmt(&text, "%s (%s)%s", value_known(growth) ? "/s" : "", windows[i],
			i + 1 < GROWTH_WINDOWS ? "  " : "");
	}
	page_item(page, LABEL_COLS, STYLE_NORMAL, "growth", buf);
}

static const char *state_words(char state)
{
	switch (state) {
	case 'R':
		return "runs";
	case 'S':
		return "sleeps";
	case 'D':
		return "waits for I/O or memory (D)";
	case 'Z':
		return "ended, not collected by its parent (zombie)";
	case 'T':
		return "stopped";
	case 't':
		return "stopped by a debugger";
	case 'I':
		return "idle kernel thread";
	case 'X':
	case 'x':
		return "dead";
	default:
		return "?";
	}
}

static int64_t seconds_of_ticks(const struct subject *subject, uint64_t ticks)
{
	if (subject->now->clk_tck < 1)
		return VALUE_UNKNOWN;
	return (int64_t)(ticks / (uint64_t)subject->now->clk_tck);
}

static void draw_life(struct page *page, const struct subject *subject)
{
	const struct task *task = subject->task;
	const int64_t started_s = seconds_of_ticks(subject, task->start_ticks);
	const int64_t uptime_ms = subject->now->uptime_ms;
	int64_t age_s = VALUE_UNKNOWN;
	uint64_t cpu_ticks;
	char buf[160];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	text_add(&text, state_words(task->state));
	text_fmt(&text, ", %u thread%s, up ", (unsigned)task->threads,
		task->threads == 1 ? "" : "s");
	if (value_known(started_s) && value_known(uptime_ms) && uptime_ms / 1000 >= started_s)
		age_s = uptime_ms / 1000 - started_s;
	units_seconds(&text, age_s);
	if (__builtin_add_overflow(task->utime_ticks, task->stime_ticks, &cpu_ticks))
		cpu_ticks = UINT64_MAX;
	text_add(&text, ", CPU time ");
	units_seconds(&text, seconds_of_ticks(subject, cpu_ticks));
	page_item(page, LABEL_COLS, STYLE_NORMAL, "process", buf);
}

static void draw_foreign(struct page *page, const char *label, const char *string)
{
	char buf[512];
	struct text text;

	if (!string || !string[0])
		return;
	text_init(&text, buf, sizeof(buf));
	text_add_clean(&text, string, strlen(string));
	page_item(page, LABEL_COLS, STYLE_NORMAL, label, buf);
}

static void draw_owner(struct page *page, const struct subject *subject)
{
	const struct task *task = subject->task;
	char buf[128];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	if (task->who->user)
		text_add_clean(&text, task->who->user, strlen(task->who->user));
	if (task->has & TASK_HAS_UID)
		text_fmt(&text, "%suid %u", text.len > 0 ? ", " : "", (unsigned)task->uid);
	if (text.len == 0)
		text_add(&text, "?");
	if (task->ppid >= 0)
		text_fmt(&text, ", parent %d", task->ppid);
	page_item(page, LABEL_COLS, STYLE_NORMAL, "user", buf);
}

/** The cgroup whose limit would refuse its memory first. */
static void draw_limit(struct page *page, const struct subject *subject)
{
	const struct memcg_view *views = subject->view->summary->memcgs;
	const uint32_t binding = scope_binding(subject->now, subject->task);
	const struct scope scope = { .kind = SCOPE_MEMCG, .memcg = binding };
	char buf[256];
	struct text text;

	if (binding == NO_MEMCG || !views)
		return;
	text_init(&text, buf, sizeof(buf));
	units_kib(&text, views[binding].left_kib);
	text_add(&text, " left of ");
	units_bytes(&text, group_limit_bytes(&subject->now->memcgs[binding]));
	text_add(&text, " in ");
	scope_words(subject->now, &scope, &text);
	page_item(page, LABEL_COLS, STYLE_NORMAL, "limit", buf);
}

/** The nodes whose memory it may use, where that is not all. */
static void draw_nodes(struct page *page, const struct subject *subject)
{
	const struct risk *risk;
	struct node_set nodes;
	char buf[256];
	struct text text;

	if (!scopes_nodes_of(subject->now, subject->task, &nodes))
		return;
	text_init(&text, buf, sizeof(buf));
	text_add(&text, "only ");
	nodes_words(&nodes, &text);
	risk = scopes_nodes_risk(subject->view->summary, &nodes);
	if (risk) {
		text_add(&text, ": ");
		units_kib(&text, risk->left.high_kib);
		text_add(&text, " left to give there");
	}
	page_item(page, LABEL_COLS, STYLE_NORMAL, "NUMA nodes", buf);
}

/** What became of it, and how that goes with its place. */
static void draw_killed(struct page *page, const struct subject *subject)
{
	const struct told *told = subject->now->told;

	if (!told || !subject->task->killed)
		return;
	if (told->victim < subject->now->n_tasks &&
		&subject->now->tasks[told->victim] == subject->task)
		page_item(page, LABEL_COLS, STYLE_CRITICAL, "KILLED", told->agrees);
	else
		page_item(page, LABEL_COLS, STYLE_CRITICAL, "KILLED", "with the one chosen");
}

static void draw_facts(struct page *page, const struct subject *subject)
{
	const struct identity *who = subject->task->who;

	draw_killed(page, subject);
	draw_place(page, subject);
	draw_score(page, subject);
	draw_legacy_adj(page, subject);
	draw_gives_back(page, subject);
	draw_sharers(page, subject);
	if (!subject->now->told)
		draw_growth(page, subject);
	draw_owner(page, subject);
	if (!subject->now->told)
		draw_life(page, subject);
	draw_foreign(page, "unit", who->unit);
	draw_foreign(page, "container", who->container);
	draw_foreign(page, "cgroup", who->cgroup);
	draw_limit(page, subject);
	draw_nodes(page, subject);
	if (who->blocked)
		page_item(page, LABEL_COLS, STYLE_LABEL, "command",
			"cannot be read: blocked, the process holds its memory lock");
	else
		draw_foreign(page, "command", who->cmdline ? who->cmdline : subject->task->comm);
}

static void draw_heading(struct page *page, const struct subject *subject)
{
	char name[256];
	struct text text;

	text_init(&text, name, sizeof(name));
	text_fmt(&text, "PID %d  ", subject->task->pid);
	task_name(subject->task, &text);
	page_text(page, STYLE_TITLE, name);
}

void panel_detail(struct view *view, struct canvas *canvas, struct rect where)
{
	const bool over = view->state->overlay == OVERLAY_DETAIL;
	const uint32_t selected = view_selected(view);
	struct page left, right;
	struct subject subject;

	page_begin(&left, canvas, where, over ? view->state->scroll : 0);
	if (selected == NO_TASK) {
		if (view_selected_group(view))
			panel_group(view, &left);
		else
			page_text(&left, STYLE_DIM, "no process is selected");
		if (over)
			view->state->pages = left.line;
		return;
	}
	subject = (struct subject){
		.view = view,
		.now = view->now,
		.task = &view->now->tasks[selected],
		.judged = &view->summary->oom.judged[selected],
		.totalpages = view->summary->oom.totalpages,
	};
	draw_heading(&left, &subject);
	right = left;
	if (where.cols >= BESIDE_FROM_COLS) {
		left.where.cols = TERMS_COLS;
		right.where.col += TERMS_COLS + 2;
		right.where.cols -= TERMS_COLS + 2;
		draw_terms(&left, &subject);
		draw_facts(&right, &subject);
	} else {
		draw_terms(&right, &subject);
		draw_facts(&right, &subject);
	}
	if (over)
		view->state->pages = value_max(left.line, right.line);
}
