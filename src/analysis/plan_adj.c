/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "analysis/plan_parts.h"
#include "analysis/preview.h"
#include "analysis/reason.h"
#include "base/units.h"

static const struct task *target_task(const struct plan_draft *draft)
{
	return &draft->setting->now->tasks[draft->task];
}

static enum exempt exempt_now(const struct plan_draft *draft)
{
	return draft->setting->oom->judged[draft->task].exempt;
}

static void add_adj(int32_t adj, struct text *text)
{
	if (adj == 0)
		text_add(text, "0");
	else
		text_fmt(text, "%+d", adj);
}

static void add_pages(const struct plan_draft *draft, int64_t pages, struct text *text)
{
	units_bytes(text, snapshot_bytes(draft->setting->now, pages));
}

static void say_ranks(struct plan_draft *draft, const struct preview *preview, struct text *text)
{
	const uint32_t before = draft->setting->oom->judged[draft->task].rank;
	const uint32_t after = preview->oom.judged[draft->task].rank;

	if (before == after)
		text_add(text, "stays ");
	else
		plan_rank(before, text);
	if (before != after)
		text_add(text, " -> ");
	plan_rank(after, text);
}

static void say_first(struct plan_draft *draft, const struct preview *preview, struct text *text)
{
	const struct snapshot *now = draft->setting->now;
	const uint32_t first = preview->oom.first;

	if (first == NO_TASK) {
		text_add(text, "nobody");
		return;
	}
	if (first == draft->setting->oom->first)
		text_add(text, "still ");
	reason_name(&now->tasks[first], text);
}

static void line_first(struct plan_draft *draft, const struct preview *preview)
{
	const struct oom *then = &preview->oom;
	struct text text = plan_line(draft, "first then", then->first == NO_TASK);

	say_first(draft, preview, &text);
	if (then->reason[0])
		text_fmt(&text, ": %s", then->reason);
	if (!then->certain)
		text_fmt(&text, " (not certain: %s)", then->uncertain_why);
}

/* What a value is worth in pages, by this kernel's formula; 2.6.32..2.6.35 shift the score
 * by it instead. */
static int64_t worth_pages(const struct preview *preview, int32_t adj)
{
	const enum badness_formula formula = preview->snapshot.kernel.formula;
	const int64_t total = preview->oom.totalpages;

	if (!value_known(total) || formula == FORMULA_2_6_32)
		return VALUE_UNKNOWN;
	return formula < FORMULA_3_5 ? value_mul(adj, total) / 1000 : value_mul(adj, total / 1000);
}

static void add_badness(const struct plan_draft *draft, const struct badness *badness, int32_t adj,
	struct text *text)
{
	if (adj <= ADJ_LEAST)
		text_add(text, "none");
	else if (value_known(badness->total_pages) && badness->known)
		add_pages(draft, badness->total_pages, text);
	else
		text_add(text, "?");
}

static void line_worth(struct plan_draft *draft, const struct preview *preview)
{
	const struct oom *now = draft->setting->oom;
	const struct task *task = target_task(draft);
	const int32_t before =
		task->has & TASK_HAS_ADJ ? task->oom_score_adj : draft->plan->adj_before;
	const int32_t adj = draft->plan->adj;
	const int64_t pages = worth_pages(preview, adj);
	struct text text = plan_line(draft, "worth", false);

	if (adj <= ADJ_LEAST) {
		text_add(&text, "exempts it: the kernel never chooses it");
	} else if (value_known(pages)) {
		add_adj(adj, &text);
		text_add(&text,
			pages == 0 && adj != 0 ? " changes nothing, the machine is too small"
					       : " is ");
		if (pages > 0)
			text_add(&text, "+");
		if (pages != 0 || adj == 0)
			add_pages(draft, pages, &text);
	} else {
		text_add(&text, "cannot be said in bytes on this kernel");
	}
	text_add(&text, "; BADNESS ");
	add_badness(draft, &now->judged[draft->task].badness, before, &text);
	text_add(&text, " -> ");
	add_badness(draft, &preview->oom.judged[draft->task].badness, adj, &text);
}

static int line_never_first(struct plan_draft *draft, struct preview *preview)
{
	struct preview_threshold threshold;
	struct text text;

	if (preview_threshold_of(preview, draft->arena, &threshold))
		return -ENOMEM;

	text = plan_line(draft, "never first", false);
	if (threshold.least > ADJ_MOST) {
		text_fmt(&text, "at any value up to %+d, the others being as now", ADJ_MOST);
	} else if (threshold.child_instead) {
		text_add(&text, "at any value: this kernel takes a child of it in its place");
	} else if (threshold.least == ADJ_LEAST + 1) {
		text_fmt(&text, "only %d spares it", ADJ_LEAST);
		if (threshold.alone)
			text_add(&text, ": it is alone, no other process can be killed");
	} else {
		text_add(&text, "at or below ");
		add_adj(threshold.least - 1, &text);
		text_add(&text, ", the others being as now");
	}
	return 0;
}

/* fs/proc/base.c: below oom_score_adj_min, which cannot be read, CAP_SYS_RESOURCE in the
 * initial user namespace is asked for. */
static void line_lowering(struct plan_draft *draft, int32_t present)
{
	const struct snapshot *now = draft->setting->now;
	struct text text;

	if (draft->plan->adj >= present ||
		(plan_holds(now, PLAN_CAP_SYS_RESOURCE) && !now->own_userns))
		return;
	text = plan_line(draft, "right", true);
	if (plan_holds(now, PLAN_CAP_SYS_RESOURCE))
		text_add(&text,
			"root in a user namespace: lowering needs CAP_SYS_RESOURCE on the host, "
			"the kernel will most likely refuse");
	else
		text_add(&text,
			"lowering needs CAP_SYS_RESOURCE, which oomwatch does not have: the kernel "
			"will most likely refuse");
}

static void line_owner(struct plan_draft *draft)
{
	const struct snapshot *now = draft->setting->now;
	const struct task *task = target_task(draft);
	struct text text;

	if (!(task->has & TASK_HAS_UID) || !value_known(now->own_uid) || now->own_uid == 0 ||
		task->uid == now->own_uid || plan_holds(now, PLAN_CAP_DAC_OVERRIDE))
		return;
	text = plan_line(draft, "right", true);
	text_fmt(&text, "it belongs to UID %u: needs root", task->uid);
}

static void line_rights(struct plan_draft *draft)
{
	const struct task *task = target_task(draft);

	if (draft->setting->now->source != SOURCE_LIVE)
		return;
	line_owner(draft);
	line_lowering(
		draft, task->has & TASK_HAS_ADJ ? task->oom_score_adj : draft->plan->adj_before);
}

static void line_sharers(struct plan_draft *draft)
{
	static const char *const ends[] = {
		[ADJ_REACHES_ONE] = " uses the same memory and keeps its own value",
		[ADJ_REACHES_SHARERS] = " uses the same memory: the kernel changes it too",
		[ADJ_REACHES_CLONES] = " uses the same memory and may change too",
	};
	const struct snapshot *now = draft->setting->now;
	struct text text = { .buf = NULL };
	unsigned count = 0;

	for (uint32_t i = 0; i < now->n_tasks; i++) {
		if (i == draft->task || !badness_shares(&now->tasks[i], target_task(draft)))
			continue;
		if (count++ > 0)
			continue;
		text = plan_line(draft, "shared", now->kernel.adj_reach != ADJ_REACHES_SHARERS);
		reason_name(&now->tasks[i], &text);
	}
	if (count == 0)
		return;
	if (count > 1)
		text_fmt(&text, " (and %u more)", count - 1);
	text_add(&text, ends[now->kernel.adj_reach]);
}

static void line_undo(struct plan_draft *draft)
{
	const struct plan *plan = draft->plan;
	const struct task *task = target_task(draft);
	struct text text;

	if (plan->undo) {
		text = plan_line(draft, "undo", plan->adj_before != plan->undo_wrote);
		text_add(&text, "oomwatch wrote ");
		add_adj(plan->undo_wrote, &text);
		if (plan->adj_before != plan->undo_wrote) {
			text_add(&text, "; somebody else changed it since, to ");
			add_adj(plan->adj_before, &text);
		}
	}
	if (task->has & TASK_HAS_ADJ && task->oom_score_adj != plan->adj_before) {
		text = plan_line(draft, "changed", true);
		text_add(&text, "it was ");
		add_adj(plan->adj_before, &text);
		text_add(&text, " when this prompt opened, and is ");
		add_adj(task->oom_score_adj, &text);
		text_add(&text, " now");
	}
}

static void line_lasts(struct plan_draft *draft)
{
	const struct plan_after after =
		plan_after_of(draft->setting->now, draft->task, draft->setting->around);
	const char *unit = after.around ? after.around->unit : NULL;
	struct text text = plan_line(draft, "lasts", false);

	if (!unit || !unit[0])
		unit = target_task(draft)->who ? target_task(draft)->who->unit : NULL;
	text_add(&text, "children started from now on inherit it; ");
	if (unit && unit[0]) {
		text_add(&text, "a restart of ");
		text_add_clean(&text, unit, strnlen(unit, SURROUNDINGS_UNIT_MAX));
		text_add(&text, " loses it");
	} else {
		text_add(&text, "a restart loses it");
	}
}

static void refuse_adj(struct plan_draft *draft)
{
	const struct task *task = target_task(draft);
	struct text text;

	if (task->has & TASK_HAS_LEGACY_ADJ) {
		text = plan_refuse(draft);
		text_fmt(&text, "this kernel has only oom_adj (before 2.6.36), here %d",
			task->oom_adj);
	} else if (exempt_now(draft) == EXEMPT_KTHREAD) {
		text = plan_refuse(draft);
		text_add(&text, "a kernel thread has no memory that could be freed");
	} else if (exempt_now(draft) == EXEMPT_NO_MM) {
		text = plan_refuse(draft);
		text_add(&text, "it has ended and has no memory any more (zombie)");
	} else if (draft->plan->adj < ADJ_LEAST || draft->plan->adj > ADJ_MOST) {
		text = plan_refuse(draft);
		text_fmt(&text, "oom_score_adj goes from %d to %+d", ADJ_LEAST, ADJ_MOST);
	}
}

/* The killer passes it over, whatever the value. */
static void explain_exempt(struct plan_draft *draft)
{
	const enum exempt exempt = exempt_now(draft);
	struct text brief, text = plan_line(draft, "effect", true);

	text_init(&brief, draft->page.brief, sizeof(draft->page.brief));
	text_fmt(&brief, "%s: %s",
		exempt == EXEMPT_UNREADABLE ? "effect not known" : "no effect on it",
		exempt_words(exempt));
	text_add(&text, draft->page.brief);
	if (exempt == EXEMPT_INIT)
		text_add(&text, "; only children that it starts from now on inherit it");
}

static int explain_preview(struct plan_draft *draft)
{
	const struct preview_write write = { .now = draft->setting->now,
		.oom = draft->setting->oom,
		.task = draft->task,
		.adj = draft->plan->adj };
	struct preview preview;
	struct text text, brief;

	if (preview_make(&write, draft->arena, &preview))
		return -ENOMEM;

	text_init(&brief, draft->page.brief, sizeof(draft->page.brief));
	if (!value_known(preview.oom.totalpages)) {
		text = plan_line(draft, "rank", true);
		text_add(&text, "not known: the total of memory and swap could not be read");
		text_add(&brief, "rank not known");
		return 0;
	}
	say_ranks(draft, &preview, &brief);
	text_add(&brief, ", first then: ");
	say_first(draft, &preview, &brief);

	text = plan_line(draft, "rank", false);
	say_ranks(draft, &preview, &text);
	text_fmt(&text, " of %u that can be killed", preview.oom.n_order);
	line_first(draft, &preview);
	line_worth(draft, &preview);
	return line_never_first(draft, &preview);
}

int plan_explain_adj(struct plan_draft *draft)
{
	const struct plan *plan = draft->plan;
	struct text what;
	int error = 0;

	text_init(&what, draft->page.what, sizeof(draft->page.what));
	text_add(&what, plan->undo ? "undo ADJ of " : "ADJ of ");
	plan_name(&plan->target, &what);
	text_add(&what, ": ");
	add_adj(plan->adj_before, &what);
	text_add(&what, " -> ");
	add_adj(plan->adj, &what);
	if (draft->task == NO_TASK)
		return 0;

	refuse_adj(draft);
	if (!preview_possible(exempt_now(draft)))
		explain_exempt(draft);
	else if (plan->adj >= ADJ_LEAST && plan->adj <= ADJ_MOST)
		error = explain_preview(draft);
	if (error)
		return error;

	line_rights(draft);
	line_sharers(draft);
	line_undo(draft);
	line_lasts(draft);
	return 0;
}
