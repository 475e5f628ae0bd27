/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/record.h"

#include <errno.h>
#include <string.h>

#include "base/hash.h"
#include "parse/record_parts.h"

/** Sections that are one object. */
enum plain {
	PLAIN_HEAD,
	PLAIN_FACTS,
	PLAIN_MEMORY,
	PLAIN_VMSTAT,
	PLAIN_PRESSURE,
	PLAIN_KNOBS,
	PLAINS,
};

/** Sections that are lists of objects. */
enum list {
	LIST_SWAPS,
	LIST_ZONES,
	LIST_MEMCGS,
	LIST_TASKS,
	LISTS,
};

/** What was written of a sample; in its arena. */
struct written {
	const uint64_t *plain[PLAINS];
	struct record_list list[LISTS];
	uint64_t node_sets, killers; /**< hashes */
};

/** Words that stand beside the members of a snapshot; NULL: as words_partial begins. */
struct head_words {
	const char *partial;
};

static const struct member members_head_words[] = {
	{ "partial", offsetof(struct head_words, partial), MEMBER_STRING, 0, 0 },
	MEMBER_END,
};

/** What of a task is an index in the snapshot, as it is written. */
struct task_links {
	const char *memcg; /**< NULL: the one of the path of its cgroup */
	int64_t nodes;     /**< VALUE_UNKNOWN: NO_NODE_SET */
};

static const struct member members_task_links[] = {
	{ "memcg", offsetof(struct task_links, memcg), MEMBER_STRING, 0, 0 },
	MEMBER_I64_AS("nodes", struct task_links, nodes),
	MEMBER_END,
};

static const struct record_kind plain_kinds[PLAINS] = {
	[PLAIN_HEAD] = { "head", NULL, 0, { members_snapshot, members_head_words } },
	[PLAIN_MEMORY] = { "memory", NULL, 0, { members_meminfo } },
	[PLAIN_VMSTAT] = { "vmstat", NULL, 0, { members_vmstat } },
	[PLAIN_PRESSURE] = { "pressure", NULL, 0, { members_pressure } },
	[PLAIN_KNOBS] = { "knobs", NULL, 0, { members_knobs } },
};

static const struct record_kind list_kinds[LISTS] = {
	[LIST_SWAPS] = { "swaps", "swaps_gone", 1, { members_swap_area } },
	[LIST_ZONES] = { "zones", "zones_gone", 2, { members_zone } },
	[LIST_MEMCGS] = { "cgroups", "cgroups_gone", 1,
		{ members_memcg, members_systemd_oomd_cgroup } },
	[LIST_TASKS] = { "tasks", "tasks_gone", 2,
		{ members_task, members_identity, members_task_links } },
};

/** A sample, and what of it is kept. */
struct sample {
	const struct snapshot *now;
	const struct record_choice *choice;
	struct record_out out;
	const struct killer *systemd_oomd; /**< the one whose cgroups are told, or NULL */
	bool has_root_memcg;               /**< "/" is one of the memcgs */
	struct task task;                  /**< as it is written */
	struct task_links links;
};

static uint32_t memcg_at(const struct sample *sample, uint32_t number)
{
	return sample->choice->memcgs ? sample->choice->memcgs[number] : number;
}

static const char *memcg_link(const struct sample *sample, const struct task *task)
{
	const struct snapshot *now = sample->now;
	const char *cgroup = task->who->cgroup;

	if (task->memcg < now->n_memcgs) {
		const char *path = now->memcgs[task->memcg].path;

		return cgroup && strcmp(cgroup, path) == 0 ? NULL : path;
	}
	if (!cgroup || now->n_memcgs == 0)
		return NULL;
	/* Kernel threads, a third of all, are in the root, which mostly is no memcg. */
	return strcmp(cgroup, "/") == 0 && !sample->has_root_memcg ? NULL : "";
}

/* How long growth has been watched changes always, and counts only where there is some: not that
 * of ten minutes, which nothing is drawn out by (analysis/standing). */
static const struct task *as_told(struct sample *sample, const struct task *task)
{
	if (task->growth_bytes_per_s[GROWTH_10S] != 0 || task->growth_bytes_per_s[GROWTH_1MIN] != 0)
		return task;
	sample->task = *task;
	sample->task.growth_seen_ms = 0;
	return &sample->task;
}

static void get_task(void *context, uint32_t number, const void *of[RECORD_PARTS_MAX])
{
	struct sample *sample = context;
	const struct task *task = record_task(sample->now, sample->choice, number);

	sample->links.memcg = memcg_link(sample, task);
	sample->links.nodes =
		task->nodes < sample->now->n_node_sets ? (int64_t)task->nodes : VALUE_UNKNOWN;
	of[0] = as_told(sample, task);
	of[1] = task->who;
	of[2] = &sample->links;
}

static void get_memcg(void *context, uint32_t number, const void *of[RECORD_PARTS_MAX])
{
	const struct sample *sample = context;
	const uint32_t memcg = memcg_at(sample, number);

	of[0] = &sample->now->memcgs[memcg];
	of[1] = sample->systemd_oomd ? &sample->systemd_oomd->systemd_oomd.cgroups[memcg] : NULL;
}

static void get_zone(void *context, uint32_t number, const void *of[RECORD_PARTS_MAX])
{
	const struct sample *sample = context;

	of[0] = &sample->now->zones[number];
}

static void get_swap(void *context, uint32_t number, const void *of[RECORD_PARTS_MAX])
{
	const struct sample *sample = context;

	of[0] = &sample->now->swaps.area[number];
}

static void write_lists(struct sample *sample, struct written *before, struct written *written)
{
	const struct snapshot *now = sample->now;
	const struct record_source sources[LISTS] = {
		[LIST_SWAPS] = { now->swaps.n_areas, get_swap, sample },
		[LIST_ZONES] = { now->n_zones, get_zone, sample },
		[LIST_MEMCGS] = { sample->choice->memcgs ? sample->choice->n_memcgs : now->n_memcgs,
			get_memcg, sample },
		[LIST_TASKS] = { record_task_count(now, sample->choice), get_task, sample },
	};

	for (unsigned i = 0; i < LISTS && sample->out.error == 0; i++)
		record_list(&sample->out, &list_kinds[i], &sources[i], &before->list[i],
			&written->list[i]);
}

static void write_facts(
	struct sample *sample, const struct written *before, struct written *written)
{
	const char *states[FACT_COUNT];
	struct member members[FACT_COUNT + 1] = { [FACT_COUNT] = MEMBER_END };
	const struct record_kind kind = { "facts", NULL, 0, { members } };
	const void *of[RECORD_PARTS_MAX] = { states };

	for (unsigned i = 0; i < FACT_COUNT; i++) {
		/* What it says is not kept. */
		const enum fact_state state =
			i == FACT_PAGETYPEINFO ? FACT_UNREAD : sample->now->facts[i];

		members[i] = (struct member){ fact_name((enum fact)i), i * sizeof(states[0]),
			MEMBER_STRING, 0, 0 };
		states[i] = state == FACT_UNREAD ? NULL : words_fact_state[state];
	}
	written->plain[PLAIN_FACTS] =
		record_object(&sample->out, &kind, of, before->plain[PLAIN_FACTS]);
}

static void write_plain(struct sample *sample, enum plain plain, const void *of[RECORD_PARTS_MAX],
	const struct written *before, struct written *written)
{
	if (sample->out.error == 0)
		written->plain[plain] =
			record_object(&sample->out, &plain_kinds[plain], of, before->plain[plain]);
}

static void write_plains(
	struct sample *sample, const struct written *before, struct written *written)
{
	const struct snapshot *now = sample->now;
	const struct head_words head = {
		now->partial == PARTIAL_NONE ? NULL : words_partial[now->partial]
	};
	const void *parts[PLAINS][RECORD_PARTS_MAX] = {
		[PLAIN_HEAD] = { now, &head },
		[PLAIN_MEMORY] = { &now->mem },
		[PLAIN_VMSTAT] = { &now->vmstat },
		[PLAIN_PRESSURE] = { &now->pressure },
		[PLAIN_KNOBS] = { &now->knobs },
	};

	write_facts(sample, before, written);
	for (unsigned i = 0; i < PLAINS; i++)
		if (i != PLAIN_FACTS)
			write_plain(sample, (enum plain)i, parts[i], before, written);
}

/** Returns what is kept of it, 0 for none. */
static uint64_t write_node_sets(struct sample *sample, uint64_t before)
{
	const struct snapshot *now = sample->now;
	struct json *json = &sample->out.json;
	uint64_t hash = 0;

	for (uint32_t i = 0; i < now->n_node_sets; i++)
		hash = hash_key(record_mix(hash, nodes_key(&now->node_sets[i])));
	if (hash == before)
		return hash;
	json_put_array(json, "node_sets");
	for (uint32_t i = 0; i < now->n_node_sets; i++) {
		char list[NODES_MAX * 4];
		struct text text;

		text_init(&text, list, sizeof(list));
		nodes_words(&now->node_sets[i], &text);
		json_put_string(json, NULL, list);
		record_drain(&sample->out);
	}
	json_end_array(json);
	return hash;
}

static void look_around(struct sample *sample)
{
	const struct snapshot *now = sample->now;

	for (uint32_t i = 0; i < now->n_memcgs; i++)
		sample->has_root_memcg |= strcmp(now->memcgs[i].path, "/") == 0;
	for (uint32_t i = 0; i < now->n_killers; i++)
		if (record_tells_cgroups(&now->killers[i]))
			sample->systemd_oomd = &now->killers[i];
}

static int write_sample(struct sample *sample, struct written *before, struct written *written)
{
	struct record_out *out = &sample->out;
	struct written none = { .node_sets = 0 };

	json_put_object(&out->json, NULL);
	json_put_string(&out->json, "type", "sample");
	if (!before)
		json_put_bool(&out->json, "key", true);
	json_put_int(&out->json, "uptime_ms", sample->now->uptime_ms);
	record_drain(out);
	if (!before)
		before = &none;
	write_plains(sample, before, written);
	written->node_sets = write_node_sets(sample, before->node_sets);
	written->killers = record_killers(out, sample->now, sample->choice, before->killers);
	write_lists(sample, before, written);
	json_end_object(&out->json);
	text_add(out->json.text, "\n");
	record_drain(out);
	return out->error;
}

int record_sample(struct record_writer *writer, const struct snapshot *now,
	const struct record_choice *choice, bool key, const struct record_sink *sink,
	struct text *text)
{
	struct written *before = key ? NULL : writer->written;
	struct arena *arena = &writer->arenas[!writer->current];
	struct sample sample = {
		.now = now,
		.choice = choice,
		.out = { .sink = sink, .arena = arena },
	};
	struct written *written;
	int error;

	writer->written = NULL;
	arena_reset(arena);
	written = arena_alloc(arena, sizeof(*written));
	if (!written)
		return -ENOMEM;
	json_init(&sample.out.json, text);
	look_around(&sample);
	error = write_sample(&sample, before, written);
	if (error < 0)
		return error;
	writer->current = !writer->current;
	writer->written = written;
	return 0;
}

void record_head(const struct snapshot *now, bool all, struct text *text)
{
	struct json json;

	json_init(&json, text);
	json_put_object(&json, NULL);
	json_put_string(&json, "type", "record");
	json_put_int(&json, "version", RECORD_VERSION);
	json_put_string(&json, "kept", all ? "all" : "first");
	json_put_int(&json, "page_bytes", now->page_bytes);
	json_put_int(&json, "clk_tck", now->clk_tck);
	json_put_string(&json, "release", now->release);
	json_put_string(&json, "hostname", now->hostname);
	json_end_object(&json);
	text_add(text, "\n");
}

void record_log(int64_t uptime_ms, const char *line, size_t len, struct text *text)
{
	struct json json;

	json_init(&json, text);
	json_put_object(&json, NULL);
	json_put_string(&json, "type", "log");
	json_put_int(&json, "uptime_ms", uptime_ms);
	json_put_bytes(&json, "line", line, len);
	json_end_object(&json);
	text_add(text, "\n");
}

void record_writer_free(struct record_writer *writer)
{
	arena_free(&writer->arenas[0]);
	arena_free(&writer->arenas[1]);
	writer->written = NULL;
}
