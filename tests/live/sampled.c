/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sampled.h"

#include <stdio.h>

#include "collect/replay.h"
#include "folder.h"

struct sampled machine;

void sampled_open(void)
{
	const struct collect_options options = { .cmdlines = false, .identity = false };

	history_init(&machine.history);
	must("root", root_open_live(&machine.root, "/") == 0);
	must("collector", collector_new(&machine.root, &options, &machine.collector) == 0);
}

void sampled_next(void)
{
	static const struct scope_choice choice = { .kind = SCOPE_SYSTEM };
	const struct snapshot *before = machine.frame ? machine.now : NULL;
	const unsigned i = machine.frame % 2;

	machine.now = &machine.snapshots[i];
	machine.summary = &machine.summaries[i];
	must("sample", collector_tick(machine.collector, machine.now) == 0);
	if (machine.frame == 0)
		machine.begun_ms = machine.now->uptime_ms;
	machine.now->uptime_ms = machine.begun_ms + (int64_t)machine.frame * 1000;
	history_add(&machine.history, machine.now);
	must("summary",
		summary_make(machine.now, before, &choice, &machine.history, machine.summary) == 0);
	machine.frame++;
}

static int64_t count(int r, struct replay *replay, const char *error, bool *ret_cut)
{
	int64_t moments;

	if (r < 0) {
		printf("%s\n", error);
		return -1;
	}
	moments = replay_count(replay);
	*ret_cut = replay_is_cut(replay);
	replay_close(replay);
	return moments;
}

int64_t sampled_moments(const char *name, bool *ret_cut)
{
	struct replay *replay = NULL;
	char error[256] = "";
	const int r = replay_open(name, &replay, error, sizeof(error));

	return count(r, replay, error, ret_cut);
}

int64_t sampled_moments_in(const char *bytes, size_t len, bool *ret_cut)
{
	struct replay *replay = NULL;
	char error[256] = "";
	const int r = replay_open_memory("memory", bytes, len, &replay, error, sizeof(error));

	return count(r, replay, error, ret_cut);
}
