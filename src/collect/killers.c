/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/killers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "collect/killer_slots.h"

/** Settings are read again after so long; sooner where there are new cgroups. */
#define READ_AGAIN_MS 30000
#define READ_SOON_MS 5000

/** Demands of cgroup files that follow from others, in a tick that reads all. */
#define PASSES_MAX 3

/** How long a captured tick waits for them, and how long it sleeps between looks; a hang is
 * given up before. */
#define CAPTURE_WAIT_MS 3000
#define CAPTURE_NAP_MS 5

struct killers {
	const struct root *root;
	struct cgroups *cgroups;
	bool capture_cmdlines;
	int64_t tick;
	struct killer_worker *worker; /**< NULL: none was needed yet */
	struct killer_slots slots;
};

static const struct killer_part *const all_parts[] = {
	&killer_part_systemd_oomd,
	&killer_part_earlyoom,
	&killer_part_oomd,
	&killer_part_nohang,
	&killer_part_kubelet,
};

int killers_new_with(const struct root *root, struct cgroups *cgroups,
	const struct killer_part *const *parts, unsigned n_parts, struct killers **ret)
{
	struct killers *killers = calloc(1, sizeof(*killers));

	if (!killers)
		return -ENOMEM;
	killers->root = root;
	killers->cgroups = cgroups;
	killer_slots_init(&killers->slots, parts, n_parts);
	*ret = killers;
	return 0;
}

int killers_new(const struct root *root, struct cgroups *cgroups, struct killers **ret)
{
	return killers_new_with(root, cgroups, all_parts, ARRAY_SIZE(all_parts), ret);
}

void killers_free(struct killers *killers)
{
	if (!killers)
		return;
	killer_worker_free(killers->worker);
	killer_slots_free(&killers->slots);
	free(killers);
}

void killers_capture_cmdlines(struct killers *killers, bool may)
{
	killers->capture_cmdlines = may;
}

static struct killer_slot *slot_asking(struct killers *killers, const struct killer_job *job)
{
	for (unsigned i = 0; i < KILLER_SLOTS_MAX; i++) {
		if (killers->slots.table[i].part && killers->slots.table[i].asked == job)
			return &killers->slots.table[i];
	}
	return NULL;
}

/** A reading has ended. */
static void settle(
	struct killers *killers, struct killer_slot *slot, struct killer_job *job, int64_t now_ms)
{
	slot->asked = NULL;
	slot->hung = false;
	if (job->capture_error < 0 && killers->root->capture_error &&
		*killers->root->capture_error == 0)
		*killers->root->capture_error = job->capture_error;
	slot->read_ms = now_ms;
	slot->no = !job->is_one;
	slot->new_cgroups = false;
	if (slot->no || (slot->current && slot->retired)) {
		killer_job_free(job);
		return;
	}
	slot->retired = slot->current;
	slot->retired_tick = slot->shown_tick;
	slot->current = job;
}

static void take_answers(struct killers *killers, int64_t now_ms)
{
	struct killer_answer answer;

	while (killers->worker && killer_worker_take(killers->worker, now_ms, &answer)) {
		struct killer_slot *slot = slot_asking(killers, answer.job);

		if (answer.hung && slot) {
			slot->asked = NULL;
			slot->hung = true;
			slot->read_ms = now_ms;
		} else if (!answer.hung && slot) {
			settle(killers, slot, answer.job, now_ms);
		} else if (!answer.hung) {
			killer_job_free(answer.job);
		}
	}
}

static int copy_cgroups(const struct snapshot *snapshot, struct killer_job *job)
{
	struct killer_cgroup *cgroups;

	if (snapshot->n_memcgs == 0)
		return 0;
	cgroups = arena_array(&job->arena, snapshot->n_memcgs, sizeof(*cgroups));
	if (!cgroups)
		return -ENOMEM;
	for (uint32_t i = 0; i < snapshot->n_memcgs; i++) {
		const struct memcg *memcg = &snapshot->memcgs[i];

		cgroups[i].path = arena_text(&job->arena, memcg->path, strlen(memcg->path));
		if (memcg->unit)
			cgroups[i].unit = arena_text(&job->arena, memcg->unit, strlen(memcg->unit));
		if (!cgroups[i].path || (memcg->unit && !cgroups[i].unit))
			return -ENOMEM;
	}
	job->process.cgroups = cgroups;
	job->process.n_cgroups = snapshot->n_memcgs;
	return 0;
}

/** A job with all that is needed to read the settings of one; NULL without memory. */
static struct killer_job *prepare(
	struct killers *killers, struct killer_slot *slot, const struct snapshot *snapshot)
{
	struct killer_job *job = slot->spare ? slot->spare : killer_job_new();

	slot->spare = NULL;
	if (!job)
		return NULL;
	killer_job_reset(job);
	job->part = slot->part;
	job->process.pid = slot->pid;
	job->process.start_ticks = slot->start_ticks;
	job->process.memcg_version = snapshot->memcg_version;
	if (killers->cgroups)
		job->process.mount = *cgroups_mount(killers->cgroups);
	if (slot->part->wants_cgroups && copy_cgroups(snapshot, job) < 0) {
		killer_job_free(job);
		return NULL;
	}
	if (killers->root->capture_fd >= 0) {
		job->capture_fd = fcntl(killers->root->capture_fd, F_DUPFD_CLOEXEC, 0);
		job->capture_cmdline = killers->capture_cmdlines;
	}
	return job;
}

static bool is_due(const struct killers *killers, const struct killer_slot *slot, int64_t now_ms)
{
	int64_t age_ms;

	if (!slot->part || slot->seen_tick != killers->tick || slot->asked || slot->no)
		return false;
	if (!killers->root->live || killers->root->capture_fd >= 0)
		return true;
	if (slot->retired)
		return false;
	if (!slot->current && !slot->hung)
		return true;
	age_ms = now_ms - slot->read_ms;
	return age_ms >= (slot->new_cgroups && !slot->hung ? READ_SOON_MS : READ_AGAIN_MS);
}

static void ask(struct killers *killers, int64_t now_ms, const struct snapshot *snapshot)
{
	for (unsigned i = 0; i < KILLER_SLOTS_MAX; i++) {
		struct killer_slot *slot = &killers->slots.table[i];
		struct killer_job *job;

		if (!is_due(killers, slot, now_ms))
			continue;
		if (killers->root->live && !killers->worker &&
			killer_worker_new(killers->root, &killers->worker) < 0)
			return;
		job = prepare(killers, slot, snapshot);
		if (!job)
			continue;
		if (!killers->root->live) {
			job->root = *killers->root;
			killer_job_run(job);
			settle(killers, slot, job, now_ms);
		} else if (killer_worker_give(killers->worker, job)) {
			slot->asked = job;
		} else {
			slot->hung = true;
			slot->read_ms = now_ms;
			slot->spare = job;
		}
	}
}

static bool is_asking(const struct killers *killers, bool first_time)
{
	for (unsigned i = 0; i < KILLER_SLOTS_MAX; i++) {
		const struct killer_slot *slot = &killers->slots.table[i];

		if (slot->part && slot->asked && !(first_time && slot->current))
			return true;
	}
	return false;
}

/* A recording must hold what the machine had. */
static void wait_answers(struct killers *killers, int64_t now_ms)
{
	static const struct timespec nap = { .tv_nsec = CAPTURE_NAP_MS * 1000000L };
	const int64_t end_ms = now_ms + CAPTURE_WAIT_MS;

	for (; is_asking(killers, false) && now_ms < end_ms; now_ms += CAPTURE_NAP_MS) {
		(void)nanosleep(&nap, NULL);
		take_answers(killers, now_ms);
	}
}

bool killers_pending(struct killers *killers, int64_t now_ms)
{
	take_answers(killers, now_ms);
	return is_asking(killers, true);
}

static bool is_shown(const struct killers *killers, unsigned i)
{
	const struct killer_slot *slot = &killers->slots.table[i];

	return slot->part && slot->seen_tick == killers->tick && !slot->no &&
		(i < KILLER_SLOTS_NAMED || slot->current);
}

static bool comes_before(const struct killer *a, const struct killer *b)
{
	return a->kind != b->kind ? a->kind < b->kind : a->pid < b->pid;
}

static void put(const struct killer_slot *slot, struct snapshot *snapshot)
{
	struct killer killer = {
		.kind = slot->part->kind,
		.pid = slot->pid,
		.start_ticks = slot->start_ticks,
		.settings = SETTINGS_UNREAD,
	};
	uint32_t at = snapshot->n_killers++;

	if (slot->current)
		killer = slot->current->killer;
	else
		snprintf(killer.settings_why, sizeof(killer.settings_why), "%s",
			slot->hung ? "reading its command line hangs"
				   : "its settings are being read");
	for (; at > 0 && comes_before(&killer, &snapshot->killers[at - 1]); at--)
		snapshot->killers[at] = snapshot->killers[at - 1];
	snapshot->killers[at] = killer;
}

/* Both are sorted by path. */
static const uint32_t *find_known(
	const struct killer_job *job, struct snapshot *snapshot, bool *ret_new)
{
	const struct killer_process *process = &job->process;
	uint32_t *known = arena_array(&snapshot->arena, snapshot->n_memcgs, sizeof(*known));
	uint32_t at = 0;

	for (uint32_t i = 0; known && i < snapshot->n_memcgs; i++) {
		int order = 1;

		while (at < process->n_cgroups &&
			(order = strcmp(process->cgroups[at].path, snapshot->memcgs[i].path)) < 0)
			at++;
		known[i] = at < process->n_cgroups && order == 0 ? at++ : NO_MEMCG;
		*ret_new |= known[i] == NO_MEMCG;
	}
	return known;
}

static struct killer_slot *slot_of_killer(struct killers *killers, const struct killer *killer)
{
	for (unsigned i = 0; i < KILLER_SLOTS_MAX; i++) {
		struct killer_slot *slot = &killers->slots.table[i];

		if (slot->part && slot->pid == killer->pid &&
			slot->start_ticks == killer->start_ticks &&
			slot->seen_tick == killers->tick)
			return slot;
	}
	return NULL;
}

/* What is of this tick. */
static int tick_one(struct killers *killers, struct killer_tick *tick, struct killer *killer)
{
	struct killer_slot *slot = slot_of_killer(killers, killer);
	const struct killer_part *part = slot ? slot->part : NULL;

	if (!slot || !slot->current || !part->tick)
		return 0;
	tick->known = NULL;
	if (part->wants_cgroups && tick->snapshot->n_memcgs > 0) {
		tick->known = find_known(slot->current, tick->snapshot, &slot->new_cgroups);
		if (!tick->known)
			return -ENOMEM;
	}
	return part->tick(tick, killer);
}

/** Put those that are shown into the snapshot. */
static int put_killers(struct killers *killers, struct snapshot *snapshot)
{
	unsigned n = 0;

	for (unsigned i = 0; i < KILLER_SLOTS_MAX; i++)
		n += is_shown(killers, i);
	if (n == 0)
		return 0;
	snapshot->killers = arena_array(&snapshot->arena, n, sizeof(struct killer));
	if (!snapshot->killers)
		return -ENOMEM;
	for (unsigned i = 0; i < KILLER_SLOTS_MAX && snapshot->n_killers < KILLERS_MAX; i++) {
		if (!is_shown(killers, i))
			continue;
		killers->slots.table[i].shown_tick = killers->tick;
		put(&killers->slots.table[i], snapshot);
	}
	return 0;
}

static int tick_all(struct killers *killers, struct killer_tick *tick)
{
	int error = 0;

	for (uint32_t i = 0; error == 0 && i < tick->snapshot->n_killers; i++)
		error = tick_one(killers, tick, &tick->snapshot->killers[i]);
	return error;
}

/** What each kind does in each tick, and what it wants to be read of cgroups. */
static int tick_killers(struct killers *killers, struct snapshot *snapshot)
{
	struct killer_tick tick = { .snapshot = snapshot };
	int error = 0;

	if (snapshot->n_memcgs > 0) {
		tick.demands = arena_alloc(&snapshot->arena, snapshot->n_memcgs);
		if (!tick.demands)
			return -ENOMEM;
	}
	/* Where all is read in a tick, what is looked at further depends on what was read first. */
	for (unsigned pass = 0; error == 0 && pass < PASSES_MAX; pass++) {
		error = tick_all(killers, &tick);
		if (!killers->cgroups ||
			!cgroups_demand_now(killers->cgroups, tick.demands, snapshot))
			break;
	}
	if (error == 0 && killers->cgroups)
		cgroups_demand(killers->cgroups, tick.demands);
	return error;
}

int killers_fill(struct killers *killers, int64_t now_ms, struct snapshot *snapshot)
{
	const bool capturing = killers->root->capture_fd >= 0;

	killers->tick++;
	snapshot->killers = NULL;
	snapshot->n_killers = 0;
	killer_slots_sweep(&killers->slots, killers->tick);
	take_answers(killers, now_ms);
	killer_slots_find(&killers->slots, killers->tick, snapshot);
	if (capturing)
		wait_answers(killers, now_ms);
	ask(killers, now_ms, snapshot);
	if (capturing)
		wait_answers(killers, now_ms);
	if (put_killers(killers, snapshot) < 0)
		return -ENOMEM;
	return snapshot->n_killers > 0 ? tick_killers(killers, snapshot) : 0;
}
