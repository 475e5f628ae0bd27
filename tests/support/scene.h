/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * A made-up machine with a screen: what tests of keys and panels look at.
 *
 * 23.5 GiB of RAM, 8 GiB of swap, Linux 6.1; a browser tab at adj +300 is the victim and a
 * java process grows.  Tests change members and call scene_tick().
 */
#ifndef OOMWATCH_TESTS_SCENE_H
#define OOMWATCH_TESTS_SCENE_H

#include "ui/view.h"

#define SCENE_TASKS_MAX 64
#define SCENE_ZONES 4
#define SCENE_MEMCGS_MAX 40

/** Of oomwatch itself, which is not among the processes; it is root. */
#define SCENE_OWN_PID 9999

/** Cgroups of scene_add_memcgs(), by their index in now.memcgs. */
enum scene_memcg {
	SCENE_TOP,      /**< "/", without a limit */
	SCENE_SLICE,    /**< /system.slice, without a limit */
	SCENE_DATABASE, /**< /system.slice/postgresql.service, postgres in it: 7168M of 8G */
	SCENE_TOMCAT,   /**< /system.slice/tomcat.service, java in it: 8G of 16G */
	SCENE_BROWSER,  /**< /user.slice/browser.scope, chrome and bash in it: 1520M of 1.5G */
	SCENE_MEMCGS,
};

/** Processes by their index in now.tasks, which is in order of pid. */
enum scene_task {
	SCENE_INIT,
	SCENE_KTHREAD,
	SCENE_JOURNALD, /**< 640 */
	SCENE_SSHD,     /**< 801, adj -1000 */
	SCENE_POSTGRES, /**< 1877 */
	SCENE_NODE,     /**< 2210 */
	SCENE_BASH,     /**< 3390 */
	SCENE_CHROME,   /**< 4102, adj +300: the victim */
	SCENE_JAVA,     /**< 23283 */
	SCENE_TASKS,
};

struct scene {
	struct snapshot now, before;
	struct task tasks[SCENE_TASKS_MAX], tasks_before[SCENE_TASKS_MAX];
	struct identity who[SCENE_TASKS_MAX];
	struct zone zones[SCENE_ZONES], zones_before[SCENE_ZONES];
	struct memcg memcgs[SCENE_MEMCGS_MAX], memcgs_before[SCENE_MEMCGS_MAX];
	struct summary summary;
	struct history history;
	struct kills
		kills; /**< what is counted of them; view.killed, but where a test has its own */
	struct ui_state state;
	struct view view;
	struct canvas canvas;
	struct cell cells[CANVAS_COLS_MAX * CANVAS_ROWS_MAX];
	char line[CANVAS_COLS_MAX * 4 + 1]; /**< what scene_line() returns */
};

/** The machine after its first sample; aborts without memory. */
struct scene *scene_new(void);
void scene_free(struct scene *scene);

/** The next sample, one second later. */
void scene_tick(struct scene *scene);

/** Set the private memory of a process, in RAM. */
void scene_set_mem(struct scene *scene, enum scene_task task, int64_t mib);

/** A process ends: it is taken out of now.tasks; indexes behind it move. */
void scene_end_task(struct scene *scene, uint32_t index);

/** More processes like bash, with pids from 30000 on; at most SCENE_TASKS_MAX in all. */
void scene_add_tasks(struct scene *scene, unsigned count);

/**
 * A memory cgroup (v2) that uses some of its limit, of which nothing can be reclaimed and which
 * may not swap; a limit below 0: none.  Parents come first; the topmost has NO_MEMCG.  Returns
 * its index.
 */
uint32_t scene_add_memcg(
	struct scene *scene, const char *path, uint32_t parent, int64_t usage_mib, int64_t max_mib);

/** Put a process into one: it counts there and above. */
void scene_enter_memcg(struct scene *scene, enum scene_task task, uint32_t memcg);

/** Add those of enum scene_memcg with their processes, and take a sample. */
void scene_add_memcgs(struct scene *scene);

/** Give a cgroup a level, as analysis would; the next sample judges again. */
void scene_set_memcg_level(struct scene *scene, uint32_t memcg, enum level level, const char *why);

/** What the app does for REACT_JUDGE: the same sample again, in another scope. */
void scene_judge(struct scene *scene);

/** Draw, and one row of the result as text. */
void scene_draw(struct scene *scene, int cols, int rows);
const char *scene_line(struct scene *scene, int row);

/** The first row that contains a text, or -1. */
int scene_find(struct scene *scene, const char *needle);

/** Check a row of what was drawn: all of it, how it begins, or that some row has a text. */
void scene_expect_row(struct scene *scene, int row, const char *want);
void scene_expect_begins(struct scene *scene, int row, const char *want);
void scene_expect_shown(struct scene *scene, const char *text);

/** Draw at many sizes up to 200x70, at all small ones, for sanitizers to look on. */
void scene_draw_everywhere(struct scene *scene);

/** Press a key by its name; characters one by one. */
unsigned scene_key(struct scene *scene, const char *name);
void scene_type(struct scene *scene, const char *characters);

/** Put the cursor on a process. */
void scene_select(struct scene *scene, const char *pid);

/** What the app does after REACT_PERFORM when all goes well. */
void scene_perform(struct scene *scene, const char *words);

/** Write a value of ADJ to the selected process, by keys; then comes the next sample. */
void scene_change_adj(struct scene *scene, const char *typed);

/** Open the kill menu with its cursor on a signal ("TERM") or "sysrq-f". */
void scene_kill_menu(struct scene *scene, const char *name);

/** Check that no prompt, menu or plan is open. */
void scene_expect_idle(struct scene *scene, const char *label);

#endif
