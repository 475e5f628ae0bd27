/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "rows.h"
#include "ui/taskgroups.h"
#include "unit.h"

/* In order of badness: web 2 of 3, the database, a session, web again, two at the end. */
static const struct row_spec specs[] = {
	{ .pid = 10, .comm = "node", .user = "deploy", .uid = 1001, .mem_mib = 900 },
	{ .pid = 11, .comm = "node", .user = "deploy", .uid = 1001, .mem_mib = 800 },
	{ .pid = 12, .comm = "postgres", .user = "postgres", .uid = 105, .mem_mib = 2000 },
	{ .pid = 13, .comm = "bash", .user = "alice", .uid = 1000, .mem_mib = 700 },
	{ .pid = 14, .comm = "node", .user = "deploy", .uid = 1001, .mem_mib = 600 },
	{ .pid = 15, .comm = "sshd", .user = "root", .mem_mib = 5 },
	{ .pid = 2, .comm = "kthreadd", .user = "root", .exempt = EXEMPT_KTHREAD },
	{ .pid = 801, .comm = "sshd", .mem_mib = 9, .adj = -1000, .exempt = EXEMPT_ADJ_MIN },
};

#define WEB "/system.slice/web.service"
#define SESSION "/user.slice/user-1000.slice/session-4.scope"

static const struct {
	const char *unit, *cgroup;
} places[] = {
	{ "web.service", WEB },
	{ "web.service", WEB "/workers" },
	{ "postgresql.service", "/system.slice/postgresql.service" },
	{ "session-4.scope", SESSION },
	{ "web.service", WEB },
	{ "session-4.scope", SESSION },
	{ NULL, "/" },
	{ "ssh.service", "/system.slice/ssh.service" },
};

struct fixture {
	struct rows rows;
	struct arena arena;
	struct taskgroups_order order;
	uint32_t tasks[ROWS_MAX];
	struct taskgroups made;
	char words[512];
};

static void fixture_init(struct fixture *fixture)
{
	memset(fixture, 0, sizeof(*fixture));
	rows_init(&fixture->rows, specs, ARRAY_SIZE(specs));
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		fixture->rows.who[i].unit = places[i].unit;
		fixture->rows.who[i].cgroup = places[i].cgroup;
		fixture->tasks[i] = (uint32_t)i;
	}
	fixture->rows.tasks[6].flags = TASK_FLAG_KTHREAD;
	fixture->rows.tasks[6].swap_pages = VALUE_UNKNOWN;
}

static void make(struct fixture *fixture)
{
	const struct taskgroups_of of = { &fixture->rows.now, &fixture->rows.summary,
		fixture->tasks, fixture->rows.now.n_tasks };

	arena_reset(&fixture->arena);
	expect_int(
		"made", taskgroups_make(&of, &fixture->order, &fixture->arena, &fixture->made), 0);
}

static struct group_cells cells_of(const struct fixture *fixture, uint32_t group)
{
	return (struct group_cells){ &fixture->rows.now, &fixture->rows.summary, &fixture->made,
		&fixture->made.groups[group] };
}

/** What a column shows of each group: "a|b|c". */
static const char *shown(struct fixture *fixture, const char *id)
{
	struct text text;

	text_init(&text, fixture->words, sizeof(fixture->words));
	for (uint32_t i = 0; i < fixture->made.count; i++) {
		const struct group_cells cells = cells_of(fixture, i);
		char buf[COLUMN_TEXT_MAX];
		struct text cell;

		text_init(&cell, buf, sizeof(buf));
		taskgroup_text(&cells, column_find(id), 80, &cell);
		text_fmt(&text, "%s%s", i > 0 ? "|" : "", buf);
	}
	return fixture->words;
}

static void groups_stand_by_the_rank_of_who_dies_first(void)
{
	struct fixture fixture;

	fixture_init(&fixture);
	make(&fixture);
	expect_text("names", shown(&fixture, "name"),
		"+ postgresql.service|+ web.service|+ session-4 alice|+ ssh.service|+ (none)");
	expect_text("ranks", shown(&fixture, "rank"), "1|2|4|-|-");
	expect_text("processes", shown(&fixture, "pid"), "x1|x3|x2|x1|x1");
	fixture.order.reverse = true;
	make(&fixture);
	expect_text("reversed", shown(&fixture, "rank"), "-|-|4|2|1");
	arena_free(&fixture.arena);
}

static void scores_are_those_of_who_dies_first_in_whatever_order(void)
{
	struct fixture fixture;

	fixture_init(&fixture);
	fixture.rows.tasks[1].oom_score_adj = 50;
	for (uint32_t i = 0; i < 8; i++)
		fixture.tasks[i] = 7 - i;
	make(&fixture);
	expect_text("adj", shown(&fixture, "adj"), "0|0|0|-1000|0");
	expect_text("badness", shown(&fixture, "badness"), "2.0G|900M|700M|-|-");
	expect_int("members as they are listed", fixture.made.groups[1].members[0], 4);
	expect_int("first", fixture.made.groups[1].first, 0);
	arena_free(&fixture.arena);
}

static void sums_are_whole_or_unknown(void)
{
	struct fixture fixture;

	fixture_init(&fixture);
	for (uint32_t i = 0; i < 8; i++)
		fixture.rows.tasks[i].has |= TASK_HAS_GROWTH | TASK_HAS_CPU;
	fixture.rows.tasks[0].swap_pages = ROWS_PAGES_OF_MIB(10);
	fixture.rows.tasks[1].swap_pages = ROWS_PAGES_OF_MIB(20);
	fixture.rows.tasks[4].swap_pages = ROWS_PAGES_OF_MIB(30);
	fixture.rows.tasks[5].swap_pages = VALUE_UNKNOWN;
	fixture.rows.tasks[0].growth_bytes_per_s[GROWTH_10S] = -(2 << 20);
	fixture.rows.tasks[1].growth_bytes_per_s[GROWTH_10S] = 5 << 20;
	fixture.rows.tasks[4].growth_bytes_per_s[GROWTH_10S] = 0;
	fixture.rows.tasks[0].cpu_permille = 15;
	fixture.rows.tasks[4].cpu_permille = 10;
	fixture.rows.tasks[7].pgtables_bytes = INT64_MAX;
	make(&fixture);
	expect_text("MEM", shown(&fixture, "mem"), "2.0G|2.2G|705M|9.0M|0");
	expect_text("RSS", shown(&fixture, "rss"), "2.0G|2.2G|705M|9.0M|0");
	/* Of the session one is not known; the kernel thread's is, though no file has it. */
	expect_text("SWAP", shown(&fixture, "swap"), "0|60M|?|0|0");
	expect_text("growth", shown(&fixture, "growth"), "?|+3.0M|?|?|0");
	expect_text("CPU", shown(&fixture, "cpu"), "0.0|2.5|0.0|0.0|0.0");
	fixture.rows.tasks[4].has &= ~(uint32_t)TASK_HAS_CPU;
	fixture.rows.judged[1].mem_pages = VALUE_UNKNOWN;
	make(&fixture);
	expect_text("one CPU unknown", shown(&fixture, "cpu"), "0.0|?|0.0|0.0|0.0");
	expect_text("one MEM unknown", shown(&fixture, "mem"), "2.0G|?|705M|9.0M|0");
	arena_free(&fixture.arena);
}

static void sums_do_not_overflow(void)
{
	struct fixture fixture;
	struct group_cells cells;

	fixture_init(&fixture);
	fixture.rows.tasks[0].pgtables_bytes = INT64_MAX;
	fixture.rows.tasks[1].pgtables_bytes = INT64_MAX;
	make(&fixture);
	cells = cells_of(&fixture, 1);
	expect_int(
		"as much as there is", taskgroup_figure(&cells, column_find("pgtab")), INT64_MAX);
	arena_free(&fixture.arena);
}

static void texts_are_shown_where_all_have_the_same(void)
{
	struct fixture fixture;

	fixture_init(&fixture);
	fixture.rows.tasks[4].state = 'D';
	make(&fixture);
	expect_text("users", shown(&fixture, "user"), "postgres|deploy|-|0|root");
	expect_text("states", shown(&fixture, "state"), "S|-|S|S|S");
	fixture.rows.tasks[1].has &= ~(uint32_t)TASK_HAS_UID;
	fixture.rows.who[1].user = NULL;
	make(&fixture);
	expect_text("one is not known", shown(&fixture, "user"), "postgres|?|-|0|root");
	expect_text("never made, so not known", shown(&fixture, "unit"), "?|?|?|?|?");
	arena_free(&fixture.arena);
}

static void sorting_goes_by_what_the_group_shows(void)
{
	static const struct {
		const char *id;
		bool descending;
		const char *ranks;
	} cases[] = {
		{ "mem", true, "2|1|4|-|-" },  /* 2300, 2000, 705, 9, 0 */
		{ "mem", false, "-|-|4|1|2" }, /* 0, 9, 705, 2000, 2300 */
		{ "pid", false, "1|-|-|4|2" }, /* x1 x1 x1 x2 x3, equal ones in kill order */
		{ "pid", true, "2|4|1|-|-" },  /* */
		{ "badness", true, "1|2|4|-|-" } /* exempt ones have none */,
		{ "name", false, "-|1|4|-|2" }, /* (none) postgresql session ssh web */
		{ "user", false, "-|2|1|-|4" }, /* 0 deploy postgres root, then who differ */
		{ "uid", false, "-|-|1|2|4" },  /* 0 0 105 1001, then who differ */
		{ "unit", false, "1|4|-|2|-" }, /* (none) has no unit: behind the names */
		{ "cgroup", false, "-|1|-|4|2" } /* web is in two */,
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture fixture;

		fixture_init(&fixture);
		fixture.order.sort = column_find(cases[i].id);
		fixture.order.descending = cases[i].descending;
		make(&fixture);
		expect_text(cases[i].id, shown(&fixture, "rank"), cases[i].ranks);
		arena_free(&fixture.arena);
	}
}

static void names_are_for_people_and_never_bare_ids(void)
{
	static const struct {
		const char *container, *unit, *cgroup;
		const char *name;
	} cases[] = {
		{ "docker:0f3a91c2", "docker-0f3a.scope", "/system.slice/docker-0f3a.scope",
			"docker:0f3a91c2" },
		{ "pod 1a2b3c4d", "kubepods-pod1a2b.slice", "/kubepods.slice", "pod 1a2b3c4d" },
		{ NULL, "cron.service", "/system.slice/cron.service", "cron.service" },
		{ NULL, "session-12.scope", "/user.slice/user-1000.slice/session-12.scope",
			"session-12 alice" },
		{ NULL, "user@1000.service", "/user.slice/user-1000.slice/user@1000.service/x",
			"user@1000 alice" },
		{ NULL, "session-12.scope", "/user.slice/user-7.slice/session-12.scope",
			"session-12.scope" }, /* nobody there is user 7 */
		{ NULL, "session-12.scope", "/user.slice/user-.slice/session-12.scope",
			"session-12.scope" },
		{ NULL, "session-3.scope",
			"/user.slice/user-99999999999999999999.slice/session-3.scope",
			"session-3.scope" },
		{ NULL, "user.slice", "/user.slice", "user.slice" },
		{ NULL, NULL, "/batch/nightly", "nightly" },
		{ NULL, NULL, "/batch/0123456789abcdef0123456789abcdef", "batch/01234567" },
		{ NULL, NULL, "/0123456789abcdef0123456789abcdef", "cgroup 01234567" },
		{ NULL, NULL, "/", "(none)" },
		{ NULL, NULL, "", "(none)" },
		{ NULL, NULL, NULL, "?" },
		{ NULL, "a\x1b[2Jb\n.service", "/x", "a?[2Jb?.service" },
		{ NULL, "\xe2\x80\xae\xe2\x80\x8b", "/x", "?" }, /* nothing to be seen */
		{ NULL, NULL, "/\xff/\x07", "?" },
		{ "lxc:\xe6\xbc\xa2", NULL, "/lxc/x", "lxc:\xe6\xbc\xa2" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture fixture;
		char name[64];

		fixture_init(&fixture);
		fixture.tasks[0] = 3; /* alice's */
		fixture.rows.now.n_tasks = 1;
		fixture.rows.who[3].container = cases[i].container;
		fixture.rows.who[3].unit = cases[i].unit;
		fixture.rows.who[3].cgroup = cases[i].cgroup;
		make(&fixture);
		snprintf(name, sizeof(name), "+ %s", cases[i].name);
		expect_text("name", shown(&fixture, "name"), name);
		arena_free(&fixture.arena);
	}
}

static void ids_keep_their_end_where_it_is_narrow(void)
{
	static const struct {
		int cols;
		const char *shown;
	} cases[] = {
		{ 21, "+ containerd:5e1f77ab" },
		{ 20, "+ ..tainerd:5e1f77ab" },
		{ 15, "+ ..rd:5e1f77ab" },
		{ 12, "+ ..5e1f77ab" },
		{ 11, "+ :5e1f77ab" },
		{ 6, "+ 77ab" },
		{ 2, "+ " },
		{ 0, "+ " },
	};
	struct fixture fixture;

	fixture_init(&fixture);
	fixture.rows.who[0].container = "containerd:5e1f77ab";
	fixture.rows.now.n_tasks = 1;
	make(&fixture);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct group_cells cells = cells_of(&fixture, 0);
		char buf[COLUMN_TEXT_MAX];
		struct text text;

		text_init(&text, buf, sizeof(buf));
		taskgroup_text(&cells, column_find("name"), cases[i].cols, &text);
		expect_text("NAME", buf, cases[i].shown);
	}
	arena_free(&fixture.arena);
}

static void the_same_name_of_two_users_is_two_groups(void)
{
	struct fixture fixture;

	fixture_init(&fixture);
	for (uint32_t i = 0; i < 4; i++)
		fixture.rows.who[i].unit = i % 2 ? "dbus.service" : "gpg.service";
	fixture.rows.who[0].cgroup = "/user.slice/user-1.slice/user@1.service/app.slice/x";
	fixture.rows.who[1].cgroup = "/user.slice/user-1.slice/user@1.service/app.slice/y";
	fixture.rows.who[2].cgroup = "/user.slice/user-11.slice/user@11.service/app.slice/x";
	fixture.rows.who[3].cgroup = "/user.slice/user-1.slice/user@1.service/session.slice/y";
	fixture.rows.now.n_tasks = 4;
	make(&fixture);
	expect_text("three", shown(&fixture, "name"), "+ gpg.service|+ gpg.service|+ dbus.service");
	expect_text("processes", shown(&fixture, "pid"), "x1|x1|x2");
	expect_true("told apart", fixture.made.groups[0].id != fixture.made.groups[1].id);
	arena_free(&fixture.arena);
}

static void kernel_threads_are_in_no_group_whatever_their_cgroup(void)
{
	struct fixture fixture;

	fixture_init(&fixture);
	fixture.rows.who[6].unit = "web.service";
	fixture.rows.who[6].cgroup = WEB;
	make(&fixture);
	expect_text("processes", shown(&fixture, "pid"), "x1|x3|x2|x1|x1");
	fixture.rows.who[7].unit = NULL;
	fixture.rows.who[7].cgroup = "/";
	make(&fixture);
	expect_text("with the root cgroup", shown(&fixture, "pid"), "x1|x3|x2|x2");
	arena_free(&fixture.arena);
}

static void ids_stay_from_sample_to_sample(void)
{
	struct fixture fixture;
	uint64_t web, session;
	char unit[] = "web.service";

	fixture_init(&fixture);
	make(&fixture);
	web = fixture.made.groups[1].id;
	session = fixture.made.groups[2].id;
	expect_true("not 0", web != 0 && session != 0 && web != session);
	/* The same text at another place, and only one is left. */
	fixture.rows.who[4].unit = unit;
	fixture.tasks[0] = 4;
	fixture.tasks[1] = 3;
	fixture.rows.now.n_tasks = 2;
	make(&fixture);
	expect_true("session", fixture.made.groups[0].id == session);
	expect_true("web", fixture.made.groups[1].id == web);
	arena_free(&fixture.arena);
}

static void nobody_makes_no_group(void)
{
	struct fixture fixture;

	fixture_init(&fixture);
	fixture.rows.now.n_tasks = 0;
	fixture.made.count = 42;
	make(&fixture);
	expect_int("none", fixture.made.count, 0);
	expect_true("of nobody", !taskgroups_of_task(&fixture.made, 0));
	arena_free(&fixture.arena);
}

#define MANY 3000
#define MANY_GROUPS 700

/* More groups than there are slots to begin with, members of each far apart. */
static void many_groups_are_all_kept_apart(void)
{
	static struct task tasks[MANY];
	static struct identity who[MANY];
	static struct judged judged[MANY];
	static char units[MANY][16];
	static uint32_t order[MANY];
	struct snapshot now = { .page_bytes = 4096, .tasks = tasks, .n_tasks = MANY };
	struct summary summary = { .oom = { .judged = judged } };
	const struct taskgroups_of of = { &now, &summary, order, MANY };
	const struct taskgroups_order by = { .sort = column_find("pid") };
	struct arena arena = { 0 };
	struct taskgroups made;

	for (uint32_t i = 0; i < MANY; i++) {
		snprintf(units[i], sizeof(units[i]), "u%u.service", (unsigned)(i % MANY_GROUPS));
		who[i] = (struct identity){ .unit = units[i], .cgroup = "/x" };
		tasks[i] = (struct task){ .pid = (int32_t)i + 1, .who = &who[i] };
		judged[i] = (struct judged){ .rank = i + 1, .mem_pages = 1 };
		order[i] = i;
	}
	expect_int("made", taskgroups_make(&of, &by, &arena, &made), 0);
	expect_int("groups", made.count, MANY_GROUPS);
	for (uint32_t i = 0; i < made.count; i++) {
		const struct taskgroup *group = &made.groups[i];

		/* 3000 = 4 * 700 + 200: the smaller ones come first. */
		expect_int("members", group->count, i < 500 ? 4 : 5);
		expect_int("first", group->first, i < 500 ? i + 200 : i - 500);
		for (uint32_t k = 0; k < group->count; k++)
			expect_int("its own", group->members[k] % MANY_GROUPS, group->first);
	}
	expect_true("found", taskgroups_of_task(&made, 1999) == &made.groups[1999 % 700 - 200]);
	arena_free(&arena);
}

extern CU_TestInfo taskgroups_tests[];
CU_TestInfo taskgroups_tests[] = {
	{ "groups stand by the rank of who dies first",
		groups_stand_by_the_rank_of_who_dies_first },
	{ "scores are those of who dies first, in whatever order",
		scores_are_those_of_who_dies_first_in_whatever_order },
	{ "sums are whole or unknown", sums_are_whole_or_unknown },
	{ "sums do not overflow", sums_do_not_overflow },
	{ "texts are shown where all have the same", texts_are_shown_where_all_have_the_same },
	{ "sorting goes by what the group shows", sorting_goes_by_what_the_group_shows },
	{ "names are for people and never bare ids", names_are_for_people_and_never_bare_ids },
	{ "ids keep their end where it is narrow", ids_keep_their_end_where_it_is_narrow },
	{ "the same name of two users is two groups", the_same_name_of_two_users_is_two_groups },
	{ "kernel threads are in no group, whatever their cgroup",
		kernel_threads_are_in_no_group_whatever_their_cgroup },
	{ "ids stay from sample to sample", ids_stay_from_sample_to_sample },
	{ "nobody makes no group", nobody_makes_no_group },
	{ "many groups are all kept apart", many_groups_are_all_kept_apart },
	CU_TEST_INFO_NULL,
};
