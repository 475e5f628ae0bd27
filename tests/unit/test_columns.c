/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <string.h>

#include "rows.h"
#include "ui/columns.h"
#include "unit.h"

static const char *shown_as(const struct task_row *row, const char *id, struct text *text)
{
	const struct column *column = column_find(id);

	text->len = 0;
	text->cut = false;
	text->buf[0] = '\0';
	if (!column) {
		expect_true(id, column);
		return "(no such column)";
	}
	column_text(column, row, text);
	return text->buf;
}

static void expect_shown(const struct task_row *row, const char *id, const char *want)
{
	char buf[COLUMN_TEXT_MAX];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	expect_text(id, shown_as(row, id, &text), want);
}

static void every_row_of_the_table_is_complete(void)
{
	unsigned count;
	const struct column *columns = columns_all(&count);

	for (unsigned i = 0; i < count; i++) {
		const struct column *column = &columns[i];
		const bool is_text = column->kind == COLUMN_TEXT;

		for (const char *c = column->id; *c; c++)
			expect_true("lower case", islower((unsigned char)*c));
		expect_true(column->id, strlen(column->id) >= 2 && strlen(column->id) <= 10);
		expect_true(column->id, strlen(column->help) >= 10 && strlen(column->help) <= 120);
		expect_true("no final stop", column->help[strlen(column->help) - 1] != '.');
		expect_true("title fits", (int)strlen(column->title) <= column->width);
		expect_true("title", strlen(column->title) > 0);
		expect_int("shown somehow unless text", column->add != NULL, !is_text);
		expect_int("a value unless text", column->value != NULL, !is_text);
		expect_int("a string if text", column->string != NULL, is_text);
		expect_true("a known fact", column->needs >= 0 && column->needs <= FACT_COUNT);
		expect_true("unit", column->unit);
		expect_true("never wider", column->narrow <= column->width);
	}
	expect_text("last", columns[count - 1].id, "name");
}

static void the_help_of_score_says_why_an_idle_process_has_666(void)
{
	expect_true("666", strstr(column_find("score")->help, "666 or 667"));
}

static const struct row_spec specs[] = {
	{ .pid = 4102,
		.comm = "chrome",
		.user = "alice",
		.uid = 1000,
		.cgroup = "/user.slice",
		.cmdline = "chrome --type=renderer",
		.mem_mib = 1280,
		.adj = 300 },
	{ .pid = 23283,
		.comm = "java",
		.user = "tomcat",
		.uid = 998,
		.mem_mib = 10240,
		.cgroup = "/system.slice/tomcat.service",
		.unit = "tomcat.service",
		.cmdline = "java -jar shop.jar" },
	{ .pid = 998, .comm = "dockerd", .mem_mib = 640, .adj = -500 },
	{ .pid = 1, .comm = "systemd", .user = "root", .mem_mib = 10, .exempt = EXEMPT_INIT },
	{ .pid = 77, .comm = "secret", .mem_mib = VALUE_UNKNOWN, .exempt = EXEMPT_UNREADABLE },
	{ .pid = 78, .comm = "half", .mem_mib = VALUE_UNKNOWN },
};

static void figures_are_shown_with_sign_and_unit(void)
{
	struct rows rows;
	struct task_row row;

	rows_init(&rows, specs, ARRAY_SIZE(specs));
	rows.tasks[0].growth_bytes_per_s[GROWTH_10S] = 50331648;
	rows.tasks[0].has |= TASK_HAS_GROWTH | TASK_HAS_CPU | TASK_HAS_SCORE;
	rows.tasks[0].cpu_permille = 123;
	rows.tasks[0].oom_score = 892;
	rows.tasks[0].utime_ticks = 6000;
	rows.tasks[0].stime_ticks = 223;
	rows.tasks[0].start_ticks = 8280000;
	rows.tasks[0].swap_pages = 0;
	rows.tasks[0].pgtables_bytes = 4096;
	rows.tasks[0].state = 'D';
	row = rows_row(&rows, 0);
	expect_shown(&row, "rank", "2");
	expect_shown(&row, "pid", "4102");
	expect_shown(&row, "user", "alice");
	expect_shown(&row, "state", "D");
	expect_shown(&row, "score", "892");
	expect_shown(&row, "adj", "+300");
	expect_shown(&row, "badness", "5.9G");
	expect_shown(&row, "mem", "1.3G");
	expect_shown(&row, "rss", "1.3G");
	expect_shown(&row, "anon", "1.3G");
	expect_shown(&row, "swap", "0");
	expect_shown(&row, "pgtab", "4.0K");
	expect_shown(&row, "growth", "+48M");
	expect_shown(&row, "cpu", "12.3");
	expect_shown(&row, "time", "1:02.23");
	expect_shown(&row, "age", "60min");
	expect_shown(&row, "points", "380.0");
	expect_shown(&row, "error", "0");
	expect_shown(&row, "uid", "1000");
	expect_shown(&row, "ppid", "1");
	expect_shown(&row, "threads", "1");
	expect_shown(&row, "unit", "-");
	expect_shown(&row, "container", "-");
	expect_shown(&row, "cgroup", "/user.slice");
	expect_shown(&row, "exempt", "-");
	expect_shown(&row, "comm", "chrome");
	expect_shown(&row, "command", "chrome --type=renderer");
	expect_shown(&row, "name", "chrome --type=renderer");

	row = rows_row(&rows, 1);
	expect_shown(&row, "rank", "1");
	expect_shown(&row, "adj", "0");
	expect_shown(&row, "badness", "10.0G");
	expect_shown(&row, "unit", "tomcat.service");
	expect_shown(&row, "name", "tomcat.service java -jar shop.jar");
	row = rows_row(&rows, 2);
	expect_shown(&row, "adj", "-500");
	expect_shown(&row, "badness", "-7.2G");
	expect_shown(&row, "points", "-460.0");
	expect_shown(&row, "command", "dockerd");
}

static void what_is_unknown_and_what_does_not_apply_differ(void)
{
	static const char *const unknown[] = { "rank", "user", "state", "score", "adj", "badness",
		"mem", "rss", "swap", "pgtab", "growth", "cpu", "time", "points", "error", "anon",
		"file", "shmem", "uid", "ppid", "threads", "age", "unit", "container", "cgroup" };
	struct rows rows;
	struct task_row row;

	rows_init(&rows, specs, ARRAY_SIZE(specs));
	rows.tasks[4] = (struct task){
		.pid = 77,
		.comm = "secret",
		.state = '?',
		.rss_stat_pages = VALUE_UNKNOWN,
		.rss_status_pages = VALUE_UNKNOWN,
		.rss_anon_pages = VALUE_UNKNOWN,
		.rss_file_pages = VALUE_UNKNOWN,
		.rss_shmem_pages = VALUE_UNKNOWN,
		.swap_pages = VALUE_UNKNOWN,
		.pgtables_bytes = VALUE_UNKNOWN,
		.who = &rows.who[4],
	};
	row = rows_row(&rows, 4);
	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++)
		expect_shown(&row, unknown[i], "?");
	expect_shown(&row, "exempt", "unreadable");

	row = rows_row(&rows, 3);
	expect_shown(&row, "rank", "-");
	expect_shown(&row, "badness", "-");
	expect_shown(&row, "points", "-");
	expect_shown(&row, "error", "-");
	expect_shown(&row, "score", "0");
	expect_shown(&row, "mem", "10M");
	expect_shown(&row, "exempt", "init");

	row = rows_row(&rows, 5);
	expect_shown(&row, "badness", "?");
	expect_shown(&row, "error", "?");
	expect_shown(&row, "score", "?");
}

static void a_name_is_the_service_then_the_command(void)
{
	static const struct {
		const char *unit, *container, *cmdline, *comm;
		uint32_t flags;
		const char *want;
	} cases[] = {
		{ NULL, NULL, "vim notes.txt", "vim", 0, "vim notes.txt" },
		{ NULL, NULL, NULL, "bash", 0, "bash" },
		{ "cron.service", NULL, NULL, "cron", 0, "cron.service cron" },
		{ "docker.service", "docker:0f3a91c2", "sleep 9", "sleep", 0,
			"docker:0f3a91c2 sleep 9" },
		{ "session-2.scope", NULL, "vi", "vi", 0, "vi" },
		{ "user@1000.service", NULL, "vi", "vi", 0, "vi" },
		{ "user-1000.slice", NULL, "vi", "vi", 0, "vi" },
		{ "user.slice", NULL, "vi", "vi", 0, "vi" },
		{ NULL, NULL, "/usr/bin/java -cp /a/b x", "java", 0, "java -cp /a/b x" },
		{ NULL, NULL, "/usr/bin/", "x", 0, "bin/" },
		{ NULL, NULL, "/", "x", 0, "/" },
		{ NULL, NULL, "/ a/b", "x", 0, "/ a/b" },
		{ NULL, NULL, "sshd: alice@pts/0", "sshd", 0, "sshd: alice@pts/0" },
		{ NULL, NULL, "./run/it now", "it", 0, "./run/it now" },
		{ NULL, NULL, NULL, "kswapd0", TASK_FLAG_KTHREAD, "[kswapd0]" },
		{ NULL, NULL, NULL, "", 0, "?" },
	};
	struct rows rows;
	struct task_row row;

	rows_init(&rows, specs, 1);
	row = rows_row(&rows, 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		rows.who[0] = (struct identity){
			.unit = cases[i].unit,
			.container = cases[i].container,
			.cmdline = cases[i].cmdline,
		};
		strcpy(rows.tasks[0].comm, cases[i].comm);
		rows.tasks[0].flags = cases[i].flags;
		expect_shown(&row, "name", cases[i].want);
	}
}

static void a_user_without_a_name_is_a_number(void)
{
	struct rows rows;
	struct task_row row;

	rows_init(&rows, specs, ARRAY_SIZE(specs));
	row = rows_row(&rows, 2);
	expect_shown(&row, "user", "0");
	rows.tasks[2].uid = UINT32_MAX;
	expect_shown(&row, "user", "4294967295");
	expect_shown(&row, "uid", "4294967295");
}

static void a_score_that_was_not_read_is_recomputed(void)
{
	struct rows rows;
	struct task_row row;

	rows_init(&rows, specs, ARRAY_SIZE(specs));
	rows.judged[1].badness.total = rows.judged[1].badness.total_pages;
	row = rows_row(&rows, 1);
	expect_shown(&row, "score", "1083"); /* (1000 + 10240 * 1000 / 16384) * 2 / 3 */
	rows.now.total_swap_pages = VALUE_UNKNOWN;
	expect_shown(&row, "score", "?");
	rows.judged[1].exempt = EXEMPT_ADJ_MIN;
	expect_shown(&row, "score", "0");
	rows.judged[1].exempt = EXEMPT_OUT_OF_SCOPE;
	expect_shown(&row, "score", "?");
}

static void growth_falls_back_to_longer_windows(void)
{
	struct rows rows;
	struct task_row row;

	rows_init(&rows, specs, ARRAY_SIZE(specs));
	row = rows_row(&rows, 0);
	rows.tasks[0].growth_bytes_per_s[GROWTH_10MIN] = -1048576;
	expect_shown(&row, "growth", "?");
	rows.tasks[0].has |= TASK_HAS_GROWTH;
	expect_shown(&row, "growth", "-1.0M");
	rows.tasks[0].growth_bytes_per_s[GROWTH_1MIN] = 0;
	expect_shown(&row, "growth", "0");
	rows.tasks[0].growth_bytes_per_s[GROWTH_10S] = 2097152;
	expect_shown(&row, "growth", "+2.0M");
}

static void the_resident_set_is_the_one_of_the_killer(void)
{
	struct rows rows;
	struct task_row row;

	rows_init(&rows, specs, ARRAY_SIZE(specs));
	row = rows_row(&rows, 0);
	rows.tasks[0].rss_stat_pages = ROWS_PAGES_OF_MIB(20);
	rows.tasks[0].rss_status_pages = ROWS_PAGES_OF_MIB(30);
	rows.now.kernel.rss_source = RSS_FROM_STAT;
	expect_shown(&row, "rss", "20M");
	rows.now.kernel.rss_source = RSS_FROM_STATUS;
	expect_shown(&row, "rss", "30M");
	rows.tasks[0].rss_status_pages = VALUE_UNKNOWN;
	expect_shown(&row, "rss", "20M");
	rows.tasks[0].rss_status_pages = ROWS_PAGES_OF_MIB(30);
	rows.tasks[0].rss_stat_pages = VALUE_UNKNOWN;
	rows.now.kernel.rss_source = RSS_FROM_STAT;
	expect_shown(&row, "rss", "30M");
}

static void numbers_too_wide_for_their_column_are_shortened(void)
{
	struct rows rows;
	struct task_row row;

	rows_init(&rows, specs, ARRAY_SIZE(specs));
	row = rows_row(&rows, 0);
	rows.tasks[0].has |= TASK_HAS_SCORE | TASK_HAS_CPU;
	rows.judged[0].rank = 9999;
	expect_shown(&row, "rank", "9999");
	rows.judged[0].rank = 12000;
	expect_shown(&row, "rank", "12k");
	rows.tasks[0].oom_score = 1234567;
	expect_shown(&row, "score", "1.2m");
	rows.tasks[0].cpu_permille = 9999;
	expect_shown(&row, "cpu", "999.9");
	rows.tasks[0].cpu_permille = 10000;
	expect_shown(&row, "cpu", "1000");
	rows.tasks[0].utime_ticks = 59999999; /* 9999 minutes and 59.99 s at 100 a second */
	expect_shown(&row, "time", "9999:59.99");
	rows.tasks[0].utime_ticks = 60000000;
	expect_shown(&row, "time", "6d");
}

static void hostile_numbers_do_not_overflow(void)
{
	struct rows rows;
	struct task_row row;
	unsigned count;
	const struct column *columns = columns_all(&count);

	rows_init(&rows, specs, ARRAY_SIZE(specs));
	row = rows_row(&rows, 0);
	rows.tasks[0].has = UINT32_MAX;
	rows.tasks[0].utime_ticks = UINT64_MAX;
	rows.tasks[0].stime_ticks = UINT64_MAX;
	rows.tasks[0].start_ticks = UINT64_MAX;
	rows.tasks[0].swap_pages = INT64_MAX;
	rows.tasks[0].rss_stat_pages = INT64_MAX;
	rows.tasks[0].pgtables_bytes = INT64_MAX;
	rows.tasks[0].growth_bytes_per_s[GROWTH_10S] = INT64_MIN + 1;
	rows.tasks[0].cpu_permille = INT32_MAX;
	rows.tasks[0].oom_score = INT64_MAX;
	rows.judged[0].mem_pages = INT64_MAX;
	rows.judged[0].points_tenths = INT64_MIN + 1;
	rows.judged[0].badness.total_pages = INT64_MIN + 1;
	rows.now.clk_tck = 1;
	for (unsigned i = 0; i < count; i++) {
		char buf[COLUMN_TEXT_MAX];
		struct text text;

		text_init(&text, buf, sizeof(buf));
		column_text(&columns[i], &row, &text);
		expect_true(columns[i].id, text.len > 0);
	}
	expect_shown(&row, "age", "0s");
	rows.now.clk_tck = 0;
	expect_shown(&row, "time", "?");
	expect_shown(&row, "age", "?");
	rows.now.clk_tck = 100;
	rows.now.uptime_ms = VALUE_UNKNOWN;
	expect_shown(&row, "age", "?");
}

static void foreign_text_is_cleaned(void)
{
	static const char bad[] = "a\n\033[2J\xFF\xE2\x80\xAE"
				  "b";
	struct rows rows;
	struct task_row row;

	rows_init(&rows, specs, ARRAY_SIZE(specs));
	row = rows_row(&rows, 0);
	memcpy(rows.tasks[0].comm, bad, sizeof(bad));
	rows.tasks[0].state = '\n';
	rows.who[0] = (struct identity){ bad, bad, bad, bad, bad, false };
	expect_shown(&row, "user", "a??[2J?b");
	expect_shown(&row, "cgroup", "a??[2J?b");
	expect_shown(&row, "unit", "a??[2J?b");
	expect_shown(&row, "container", "a??[2J?b");
	expect_shown(&row, "command", "a??[2J?b");
	expect_shown(&row, "comm", "a??[2J?b");
	expect_shown(&row, "state", "?");
}

extern CU_TestInfo columns_tests[];
CU_TestInfo columns_tests[] = {
	{ "every row of the table is complete", every_row_of_the_table_is_complete },
	{ "the help of SCORE says why an idle process has 666",
		the_help_of_score_says_why_an_idle_process_has_666 },
	{ "figures are shown with sign and unit", figures_are_shown_with_sign_and_unit },
	{ "what is unknown and what does not apply differ",
		what_is_unknown_and_what_does_not_apply_differ },
	{ "a name is the service, then the command", a_name_is_the_service_then_the_command },
	{ "a user without a name is a number", a_user_without_a_name_is_a_number },
	{ "a score that was not read is recomputed", a_score_that_was_not_read_is_recomputed },
	{ "growth falls back to longer windows", growth_falls_back_to_longer_windows },
	{ "the resident set is the one of the killer", the_resident_set_is_the_one_of_the_killer },
	{ "numbers too wide for their column are shortened",
		numbers_too_wide_for_their_column_are_shortened },
	{ "hostile numbers do not overflow", hostile_numbers_do_not_overflow },
	{ "foreign text is cleaned", foreign_text_is_cleaned },
	CU_TEST_INFO_NULL,
};
