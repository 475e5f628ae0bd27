/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/plan.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "analysis/plan_parts.h"

static const struct plan_signal signals[] = {
	{ SIGTERM, "TERM", "asks it to end; most clean up and do" },
	{ SIGKILL, "KILL", "ends it at once, whatever it does" },
	{ SIGINT, "INT", "as ^C at its terminal" },
	{ SIGHUP, "HUP", "its terminal is gone; many daemons read their settings again" },
	{ SIGQUIT, "QUIT", "ends it with a core dump; Java prints its threads instead" },
	{ SIGABRT, "ABRT", "ends it with a core dump" },
	{ SIGSTOP, "STOP", "stops it, its memory stays; CONT lets it go on" },
	{ SIGCONT, "CONT", "lets it go on after STOP" },
	{ SIGUSR1, "USR1", "what the program makes of it, else ends it" },
	{ SIGUSR2, "USR2", "what the program makes of it, else ends it" },
	{ SIGALRM, "ALRM", "a timer ran out" },
	{ SIGPIPE, "PIPE", "nobody reads what it writes" },
	{ SIGSEGV, "SEGV", "as after a bad memory access, with a core dump" },
};

const struct plan_signal *plan_signals(unsigned *ret_count)
{
	*ret_count = ARRAY_SIZE(signals);
	return signals;
}

enum signal_effect plan_signal_effect(int signal)
{
	switch (signal) {
	case SIGTERM:
	case SIGKILL:
	case SIGINT:
	case SIGABRT:
		return SIGNAL_ENDS;
	case SIGSTOP:
	case SIGTSTP:
	case SIGTTIN:
	case SIGTTOU:
	case SIGCONT:
	case SIGCHLD:
	case SIGURG:
	case SIGWINCH:
		return SIGNAL_STAYS;
	default:
		return SIGNAL_MAY_END;
	}
}

void plan_signal_name(int signal, struct text *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		if (signals[i].number == signal) {
			text_add(text, signals[i].name);
			return;
		}
	}
	text_fmt(text, "signal %d", signal);
}

bool plan_same_target(const struct target *a, const struct target *b)
{
	return a->pid == b->pid && a->start_ticks == b->start_ticks;
}

void plan_target(const struct snapshot *now, uint32_t task, struct target *ret)
{
	struct target target = { .pid = now->tasks[task].pid,
		.start_ticks = now->tasks[task].start_ticks };
	const char *comm = now->tasks[task].comm;
	struct text name;

	text_init(&name, target.name, sizeof(target.name));
	text_add_clean(&name, comm, strnlen(comm, sizeof(now->tasks[task].comm)));
	*ret = target;
}

uint32_t plan_find(const struct snapshot *now, const struct target *target)
{
	const int64_t task =
		target->pid > 0 ? snapshot_find(now, target->pid, target->start_ticks) : -1;

	return task < 0 ? NO_TASK : (uint32_t)task;
}

void plan_name(const struct target *target, struct text *text)
{
	if (target->name[0])
		text_add_clean(text, target->name, strnlen(target->name, sizeof(target->name)));
	else
		text_add(text, "process");
	text_fmt(text, " %d", target->pid);
}

/* Blanks at the ends of a name cannot be seen, so nobody could type them. */
static void trim(char *name, size_t *len)
{
	size_t blanks = 0;

	while (*len > 0 && name[*len - 1] == ' ')
		(*len)--;
	while (blanks < *len && name[blanks] == ' ')
		blanks++;
	*len -= blanks;
	memmove(name, name + blanks, *len);
}

void plan_confirm(const struct target *target, struct text *text)
{
	char name[sizeof(target->name)];
	const char *at = target->name;
	const char *end = at + strnlen(at, sizeof(target->name));
	size_t len = 0;

	while (at < end) {
		const uint32_t code_point = utf8_next(&at, end);

		name[len] = '?';
		if (code_point >= 0x20 && code_point < 0x7F)
			name[len] = (char)code_point;
		len++;
	}
	trim(name, &len);
	text_add_bytes(text, name, len);
	text_fmt(text, "%s%d", len > 0 ? " " : "", target->pid);
}

int32_t plan_step(int32_t adj, int direction)
{
	const int32_t within = adj < ADJ_LEAST ? ADJ_LEAST : adj > ADJ_MOST ? ADJ_MOST : adj;
	const int32_t rest = ((within % ADJ_STEP) + ADJ_STEP) % ADJ_STEP;

	if (direction < 0)
		return within == ADJ_LEAST ? within : within - (rest ? rest : ADJ_STEP);
	return within == ADJ_MOST ? within : within - rest + ADJ_STEP;
}

struct text plan_line(struct plan_draft *draft, const char *label, bool bad)
{
	struct plan_page *page = &draft->page;
	struct text text;

	if (page->n_lines == PLAN_LINES_MAX) {
		text_init(&text, draft->spare, sizeof(draft->spare));
		return text;
	}
	page->lines[page->n_lines].label = label;
	page->lines[page->n_lines].bad = bad;
	text_init(&text, page->lines[page->n_lines].text, sizeof(page->lines[0].text));
	page->n_lines++;
	return text;
}

struct text plan_refuse(struct plan_draft *draft)
{
	struct text text;

	if (draft->page.refused[0]) {
		text_init(&text, draft->spare, sizeof(draft->spare));
	} else {
		text_init(&text, draft->page.refused, sizeof(draft->page.refused));
		text_add(&text, "refused: ");
	}
	return text;
}

bool plan_holds(const struct snapshot *now, unsigned capability)
{
	return now->own_caps >> capability & 1;
}

void plan_rank(uint32_t rank, struct text *text)
{
	static const char *const endings[] = { "th", "st", "nd", "rd" };
	const bool teen = rank % 100 >= 11 && rank % 100 <= 13;

	if (rank == 0)
		text_add(text, "never");
	else
		text_fmt(text, "%u%s", rank, endings[teen || rank % 10 > 3 ? 0 : rank % 10]);
}

/* What holds for every kind; the words of the page are made all the same. */
static void refuse_all(struct plan_draft *draft)
{
	struct text refused;

	if (draft->setting->read_only) {
		refused = plan_refuse(draft);
		text_add(&refused, "--read-only");
	} else if (!snapshot_is_live(draft->setting->now)) {
		refused = plan_refuse(draft);
		text_fmt(&refused, "%s, nothing can be changed",
			source_words(draft->setting->now->source));
	}
	if (draft->task == NO_TASK && draft->plan->kind != PLAN_SYSRQ) {
		refused = plan_refuse(draft);
		plan_name(&draft->plan->target, &refused);
		text_add(&refused, " has ended");
	}
}

int plan_explain(const struct plan_setting *setting, const struct plan *plan, struct arena *arena,
	struct plan_page *ret)
{
	struct plan_draft draft = { .setting = setting, .plan = plan, .arena = arena };
	int error = 0;

	draft.task = plan_find(setting->now, &plan->target);
	if (plan->kind != PLAN_NONE)
		refuse_all(&draft);

	switch (plan->kind) {
	case PLAN_NONE:
		break;
	case PLAN_ADJ:
		error = plan_explain_adj(&draft);
		break;
	case PLAN_SIGNAL:
		error = plan_explain_signal(&draft);
		break;
	case PLAN_SYSRQ:
		error = plan_explain_sysrq(&draft);
		break;
	}
	if (error)
		return error;

	*ret = draft.page;
	return 0;
}
