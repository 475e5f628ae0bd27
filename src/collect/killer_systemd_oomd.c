/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "collect/killers_parts.h"
#include "collect/unit_files.h"
#include "model/systemd_oomd.h"
#include "parse/systemd_value.h"

/* What it is built with (oomd-manager.h). */
#define SWAP_USED_PERMYRIAD 9000
#define LIMIT_PERMYRIAD 6000
#define DURATION_MS 30000

/** Monitored cgroups; of most machines it is one for each user that is logged in. */
#define MONITORED_MAX 64

/** Of an attribute. */
#define VALUE_BYTES 16

/** While less than this of swap and of memory is free, swap of all candidates is read each tick,
 * else in so many turns. */
#define NEAR_PERCENT 25
#define SWAP_TURNS 16

/** The whole hierarchy. */
#define ROOT_SLICE "-.slice"

/** What load() hands to tick(): parallel to process->cgroups. */
struct loaded {
	const struct systemd_oomd_cgroup *cgroups;
};

struct loading {
	const struct killer_process *process;
	struct systemd_oomd_cgroup *cgroups;
	struct oomd_conf conf;
	struct killer *ret;
	unsigned failed; /**< units whose files could not be read */
};

static bool has_suffix(struct span span, const char *suffix)
{
	const size_t len = strlen(suffix);

	return span.len > len && memcmp(span.at + span.len - len, suffix, len) == 0;
}

/**
 * The unit of systemd itself (not of a user's manager) whose own cgroup a path is: all above are
 * slices, and it is a slice, a service or a scope.  A name that clashes with a kernel file has a
 * "_" before it.
 */
static bool own_unit(const char *path, char *unit, size_t size)
{
	struct scan scan = scan_of(path, strlen(path));
	struct span part;
	bool slices = true, any = false;

	while (scan_component(&scan, &part)) {
		if (!slices)
			return false;
		slices = has_suffix(part, ".slice");
		if (!slices && !has_suffix(part, ".service") && !has_suffix(part, ".scope"))
			return false;
		if (part.at[0] == '_')
			part = (struct span){ part.at + 1, part.len - 1 };
		if (part.len >= size)
			return false;
		span_copy(part, unit, size);
		any = true;
	}
	return any;
}

static void apply(const struct loading *loading, const struct managed *managed,
	struct systemd_oomd_cgroup *cgroup)
{
	const int64_t limit =
		loading->conf.has_limit ? loading->conf.limit_permyriad : LIMIT_PERMYRIAD;
	const int64_t duration =
		loading->conf.duration_ms > 0 ? loading->conf.duration_ms : DURATION_MS;

	cgroup->swap_monitored = managed->swap == MANAGED_OOM_KILL;
	cgroup->pressure_monitored = managed->pressure == MANAGED_OOM_KILL;
	cgroup->rules = managed->rules;
	cgroup->limit_permyriad = managed->limit_permyriad > 0 ? managed->limit_permyriad : limit;
	cgroup->duration_ms = managed->duration_ms > 0 ? managed->duration_ms : duration;
	/* In a recording attributes of folders are lost; systemd sets them from these. */
	if (!loading->process->root->live) {
		cgroup->avoid = managed->preference == MANAGED_PREFERENCE_AVOID;
		cgroup->omit = managed->preference == MANAGED_PREFERENCE_OMIT;
	}
}

static void read_unit(struct loading *loading, const char *unit, struct systemd_oomd_cgroup *cgroup)
{
	struct unit_file file = { .restart = RESTART_UNKNOWN };
	const int error = unit_files_read(loading->process->root, unit, &file);

	if (error < 0 && error != -ENOENT && error != -ENODATA && error != -EINVAL)
		loading->failed++;
	apply(loading, &file.managed, cgroup);
}

static void read_units(struct loading *loading)
{
	const struct killer_process *process = loading->process;
	struct systemd_oomd_settings *settings = &loading->ret->systemd_oomd;
	char unit[UNIT_NAME_MAX + 1];

	read_unit(loading, ROOT_SLICE, &settings->root);
	settings->users_known = true;
	for (uint32_t i = 0; loading->cgroups && i < process->n_cgroups; i++) {
		const char *path = process->cgroups[i].path;

		if (strcmp(path, "/") == 0)
			loading->cgroups[i] = settings->root;
		else if (own_unit(path, unit, sizeof(unit)))
			read_unit(loading, unit, &loading->cgroups[i]);
		if (strstr(path, "/user@"))
			settings->users_known = false;
	}
}

/** 1, 0, or -1 if it cannot be told. */
static int attribute(const struct root *root, const char *folder, const char *name)
{
	char value[VALUE_BYTES];
	const ssize_t len = root_xattr(root, folder, name, value, sizeof(value));
	bool is = false;

	/* Kernels before 5.7 have no attributes of users there. */
	if (len == -ENODATA || len == -EOPNOTSUPP)
		return 0;
	if (len < 0)
		return -1;
	(void)systemd_boolean((struct span){ value, (size_t)len }, &is);
	return is;
}

static void read_preference(
	const struct killer_process *process, const char *path, struct systemd_oomd_cgroup *cgroup)
{
	const struct root *root = process->root;
	char folder[PATH_MAX];
	int avoid, omit;

	if (killer_folder(process, path, folder, sizeof(folder)) < 0 ||
		root_owner(root, folder, &cgroup->owner) < 0)
		return;
	avoid = attribute(root, folder, "user.oomd_avoid");
	omit = attribute(root, folder, "user.oomd_omit");
	if (avoid < 0 || omit < 0)
		return;
	cgroup->preference_known = true;
	cgroup->avoid |= avoid;
	cgroup->omit |= omit;
}

static bool is_monitored(const struct systemd_oomd_cgroup *cgroup)
{
	return cgroup->swap_monitored || cgroup->pressure_monitored;
}

static bool is_below(const char *path, const char *above)
{
	const size_t len = strlen(above);

	return strncmp(path, above, len) == 0 &&
		(path[len] == '/' || path[len] == '\0' || (len > 0 && above[len - 1] == '/'));
}

struct monitored {
	const char *paths[MONITORED_MAX];
	unsigned n;
	bool all; /**< the root is, or there are too many to look through */
};

static void find_monitored(const struct loading *loading, struct monitored *ret)
{
	ret->n = 0;
	ret->all = is_monitored(&loading->ret->systemd_oomd.root);
	for (uint32_t i = 0; !ret->all && i < loading->process->n_cgroups; i++) {
		if (!is_monitored(&loading->cgroups[i]))
			continue;
		if (ret->n == MONITORED_MAX)
			ret->all = true;
		else
			ret->paths[ret->n++] = loading->process->cgroups[i].path;
	}
}

/* Of those that are chosen from only, and of the monitored ones, whose owners count. */
static void read_preferences(struct loading *loading)
{
	const struct killer_process *process = loading->process;
	struct monitored monitored;

	find_monitored(loading, &monitored);
	for (uint32_t i = 0; loading->cgroups && i < process->n_cgroups; i++) {
		const char *path = process->cgroups[i].path;
		bool wanted = monitored.all;

		for (unsigned j = 0; !wanted && j < monitored.n; j++)
			wanted = is_below(path, monitored.paths[j]);
		if (wanted)
			read_preference(process, path, &loading->cgroups[i]);
	}
}

static void read_conf(struct loading *loading)
{
	struct unit_file file = { .restart = RESTART_UNKNOWN };
	const int error = unit_files_read_oomd(loading->process->root, &file);
	struct killer *ret = loading->ret;

	loading->conf = file.oomd;
	ret->settings = SETTINGS_FILES;
	snprintf(ret->settings_why, sizeof(ret->settings_why),
		"its files, which may be newer than what it runs with");
	if (error < 0) {
		ret->settings = SETTINGS_DEFAULTS;
		snprintf(ret->settings_why, sizeof(ret->settings_why),
			"defaults: oomd.conf could not be read: %s", strerror(-error));
	}
}

static bool has_arg(const struct killer_process *process, const char *wanted)
{
	const char *arg = NULL;

	while (killer_next_arg(process, &arg)) {
		if (strcmp(arg, wanted) == 0)
			return true;
	}
	return false;
}

static int load(const struct killer_process *process, struct arena *arena, struct killer *ret)
{
	struct loading loading = { .process = process, .ret = ret };
	struct systemd_oomd_settings *settings = &ret->systemd_oomd;
	struct loaded *loaded = arena_alloc(arena, sizeof(*loaded));

	if (!loaded)
		return -ENOMEM;
	if (process->n_cgroups > 0) {
		loading.cgroups = arena_array(arena, process->n_cgroups, sizeof(*loading.cgroups));
		if (!loading.cgroups)
			return -ENOMEM;
	}
	read_conf(&loading);
	settings->swap_used_permyriad =
		loading.conf.has_swap_used ? loading.conf.swap_used_permyriad : SWAP_USED_PERMYRIAD;
	settings->swap_only = loading.conf.old_spelling;
	settings->dry_run = has_arg(process, "--dry-run");
	read_units(&loading);
	read_preferences(&loading);
	if (loading.failed > 0)
		snprintf(ret->settings_why, sizeof(ret->settings_why),
			"its files; units whose files could not be read: %u", loading.failed);
	loaded->cgroups = loading.cgroups;
	ret->own = loaded;
	return 0;
}

/** What is looked at in one tick. */
struct looking {
	const struct killer_tick *tick;
	const struct systemd_oomd_settings *settings;
	uint8_t *inner;
};

/* Pressure above half of the limit. */
static bool is_near(const struct pressure *pressure, const struct systemd_oomd_cgroup *cgroup)
{
	return value_known(pressure->full.avg10_centi) &&
		pressure->full.avg10_centi > cgroup->limit_permyriad / 2;
}

static void demand_below(const struct looking *looking, uint32_t monitored, uint8_t demand)
{
	const struct snapshot *snapshot = looking->tick->snapshot;

	for (uint32_t i = 0; i < snapshot->n_memcgs; i++) {
		if (systemd_oomd_is_candidate(snapshot, looking->inner, i, monitored))
			looking->tick->demands[i] |= demand;
	}
}

static bool is_swap_near(const struct snapshot *snapshot)
{
	const struct meminfo *mem = &snapshot->mem;

	return mem->swap_total_kib > 0 &&
		mem->swap_free_kib < mem->swap_total_kib / 100 * NEAR_PERCENT &&
		mem->mem_available_kib < mem->mem_total_kib / 100 * NEAR_PERCENT;
}

static void demand_swap(const struct looking *looking, uint32_t monitored)
{
	const struct snapshot *snapshot = looking->tick->snapshot;
	const bool near = is_swap_near(snapshot);

	if (snapshot->mem.swap_total_kib <= 0)
		return;
	for (uint32_t i = 0; i < snapshot->n_memcgs; i++) {
		if ((near || (i + (uint64_t)snapshot->tick) % SWAP_TURNS == 0) &&
			systemd_oomd_is_candidate(snapshot, looking->inner, i, monitored))
			looking->tick->demands[i] |= CGROUP_DEMAND_USAGE;
	}
}

static void demand(const struct looking *looking, uint32_t memcg)
{
	const struct snapshot *snapshot = looking->tick->snapshot;
	const struct systemd_oomd_cgroup *cgroup =
		memcg == NO_MEMCG ? &looking->settings->root : &looking->settings->cgroups[memcg];
	const struct pressure *pressure =
		memcg == NO_MEMCG ? &snapshot->pressure : &snapshot->memcgs[memcg].pressure;

	if (cgroup->swap_monitored)
		demand_swap(looking, memcg);
	if (!cgroup->pressure_monitored)
		return;
	if (memcg != NO_MEMCG)
		looking->tick->demands[memcg] |= CGROUP_DEMAND_PRESSURE;
	if (!is_near(pressure, cgroup))
		return;
	if (memcg != NO_MEMCG)
		looking->tick->demands[memcg] |= CGROUP_DEMAND_STAT;
	demand_below(looking, memcg, CGROUP_DEMAND_USAGE | CGROUP_DEMAND_STAT);
}

static int tick(const struct killer_tick *tick, struct killer *killer)
{
	const struct loaded *loaded = killer->own;
	struct snapshot *snapshot = tick->snapshot;
	struct systemd_oomd_settings *settings = &killer->systemd_oomd;
	struct looking looking = { .tick = tick, .settings = settings };

	if (!loaded || snapshot->n_memcgs == 0)
		return 0;
	settings->cgroups =
		arena_array(&snapshot->arena, snapshot->n_memcgs, sizeof(*settings->cgroups));
	looking.inner = arena_alloc(&snapshot->arena, snapshot->n_memcgs);
	if (!settings->cgroups || !looking.inner)
		return -ENOMEM;
	for (uint32_t i = 0; i < snapshot->n_memcgs; i++) {
		if (tick->known[i] != NO_MEMCG)
			settings->cgroups[i] = loaded->cgroups[tick->known[i]];
	}
	systemd_oomd_find_inner(snapshot, looking.inner);
	if (!systemd_oomd_lists_root(snapshot))
		demand(&looking, NO_MEMCG);
	for (uint32_t i = 0; i < snapshot->n_memcgs; i++)
		demand(&looking, i);
	return 0;
}

const struct killer_part killer_part_systemd_oomd = {
	.kind = KILLER_SYSTEMD_OOMD,
	.comm = "systemd-oomd",
	.wants_cgroups = true,
	.load = load,
	.tick = tick,
};
