/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/actions.h"
#include "ui/keys.h"
#include "unit.h"

#define PAGES_OF_MIB(mib) ((int64_t)(mib)*256)
#define KIB_OF_MIB(mib) ((int64_t)(mib)*1024)

#define RAM_MIB 24064
#define SWAP_MIB 8192

static const struct {
	int32_t pid, ppid;
	const char *comm, *user, *cmdline, *unit;
	uint32_t uid;
	int32_t adj;
	int64_t mem_mib, swap_mib;
} specs[SCENE_TASKS] = {
	/* clang-format off */
	[SCENE_INIT] = { 1, 0, "systemd", "root", "/sbin/init", "init.scope", 0, 0, 12, 0 },
	[SCENE_KTHREAD] = { 2, 0, "kthreadd", "root", NULL, NULL, 0, 0, 0, 0 },
	[SCENE_JOURNALD] = { 640, 1, "systemd-journal", "root", "/lib/systemd/systemd-journald",
		"systemd-journald.service", 0, 0, 98, 4 },
	[SCENE_SSHD] = { 801, 1, "sshd", "root", "sshd: /usr/sbin/sshd -D", "ssh.service", 0, -1000,
		9, 0 },
	[SCENE_POSTGRES] = { 1877, 1, "postgres", "postgres", "postgres -D /srv/db",
		"postgresql.service", 105, 0, 5530, 300 },
	[SCENE_NODE] = { 2210, 1, "node", "deploy", "node worker.js", NULL, 1001, 0, 2700, 300 },
	[SCENE_BASH] = { 3390, 3000, "bash", "alice", "bash", NULL, 1000, 0, 400, 90 },
	[SCENE_CHROME] = { 4102, 3390, "chrome", "alice", "chrome --type=renderer", NULL, 1000, 300,
		1330, 60 },
	[SCENE_JAVA] = { 23283, 1, "java", "tomcat", "java -jar app.jar", "tomcat.service", 998, 0,
		6400, 3900 },
	/* clang-format on */
};

static void forget_task(struct task *task, struct identity *who)
{
	memset(task, 0, sizeof(*task));
	task->state = 'S';
	task->threads = 1;
	task->vsize_pages = VALUE_UNKNOWN;
	task->memcg = NO_MEMCG;
	for (int i = 0; i < GROWTH_WINDOWS; i++)
		task->growth_bytes_per_s[i] = VALUE_UNKNOWN;
	task->who = who;
}

static void set_mem(struct task *task, int64_t mib)
{
	task->rss_anon_pages = PAGES_OF_MIB(mib);
	task->rss_file_pages = PAGES_OF_MIB(3);
	task->rss_shmem_pages = PAGES_OF_MIB(1);
	task->rss_stat_pages = task->rss_anon_pages + PAGES_OF_MIB(4);
	task->rss_status_pages = task->rss_stat_pages;
	task->pgtables_bytes = mib * 2048;
}

static void set_task(struct scene *scene, uint32_t i)
{
	struct task *task = &scene->tasks[i];
	struct identity *who = &scene->who[i];

	forget_task(task, who);
	task->pid = specs[i].pid;
	task->ppid = specs[i].ppid;
	task->start_ticks = 1000 + (uint64_t)specs[i].pid;
	task->uid = specs[i].uid;
	task->oom_score_adj = specs[i].adj;
	task->has = TASK_HAS_STAT | TASK_HAS_STATUS | TASK_HAS_ADJ | TASK_HAS_UID | TASK_HAS_CAPS;
	snprintf(task->comm, sizeof(task->comm), "%s", specs[i].comm);
	who->user = specs[i].user;
	who->cmdline = specs[i].cmdline;
	who->unit = specs[i].unit;
	who->cgroup = "/system.slice";
	if (i == SCENE_KTHREAD) {
		task->flags = TASK_FLAG_KTHREAD;
		return;
	}
	set_mem(task, specs[i].mem_mib);
	task->swap_pages = PAGES_OF_MIB(specs[i].swap_mib);
}

static void set_memory(struct snapshot *now)
{
	struct meminfo *mem = &now->mem;

	mem->mem_total_kib = KIB_OF_MIB(RAM_MIB);
	mem->mem_free_kib = KIB_OF_MIB(120);
	mem->mem_available_kib = KIB_OF_MIB(420);
	mem->buffers_kib = KIB_OF_MIB(4);
	mem->cached_kib = KIB_OF_MIB(800);
	mem->swap_cached_kib = 0;
	mem->swap_total_kib = KIB_OF_MIB(SWAP_MIB);
	mem->swap_free_kib = KIB_OF_MIB(900);
	mem->active_file_kib = KIB_OF_MIB(200);
	mem->inactive_file_kib = KIB_OF_MIB(300);
	mem->anon_kib = KIB_OF_MIB(20000);
	mem->mapped_kib = KIB_OF_MIB(100);
	mem->shmem_kib = KIB_OF_MIB(205);
	mem->slab_kib = KIB_OF_MIB(900);
	mem->slab_reclaimable_kib = KIB_OF_MIB(300);
	mem->slab_unreclaimable_kib = KIB_OF_MIB(600);
	mem->kreclaimable_kib = KIB_OF_MIB(300);
	mem->kernel_stack_kib = KIB_OF_MIB(30);
	mem->page_tables_kib = KIB_OF_MIB(90);
	mem->percpu_kib = KIB_OF_MIB(10);
	mem->vmalloc_used_kib = KIB_OF_MIB(60);
	mem->huge_pages_total = 0;
	mem->huge_page_kib = 2048;
	mem->hugetlb_kib = 0;
	mem->dirty_kib = mem->writeback_kib = mem->bounce_kib = mem->zswap_kib = 0;
	now->total_ram_pages = PAGES_OF_MIB(RAM_MIB);
	now->total_swap_pages = PAGES_OF_MIB(SWAP_MIB);
	now->pressure.full = (struct pressure_line){ 1890, 900, 300, 5000000 };
	now->pressure.some = (struct pressure_line){ 4120, 2000, 700, 9000000 };
	now->knobs.panic_on_oom = 0;
	now->knobs.oom_kill_allocating_task = 0;
	now->knobs.overcommit_memory = 0;
}

static void set_vmstat(struct vmstat *vmstat)
{
	vmstat->pgscan_kswapd = 1000000;
	vmstat->pgscan_direct = 10000;
	vmstat->pgsteal_kswapd = 500000;
	vmstat->pgsteal_direct = 5000;
	vmstat->allocstall = 100;
	vmstat->workingset_refault = 70000;
	vmstat->pswpin = 5000;
	vmstat->pswpout = 900000;
	vmstat->pgmajfault = 4000;
	vmstat->compact_stall = 10;
	vmstat->compact_fail = 2;
	vmstat->oom_kill = 0;
}

static void set_zone(struct zone *zone, const char *name, int64_t managed_mib, int64_t free_mib)
{
	const int64_t min = PAGES_OF_MIB(managed_mib) / 400;

	values_forget(&zone->free_pages,
		offsetof(struct zone, protection_pages) - offsetof(struct zone, free_pages));
	snprintf(zone->name, sizeof(zone->name), "%s", name);
	zone->free_pages = PAGES_OF_MIB(free_mib);
	zone->boost_pages = 0;
	zone->min_pages = min;
	zone->low_pages = min + min / 4;
	zone->high_pages = min + min / 2;
	zone->spanned_pages = zone->present_pages = zone->managed_pages = PAGES_OF_MIB(managed_mib);
	zone->cma_free_pages = 0;
	zone->inactive_file_pages = PAGES_OF_MIB(managed_mib) / 80;
	zone->active_file_pages = PAGES_OF_MIB(managed_mib) / 120;
	zone->n_protection = SCENE_ZONES;
	zone->blocks.n_orders = 11;
	zone->blocks.count[0] = (uint64_t)PAGES_OF_MIB(free_mib) / 2;
	zone->blocks.count[1] = (uint64_t)PAGES_OF_MIB(free_mib) / 8;
	zone->blocks.count[3] = (uint64_t)PAGES_OF_MIB(free_mib) / 32;
}

static void set_zones(struct scene *scene)
{
	struct zone *zones = scene->zones;

	set_zone(&zones[0], "DMA", 15, 2);
	set_zone(&zones[1], "DMA32", 3000, 61);
	set_zone(&zones[2], "Normal", 20800, 58);
	set_zone(&zones[3], "Movable", 0, 0);
	zones[3].blocks.n_orders = 0;
	zones[0].protection_pages[1] = PAGES_OF_MIB(12);
	zones[0].protection_pages[2] = zones[0].protection_pages[3] = PAGES_OF_MIB(90);
	zones[1].protection_pages[2] = zones[1].protection_pages[3] = PAGES_OF_MIB(82);
}

struct scene *scene_new(void)
{
	struct scene *scene = calloc(1, sizeof(*scene));
	struct snapshot *now;

	if (!scene)
		abort();
	now = &scene->now;
	values_forget(&now->mem, sizeof(now->mem));
	values_forget(&now->vmstat, sizeof(now->vmstat));
	values_forget(&now->pressure, sizeof(now->pressure));
	values_forget(&now->knobs, sizeof(now->knobs));
	now->source = SOURCE_LIVE;
	now->time_ms = INT64_C(1795290067000); /* 19:41:07 UTC on some day */
	now->uptime_ms = INT64_C(12) * 86400 * 1000;
	now->page_bytes = 4096;
	now->clk_tck = 100;
	now->cpus = 4;
	now->own_pid = SCENE_OWN_PID;
	now->own_uid = 0;
	now->own_caps = UINT64_MAX;
	snprintf(now->release, sizeof(now->release), "6.1.0");
	snprintf(now->hostname, sizeof(now->hostname), "web01");
	kernel_profile_of(now->release, &now->kernel);
	for (int i = 0; i < FACT_COUNT; i++)
		now->facts[i] = FACT_PRESENT;
	now->facts[FACT_PAGETYPEINFO] = FACT_UNREAD;
	set_memory(now);
	set_vmstat(&now->vmstat);
	for (uint32_t i = 0; i < SCENE_TASKS; i++)
		set_task(scene, i);
	now->tasks = scene->tasks;
	now->n_tasks = SCENE_TASKS;
	set_zones(scene);
	now->zones = scene->zones;
	now->n_zones = SCENE_ZONES;
	now->memcgs = scene->memcgs;
	now->memcg_version = 2;

	history_init(&scene->history);
	ui_state_init(&scene->state);
	scene->state.ascii = true;
	scene->canvas.cells = scene->cells;
	scene->canvas.ascii = true;
	scene->view.state = &scene->state;
	scene->view.history = &scene->history;
	scene_tick(scene);
	return scene;
}

void scene_free(struct scene *scene)
{
	arena_free(&scene->summary.arena);
	arena_free(&scene->view.arena);
	arena_free(&scene->view.scratch);
	free(scene);
}

void scene_tick(struct scene *scene)
{
	struct snapshot *now = &scene->now;
	const bool first = now->tick == 0;

	now->tick++;
	now->time_ms += 1000;
	now->uptime_ms += 1000;
	history_add(&scene->history, now);
	if (summary_make(now, first ? NULL : &scene->before, &scene->state.scope, &scene->history,
		    &scene->summary) < 0)
		abort();
	scene->view.now = now;
	scene->view.summary = &scene->summary;
	if (!scene->view.killed)
		scene->view.killed = &scene->kills;
	kills_counted(&scene->kills, first ? NULL : &scene->before, now, &scene->summary, false);
	if (view_update(&scene->view) < 0)
		abort();

	scene->before = *now;
	memcpy(scene->tasks_before, scene->tasks, sizeof(scene->tasks));
	memcpy(scene->zones_before, scene->zones, sizeof(scene->zones));
	scene->before.tasks = scene->tasks_before;
	scene->before.zones = scene->zones_before;
	memcpy(scene->memcgs_before, scene->memcgs, sizeof(scene->memcgs));
	scene->before.memcgs = scene->memcgs_before;
}

uint32_t scene_add_memcg(
	struct scene *scene, const char *path, uint32_t parent, int64_t usage_mib, int64_t max_mib)
{
	const uint32_t index = scene->now.n_memcgs;
	struct memcg *memcg = &scene->memcgs[index];

	if (index == SCENE_MEMCGS_MAX)
		abort();
	memset(memcg, 0, sizeof(*memcg));
	values_forget(&memcg->usage_bytes,
		offsetof(struct memcg, pressure) - offsetof(struct memcg, usage_bytes));
	values_forget(&memcg->pressure, sizeof(memcg->pressure));
	memcg->path = path;
	memcg->parent = parent;
	memcg->version = 2;
	memcg->usage_bytes = usage_mib * 1024 * 1024;
	memcg->max_bytes = max_mib < 0 ? MEMCG_UNLIMITED : max_mib * 1024 * 1024;
	memcg->high_bytes = MEMCG_UNLIMITED;
	memcg->swap_bytes = memcg->swap_max_bytes = 0;
	memcg->oom_group = 0;
	memcg->events_high = memcg->events_max = 0;
	memcg->events_oom = memcg->events_oom_kill = 0;
	memcg->stat_file_bytes = memcg->stat_dirty_bytes = memcg->stat_mapped_bytes = 0;
	memcg->stat_slab_reclaimable_bytes = memcg->stat_shmem_bytes = 0;
	memcg->stat_anon_bytes = memcg->usage_bytes;
	memcg->stat_uptime_ms = scene->now.uptime_ms;
	memcg->pressure.full = (struct pressure_line){ 0, 0, 0, 1000 };
	memcg->pressure.some = memcg->pressure.full;
	scene->now.n_memcgs++;
	return index;
}

void scene_enter_memcg(struct scene *scene, enum scene_task task, uint32_t memcg)
{
	scene->tasks[task].memcg = memcg;
	scene->who[task].cgroup = scene->memcgs[memcg].path;
	for (; memcg != NO_MEMCG; memcg = scene->memcgs[memcg].parent)
		scene->memcgs[memcg].n_tasks++;
}

void scene_add_memcgs(struct scene *scene)
{
	scene_add_memcg(scene, "/", NO_MEMCG, 20000, -1);
	scene_add_memcg(scene, "/system.slice", SCENE_TOP, 18000, -1);
	scene_add_memcg(scene, "/system.slice/postgresql.service", SCENE_SLICE, 7168, 8192);
	scene_add_memcg(scene, "/system.slice/tomcat.service", SCENE_SLICE, 8192, 16384);
	scene_add_memcg(scene, "/user.slice/browser.scope", SCENE_TOP, 1520, 1536);
	scene->memcgs[SCENE_DATABASE].unit = "postgresql.service";
	scene->memcgs[SCENE_TOMCAT].unit = "tomcat.service";
	scene->memcgs[SCENE_BROWSER].unit = "browser.scope";
	scene_enter_memcg(scene, SCENE_POSTGRES, SCENE_DATABASE);
	scene_enter_memcg(scene, SCENE_JAVA, SCENE_TOMCAT);
	scene_enter_memcg(scene, SCENE_CHROME, SCENE_BROWSER);
	scene_enter_memcg(scene, SCENE_BASH, SCENE_BROWSER);
	scene_tick(scene);
}

void scene_set_memcg_level(struct scene *scene, uint32_t memcg, enum level level, const char *why)
{
	struct memcg_view *judged = &scene->summary.memcgs[memcg];

	judged->level = level;
	snprintf(judged->why, sizeof(judged->why), "%s", why);
	if (view_update(&scene->view) < 0)
		abort();
}

void scene_judge(struct scene *scene)
{
	if (summary_make(&scene->now, NULL, &scene->state.scope, &scene->history, &scene->summary) <
			0 ||
		view_update(&scene->view) < 0)
		abort();
}

void scene_set_mem(struct scene *scene, enum scene_task task, int64_t mib)
{
	set_mem(&scene->tasks[task], mib);
}

void scene_end_task(struct scene *scene, uint32_t index)
{
	struct snapshot *now = &scene->now;

	memmove(&scene->tasks[index], &scene->tasks[index + 1],
		(now->n_tasks - index - 1) * sizeof(scene->tasks[0]));
	now->n_tasks--;
}

void scene_add_tasks(struct scene *scene, unsigned count)
{
	struct snapshot *now = &scene->now;

	for (unsigned i = 0; i < count && now->n_tasks < SCENE_TASKS_MAX; i++) {
		struct task *task = &scene->tasks[now->n_tasks];

		*task = scene->tasks[SCENE_BASH];
		task->pid = 30000 + (int32_t)i;
		task->start_ticks = 40000 + i;
		set_mem(task, 300 - (int64_t)i);
		now->n_tasks++;
	}
}

void scene_draw(struct scene *scene, int cols, int rows)
{
	view_draw(&scene->view, &scene->canvas, cols, rows);
}

const char *scene_line(struct scene *scene, int row)
{
	canvas_row_text(&scene->canvas, row, scene->line, sizeof(scene->line));
	return scene->line;
}

int scene_find(struct scene *scene, const char *needle)
{
	for (int row = 0; row < scene->canvas.rows; row++)
		if (strstr(scene_line(scene, row), needle))
			return row;
	return -1;
}

unsigned scene_key(struct scene *scene, const char *name)
{
	const int key = key_code(name);

	if (key == KEY_NONE)
		abort();
	return view_key(&scene->view, key);
}

void scene_type(struct scene *scene, const char *characters)
{
	for (; *characters; characters++)
		view_key(&scene->view, (unsigned char)*characters);
}

void scene_expect_row(struct scene *scene, int row, const char *want)
{
	char label[32];

	snprintf(label, sizeof(label), "row %d", row);
	expect_text(label, scene_line(scene, row), want);
}

void scene_expect_begins(struct scene *scene, int row, const char *want)
{
	char label[32], got[256];

	snprintf(label, sizeof(label), "row %d", row);
	snprintf(got, sizeof(got), "%.*s", (int)strlen(want), scene_line(scene, row));
	expect_text(label, got, want);
}

void scene_expect_shown(struct scene *scene, const char *text)
{
	expect_true(text, scene_find(scene, text) >= 0);
}

void scene_draw_everywhere(struct scene *scene)
{
	for (int rows = 1; rows <= 70; rows += rows < 12 ? 1 : 7) {
		for (int cols = 1; cols <= 200; cols += cols < 45 ? 1 : 13)
			scene_draw(scene, cols, rows);
	}
}

void scene_select(struct scene *scene, const char *pid)
{
	scene_key(scene, ":");
	scene_type(scene, pid);
	scene_key(scene, "Enter");
}

void scene_perform(struct scene *scene, const char *words)
{
	const struct plan plan = scene->state.action.plan;
	const int64_t task = snapshot_find(&scene->now, plan.target.pid, plan.target.start_ticks);

	if (plan.kind == PLAN_ADJ && task >= 0)
		scene->tasks[task].oom_score_adj = plan.adj;
	actions_done(&scene->view, true, words);
}

void scene_change_adj(struct scene *scene, const char *typed)
{
	scene_key(scene, "a");
	scene_type(scene, typed);
	expect_true(typed, scene_key(scene, "Enter") & REACT_PERFORM);
	scene_perform(scene, "ADJ was written");
	scene_tick(scene);
}

void scene_kill_menu(struct scene *scene, const char *name)
{
	unsigned count;
	const struct plan_signal *signals = plan_signals(&count);

	scene_key(scene, "F9");
	scene_key(scene, "End");
	for (unsigned i = 0; i < count; i++)
		if (strcmp(signals[i].name, name) == 0)
			for (unsigned k = count; k > i; k--)
				scene_key(scene, "Up");
}

void scene_expect_idle(struct scene *scene, const char *label)
{
	expect_int(label, scene->state.prompt, PROMPT_NONE);
	expect_int(label, scene->state.overlay, OVERLAY_NONE);
	expect_int(label, scene->state.action.plan.kind, PLAN_NONE);
	expect_text(label, scene->state.input, "");
	expect_text(label, scene->view.page.what, "");
}
