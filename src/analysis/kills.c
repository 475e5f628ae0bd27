/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/kills.h"

#include <string.h>

#include "analysis/scope.h"
#include "base/hash.h"

static void add_clean(struct text *text, const char *string)
{
	text_add_clean(text, string, strlen(string));
}

/* The slot of the next kill, emptied. */
static struct kill *begin(struct kills *kills, const struct kill_moment *moment)
{
	struct kill *kill = &kills->list[kills->total % KILLS_MAX];

	*kill = (struct kill){
		.number = ++kills->total,
		.uptime_ms = moment->uptime_ms,
		.time_ms = moment->time_ms,
		.before = !value_known(moment->clear_ms),
		.pid = VALUE_UNKNOWN,
		.gives_back_kib = VALUE_UNKNOWN,
	};
	return kill;
}

/* Of what is older than oomwatch only the kernel's stamp says when it was. */
static void set_time(struct kill *kill, int64_t stamp_us)
{
	if (!kill->before || !value_known(stamp_us) || stamp_us < 0)
		return;
	if (value_known(kill->time_ms) && value_known(kill->uptime_ms))
		kill->time_ms += value_min(stamp_us / 1000 - kill->uptime_ms, 0);
	kill->uptime_ms = stamp_us / 1000;
}

static void set_words(char *buf, size_t size, const char *foreign)
{
	struct text text;

	text_init(&text, buf, size);
	add_clean(&text, foreign);
}

static enum kill_where where_of(const struct oom_report *report)
{
	if (report->trigger == REPORT_TRIGGER_SYSRQ)
		return KILL_SYSRQ;
	if (report->constraint == REPORT_CONSTRAINT_MEMCG ||
		report->trigger == REPORT_TRIGGER_MEMCG)
		return KILL_CGROUP;
	if (report->constraint == REPORT_CONSTRAINT_CPUSET ||
		report->constraint == REPORT_CONSTRAINT_MEMORY_POLICY)
		return KILL_NODES;
	return KILL_MACHINE;
}

static const char *nodes_of(const struct oom_report *report)
{
	return report->constraint == REPORT_CONSTRAINT_CPUSET ? report->mems_allowed
							      : report->nodemask;
}

static void scope_of(const struct oom_report *report, struct kill *kill)
{
	const char *nodes = nodes_of(report);
	struct text text;

	text_init(&text, kill->scope, sizeof(kill->scope));
	switch (kill->where) {
	case KILL_CGROUP:
		if (report->memcg)
			scope_path_words(report->memcg, &text);
		else
			text_add(&text, "?");
		break;
	case KILL_NODES:
		text_add(&text, "nodes ");
		add_clean(&text, nodes ? nodes : "?");
		break;
	case KILL_SYSRQ:
		text_add(&text, "machine (sysrq-f)");
		break;
	case KILL_MACHINE:
	case KILL_DAEMON:
	default:
		text_add(&text, "machine");
		break;
	}
}

/* Parts of an id one after the other. */
static uint64_t hash_of(const char *kind, const char *rest)
{
	return hash_add_text(hash_add_text(HASH_START, kind), rest);
}

/* As scope_id() spells it; 0: none that is watched. */
static uint64_t scope_hash(const struct oom_report *report, enum kill_where where)
{
	switch (where) {
	case KILL_MACHINE:
	case KILL_SYSRQ:
		return hash_of("system", "");
	case KILL_CGROUP:
		return report->memcg ? hash_of("cgroup:", report->memcg) : 0;
	case KILL_NODES:
		return nodes_of(report) ? hash_of("nodes:", nodes_of(report)) : 0;
	case KILL_DAEMON:
	default:
		return 0;
	}
}

static struct foretold *find(struct foretold_sample *sample, uint64_t scope)
{
	for (unsigned i = 0; i < sample->n; i++)
		if (sample->scopes[i].scope == scope)
			return &sample->scopes[i];
	return NULL;
}

/* Later words on a scope change nothing: the first ones know most. */
static void foretell(struct foretold_sample *sample, const struct snapshot *now, uint64_t scope,
	uint32_t victim, bool certain)
{
	struct foretold *foretold;
	struct text text;

	if (victim >= now->n_tasks || sample->n == FORETOLD_SCOPES || find(sample, scope))
		return;
	foretold = &sample->scopes[sample->n++];
	foretold->scope = scope;
	foretold->pid = now->tasks[victim].pid;
	foretold->certain = certain;
	text_init(&text, foretold->name, sizeof(foretold->name));
	task_name(&now->tasks[victim], &text);
}

static void foretell_killers(
	struct foretold_sample *sample, const struct snapshot *now, const struct summary *summary)
{
	for (uint32_t i = 0; summary->killers && i < now->n_killers; i++)
		foretell(sample, now, hash_of("killer:", killer_name(now->killers[i].kind)),
			summary->killers[i].victim,
			!summary->killers[i].tie && summary->killers[i].worth == WORTH_EXACT);
}

void kills_foretell(struct kills *kills, const struct snapshot *now, const struct summary *summary)
{
	struct foretold_sample *sample = &kills->samples[kills->n_samples++ % FORETOLD_SAMPLES];
	const struct oom *oom = &summary->oom;

	sample->uptime_ms = now->uptime_ms;
	sample->n = 0;
	foretell(sample, now, hash_of(oom->scope_name, ""), oom->victim, oom->certain);
	foretell_killers(sample, now, summary);
	for (unsigned i = 0; i < summary->n_risks; i++)
		foretell(sample, now, hash_of(summary->risks[i].scope, ""),
			summary->risks[i].victim, true);
	for (uint32_t i = 0; i < summary->nodesets.n_sets; i++) {
		const struct nodeset_view *set = &summary->nodesets.sets[i];

		foretell(sample, now, hash_of(set->risk.scope, ""), set->risk.victim, true);
	}
	for (uint32_t i = 0; summary->memcgs && i < now->n_memcgs && sample->n < FORETOLD_SCOPES;
		i++)
		if (summary->memcgs[i].limited)
			foretell(sample, now, hash_of("cgroup:", now->memcgs[i].path),
				summary->memcgs[i].victim, true);
}

/* What was foretold for a scope in the last sample while the log did not have the kill. */
static const struct foretold *foretold_for(
	struct kills *kills, uint64_t scope, const struct kill_moment *moment)
{
	if (!value_known(moment->clear_ms) || scope == 0)
		return NULL;
	for (uint64_t back = 1; back <= FORETOLD_SAMPLES && back <= kills->n_samples; back++) {
		struct foretold_sample *sample =
			&kills->samples[(kills->n_samples - back) % FORETOLD_SAMPLES];

		if (sample->uptime_ms <= moment->clear_ms)
			return find(sample, scope);
	}
	return NULL;
}

static void compare(
	struct kills *kills, struct kill *kill, const struct foretold *foretold, bool same)
{
	struct text text;

	if (!foretold)
		return;
	kills->n_compared++;
	if (same) {
		kills->n_foretold++;
		kill->foretold = KILL_FORETOLD;
		return;
	}
	kill->foretold = foretold->certain ? KILL_OTHER : KILL_UNCERTAIN;
	text_init(&text, kill->instead, sizeof(kill->instead));
	text_fmt(&text, "%s %d", foretold->name, (int)foretold->pid);
}

/* The kernel chooses one and may kill another (a child), or name a thread of it. */
static bool is_same(const struct oom_report *report, int64_t pid)
{
	const struct report_victim *victim = &report->victims[0];

	return victim->pid == pid || victim->tgid == pid || report->chosen.pid == pid;
}

static void copy_sentences(const struct explained *explained, struct kill *kill)
{
	size_t len = 0;

	for (unsigned i = 0; i < explained->n_words && i < KILL_SENTENCES_MAX; i++) {
		const size_t more = strlen(explained->sentences[i]);

		if (len + more + 2 > sizeof(kill->sentences))
			return;
		memcpy(kill->sentences + len, explained->sentences[i], more);
		len += more;
		kill->sentences[len++] = '\n';
		kill->sentences[len] = '\0';
	}
}

void kills_add_report(struct kills *kills, const struct oom_report *report,
	const struct explained *explained, const struct kill_moment *moment)
{
	struct kill *kill;

	if (report->n_victims == 0 && !report->no_victim)
		return;
	kill = begin(kills, moment);
	set_time(kill, report->uptime_us);
	kill->where = where_of(report);
	memcpy(kill->killer, "kernel", sizeof("kernel"));
	scope_of(report, kill);
	if (explained) {
		kill->gives_back_kib = explained->gives_back_kib;
		copy_sentences(explained, kill);
	}
	if (report->n_victims > 0) {
		const struct foretold *foretold =
			foretold_for(kills, scope_hash(report, kill->where), moment);

		kill->pid = report->victims[0].pid;
		kill->n_processes = report->n_victims + report->n_victims_left_out;
		set_words(kill->victim, sizeof(kill->victim), report->victims[0].comm);
		compare(kills, kill, foretold, foretold && is_same(report, foretold->pid));
	}
}

void kills_add_event(
	struct kills *kills, const struct killer_event *event, const struct kill_moment *moment)
{
	struct kill *kill = begin(kills, moment);
	struct text text;

	set_time(kill, event->uptime_us);
	kill->where = KILL_DAEMON;
	set_words(kill->killer, sizeof(kill->killer), event->name);
	kill->gives_back_kib = event->rss_kib;
	kill->pid = event->victim.pid;
	kill->n_processes = value_known(event->processes) && event->processes > 0
		? (uint32_t)value_min(event->processes, UINT32_MAX)
		: 1;
	text_init(&text, kill->victim, sizeof(kill->victim));
	if (event->victim.comm[0])
		add_clean(&text, event->victim.comm);
	else if (event->cgroup)
		scope_path_words(event->cgroup, &text);
	memcpy(kill->scope, "its own rule", sizeof("its own rule"));
	if (event->reason) {
		text_init(&text, kill->sentences, sizeof(kill->sentences));
		add_clean(&text, event->reason);
	}
	if (value_known(event->victim.pid)) {
		const struct foretold *foretold =
			foretold_for(kills, hash_of("killer:", event->name), moment);

		compare(kills, kill, foretold, foretold && foretold->pid == event->victim.pid);
	}
}

unsigned kills_count(const struct kills *kills)
{
	return (unsigned)(kills->total < KILLS_MAX ? kills->total : KILLS_MAX);
}

const struct kill *kills_get(const struct kills *kills, unsigned i)
{
	if (i >= kills_count(kills))
		return NULL;
	return &kills->list[(kills->total - 1 - i) % KILLS_MAX];
}

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

void kill_words(const struct kill *kill, struct text *text)
{
	const bool nobody = kill->n_processes == 0;

	text_fmt(text, "%s %s", nobody ? "OUT OF MEMORY:" : "KILLED",
		nobody ? "nobody could be killed" : kill->victim);
	if (value_known(kill->pid))
		text_fmt(text, " %lld", (long long)kill->pid);
	if (kill->n_processes > 1)
		text_fmt(text, " and %u more", kill->n_processes - 1);
	text_fmt(text, " by %s%s", kill->where == KILL_DAEMON ? "" : "the ", kill->killer);
	add_where(kill, text);
	if (!nobody) {
		text_add(text, ": ");
		kill_foretold_words(kill, text);
	}
}
