/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/reason.h"

#include <inttypes.h>
#include <string.h>

#include "analysis/victim_parts.h"
#include "base/text.h"
#include "base/units.h"

void reason_name(const struct task *task, struct text *text)
{
	if (task->comm[0])
		text_add_clean(text, task->comm, strnlen(task->comm, sizeof(task->comm)));
	else
		text_add(text, "process");
	text_fmt(text, " %d", task->pid);
}

static void add_memory(const struct snapshot *snapshot, int64_t pages, struct text *text)
{
	units_bytes(text, value_mul(pages, snapshot->page_bytes));
}

/* "java 23283 (10.1G)" */
static void add_rival(
	const struct snapshot *snapshot, const struct oom *oom, uint32_t task, struct text *text)
{
	reason_name(&snapshot->tasks[task], text);
	text_add(text, " (");
	add_memory(snapshot, oom->judged[task].mem_pages, text);
	text_add(text, ")");
}

static bool is_larger(const struct oom *oom, uint32_t a, uint32_t b)
{
	return value_known(oom->judged[a].mem_pages) &&
		oom->judged[a].mem_pages > oom->judged[b].mem_pages;
}

/* The candidate with the most memory; the first one itself if none has more. */
static uint32_t largest(const struct oom *oom)
{
	uint32_t task = oom->first;

	for (uint32_t i = 0; i < oom->n_order; i++) {
		if (is_larger(oom, oom->order[i], task))
			task = oom->order[i];
	}
	return task;
}

static bool exempt_is_larger(const struct snapshot *snapshot, const struct oom *oom)
{
	for (uint32_t i = 0; i < snapshot->n_tasks; i++) {
		const enum exempt exempt = oom->judged[i].exempt;

		if (exempt != EXEMPT_NONE && exempt != EXEMPT_OUT_OF_SCOPE &&
			is_larger(oom, i, oom->first))
			return true;
	}
	return false;
}

static void say_largest(const struct snapshot *snapshot, const struct oom *oom, struct text *text)
{
	const struct task *task = &snapshot->tasks[oom->first];

	if (exempt_is_larger(snapshot, oom))
		text_add(text, "most memory of those that can be killed: ");
	else if (oom->scope.kind == SCOPE_MEMCG)
		text_add(text, "most memory in this cgroup: ");
	else if (oom->constraint == CONSTRAINT_CPUSET)
		text_fmt(text, "most memory of those that may use %s: ", oom->scope_words);
	else
		text_add(text, "most memory of all: ");
	add_memory(snapshot, oom->judged[oom->first].mem_pages, text);
	if (task->has & TASK_HAS_ADJ && task->oom_score_adj != 0)
		text_fmt(text, ", adj %+d", task->oom_score_adj);
}

/* What makes a smaller process score higher. */
static void say_outranked(
	const struct snapshot *snapshot, const struct oom *oom, uint32_t larger, struct text *text)
{
	const struct task *first = &snapshot->tasks[oom->first];
	const struct task *other = &snapshot->tasks[larger];
	const bool adjs_known = first->has & other->has & TASK_HAS_ADJ;

	if (adjs_known && first->oom_score_adj > other->oom_score_adj) {
		if (first->oom_score_adj > 0) {
			text_fmt(text, "adj %+d outranks ", first->oom_score_adj);
			add_rival(snapshot, oom, larger, text);
		} else {
			add_rival(snapshot, oom, larger, text);
			text_fmt(text, " is protected by adj %+d", other->oom_score_adj);
		}
	} else if (oom->judged[larger].badness.root_pages < 0) {
		add_rival(snapshot, oom, larger, text);
		text_add(text, " is discounted: it runs as root");
	} else {
		text_add(text, "highest score of all");
	}
}

static void say_kill(const struct snapshot *snapshot, const struct oom *oom, struct text *text)
{
	const uint32_t larger = largest(oom);
	const struct judged *judged = oom->judged;

	if (oom->chosen != oom->first) {
		text_add(text, "a child dies first: ");
		reason_name(&snapshot->tasks[oom->chosen], text);
		text_add(text, " has the highest score");
	} else if (oom->n_order == 1) {
		text_add(text, "alone: no other process can be killed");
	} else if (judged[oom->order[1]].badness.total == judged[oom->first].badness.total) {
		text_add(text, "same score as ");
		reason_name(&snapshot->tasks[oom->order[1]], text);
		if (oom->scope.kind == SCOPE_MEMCG)
			text_add(text, ": their order in a cgroup is not known");
		else
			text_fmt(text, ": this kernel takes the %s",
				snapshot->kernel.tie == TIE_NEWEST ? "younger" : "older");
	} else if (snapshot->kernel.formula == FORMULA_2_6_32 ||
		!value_known(judged[oom->first].mem_pages)) {
		text_add(text, "highest score of all");
	} else if (larger == oom->first) {
		say_largest(snapshot, oom, text);
	} else {
		say_outranked(snapshot, oom, larger, text);
	}
}

static void say_panic(const struct snapshot *snapshot, const struct oom *oom, struct text *text)
{
	text_add(text, "the kernel would panic: ");
	if (panics_on(snapshot, oom->constraint))
		text_fmt(text, "vm.panic_on_oom is %" PRId64, snapshot->knobs.panic_on_oom);
	else if (oom->n_order == 0)
		text_add(text, "no process can be killed");
}

static void say_allocating(const struct snapshot *snapshot, struct text *text)
{
	const int64_t knob = value_or(snapshot->knobs.oom_kill_allocating_task, 0);

	if (knob != 0)
		text_fmt(text, "vm.oom_kill_allocating_task is %" PRId64, knob);
	else
		text_add(text, "this kernel scans nobody for a memory policy");
	text_add(text, ": who asks for memory then is killed");
}

static void say_unknown(const struct snapshot *snapshot, const struct oom *oom, struct text *text)
{
	if (snapshot->n_tasks == 0)
		text_add(text, "the list of processes could not be read");
	else if (!value_known(oom->totalpages) && oom->constraint == CONSTRAINT_MEMCG)
		text_add(text, "the limit of this cgroup could not be read");
	else if (!value_known(oom->totalpages) && oom->constraint != CONSTRAINT_NONE)
		text_add(text, "the size of these nodes could not be read");
	else if (!value_known(oom->totalpages))
		text_add(text, "the total of memory and swap could not be read");
	else
		text_add(text, "no process that can be seen from here can be killed");
}

static void say_no_victim(const struct snapshot *snapshot, const struct oom *oom, struct text *text)
{
	const struct memcg *memcg =
		oom->scope.kind == SCOPE_MEMCG ? &snapshot->memcgs[oom->scope.memcg] : NULL;

	if (memcg && !memcg_is_limited(memcg))
		text_add(text, "this cgroup has no limit: nobody is killed for it");
	else if (memcg && memcg->oom_kill_disable == 1)
		text_add(text, "its tasks wait: memory.oom_control disables the killer");
	else
		text_add(text, "no process can be killed");
}

void reason_of(const struct snapshot *snapshot, struct oom *oom)
{
	struct text text;

	text_init(&text, oom->reason, sizeof(oom->reason));
	switch (oom->outcome) {
	case OUTCOME_KILL:
	case OUTCOME_KILL_GROUP:
		say_kill(snapshot, oom, &text);
		break;
	case OUTCOME_KILL_ALLOCATING_TASK:
		say_allocating(snapshot, &text);
		break;
	case OUTCOME_PANIC:
		say_panic(snapshot, oom, &text);
		break;
	case OUTCOME_NO_VICTIM:
		say_no_victim(snapshot, oom, &text);
		break;
	case OUTCOME_UNKNOWN:
		say_unknown(snapshot, oom, &text);
		break;
	}
}
