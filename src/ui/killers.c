/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/killers.h"

#include <string.h>

#include "analysis/verdict.h"
#include "base/units.h"

#define LABEL "KILLERS "

/** Room for any line. */
#define WORDS_MAX 512

/** Cells of a name on the line. */
#define NAME_CELLS 28

bool killers_run(const struct view *view)
{
	return view->now && view->summary && view->summary->killers && view->now->n_killers > 0;
}

static void add_room(const struct killer_view *view, struct text *text)
{
	if (view->room_kib <= 0) {
		text_add(text, "acts now");
		return;
	}
	text_add(text, "acts in ");
	units_kib(text, view->room_kib);
	text_add(text, view->room_is_swap ? " of swap" : "");
}

/* How far it is, in a few words; the verdict and the rights panel say it in full. */
static void add_distance(const struct killer_view *view, struct text *text)
{
	const bool pressure = value_known(view->pressure_centi) && value_known(view->limit_centi);
	const bool above = pressure && view->pressure_centi > view->limit_centi;
	const bool room = value_known(view->room_kib) && !view->never && !above;

	if (room)
		add_room(view, text);
	if (room && pressure)
		text_add(text, ", or ");
	if (pressure) {
		text_fmt(text, "pressure %lld%% of %lld%%", (long long)(view->pressure_centi / 100),
			(long long)(view->limit_centi / 100));
	} else if (!room) {
		text_add(text, view->never ? "cannot act" : "not known");
	}
}

static void add_name_of_task(const struct snapshot *now, uint32_t task, struct text *text)
{
	const char *comm = now->tasks[task].comm;

	text_add_clean(text, comm, strlen(comm));
	text_fmt(text, " %d", (int)now->tasks[task].pid);
}

static void add_victim(const struct view *view, const struct killer_view *judged, struct text *text)
{
	const struct scope group = { .kind = SCOPE_MEMCG, .memcg = judged->victim_memcg };
	char buf[64];
	struct text name;

	if (judged->victim_memcg == NO_MEMCG && judged->victim == NO_TASK)
		return;
	text_add(text, ", then ");
	if (judged->victim_memcg == NO_MEMCG) {
		add_name_of_task(view->now, judged->victim, text);
		return;
	}
	text_init(&name, buf, sizeof(buf));
	scope_words(view->now, &group, &name);
	text_add_bytes(text, buf, text_fit(buf, NAME_CELLS));
	if (value_known(judged->gives_back_kib)) {
		text_add(text, " ");
		units_kib(text, judged->gives_back_kib);
	}
}

/** A way to say it: so many killers, so many of them with their victims. */
struct line_plan {
	uint32_t order[KILLERS_MAX];
	unsigned count, shown, with_victim;
};

static void write_line(const struct view *view, const struct line_plan *plan, struct text *text)
{
	for (unsigned i = 0; i < plan->shown; i++) {
		const uint32_t killer = plan->order[i];
		const struct killer_view *judged = &view->summary->killers[killer];

		text_fmt(text, "%s%s ", i > 0 ? "; " : "",
			killer_name(view->now->killers[killer].kind));
		add_distance(judged, text);
		if (i < plan->with_victim)
			add_victim(view, judged, text);
	}
	if (plan->shown < plan->count)
		text_fmt(text, "; +%u more: !", plan->count - plan->shown);
}

/* The first one's victim goes last but for the first one itself. */
void killers_line(const struct view *view, size_t cells, struct text *text)
{
	struct line_plan plan;

	plan.count = verdict_killers(view->now, view->summary->killers, plan.order);
	for (plan.shown = plan.count; plan.shown > 0; plan.shown--) {
		for (int victims = (int)plan.shown; victims >= (plan.shown > 1 ? 1 : 0);
			victims--) {
			plan.with_victim = (unsigned)victims;
			text_init(text, text->buf, text->size);
			write_line(view, &plan, text);
			if (text_cells(text->buf) <= cells)
				return;
		}
	}
}

void evidence_killers(struct view *view, struct canvas *canvas, struct rect line)
{
	const int label_cols = (int)strlen(LABEL);
	const int cols = (int)value_max(line.cols - label_cols, 0);
	enum level worst = LEVEL_OK;
	char buf[WORDS_MAX];
	struct text text;

	if (!killers_run(view))
		return;
	for (uint32_t i = 0; i < view->now->n_killers; i++)
		if (view->summary->killers[i].level > worst)
			worst = view->summary->killers[i].level;
	text_init(&text, buf, sizeof(buf));
	killers_line(view, (size_t)cols, &text);
	canvas_text(canvas, line.row, line.col, line.cols, STYLE_LABEL, LABEL);
	canvas_text(canvas, line.row, line.col + label_cols, cols,
		worst == LEVEL_CRITICAL       ? STYLE_CRITICAL
			: worst == LEVEL_WARN ? STYLE_WARN
					      : STYLE_NORMAL,
		buf);
}

static const char *settings_words(enum killer_settings settings)
{
	switch (settings) {
	case SETTINGS_DAEMON:
		return "those it runs with";
	case SETTINGS_FILES:
		return "assumed, from its files";
	case SETTINGS_DEFAULTS:
		return "assumed: the ones that it is built with";
	case SETTINGS_UNREAD:
		break;
	}
	return "not read";
}

static void page_pair(
	struct page *page, int label_cols, const char *label, const char *words, const char *why)
{
	char buf[WORDS_MAX];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	text_add(&text, words);
	if (why[0])
		text_fmt(&text, "%s%s", words[0] ? ": " : "", why);
	page_item(page, label_cols, STYLE_NORMAL, label, buf);
}

static const char *worth_words(enum killer_worth worth)
{
	switch (worth) {
	case WORTH_EXACT:
		return "exact";
	case WORTH_ASSUMED:
		return "assumed";
	case WORTH_LOWER_BOUND:
		return "a lower bound";
	case WORTH_UNKNOWN:
		break;
	}
	return "unknown";
}

static const char *order_words(enum killer_order order)
{
	switch (order) {
	case KILLER_BEFORE_KERNEL:
		return "before the kernel";
	case KILLER_AFTER_KERNEL:
		return "after the kernel, or never";
	case ORDER_UNTOLD:
		break;
	}
	return "it cannot be told whether before or after the kernel";
}

static void add_kernel_choice(const struct view *view, struct text *text)
{
	const struct oom *oom = &view->summary->oom;

	if (oom->scope.kind != SCOPE_SYSTEM || oom->victim == NO_TASK)
		return;
	text_add(text, "; the kernel would take ");
	add_name_of_task(view->now, oom->victim, text);
}

static void page_killer(const struct view *view, uint32_t index, struct page *page, int label_cols)
{
	const struct killer *killer = &view->now->killers[index];
	const struct killer_view *judged = &view->summary->killers[index];
	char label[64], buf[WORDS_MAX];
	struct text text;

	text_init(&text, label, sizeof(label));
	text_fmt(&text, "%s %d", killer_name(killer->kind), (int)killer->pid);
	text_init(&text, buf, sizeof(buf));
	text_fmt(&text, "%s ", level_words(judged->level));
	killer_words(view->now, view->summary->killers, index, &text);
	page_item(
		page, label_cols, judged->level > LEVEL_OK ? STYLE_WARN : STYLE_NORMAL, label, buf);
	if (judged->why[0])
		page_item(page, label_cols, STYLE_WARN, "  why", judged->why);
	text_init(&text, buf, sizeof(buf));
	killer_victim_words(view->now, view->summary->killers, index, &text);
	page_item(page, label_cols, STYLE_NORMAL, "  takes", buf);
	if (judged->reason[0])
		page_item(page, label_cols, STYLE_NORMAL, "  because", judged->reason);
	text_init(&text, buf, sizeof(buf));
	text_add(&text, order_words(judged->order));
	add_kernel_choice(view, &text);
	page_item(page, label_cols, STYLE_NORMAL, "  acts", buf);
	page_pair(page, label_cols, "  prediction", worth_words(judged->worth), judged->worth_why);
	page_pair(page, label_cols, "  settings", settings_words(killer->settings),
		killer->settings_why);
}

void killers_page(const struct view *view, struct page *page, int label_cols)
{
	uint32_t order[KILLERS_MAX];
	unsigned count;

	if (!killers_run(view)) {
		page_item(page, label_cols, STYLE_NORMAL, "other killers",
			"none is seen to run (systemd-oomd, earlyoom, oomd, nohang, kubelet): only "
			"the kernel kills");
		return;
	}
	page_text(page, STYLE_NORMAL, "");
	page_text(page, STYLE_TITLE,
		"Other killers than the kernel, the nearest to its trigger first");
	count = verdict_killers(view->now, view->summary->killers, order);
	for (unsigned i = 0; i < count; i++)
		page_killer(view, order[i], page, label_cols);
}
