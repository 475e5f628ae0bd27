/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The columns as a list: found by name, fitted into a width, compared, typed. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "rows.h"
#include "ui/columns.h"
#include "unit.h"

static void ids_and_titles_are_unique_and_find_their_column(void)
{
	unsigned count;
	const struct column *columns = columns_all(&count);

	for (unsigned i = 0; i < count; i++) {
		char upper[32] = "";

		for (size_t k = 0; columns[i].id[k] && k + 1 < sizeof(upper); k++)
			upper[k] = (char)toupper((unsigned char)columns[i].id[k]);
		expect_true(columns[i].id, column_find(columns[i].id) == &columns[i]);
		expect_true(columns[i].title, column_find(columns[i].title) == &columns[i]);
		expect_true(upper, column_find(upper) == &columns[i]);
	}
	expect_true("no such", column_find("foo") == NULL);
	expect_true("empty", column_find("") == NULL);
	expect_true("prefix", column_find("badnes") == NULL);
	expect_true("longer", column_find("badnessx") == NULL);
}

static void ids_that_were_promised_are_there(void)
{
	static const char *const ids[] = { "rank", "pid", "user", "score", "adj", "badness", "mem",
		"rss", "swap", "pgtab", "growth", "cpu", "time", "state", "name", "points", "anon",
		"file", "shmem", "uid", "ppid", "threads", "unit", "container", "cgroup", "error",
		"exempt", "age", "comm", "command" };

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		expect_true(ids[i], column_find(ids[i]) != NULL);
}

static int row_cells(const struct column **shown, unsigned count, int cols, int name_cols)
{
	int sum = COLUMNS_MARK_CELLS;

	for (unsigned i = 0; i + 1 < count; i++)
		sum += column_width(shown[i], cols) + 1;
	return sum + name_cols;
}

static void the_usual_widths_show_what_the_design_says(void)
{
	static const struct {
		int cols;
		const char *ids;
		int name_cols;
	} cases[] = {
		{ 40, "rank pid adj badness mem name ", 6 },
		{ 47, "rank pid adj badness mem name ", 13 },
		{ 48, "rank pid adj badness mem name ", 12 },
		{ 56, "rank pid adj badness mem name ", 20 },
		{ 57, "rank pid user adj badness mem name ", 12 },
		{ 63, "rank pid user score adj badness mem name ", 12 },
		{ 70, "rank pid user score adj badness mem growth name ", 12 },
		{ 76, "rank pid user score adj badness mem growth name ", 18 },
		{ 77, "rank pid user score adj badness mem swap growth name ", 12 },
		{ 80, "rank pid user score adj badness mem swap growth name ", 15 },
		{ 119, "rank pid user score adj badness mem swap growth name ", 54 },
		{ 120, "rank pid user state score adj badness mem rss swap pgtab growth name ",
			39 },
		{ 159, "rank pid user state score adj badness mem rss swap pgtab growth name ",
			78 },
		{ 160,
			"rank pid user state score adj badness mem rss swap pgtab growth cpu time "
			"name ",
			63 },
		{ 512,
			"rank pid user state score adj badness mem rss swap pgtab growth cpu time "
			"name ",
			415 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct column *shown[COLUMNS_SHOWN_MAX];
		char ids[256] = "";
		int name_cols = -1;
		const unsigned count = columns_fit(cases[i].cols, shown, &name_cols);

		for (unsigned k = 0; k < count; k++) {
			strcat(ids, shown[k]->id);
			strcat(ids, " ");
		}
		expect_text("columns", ids, cases[i].ids);
		expect_int("cells of NAME", name_cols, cases[i].name_cols);
		expect_int("all cells", row_cells(shown, count, cases[i].cols, name_cols),
			cases[i].cols);
	}
}

static void a_row_fills_any_width_and_no_column_comes_and_goes(void)
{
	unsigned before = 0;

	for (int cols = -1; cols <= 512; cols++) {
		const struct column *shown[COLUMNS_SHOWN_MAX];
		int name_cols = -1;
		const unsigned count = columns_fit(cols, shown, &name_cols);

		expect_text("NAME stays", shown[count - 1]->id, "name");
		expect_true("no negative width", name_cols >= 0);
		if (cols >= COLUMNS_MARK_CELLS)
			expect_int("cells", row_cells(shown, count, cols, name_cols), cols);
		if (cols >= 40)
			expect_true("six stay", count >= 6);
		expect_true("wider shows no less", count >= before);
		before = count;
	}
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

static void comparing_puts_unknown_last_and_ties_in_kill_order(void)
{
	static const struct {
		const char *id;
		uint32_t a, b;
		int want;
	} cases[] = {
		{ "pid", 0, 1, -1 },
		{ "pid", 1, 0, 1 },
		{ "mem", 0, 1, -1 },
		{ "mem", 4, 0, 1 }, /* unknown */
		{ "mem", 1, 4, -1 },
		{ "mem", 4, 5, 1 },  /* both unknown: the candidate first */
		{ "ppid", 0, 1, 1 }, /* equal: rank 1 first */
		{ "ppid", 1, 0, -1 },
		{ "ppid", 0, 3, -1 }, /* equal: exempt last */
		{ "user", 0, 1, -1 }, /* alice, tomcat */
		{ "unit", 0, 1, 1 },  /* none comes after any */
		{ "unit", 0, 2, -1 }, /* unknown after none */
		{ "name", 0, 1, -1 },
		{ "pid", 0, 0, 0 },
	};
	struct rows rows;

	rows_init(&rows, specs, ARRAY_SIZE(specs));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct task_row a = rows_row(&rows, cases[i].a);
		const struct task_row b = rows_row(&rows, cases[i].b);
		const int got = column_compare(column_find(cases[i].id), &a, &b);

		expect_int(cases[i].id, (got > 0) - (got < 0), cases[i].want);
	}
}

static void keys_keep_unknown_last_in_both_directions(void)
{
	const struct column *mem = column_find("mem"), *user = column_find("user");
	const struct column_key small = { 1, NULL }, large = { 2, NULL };
	const struct column_key unknown = { VALUE_UNKNOWN, NULL };
	const struct column_key upper = { 0, "B" }, lower = { 0, "a" }, same = { 0, "A" };
	const struct column_key none = { 0, "" }, high = { 0, "\xC3\xA9" };

	for (int descending = 0; descending <= 1; descending++) {
		const int sign = descending ? -1 : 1;

		expect_true(
			"numbers", sign * column_key_order(mem, descending, &small, &large) < 0);
		expect_true("unknown", column_key_order(mem, descending, &unknown, &large) > 0);
		expect_true("unknown", column_key_order(mem, descending, &small, &unknown) < 0);
		expect_int("both", column_key_order(mem, descending, &unknown, &unknown), 0);
		expect_true("case", sign * column_key_order(user, descending, &lower, &upper) < 0);
		expect_int("case", column_key_order(user, descending, &lower, &same), 0);
		expect_true("none", column_key_order(user, descending, &none, &upper) > 0);
		expect_true("none", column_key_order(user, descending, &none, &unknown) < 0);
		expect_true("bytes", sign * column_key_order(user, descending, &upper, &high) < 0);
	}
}

static void typed_values_become_what_the_column_counts(void)
{
	static const struct {
		const char *id, *string;
		int rc;
		int64_t want;
	} cases[] = {
		{ "mem", "2G", 0, INT64_C(2) << 30 },
		{ "mem", "4096", 0, 4096 },
		{ "mem", "+1M", 0, 1 << 20 },
		{ "growth", "-1.5M", 0, -(3 << 19) },
		{ "mem", "", -EINVAL, 0 },
		{ "mem", "+", -EINVAL, 0 },
		{ "mem", "+-1", -EINVAL, 0 },
		{ "mem", "lots", -EINVAL, 0 },
		{ "mem", "9999999999999P", -ERANGE, 0 },
		{ "adj", "300", 0, 300 },
		{ "adj", "+300", 0, 300 },
		{ "adj", "-500", 0, -500 },
		{ "adj", "1.5", -EINVAL, 0 },
		{ "adj", "5%", -EINVAL, 0 },
		{ "adj", "5s", -EINVAL, 0 },
		{ "adj", "-", -EINVAL, 0 },
		{ "adj", "--5", -EINVAL, 0 },
		{ "pid", "1k", -EINVAL, 0 },
		{ "pid", "9223372036854775807", 0, INT64_MAX },
		{ "pid", "-9223372036854775807", 0, -INT64_MAX },
		{ "pid", "9223372036854775808", -ERANGE, 0 },
		{ "pid", "99999999999999999999", -ERANGE, 0 },
		{ "cpu", "12.5", 0, 125 },
		{ "cpu", "12", 0, 120 },
		{ "cpu", "12.5%", 0, 125 },
		{ "cpu", "-0.5", 0, -5 },
		{ "cpu", "12.55", -EINVAL, 0 },
		{ "cpu", "12.", -EINVAL, 0 },
		{ "cpu", ".5", -EINVAL, 0 },
		{ "cpu", "1.5.5", -EINVAL, 0 },
		{ "cpu", "922337203685477580", 0, INT64_C(9223372036854775800) },
		{ "cpu", "922337203685477581", -ERANGE, 0 },
		{ "points", "340.5", 0, 3405 },
		{ "time", "1.25", 0, 125 },
		{ "time", "2s", 0, 200 },
		{ "time", "2m", 0, 12000 },
		{ "time", "2min", 0, 12000 },
		{ "age", "3h", 0, 10800 },
		{ "age", "2d", 0, 172800 },
		{ "age", "2w", -EINVAL, 0 },
		{ "age", "9223372036854775807d", -ERANGE, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t got = 42;

		expect_int(cases[i].string,
			column_parse(column_find(cases[i].id), cases[i].string, &got), cases[i].rc);
		expect_int(cases[i].string, got, cases[i].rc < 0 ? 42 : cases[i].want);
	}
}

extern CU_TestInfo column_list_tests[];
CU_TestInfo column_list_tests[] = {
	{ "ids and titles are unique and find their column",
		ids_and_titles_are_unique_and_find_their_column },
	{ "ids that were promised are there", ids_that_were_promised_are_there },
	{ "the usual widths show what the design says",
		the_usual_widths_show_what_the_design_says },
	{ "a row fills any width and no column comes and goes",
		a_row_fills_any_width_and_no_column_comes_and_goes },
	{ "comparing puts unknown last and ties in kill order",
		comparing_puts_unknown_last_and_ties_in_kill_order },
	{ "keys keep unknown last in both directions", keys_keep_unknown_last_in_both_directions },
	{ "typed values become what the column counts",
		typed_values_become_what_the_column_counts },
	CU_TEST_INFO_NULL,
};
