/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine.h"

#include <stdlib.h>
#include <string.h>

#include "parse/cgroup.h"
#include "parse/cgroup_name.h"
#include "parse/pid.h"
#include "parse/scan.h"
#include "parse/system.h"
#include "parse/zones.h"

#define SECTION_END 0xff
#define ZONES_SEEN_MAX 64
#define MIGRATE_MAX 64

uint8_t machine_look(const struct machine *machine, enum look at)
{
	const struct piece *look = &machine->sections[SECTION_LOOK];

	return (size_t)at < look->len ? (uint8_t)look->at[at] : 0;
}

static void set_clocks(struct machine *machine, struct snapshot *now)
{
	const uint8_t clock = machine_look(machine, LOOK_CLOCK);

	machine->uptime_ms += (int8_t)machine_look(machine, LOOK_STEP) * 250;
	now->uptime_ms = machine->uptime_ms;
	if (clock & CLOCK_NO_UPTIME)
		now->uptime_ms = VALUE_UNKNOWN;
	else if (clock & CLOCK_UPTIME_HUGE)
		now->uptime_ms = INT64_MAX - 3600 * 1000 + machine->uptime_ms % 1000;
	now->time_ms = INT64_C(1795290067000) + machine->uptime_ms;
	if (clock & CLOCK_NO_TIME)
		now->time_ms = VALUE_UNKNOWN;
	else if (clock & CLOCK_TIME_EARLY)
		now->time_ms = INT64_C(-62135596800000);
}

static void take_release(const struct piece *piece, struct snapshot *now)
{
	struct scan scan = scan_of(piece->at, piece->len);
	struct span word;

	if (scan_word(&scan, &word))
		span_copy(word, now->release, sizeof(now->release));
	if (scan_word(&scan, &word))
		span_copy(word, now->hostname, sizeof(now->hostname));
	kernel_profile_of(now->release, &now->kernel);
}

static void take_knobs(const struct piece *piece, struct knobs *knobs)
{
	int64_t *values[] = { &knobs->panic_on_oom, &knobs->oom_kill_allocating_task,
		&knobs->overcommit_memory, &knobs->min_free_kbytes, &knobs->swappiness,
		&knobs->lru_gen_min_ttl_ms, &knobs->zswap_enabled };
	struct scan scan = scan_of(piece->at, piece->len), line;

	for (size_t i = 0; i < ARRAY_SIZE(values) && scan_line(&scan, &line); i++)
		(void)parse_knob(line.at, (size_t)(line.end - line.at), values[i]);
}

static void note(struct snapshot *now, enum fact fact, int error)
{
	now->facts[fact] = error < 0 ? fact_state_of(error) : FACT_PRESENT;
}

static void take_zones(const struct machine *machine, struct snapshot *now)
{
	const struct piece *piece = &machine->sections[SECTION_ZONEINFO];
	uint32_t count = 0;
	int error = parse_zoneinfo(piece->at, piece->len, NULL, 0, &count);

	if (error == 0 && count > ZONES_SEEN_MAX)
		count = ZONES_SEEN_MAX;
	now->zones = arena_array(&now->arena, count, sizeof(*now->zones));
	if (error == 0 && now->zones)
		error = parse_zoneinfo(piece->at, piece->len, now->zones, count, &now->n_zones);
	note(now, FACT_ZONEINFO, error);
	piece = &machine->sections[SECTION_BUDDYINFO];
	note(now, FACT_BUDDYINFO, parse_buddyinfo(piece->at, piece->len, now->zones, now->n_zones));
}

static void take_migrate(const struct machine *machine, struct snapshot *now)
{
	const struct piece *piece = &machine->sections[SECTION_MIGRATE];

	if (!machine->state.want_migrate)
		return;
	now->migrate = arena_array(&now->arena, MIGRATE_MAX, sizeof(*now->migrate));
	if (now->migrate)
		note(now, FACT_PAGETYPEINFO,
			parse_pagetypeinfo(
				piece->at, piece->len, now->migrate, MIGRATE_MAX, &now->n_migrate));
}

static int64_t pages_of_kib(const struct snapshot *now, int64_t kib)
{
	const int64_t bytes = value_mul(kib, 1024);

	return value_known(bytes) ? bytes / now->page_bytes : VALUE_UNKNOWN;
}

static void take_system(const struct machine *machine, struct snapshot *now)
{
	const struct piece *at = machine->sections;

	values_forget(&now->mem, sizeof(now->mem));
	values_forget(&now->vmstat, sizeof(now->vmstat));
	values_forget(&now->pressure, sizeof(now->pressure));
	values_forget(&now->knobs, sizeof(now->knobs));
	take_release(&at[SECTION_RELEASE], now);
	note(now, FACT_MEMINFO,
		parse_meminfo(at[SECTION_MEMINFO].at, at[SECTION_MEMINFO].len, &now->mem));
	note(now, FACT_VMSTAT,
		parse_vmstat(at[SECTION_VMSTAT].at, at[SECTION_VMSTAT].len, &now->vmstat));
	note(now, FACT_PRESSURE,
		parse_pressure(at[SECTION_PRESSURE].at, at[SECTION_PRESSURE].len, &now->pressure));
	note(now, FACT_SWAPS,
		parse_swaps(at[SECTION_SWAPS].at, at[SECTION_SWAPS].len, &now->swaps));
	take_knobs(&at[SECTION_KNOBS], &now->knobs);
	now->total_ram_pages = pages_of_kib(now, now->mem.mem_total_kib);
	now->total_swap_pages = pages_of_kib(now, now->mem.swap_total_kib);
	take_zones(machine, now);
	take_migrate(machine, now);
}

static void take_stat(const struct snapshot *now, const struct pid_stat *stat, int32_t least_pid,
	struct task *task)
{
	task->pid = stat->pid > least_pid ? stat->pid : least_pid;
	task->ppid = stat->ppid;
	task->start_ticks = stat->start_ticks;
	task->flags = stat->flags;
	task->threads = stat->threads;
	task->nice = stat->nice;
	task->state = stat->state;
	task->utime_ticks = stat->utime_ticks;
	task->stime_ticks = stat->stime_ticks;
	memcpy(task->comm, stat->comm, sizeof(task->comm));
	task->vsize_pages = stat->vsize_bytes / now->page_bytes;
	task->rss_stat_pages = stat->rss_pages;
	task->has |= TASK_HAS_STAT;
}

static void take_status(
	const struct snapshot *now, const struct pid_status *status, struct task *task)
{
	int64_t tables_kib = status->vm_pte_kib;

	if (value_known(tables_kib))
		tables_kib = value_add(tables_kib, value_or(status->vm_pmd_kib, 0));
	task->rss_status_pages = pages_of_kib(now, status->vm_rss_kib);
	task->rss_anon_pages = pages_of_kib(now, status->rss_anon_kib);
	task->rss_file_pages = pages_of_kib(now, status->rss_file_kib);
	task->rss_shmem_pages = pages_of_kib(now, status->rss_shmem_kib);
	task->swap_pages = pages_of_kib(now, status->vm_swap_kib);
	task->pgtables_bytes = value_mul(tables_kib, 1024);
	task->has |= TASK_HAS_STATUS;
	if (status->uid >= 0 && status->uid <= UINT32_MAX) {
		task->uid = (uint32_t)status->uid;
		task->has |= TASK_HAS_UID;
	}
	if (status->cap_known) {
		task->cap_effective = status->cap_effective;
		task->has |= TASK_HAS_CAPS;
	}
}

static void take_numbers(const struct piece *files, struct task *task)
{
	int64_t number;

	if (parse_pid_number(files[FILE_ADJ].at, files[FILE_ADJ].len, &number) == 0 &&
		number >= -1000 && number <= 1000) {
		task->oom_score_adj = (int32_t)number;
		task->has |= TASK_HAS_ADJ;
	}
	if (parse_pid_number(files[FILE_SCORE].at, files[FILE_SCORE].len, &number) == 0) {
		task->oom_score = number;
		task->has |= TASK_HAS_SCORE;
	}
}

static const char *name_in(
	struct arena *arena, size_t (*name)(const char *, char *, size_t), const char *path)
{
	char buf[64];
	const size_t len = name(path, buf, sizeof(buf));

	return len > 0 ? arena_text(arena, buf, len) : NULL;
}

static void take_identity(struct snapshot *now, const struct piece *files, struct task *task)
{
	struct identity *who = arena_alloc(&now->arena, sizeof(*who));
	char buf[512];
	size_t len;

	if (!who)
		abort();
	task->who = who;
	if (parse_pid_cgroup(files[FILE_CGROUP].at, files[FILE_CGROUP].len, buf, sizeof(buf)) ==
		0) {
		who->cgroup = arena_text(&now->arena, buf, strlen(buf));
		who->unit = name_in(&now->arena, cgroup_unit, buf);
		who->container = name_in(&now->arena, cgroup_container, buf);
	}
	len = parse_pid_cmdline(files[FILE_CMDLINE].at, files[FILE_CMDLINE].len, buf, sizeof(buf));
	if (len > 0)
		who->cmdline = arena_text(&now->arena, buf, len);
	/* Names of users come from a recording, so they may be anything too. */
	if (task->has & TASK_HAS_UID)
		who->user = arena_text(&now->arena, task->comm, strnlen(task->comm, 32));
}

/* As the collector has it: the slope of what counts, but between two instants only. */
static void take_growth(const struct machine *machine, struct task *task)
{
	const struct snapshot *now = machine->now, *before = machine->before;
	const int64_t index =
		before ? snapshot_find(before, task->pid, task->start_ticks) : (int64_t)-1;
	int64_t pages, ms;

	for (int i = 0; i < GROWTH_WINDOWS; i++)
		task->growth_bytes_per_s[i] = VALUE_UNKNOWN;
	if (index < 0 || !value_known(now->uptime_ms) || !value_known(before->uptime_ms) ||
		!value_known(task->rss_stat_pages))
		return;
	ms = now->uptime_ms - before->uptime_ms;
	pages = value_min(task->rss_stat_pages, UINT32_MAX) -
		value_min(value_or(before->tasks[index].rss_stat_pages, 0), UINT32_MAX);
	if (ms <= 0)
		return;
	for (int i = 0; i < GROWTH_WINDOWS; i++)
		task->growth_bytes_per_s[i] = pages * now->page_bytes * 1000 / ms;
	task->growth_seen_ms = ms;
	task->has |= TASK_HAS_GROWTH;
	task->cpu_permille = (int32_t)(ms % 4000);
	task->has |= TASK_HAS_CPU;
}

static void take_memcg_limits(const struct piece *piece, struct memcg *memcg)
{
	int64_t *values[] = { &memcg->usage_bytes, &memcg->max_bytes, &memcg->high_bytes,
		&memcg->swap_bytes, &memcg->swap_max_bytes, &memcg->memsw_bytes,
		&memcg->memsw_max_bytes, &memcg->swappiness, &memcg->oom_group };
	struct scan scan = scan_of(piece->at, piece->len), line;

	for (size_t i = 0; i < ARRAY_SIZE(values) && scan_line(&scan, &line); i++)
		(void)parse_memcg_size(line.at, (size_t)(line.end - line.at), values[i]);
	if (value_known(memcg->swappiness))
		memcg->swappiness %= 201;
	if (value_known(memcg->oom_group))
		memcg->oom_group &= 1;
}

static void take_memcg(struct machine *machine, uint32_t index)
{
	const struct piece *files = &machine->sections[SECTION_MEMCGS + (int)index * MEMCG_FILES];
	struct memcg *memcg = &machine->now->memcgs[index];
	const struct piece *events = &files[FILE_EVENTS], *stat = &files[FILE_MEMCG_STAT];

	values_forget(&memcg->usage_bytes,
		offsetof(struct memcg, pressure) - offsetof(struct memcg, usage_bytes));
	values_forget(&memcg->pressure, sizeof(memcg->pressure));
	memcg->version = machine->now->memcg_version;
	memcg->flat = memcg->version == 1 && machine_look(machine, LOOK_CLOCK) & LOOK_MEMCG_FLAT;
	take_memcg_limits(&files[FILE_LIMITS], memcg);
	if (memcg->version == 1)
		(void)parse_memcg_oom_control(events->at, events->len, memcg);
	else
		(void)parse_memcg_events(events->at, events->len, memcg);
	if (parse_memcg_stat(stat->at, stat->len, memcg->version, memcg) == 0)
		memcg->stat_uptime_ms = machine->now->uptime_ms;
	(void)parse_pressure(
		files[FILE_MEMCG_PRESSURE].at, files[FILE_MEMCG_PRESSURE].len, &memcg->pressure);
}

/* The cgroup of a path, made with all above it, parents first; NO_MEMCG where there is no room
 * for them all. */
static uint32_t memcg_of(struct machine *machine, const char *path)
{
	struct snapshot *now = machine->now;
	const char *last = strrchr(path, '/');
	uint32_t parent = NO_MEMCG;
	struct memcg *memcg;

	for (uint32_t i = 0; i < now->n_memcgs; i++)
		if (strcmp(now->memcgs[i].path, path) == 0)
			return i;
	if (path[0] != '/')
		return NO_MEMCG;
	if (path[1] != '\0') {
		const char *above =
			arena_text(&now->arena, path, last > path ? (size_t)(last - path) : 1);

		if (!above)
			abort();
		parent = memcg_of(machine, above);
		if (parent == NO_MEMCG)
			return NO_MEMCG;
	}
	if (now->n_memcgs == MEMCGS_MAX)
		return NO_MEMCG;
	memcg = &now->memcgs[now->n_memcgs];
	memcg->path = path;
	memcg->parent = parent;
	take_memcg(machine, now->n_memcgs);
	return now->n_memcgs++;
}

static void enter_memcg(struct machine *machine, struct task *task)
{
	struct snapshot *now = machine->now;

	task->memcg = task->who->cgroup ? memcg_of(machine, task->who->cgroup) : NO_MEMCG;
	for (uint32_t i = task->memcg; i != NO_MEMCG; i = now->memcgs[i].parent)
		now->memcgs[i].n_tasks++;
	if (task->memcg != NO_MEMCG) {
		now->memcgs[task->memcg].unit = task->who->unit;
		now->memcgs[task->memcg].container = task->who->container;
	}
}

static void take_nodes(struct snapshot *now, const struct pid_status *status, struct task *task)
{
	if (!status->nodes_known)
		return;
	for (task->nodes = 0; task->nodes < now->n_node_sets; task->nodes++) {
		if (nodes_equal(&now->node_sets[task->nodes], &status->nodes))
			return;
	}
	now->node_sets[now->n_node_sets++] = status->nodes;
}

static void take_process(struct machine *machine, const struct piece *files)
{
	struct snapshot *now = machine->now;
	const struct task *last = now->n_tasks > 0 ? &now->tasks[now->n_tasks - 1] : NULL;
	const int32_t least_pid = last ? last->pid + 1 : 1;
	struct task task = { .pid = least_pid, .state = '?', .nodes = NO_NODE_SET };
	struct pid_stat stat;
	struct pid_status status;

	if (last && last->pid == INT32_MAX)
		return;
	values_forget(&task.vsize_pages,
		offsetof(struct task, stale_pages) - offsetof(struct task, vsize_pages));
	if (parse_pid_stat(files[FILE_STAT].at, files[FILE_STAT].len, &stat) == 0)
		take_stat(now, &stat, least_pid, &task);
	if (parse_pid_status(files[FILE_STATUS].at, files[FILE_STATUS].len, &status) == 0) {
		take_status(now, &status, &task);
		take_nodes(now, &status, &task);
	}
	take_numbers(files, &task);
	if (task.has == 0)
		return;
	take_identity(now, files, &task);
	take_growth(machine, &task);
	enter_memcg(machine, &task);
	now->tasks[now->n_tasks++] = task;
}

void machine_take(struct machine *machine)
{
	static const int64_t page_sizes[] = { 4096, 16384, 65536, 1024 };
	struct snapshot *now = machine->now;
	const uint8_t flags = machine_look(machine, LOOK_FLAGS);
	const int64_t tick = machine->before ? machine->before->tick : 0;
	struct arena arena = now->arena;

	arena_reset(&arena);
	*now = (struct snapshot){ .arena = arena, .tick = tick + 1, .clk_tck = 100 };
	now->source = flags & FLAG_RECORDED ? SOURCE_ROOT : SOURCE_LIVE;
	now->partial = flags & FLAG_NAMESPACE ? PARTIAL_PID_NAMESPACE : PARTIAL_NONE;
	now->page_bytes = page_sizes[flags & FLAG_PAGE_SIZE];
	now->cpus = flags >> 6;
	now->sample_cost_us = VALUE_UNKNOWN;
	set_clocks(machine, now);
	take_system(machine, now);
	now->facts[FACT_PROCESSES] = FACT_PRESENT;
	now->tasks = arena_array(&now->arena, PROCESSES_MAX, sizeof(*now->tasks));
	now->memcgs = arena_array(&now->arena, MEMCGS_MAX, sizeof(*now->memcgs));
	now->node_sets = arena_array(&now->arena, PROCESSES_MAX, sizeof(*now->node_sets));
	if (!now->tasks || !now->memcgs || !now->node_sets)
		abort();
	now->memcg_version = machine_look(machine, LOOK_CLOCK) & LOOK_MEMCG_V1 ? 1 : 2;
	now->facts[FACT_CGROUPS] = FACT_PRESENT;
	for (int i = 0; i < PROCESSES_MAX; i++)
		take_process(machine, &machine->sections[SECTION_PROCESSES + i * PROCESS_FILES]);
}

void machine_split(struct machine *machine, const char *at, const char *end)
{
	machine->sections[SECTION_LOOK] = (struct piece){ at, 0 };
	for (int i = 0; i < SECTIONS && at < end; i++) {
		const char *stop = memchr(at, SECTION_END, (size_t)(end - at));

		if (!stop)
			stop = end;
		if (stop > at)
			machine->sections[i] = (struct piece){ at, (size_t)(stop - at) };
		at = stop < end ? stop + 1 : end;
	}
}

void machine_turn(struct machine *machine)
{
	struct snapshot *spare = machine->before ? machine->before : &machine->instants[1];

	machine->before = machine->now;
	machine->now = spare;
}
