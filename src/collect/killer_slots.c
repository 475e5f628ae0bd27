/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/killer_slots.h"

#include <string.h>

/** Anybody may call a program earlyoom: users' own get not more places than this, so that those
 * of the system find one. */
#define USERS_MAX (KILLER_SLOTS_NAMED / 2)

/** What a snapshot points to stays until the second next tick. */
#define KEPT_TICKS 2

#define PYTHON "python"

void killer_slots_init(
	struct killer_slots *slots, const struct killer_part *const *parts, unsigned n_parts)
{
	slots->parts = parts;
	slots->n_parts = n_parts;
	for (unsigned i = 0; i < n_parts; i++) {
		slots->first[(unsigned char)parts[i]->comm[0]] = true;
		if (parts[i]->is_it)
			slots->first[(unsigned char)PYTHON[0]] = true;
	}
}

static void free_slot(struct killer_slot *slot)
{
	killer_job_free(slot->current);
	killer_job_free(slot->retired);
	killer_job_free(slot->spare);
	*slot = (struct killer_slot){ .part = NULL };
}

void killer_slots_free(struct killer_slots *slots)
{
	for (unsigned i = 0; i < KILLER_SLOTS_MAX; i++)
		free_slot(&slots->table[i]);
}

void killer_slots_sweep(struct killer_slots *slots, int64_t tick)
{
	for (unsigned i = 0; i < KILLER_SLOTS_MAX; i++) {
		struct killer_slot *slot = &slots->table[i];

		/* What was asked of it finds no slot then. */
		if (slot->part && slot->seen_tick + KEPT_TICKS <= tick)
			free_slot(slot);
		if (!slot->retired || slot->retired_tick + KEPT_TICKS > tick)
			continue;
		if (slot->spare)
			killer_job_free(slot->retired);
		else
			slot->spare = slot->retired;
		slot->retired = NULL;
	}
}

static bool is_of_user(const struct task *task)
{
	return task->who->cgroup && strncmp(task->who->cgroup, "/user.slice/", 12) == 0;
}

/** The kind that a comm says; *ret_named false: its arguments must say so too. */
static const struct killer_part *part_of(
	const struct killer_slots *slots, const struct task *task, bool *ret_named)
{
	const bool python = strncmp(task->comm, PYTHON, strlen(PYTHON)) == 0 &&
		(!(task->has & TASK_HAS_UID) || task->uid == 0);

	for (unsigned i = 0; i < slots->n_parts; i++) {
		const struct killer_part *part = slots->parts[i];

		*ret_named = strcmp(task->comm, part->comm) == 0;
		if (*ret_named || (python && part->is_it))
			return part;
	}
	return NULL;
}

/* A process that has another name now is another one. */
static struct killer_slot *slot_of(
	struct killer_slots *slots, const struct task *task, const struct killer_part *part)
{
	for (unsigned i = 0; i < KILLER_SLOTS_MAX; i++) {
		struct killer_slot *slot = &slots->table[i];

		if (slot->part == part && slot->pid == task->pid &&
			slot->start_ticks == task->start_ticks)
			return slot;
	}
	return NULL;
}

static struct killer_slot *free_place(
	struct killer_slots *slots, const struct task *task, bool named)
{
	unsigned begin = 0, end = KILLER_SLOTS_NAMED;

	if (!named) {
		begin = KILLER_SLOTS_NAMED;
		end = KILLER_SLOTS_MAX;
	} else if (is_of_user(task)) {
		begin = KILLER_SLOTS_NAMED - USERS_MAX;
	}
	for (unsigned i = begin; i < end; i++) {
		if (!slots->table[i].part)
			return &slots->table[i];
	}
	return NULL;
}

static void see(struct killer_slots *slots, int64_t tick, const struct task *task)
{
	const struct killer_part *part;
	struct killer_slot *slot;
	bool named;

	part = part_of(slots, task, &named);
	if (!part)
		return;
	slot = slot_of(slots, task, part);
	if (!slot) {
		slot = free_place(slots, task, named);
		if (!slot)
			return;
		*slot = (struct killer_slot){
			.part = part,
			.pid = task->pid,
			.start_ticks = task->start_ticks,
		};
	}
	slot->seen_tick = tick;
}

void killer_slots_find(struct killer_slots *slots, int64_t tick, const struct snapshot *snapshot)
{
	for (uint32_t i = 0; i < snapshot->n_tasks; i++) {
		const struct task *task = &snapshot->tasks[i];

		if (slots->first[(unsigned char)task->comm[0]] && !task_is_kthread(task) &&
			task->state != 'Z')
			see(slots, tick, task);
	}
}
