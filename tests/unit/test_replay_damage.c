/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collect/replay.h"
#include "replayed.h"
#include "unit.h"

#define HEAD \
	"{\"type\":\"record\",\"version\":1,\"kept\":\"all\",\"page_bytes\":4096,\"clk_tck\":100}\n"
#define SAMPLE(rest) "{\"type\":\"sample\"," rest "}\n"
#define KEY(rest) SAMPLE("\"key\":true,\"uptime_ms\":1000," rest)
#define TASK_7 \
	"\"tasks\":[{\"pid\":7,\"start_ticks\":70,\"has\":1,\"comm\":\"seven\",\"rss_stat_pages\":5}]"
#define KEY_7 KEY(TASK_7)

static void nothing(const struct oom_report *report, void *context)
{
	(void)report;
	(void)context;
}

static const struct report_listener no_listener = { nothing, NULL, NULL };

static void a_sample_that_cannot_be_understood_is_refused(void)
{
	static const struct {
		const char *line, *why;
	} cases[] = {
		{ SAMPLE("\"tasks\":5"), "file:3: tasks: list: is none" },
		{ SAMPLE("\"tasks\":[5]"), "a member: no" },
		{ SAMPLE("\"tasks\":[{\"pid\":8}]"), "start_ticks: is no number" },
		{ SAMPLE("\"tasks\":[{\"pid\":-1,\"start_ticks\":1}]"), "pid: out of range" },
		{ SAMPLE("\"tasks\":[{\"pid\":2147483648,\"start_ticks\":1}]"), "out of range" },
		{ SAMPLE("\"tasks\":[{\"pid\":\"8\",\"start_ticks\":1}]"), "pid: is no number" },
		{ SAMPLE("\"tasks\":[{\"pid\":7,\"start_ticks\":71}]"), "two of one pid" },
		{ SAMPLE("\"tasks\":[{\"pid\":7,\"start_ticks\":70},{\"pid\":7,\"start_ticks\":70}]"),
			"told twice" },
		{ SAMPLE("\"tasks\":[{\"pid\":8,\"start_ticks\":1},{\"pid\":8,\"start_ticks\":1}]"),
			"told twice" },
		{ SAMPLE("\"tasks\":[{\"pid\":7,\"start_ticks\":70,\"comm\":7}]"),
			"comm: of a wrong" },
		{ SAMPLE("\"tasks\":[{\"pid\":7,\"start_ticks\":70,\"comm\":\"a\\u0000b\"}]"),
			"no JSON" },
		{ SAMPLE("\"tasks\":[{\"pid\":7,\"pid\":7,\"start_ticks\":70}]"), "no JSON" },
		{ SAMPLE("\"tasks_gone\":[{\"pid\":9,\"start_ticks\":1}]"), "was not there" },
		{ SAMPLE("\"tasks_gone\":[{\"pid\":7,\"start_ticks\":71}]"), "was not there" },
		{ SAMPLE("\"tasks\":[{\"pid\":7,\"start_ticks\":70,\"has\":2}],"
			 "\"tasks_gone\":[{\"pid\":7,\"start_ticks\":70}]"),
			"was not there" },
		{ SAMPLE("\"uptime_ms\":-1"), "uptime_ms: no time" },
		{ SAMPLE("\"uptime_ms\":99999999999999999999"), "uptime_ms: no time" },
		{ SAMPLE("\"head\":{\"page_bytes\":0}"), "page_bytes" },
		{ SAMPLE("\"head\":{\"page_bytes\":2048}"), "page_bytes" },
		{ SAMPLE("\"head\":{\"page_bytes\":12288}"), "page_bytes" },
		{ SAMPLE("\"head\":{\"page_bytes\":null}"), "page_bytes" },
		{ SAMPLE("\"head\":{\"clk_tck\":0}"), "clk_tck" },
		{ SAMPLE("\"head\":{\"partial\":\"wholly\"}"), "partial" },
		{ SAMPLE("\"head\":[]"), "head: no object" },
		{ SAMPLE("\"memory\":{\"mem_free_kib\":1.5}"), "mem_free_kib: of a wrong type" },
		{ SAMPLE("\"memory\":{},\"memory\":{}"), "twice" },
		{ SAMPLE("\"facts\":{\"proc/meminfo\":\"nice\"}"), "facts" },
		{ SAMPLE("\"zones\":[{\"node\":1024,\"zone\":\"DMA\"}]"), "node: out of range" },
		{ SAMPLE("\"zones\":[{\"node\":0,\"zone\":\"DMA\",\"free_blocks\":"
			 "[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]}]"),
			"free_blocks: too many" },
		{ SAMPLE("\"cgroups\":[{\"path\":\"a\"}]"), "path: is none of a cgroup" },
		{ SAMPLE("\"node_sets\":[\"0-9999\"]"), "node_sets" },
		{ SAMPLE("\"node_sets\":[\"\"]"), "node_sets" },
		{ SAMPLE("\"killers\":[{\"kind\":\"earlyoom\",\"settings\":\"x\"}]"), "settings" },
		{ SAMPLE("\"killers\":[{\"kind\":\"earlyoom\",\"marks\":[[1]]}]"), "marks" },
		{ SAMPLE("\"killers\":{}"), "killers: no list" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct snapshot now = { .n_tasks = 0 };
		struct replay *replay;
		char text[2048];

		snprintf(text, sizeof(text), "%s%s%s%s", HEAD, KEY_7, cases[i].line, KEY_7);
		replay = open_text(text, strlen(text));
		expect_int(cases[i].line, replay_count(replay), 3);
		expect_int(cases[i].line, replay_read(replay, 1, &now, &no_listener), -EBADMSG);
		if (!expect_true(cases[i].line, strstr(replay_damage(replay), cases[i].why)))
			printf("said: %s\n", replay_damage(replay));
		for (int k = 0; k <= 2; k += 2) {
			expect_int("the others", replay_read(replay, k, &now, &no_listener), 0);
			expect_text("nothing is wrong", replay_damage(replay), "");
			expect_int("tasks", now.n_tasks, 1);
		}
		replay_close(replay);
		arena_free(&now.arena);
	}
}

static void a_file_without_moments_says_why(void)
{
	static const struct {
		const char *text;
		int error;
		const char *said;
	} cases[] = {
		{ "", -ENODATA, "file: expected a record (--record), or a log with OOM reports" },
		{ "\n\n", -ENODATA,
			"file: expected a record (--record), or a log with OOM reports" },
		{ KEY_7, -ENODATA,
			"file: expected a record (--record), or a log with OOM reports" },
		{ "\x1f\x8b\x08", -ENODATA, "file: it is compressed: unpack it first" },
		{ HEAD, -ENODATA, "file: a record without samples" },
		{ HEAD "{\"type\":\"sam", -ENODATA, "file: a record without samples" },
		{ "{\"type\":\"record\",\"version\":2}\n" KEY_7, -EPROTO,
			"file: record version 2; this oomwatch reads 1" },
		{ "{\"type\":\"record\",\"version\":\"1\"}\n" KEY_7, -EPROTO,
			"file: record version 0; this oomwatch reads 1" },
		{ "{ \"version\": 3, \"type\": \"record\" }\n" KEY_7, -EPROTO,
			"file: record version 3; this oomwatch reads 1" },
		{ HEAD "\n" SAMPLE(TASK_7), -EBADMSG, "file:3: no sample that can be used" },
		{ HEAD "oops\n" SAMPLE(TASK_7), -EBADMSG, "file:2: no sample that can be used" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct replay *replay = NULL;
		char error[128] = "";

		expect_int(cases[i].text,
			replay_open_memory("file", cases[i].text, strlen(cases[i].text), &replay,
				error, sizeof(error)),
			cases[i].error);
		expect_text(cases[i].text, error, cases[i].said);
		expect_true("untouched", !replay);
	}
}

static void a_line_that_is_lost_takes_what_builds_on_it(void)
{
	static const char text[] = HEAD KEY_7 "{\"type\":\"sample\",\"upt\n" SAMPLE(
		"\"uptime_ms\":3000") KEY_7 SAMPLE("\"uptime_ms\":5000") "{\"type\":\"news\"}\n";
	struct replay *replay = open_text(text, strlen(text));

	expect_int("moments", replay_count(replay), 3);
	expect_int("the key behind it", replay_moment(replay, 1)->uptime_ms, 1000);
	expect_int("and more", replay_moment(replay, 2)->uptime_ms, 5000);
	expect_true("its end is fine", !replay_is_cut(replay));
	replay_close(replay);
}

static void hostile_nesting_costs_its_line_alone(void)
{
	const size_t deep = 200000;
	char *text = malloc(2 * deep + 4096);
	struct snapshot now = { .n_tasks = 0 };
	struct replay *replay;
	char *at = text;

	at += sprintf(at, "%s%s{\"type\":\"sample\",\"x\":", HEAD, KEY_7);
	memset(at, '[', deep);
	memset(at + deep, ']', deep);
	at += 2 * deep;
	at += sprintf(at, "}\n%s", KEY_7);
	at += sprintf(at, SAMPLE("\"y\":[{\"a\":[[\"]\\\\\\\"\"]]}],\"tasks\":[]"));
	replay = open_text(text, (size_t)(at - text));
	expect_int("moments", replay_count(replay), 3);
	expect_int(
		"what is not known is passed over", replay_read(replay, 2, &now, &no_listener), 0);
	expect_int("tasks", now.n_tasks, 1);
	arena_free(&now.arena);
	replay_close(replay);
	free(text);
}

static void numbers_are_kept_within_what_parsers_give(void)
{
	static const char text[] = HEAD KEY(
		"\"memory\":{\"mem_free_kib\":-5,\"mem_total_kib\":9223372036854775807},"
		"\"head\":{\"cpus\":-3,\"memcg_version\":77},"
		"\"swaps\":[{\"name\":\"s\",\"size_kib\":10,\"priority\":-2}],"
		"\"cgroups\":[{\"path\":\"/a\",\"max_bytes\":9223372036854775807,\"version\":9}],"
		"\"tasks\":[{\"pid\":7,\"start_ticks\":-1,\"has\":4294967295,\"state\":\"ab\","
		"\"oom_score_adj\":-1001,\"oom_adj\":99,\"uid\":4294967296,\"threads\":-1,"
		"\"rss_stat_pages\":9223372036854775807,\"memcg\":\"/b\",\"nodes\":3}]");
	struct replay *replay = open_text(text, strlen(text));
	struct snapshot now = { .n_tasks = 0 };
	const struct task *task;

	expect_int("read", replay_read(replay, 0, &now, &no_listener), 0);
	task = &now.tasks[0];
	expect_int("below", now.mem.mem_free_kib, 0);
	expect_int("above", now.mem.mem_total_kib, INT64_MAX >> 10);
	expect_int("not told", now.mem.cached_kib, VALUE_UNKNOWN);
	expect_int("cpus", now.cpus, 0);
	expect_int("version", now.memcg_version, 2);
	expect_int("may be below 0", now.swaps.area[0].priority, -2);
	expect_int("no limit", now.memcgs[0].max_bytes, MEMCG_UNLIMITED);
	expect_int("its version", now.memcgs[0].version, 2);
	expect_int("has", task->has, 0x1ff);
	expect_int("state", task->state, '?');
	expect_int("adj", task->oom_score_adj, -1000);
	expect_int("legacy", task->oom_adj, 15);
	expect_int("uid", task->uid, UINT32_MAX);
	expect_int("threads", task->threads, 0);
	expect_int("pages", task->rss_stat_pages, INT64_MAX >> 18);
	expect_int("start", (int64_t)task->start_ticks, -1);
	expect_int("cgroup that is not there", task->memcg, NO_MEMCG);
	expect_int("set that is not there", task->nodes, NO_NODE_SET);
	arena_free(&now.arena);
	replay_close(replay);
}

/* Two names of which a record lost the bytes that tell them apart. */
static void names_that_became_the_same_spoil_nothing(void)
{
	static const char text[] = HEAD KEY(
		"\"cgroups\":[{\"path\":\"/\xef\xbf\xbd\",\"usage_bytes\":1},"
		"{\"path\":\"/\xef\xbf\xbd\",\"usage_bytes\":2},{\"path\":\"/a\"}]")
		SAMPLE("\"cgroups\":[{\"path\":\"/\xef\xbf\xbd\",\"usage_bytes\":3}]") SAMPLE(
			"\"cgroups_gone\":[{\"path\":\"/\xef\xbf\xbd\"},{\"path\":\"/\xef\xbf\xbd\"}]");
	static const int64_t counts[] = { 2, 2, 1 };
	struct replay *replay = open_text(text, strlen(text));
	struct snapshot now = { .n_tasks = 0 };

	for (int i = 0; i < 3; i++) {
		expect_int("read", replay_read(replay, i, &now, &no_listener), 0);
		expect_int("cgroups", now.n_memcgs, counts[i]);
		expect_text("first", now.memcgs[0].path, "/a");
	}
	expect_int("again", replay_read(replay, 1, &now, &no_listener), 0);
	expect_int("the one that is left", now.memcgs[1].usage_bytes, 3);
	arena_free(&now.arena);
	replay_close(replay);
}

static void a_record_of_the_first_processes_says_so(void)
{
	static const char text[] =
		"{\"type\":\"record\",\"version\":1,\"kept\":\"first\",\"page_bytes\":16384,\"clk_tck\":250}\n" KEY(
			"\"cgroups\":[{\"path\":\"/\",\"processes\":9},{\"path\":\"/a/b\",\"processes\":0}],"
			"\"tasks\":[{\"pid\":7,\"start_ticks\":1,\"cgroup\":\"/a/b\"}]")
			SAMPLE("\"head\":{\"partial\":\"hidepid\"}")
				SAMPLE("\"head\":{\"partial\":null}");
	static const int64_t partial[] = { PARTIAL_KEPT, PARTIAL_HIDEPID, PARTIAL_KEPT };
	struct replay *replay = open_text(text, strlen(text));
	struct snapshot now = { .n_tasks = 0 };

	for (int i = 0; i < 3; i++) {
		expect_int("read", replay_read(replay, i, &now, &no_listener), 0);
		expect_int("partial", now.partial, partial[i]);
	}
	expect_int("pages", now.page_bytes, 16384);
	expect_int("ticks", now.clk_tck, 250);
	expect_int("counted then", now.memcgs[0].n_tasks, 9);
	expect_int("counted here", now.memcgs[1].n_tasks, 1);
	expect_int("parent", now.memcgs[1].parent, 0);
	arena_free(&now.arena);
	replay_close(replay);
}

static void a_killer_of_which_something_is_lacking_is_unread(void)
{
	static const char text[] = HEAD KEY(
		"\"tasks\":[{\"pid\":7,\"start_ticks\":1},{\"pid\":9,\"start_ticks\":1}],"
		"\"killers\":[{\"kind\":\"systemd-oomd\",\"settings\":\"files\",\"root\":"
		"{\"oomd_pressure_monitored\":true,\"oomd_limit_permyriad\":5}},{\"kind\":\"newer\"},"
		"{\"kind\":\"nohang\",\"settings\":\"files\",\"min_badness\":1},"
		"{\"kind\":\"oomd\",\"settings\":\"files\"},"
		"{\"kind\":\"earlyoom\",\"settings\":\"daemon\",\"marks\":[[9,255],[8,1],[7,2]]}]");
	struct replay *replay = open_text(text, strlen(text));
	struct snapshot now = { .n_tasks = 0 };

	expect_int("read", replay_read(replay, 0, &now, &no_listener), 0);
	if (expect_int("those that are known", now.n_killers, 4)) {
		for (int i = 0; i < 3; i++)
			expect_int("unread", now.killers[i].settings, SETTINGS_UNREAD);
		expect_true("no limit", !now.killers[0].systemd_oomd.root.pressure_monitored);
		expect_int("needs nothing", now.killers[3].settings, SETTINGS_DAEMON);
		expect_int("mark of 7", now.killers[3].marks[0], 2);
		expect_int("mark of 9", now.killers[3].marks[1], 7);
	}
	arena_free(&now.arena);
	replay_close(replay);
}

static void a_file_that_became_shorter_is_noticed(void)
{
	char name[] = "/tmp/replay-test-XXXXXX", error[256] = "";
	const char text[] = HEAD KEY_7 SAMPLE("\"uptime_ms\":2000");
	const int fd = mkstemp(name);
	struct snapshot now = { .n_tasks = 0 };
	struct replay *replay;

	expect_int("write", write(fd, text, strlen(text)), (int64_t)strlen(text));
	if (expect_int("open", replay_open(name, &replay, error, sizeof(error)), 0)) {
		expect_int("cut", ftruncate(fd, 10), 0);
		expect_int("read", replay_read(replay, 1, &now, &no_listener), -EBADMSG);
		expect_true("said", replay_damage(replay)[0]);
		replay_close(replay);
	}
	close(fd);
	unlink(name);
	arena_free(&now.arena);
}

extern CU_TestInfo replay_damage_tests[];
CU_TestInfo replay_damage_tests[] = {
	{ "a sample that cannot be understood is refused",
		a_sample_that_cannot_be_understood_is_refused },
	{ "a file without moments says why", a_file_without_moments_says_why },
	{ "a line that is lost takes what builds on it",
		a_line_that_is_lost_takes_what_builds_on_it },
	{ "hostile nesting costs its line alone", hostile_nesting_costs_its_line_alone },
	{ "numbers are kept within what parsers give", numbers_are_kept_within_what_parsers_give },
	{ "names that became the same spoil nothing", names_that_became_the_same_spoil_nothing },
	{ "a record of the first processes says so", a_record_of_the_first_processes_says_so },
	{ "a killer of which something is lacking is unread",
		a_killer_of_which_something_is_lacking_is_unread },
	{ "a file that became shorter is noticed", a_file_that_became_shorter_is_noticed },
	CU_TEST_INFO_NULL,
};
