/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/verdict.h"

#include <inttypes.h>
#include <string.h>

#include "analysis/summary.h"
#include "analysis/verdict_parts.h"
#include "analysis/victim_parts.h"
#include "base/units.h"

/* Less than this is not worth a word beside gigabytes; the kernel's own memory jitters. */
#define GROWTH_MIN_KIB_PER_S 256
#define OTHER_GROWTH_MIN_KIB_PER_S 1024

/* A list of nodes is cut here. */
#define NODES_CELLS 22

/* Where nothing is foretold, an overtaking within this time is still of interest. */
#define OVERTAKE_INTEREST_S 600

void verdict_add_task(const struct snapshot *now, uint32_t index, struct text *text)
{
	const struct task *task = &now->tasks[index];
	char buf[320];
	struct text name;

	text_init(&name, buf, sizeof(buf));
	task_name(task, &name);
	text_add_bytes(text, buf, text_fit(buf, VERDICT_NAME_CELLS));
	text_fmt(text, " %" PRId32, task->pid);
}

void verdict_add_slope(const struct risk *risk, struct text *text)
{
	/* What would take more than an hour, or is a page cache's jitter. */
	const int64_t little =
		value_max(risk->left.high_kib / FORECAST_HORIZON_S, GROWTH_MIN_KIB_PER_S);
	const int64_t slope = risk->slope_kib_per_s;
	const bool foretold = value_known(risk->forecast_s);

	if (!value_known(slope)) {
		text_add(text, ", its change is not known yet");
		return;
	}
	if (!foretold && slope > -little && slope < little) {
		text_add(text, ", steady");
		return;
	}
	text_add(text, ", ");
	units_rate(text, value_mul(slope, 1024));
	text_add(text, "/s");
	if (foretold || slope >= 0 || !risk->no_forecast_why[0])
		return;
	/* Why there is none is also in the JSON; here it must not be cut. */
	if (text_cells(text->buf) + 2 + text_cells(risk->no_forecast_why) <= VERDICT_CELLS)
		text_fmt(text, ": %s", risk->no_forecast_why);
	else
		text_add(text, ": no forecast yet");
}

static void add_left(const struct left *left, const char *verb, struct text *text)
{
	units_kib(text, left->high_kib);
	text_add(text, verb);
	text_add(text, " (cache ");
	units_kib(text, left->cache_kib);
	if (left->swap_kib != 0) {
		text_add(text, ", swap ");
		units_kib(text, left->swap_kib);
	}
	text_add(text, ")");
}

/* Of a long list of nodes the beginning. */
static void add_where(const struct risk *risk, struct text *text)
{
	const char *words = risk->scope_words;

	if (text_cells(words) <= NODES_CELLS) {
		text_add(text, words);
		return;
	}
	text_add_bytes(text, words, text_fit(words, NODES_CELLS - 2));
	text_add(text, "..");
}

static void write_text(
	const struct snapshot *now, const struct risk *risk, const char *verb, struct text *text)
{
	const bool machine = risk->where.kind == SCOPE_SYSTEM;

	add_where(risk, text);
	if (machine && now->partial == PARTIAL_LXCFS)
		text_add(text, " (as lxcfs shows it)");
	text_add(text, ": ");
	if (!value_known(risk->left.high_kib)) {
		text_add(text, "what is left to give could not be read");
		return;
	}

	add_left(&risk->left, verb, text);
	verdict_add_slope(risk, text);
	if (!value_known(risk->forecast_s))
		return;
	/* Strict accounting is of the whole machine: malloc and fork fail before anything is
	 * killed.  Where processes may use some nodes only, those end all the same. */
	text_add(text, machine && now->knobs.overcommit_memory == 2 ? ": ENOMEM in " : ": out in ");
	units_seconds_range(text, risk->forecast_low_s, risk->forecast_high_s);
}

static const struct memcg *memcg_of(const struct snapshot *now, const struct risk *risk)
{
	if (risk->where.kind != SCOPE_MEMCG || risk->where.memcg >= now->n_memcgs)
		return NULL;
	return &now->memcgs[risk->where.memcg];
}

static void add_bytes_of(const char *before, int64_t bytes, struct text *text)
{
	text_add(text, before);
	units_bytes(text, bytes);
}

/* "shop/cart-7d9f: 12M left of its limit 512M, -3M/s: out in 3-6s" */
static void write_memcg(
	const struct memcg *memcg, const struct risk *risk, const char *verb, struct text *text)
{
	const int64_t limit_kib = memcg_limit_kib(memcg);

	text_add_bytes(text, risk->scope_words, text_fit(risk->scope_words, VERDICT_NAME_CELLS));
	text_add(text, ": ");
	if (!value_known(limit_kib)) {
		add_bytes_of("", memcg->usage_bytes, text);
		add_bytes_of(" used, slowed down over memory.high ", memcg->high_bytes, text);
		return;
	}
	if (!value_known(risk->left.high_kib)) {
		text_add(text, "what its limit leaves could not be read");
		return;
	}
	units_kib(text, risk->left.high_kib);
	text_add(text, verb);
	units_kib(text, limit_kib);
	if (memcg->version == 1 && memcg->under_oom == 1 && memcg->oom_kill_disable == 1) {
		text_add(text, ": its tasks wait");
		return;
	}
	verdict_add_slope(risk, text);
	if (!value_known(risk->forecast_s))
		return;
	text_add(text, ": out in ");
	units_seconds_range(text, risk->forecast_low_s, risk->forecast_high_s);
}

void verdict_text(const struct snapshot *now, const struct risk *risk, struct text *text)
{
	const struct memcg *memcg = memcg_of(now, risk);

	if (memcg)
		write_memcg(memcg, risk, " left of its limit ", text);
	else
		write_text(now, risk, " left to give", text);
	if (text_cells(text->buf) <= VERDICT_CELLS)
		return;
	text_init(text, text->buf, text->size);
	if (memcg)
		write_memcg(memcg, risk, " left of ", text);
	else
		write_text(now, risk, " left", text);
}

static void add_mem(
	const struct snapshot *now, const struct oom *oom, uint32_t index, struct text *text)
{
	const int64_t pages = oom->judged[index].mem_pages;

	if (!value_known(pages))
		return;
	text_add(text, ", ");
	units_bytes(text, snapshot_bytes(now, pages));
}

/** Whether the first two are nearer than the error of their scores, and which error. */
static bool too_close(const struct oom *oom, int64_t *ret_error_pages)
{
	const struct badness *first, *second;

	if (oom->certain || oom->n_order < 2 || !value_known(oom->margin_pages))
		return false;
	first = &oom->judged[oom->order[0]].badness;
	second = &oom->judged[oom->order[1]].badness;
	*ret_error_pages = value_add(first->error_pages, second->error_pages);
	return value_known(*ret_error_pages) && oom->margin_pages <= *ret_error_pages;
}

static void add_then(const struct snapshot *now, const struct risk *risk, const struct oom *oom,
	struct text *text)
{
	const bool foretold = value_known(risk->forecast_s);
	uint32_t then = oom->victim_at_forecast;

	if (!foretold && value_known(oom->overtaken_in_s) &&
		oom->overtaken_in_s <= OVERTAKE_INTEREST_S)
		then = oom->overtaker;
	if (then == NO_TASK || then == oom->first)
		return;

	text_add(text, "; ");
	if (then == oom->overtaker && value_known(oom->overtaken_in_s)) {
		text_add(text, "from ~");
		units_seconds(text, oom->overtaken_in_s);
		text_add(text, " ");
	} else {
		text_add(text, "at the end ");
	}
	verdict_add_task(now, then, text);
	add_mem(now, oom, then, text);
}

static void add_also(const struct oom *oom, struct text *text)
{
	if (oom->n_also == 0)
		return;
	if (oom->outcome != OUTCOME_KILL_GROUP)
		text_fmt(text, " and %" PRIu32 " more", oom->n_also);
	else if (oom->n_also == 1)
		text_add(text, " and the other one of its cgroup");
	else
		text_fmt(text, " and the %" PRIu32 " others of its cgroup", oom->n_also);
}

/** The kill, with the reason where there is room for it. */
static void write_kill(const struct snapshot *now, const struct risk *risk, const struct oom *oom,
	bool with_reason, struct text *text)
{
	int64_t error_pages;

	if (too_close(oom, &error_pages)) {
		text_add(text, "too close to call: ");
		verdict_add_task(now, oom->order[0], text);
		text_add(text, " or ");
		verdict_add_task(now, oom->order[1], text);
		text_add(text, " (apart by ");
		units_bytes(text, snapshot_bytes(now, oom->margin_pages));
		text_add(text, ", error ");
		units_bytes(text, snapshot_bytes(now, error_pages));
		text_add(text, ")");
		return;
	}

	text_add(text, "now ");
	verdict_add_task(now, oom->victim, text);
	if (!with_reason && oom->chosen != oom->victim && oom->chosen != NO_TASK) {
		text_add(text, ", child of ");
		verdict_add_task(now, oom->chosen, text);
	}
	add_also(oom, text);
	if (!oom->certain && oom->uncertain_why[0])
		text_fmt(text, ", not certain: %s", oom->uncertain_why);
	else if (with_reason && oom->reason[0])
		text_fmt(text, ": %s", oom->reason);
	else
		add_mem(now, oom, oom->victim, text);
	add_then(now, risk, oom, text);
}

static void add_first(
	const struct snapshot *now, const struct oom *oom, const char *before, struct text *text)
{
	if (oom->first == NO_TASK)
		return;
	text_add(text, before);
	verdict_add_task(now, oom->first, text);
}

static void add_kill(const struct snapshot *now, const struct risk *risk, const struct oom *oom,
	struct text *text)
{
	char buf[256];
	struct text kill;

	text_init(&kill, buf, sizeof(buf));
	write_kill(now, risk, oom, true, &kill);
	if (text_cells(text->buf) + text_cells(buf) > VERDICT_CELLS) {
		text_init(&kill, buf, sizeof(buf));
		write_kill(now, risk, oom, false, &kill);
	}
	text_add(text, buf);
}

/* What holds for any outcome that is known. */
static void add_reserves(const struct snapshot *now, const struct oom *oom, struct text *text)
{
	if (oom->outcome == OUTCOME_UNKNOWN)
		return;
	if (now->partial == PARTIAL_KEPT)
		text_add(text, "of the processes recorded: ");
	else if (now->partial != PARTIAL_NONE)
		text_add(text, "of the processes visible here: ");
	/* Strict accounting is the machine's; a cgroup's limit and the end of a node are met when
	 * memory is touched. */
	if (oom->scope.kind == SCOPE_SYSTEM && now->knobs.overcommit_memory == 2)
		text_add(text, "ENOMEM before any kill; ");
}

void verdict_next(const struct snapshot *now, const struct risk *risk, const struct oom *oom,
	struct text *text)
{
	add_reserves(now, oom, text);
	switch (oom->outcome) {
	case OUTCOME_KILL:
	case OUTCOME_KILL_GROUP:
		add_kill(now, risk, oom, text);
		break;
	case OUTCOME_KILL_ALLOCATING_TASK:
		text_add(text, "whoever allocates then");
		if (value_or(now->knobs.oom_kill_allocating_task, 0) != 0)
			text_add(text, " (vm.oom_kill_allocating_task=1)");
		add_first(now, oom, "; else ", text);
		break;
	case OUTCOME_PANIC:
		if (!panics_on(now, oom->constraint)) {
			text_add(text, "nobody can be killed: the kernel would panic");
			break;
		}
		text_fmt(text, "the kernel would panic, not kill (vm.panic_on_oom=%" PRId64 ")",
			now->knobs.panic_on_oom);
		add_first(now, oom, "; first in line is ", text);
		break;
	case OUTCOME_NO_VICTIM:
		text_add(text,
			oom->scope.kind != SCOPE_SYSTEM && oom->reason[0] ? oom->reason
									  : "nobody can be killed");
		break;
	case OUTCOME_UNKNOWN:
		text_add(text,
			oom->scope.kind == SCOPE_MEMCG
				? "not known: the processes or the limit could not be read"
				: "not known: the processes or the totals could not be read");
		break;
	}
}

/** What grows with no process behind it. */
struct other_growth {
	const char *what;
	int64_t kib_per_s;
};

static struct other_growth most_other_growth(const struct history *history)
{
	const struct {
		const char *what;
		const struct ring *ring;
	} kinds[] = {
		{ "tmpfs or shared memory", &history->shmem },
		{ "the kernel's slab", &history->slab },
		{ "huge pages", &history->hugetlb },
		{ "unaccounted (drivers, GPU, balloon)", &history->other },
	};
	struct other_growth most = { NULL, VALUE_UNKNOWN };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct slope slope;

		if (ring_slope(kinds[i].ring, 10000, &slope) == 0 && slope.per_s > most.kib_per_s)
			most = (struct other_growth){ kinds[i].what, slope.per_s };
	}
	return most;
}

/* Of a cgroup or a node only the whole is watched: what shrinks without its processes. */
static struct other_growth other_growth_of(const struct risk *risk, const struct history *history)
{
	if (risk->where.kind == SCOPE_SYSTEM || risk->where.kind == SCOPE_KILLER)
		return most_other_growth(history);
	return (struct other_growth){ risk->where.kind == SCOPE_NODES
			? "tmpfs or kernel memory there"
			: "tmpfs or kernel memory of it",
		value_known(risk->slope_kib_per_s) ? value_mul(risk->slope_kib_per_s, -1)
						   : VALUE_UNKNOWN };
}

struct task_growth {
	int64_t bytes_per_s; /**< of all that grow */
	uint32_t n_growing;
	bool known;
};

static struct task_growth all_task_growth(const struct snapshot *now, const struct scope *scope)
{
	struct task_growth all = { 0 };

	for (uint32_t i = 0; i < now->n_tasks; i++) {
		const struct task *task = &now->tasks[i];
		const int64_t growth = task->growth_bytes_per_s[GROWTH_10S];

		if (!(task->has & TASK_HAS_GROWTH) || !value_known(growth) ||
			!scope_contains(now, scope, task))
			continue;
		all.known = true;
		if (growth > 0) {
			all.bytes_per_s = value_add(all.bytes_per_s, growth);
			all.n_growing++;
		}
	}
	return all;
}

void verdict_filling(const struct snapshot *now, const struct risk *risk,
	const struct history *history, struct text *text)
{
	const struct scope machine = SCOPE_OF_SYSTEM;
	const bool killer = risk->where.kind == SCOPE_KILLER;
	const struct other_growth other = other_growth_of(risk, history);
	const struct task_growth all = all_task_growth(now, killer ? &machine : &risk->where);
	const int64_t tasks_kib_per_s = all.bytes_per_s / 1024;

	/* Shared memory shows in the processes that mapped it too, hence twice. */
	if (other.kib_per_s >= OTHER_GROWTH_MIN_KIB_PER_S &&
		other.kib_per_s / 2 > tasks_kib_per_s) {
		text_fmt(text, "no process: %s ", other.what);
		units_rate(text, value_mul(other.kib_per_s, 1024));
		text_add(text, "/s");
	} else if (risk->filling != NO_TASK) {
		verdict_add_task(now, risk->filling, text);
		text_add(text, " ");
		units_rate(text, risk->filling_bytes_per_s);
		text_add(text, "/s");
		/* Of others nothing is known where the first processes alone were kept. */
		if (now->partial != PARTIAL_KEPT)
			text_fmt(text, ", %" PRId64 "%% of the growth", risk->filling_percent);
	} else if (tasks_kib_per_s >= GROWTH_MIN_KIB_PER_S) {
		text_fmt(text, "no single one: %" PRIu32 " %s ", all.n_growing,
			now->partial == PARTIAL_KEPT ? "of the processes recorded" : "processes");
		units_rate(text, all.bytes_per_s);
		text_add(text, "/s together");
	} else if (all.known && now->partial == PARTIAL_KEPT) {
		text_add(text, "none of the processes recorded grows");
	} else if (!all.known) {
		text_add(text,
			now->n_tasks == 0 ? "not known: no process could be read"
					  : "not known yet (first sample)");
	} else {
		text_add(text, "nothing grows");
	}
}
