/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "recorded.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

/* An arena is full of 0, but for what is not known. */
void recorded_forget(const struct member *members, void *of)
{
	const int64_t unknown = VALUE_UNKNOWN;

	for (; members->name; members++)
		if (members->type == MEMBER_I64)
			memcpy((char *)of + members->offset, &unknown, sizeof(unknown));
}

static void make_tasks(struct recorded *recorded)
{
	static const struct task tasks[RECORDED_TASKS] = {
		{ .pid = 1, .start_ticks = 5, .comm = "systemd", .memcg = NO_MEMCG },
		{ .pid = 40, .start_ticks = 700, .comm = "java", .state = 'S', .memcg = 1 },
		{ .pid = 52, .start_ticks = 900, .comm = "bash", .memcg = 1 },
	};

	for (unsigned i = 0; i < RECORDED_TASKS; i++) {
		recorded->tasks[i] = tasks[i];
		recorded_forget(members_task, &recorded->tasks[i]);
		memset(recorded->tasks[i].growth_bytes_per_s, 0,
			sizeof(recorded->tasks[i].growth_bytes_per_s));
		recorded->tasks[i].growth_seen_ms = 0;
		recorded->tasks[i].nodes = NO_NODE_SET;
		recorded->tasks[i].who = &recorded->who[i];
	}
	recorded->who[1] = (struct identity){ .user = "tomcat", .cgroup = "/a/java" };
	recorded->who[2] = (struct identity){ .cgroup = "/a/java" };
}

static void make_places(struct recorded *recorded)
{
	static const char *const paths[] = { "/a", "/a/java" };

	for (unsigned i = 0; i < 2; i++) {
		recorded_forget(members_zone, &recorded->zones[i]);
		recorded->zones[i].node = (int)i;
		strcpy(recorded->zones[i].name, "Normal");
		recorded_forget(members_memcg, &recorded->memcgs[i]);
		recorded->memcgs[i].path = paths[i];
		recorded->memcgs[i].parent = i == 0 ? NO_MEMCG : 0;
		recorded_forget(members_systemd_oomd_cgroup, &recorded->oomd[i]);
	}
	recorded->memcgs[1].max_bytes = MEMCG_UNLIMITED;
	nodes_add(&recorded->node_sets[0], 0);
	nodes_add(&recorded->node_sets[0], 2);
}

struct recorded *recorded_new(void)
{
	struct recorded *recorded = calloc(1, sizeof(*recorded));
	struct snapshot *now;

	if (!recorded)
		abort();
	now = &recorded->now;
	recorded_forget(members_snapshot, now);
	recorded_forget(members_meminfo, &now->mem);
	recorded_forget(members_vmstat, &now->vmstat);
	recorded_forget(members_pressure, &now->pressure);
	recorded_forget(members_knobs, &now->knobs);
	make_tasks(recorded);
	make_places(recorded);
	now->uptime_ms = 1000;
	now->page_bytes = 4096;
	now->mem.mem_total_kib = 4000;
	now->mem.mem_free_kib = 77;
	now->tasks = recorded->tasks;
	now->n_tasks = RECORDED_TASKS;
	now->zones = recorded->zones;
	now->n_zones = 2;
	now->memcgs = recorded->memcgs;
	now->n_memcgs = 2;
	return recorded;
}

void recorded_free(struct recorded *recorded)
{
	record_writer_free(&recorded->writer);
	free(recorded);
}

int recorded_sample(
	struct recorded *recorded, const struct record_choice *choice, bool key, size_t size)
{
	text_init(&recorded->text, recorded->line, size);
	return record_sample(&recorded->writer, &recorded->now, choice, key, NULL, &recorded->text);
}

const char *recorded_next(struct recorded *recorded)
{
	const struct record_choice all = { NULL, 0, NULL, 0 };

	expect_int("a sample", recorded_sample(recorded, &all, false, RECORDED_LINE_BYTES), 0);
	return recorded->line;
}

const char *recorded_first(struct recorded *recorded)
{
	recorded->writer.written = NULL;
	return recorded_next(recorded);
}

void expect_in(const char *line, const char *what)
{
	if (!strstr(line, what))
		expect_text("missing in the line", line, what);
	expect_true(what, strstr(line, what) != NULL);
}
