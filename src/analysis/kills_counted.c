/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "analysis/kills_parts.h"
#include "analysis/scope.h"

static int64_t risen(const struct summary *summary, uint32_t memcg)
{
	return summary->memcgs ? value_max(summary->memcgs[memcg].rising_oom_kill, 0) : 0;
}

/* Of one cgroup without those below, whose kills count in it too. */
static int64_t risen_here(const struct snapshot *now, const struct summary *summary, uint32_t memcg)
{
	int64_t kills = risen(summary, memcg);

	for (uint32_t i = memcg + 1; kills > 0 && i < now->n_memcgs; i++)
		if (scope_charged_above(now, i) == memcg)
			kills -= risen(summary, i);
	return value_max(kills, 0);
}

static void add_scope(struct kills *kills, const struct snapshot *before,
	const struct snapshot *now, const struct summary *summary, uint32_t memcg, int64_t n)
{
	struct kill_count *count = &kills->count;
	struct counted_scope *scope = &count->scopes[count->n_scopes++];
	const struct foretold *foretold;
	struct text text;

	scope->kills = n;
	scope->n_gone = 0;
	kills_where(before, now, summary, memcg, NULL, &scope->place);
	text_init(&text, scope->path, sizeof(scope->path));
	if (memcg < now->n_memcgs)
		text_add(&text, now->memcgs[memcg].path);
	foretold = kills_foretold(kills, scope->place.hash, count->before_ms);
	scope->foretold = foretold ? foretold->pid : VALUE_UNKNOWN;
}

/* The victim's cgroup went with it, perhaps, but not the one at its limit. */
static uint32_t limit_that_rose(const struct snapshot *now, const struct summary *summary)
{
	for (uint32_t i = now->n_memcgs; summary->memcgs && i-- > 0;)
		if (summary->memcgs[i].rising_oom > 0)
			return i;
	return NO_MEMCG;
}

/* Which counters rose; where the machine's cannot be read, those of cgroups are all. */
static void count_kills(struct kills *kills, const struct snapshot *before,
	const struct snapshot *now, const struct summary *summary)
{
	struct kill_count *count = &kills->count;
	const int64_t all = summary->reclaim.oom_kills;
	int64_t left = value_known(all) ? value_max(all, 0) : INT64_MAX;

	for (uint32_t i = now->n_memcgs; left > 0 && count->n_scopes < COUNTED_MAX && i-- > 0;) {
		const int64_t here = value_min(risen_here(now, summary, i), left);

		if (here == 0)
			continue;
		add_scope(kills, before, now, summary, i, here);
		count->kills += here;
		left -= here;
	}
	if (!value_known(all) || left == 0)
		return;
	count->kills += left;
	add_scope(kills, before, now, summary,
		count->n_scopes == 0 ? limit_that_rose(now, summary) : NO_MEMCG, left);
}

static bool is_zombie(const struct task *task)
{
	return task->state == 'Z' || task->state == 'X';
}

/* Both are in order of pid. */
static bool is_gone(const struct task *task, const struct snapshot *now, uint32_t *at)
{
	while (*at < now->n_tasks && now->tasks[*at].pid < task->pid)
		++*at;
	if (*at < now->n_tasks && task_same(task, &now->tasks[*at]))
		return is_zombie(&now->tasks[*at]) && !is_zombie(task);
	return !is_zombie(task);
}

static const char *path_of(const struct snapshot *snapshot, const struct task *task)
{
	return task->memcg < snapshot->n_memcgs ? snapshot->memcgs[task->memcg].path : "";
}

/* The nearest of the cgroups whose counter rose, or what is left; -1: none. */
static int scope_of(const struct kill_count *count, const char *path)
{
	int best = -1;

	for (unsigned i = 0; i < count->n_scopes; i++) {
		const char *scope = count->scopes[i].path;

		if (*scope && !kills_is_within(path, scope))
			continue;
		if (best < 0 || strlen(scope) > strlen(count->scopes[best].path))
			best = (int)i;
	}
	return best;
}

/* Where there is no more room the one that was foretold still gets it. */
static void add_gone(struct kill_count *count, const struct task *task, unsigned index)
{
	struct counted_scope *scope = &count->scopes[index];
	struct gone *gone;
	struct text text;

	scope->n_gone++;
	if (count->n_gone == GONE_MAX && task->pid != scope->foretold)
		return;
	gone = &count->gone[count->n_gone < GONE_MAX ? count->n_gone++ : GONE_MAX - 1];
	*gone = (struct gone){
		.pid = task->pid,
		.start_ticks = task->start_ticks,
		.scope = index,
	};
	text_init(&text, gone->name, sizeof(gone->name));
	text_add_clean(&text, task->comm, strlen(task->comm));
}

static void find_gone(
	struct kill_count *count, const struct snapshot *before, const struct snapshot *now)
{
	uint32_t at = 0;

	for (uint32_t i = 0; i < before->n_tasks; i++) {
		const struct task *task = &before->tasks[i];
		int scope;

		if (task_is_kthread(task) || !is_gone(task, now, &at))
			continue;
		scope = scope_of(count, path_of(before, task));
		if (scope >= 0)
			add_gone(count, task, (unsigned)scope);
	}
}

/* Take those that somebody told of meanwhile out of what is counted. */
static void drop_told(struct kills *kills)
{
	struct kill_count *count = &kills->count;
	unsigned kept = 0;

	for (unsigned i = 0; i < count->n_gone; i++) {
		struct counted_scope *scope = &count->scopes[count->gone[i].scope];

		if (!kills_pid_told(kills, count->gone[i].pid, count->uptime_ms)) {
			count->gone[kept++] = count->gone[i];
			continue;
		}
		scope->n_gone--;
		if (scope->kills > 0 && count->settled > 0) {
			scope->kills--;
			count->settled--;
			count->kills--;
		}
	}
	count->n_gone = kept;
	for (unsigned i = count->n_scopes; i-- > 0;) {
		const int64_t both = value_min(count->scopes[i].kills, count->settled);

		count->scopes[i].kills -= both;
		count->settled -= both;
		count->kills -= both;
	}
}

static void list_gone(const struct kill_count *count, unsigned scope, struct text *text)
{
	unsigned listed = 0;

	for (unsigned i = 0; i < count->n_gone; i++) {
		const struct gone *gone = &count->gone[i];

		if (gone->scope != scope)
			continue;
		text_fmt(text, "%s%s %d", listed++ > 0 ? ", " : " ", gone->name, (int)gone->pid);
	}
	if (listed < count->scopes[scope].n_gone)
		text_fmt(text, " and %u more", count->scopes[scope].n_gone - listed);
}

static void write_sentences(const struct kill_count *count, unsigned index, struct kill *kill)
{
	const struct counted_scope *scope = &count->scopes[index];
	struct text text;

	text_init(&text, kill->sentences, sizeof(kill->sentences));
	text_fmt(&text, "No log told of it: the kernel's counter of kills rose by %lld.\n",
		(long long)scope->kills);
	if (scope->n_gone == 0) {
		text_add(&text, "Who that was cannot be told: no process is gone that was seen.\n");
		return;
	}
	text_add(&text, scope->n_gone == 1 ? "Gone since is:" : "Gone since are:");
	list_gone(count, index, &text);
	text_add(&text,
		kill->n_gone > 0 ? "; to end is not to be killed, so more may be listed "
				   "than were.\n"
				 : ".\n");
}

static struct kill *begin(struct kills *kills, unsigned scope, int64_t pid)
{
	const struct kill_count *count = &kills->count;
	const struct kill_moment moment = {
		.uptime_ms = count->uptime_ms,
		.time_ms = count->time_ms,
		.clear_ms = count->before_ms,
		.source = KILL_OF_COUNTER,
	};
	struct kill *kill = kills_begin(kills, pid, &moment);

	kill->where = count->scopes[scope].place.where;
	memcpy(kill->killer, "kernel", sizeof("kernel"));
	memcpy(kill->scope, count->scopes[scope].place.words, sizeof(kill->scope));
	return kill;
}

/* Compared is only what is sure, and where it is known who was to judge by. */
static void tell_gone(struct kills *kills, const struct gone *gone, bool sure)
{
	const struct kill_count *count = &kills->count;
	const struct counted_scope *scope = &count->scopes[gone->scope];
	const struct foretold *foretold =
		kills_foretold(kills, scope->place.hash, count->before_ms);
	struct kill *kill = begin(kills, gone->scope, gone->pid);

	kill->pid = gone->pid;
	kill->n_processes = 1;
	kill->n_gone = sure ? 0 : scope->n_gone;
	memcpy(kill->victim, gone->name, sizeof(gone->name));
	write_sentences(count, gone->scope, kill);
	if (sure && scope->place.where != KILL_UNTOLD)
		kills_compare(kills, kill, foretold, foretold && foretold->pid == gone->pid);
	kills_note_pid(kills, gone->pid, count->uptime_ms);
}

static void tell_unnamed(struct kills *kills, unsigned scope, int64_t n, unsigned n_gone)
{
	struct kill *kill = begin(kills, scope, VALUE_UNKNOWN);

	kill->n_processes = (uint32_t)value_min(n, UINT32_MAX);
	kill->n_gone = n_gone;
	write_sentences(&kills->count, scope, kill);
}

static void tell_scope(struct kills *kills, unsigned index)
{
	const struct kill_count *count = &kills->count;
	const struct counted_scope *scope = &count->scopes[index];
	const bool sure = !count->partial && (int64_t)scope->n_gone <= scope->kills;
	int64_t named = 0;

	if (scope->kills <= 0)
		return;
	for (unsigned i = 0; i < count->n_gone; i++) {
		if (count->gone[i].scope != index ||
			(!sure && count->gone[i].pid != scope->foretold))
			continue;
		tell_gone(kills, &count->gone[i], sure);
		named++;
	}
	if (named < scope->kills)
		tell_unnamed(kills, index, scope->kills - named,
			sure ? 0 : scope->n_gone - (unsigned)named);
}

static void tell(struct kills *kills)
{
	struct kill_count *count = &kills->count;

	drop_told(kills);
	for (unsigned i = 0; i < count->n_scopes; i++)
		tell_scope(kills, i);
	count->kills = 0;
	kills_settle_order(kills);
}

/* Whether another sample would not tell more: the one that was foretold is gone, alone, or there
 * was none and as many are gone as were killed. */
static bool is_clear(const struct kill_count *count)
{
	const struct counted_scope *scope = &count->scopes[0];

	if (count->n_scopes != 1 || (int64_t)scope->n_gone != scope->kills || count->partial)
		return false;
	for (unsigned i = 0; i < count->n_gone; i++)
		if (count->gone[i].pid == scope->foretold)
			return true;
	return !value_known(scope->foretold);
}

/* What is told pays first for what was counted in the sample before, then for what is counted
 * now. */
static void settle(struct kill_count *count, int64_t *told)
{
	const int64_t both = value_min(value_max(*told, 0), count->kills - count->settled);

	count->settled += both;
	*told -= both;
}

static void begin_count(
	struct kill_count *count, const struct snapshot *before, const struct snapshot *now)
{
	count->kills = count->settled = 0;
	count->uptime_ms = now->uptime_ms;
	count->time_ms = now->time_ms;
	count->before_ms = before->uptime_ms;
	count->partial = now->partial != PARTIAL_NONE && now->partial != PARTIAL_LXCFS;
	count->n_scopes = count->n_gone = 0;
}

void kills_counted(struct kills *kills, const struct snapshot *before, const struct snapshot *now,
	const struct summary *summary, bool logged)
{
	struct kill_count *count = &kills->count;
	int64_t told = kills->told_before + kills->told;

	if (!before)
		return;
	if (count->kills > 0) {
		find_gone(count, before, now);
		settle(count, &told);
		tell(kills);
	}
	begin_count(count, before, now);
	count_kills(kills, before, now, summary);
	settle(count, &told);
	kills->told_before = value_max(value_min(told, kills->told), 0);
	kills->told = 0;
	if (count->kills == 0)
		return;
	find_gone(count, before, now);
	drop_told(kills);
	if (count->kills > 0 && !logged && is_clear(count))
		tell(kills);
}
