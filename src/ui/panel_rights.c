/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "ui/killers.h"
#include "ui/page.h"
#include "ui/panels.h"

/** Cells of "partly  " and of the name of a file. */
#define SEEN_COLS 8
#define NAME_COLS 28

static bool is_per_task(enum fact fact)
{
	return fact == FACT_TASK_STAT || fact == FACT_TASK_STATUS || fact == FACT_OOM_SCORE_ADJ ||
		fact == FACT_OOM_SCORE || fact == FACT_TASK_CGROUP || fact == FACT_CAPEFF ||
		fact == FACT_IDENTITY;
}

/* A fact of processes that is missing for some of them says so, though others have it. */
static const char *seen_words(const struct snapshot *now, enum fact fact)
{
	const enum fact_state state = now->facts[fact];

	if (state == FACT_UNREAD)
		return "not read";
	if (state != FACT_PRESENT)
		return is_per_task(fact) && now->n_tasks > 0 ? "partly" : "no";
	return is_per_task(fact) && now->n_tasks_unreadable > 0 ? "partly" : "yes";
}

static void draw_fact(struct page *page, const struct snapshot *now, enum fact fact)
{
	const char *seen = seen_words(now, fact);
	char label[64], buf[512];
	struct text text;

	text_init(&text, label, sizeof(label));
	text_add(&text, fact_name(fact));
	text_init(&text, buf, sizeof(buf));
	text_fmt(&text, "%-*s", SEEN_COLS, seen);
	if (now->facts[fact] != FACT_PRESENT) {
		text_fmt(&text, " lost: %s", fact_use(fact));
		if (now->told)
			text_add(&text, "; not in this report");
		else if (now->facts[fact] != FACT_UNREAD) {
			text_add(&text, "; ");
			fact_reason(fact, now->facts[fact], &text);
		}
	}
	page_item(
		page, NAME_COLS, strcmp(seen, "yes") == 0 ? STYLE_NORMAL : STYLE_LABEL, label, buf);
}

static const char *partial_words(enum partial_view partial)
{
	switch (partial) {
	case PARTIAL_HIDEPID:
		return "only some processes are visible: /proc is mounted with hidepid; root, or "
		       "the group named by gid= of that mount, sees all";
	case PARTIAL_PID_NAMESPACE:
		return "only the processes of this PID namespace are visible; run on the host, or "
		       "in its PID namespace, to see all";
	case PARTIAL_LXCFS:
		return "totals are those of the container: lxcfs replaces files of /proc; run on "
		       "the host to see the machine's own";
	case PARTIAL_KEPT:
		return "the processes that came first when this was recorded; sums over processes "
		       "are not known";
	case PARTIAL_NONE:
	default:
		return "all processes of the machine";
	}
}

static void draw_view_of(struct page *page, const struct snapshot *now)
{
	char buf[256];
	struct text text;

	page_item(page, NAME_COLS, STYLE_NORMAL, "view",
		now->told
			? "an OOM report: what the kernel printed of the processes that it looked at"
			: partial_words(now->partial));
	text_init(&text, buf, sizeof(buf));
	text_fmt(&text, "%u processes seen", (unsigned)now->n_tasks);
	if (now->n_tasks_unreadable > 0 && now->told)
		text_fmt(&text, "; %u rows of the table are left out",
			(unsigned)now->n_tasks_unreadable);
	else if (now->n_tasks_unreadable > 0)
		text_fmt(&text, "; %u more were listed but had gone, or may not be read",
			(unsigned)now->n_tasks_unreadable);
	page_item(page, NAME_COLS, STYLE_NORMAL, "processes", buf);
}

static void draw_prediction(struct page *page, const struct view *view)
{
	const struct oom *oom = &view->summary->oom;
	const struct kernel_profile *kernel = &view->now->kernel;
	char buf[256];
	struct text text;

	if (view->now->told) {
		page_item(
			page, NAME_COLS, STYLE_NORMAL, "what was chosen", view->now->told->agrees);
	} else {
		page_item(page, NAME_COLS, STYLE_NORMAL, "prediction",
			oom->certain ? "certain, if the killer ran now" : "uncertain");
		if (!oom->certain && oom->uncertain_why[0])
			page_item(page, NAME_COLS, STYLE_LABEL, "", oom->uncertain_why);
	}
	text_init(&text, buf, sizeof(buf));
	text_fmt(&text, "badness as of Linux %s", formula_name(kernel->formula));
	if (!kernel->release_known)
		text_add(&text, ": the release could not be read, so the newest is assumed");
	else if (kernel->release_is_newer)
		text_add(&text, ": this kernel is newer than any whose rules were checked");
	page_item(page, NAME_COLS, STYLE_NORMAL, "formula", buf);
}

static void draw_own(struct page *page, const struct view *view)
{
	const struct snapshot *now = view->now;

	page_item(page, NAME_COLS, STYLE_NORMAL, "oomwatch itself",
		view->own_protection[0] ? view->own_protection
					: "nothing was done for its own survival");
	if (now->facts[FACT_CAPEFF] == FACT_PRESENT)
		page_item(page, NAME_COLS, STYLE_NORMAL, "CAP_SYS_RESOURCE",
			now->own_caps & CAP_BIT_SYS_RESOURCE
				? "held"
				: "not held: own oom_score_adj cannot be lowered");
}

static const char *lower_words(const struct snapshot *now)
{
	if (now->facts[FACT_CAPEFF] != FACT_PRESENT)
		return "not known: which rights are held could not be read";
	if (!(now->own_caps & CAP_BIT_SYS_RESOURCE))
		return "only to what a holder of CAP_SYS_RESOURCE set last, 0 if none did; lower "
		       "needs that right (root has it)";
	if (now->own_userns)
		return "most likely refused: CAP_SYS_RESOURCE is held in a user namespace only, "
		       "the kernel asks for it on the host";
	return "yes, down to -1000: CAP_SYS_RESOURCE is held";
}

static const char *whose_words(const struct snapshot *now)
{
	if (!value_known(now->own_uid))
		return "not known: which user oomwatch runs as is not recorded";
	if (now->own_uid != 0)
		return "your own only; root may do it to all";
	return now->own_userns ? "those of this user namespace" : "all; init gets no signal";
}

static void draw_actions(struct page *page, const struct view *view)
{
	const struct ui_state *state = view->state;
	const struct snapshot *now = view->now;
	char sysrq[160];
	struct text text;

	if (!snapshot_is_live(now) || state->read_only) {
		text_init(&text, sysrq, sizeof(sysrq));
		text_fmt(&text, "none: %s",
			snapshot_is_live(now) ? "--read-only" : source_words(now->source));
		text_add(&text, snapshot_is_live(now) ? "" : ", nothing can be changed");
		page_item(page, NAME_COLS, STYLE_NORMAL, "actions", sysrq);
		return;
	}
	page_item(page, NAME_COLS, STYLE_NORMAL, "ADJ, signals: whose", whose_words(now));
	page_item(page, NAME_COLS, STYLE_NORMAL, "lowering ADJ", lower_words(now));
	text_init(&text, sysrq, sizeof(sysrq));
	plan_sysrq_access(&state->action.sysrq, &text);
	page_item(page, NAME_COLS, STYLE_NORMAL, "sysrq-f", sysrq);
}

void panel_rights(struct view *view, struct canvas *canvas, struct rect where)
{
	struct page page;

	page_begin(&page, canvas, where, view->state->scroll);
	page_text(&page, STYLE_TITLE, "What can be seen from here, and what would change it");
	if (view->now && view->summary) {
		draw_view_of(&page, view->now);
		draw_prediction(&page, view);
		if (!view->now->told)
			draw_own(&page, view);
		draw_actions(&page, view);
		if (!view->now->told)
			killers_page(view, &page, NAME_COLS);
		page_text(&page, STYLE_NORMAL, "");
		for (int fact = 0; fact < FACT_COUNT; fact++)
			draw_fact(&page, view->now, (enum fact)fact);
	}
	view->state->pages = page.line;
}
