/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "allocs.h"
#include "recorded.h"
#include "unit.h"

static void a_first_sample_tells_all_that_is_known(void)
{
	struct recorded *recorded = recorded_new();

	expect_text("the line", recorded_next(recorded),
		"{\"type\":\"sample\",\"key\":true,\"uptime_ms\":1000,"
		"\"head\":{\"page_bytes\":4096},"
		"\"memory\":{\"mem_total_kib\":4000,\"mem_free_kib\":77},"
		"\"zones\":[{\"node\":0,\"zone\":\"Normal\"},{\"node\":1,\"zone\":\"Normal\"}],"
		"\"cgroups\":[{\"path\":\"/a\"},"
		"{\"path\":\"/a/java\",\"max_bytes\":9223372036854775807}],"
		"\"tasks\":[{\"pid\":1,\"start_ticks\":5,\"comm\":\"systemd\","
		"\"growth_bytes_per_s\":0,\"growth_1min_bytes_per_s\":0,"
		"\"growth_10min_bytes_per_s\":0,\"growth_seen_ms\":0},"
		"{\"pid\":40,\"start_ticks\":700,\"state\":\"S\",\"comm\":\"java\","
		"\"growth_bytes_per_s\":0,\"growth_1min_bytes_per_s\":0,"
		"\"growth_10min_bytes_per_s\":0,\"growth_seen_ms\":0,"
		"\"user\":\"tomcat\",\"cgroup\":\"/a/java\"},"
		"{\"pid\":52,\"start_ticks\":900,\"comm\":\"bash\","
		"\"growth_bytes_per_s\":0,\"growth_1min_bytes_per_s\":0,"
		"\"growth_10min_bytes_per_s\":0,\"growth_seen_ms\":0,"
		"\"cgroup\":\"/a/java\"}]}\n");
	recorded_free(recorded);
}

static void nothing_is_told_where_nothing_changed(void)
{
	struct recorded *recorded = recorded_new();

	recorded_next(recorded);
	recorded->now.uptime_ms = 2000;
	expect_text(
		"the same", recorded_next(recorded), "{\"type\":\"sample\",\"uptime_ms\":2000}\n");
	recorded->now.uptime_ms = VALUE_UNKNOWN;
	expect_text("again", recorded_next(recorded), "{\"type\":\"sample\",\"uptime_ms\":null}\n");
	recorded_free(recorded);
}

/* What is changed in a recorded, and what the line says of it. */
static void change_memory(struct recorded *recorded)
{
	recorded->now.mem.mem_free_kib = 78;
}

static void forget_memory(struct recorded *recorded)
{
	recorded->now.mem.mem_total_kib = VALUE_UNKNOWN;
}

static void change_task(struct recorded *recorded)
{
	recorded->tasks[1].oom_score_adj = -500;
	recorded->tasks[1].state = 'D';
}

static void forget_user(struct recorded *recorded)
{
	recorded->who[1].user = NULL;
}

static void empty_user(struct recorded *recorded)
{
	recorded->who[1].user = "";
}

static void move_task(struct recorded *recorded)
{
	recorded->tasks[2].memcg = 0;
}

static void lose_memcg(struct recorded *recorded)
{
	recorded->tasks[2].memcg = NO_MEMCG;
}

static void confine_task(struct recorded *recorded)
{
	recorded->now.node_sets = recorded->node_sets;
	recorded->now.n_node_sets = 1;
	recorded->tasks[0].nodes = 0;
}

static void fill_blocks(struct recorded *recorded)
{
	recorded->zones[1].blocks.n_orders = 3;
	recorded->zones[1].blocks.count[2] = 9;
	recorded->zones[1].n_protection = 1;
	recorded->zones[1].protection_pages[0] = VALUE_UNKNOWN;
}

static void change_facts(struct recorded *recorded)
{
	recorded->now.facts[FACT_PRESSURE] = FACT_DISABLED;
	recorded->now.facts[FACT_PAGETYPEINFO] = FACT_PRESENT;
	recorded->now.partial = PARTIAL_HIDEPID;
}

static void mount_swap(struct recorded *recorded)
{
	recorded->now.swaps.n_areas = 1;
	recorded->now.swaps.area[0] = (struct swap_area){ "/dev/zram0", 10, 0, -2, true };
}

static void end_tasks(struct recorded *recorded)
{
	recorded->tasks[0] = recorded->tasks[1];
	recorded->now.n_tasks = 1;
}

static void reuse_pid(struct recorded *recorded)
{
	recorded->tasks[1].start_ticks = 701;
}

static void swap_memcgs(struct recorded *recorded)
{
	recorded->memcgs[0].path = "/a/java";
	recorded->memcgs[0].max_bytes = MEMCG_UNLIMITED;
	recorded->memcgs[1].path = "/a";
	recorded->memcgs[1].max_bytes = 5;
	recorded->tasks[1].memcg = recorded->tasks[2].memcg = 0;
}

static void end_places(struct recorded *recorded)
{
	recorded->now.n_zones = 1;
	recorded->now.n_memcgs = 0;
}

static void watch_growth(struct recorded *recorded)
{
	recorded->tasks[0].growth_seen_ms = 9000;
	recorded->tasks[1].growth_seen_ms = 9000;
	recorded->tasks[0].growth_bytes_per_s[GROWTH_10MIN] = 1;
	recorded->tasks[1].growth_bytes_per_s[GROWTH_1MIN] = -4096;
}

static void only_what_changed_is_told(void)
{
	static const struct {
		const char *label;
		void (*change)(struct recorded *recorded);
		const char *want;
	} cases[] = {
		{ "a number", change_memory, "\"memory\":{\"mem_free_kib\":78}" },
		{ "unknown", forget_memory, "\"memory\":{\"mem_total_kib\":null}" },
		{ "a process", change_task,
			"\"tasks\":[{\"pid\":40,\"start_ticks\":700,\"oom_score_adj\":-500,"
			"\"state\":\"D\"}]" },
		{ "a name that is lost", forget_user,
			"\"tasks\":[{\"pid\":40,\"start_ticks\":700,\"user\":null}]" },
		{ "an empty name", empty_user,
			"\"tasks\":[{\"pid\":40,\"start_ticks\":700,\"user\":\"\"}]" },
		{ "another cgroup than its path says", move_task,
			"\"tasks\":[{\"pid\":52,\"start_ticks\":900,\"memcg\":\"/a\"}]" },
		{ "no cgroup", lose_memcg,
			"\"tasks\":[{\"pid\":52,\"start_ticks\":900,\"memcg\":\"\"}]" },
		{ "nodes", confine_task,
			"\"node_sets\":[\"0,2\"],\"tasks\":[{\"pid\":1,\"start_ticks\":5,"
			"\"nodes\":0}]" },
		{ "arrays", fill_blocks,
			"\"zones\":[{\"node\":1,\"zone\":\"Normal\",\"free_blocks\":[0,0,9],"
			"\"protection_pages\":[null]}]" },
		{ "facts, but for what is not kept", change_facts,
			"\"facts\":{\"proc/pressure/memory\":\"disabled\"},"
			"\"head\":{\"partial\":\"hidepid\"}" },
		{ "a new object", mount_swap,
			"\"swaps\":[{\"name\":\"/dev/zram0\",\"size_kib\":10,\"used_kib\":0,"
			"\"priority\":-2,\"zram\":true}]" },
		{ "processes that ended", end_tasks,
			"\"tasks_gone\":[{\"pid\":1,\"start_ticks\":5},"
			"{\"pid\":52,\"start_ticks\":900}]" },
		{ "a PID that was reused", reuse_pid,
			"\"tasks\":[{\"pid\":40,\"start_ticks\":701,\"state\":\"S\","
			"\"comm\":\"java\",\"growth_bytes_per_s\":0,"
			"\"growth_1min_bytes_per_s\":0,\"growth_10min_bytes_per_s\":0,"
			"\"growth_seen_ms\":0,\"user\":\"tomcat\",\"cgroup\":\"/a/java\"}],"
			"\"tasks_gone\":[{\"pid\":40,\"start_ticks\":700}]" },
		{ "another order", swap_memcgs, "\"cgroups\":[{\"path\":\"/a\",\"max_bytes\":5}]" },
		{ "zones and cgroups that are gone", end_places,
			"\"zones_gone\":[{\"node\":1,\"zone\":\"Normal\"}],"
			"\"cgroups_gone\":[{\"path\":\"/a\"},{\"path\":\"/a/java\"}]" },
		{ "growth, and how long it was watched only where there is some", watch_growth,
			"\"tasks\":[{\"pid\":1,\"start_ticks\":5,"
			"\"growth_10min_bytes_per_s\":1},"
			"{\"pid\":40,\"start_ticks\":700,"
			"\"growth_1min_bytes_per_s\":-4096,\"growth_seen_ms\":9000}]" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct recorded *recorded = recorded_new();
		char want[1024];
		struct text text;

		text_init(&text, want, sizeof(want));
		text_fmt(&text, "{\"type\":\"sample\",\"uptime_ms\":1000,%s}\n", cases[i].want);
		recorded_next(recorded);
		cases[i].change(recorded);
		expect_text(cases[i].label, recorded_next(recorded), want);
		expect_text(cases[i].label, recorded_next(recorded),
			"{\"type\":\"sample\",\"uptime_ms\":1000}\n");
		recorded_free(recorded);
	}
}

static void what_is_gone_may_come_again(void)
{
	struct recorded *recorded = recorded_new();

	recorded_next(recorded);
	recorded->now.n_tasks = 2;
	expect_in(recorded_next(recorded), "\"tasks_gone\":[{\"pid\":52,\"start_ticks\":900}]");
	recorded->now.n_tasks = 3;
	expect_in(recorded_next(recorded),
		"\"tasks\":[{\"pid\":52,\"start_ticks\":900,\"comm\":\"bash\"");
	recorded_free(recorded);
}

static void the_root_is_a_cgroup_only_where_it_is_listed(void)
{
	struct recorded *recorded = recorded_new();

	recorded->who[0].cgroup = "/";
	expect_true("not listed", !strstr(recorded_first(recorded), "\"memcg\":"));
	recorded->memcgs[0].path = "/";
	expect_in(recorded_first(recorded), "\"cgroup\":\"/\",\"memcg\":\"\"}");
	recorded->tasks[0].memcg = 0;
	expect_true("and in it", !strstr(recorded_first(recorded), "\"memcg\":"));
	recorded->now.n_memcgs = 0;
	expect_true("no cgroups at all", !strstr(recorded_first(recorded), "\"memcg\":"));
	recorded_free(recorded);
}

static void only_what_was_chosen_is_kept(void)
{
	static const uint32_t tasks[] = { 1, 2 }, memcgs[] = { 0 };
	const struct record_choice two = { tasks, 2, memcgs, 1 }, one = { tasks, 1, memcgs, 0 };
	struct recorded *recorded = recorded_new();

	expect_int("two", recorded_sample(recorded, &two, false, RECORDED_LINE_BYTES), 0);
	expect_true("not the first", !strstr(recorded->line, "\"pid\":1,"));
	expect_in(recorded->line, "\"tasks\":[{\"pid\":40,");
	expect_in(recorded->line, "{\"pid\":52,");
	expect_in(recorded->line, "\"cgroups\":[{\"path\":\"/a\"}]");
	expect_int("one", recorded_sample(recorded, &one, false, RECORDED_LINE_BYTES), 0);
	expect_text("gone with the choice", recorded->line,
		"{\"type\":\"sample\",\"uptime_ms\":1000,\"cgroups_gone\":[{\"path\":\"/a\"}],"
		"\"tasks_gone\":[{\"pid\":52,\"start_ticks\":900}]}\n");
	recorded_free(recorded);
}

static void after_an_error_all_is_told_again(void)
{
	const struct record_choice all = { NULL, 0, NULL, 0 };
	struct recorded *recorded = recorded_new();
	size_t len;

	len = strlen(recorded_next(recorded));
	expect_int("asked for", recorded_sample(recorded, &all, true, RECORDED_LINE_BYTES), 0);
	expect_int("all of it", strlen(recorded->line), len);
	expect_in(recorded->line, "\"key\":true");
	expect_int("no room for the NUL", recorded_sample(recorded, &all, true, len), -ENOSPC);
	expect_in(recorded_next(recorded), "\"key\":true");
	expect_int("just room", recorded_sample(recorded, &all, true, len + 1), 0);
	expect_text("and from there on", recorded_next(recorded),
		"{\"type\":\"sample\",\"uptime_ms\":1000}\n");
	recorded_free(recorded);
}

struct drained {
	char bytes[RECORDED_LINE_BYTES];
	struct text whole;
	unsigned calls;
};

static void drain(struct text *text, void *context)
{
	struct drained *drained = context;

	text_add_bytes(&drained->whole, text->buf, text->len);
	text_init(text, text->buf, text->size);
	drained->calls++;
}

static void a_small_buffer_with_a_sink_says_the_same(void)
{
	static struct drained drained;
	const struct record_sink sink = { drain, &drained };
	const struct record_choice all = { NULL, 0, NULL, 0 };
	struct recorded *recorded = recorded_new();
	struct record_writer other = { .written = NULL };
	char small[128];
	struct text text;

	text_init(&drained.whole, drained.bytes, sizeof(drained.bytes));
	text_init(&text, small, sizeof(small));
	expect_int("small", record_sample(&other, &recorded->now, &all, false, &sink, &text), 0);
	expect_true("drained often", drained.calls > 8);
	drain(&text, &drained);
	expect_text("the same", drained.bytes, recorded_next(recorded));

	recorded->who[1].cmdline =
		"one that is longer than the half of the small buffer that there is after the name, and too long for the other half of it, and more";
	expect_int("too long", record_sample(&other, &recorded->now, &all, false, &sink, &text),
		-ENOSPC);
	record_writer_free(&other);
	recorded_free(recorded);
}

static void hostile_names_stay_in_their_strings(void)
{
	struct recorded *recorded = recorded_new();

	strcpy(recorded->tasks[1].comm, "a\"}],\n\\\xff\x1b[2J");
	recorded->who[1].cmdline = "\xe2\x80\xae x\t\x01";
	recorded->memcgs[1].path = recorded->who[1].cgroup = "/a\xc3(";
	expect_in(recorded_next(recorded), "\"comm\":\"a\\\"}],\\n\\\\\xEF\xBF\xBD\\u001b[2J\"");
	expect_in(recorded->line, "\"cmdline\":\"\\u202e x\\t\\u0001\"");
	expect_in(recorded->line, "{\"path\":\"/a\xEF\xBF\xBD(\"");
	expect_true("one line",
		strchr(recorded->line, '\n') == recorded->line + recorded->text.len - 1);
	recorded->now.n_memcgs = 1;
	expect_in(recorded_next(recorded), "\"cgroups_gone\":[{\"path\":\"/a\xEF\xBF\xBD(\"}]");
	recorded_free(recorded);
}

/* Names of every length up to some words, each different from the others in one place. */
static void every_byte_of_a_name_counts(void)
{
	struct recorded *recorded = recorded_new();
	char name[48];

	for (size_t len = 1; len < sizeof(name); len++)
		for (size_t at = 0; at < len; at++) {
			memset(name, 'x', len);
			name[len] = '\0';
			recorded->who[2].unit = name;
			recorded_next(recorded);
			name[at] = 'X';
			expect_in(recorded_next(recorded), "\"unit\":\"");
			name[len - 1] = '\0';
			expect_in(recorded_next(recorded), "\"unit\":\"");
		}
	recorded_free(recorded);
}

static void twins_are_kept_apart_by_their_order(void)
{
	struct recorded *recorded = recorded_new();
	struct task other;

	recorded->tasks[1].pid = 1;
	recorded->tasks[1].start_ticks = 5;
	recorded_next(recorded);
	expect_text(
		"no change", recorded_next(recorded), "{\"type\":\"sample\",\"uptime_ms\":1000}\n");
	other = recorded->tasks[1];
	recorded->tasks[1] = recorded->tasks[2];
	recorded->tasks[2] = other;
	expect_text("another order", recorded_next(recorded),
		"{\"type\":\"sample\",\"uptime_ms\":1000}\n");
	recorded->now.n_tasks = 2;
	expect_in(recorded_next(recorded), "\"tasks_gone\":[{\"pid\":1,\"start_ticks\":5}]");
	recorded_free(recorded);
}

static void the_head_of_a_file_and_lines_of_a_log(void)
{
	struct recorded *recorded = recorded_new();
	char buf[512];
	struct text text;

	recorded->now.clk_tck = 100;
	strcpy(recorded->now.release, "6.1.0");
	text_init(&text, buf, sizeof(buf));
	record_head(&recorded->now, true, &text);
	expect_text("all", buf,
		"{\"type\":\"record\",\"version\":1,\"kept\":\"all\",\"page_bytes\":4096,"
		"\"clk_tck\":100,\"release\":\"6.1.0\",\"hostname\":\"\"}\n");
	text_init(&text, buf, sizeof(buf));
	record_head(&recorded->now, false, &text);
	expect_in(buf, "\"kept\":\"first\"");
	text_init(&text, buf, sizeof(buf));
	record_log(5, "<4>\"x\n\0y\xffgone", 9, &text);
	expect_text("a line, NUL and all", buf,
		"{\"type\":\"log\",\"uptime_ms\":5,"
		"\"line\":\"<4>\\\"x\\n\xEF\xBF\xBDy\xEF\xBF\xBD\"}\n");
	recorded_free(recorded);
}

static void writing_on_takes_no_more_memory(void)
{
	struct recorded *recorded = recorded_new();

	for (unsigned i = 0; i < 4; i++)
		recorded_next(recorded);
	allocs_start();
	for (unsigned i = 0; i < 10; i++) {
		recorded->tasks[1].rss_anon_pages = i;
		recorded->tasks[2].start_ticks++;
		recorded_next(recorded);
	}
	expect_int("allocations", allocs_stop(), 0);
	recorded_free(recorded);
}

extern CU_TestInfo record_tests[];
CU_TestInfo record_tests[] = {
	{ "a first sample tells all that is known", a_first_sample_tells_all_that_is_known },
	{ "nothing is told where nothing changed", nothing_is_told_where_nothing_changed },
	{ "only what changed is told", only_what_changed_is_told },
	{ "what is gone may come again", what_is_gone_may_come_again },
	{ "the root is a cgroup only where it is listed",
		the_root_is_a_cgroup_only_where_it_is_listed },
	{ "only what was chosen is kept", only_what_was_chosen_is_kept },
	{ "after an error all is told again", after_an_error_all_is_told_again },
	{ "a small buffer with a sink says the same", a_small_buffer_with_a_sink_says_the_same },
	{ "hostile names stay in their strings", hostile_names_stay_in_their_strings },
	{ "every byte of a name counts", every_byte_of_a_name_counts },
	{ "twins are kept apart by their order", twins_are_kept_apart_by_their_order },
	{ "the head of a file and lines of a log", the_head_of_a_file_and_lines_of_a_log },
	{ "writing on takes no more memory", writing_on_takes_no_more_memory },
	CU_TEST_INFO_NULL,
};
