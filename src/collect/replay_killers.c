/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "base/sort.h"
#include "collect/replay_state.h"

#define MARKS_ALL (KILLER_MARK_PREFER | KILLER_MARK_AVOID | KILLER_MARK_IGNORE)

/** Settings of a kind: its table, and where they are. */
struct settings {
	const struct member *members; /**< NULL: none are kept */
	void *of;
};

static struct settings settings_of(struct killer *killer)
{
	switch (killer->kind) {
	case KILLER_SYSTEMD_OOMD:
		return (struct settings){ members_systemd_oomd, &killer->systemd_oomd };
	case KILLER_EARLYOOM:
		return (struct settings){ members_earlyoom, &killer->earlyoom };
	case KILLER_NOHANG:
		return (struct settings){ members_nohang, &killer->nohang };
	case KILLER_KUBELET:
		return (struct settings){ members_kubelet, &killer->kubelet };
	case KILLER_OOMD:
	case KILLER_KINDS:
		break;
	}
	return (struct settings){ NULL, NULL };
}

/* False: one of a kind that this oomwatch does not know. */
static bool read_kind(const json_t *object, struct killer *killer)
{
	const char *kind = json_string_value(json_object_get(object, "kind"));

	for (int i = 0; kind && i < KILLER_KINDS; i++) {
		if (strcmp(kind, killer_name((enum killer_kind)i)) != 0)
			continue;
		killer->kind = (enum killer_kind)i;
		return true;
	}
	return false;
}

/* Whether all is told without which its rule cannot be followed: daemons have a value for that,
 * so only a file that somebody changed lacks it. */
static bool is_whole(const struct killer *killer)
{
	if (killer->kind == KILLER_SYSTEMD_OOMD)
		return value_known(killer->systemd_oomd.swap_used_permyriad);
	if (killer->kind == KILLER_NOHANG)
		return value_known(killer->nohang.psi_duration_ms) &&
			value_known(killer->nohang.min_badness);
	/* Without its rules an oomd would seem to have none. */
	return killer->kind != KILLER_OOMD;
}

static int read_settings(struct replay_reader *reader, const json_t *object, struct killer *killer)
{
	const char *word = json_string_value(json_object_get(object, "settings"));
	const int state = word ? word_find(words_settings, word) : SETTINGS_UNREAD;
	const struct settings settings = settings_of(killer);

	if (state < 0)
		return replay_refuse(reader, "settings", "no such word");
	killer->settings = (enum killer_settings)state;
	if (settings.members) {
		int error;

		replay_forget_members(settings.members, settings.of);
		error = replay_read_members(reader, settings.members, object, settings.of);
		if (error < 0)
			return error;
	}
	if (!is_whole(killer))
		killer->settings = SETTINGS_UNREAD;
	return 0;
}

/* The same of a cgroup: what it is watched for is told, but not how. */
static void complete(struct systemd_oomd_cgroup *cgroup)
{
	if (!value_known(cgroup->limit_permyriad) || !value_known(cgroup->duration_ms))
		cgroup->pressure_monitored = false;
	cgroup->limit_permyriad = value_or(cgroup->limit_permyriad, PERMYRIAD_ALL);
	cgroup->duration_ms = value_or(cgroup->duration_ms, 0);
}

static int read_root(struct replay_reader *reader, const json_t *object, struct killer *killer)
{
	const json_t *root = json_object_get(object, "root");
	struct systemd_oomd_cgroup *of = &killer->systemd_oomd.root;
	int error = 0;

	if (killer->kind != KILLER_SYSTEMD_OOMD)
		return 0;
	replay_forget_members(members_systemd_oomd_cgroup, of);
	if (root)
		error = replay_read_members(reader, members_systemd_oomd_cgroup, root, of);
	complete(of);
	return error;
}

static int compare_marks(uint32_t a, uint32_t b, const void *context)
{
	const struct replay_mark_of *marks = context;

	return (marks[a].pid > marks[b].pid) - (marks[a].pid < marks[b].pid);
}

static int sort_marks(struct replay_reader *reader, const struct replay_mark_of *marks,
	struct replay_killer *killer)
{
	const uint32_t n = killer->n_marks;
	uint32_t *order = arena_array(reader->arena, n, 2 * sizeof(*order));

	killer->marks = arena_array(reader->arena, n, sizeof(*marks));
	if (!order || !killer->marks)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++)
		order[i] = i;
	sort_indexes(order, n, order + n, compare_marks, marks);
	for (uint32_t i = 0; i < n; i++)
		killer->marks[i] = marks[order[i]];
	return 0;
}

static int read_marks(
	struct replay_reader *reader, const json_t *object, struct replay_killer *killer)
{
	const json_t *list = json_object_get(object, "marks");
	const size_t n = json_array_size(list);
	struct replay_mark_of *marks;

	if (!list)
		return 0;
	if (!json_is_array(list))
		return replay_refuse(reader, "marks", "no list");
	killer->has_marks = true;
	killer->n_marks = (uint32_t)n;
	if (n == 0)
		return 0;
	marks = arena_array(reader->arena, n, sizeof(*marks));
	if (!marks)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const json_t *pair = json_array_get(list, i);
		const json_t *pid = json_array_get(pair, 0), *mark = json_array_get(pair, 1);

		if (!json_is_integer(pid) || !json_is_integer(mark) ||
			json_integer_value(pid) < 0 || json_integer_value(pid) > INT32_MAX)
			return replay_refuse(reader, "marks", "no pid and mark");
		marks[i].pid = (int32_t)json_integer_value(pid);
		marks[i].mark = (uint8_t)(json_integer_value(mark) & MARKS_ALL);
	}
	return sort_marks(reader, marks, killer);
}

/* 1; 0 of a kind that is not known. */
static int read_killer(
	struct replay_reader *reader, const json_t *object, struct replay_killer *killer)
{
	int error;

	memset(killer, 0, sizeof(*killer));
	if (!read_kind(object, &killer->killer))
		return 0;
	error = replay_read_members(reader, members_killer, object, &killer->killer);
	if (error == 0)
		error = read_settings(reader, object, &killer->killer);
	if (error == 0)
		error = read_root(reader, object, &killer->killer);
	if (error == 0)
		error = read_marks(reader, object, killer);
	killer->has_cgroups = killer->killer.kind == KILLER_SYSTEMD_OOMD &&
		json_is_true(json_object_get(object, "cgroups"));
	return error < 0 ? error : 1;
}

int replay_killers_take(
	struct replay_reader *reader, struct span list, struct replay_sample *sample)
{
	struct replay_json json;
	struct span value;
	int r = replay_json_begin(list, '[', &json);

	sample->n_killers = 0;
	sample->killers = arena_array(reader->arena, KILLERS_MAX, sizeof(*sample->killers));
	if (!sample->killers)
		return -ENOMEM;
	while (r == 0 && (r = replay_json_element(&json, &value)) > 0) {
		json_t *object;

		if (sample->n_killers == KILLERS_MAX)
			return replay_refuse(reader, "killers", "too many");
		r = replay_load(reader, value, &object);
		if (r < 0)
			return r;
		r = read_killer(reader, object, &sample->killers[sample->n_killers]);
		json_decref(object);
		if (r < 0)
			return r;
		sample->n_killers += r > 0;
		r = 0;
	}
	return r < 0 ? replay_refuse(reader, "killers", "no list") : 0;
}

int replay_killers_keep(struct replay_reader *reader, struct replay_sample *sample)
{
	const struct replay_killer *before = sample->killers;

	if (sample->n_killers == 0)
		return 0;
	sample->killers = arena_array(reader->arena, sample->n_killers, sizeof(*sample->killers));
	if (!sample->killers)
		return -ENOMEM;
	for (uint32_t i = 0; i < sample->n_killers; i++) {
		struct replay_killer *killer = &sample->killers[i];

		*killer = before[i];
		if (killer->n_marks == 0)
			continue;
		killer->marks = arena_array(reader->arena, killer->n_marks, sizeof(*killer->marks));
		if (!killer->marks)
			return -ENOMEM;
		memcpy(killer->marks, before[i].marks, killer->n_marks * sizeof(*killer->marks));
	}
	return 0;
}

/* ---- as they are shown ---- */

static int show_marks(const struct replay_killer *from, struct snapshot *ret, struct killer *killer)
{
	uint32_t at = 0;

	/* Of no processes there are none: as the collector has it. */
	if (!from->has_marks || ret->n_tasks == 0)
		return 0;
	killer->marks = arena_alloc(&ret->arena, ret->n_tasks);
	if (!killer->marks)
		return -ENOMEM;
	for (uint32_t i = 0; i < ret->n_tasks; i++) {
		while (at < from->n_marks && from->marks[at].pid < ret->tasks[i].pid)
			at++;
		if (at < from->n_marks && from->marks[at].pid == ret->tasks[i].pid)
			killer->marks[i] = from->marks[at].mark;
	}
	return 0;
}

static int show_cgroups(
	const struct replay_sample *sample, struct snapshot *ret, struct killer *killer)
{
	const struct replay_memcg *memcgs = sample->lists[REPLAY_CGROUPS].items;
	struct systemd_oomd_cgroup *cgroups;

	if (ret->n_memcgs == 0)
		return 0;
	cgroups = arena_array(&ret->arena, ret->n_memcgs, sizeof(*cgroups));
	if (!cgroups)
		return -ENOMEM;
	for (uint32_t i = 0; i < ret->n_memcgs; i++) {
		cgroups[i] = memcgs[i].managed;
		complete(&cgroups[i]);
	}
	killer->systemd_oomd.cgroups = cgroups;
	return 0;
}

int replay_killers_show(const struct replay_sample *sample, struct snapshot *ret)
{
	if (sample->n_killers == 0)
		return 0;
	ret->killers = arena_array(&ret->arena, sample->n_killers, sizeof(*ret->killers));
	if (!ret->killers)
		return -ENOMEM;
	ret->n_killers = sample->n_killers;
	for (uint32_t i = 0; i < ret->n_killers; i++) {
		const struct replay_killer *from = &sample->killers[i];
		int error;

		ret->killers[i] = from->killer;
		error = show_marks(from, ret, &ret->killers[i]);
		if (error == 0 && from->has_cgroups)
			error = show_cgroups(sample, ret, &ret->killers[i]);
		if (error < 0)
			return error;
	}
	return 0;
}
