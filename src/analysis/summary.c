/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/summary.h"

#include <errno.h>
#include <string.h>

#include "analysis/verdict.h"

/* comm holds 15 bytes (TASK_COMM_LEN of the kernel less its NUL); longer names are cut. */
#define COMM_CUT 15

static bool starts_with(const char *string, const char *start)
{
	return strncmp(string, start, strlen(start)) == 0;
}

/** A login session or a user's manager says who, not what: the command is the better name. */
static bool unit_names_a_service(const char *unit)
{
	return !starts_with(unit, "session-") && !starts_with(unit, "user@") &&
		!starts_with(unit, "user-") && strcmp(unit, "user.slice") != 0 &&
		strcmp(unit, "init.scope") != 0 && strcmp(unit, "-.slice") != 0;
}

/** The first word of a command line without its folders. */
static size_t base_name(const char *cmdline, const char **ret)
{
	const size_t len = strcspn(cmdline, " ");

	*ret = cmdline;
	for (size_t i = 0; i < len; i++) {
		if (cmdline[i] == '/')
			*ret = cmdline + i + 1;
	}
	return len - (size_t)(*ret - cmdline);
}

/**
 * comm, or the base name of the command where the kernel cut comm.  Not the command line
 * whenever there is one: programs write titles into it ("nginx: worker process").
 */
static void add_command(const struct task *task, struct text *text)
{
	const char *base = "";
	const size_t comm_len = strnlen(task->comm, sizeof(task->comm));
	size_t base_len = 0;

	if (task->who->cmdline)
		base_len = base_name(task->who->cmdline, &base);

	if (comm_len == 0 && base_len == 0)
		text_add(text, "?");
	else if (comm_len == 0 ||
		(comm_len == COMM_CUT && base_len > comm_len &&
			memcmp(base, task->comm, comm_len) == 0))
		text_add_clean(text, base, base_len);
	else
		text_add_clean(text, task->comm, comm_len);
}

void task_name(const struct task *task, struct text *text)
{
	const struct identity *who = task->who;

	if (who->container) {
		text_add_clean(text, who->container, strlen(who->container));
		text_add(text, " ");
	} else if (who->unit && unit_names_a_service(who->unit)) {
		text_add_clean(text, who->unit, strlen(who->unit));
		text_add(text, " ");
	}
	add_command(task, text);
}

/** What is put together. */
struct making {
	const struct snapshot *now;
	struct history *history;
	struct summary *summary;
	struct oom machine; /**< the machine's, whatever the scope */
};

static void judge_machine(const struct making *making, struct risk *ret)
{
	const struct summary *summary = making->summary;
	const struct risk_inputs inputs = {
		.now = making->now,
		.views = summary->views,
		.oom = &making->machine,
		.reclaim = &summary->reclaim,
		.account = &summary->account,
		.history = making->history,
	};

	risk_of_system(&inputs, ret);
	risk_hold(making->history, making->now, ret);
}

/** One scope to compare. */
struct standard {
	uint32_t memcg; /**< NO_MEMCG: the machine */
	enum level level;
	int64_t forecast_s;
	int64_t percent;
};

static struct standard of_machine(const struct making *making, const struct risk *risk)
{
	const int64_t total = making->now->mem.mem_total_kib;
	const int64_t left = risk->left.high_kib;

	return (struct standard){
		.memcg = NO_MEMCG,
		.level = risk->level,
		.forecast_s = risk->forecast_s,
		.percent = value_known(left) && total > 0 ? left / value_max(total / 100, 1) : 100,
	};
}

static struct standard of_memcg(const struct memcg_view *views, uint32_t memcg)
{
	const struct memcg_view *view = &views[memcg];

	return (struct standard){
		.memcg = memcg,
		.level = view->level,
		.forecast_s = view->forecast_s,
		.percent = value_known(view->percent) ? view->percent : 100,
	};
}

/* While nothing is wrong anywhere it is the machine that people ask for. */
static bool is_worse(const struct standard *a, const struct standard *b)
{
	const int64_t forecast_a = value_or(a->forecast_s, INT64_MAX);
	const int64_t forecast_b = value_or(b->forecast_s, INT64_MAX);

	if (a->level != b->level)
		return a->level > b->level;
	if (a->level == LEVEL_OK && (a->memcg == NO_MEMCG || b->memcg == NO_MEMCG))
		return a->memcg == NO_MEMCG;
	if (forecast_a != forecast_b)
		return forecast_a < forecast_b;
	if (a->percent != b->percent)
		return a->percent < b->percent;
	return a->memcg == NO_MEMCG;
}

/* Keeps the worst, and the machine in any case. */
static unsigned insert(struct standard *worst, unsigned n, const struct standard *it)
{
	unsigned at = n;

	while (at > 0 && is_worse(it, &worst[at - 1]))
		at--;
	if (n < RISKS_MAX) {
		n++;
	} else {
		if (at == n)
			return n;
		if (worst[n - 1].memcg == NO_MEMCG) {
			if (at == n - 1)
				return n;
			worst[n - 2] = worst[n - 1];
		}
	}
	memmove(&worst[at + 1], &worst[at], (n - 1 - at) * sizeof(*worst));
	worst[at] = *it;
	return n;
}

static void judge_risks(const struct making *making)
{
	struct summary *summary = making->summary;
	struct standard worst[RISKS_MAX];
	struct risk machine;

	judge_machine(making, &machine);
	worst[0] = of_machine(making, &machine);
	summary->n_risks = 1;
	for (uint32_t i = 0; summary->memcgs && i < making->now->n_memcgs; i++) {
		const struct standard it = of_memcg(summary->memcgs, i);

		if (summary->memcgs[i].limited || it.level > LEVEL_OK)
			summary->n_risks = insert(worst, summary->n_risks, &it);
	}
	for (unsigned i = 0; i < summary->n_risks; i++) {
		if (worst[i].memcg == NO_MEMCG)
			summary->risks[i] = machine;
		else
			memcgs_risk(
				making->now, summary->memcgs, worst[i].memcg, &summary->risks[i]);
	}
}

static bool same_scope(const struct scope *a, const struct scope *b)
{
	return a->kind == b->kind && (a->kind == SCOPE_SYSTEM || a->memcg == b->memcg);
}

/* forecast_s is rounded down: whoever overtakes within that second dies. */
static void foretell(const struct making *making, struct oom *oom)
{
	const struct summary *summary = making->summary;
	int64_t forecast_s = VALUE_UNKNOWN;

	if (oom->scope.kind == SCOPE_MEMCG && summary->memcgs)
		forecast_s = summary->memcgs[oom->scope.memcg].forecast_s;
	for (unsigned i = 0; i < summary->n_risks; i++) {
		if (same_scope(&summary->risks[i].where, &oom->scope))
			forecast_s = summary->risks[i].forecast_s;
	}
	victim_foretell(making->now, value_add(forecast_s, 1), oom);
}

/* Who dies where it is worst, which need not be the scope on the screen. */
static int judge_verdict(const struct making *making, struct oom *ret)
{
	const struct summary *summary = making->summary;
	const struct scope *where = &summary->risks[0].where;
	int error;

	if (same_scope(where, &summary->oom.scope)) {
		*ret = summary->oom;
		return 0;
	}
	*ret = making->machine;
	if (where->kind == SCOPE_MEMCG) {
		error = victim_judge_in(making->now, where, &making->summary->arena, ret);
		if (error < 0)
			return error;
	}
	foretell(making, ret);
	return 0;
}

static void write_texts(const struct making *making, const struct oom *verdict)
{
	const struct snapshot *now = making->now;
	struct summary *summary = making->summary;
	struct risk *risk = &summary->risks[0];
	struct text text;

	for (unsigned i = 0; i < summary->n_risks; i++) {
		text_init(&text, summary->risks[i].text, sizeof(risk->text));
		verdict_text(now, &summary->risks[i], &text);
	}
	text_init(&text, summary->next_text, sizeof(summary->next_text));
	verdict_next(now, risk, verdict, &text);
	text_init(&text, summary->filling_text, sizeof(summary->filling_text));
	verdict_filling(now, risk, making->history, &text);
}

static int judge_victims(struct making *making, const struct scope_choice *choice)
{
	struct summary *summary = making->summary;
	struct scope scope;
	int error;

	error = victim_judge(making->now, &summary->arena, &making->machine);
	if (error < 0)
		return error;
	summary->scope_gone = !scope_find(making->now, choice, &scope);
	summary->oom = making->machine;
	if (scope.kind == SCOPE_MEMCG)
		error = victim_judge_in(making->now, &scope, &summary->arena, &summary->oom);
	return error;
}

int summary_make(const struct snapshot *now, const struct snapshot *before,
	const struct scope_choice *choice, struct history *history, struct summary *ret)
{
	struct making making = { .now = now, .history = history, .summary = ret };
	struct arena arena = ret->arena;
	struct oom verdict;
	int error;

	arena_reset(&arena);
	memset(ret, 0, sizeof(*ret));
	ret->arena = arena;

	ret->views = zones_judge(now, &ret->arena);
	if (!ret->views && now->n_zones > 0)
		return -ENOMEM;
	error = judge_victims(&making, choice);
	if (error < 0)
		return error;
	ret->memcgs = memcgs_judge(now, before, history, &ret->arena, &error);
	if (error < 0)
		return error;

	account_of(now, &making.machine, &ret->account);
	reclaim_of(now, before, &ret->reclaim);
	ret->stage = reclaim_stage_of(&ret->reclaim);
	judge_risks(&making);
	foretell(&making, &ret->oom);
	error = judge_verdict(&making, &verdict);
	if (error < 0)
		return error;
	write_texts(&making, &verdict);
	return 0;
}
