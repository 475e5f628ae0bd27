/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/kills_parts.h"
#include "base/hash.h"

uint64_t kills_hash(const char *kind, const char *rest)
{
	return hash_add_text(hash_add_text(HASH_START, kind), rest);
}

static const struct foretold *find(const struct foretold_sample *sample, uint64_t scope)
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
		foretell(sample, now, kills_hash("killer:", killer_name(now->killers[i].kind)),
			summary->killers[i].victim,
			!summary->killers[i].tie && summary->killers[i].worth == WORTH_EXACT);
}

void kills_foretell(struct kills *kills, const struct snapshot *now, const struct summary *summary)
{
	struct foretold_sample *sample = &kills->samples[kills->n_samples++ % FORETOLD_SAMPLES];
	const struct oom *oom = &summary->oom;

	sample->uptime_ms = now->uptime_ms;
	sample->n = 0;
	foretell(sample, now, kills_hash(oom->scope_name, ""), oom->victim, oom->certain);
	foretell_killers(sample, now, summary);
	for (unsigned i = 0; i < summary->n_risks; i++)
		foretell(sample, now, kills_hash(summary->risks[i].scope, ""),
			summary->risks[i].victim, true);
	for (uint32_t i = 0; i < summary->nodesets.n_sets; i++) {
		const struct nodeset_view *set = &summary->nodesets.sets[i];

		foretell(sample, now, kills_hash(set->risk.scope, ""), set->risk.victim, true);
	}
	for (uint32_t i = 0; summary->memcgs && i < now->n_memcgs && sample->n < FORETOLD_SCOPES;
		i++)
		if (summary->memcgs[i].limited)
			foretell(sample, now, kills_hash("cgroup:", now->memcgs[i].path),
				summary->memcgs[i].victim, true);
}

const struct foretold *kills_foretold(const struct kills *kills, uint64_t scope, int64_t clear_ms)
{
	if (!value_known(clear_ms) || scope == 0)
		return NULL;
	for (uint64_t back = 1; back <= FORETOLD_SAMPLES && back <= kills->n_samples; back++) {
		const struct foretold_sample *sample =
			&kills->samples[(kills->n_samples - back) % FORETOLD_SAMPLES];

		if (sample->uptime_ms <= clear_ms)
			return find(sample, scope);
	}
	return NULL;
}

void kills_compare(
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
