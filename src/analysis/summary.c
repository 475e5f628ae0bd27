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

static void judge_risk(const struct snapshot *now, struct history *history, struct summary *summary)
{
	const struct risk_inputs inputs = {
		.now = now,
		.views = summary->views,
		.oom = &summary->oom,
		.reclaim = &summary->reclaim,
		.account = &summary->account,
		.history = history,
	};

	risk_of_system(&inputs, &summary->risks[0]);
	risk_hold(history, now, &summary->risks[0]);
	summary->n_risks = 1;
}

static void write_texts(
	const struct snapshot *now, const struct history *history, struct summary *summary)
{
	struct risk *risk = &summary->risks[0];
	struct text text;

	text_init(&text, risk->text, sizeof(risk->text));
	verdict_text(now, risk, &text);
	text_init(&text, summary->next_text, sizeof(summary->next_text));
	verdict_next(now, risk, &summary->oom, &text);
	text_init(&text, summary->filling_text, sizeof(summary->filling_text));
	verdict_filling(now, risk, history, &text);
}

int summary_make(const struct snapshot *now, const struct snapshot *before, struct history *history,
	struct summary *ret)
{
	struct arena arena = ret->arena;
	int error;

	arena_reset(&arena);
	memset(ret, 0, sizeof(*ret));
	ret->arena = arena;

	ret->views = zones_judge(now, &ret->arena);
	if (!ret->views && now->n_zones > 0)
		return -ENOMEM;
	error = victim_judge(now, &ret->arena, &ret->oom);
	if (error < 0)
		return error;

	account_of(now, &ret->oom, &ret->account);
	reclaim_of(now, before, &ret->reclaim);
	ret->stage = reclaim_stage_of(&ret->reclaim);
	judge_risk(now, history, ret);
	/* forecast_s is rounded down: whoever overtakes within that second dies. */
	victim_foretell(now, value_add(ret->risks[0].forecast_s, 1), &ret->oom);
	write_texts(now, history, ret);
	return 0;
}
