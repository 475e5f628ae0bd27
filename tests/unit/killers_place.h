/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * A place with processes and made-up kinds of userspace killers, which tell what was asked of
 * them.
 */
#ifndef OOMWATCH_TESTS_KILLERS_PLACE_H
#define OOMWATCH_TESTS_KILLERS_PLACE_H

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "collect/killers.h"
#include "tree.h"
#include "unit.h"

#define DEADLINE_MS 10000
#define TASKS 64

/** Fields 3 to 52, of which 22 is the start time. */
#define STAT(pid, start)                                                                          \
	pid " (x) S 1 1 1 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 " start " 1 1 1 1 1 1 1 0 0 0 0 " \
	    "0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
#define PROCESS(pid, args)                                     \
	{ "proc/" pid "/stat", STAT(pid, "500"), 0 },          \
	{                                                      \
		"proc/" pid "/cmdline", args, sizeof(args) - 1 \
	}

/** What the fake kinds do. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool hang;
	int loads, unloads, hanging;
	int64_t error;
} world = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

static int world_get(const int *member)
{
	int value;

	pthread_mutex_lock(&world.lock);
	value = *member;
	pthread_mutex_unlock(&world.lock);
	return value;
}

static void set_hang(bool hang)
{
	pthread_mutex_lock(&world.lock);
	world.hang = hang;
	pthread_cond_broadcast(&world.changed);
	pthread_mutex_unlock(&world.lock);
}

static void nap(void)
{
	static const struct timespec ms = { .tv_nsec = 1000000 };

	(void)nanosleep(&ms, NULL);
}

/* Says the arguments, joined by commas, and how many cgroups it was given. */
static int fake_load(const struct killer_process *process, struct arena *arena, struct killer *ret)
{
	const char *arg = NULL;
	struct text text;
	int64_t error;

	pthread_mutex_lock(&world.lock);
	world.loads++;
	world.hanging += world.hang;
	while (world.hang)
		pthread_cond_wait(&world.changed, &world.lock);
	error = world.error;
	pthread_mutex_unlock(&world.lock);
	ret->settings = SETTINGS_DAEMON;
	text_init(&text, ret->settings_why, sizeof(ret->settings_why));
	while (killer_next_arg(process, &arg))
		text_fmt(&text, "%s,", arg);
	text_fmt(&text, "%d", (int)process->n_cgroups);
	if (process->args_error < 0)
		text_fmt(&text, " %s", process->args_error == -ESRCH ? "gone" : "error");
	ret->own = arena_text(arena, "own", 3);
	return (int)error;
}

static int fake_tick(const struct killer_tick *tick, struct killer *killer)
{
	if (tick->snapshot->n_tasks > 0) {
		killer->marks = arena_alloc(&tick->snapshot->arena, tick->snapshot->n_tasks);
		killer->marks[0] = (uint8_t)tick->snapshot->tick;
	}
	return 0;
}

/* Marks of the tasks: which of the cgroups that it knows each is, or 'n'. */
static int fake_known_tick(const struct killer_tick *tick, struct killer *killer)
{
	const uint32_t n = tick->snapshot->n_memcgs;

	killer->marks = arena_alloc(&tick->snapshot->arena, n + 1);
	for (uint32_t i = 0; i < n; i++)
		killer->marks[i] =
			tick->known[i] == NO_MEMCG ? 'n' : (uint8_t)('0' + tick->known[i]);
	return 0;
}

static void fake_unload(struct killer *killer)
{
	(void)killer;
	pthread_mutex_lock(&world.lock);
	world.unloads++;
	pthread_mutex_unlock(&world.lock);
}

static bool is_monitor(const char *args, size_t len)
{
	return len > 10 && memcmp(args + len - 10, "--monitor", 10) == 0;
}

static const struct killer_part fake_earlyoom = {
	.kind = KILLER_EARLYOOM,
	.comm = "earlyoom",
	.load = fake_load,
	.tick = fake_tick,
	.unload = fake_unload,
};

static const struct killer_part fake_nohang = {
	.kind = KILLER_NOHANG,
	.comm = "nohang",
	.is_it = is_monitor,
	.load = fake_load,
};

static const struct killer_part fake_oomd = {
	.kind = KILLER_OOMD,
	.comm = "oomd",
	.wants_cgroups = true,
	.load = fake_load,
	.tick = fake_known_tick,
};

static const struct killer_part *const fakes[] = { &fake_earlyoom, &fake_nohang, &fake_oomd };

struct place {
	char *tree;
	struct root root;
	struct killers *killers;
	struct snapshot snapshots[2];
	struct task tasks[TASKS];
	struct identity who[TASKS];
	struct memcg memcgs[4];
	uint32_t n_tasks, n_memcgs;
	int64_t tick, now_ms;
};

static bool place_begin(struct place *place, const struct tree_file files[], bool live)
{
	int error;

	memset(place, 0, sizeof(*place));
	pthread_mutex_lock(&world.lock);
	world.hang = false;
	world.loads = world.unloads = world.hanging = 0;
	world.error = 0;
	pthread_mutex_unlock(&world.lock);
	place->tree = tree_make(files);
	if (!expect_true("tree", place->tree))
		return false;
	error = live ? root_open_live(&place->root, place->tree)
		     : root_open_recorded(&place->root, place->tree);
	expect_int("open", error, 0);
	return expect_int("new",
		killers_new_with(&place->root, NULL, fakes, ARRAY_SIZE(fakes), &place->killers), 0);
}

static void place_end(struct place *place)
{
	killers_free(place->killers);
	arena_free(&place->snapshots[0].arena);
	arena_free(&place->snapshots[1].arena);
	root_close(&place->root);
	tree_remove(place->tree);
}

static struct task *add(struct place *place, int32_t pid, const char *comm)
{
	struct task *task = &place->tasks[place->n_tasks];

	*task = (struct task){ .pid = pid,
		.start_ticks = 500,
		.state = 'S',
		.has = TASK_HAS_UID,
		.who = &place->who[place->n_tasks++] };
	snprintf(task->comm, sizeof(task->comm), "%s", comm);
	return task;
}

static const struct snapshot *tick(struct place *place)
{
	struct snapshot *now = &place->snapshots[place->tick++ % 2];
	const struct arena arena = now->arena;

	*now = (struct snapshot){ .arena = arena };
	arena_reset(&now->arena);
	now->tick = place->tick;
	now->tasks = place->tasks;
	now->n_tasks = place->n_tasks;
	now->memcgs = place->memcgs;
	now->n_memcgs = place->n_memcgs;
	place->now_ms += 1000;
	expect_int("filled", killers_fill(place->killers, place->now_ms, now), 0);
	return now;
}

/** Wait for what is being read for the first time, and take the next sample. */
static const struct snapshot *settled_tick(struct place *place)
{
	for (int i = 0; i < DEADLINE_MS && killers_pending(place->killers, place->now_ms); i++)
		nap();
	return tick(place);
}

/** Wait until so many were loaded, and the last of them was given back. */
static void wait_loads(struct place *place, int loads)
{
	for (int i = 0; i < DEADLINE_MS && world_get(&world.loads) < loads; i++)
		nap();
	for (int i = 0; i < 20; i++) {
		(void)killers_pending(place->killers, place->now_ms);
		nap();
	}
}

#endif
