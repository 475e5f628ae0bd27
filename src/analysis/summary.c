/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/summary.h"

#include <errno.h>
#include <string.h>

#include "analysis/risks.h"
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

static int judge_scopes(const struct making *making, const struct snapshot *before)
{
	struct summary *summary = making->summary;
	struct risk machine;
	const struct nodesets_inputs nodesets = { .now = making->now,
		.views = summary->views,
		.reclaim = &summary->reclaim,
		.history = making->history,
		.arena = &summary->arena };
	const struct killers_inputs killers = { .now = making->now,
		.before = before,
		.machine = &making->machine,
		.machine_risk = &machine,
		.history = making->history };
	int error;

	judge_machine(making, &machine);
	summary->memcgs =
		memcgs_judge(making->now, before, making->history, &summary->arena, &error);
	if (error == 0)
		error = nodesets_judge(&nodesets, &summary->nodesets);
	if (error == 0)
		summary->killers = killers_judge(&killers, &summary->arena, &error);
	if (error < 0)
		return error;
	risks_order(making->now, &machine, summary);
	return 0;
}

static int64_t forecast_in(const struct summary *summary, const struct scope *scope)
{
	for (unsigned i = 0; i < summary->n_risks; i++) {
		if (scope_same(&summary->risks[i].where, scope))
			return summary->risks[i].forecast_s;
	}
	for (uint32_t i = 0; i < summary->nodesets.n_sets; i++) {
		if (scope_same(&summary->nodesets.sets[i].risk.where, scope))
			return summary->nodesets.sets[i].risk.forecast_s;
	}
	if (scope->kind == SCOPE_MEMCG && summary->memcgs)
		return summary->memcgs[scope->memcg].forecast_s;
	return VALUE_UNKNOWN;
}

/* forecast_s is rounded down: whoever overtakes within that second dies. */
static void foretell(const struct making *making, struct oom *oom)
{
	const int64_t forecast_s = forecast_in(making->summary, &oom->scope);

	victim_foretell(making->now, value_add(forecast_s, 1), oom);
}

/* Who dies where it is worst, which need not be the scope on the screen; where a userspace
 * killer is nearest, who the kernel would kill on the machine. */
static int judge_verdict(const struct making *making, struct oom *ret)
{
	const struct summary *summary = making->summary;
	const struct scope *where = &summary->risks[0].where;
	int error;

	if (scope_same(where, &summary->oom.scope)) {
		*ret = summary->oom;
		return 0;
	}
	*ret = making->machine;
	if (where->kind == SCOPE_MEMCG || where->kind == SCOPE_NODES) {
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
	uint32_t killer;
	struct text text;

	for (unsigned i = 0; i < summary->n_risks; i++) {
		const struct risk *it = &summary->risks[i];

		text_init(&text, summary->risks[i].text, sizeof(risk->text));
		if (it->where.kind == SCOPE_KILLER)
			verdict_killer_text(now, summary->killers, it, &text);
		else
			verdict_text(now, it, &text);
	}
	text_init(&text, summary->next_text, sizeof(summary->next_text));
	killer = verdict_killer_first(now, summary->killers, risk);
	if (killer != NO_KILLER)
		verdict_killer_next(now, summary->killers, killer, &making->machine, &text);
	else
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
	if (scope.kind != SCOPE_SYSTEM)
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
	account_of(now, &making.machine, &ret->account);
	reclaim_of(now, before, &ret->reclaim);
	ret->stage = reclaim_stage_of(&ret->reclaim);
	error = judge_scopes(&making, before);
	if (error < 0)
		return error;
	foretell(&making, &ret->oom);
	error = judge_verdict(&making, &verdict);
	if (error < 0)
		return error;
	write_texts(&making, &verdict);
	return 0;
}
