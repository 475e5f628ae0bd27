/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "rows.h"
#include "ui/tasklist.h"
#include "unit.h"

/* Named by letters: a to h, in order of pid. */
static const struct row_spec specs[] = {
	{ .pid = 1, .comm = "systemd", .user = "root", .mem_mib = 10, .exempt = EXEMPT_INIT },
	{ .pid = 2, .comm = "kthreadd", .user = "root", .exempt = EXEMPT_KTHREAD },
	{ .pid = 30,
		.comm = "sshd",
		.user = "root",
		.mem_mib = 20,
		.adj = -1000,
		.exempt = EXEMPT_ADJ_MIN },
	{ .pid = 40, .comm = "bash", .user = "alice", .uid = 1000, .mem_mib = 50 },
	{ .pid = 50, .comm = "java", .user = "tomcat", .uid = 998, .mem_mib = 10240 },
	{ .pid = 60, .comm = "Chrome", .user = "alice", .uid = 1000, .mem_mib = 1280, .adj = 300 },
	{ .pid = 70, .comm = "half", .user = "bob", .uid = 1001, .mem_mib = VALUE_UNKNOWN },
	{ .pid = 80,
		.comm = "vfork",
		.user = "bob",
		.uid = 1001,
		.mem_mib = 30,
		.exempt = EXEMPT_VFORK },
};

struct fixture {
	struct rows rows;
	struct list_choice choice;
	struct arena arena;
	struct tasklist list;
	char letters[ROWS_MAX + 1];
};

static void fixture_init(struct fixture *fixture)
{
	memset(fixture, 0, sizeof(*fixture));
	rows_init(&fixture->rows, specs, ARRAY_SIZE(specs));
	fixture->rows.tasks[1].flags = TASK_FLAG_KTHREAD;
}

/** The rows of the list, as letters. */
static const char *listed(struct fixture *fixture)
{
	struct tasklist *list = &fixture->list;
	int rc;

	arena_reset(&fixture->arena);
	rc = tasklist_make(&fixture->rows.now, &fixture->rows.summary, &fixture->choice,
		&fixture->arena, list);
	expect_int("made", rc, 0);
	for (uint32_t i = 0; i < list->n_rows; i++)
		fixture->letters[i] = (char)('a' + list->rows[i]);
	fixture->letters[list->n_rows] = '\0';
	return fixture->letters;
}

static void kill_order_lists_candidates_and_folds_the_exempt(void)
{
	struct fixture fixture;

	fixture_init(&fixture);
	expect_text("by rank", listed(&fixture), "efdg");
	expect_int("folded", fixture.list.n_hidden_exempt, 4);
	fixture.choice.reverse = true;
	expect_text("reversed", listed(&fixture), "gdfe");
	arena_free(&fixture.arena);
}

static void the_order_is_the_one_of_the_analysis(void)
{
	static uint32_t order[] = { 6, 3, 4, 5 };
	struct fixture fixture;

	fixture_init(&fixture);
	fixture.rows.summary.oom.order = order;
	expect_text("not sorted again", listed(&fixture), "gdef");
	arena_free(&fixture.arena);
}

static void exempt_ones_come_last_when_they_are_shown(void)
{
	struct fixture fixture;

	fixture_init(&fixture);
	fixture.choice.exempt = true;
	expect_text("exempt, by memory", listed(&fixture), "efdghca");
	expect_int("kernel threads stay folded", fixture.list.n_hidden_exempt, 1);
	fixture.choice.kernel_threads = true;
	expect_text("all", listed(&fixture), "efdghcab");
	expect_int("none folded", fixture.list.n_hidden_exempt, 0);
	fixture.choice.exempt = false;
	expect_text("kernel threads", listed(&fixture), "efdgb");
	expect_int("others folded", fixture.list.n_hidden_exempt, 3);
	arena_free(&fixture.arena);
}

static void columns_sort_in_their_useful_direction(void)
{
	static const struct {
		const char *id;
		const char *want, *reversed;
	} cases[] = {
		{ "mem", "efdhcabg", "bachdfeg" }, /* largest first; unknown last in both */
		{ "pid", "abcdefgh", "hgfedcba" },
		{ "rank", "efdghcab", "gdfehcab" }, /* exempt have none */
		{ "adj", "fedghabc", "cedghabf" },  /* equal ones in kill order */
		{ "name", "bdfgecah", "hacegfdb" }, { "user", "fdghcabe", "ecabghfd" },
		{ "cgroup", "efdghcab", "efdghcab" }, /* unknown of all */
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture fixture;

		fixture_init(&fixture);
		fixture.choice.exempt = true;
		fixture.choice.kernel_threads = true;
		fixture.choice.sort = column_find(cases[i].id);
		expect_text(cases[i].id, listed(&fixture), cases[i].want);
		fixture.choice.reverse = true;
		expect_text(cases[i].id, listed(&fixture), cases[i].reversed);
		arena_free(&fixture.arena);
	}
}

static void pids_show_what_they_name_even_if_exempt(void)
{
	struct fixture fixture;

	fixture_init(&fixture);
	fixture.choice.pids[fixture.choice.n_pids++] = 2;
	fixture.choice.pids[fixture.choice.n_pids++] = 60;
	fixture.choice.pids[fixture.choice.n_pids++] = 999;
	expect_text("named", listed(&fixture), "fb");
	expect_int("nothing folded", fixture.list.n_hidden_exempt, 0);
	fixture.choice.n_pids = 0;
	fixture.choice.pids[fixture.choice.n_pids++] = 999;
	expect_text("nobody", listed(&fixture), "");
	arena_free(&fixture.arena);
}

static void users_and_filters_both_must_let_a_row_pass(void)
{
	struct fixture fixture;
	char error[160];

	fixture_init(&fixture);
	fixture.choice.uids[fixture.choice.n_uids++] = 1000;
	expect_text("one user", listed(&fixture), "fd");
	expect_int("their exempt ones", fixture.list.n_hidden_exempt, 0);
	fixture.choice.uids[fixture.choice.n_uids++] = 1001;
	expect_text("two users", listed(&fixture), "fdg");
	expect_int("their exempt ones", fixture.list.n_hidden_exempt, 1);
	expect_int("filter",
		filter_parse("mem > 40M", &fixture.choice.filter, error, sizeof(error)), 0);
	expect_text("and a filter", listed(&fixture), "fd");
	expect_int("their exempt ones", fixture.list.n_hidden_exempt, 0);
	fixture.choice.n_uids = 0;
	expect_text("a filter alone", listed(&fixture), "efd");
	fixture.choice.sort = column_find("pid");
	expect_text("the same, sorted", listed(&fixture), "def");
	fixture.choice.pids[fixture.choice.n_pids++] = 1;
	expect_text("a filter is stronger than a PID", listed(&fixture), "");
	arena_free(&fixture.arena);
}

static void an_unknown_user_is_not_root(void)
{
	struct fixture fixture;

	fixture_init(&fixture);
	fixture.rows.tasks[3].uid = 0;
	fixture.rows.tasks[3].has &= ~(uint32_t)TASK_HAS_UID;
	fixture.choice.uids[fixture.choice.n_uids++] = 0;
	expect_text("no rows", listed(&fixture), "");
	expect_int("root's exempt ones", fixture.list.n_hidden_exempt, 3);
	arena_free(&fixture.arena);
}

static void an_empty_machine_has_an_empty_list(void)
{
	struct fixture fixture;

	fixture_init(&fixture);
	fixture.rows.now.n_tasks = 0;
	fixture.rows.summary.oom.n_order = 0;
	fixture.list.n_rows = 42;
	expect_text("kill order", listed(&fixture), "");
	fixture.choice.sort = column_find("name");
	expect_text("sorted", listed(&fixture), "");
	arena_free(&fixture.arena);
}

static void a_process_is_found_by_pid_and_start(void)
{
	struct fixture fixture;

	fixture_init(&fixture);
	listed(&fixture);
	expect_int("first", tasklist_find(&fixture.list, &fixture.rows.now, 50, 100), 0);
	expect_int("last", tasklist_find(&fixture.list, &fixture.rows.now, 70, 100), 3);
	expect_int("another one with that PID",
		tasklist_find(&fixture.list, &fixture.rows.now, 50, 101), -1);
	expect_int("folded", tasklist_find(&fixture.list, &fixture.rows.now, 1, 100), -1);
	expect_int("gone", tasklist_find(&fixture.list, &fixture.rows.now, 12345, 100), -1);
	arena_free(&fixture.arena);
}

extern CU_TestInfo tasklist_tests[];
CU_TestInfo tasklist_tests[] = {
	{ "kill order lists candidates and folds the exempt",
		kill_order_lists_candidates_and_folds_the_exempt },
	{ "the order is the one of the analysis", the_order_is_the_one_of_the_analysis },
	{ "exempt ones come last when they are shown", exempt_ones_come_last_when_they_are_shown },
	{ "columns sort in their useful direction", columns_sort_in_their_useful_direction },
	{ "PIDs show what they name even if exempt", pids_show_what_they_name_even_if_exempt },
	{ "users and filters both must let a row pass",
		users_and_filters_both_must_let_a_row_pass },
	{ "an unknown user is not root", an_unknown_user_is_not_root },
	{ "an empty machine has an empty list", an_empty_machine_has_an_empty_list },
	{ "a process is found by PID and start", a_process_is_found_by_pid_and_start },
	CU_TEST_INFO_NULL,
};
