/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collect/replay.h"
#include "parse/record.h"
#include "replayed.h"
#include "scene.h"
#include "unit.h"

#define ROOM ((size_t)1 << 20)
#define TICKS 7

static void nothing(const struct oom_report *report, void *context)
{
	(void)report;
	(void)context;
}

static const struct report_listener no_listener = { nothing, NULL, NULL };

/** A record of a scene, and each of its samples as a key. */
struct film {
	char *record;
	size_t len;
	char *keys[TICKS];
	uint32_t parents[SCENE_MEMCGS], memcg_of_java;
};

static char *key_of(const struct snapshot *now)
{
	static const struct record_choice all = { 0 };
	struct record_writer writer = { 0 };
	char *buf = malloc(ROOM);
	struct text text;

	text_init(&text, buf, ROOM);
	expect_int("write a key", record_sample(&writer, now, &all, true, NULL, &text), 0);
	record_writer_free(&writer);
	return buf;
}

/* A scene does not count those that come and go later. */
static void count_in_memcgs(struct scene *scene)
{
	struct memcg *memcgs = scene->memcgs;

	for (uint32_t i = 0; i < scene->now.n_memcgs; i++)
		memcgs[i].n_tasks = 0;
	for (uint32_t i = 0; i < scene->now.n_tasks; i++) {
		for (uint32_t in = scene->tasks[i].memcg; in != NO_MEMCG; in = memcgs[in].parent)
			memcgs[in].n_tasks++;
	}
}

static void change(struct scene *scene, int tick)
{
	struct snapshot *now = &scene->now;

	scene_set_mem(scene, SCENE_JAVA, 2000 + tick * 100);
	now->mem.mem_available_kib = tick == 2 ? VALUE_UNKNOWN : 1000000 - tick;
	now->facts[FACT_PRESSURE] = tick < 3 ? FACT_PRESENT : FACT_DISABLED;
	scene->tasks[SCENE_BASH].nodes = tick == 4 ? NO_NODE_SET : (uint32_t)tick % 2;
	scene->who[SCENE_NODE].cmdline = tick > 2 ? "node \xff two\n" : NULL;
	if (tick == 3)
		scene_add_tasks(scene, 3);
	if (tick == 4)
		scene_end_task(scene, SCENE_POSTGRES);
	if (tick == 5) {
		now->swaps.n_areas = 0;
		now->n_zones--;
		now->n_memcgs--;
		for (uint32_t i = 0; i < now->n_tasks; i++) {
			if (scene->tasks[i].memcg == now->n_memcgs)
				scene->tasks[i].memcg = NO_MEMCG;
		}
	}
	count_in_memcgs(scene);
	now->uptime_ms += 1000;
}

static void film_ticks(struct scene *scene, struct film *film)
{
	static const struct record_choice all = { 0 };
	struct record_writer writer = { 0 };
	struct text text;

	text_init(&text, film->record, ROOM);
	record_head(&scene->now, true, &text);
	for (int i = 0; i < TICKS; i++) {
		change(scene, i);
		expect_int(
			"write", record_sample(&writer, &scene->now, &all, i == 5, NULL, &text), 0);
		film->keys[i] = key_of(&scene->now);
		expect_true("it changed", i == 0 || strcmp(film->keys[i], film->keys[i - 1]) != 0);
	}
	film->len = text.len;
	record_writer_free(&writer);
}

static void film_scene(struct film *film)
{
	struct scene *scene = scene_new();
	struct node_set sets[2] = { { { 1 } }, { { 3 } } };
	uint8_t marks[SCENE_TASKS_MAX] = { [SCENE_CHROME] = KILLER_MARK_PREFER };
	struct systemd_oomd_cgroup managed[SCENE_MEMCGS_MAX] = { [SCENE_SLICE] = {
									 .avoid = true } };
	struct killer killers[2] = {
		{ .kind = KILLER_SYSTEMD_OOMD, .pid = 640, .systemd_oomd.cgroups = managed },
		{ .kind = KILLER_EARLYOOM,
			.pid = 801,
			.settings = SETTINGS_DAEMON,
			.marks = marks },
	};

	scene_add_memcgs(scene);
	for (uint32_t i = 0; i < SCENE_MEMCGS; i++)
		film->parents[i] = scene->memcgs[i].parent;
	film->memcg_of_java = scene->tasks[SCENE_JAVA].memcg;
	scene->now.node_sets = sets;
	scene->now.n_node_sets = 2;
	scene->now.killers = killers;
	scene->now.n_killers = 2;
	scene->now.own_pid = 0;
	scene->now.own_uid = VALUE_UNKNOWN;
	film->record = malloc(ROOM);
	film_ticks(scene, film);
	scene->now.killers = NULL;
	scene->now.n_killers = 0;
	scene_free(scene);
}

static void film_free(struct film *film)
{
	free(film->record);
	for (int i = 0; i < TICKS; i++)
		free(film->keys[i]);
}

/* They are long: what is shown is where they part. */
static void expect_same(const char *label, const char *got, const char *want)
{
	size_t at = 0;

	while (got[at] && got[at] == want[at])
		at++;
	if (!expect_true(label, got[at] == want[at]))
		printf("got %.80s\nwant %.80s\n", &got[at > 30 ? at - 30 : 0],
			&want[at > 30 ? at - 30 : 0]);
}

static void expect_key(
	const char *label, struct replay *replay, int64_t number, const struct film *film)
{
	struct snapshot now = { .n_tasks = 0 };
	char *key;

	if (expect_int(label, replay_read(replay, number, &now, &no_listener), 0)) {
		key = key_of(&now);
		expect_same(label, key, film->keys[number]);
		expect_int(label, now.tick, number + 1);
		free(key);
	}
	arena_free(&now.arena);
}

static void samples_come_back_as_they_were_written(void)
{
	static const int jumps[] = { 6, 0, 4, 2, 5, 3, 3, 1, 6, 5 };
	struct film film;
	struct replay *replay;

	film_scene(&film);
	replay = open_text(film.record, film.len);
	expect_int("moments", replay_count(replay), TICKS);
	expect_true("whole", !replay_is_cut(replay));
	for (int i = 0; i < TICKS; i++) {
		expect_int("kind", replay_moment(replay, i)->kind, MOMENT_SAMPLE);
		expect_key("forwards", replay, i, &film);
	}
	for (int i = TICKS - 1; i >= 0; i--)
		expect_key("backwards", replay, i, &film);
	for (size_t i = 0; i < ARRAY_SIZE(jumps); i++)
		expect_key("jump", replay, jumps[i], &film);
	replay_close(replay);
	film_free(&film);
}

static void what_refers_to_each_other_does_so_again(void)
{
	struct snapshot now = { .n_tasks = 0 };
	struct film film;
	struct replay *replay;

	film_scene(&film);
	replay = open_text(film.record, film.len);
	expect_int("read", replay_read(replay, 1, &now, &no_listener), 0);
	expect_int("cgroups", now.n_memcgs, SCENE_MEMCGS);
	for (uint32_t i = 0; i < now.n_memcgs; i++)
		expect_int(now.memcgs[i].path, now.memcgs[i].parent, film.parents[i]);
	expect_int("its cgroup", now.tasks[SCENE_JAVA].memcg, film.memcg_of_java);
	expect_text("its name", now.tasks[SCENE_JAVA].comm, "java");
	expect_int("its nodes", now.tasks[SCENE_BASH].nodes, 1);
	expect_int("marked", now.killers[1].marks[SCENE_CHROME], KILLER_MARK_PREFER);
	expect_int("not marked", now.killers[1].marks[SCENE_JAVA], 0);
	expect_true("avoided", now.killers[0].systemd_oomd.cgroups[SCENE_SLICE].avoid);
	expect_int("source", now.source, SOURCE_REPLAY);
	expect_int("kernel", now.kernel.formula, FORMULA_5_9);
	expect_int("load", now.load_centi[2], -1);
	expect_int("cost", now.sample_cost_us, VALUE_UNKNOWN);
	expect_int("partial", now.partial, PARTIAL_NONE);
	arena_free(&now.arena);
	replay_close(replay);
	film_free(&film);
}

static void a_snapshot_stays_when_the_replay_goes_on_and_is_closed(void)
{
	struct snapshot first = { .n_tasks = 0 }, other = { .n_tasks = 0 };
	struct film film;
	struct replay *replay;
	char *key;

	film_scene(&film);
	replay = open_text(film.record, film.len);
	expect_int("first", replay_read(replay, 0, &first, &no_listener), 0);
	expect_int("other", replay_read(replay, 6, &other, &no_listener), 0);
	replay_close(replay);
	memset(film.record, 'x', film.len);
	key = key_of(&first);
	expect_same("first", key, film.keys[0]);
	free(key);
	arena_free(&first.arena);
	arena_free(&other.arena);
	film_free(&film);
}

static void files_and_pipes_are_read_as_memory_is(void)
{
	char name[] = "/tmp/replay-test-XXXXXX", error[256] = "", path[64];
	const int fd = mkstemp(name);
	int ends[2];
	struct replay *replay;
	struct film film;

	film_scene(&film);
	expect_int("write", write(fd, film.record, film.len), (int64_t)film.len);
	close(fd);
	if (expect_int("open", replay_open(name, &replay, error, sizeof(error)), 0)) {
		expect_key("of a file", replay, 3, &film);
		replay_close(replay);
	}
	unlink(name);
	expect_int("gone", replay_open(name, &replay, error, sizeof(error)), -ENOENT);
	expect_true("named", strstr(error, name));

	expect_int("pipe", pipe(ends), 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", ends[0]);
	expect_true("fits into a pipe", film.len < 65536);
	expect_int("write", write(ends[1], film.record, film.len), (int64_t)film.len);
	close(ends[1]);
	if (expect_int("open", replay_open(path, &replay, error, sizeof(error)), 0)) {
		expect_key("of a pipe", replay, 6, &film);
		replay_close(replay);
	}
	close(ends[0]);
	film_free(&film);
}

static void every_cut_leaves_what_came_before(void)
{
	struct film film;
	struct replay *replay;

	film_scene(&film);
	for (size_t len = film.len - 1; len > film.len / 2; len -= 97) {
		int64_t whole = -1;

		for (size_t i = 0; i < len; i++)
			whole += film.record[i] == '\n';
		replay = open_text(film.record, len);
		expect_int("moments", replay_count(replay), whole + (len == film.len - 1));
		expect_true("cut", replay_is_cut(replay));
		expect_key("the last", replay, replay_count(replay) - 1, &film);
		replay_close(replay);
	}
	film_free(&film);
}

extern CU_TestInfo replay_tests[];
CU_TestInfo replay_tests[] = {
	{ "samples come back as they were written", samples_come_back_as_they_were_written },
	{ "what refers to each other does so again", what_refers_to_each_other_does_so_again },
	{ "a snapshot stays when the replay goes on and is closed",
		a_snapshot_stays_when_the_replay_goes_on_and_is_closed },
	{ "files and pipes are read as memory is", files_and_pipes_are_read_as_memory_is },
	{ "every cut leaves what came before", every_cut_leaves_what_came_before },
	CU_TEST_INFO_NULL,
};
