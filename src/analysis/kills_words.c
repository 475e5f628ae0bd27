/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/kills.h"

void kills_score(const struct kills *kills, struct text *text)
{
	if (kills->n_compared > 0)
		text_fmt(text, "foretold %u of %u", kills->n_foretold, kills->n_compared);
}

void kill_foretold_words(const struct kill *kill, struct text *text)
{
	switch (kill->foretold) {
	case KILL_FORETOLD:
		text_add(text, "foretold");
		break;
	case KILL_OTHER:
		text_fmt(text, "not foretold: %s was", kill->instead);
		break;
	case KILL_UNCERTAIN:
		text_fmt(text, "not certain, and said so: %s was named", kill->instead);
		break;
	case KILL_NOT_WATCHED:
	default:
		text_add(text, "not watched");
		break;
	}
}

void kill_source_words(const struct kill *kill, struct text *text)
{
	switch (kill->source) {
	case KILL_OF_JOURNAL:
		text_add(text, "told by the journal");
		break;
	case KILL_OF_TRACEPOINT:
		text_add(text, "told by the tracepoint oom/mark_victim, by no line of the log");
		break;
	case KILL_OF_COUNTER:
		text_add(text, "told by the kernel's counter of kills alone");
		break;
	case KILL_OF_LOG:
	default:
		break;
	}
}

static void add_where(const struct kill *kill, struct text *text)
{
	if (kill->where == KILL_CGROUP)
		text_fmt(text, " (cgroup %s at its limit)", kill->scope);
	else if (kill->where == KILL_NODES)
		text_fmt(text, " (%s short of memory)", kill->scope);
	else if (kill->where == KILL_SYSRQ)
		text_add(text, " (asked by sysrq-f)");
	else if (kill->where == KILL_MACHINE)
		text_add(text, " (machine out of memory)");
}

/* Of what the counter alone tells the name is a conclusion. */
static void add_sureness(const struct kill *kill, struct text *text)
{
	if (kill->source != KILL_OF_COUNTER)
		return;
	if (kill->n_gone > 1 && kill->victim[0])
		text_fmt(text, ", one of %u that are gone", kill->n_gone);
	else if (kill->victim[0])
		text_add(text, ", gone when the counter rose");
}

/* Counted, and nobody can be named. */
static void add_unnamed(const struct kill *kill, struct text *text)
{
	text_fmt(text, "the OOM killer took %u process%s", kill->n_processes,
		kill->n_processes == 1 ? "" : "es");
	add_where(kill, text);
	if (kill->n_gone > 1)
		text_fmt(text, " of %u that are gone", kill->n_gone);
	else if (kill->n_gone == 1)
		text_add(text, "; the one that is gone may be it");
	else
		text_add(text, "; nobody that oomwatch saw is gone");
}

void kill_words(const struct kill *kill, struct text *text)
{
	const bool nobody = kill->n_processes == 0;

	if (kill->source == KILL_OF_COUNTER && kill->victim[0] == '\0') {
		add_unnamed(kill, text);
		return;
	}
	text_fmt(text, "%s %s", nobody ? "OUT OF MEMORY:" : "KILLED",
		nobody                    ? "nobody could be killed"
			: kill->victim[0] ? kill->victim
					  : "?");
	if (value_known(kill->pid))
		text_fmt(text, " %lld", (long long)kill->pid);
	if (kill->n_processes > 1)
		text_fmt(text, " and %u more", kill->n_processes - 1);
	text_fmt(text, " by %s%s", kill->where == KILL_DAEMON ? "" : "the ", kill->killer);
	add_where(kill, text);
	add_sureness(kill, text);
	if (!nobody) {
		text_add(text, ": ");
		kill_foretold_words(kill, text);
	}
}
