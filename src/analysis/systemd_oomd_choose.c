/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analysis/killer_room.h"
#include "analysis/reason.h"
#include "analysis/systemd_oomd_parts.h"
#include "base/units.h"
#include "model/systemd_oomd.h"

/** Less swap than that of all of it does not make a victim (oomd-manager.c). */
#define SWAP_FLOOR_PERCENT 5

#define BY_ROOT 0

/** One that may be taken. */
struct candidate {
	uint32_t memcg;
	bool avoid;
	int64_t rate;  /**< of RULE_PRESSURE: pages scanned a second; 0 if not known */
	int64_t bytes; /**< swap, or memory */
};

struct choosing {
	const struct killer_judging *judging;
	const struct snapshot *now;
	enum systemd_oomd_rule rule;
	uint32_t monitored;
	uint32_t owner; /**< whose preferences are honoured beside root's */
	uint8_t *inner;
	int64_t swap_floor_bytes;
	uint32_t unread_bytes, unread_rates, unread_preferences;
	bool any_rate;
	bool has_best;
	struct candidate best;
	bool tie;
	struct killer_view *view;
};

static bool is_monitored_by(const struct choosing *choosing, uint32_t monitored)
{
	const struct systemd_oomd_cgroup *cgroup =
		systemd_oomd_settings_of(choosing->judging->killer, monitored);

	if (choosing->rule == RULE_PRESSURE)
		return monitored == choosing->monitored;
	return cgroup && cgroup->swap_monitored;
}

/* Of the monitored one itself and all above it, as several may be. */
static bool is_candidate(const struct choosing *choosing, uint32_t memcg)
{
	const struct snapshot *now = choosing->now;
	uint32_t above = memcg;

	for (;;) {
		if (is_monitored_by(choosing, above) &&
			systemd_oomd_is_candidate(now, choosing->inner, memcg, above))
			return true;
		if (above == NO_MEMCG)
			return false;
		above = now->memcgs[above].parent < above ? now->memcgs[above].parent : NO_MEMCG;
	}
}

static bool is_watched(const struct choosing *choosing, uint32_t memcg)
{
	const struct snapshot *now = choosing->now;

	for (;;) {
		if (is_monitored_by(choosing, memcg))
			return true;
		if (memcg == NO_MEMCG)
			return false;
		memcg = now->memcgs[memcg].parent < memcg ? now->memcgs[memcg].parent : NO_MEMCG;
	}
}

/** Whether what a cgroup says of itself counts: root's word, or that of the owner of what is
 * monitored. */
static bool is_honoured(const struct choosing *choosing, const struct systemd_oomd_cgroup *cgroup)
{
	return cgroup && cgroup->preference_known &&
		(cgroup->owner == BY_ROOT || cgroup->owner == choosing->owner);
}

static bool is_omitted(const struct choosing *choosing, uint32_t memcg)
{
	const struct systemd_oomd_cgroup *cgroup =
		systemd_oomd_settings_of(choosing->judging->killer, memcg);

	return is_honoured(choosing, cgroup) && cgroup->omit;
}

static bool is_avoided(const struct choosing *choosing, uint32_t memcg)
{
	const struct systemd_oomd_cgroup *cgroup =
		systemd_oomd_settings_of(choosing->judging->killer, memcg);

	return is_honoured(choosing, cgroup) && cgroup->avoid;
}

/* Cgroups stand by path. */
static const struct memcg *find(const struct snapshot *snapshot, const char *path)
{
	uint32_t low = 0, high = snapshot ? snapshot->n_memcgs : 0;

	while (low < high) {
		const uint32_t at = low + (high - low) / 2;
		const int order = strcmp(snapshot->memcgs[at].path, path);

		if (order == 0)
			return &snapshot->memcgs[at];
		if (order < 0)
			low = at + 1;
		else
			high = at;
	}
	return NULL;
}

/** Pages scanned a second since the sample before; VALUE_UNKNOWN where it was not read in both.
 * A counter that fell counts from 0, as a new one does. */
static int64_t rate_of(const struct choosing *choosing, const struct memcg *memcg)
{
	const struct memcg *before = find(choosing->judging->in->before, memcg->path);
	int64_t span_ms, pages;

	if (!before || !value_known(before->stat_pgscan_pages) ||
		!value_known(memcg->stat_pgscan_pages) || !value_known(before->stat_uptime_ms) ||
		!value_known(memcg->stat_uptime_ms))
		return VALUE_UNKNOWN;
	span_ms = memcg->stat_uptime_ms - before->stat_uptime_ms;
	if (span_ms <= 0)
		return VALUE_UNKNOWN;
	pages = memcg->stat_pgscan_pages;
	if (pages >= before->stat_pgscan_pages)
		pages -= before->stat_pgscan_pages;
	return killer_share(pages, 1000, span_ms);
}

/* Whoever stands behind what is preferred, or has less, comes later. */
static int compare(const struct candidate *a, const struct candidate *b)
{
	if (a->avoid != b->avoid)
		return a->avoid ? 1 : -1;
	if (a->rate != b->rate)
		return a->rate > b->rate ? -1 : 1;
	if (a->bytes != b->bytes)
		return a->bytes > b->bytes ? -1 : 1;
	return 0;
}

static void look_at(struct choosing *choosing, uint32_t memcg)
{
	const struct memcg *it = &choosing->now->memcgs[memcg];
	const struct systemd_oomd_cgroup *cgroup =
		systemd_oomd_settings_of(choosing->judging->killer, memcg);
	const int64_t bytes = choosing->rule == RULE_SWAP ? it->swap_bytes : it->usage_bytes;
	struct candidate candidate = {
		.memcg = memcg, .avoid = is_avoided(choosing, memcg), .bytes = value_or(bytes, 0)
	};
	int order = -1;

	choosing->unread_preferences += !cgroup || !cgroup->preference_known;
	if (is_omitted(choosing, memcg))
		return;
	choosing->unread_bytes += !value_known(bytes);
	if (choosing->rule == RULE_PRESSURE) {
		const int64_t rate = rate_of(choosing, it);

		choosing->unread_rates += !value_known(rate);
		candidate.rate = value_or(rate, 0);
		choosing->any_rate |= candidate.rate > 0;
		if (candidate.rate == 0 && candidate.bytes == 0)
			return;
	} else if (candidate.bytes <= choosing->swap_floor_bytes) {
		return;
	}
	if (choosing->has_best)
		order = compare(&candidate, &choosing->best);
	if (order < 0) {
		choosing->best = candidate;
		choosing->has_best = true;
	}
	choosing->tie = order == 0 || (order > 0 && choosing->tie);
}

static void add_why_chosen(const struct choosing *choosing, struct text *text)
{
	const struct candidate *best = &choosing->best;

	if (choosing->rule == RULE_SWAP) {
		text_add(text, "most swap: ");
	} else if (best->rate > 0) {
		text_fmt(text, "most scanned: %" PRId64 " pages/s", best->rate);
		return;
	} else {
		text_add(text, "no reclaim now, most memory: ");
	}
	units_bytes(text, best->bytes);
}

/* Of those that it may choose, the one that a cgroup is in; NO_MEMCG if there is none. */
static uint32_t candidate_around(const struct choosing *choosing, uint32_t memcg)
{
	while (memcg != NO_MEMCG && !is_candidate(choosing, memcg)) {
		const uint32_t parent = choosing->now->memcgs[memcg].parent;

		memcg = parent < memcg ? parent : NO_MEMCG;
	}
	return memcg;
}

static void add_scope(const struct choosing *choosing, struct text *text)
{
	const struct scope where = { .kind = SCOPE_MEMCG, .memcg = choosing->monitored };

	if (choosing->rule == RULE_SWAP || choosing->monitored == NO_MEMCG)
		text_add(text, "the cgroups it watches");
	else
		scope_words(choosing->now, &where, text);
}

/* Why the kernel's victim, in another cgroup, is not its own. */
static void add_why_not(const struct choosing *choosing, uint32_t memcg, struct text *text)
{
	const uint32_t other = candidate_around(choosing, memcg);

	if (other == NO_MEMCG && !is_watched(choosing, memcg)) {
		text_add(text, "limited to ");
		add_scope(choosing, text);
	} else if (other != NO_MEMCG && is_omitted(choosing, other)) {
		text_add(text, "preference omit honoured");
	} else if (other != NO_MEMCG && is_avoided(choosing, other) && !choosing->best.avoid) {
		text_add(text, "preference avoid honoured");
	} else if (other != NO_MEMCG && choosing->rule == RULE_SWAP &&
		value_or(choosing->now->memcgs[other].swap_bytes, 0) <=
			choosing->swap_floor_bytes) {
		text_fmt(text, "below the %d%% swap floor", SWAP_FLOOR_PERCENT);
	} else if (choosing->rule == RULE_SWAP) {
		text_add(text, "ranked by swap, not size");
	} else if (choosing->any_rate) {
		text_add(text, "ranked by scan rate, not size");
	} else {
		text_add(text, "ranked by cgroup, not process");
	}
}

static void add_disagreement(const struct choosing *choosing, struct text *text)
{
	const struct snapshot *now = choosing->now;
	const uint32_t task = killer_of_kernel(choosing->judging->in->machine);
	uint32_t memcg;

	if (task >= now->n_tasks)
		return;
	memcg = scope_memcg_of(now, &now->tasks[task]);
	if (memcg != NO_MEMCG && scope_is_within(now, memcg, choosing->best.memcg))
		return;
	text_add(text, "; kernel: ");
	reason_name(&now->tasks[task], text);
	text_add(text, ": ");
	add_why_not(choosing, memcg, text);
	if (now->tasks[task].has & TASK_HAS_ADJ && now->tasks[task].oom_score_adj > 0)
		text_add(text, ", adj ignored");
}

static void say_doubts(const struct choosing *choosing)
{
	if (choosing->unread_bytes > 0)
		killer_doubt(choosing->view, WORTH_UNKNOWN, "some of its cgroups are not read");
	else if (choosing->unread_preferences > 0)
		killer_doubt(choosing->view, WORTH_UNKNOWN,
			"preferences of some of its cgroups could not be read");
	else if (choosing->rule == RULE_PRESSURE && choosing->any_rate &&
		choosing->unread_rates > 0)
		killer_doubt(choosing->view, WORTH_UNKNOWN,
			"scan rates of some of its cgroups are not read in this sample");
}

static void say_nobody(const struct choosing *choosing)
{
	struct killer_view *view = choosing->view;

	if (choosing->rule == RULE_SWAP)
		snprintf(view->nobody_why, sizeof(view->nobody_why),
			"no cgroup that it may take has more than %d%% of swap",
			SWAP_FLOOR_PERCENT);
	else
		snprintf(view->nobody_why, sizeof(view->nobody_why), "no cgroup that it may take");
}

static uint32_t owner_of(const struct choosing *choosing)
{
	const struct systemd_oomd_cgroup *cgroup =
		systemd_oomd_settings_of(choosing->judging->killer, choosing->monitored);

	/* The swap rule is that of the root, whoever owns what is monitored. */
	if (choosing->monitored == NO_MEMCG || !cgroup || !cgroup->preference_known)
		return BY_ROOT;
	return cgroup->owner;
}

void systemd_oomd_choose(const struct killer_judging *judging, enum systemd_oomd_rule rule,
	uint32_t monitored, struct killer_view *view)
{
	const struct snapshot *now = judging->in->now;
	struct choosing choosing = {
		.judging = judging, .now = now, .rule = rule, .monitored = monitored, .view = view
	};
	struct text text;

	choosing.owner = owner_of(&choosing);
	choosing.swap_floor_bytes =
		killer_share(value_mul(now->mem.swap_total_kib, 1024), SWAP_FLOOR_PERCENT, 100);
	choosing.inner = arena_alloc(judging->arena, now->n_memcgs);
	if (choosing.inner)
		systemd_oomd_find_inner(now, choosing.inner);
	for (uint32_t i = 0; choosing.inner && i < now->n_memcgs; i++) {
		if (is_candidate(&choosing, i))
			look_at(&choosing, i);
	}
	say_doubts(&choosing);
	if (!choosing.has_best) {
		say_nobody(&choosing);
		return;
	}
	killer_take_memcg(now, choosing.best.memcg, view);
	view->tie = choosing.tie;
	text_init(&text, view->reason, sizeof(view->reason));
	add_why_chosen(&choosing, &text);
	add_disagreement(&choosing, &text);
}
