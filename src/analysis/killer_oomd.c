/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analysis/oomd_parts.h"

/** What tells the clock of one detector from others. */
#define KEY_BYTES 512

/** What is said of the rule by its patterns. */
#define CGROUPS_SAID 64

/** A group of detectors, which holds when all of them do. */
struct group_state {
	const struct oomd_step *action; /**< what it would start, NULL: nothing that counts */
	struct oomd_detected decisive;  /**< the farthest of those that are a distance */
	enum truth truth;
	int64_t far_permyriad; /**< of the farthest; VALUE_UNKNOWN */
	bool sure;
	const char *why; /**< static: why it is not known, or never holds */
};

/** The nearest groups. */
struct nearest {
	struct group_state any, room, pressure;
	bool has_any, has_room, has_pressure;
	const char *why_never;  /**< static */
	const char *unfollowed; /**< static: what of the rules is not followed here, NULL nothing */
};

static void doubt(struct killer_view *view, enum killer_worth worth, const char *why)
{
	if (worth <= view->worth)
		return;
	view->worth = worth;
	snprintf(view->worth_why, sizeof(view->worth_why), "%s", why);
}

static bool is_kill(enum oomd_plugin plugin)
{
	return plugin == OOMD_KILL_BY_MEMORY_SIZE_OR_GROWTH || plugin == OOMD_KILL_BY_SWAP_USAGE ||
		plugin == OOMD_KILL_BY_PRESSURE || plugin == OOMD_KILL_BY_IO_COST ||
		plugin == OOMD_KILL_BY_PG_SCAN;
}

/* The first action that ends something, or may; NULL: a ruleset that only looks on. */
static const struct oomd_step *acting(const struct oomd_ruleset *ruleset)
{
	for (uint32_t i = 0; i < ruleset->n_actions; i++) {
		const struct oomd_step *action = &ruleset->actions[i];

		if (action->plugin == OOMD_UNKNOWN || is_kill(action->plugin))
			return action->dry ? NULL : action;
	}
	return NULL;
}

/* What is a distance comes before what is none; a known one before an unknown one. */
static bool decides_more(const struct oomd_detected *a, const struct oomd_detected *b)
{
	if ((a->trigger == TRIGGER_NONE) != (b->trigger == TRIGGER_NONE))
		return b->trigger == TRIGGER_NONE;
	return a->far_permyriad > b->far_permyriad;
}

static void add_detected(
	const struct oomd_detected *detected, bool first, struct group_state *group)
{
	if (detected->truth < group->truth)
		group->truth = detected->truth;
	if (detected->why && (!group->why || detected->far_permyriad == OOMD_FAR_NEVER))
		group->why = detected->why;
	/* What is not known may hold already. */
	if (value_known(detected->far_permyriad))
		group->far_permyriad = value_max(group->far_permyriad, detected->far_permyriad);
	group->sure &= detected->sure;
	if (first || decides_more(detected, &group->decisive))
		group->decisive = *detected;
}

static void judge_group(const struct killer_judging *judging, uint32_t ruleset, uint32_t number,
	struct group_state *ret)
{
	const struct oomd_group *group = &judging->killer->oomd.rulesets[ruleset].groups[number];

	*ret = (struct group_state){
		.truth = TRUTH_YES, .far_permyriad = VALUE_UNKNOWN, .sure = true
	};
	for (uint32_t i = 0; i < group->n_detectors; i++) {
		const struct oomd_step *step = &group->detectors[i];
		struct oomd_detected detected;
		char key[KEY_BYTES];

		snprintf(key, sizeof(key), "%" PRIu32 "/%" PRIu32 "/%" PRIu32 " %s %s", ruleset,
			number, i, step->name, step->cgroups);
		oomd_detect(judging, step, key, &detected);
		add_detected(&detected, i == 0, ret);
	}
	if (group->n_detectors == 0) {
		ret->truth = TRUTH_UNKNOWN;
		ret->why = "one of its groups has no detectors";
	}
	/* What could be near or far is not known, and all else holds. */
	if (ret->truth == TRUTH_UNKNOWN && ret->far_permyriad == 0 &&
		(ret->decisive.trigger == TRIGGER_NONE ||
			!value_known(ret->decisive.far_permyriad)))
		ret->far_permyriad = VALUE_UNKNOWN;
}

/* Holding, then known, then near. */
static bool is_nearer(const struct group_state *a, const struct group_state *b)
{
	if ((a->truth == TRUTH_YES) != (b->truth == TRUTH_YES))
		return a->truth == TRUTH_YES;
	if (value_known(a->far_permyriad) != value_known(b->far_permyriad))
		return value_known(a->far_permyriad);
	if (a->far_permyriad != b->far_permyriad)
		return a->far_permyriad < b->far_permyriad;
	return a->truth > b->truth;
}

static void take_nearer(const struct group_state *group, struct group_state *nearest, bool *has)
{
	if (*has && !is_nearer(group, nearest))
		return;
	*nearest = *group;
	*has = true;
}

static void add_group(const struct group_state *group, struct nearest *nearest)
{
	if (group->truth == TRUTH_NO && group->far_permyriad == OOMD_FAR_NEVER) {
		nearest->why_never = group->why;
		return;
	}
	take_nearer(group, &nearest->any, &nearest->has_any);
	if (group->decisive.trigger == TRIGGER_ROOM)
		take_nearer(group, &nearest->room, &nearest->has_room);
	else if (group->decisive.trigger == TRIGGER_PRESSURE)
		take_nearer(group, &nearest->pressure, &nearest->has_pressure);
}

static void judge_ruleset(
	const struct killer_judging *judging, uint32_t number, struct nearest *nearest)
{
	const struct oomd_ruleset *ruleset = &judging->killer->oomd.rulesets[number];
	const struct oomd_step *action = acting(ruleset);

	if (!action)
		return;
	if (ruleset->per_cgroup) {
		nearest->unfollowed =
			"a ruleset that runs for each of some cgroups is not followed";
		return;
	}
	if (action->plugin == OOMD_KILL_BY_MEMORY_SIZE_OR_GROWTH)
		oomd_note_averages(judging, action);
	for (uint32_t i = 0; i < ruleset->n_groups; i++) {
		struct group_state group;

		judge_group(judging, number, i, &group);
		group.action = action;
		add_group(&group, nearest);
	}
}

static void fill_room(const struct group_state *group, struct killer_view *view)
{
	const struct oomd_detected *room = &group->decisive;
	const bool acts = group->truth == TRUTH_YES;

	if (!value_known(room->far_permyriad) ||
		(room->room_kib <= 0 && group->truth == TRUTH_UNKNOWN))
		return;
	/* Used up, but for a clock that runs, or for something that is to come yet. */
	view->room_kib = acts ? 0 : value_max(room->room_kib, 1);
	view->room_percent = room->room_percent;
	view->room_is_swap = room->room_is_swap;
	view->room_swap_kib = room->room_is_swap ? view->room_kib : 0;
	if (!value_known(view->limit_centi) && room->held_ms > 0) {
		view->held_ms = room->held_ms;
		view->duration_ms = room->duration_ms;
		view->least_s = value_max(room->duration_ms - room->held_ms, 0) / 1000;
	}
}

static void fill_pressure(const struct group_state *group, struct killer_view *view)
{
	const struct oomd_detected *pressure = &group->decisive;

	view->pressure_centi = pressure->pressure_centi;
	view->limit_centi = pressure->limit_centi;
	view->held_ms = pressure->held_ms;
	view->duration_ms = pressure->duration_ms;
	view->watched = pressure->watched;
	view->least_s = killer_least_s(
		view->pressure_centi, view->limit_centi, view->held_ms, view->duration_ms);
}

static void judge_worth(const struct killer_judging *judging, const struct nearest *nearest,
	struct killer_view *view)
{
	const struct killer *killer = judging->killer;

	view->worth = WORTH_EXACT;
	if (killer->settings != SETTINGS_DAEMON)
		doubt(view, WORTH_ASSUMED,
			killer->settings_why[0] ? killer->settings_why
						: "its rules may be newer than what it runs with");
	if (nearest->has_any && !nearest->any.sure)
		doubt(view, WORTH_LOWER_BOUND, "it may have been so for longer than was seen");
	if (nearest->has_any && nearest->any.truth == TRUTH_UNKNOWN && nearest->any.why)
		doubt(view, WORTH_UNKNOWN, nearest->any.why);
	if (nearest->unfollowed)
		doubt(view, WORTH_UNKNOWN, nearest->unfollowed);
	if (killer->oomd.prekill_hooks)
		doubt(view, WORTH_UNKNOWN, "it has prekill hooks, which are not followed");
}

static bool is_the_kernels(const struct killer_judging *judging, uint32_t memcg)
{
	const struct oom *machine = judging->in->machine;
	const struct snapshot *now = judging->in->now;

	return !machine || machine->victim >= now->n_tasks ||
		scope_is_within(now, scope_memcg_of(now, &now->tasks[machine->victim]), memcg);
}

static void say_reason(const struct killer_judging *judging, const struct oomd_step *action,
	const struct oomd_choice *choice, struct killer_view *view)
{
	const size_t len = strlen(action->cgroups);
	struct text text;

	text_init(&text, view->reason, sizeof(view->reason));
	text_add_clean(&text, choice->reason, strlen(choice->reason));
	text_add(&text, "; of ");
	text_add_clean(&text, action->cgroups, len < CGROUPS_SAID ? len : CGROUPS_SAID);
	text_add(&text, len > CGROUPS_SAID ? "… only" : " only");
	if (!is_the_kernels(judging, choice->memcg))
		text_add(&text, "; adj is ignored");
}

static void take_victim(const struct killer_judging *judging, const struct oomd_step *action,
	struct killer_view *view)
{
	struct oomd_choice choice;

	view->act = ACT_KILL;
	if (action->plugin == OOMD_UNKNOWN) {
		doubt(view, WORTH_UNKNOWN, "one of its actions is not known to oomwatch");
		snprintf(view->nobody_why, sizeof(view->nobody_why), "%s",
			"one of its actions is not known to oomwatch");
		return;
	}
	if (oomd_choose(judging, action, &choice) < 0) {
		doubt(view, WORTH_UNKNOWN, "no memory to find its victim");
		snprintf(
			view->nobody_why, sizeof(view->nobody_why), "no memory to find its victim");
		return;
	}
	if (choice.worth_why)
		doubt(view, choice.worth, choice.worth_why);
	if (choice.memcg == NO_MEMCG) {
		snprintf(view->nobody_why, sizeof(view->nobody_why), "%s", choice.nobody);
		return;
	}
	killer_take_memcg(judging->in->now, choice.memcg, view);
	view->tie = choice.tie;
	say_reason(judging, action, &choice, view);
}

static void judge_never(const struct killer_judging *judging, const struct nearest *nearest,
	struct killer_view *view)
{
	if (nearest->unfollowed) {
		snprintf(view->nobody_why, sizeof(view->nobody_why), "%s", nearest->unfollowed);
		return;
	}
	view->never = true;
	snprintf(view->why_never, sizeof(view->why_never), "%s",
		nearest->why_never                         ? nearest->why_never
			: judging->killer->oomd.n_rulesets ? "none of its rules kills anybody"
							   : "it has no rules");
	snprintf(view->nobody_why, sizeof(view->nobody_why), "%s", view->why_never);
}

void killer_judge_oomd(const struct killer_judging *judging, struct killer_view *view)
{
	struct nearest nearest = { .has_any = false };

	for (uint32_t i = 0; i < judging->killer->oomd.n_rulesets; i++)
		judge_ruleset(judging, i, &nearest);
	judge_worth(judging, &nearest, view);
	if (!nearest.has_any) {
		judge_never(judging, &nearest, view);
		return;
	}
	if (nearest.has_pressure)
		fill_pressure(&nearest.pressure, view);
	if (nearest.has_room)
		fill_room(&nearest.room, view);
	/* Held by what is neither memory nor stalls. */
	if (nearest.any.truth == TRUTH_YES && nearest.any.decisive.trigger == TRIGGER_NONE)
		view->room_kib = 0;
	take_victim(judging, nearest.any.action, view);
}
