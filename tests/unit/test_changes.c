/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "analysis/changes.h"
#include "unit.h"

static struct change change_of(int32_t pid, uint64_t start, int32_t before, int32_t after)
{
	return (struct change){
		.target = { .pid = pid, .start_ticks = start }, .before = before, .after = after
	};
}

static void add(struct changes *changes, int32_t pid, uint64_t start, int32_t before, int32_t after)
{
	const struct change change = change_of(pid, start, before, after);

	expect_int("add", changes_add(changes, &change), 0);
}

static void the_last_one_comes_back_first(void)
{
	static struct changes changes;

	expect_true("none", !changes_last(&changes));
	changes_drop_last(&changes);
	expect_int("nothing to drop", changes.count, 0);
	add(&changes, 1, 1, 0, 100);
	add(&changes, 2, 1, 0, 200);
	expect_int("last", changes_last(&changes)->after, 200);
	changes_drop_last(&changes);
	expect_int("then", changes_last(&changes)->after, 100);
	changes_drop_last(&changes);
	expect_true("none left", !changes_last(&changes));
}

static void a_full_list_takes_no_more(void)
{
	static struct changes changes;
	const struct change more = change_of(9999, 1, 0, 1);

	for (int32_t i = 0; i < CHANGES_MAX; i++) {
		expect_true("room", !changes_full(&changes));
		add(&changes, i + 1, 1, 0, 5);
	}
	expect_true("full", changes_full(&changes));
	expect_int("no more", changes_add(&changes, &more), -ENOSPC);
	expect_int("unchanged", changes_last(&changes)->target.pid, CHANGES_MAX);
	changes_drop_last(&changes);
	expect_true("room again", !changes_full(&changes));
	expect_int("one more", changes_add(&changes, &more), 0);
}

static void all_of_a_process_is_restored_at_once(void)
{
	static struct changes changes;
	static const struct {
		bool restored;
		int32_t pid, before, after;
	} want[] = {
		{ true, 1, 0, 300 },     /* three changes */
		{ true, 2, -500, -400 }, /* one */
		{ false, 0, 0, 0 },      /* the second of 1 */
		{ false, 0, 0, 0 },      /* 3 went back by itself */
		{ true, 1, 50, 60 },     /* another process with PID 1 */
		{ false, 0, 0, 0 },      /* the second of 3 */
		{ false, 0, 0, 0 },      /* the third of 1 */
		{ false, 0, 0, 0 },      /* beyond the end */
	};

	add(&changes, 1, 7, 0, 100);
	add(&changes, 2, 7, -500, -400);
	add(&changes, 1, 7, 100, 200);
	add(&changes, 3, 7, 0, 10);
	add(&changes, 1, 8, 50, 60);
	add(&changes, 3, 7, 10, 0);
	add(&changes, 1, 7, 200, 300);
	for (unsigned i = 0; i < ARRAY_SIZE(want); i++) {
		struct change got = change_of(-1, 0, 11, 12);

		expect_int("restored", changes_restore(&changes, i, &got), want[i].restored);
		expect_int("pid", got.target.pid, want[i].restored ? want[i].pid : -1);
		expect_int("before", got.before, want[i].restored ? want[i].before : 11);
		expect_int("after", got.after, want[i].restored ? want[i].after : 12);
	}
}

extern CU_TestInfo changes_tests[];
CU_TestInfo changes_tests[] = {
	{ "the last one comes back first", the_last_one_comes_back_first },
	{ "a full list takes no more", a_full_list_takes_no_more },
	{ "all of a process is restored at once", all_of_a_process_is_restored_at_once },
	CU_TEST_INFO_NULL,
};
