/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "collect/proctab.h"
#include "unit.h"

static bool start(struct proctab *table)
{
	return expect_int("init", proctab_init(table, false), 0);
}

static void entries_are_found_by_pid(void)
{
	enum {
		COUNT = 5000
	};
	struct proctab table;
	int wrong = 0;

	if (!start(&table))
		return;
	for (int pid = 1; pid <= COUNT; pid++) {
		struct proc_entry *entry = proctab_add(&table, pid * 3);

		wrong += !entry || entry->task.pid != pid * 3 || entry->fd_adj != -1 ||
			entry->task.who != &entry->who || entry->who.user;
	}
	for (int pid = 1; pid <= COUNT; pid++)
		wrong += !proctab_find(&table, pid * 3) || proctab_find(&table, pid * 3 + 1);
	expect_int("wrong", wrong, 0);
	expect_int("entries", table.n_entries, COUNT);
	expect_true("room grows", table.n_buckets >= COUNT);
	proctab_free(&table);
}

static void count_gone(struct proc_entry *entry, void *context)
{
	int *sum = context;

	*sum += entry->task.pid;
}

static void what_was_not_seen_is_swept(void)
{
	struct proctab table;
	int sum = 0;

	if (!start(&table))
		return;
	for (int pid = 1; pid <= 100; pid++)
		proctab_add(&table, pid)->seen_tick = pid % 2 ? 8 : 7;
	proctab_sweep(&table, 8, count_gone, &sum);
	expect_int("left", table.n_entries, 50);
	expect_int("told", sum, 50 * 51);
	expect_true("odd", proctab_find(&table, 99) != NULL);
	expect_true("even", proctab_find(&table, 100) == NULL);
	proctab_sweep(&table, 9, NULL, NULL);
	expect_int("all", table.n_entries, 0);
	proctab_free(&table);
}

static void the_gone_stay_readable_for_two_ticks(void)
{
	struct proctab table;
	struct proc_entry *first, *second;

	if (!start(&table))
		return;
	first = proctab_add(&table, 5);
	first->cmdline = strdup("first");
	first->who.cmdline = first->cmdline;
	second = proctab_renew(&table, first);
	expect_true("another one", second && second != first);
	expect_true("found", proctab_find(&table, 5) == second);
	expect_int("entries", table.n_entries, 1);
	expect_true("nothing inherited", second->who.cmdline == NULL);

	proctab_recycle(&table, 1);
	expect_true("not reused", proctab_add(&table, 6) != first);
	expect_text("readable", first->who.cmdline, "first");
	proctab_recycle(&table, 2);
	expect_text("still", first->who.cmdline, "first");
	expect_true("reused then", proctab_add(&table, 7) == first);
	expect_true("and clean", first->who.cmdline == NULL && first->cmdline == NULL);
	proctab_free(&table);
}

static void descriptors_are_closed_and_counted(void)
{
	struct proctab table;
	struct proc_entry *entry;
	int fd;

	if (!start(&table))
		return;
	entry = proctab_add(&table, 5);
	entry->fd_adj = fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	entry->fd_stat = open("/dev/null", O_RDONLY | O_CLOEXEC);
	entry->fd_status = open("/dev/null", O_RDONLY | O_CLOEXEC);
	table.fds_adj = 1;
	table.fds_hot = 2;
	proctab_cool(&table, entry);
	expect_int("cool", table.fds_hot, 0);
	expect_int("kept", table.fds_adj, 1);
	expect_true("open", fcntl(fd, F_GETFD) >= 0);
	proctab_cool(&table, entry);
	expect_int("once", table.fds_hot, 0);
	proctab_drop(&table, entry);
	expect_int("dropped", table.fds_adj, 0);
	expect_int("closed", fcntl(fd, F_GETFD), -1);
	proctab_free(&table);
}

static void only_the_same_process_is_wanted(void)
{
	struct proctab table;
	struct proc_entry *entry;

	if (!start(&table))
		return;
	entry = proctab_add(&table, 5);
	entry->task.start_ticks = 100;
	proctab_want(&table, 5, 99, 7);
	expect_int("another start", entry->hot_tick, 0);
	proctab_want(&table, 6, 100, 7);
	expect_int("another pid", entry->hot_tick, 0);
	proctab_want(&table, 5, 100, 7);
	expect_int("wanted", entry->hot_tick, 7);
	proctab_free(&table);
}

static void descriptors_are_shared_out_by_the_limit(void)
{
	static const struct {
		const char *label;
		rlim_t limit;
		uint32_t adj;
		uint32_t hot;
	} cases[] = {
		{ "small", 256, 128, 64 },
		{ "tiny", 64, 32, 0 },
		{ "usual", 1024, 512, 448 },
		{ "large", 8192, 4096, 1024 },
	};
	struct rlimit before;

	expect_int("limit", getrlimit(RLIMIT_NOFILE, &before), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct rlimit limit = { cases[i].limit, before.rlim_max };
		struct proctab table;

		if (cases[i].limit > before.rlim_max)
			continue;
		expect_int(cases[i].label, setrlimit(RLIMIT_NOFILE, &limit), 0);
		if (!start(&table))
			continue;
		expect_int(cases[i].label, table.fds_adj_max, cases[i].adj);
		expect_int(cases[i].label, table.fds_hot_max, cases[i].hot);
		proctab_free(&table);
	}
	expect_int("restored", setrlimit(RLIMIT_NOFILE, &before), 0);
}

static void the_soft_limit_is_raised_only_on_demand(void)
{
	struct rlimit before, after;
	struct proctab table;

	expect_int("limit", getrlimit(RLIMIT_NOFILE, &before), 0);
	if (before.rlim_max < 512)
		return;
	(void)setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 256, before.rlim_max });
	if (start(&table))
		proctab_free(&table);
	(void)getrlimit(RLIMIT_NOFILE, &after);
	expect_int("left alone", after.rlim_cur, 256);
	expect_int("raise", proctab_init(&table, true), 0);
	proctab_free(&table);
	(void)getrlimit(RLIMIT_NOFILE, &after);
	expect_int("raised", after.rlim_cur == before.rlim_max, 1);
	(void)setrlimit(RLIMIT_NOFILE, &before);
}

static void cgroups_are_kept_once_until_nobody_is_in_them(void)
{
	struct names names = { 0 };
	struct cgroup_name *a = names_cgroup(&names, "/system.slice/a.service");
	struct cgroup_name *again = names_cgroup(&names, "/system.slice/a.service");
	struct cgroup_name *b = names_cgroup(&names, "/");

	expect_true("once", a && a == again && a != b);
	expect_text("path", a->path, "/system.slice/a.service");
	expect_text("unit", a->unit ? a->unit : "none", "a.service");
	expect_true("no container", a->container == NULL);
	expect_true("root has no unit", b && b->unit == NULL);
	names_cgroup_leave(a, 5);
	names_sweep(&names, 100);
	expect_text("one is left in it", a->path, "/system.slice/a.service");
	names_cgroup_leave(a, 5);
	names_sweep(&names, 5);
	expect_true("not long enough", names_cgroup(&names, "/system.slice/a.service") == a);
	names_cgroup_leave(a, 6);
	names_cgroup_leave(NULL, 6);
	names_sweep(&names, 7);
	names_free(&names);
}

static void users_without_a_name_have_their_number(void)
{
	struct names names = { 0 };

	expect_true("nobody", names_user(&names, 1000) == NULL);
	expect_int("number", names_set_user(&names, 4294967294u, ""), 0);
	expect_text("as text", names_user(&names, 4294967294u)->name, "4294967294");
	expect_true("guessed", names_user(&names, 4294967294u)->guessed);
	expect_int("name", names_set_user(&names, 4294967294u, "nobody"), 0);
	expect_text("now known", names_user(&names, 4294967294u)->name, "nobody");
	expect_true("not guessed", !names_user(&names, 4294967294u)->guessed);
	expect_int("long", names_set_user(&names, 0, "a name of more than thirty-two bytes"), 0);
	expect_int("cut", strlen(names_user(&names, 0)->name), 32);
	names_free(&names);
}

extern CU_TestInfo proctab_tests[];
CU_TestInfo proctab_tests[] = {
	{ "entries are found by pid", entries_are_found_by_pid },
	{ "what was not seen is swept", what_was_not_seen_is_swept },
	{ "the gone stay readable for two ticks", the_gone_stay_readable_for_two_ticks },
	{ "descriptors are closed and counted", descriptors_are_closed_and_counted },
	{ "only the same process is wanted", only_the_same_process_is_wanted },
	{ "descriptors are shared out by the limit", descriptors_are_shared_out_by_the_limit },
	{ "the soft limit is raised only on demand", the_soft_limit_is_raised_only_on_demand },
	{ "cgroups are kept once", cgroups_are_kept_once_until_nobody_is_in_them },
	{ "users without a name have their number", users_without_a_name_have_their_number },
	CU_TEST_INFO_NULL,
};
