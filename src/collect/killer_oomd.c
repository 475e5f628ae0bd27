/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "collect/killers_parts.h"
#include "collect/oomd_rules.h"
#include "model/cgroup_pattern.h"
#include "parse/oomd_text.h"

/** Of src/oomd/Main.cpp. */
#define DEFAULT_RULES "/etc/oomd.json"
#define DEFAULT_CGROUP_FS "/sys/fs/cgroup"
#define DEFAULT_INTERVAL_S 5

/** What its command line says. */
struct options {
	const char *rules;
	const char *drop_ins; /**< NULL none */
	const char *cgroup_fs;
	int64_t interval_s;
};

/* The value of an option that stands here as "-C value", "-Cvalue", "--config value" or
 * "--config=value"; NULL: another one, or no value. */
static const char *value_of(
	const struct killer_process *process, const char **at, char letter, const char *name)
{
	const char *const arg = *at;
	const size_t len = strlen(name);

	if (arg[0] != '-')
		return NULL;
	if (arg[1] == letter && arg[2])
		return arg + 2;
	if (arg[1] == '-' && strncmp(arg + 2, name, len) == 0 && arg[2 + len] == '=')
		return arg + 2 + len + 1;
	if ((arg[1] == letter && !arg[2]) || (arg[1] == '-' && strcmp(arg + 2, name) == 0))
		return killer_next_arg(process, at) ? *at : NULL;
	return NULL;
}

static void read_option(
	const struct killer_process *process, const char **at, struct options *options)
{
	const struct {
		char letter;
		const char *name;
		const char **value;
	} texts[] = {
		{ 'C', "config", &options->rules },
		{ 'w', "drop-in-dir", &options->drop_ins },
		{ 'f', "cgroup-fs", &options->cgroup_fs },
	};
	const char *value;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		const char *const before = *at;

		value = value_of(process, at, texts[i].letter, texts[i].name);
		if (value)
			*texts[i].value = value;
		if (value || *at != before)
			return;
	}
	value = value_of(process, at, 'i', "interval");
	if (value)
		(void)oomd_parse_int(value, &options->interval_s);
}

static struct options read_options(const struct killer_process *process)
{
	struct options options = {
		.rules = DEFAULT_RULES,
		.cgroup_fs = DEFAULT_CGROUP_FS,
		.interval_s = DEFAULT_INTERVAL_S,
	};
	const char *at = NULL;

	if (process->args_error < 0 || !killer_next_arg(process, &at))
		return options;
	while (killer_next_arg(process, &at))
		read_option(process, &at, &options);
	if (options.interval_s < 1)
		options.interval_s = DEFAULT_INTERVAL_S;
	return options;
}

/* Presence alone counts.  0 or 1, -EPERM or -EACCES where it cannot be told. */
static int has_xattr(const struct killer_process *process, const char *folder, const char *name)
{
	char value[1];
	const ssize_t len = root_xattr(process->root, folder, name, value, sizeof(value));

	if (len >= 0 || len == -ERANGE)
		return 1;
	return len == -EPERM || len == -EACCES ? (int)len : 0;
}

/* Either of both namespaces.  1, 0, or an error where neither is there and one cannot be read. */
static int has_either(
	const struct killer_process *process, const char *folder, const char *const names[2])
{
	int error = 0;

	for (unsigned i = 0; i < 2; i++) {
		const int has = has_xattr(process, folder, names[i]);

		if (has == 1)
			return 1;
		if (has < 0)
			error = has;
	}
	return error;
}

static int8_t preference_of(
	const struct killer_process *process, const char *folder, bool *ret_unreadable)
{
	static const char *const prefer[2] = { "trusted.oomd_prefer", "user.oomd_prefer" };
	static const char *const avoid[2] = { "trusted.oomd_avoid", "user.oomd_avoid" };
	int has = has_either(process, folder, prefer);

	*ret_unreadable |= has < 0;
	if (has == 1)
		return 1;
	has = has_either(process, folder, avoid);
	*ret_unreadable |= has < 0;
	return has == 1 ? -1 : 0;
}

static int read_preferences(
	const struct killer_process *process, struct arena *arena, struct killer *ret)
{
	int8_t *preferences = NULL;
	char folder[PATH_MAX];

	if (process->n_cgroups == 0)
		return 0;
	preferences = arena_array(arena, process->n_cgroups, sizeof(*preferences));
	if (!preferences)
		return -ENOMEM;
	for (uint32_t i = 0; i < process->n_cgroups; i++) {
		bool unreadable = false;

		if (killer_folder(process, process->cgroups[i].path, folder, sizeof(folder)) < 0)
			continue;
		preferences[i] = preference_of(process, folder, &unreadable);
		ret->oomd.trusted_unreadable |= unreadable;
	}
	ret->own = preferences;
	return 0;
}

/* What is to be said of rules that were read. */
static void say_where(const struct options *options, bool args, struct text *why)
{
	text_add_clean(why, options->rules, strlen(options->rules));
	if (options->drop_ins) {
		text_add(why, "; drop-ins are not followed: ");
		text_add_clean(why, options->drop_ins, strlen(options->drop_ins));
	} else if (!args) {
		text_add(why, ", as its command line could not be read");
	}
}

static int read_rules(const struct killer_process *process, const struct options *options,
	struct arena *arena, struct killer *ret)
{
	const bool args = process->args_error == 0;
	struct text why;
	char *text;
	size_t len;
	int error;

	text_init(&why, ret->settings_why, sizeof(ret->settings_why));
	error = killer_read_file(process, options->rules, OOMD_RULES_BYTES_MAX, arena, &text, &len);
	if (error < 0) {
		text_add_clean(&why, options->rules, strlen(options->rules));
		text_fmt(&why, ": %s", error == -EFBIG ? "more than 1 MiB" : strerror(-error));
		return error == -ENOMEM ? error : 0;
	}
	error = oomd_rules_read(text, len, options->rules, arena, &ret->oomd, &why);
	if (error < 0)
		return error == -ENOMEM ? error : 0;
	say_where(options, args, &why);
	ret->settings = args && !options->drop_ins ? SETTINGS_DAEMON : SETTINGS_FILES;
	return 0;
}

static int load(const struct killer_process *process, struct arena *arena, struct killer *ret)
{
	const struct options options = read_options(process);
	int error;

	ret->settings = SETTINGS_UNREAD;
	ret->oomd.interval_ms = options.interval_s * 1000;
	if (strcmp(options.cgroup_fs, DEFAULT_CGROUP_FS) != 0) {
		snprintf(ret->settings_why, sizeof(ret->settings_why), "%s",
			"it looks at another tree of cgroups (--cgroup-fs)");
		return 0;
	}
	error = read_rules(process, &options, arena, ret);
	return error < 0 ? error : read_preferences(process, arena, ret);
}

static uint8_t demand_of(const struct oomd_step *step)
{
	switch (step->plugin) {
	case OOMD_PRESSURE_ABOVE:
	case OOMD_PRESSURE_RISING_BEYOND:
	case OOMD_KILL_BY_PRESSURE:
		return step->io ? 0 : CGROUP_DEMAND_PRESSURE;
	case OOMD_MEMORY_ABOVE:
		return step->anon ? CGROUP_DEMAND_STAT : CGROUP_DEMAND_USAGE;
	case OOMD_KILL_BY_MEMORY_SIZE_OR_GROWTH:
	case OOMD_KILL_BY_SWAP_USAGE:
		return CGROUP_DEMAND_USAGE;
	case OOMD_MEMORY_RECLAIM:
	case OOMD_KILL_BY_PG_SCAN:
		return CGROUP_DEMAND_STAT;
	case OOMD_UNKNOWN:
	case OOMD_SWAP_FREE:
	case OOMD_NR_DYING_DESCENDANTS:
	case OOMD_EXISTS:
	case OOMD_KILL_BY_IO_COST:
	case OOMD_CONTINUE:
		break;
	}
	return 0;
}

/* What is protected of a cgroup depends on all beside those above it. */
static bool needs_siblings(const struct oomd_step *step)
{
	return step->plugin == OOMD_KILL_BY_MEMORY_SIZE_OR_GROWTH || step->biased;
}

static unsigned slashes(const char *path)
{
	unsigned n = 0;

	for (; *path; path++)
		n += *path == '/';
	return n;
}

static void add_demand(
	const struct oomd_step *step, const struct snapshot *snapshot, uint8_t *demands)
{
	const uint8_t demand = demand_of(step);
	unsigned deepest = 0;

	if (!demand)
		return;
	for (uint32_t i = 0; i < snapshot->n_memcgs; i++) {
		const struct memcg *memcg = &snapshot->memcgs[i];
		const unsigned depth = slashes(memcg->path);
		/* Parents come first: what is below one that is opened is looked at, too. */
		const bool is_below =
			step->recursive && memcg->parent < i && demands[memcg->parent] & demand;

		if (!is_below && !cgroup_pattern_match(step->cgroups, memcg->path))
			continue;
		demands[i] |= demand;
		deepest = depth > deepest ? depth : deepest;
	}
	if (!needs_siblings(step))
		return;
	for (uint32_t i = 0; i < snapshot->n_memcgs; i++) {
		if (slashes(snapshot->memcgs[i].path) <= deepest)
			demands[i] |= CGROUP_DEMAND_USAGE;
	}
}

static void add_demands(
	const struct oomd_ruleset *ruleset, const struct snapshot *snapshot, uint8_t *demands)
{
	for (uint32_t i = 0; i < ruleset->n_groups; i++) {
		const struct oomd_group *group = &ruleset->groups[i];

		for (uint32_t k = 0; k < group->n_detectors; k++)
			add_demand(&group->detectors[k], snapshot, demands);
	}
	for (uint32_t i = 0; i < ruleset->n_actions; i++)
		add_demand(&ruleset->actions[i], snapshot, demands);
}

static int tick(const struct killer_tick *tick, struct killer *killer)
{
	struct snapshot *snapshot = tick->snapshot;
	const int8_t *known = killer->own;

	/* Without that trusted.* looks as if it were not there (fs/xattr.c, xattr_permission()). */
	if (!(snapshot->own_caps & CAP_BIT_SYS_ADMIN) || snapshot->own_userns ||
		snapshot->source != SOURCE_LIVE)
		killer->oomd.trusted_unreadable = true;
	if (snapshot->n_memcgs == 0)
		return 0;
	killer->oomd.preference =
		arena_alloc(&snapshot->arena, snapshot->n_memcgs * sizeof(*known));
	if (!killer->oomd.preference)
		return -ENOMEM;
	for (uint32_t i = 0; known && i < snapshot->n_memcgs; i++) {
		if (tick->known[i] != NO_MEMCG)
			killer->oomd.preference[i] = known[tick->known[i]];
	}
	for (uint32_t i = 0; i < killer->oomd.n_rulesets; i++)
		add_demands(&killer->oomd.rulesets[i], snapshot, tick->demands);
	return 0;
}

const struct killer_part killer_part_oomd = {
	.kind = KILLER_OOMD,
	.comm = "oomd",
	.wants_cgroups = true,
	.load = load,
	.tick = tick,
};
