/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/comm_marks.h"
#include "collect/killers_parts.h"
#include "parse/earlyoom.h"

/** As much of its program file is looked at: it has 40 KiB. */
#define PROGRAM_BYTES ((size_t)256 * 1024)

/* False where one of them cannot be followed here. */
static bool add_patterns(struct comm_marks *marks, const struct earlyoom_args *args)
{
	const struct {
		struct span pattern;
		uint8_t mark;
	} patterns[COMM_PATTERNS] = {
		{ args->prefer, KILLER_MARK_PREFER },
		{ args->avoid, KILLER_MARK_AVOID },
		{ args->ignore, KILLER_MARK_IGNORE },
	};

	for (int i = 0; i < COMM_PATTERNS; i++) {
		if (patterns[i].pattern.at &&
			comm_marks_add(marks, patterns[i].pattern.at, patterns[i].pattern.len,
				patterns[i].mark) < 0)
			return false;
	}
	return true;
}

/* The program file, which says which version it is: by /proc/PID/exe where that may be read, else
 * by the name it was started with. */
static void read_version(const struct killer_process *process, struct earlyoom_settings *settings)
{
	char link[64], path[512], *bytes;
	ssize_t len;

	snprintf(link, sizeof(link), "proc/%d/exe", process->pid);
	if (root_read_link(process->root, link, path, sizeof(path)) < 0)
		snprintf(path, sizeof(path), "%s", process->args);
	if (settings->version_known || path[0] != '/')
		return;
	bytes = malloc(PROGRAM_BYTES);
	if (!bytes)
		return;
	len = root_read(process->root, path + 1, bytes, PROGRAM_BYTES);
	if (len > 0 || len == -EFBIG)
		parse_earlyoom_program(bytes, len > 0 ? (size_t)len : PROGRAM_BYTES, settings);
	free(bytes);
}

static int load(const struct killer_process *process, struct arena *arena, struct killer *ret)
{
	struct earlyoom_args args;
	struct comm_marks *marks;

	ret->settings = SETTINGS_UNREAD;
	if (process->args_error < 0 || process->args_len == 0) {
		snprintf(ret->settings_why, sizeof(ret->settings_why),
			"its command line could not be read: %s",
			process->args_error < 0 ? strerror(-process->args_error) : "it is empty");
		return 0;
	}
	if (parse_earlyoom_args(process->args, process->args_len, &args) < 0) {
		snprintf(ret->settings_why, sizeof(ret->settings_why),
			"its command line has a limit that is not understood");
		return 0;
	}
	ret->settings = SETTINGS_DAEMON;
	ret->earlyoom = args.settings;
	read_version(process, &ret->earlyoom);
	snprintf(ret->settings_why, sizeof(ret->settings_why), "its command line");
	if (args.settings.matches_known)
		return 0;
	marks = arena_alloc(arena, sizeof(*marks));
	if (!marks)
		return -ENOMEM;
	ret->earlyoom.matches_known = add_patterns(marks, &args);
	if (!ret->earlyoom.matches_known) {
		comm_marks_free(marks);
		return 0;
	}
	ret->own = marks;
	return 0;
}

static int tick(const struct killer_tick *tick, struct killer *killer)
{
	struct snapshot *snapshot = tick->snapshot;
	struct comm_marks *marks = killer->own;

	if (!marks || snapshot->n_tasks == 0)
		return 0;
	killer->marks = arena_alloc(&snapshot->arena, snapshot->n_tasks);
	if (!killer->marks)
		return -ENOMEM;
	comm_marks_tick(marks);
	for (uint32_t i = 0; i < snapshot->n_tasks; i++) {
		const struct task *task = &snapshot->tasks[i];

		if (task->pid > 2 && task->ppid != 2 &&
			!comm_marks_of(marks, task->comm, &killer->marks[i]))
			killer->earlyoom.matches_known = false;
	}
	return 0;
}

static void unload(struct killer *killer)
{
	if (killer->own)
		comm_marks_free(killer->own);
	killer->own = NULL;
}

const struct killer_part killer_part_earlyoom = {
	.kind = KILLER_EARLYOOM,
	.comm = "earlyoom",
	.load = load,
	.tick = tick,
	.unload = unload,
};
