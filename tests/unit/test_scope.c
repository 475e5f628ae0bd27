/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "analysis/scope.h"
#include "crowd.h"
#include "unit.h"

#define MIB (INT64_C(1) << 20)
#define PAGES_A_MIB 256

/* /  /a  /a/b  /a/b/c  /d */
static void tree_init(struct crowd *crowd, const char *release, int version)
{
	crowd_init(crowd, release);
	crowd->now.memcg_version = version;
	crowd_memcg(crowd, "/", NO_MEMCG);
	crowd_memcg(crowd, "/a", 0);
	crowd_memcg(crowd, "/a/b", 1);
	crowd_memcg(crowd, "/a/b/c", 2);
	crowd_memcg(crowd, "/d", 0);
}

static void a_choice_is_found_or_gone(void)
{
	static const struct {
		enum scope_kind kind;
		const char *path;
		bool want;
		uint32_t memcg;
	} cases[] = {
		{ SCOPE_SYSTEM, "", true, NO_MEMCG },
		{ SCOPE_SYSTEM, "/a", true, NO_MEMCG },
		{ SCOPE_MEMCG, "/a/b", true, 2 },
		{ SCOPE_MEMCG, "/", true, 0 },
		{ SCOPE_MEMCG, "/a/", false, NO_MEMCG },
		{ SCOPE_MEMCG, "/gone", false, NO_MEMCG },
		{ SCOPE_MEMCG, "", false, NO_MEMCG },
	};
	struct crowd crowd;

	tree_init(&crowd, "6.1", 2);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scope_choice choice = { .kind = cases[i].kind };
		struct scope scope = { .memcg = 77 };

		snprintf(choice.path, sizeof(choice.path), "%s", cases[i].path);
		expect_int(cases[i].path, scope_find(&crowd.now, &choice, &scope), cases[i].want);
		expect_int(cases[i].path, scope.memcg, cases[i].memcg);
		expect_int(cases[i].path, scope.kind == SCOPE_SYSTEM, cases[i].memcg == NO_MEMCG);
	}
	crowd_free(&crowd);
}

static void a_cgroup_contains_what_is_below(void)
{
	static const struct {
		uint32_t memcg, above;
		bool want, want_flat;
	} cases[] = {
		{ 2, 2, true, true },
		{ 3, 1, true, false },
		{ 3, 0, true, true },
		{ 1, 2, false, false },
		{ 4, 1, false, false },
		{ 4, 0, true, true },
		{ NO_MEMCG, 0, false, false },
		{ 5, 0, false, false },
		{ 1, NO_MEMCG, false, false },
		{ 1, 5, false, false },
	};
	struct crowd crowd;
	struct task *task;

	tree_init(&crowd, "6.1", 1);
	task = crowd_add(&crowd, 10, "it", 5, 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct scope scope = { .kind = SCOPE_MEMCG, .memcg = cases[i].above };
		const struct scope machine = SCOPE_OF_SYSTEM;
		char label[32];

		snprintf(label, sizeof(label), "case %zu", i);
		task->memcg = cases[i].memcg;
		crowd.memcgs[1].flat = crowd.memcgs[2].flat = false;
		expect_int(label, scope_is_within(&crowd.now, cases[i].memcg, cases[i].above),
			cases[i].want);
		expect_int(label, scope_contains(&crowd.now, &scope, task), cases[i].want);
		expect_true(label, scope_contains(&crowd.now, &machine, task));
		crowd.memcgs[1].flat = crowd.memcgs[2].flat = true;
		expect_int(label, scope_contains(&crowd.now, &scope, task), cases[i].want_flat);
	}
	crowd_free(&crowd);
}

static void parents_that_are_no_parents_end_the_way_up(void)
{
	struct crowd crowd;

	tree_init(&crowd, "6.1", 2);
	crowd.memcgs[3].parent = 3;
	expect_true("itself", !scope_is_within(&crowd.now, 3, 1));
	crowd.memcgs[3].parent = 4;
	expect_true("behind", !scope_is_within(&crowd.now, 3, 1));
	expect_int("no charge", scope_charged_above(&crowd.now, 3), NO_MEMCG);
	crowd.memcgs[3].parent = UINT32_MAX - 1;
	expect_true("nowhere", !scope_is_within(&crowd.now, 3, 1));
	expect_true("still itself", scope_is_within(&crowd.now, 3, 3));
	crowd_free(&crowd);
}

static void charges_do_not_pass_what_is_flat(void)
{
	struct crowd crowd;

	tree_init(&crowd, "4.9", 1);
	expect_int("parent", scope_charged_above(&crowd.now, 3), 2);
	expect_int("top", scope_charged_above(&crowd.now, 0), NO_MEMCG);
	crowd.memcgs[2].flat = true;
	expect_int("flat", scope_charged_above(&crowd.now, 3), NO_MEMCG);
	expect_int("its own parent", scope_charged_above(&crowd.now, 2), 1);
	crowd_free(&crowd);
}

/* 100 MiB of memory, 50 of swap in all, in pages of 4 KiB. */
struct limits {
	const char *label, *release;
	int version;
	int64_t max, swap_max, memsw_max, swap, swappiness;
	int64_t want; /* MiB */
};

#define NONE (MEMCG_UNLIMITED / MIB)
#define ALL (INT64_MAX / 4096 / PAGES_A_MIB)
#define NOT (-1)

/* clang-format off */
static const struct limits limits[] = {
	{ "v2", "6.1", 2, 100, NONE, NOT, 50, 60, 150 },
	{ "v2, swap bounded", "6.1", 2, 100, 20, NOT, 50, 60, 120 },
	{ "v2, swap forbidden", "6.1", 2, 100, 0, NOT, 50, 60, 100 },
	{ "v2, swappiness 0", "6.1", 2, 100, NONE, NOT, 50, 0, 100 },
	{ "v2, no swap", "6.1", 2, 100, NONE, NOT, 0, 60, 100 },
	{ "v2, no swap, swappiness unread", "6.1", 2, 100, NONE, NOT, 0, NOT, 100 },
	{ "v2, swappiness unread", "6.1", 2, 100, NONE, NOT, 50, NOT, NOT },
	{ "v2, swap unread", "6.1", 2, 100, NONE, NOT, NOT, 60, NOT },
	{ "v2, swap unread, swappiness 0", "6.1", 2, 100, NONE, NOT, NOT, 0, 100 },
	{ "v2, limit unread", "6.1", 2, NOT, NONE, NOT, 50, 60, NOT },
	{ "v2, above RAM", "6.1", 2, 100000, NONE, NOT, 50, 60, 100050 },
	{ "v2 of 5.8", "5.8", 2, 100, 20, NOT, 50, 60, 120 },
	{ "v2 of 4.6", "4.6", 2, 100, 20, NOT, 50, 60, 120 },
	{ "v2 of 4.5 does not look at swap.max", "4.5", 2, 100, 20, NOT, 50, 60, 150 },
	{ "v1", "6.1", 1, 100, NOT, 130, 50, 60, 130 },
	{ "v1, memsw far", "6.1", 1, 100, NOT, 400, 50, 60, 150 },
	{ "v1, memsw unlimited", "6.1", 1, 100, NOT, NONE, 50, 60, 150 },
	{ "v1, no swap accounting", "6.1", 1, 100, NOT, NOT, 50, 60, 150 },
	{ "v1, swappiness 0", "6.1", 1, 100, NOT, 130, 50, 0, 100 },
	{ "v1, its swappiness unread", "6.1", 1, 100, NOT, 130, 50, NOT, NOT },
	{ "v1 of 3.14", "3.14", 1, 100, NOT, 130, 50, 0, 100 },
	{ "v1 of 3.7", "3.7", 1, 100, NOT, 130, 50, 0, 100 },
	{ "v1 of 3.6 does not look at swappiness", "3.6", 1, 100, NOT, 130, 50, 0, 130 },
	{ "the same, unread", "3.6", 1, 100, NOT, 400, 50, NOT, 150 },
	{ "v1 of 3.4.113 does", "3.4.113", 1, 100, NOT, 130, 50, 0, 100 },
	{ "v1 of 3.4.112", "3.4.112", 1, 100, NOT, 130, 50, 0, 130 },
	{ "RHEL 6", "2.6.32-642.el6.x86_64", 1, 100, NOT, 130, 50, 0, 100 },
	{ "2.6.37", "2.6.37", 1, 100, NOT, NONE, 50, 60, 150 },
	{ "2.6.36, memsw", "2.6.36", 1, 100, NOT, 70, 50, 60, 70 },
	{ "2.6.36, swap unread", "2.6.36", 1, 100, NOT, 70, NOT, 60, NOT },
	{ "unlimited", "6.1", 2, NONE, NONE, NOT, 0, 60, ALL },
	{ "unlimited, memsw", "6.1", 1, NONE, NOT, 130, 50, 60, 130 },
};
/* clang-format on */

static int64_t mib(int64_t count)
{
	if (count == NOT)
		return VALUE_UNKNOWN;
	return count == NONE ? MEMCG_UNLIMITED : count * MIB;
}

static void the_total_of_a_cgroup_is_made_by_version(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		const struct limits *it = &limits[i];
		const struct scope scope = { .kind = SCOPE_MEMCG, .memcg = 1 };
		struct crowd crowd;
		int64_t got;

		tree_init(&crowd, it->release, it->version);
		crowd.now.total_swap_pages =
			it->swap == NOT ? VALUE_UNKNOWN : it->swap * PAGES_A_MIB;
		crowd.now.knobs.swappiness = it->version == 1 ? 77
			: it->swappiness == NOT               ? VALUE_UNKNOWN
							      : it->swappiness;
		crowd.memcgs[1].swappiness = it->swappiness == NOT ? VALUE_UNKNOWN : it->swappiness;
		crowd.memcgs[1].max_bytes = mib(it->max);
		crowd.memcgs[1].swap_max_bytes = mib(it->swap_max);
		crowd.memcgs[1].swap_bytes = it->version == 2 ? 0 : VALUE_UNKNOWN;
		crowd.memcgs[1].memsw_max_bytes = mib(it->memsw_max);
		got = scope_totalpages(&crowd.now, &scope);
		expect_int(it->label, value_known(got) ? got / PAGES_A_MIB : NOT, it->want);
		crowd_free(&crowd);
	}
}

static void bytes_and_pages_were_added_in_2_6_36(void)
{
	const struct scope scope = { .kind = SCOPE_MEMCG, .memcg = 1 };
	struct crowd crowd;

	tree_init(&crowd, "2.6.36", 1);
	crowd.memcgs[1].max_bytes = 1000 * 4096;
	crowd.now.total_swap_pages = 3 * 4096;
	expect_int("3 pages", scope_totalpages(&crowd.now, &scope), 1003);
	crowd_free(&crowd);
}

static void swap_files_that_are_there_but_unread_are_unknown(void)
{
	const struct scope scope = { .kind = SCOPE_MEMCG, .memcg = 1 };
	struct crowd crowd;

	tree_init(&crowd, "6.1", 2);
	crowd.now.total_swap_pages = 100;
	crowd.now.knobs.swappiness = 60;
	crowd.memcgs[1].max_bytes = 4096 * 1000;
	crowd.memcgs[1].swap_max_bytes = VALUE_UNKNOWN;
	crowd.memcgs[1].swap_bytes = 0;
	expect_int("swap.max", scope_totalpages(&crowd.now, &scope), VALUE_UNKNOWN);
	crowd.memcgs[1].swap_bytes = VALUE_UNKNOWN;
	expect_int("not accounted", scope_totalpages(&crowd.now, &scope), 1100);
	crowd_free(&crowd);

	tree_init(&crowd, "6.1", 1);
	crowd.memcgs[1].max_bytes = 4096 * 1000;
	crowd.memcgs[1].memsw_bytes = 5;
	expect_int("memsw", scope_totalpages(&crowd.now, &scope), VALUE_UNKNOWN);
	crowd_free(&crowd);
}

static void totals_are_at_least_1_and_do_not_overflow(void)
{
	static const struct {
		const char *label;
		int64_t max, swap, page, want;
	} cases[] = {
		{ "nothing", 0, 0, 4096, 1 },
		{ "less than a page", 4095, 0, 4096, 1 },
		{ "a page", 4096, 0, 4096, 1 },
		{ "two large pages", 131072, 0, 65536, 2 },
		{ "huge", INT64_MAX - 1, INT64_MAX, 4096, INT64_MAX / 4096 },
		{ "no page size", 77, 0, 0, 77 },
		{ "negative", -5, 0, 4096, 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct scope scope = { .kind = SCOPE_MEMCG, .memcg = 1 };
		struct crowd crowd;

		tree_init(&crowd, "6.1", 2);
		crowd.now.page_bytes = cases[i].page;
		crowd.now.total_swap_pages = cases[i].swap;
		crowd.now.knobs.swappiness = 60;
		crowd.memcgs[1].max_bytes = cases[i].max;
		expect_int(cases[i].label, scope_totalpages(&crowd.now, &scope), cases[i].want);
		crowd_free(&crowd);
	}
}

static void expect_words(const struct crowd *crowd, uint32_t memcg, const char *want)
{
	const struct scope scope = { .kind = SCOPE_MEMCG, .memcg = memcg };
	char buf[64];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	scope_words(&crowd->now, &scope, &text);
	expect_text(crowd->memcgs[memcg].path, buf, want);
}

static void words_are_for_people(void)
{
	static const struct {
		const char *path, *unit, *container, *want;
	} cases[] = {
		{ "/", NULL, NULL, "root cgroup" },
		{ "", NULL, NULL, "root cgroup" },
		{ "/system.slice/nginx.service", "nginx.service", NULL, "nginx.service" },
		{ "/docker/0f3a91c2d4e5f60718293a4b", NULL, "docker:0f3a91c2", "docker:0f3a91c2" },
		{ "/kubepods/x", "kubepods.slice", "shop/cart-7d9f", "shop/cart-7d9f" },
		{ "/build/jobs", NULL, NULL, "jobs" },
		{ "/build/jobs/", NULL, NULL, "jobs" },
		{ "/ci/0f3a91c2d4e5f60718293a4b", NULL, NULL, "ci/0f3a91c2" },
		{ "/0f3a91c2d4e5f60718293a4b", NULL, NULL, "cgroup 0f3a91c2" },
		{ "/deadbeef", NULL, NULL, "deadbeef" },
		{ "/x\033[31m\n", NULL, NULL, "x?[31m?" },
		{ "/y", "", "", "y" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct crowd crowd;
		uint32_t memcg;

		crowd_init(&crowd, "6.1");
		memcg = crowd_memcg(&crowd, cases[i].path, NO_MEMCG);
		crowd.memcgs[memcg].unit = cases[i].unit;
		crowd.memcgs[memcg].container = cases[i].container;
		expect_words(&crowd, memcg, cases[i].want);
		crowd_free(&crowd);
	}
}

static void parts_of_a_unit_say_which(void)
{
	struct crowd crowd;

	crowd_init(&crowd, "6.1");
	crowd_memcg(&crowd, "/a.service", NO_MEMCG);
	crowd_memcg(&crowd, "/a.service/payload", 0);
	crowd_memcg(&crowd, "/a.service/0f3a91c2d4e5f607", 0);
	crowd.memcgs[0].unit = crowd.memcgs[1].unit = crowd.memcgs[2].unit = "a.service";
	expect_words(&crowd, 0, "a.service");
	expect_words(&crowd, 1, "a.service/payload");
	expect_words(&crowd, 2, "a.service/0f3a91c2");
	crowd_free(&crowd);
}

static void ids_are_those_of_json(void)
{
	const struct scope machine = SCOPE_OF_SYSTEM;
	const struct scope gone = { .kind = SCOPE_MEMCG, .memcg = 99 };
	const struct scope b = { .kind = SCOPE_MEMCG, .memcg = 2 };
	struct crowd crowd;
	struct text text;
	char buf[64];

	tree_init(&crowd, "6.1", 2);
	text_init(&text, buf, sizeof(buf));
	scope_id(&crowd.now, &machine, &text);
	expect_text("machine", buf, "system");
	text_init(&text, buf, sizeof(buf));
	scope_id(&crowd.now, &b, &text);
	expect_text("cgroup", buf, "cgroup:/a/b");
	text_init(&text, buf, sizeof(buf));
	scope_id(&crowd.now, &gone, &text);
	expect_text("none", buf, "cgroup:");
	text_init(&text, buf, sizeof(buf));
	scope_words(&crowd.now, &machine, &text);
	expect_text("words", buf, "machine");
	text_init(&text, buf, sizeof(buf));
	scope_words(&crowd.now, &gone, &text);
	expect_text("words of none", buf, "cgroup");
	expect_int("T of none", scope_totalpages(&crowd.now, &gone), VALUE_UNKNOWN);
	crowd_free(&crowd);
}

static void the_tightest_limit_on_the_way_up_binds(void)
{
	static const struct {
		const char *label;
		int64_t room[5]; /* MiB; -1: no limit */
		uint32_t memcg, want;
	} cases[] = {
		{ "no limit", { -1, -1, -1, -1, -1 }, 3, NO_MEMCG },
		{ "its own", { -1, 50, -1, 20, -1 }, 3, 3 },
		{ "one above", { -1, 10, -1, 20, -1 }, 3, 1 },
		{ "the same: the lower", { -1, 20, 20, -1, -1 }, 3, 2 },
		{ "beside", { -1, -1, -1, -1, 1 }, 3, NO_MEMCG },
		{ "nothing left", { -1, 0, 1, 1, -1 }, 3, 1 },
		{ "in none", { 1, 1, 1, 1, 1 }, NO_MEMCG, NO_MEMCG },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct crowd crowd;
		struct task *task;

		tree_init(&crowd, "6.1", 2);
		task = crowd_add(&crowd, 10, "it", 5, 0);
		task->memcg = cases[i].memcg;
		for (uint32_t j = 0; j < 5; j++) {
			crowd.memcgs[j].usage_bytes = 100 * MIB;
			if (cases[i].room[j] >= 0)
				crowd.memcgs[j].max_bytes = (100 + cases[i].room[j]) * MIB;
		}
		expect_int(cases[i].label, scope_binding(&crowd.now, task), cases[i].want);
		crowd_free(&crowd);
	}
}

static void memory_and_swap_bind_together_on_v1(void)
{
	struct crowd crowd;
	struct task *task;

	tree_init(&crowd, "4.9", 1);
	task = crowd_add(&crowd, 10, "it", 5, 0);
	task->memcg = 3;
	crowd.memcgs[3].max_bytes = 30 * MIB;
	crowd.memcgs[2].memsw_max_bytes = 10 * MIB;
	crowd.memcgs[2].memsw_bytes = 5 * MIB;
	expect_int("memsw", scope_binding(&crowd.now, task), 2);
	crowd.memcgs[2].flat = true;
	expect_int("flat", scope_binding(&crowd.now, task), 3);
	crowd.memcgs[3].usage_bytes = VALUE_UNKNOWN;
	expect_int("unread", scope_binding(&crowd.now, task), NO_MEMCG);
	crowd_free(&crowd);
}

extern CU_TestInfo scope_tests[];
CU_TestInfo scope_tests[] = {
	{ "a choice is found, or gone", a_choice_is_found_or_gone },
	{ "a cgroup contains what is below", a_cgroup_contains_what_is_below },
	{ "parents that are no parents end the way up",
		parents_that_are_no_parents_end_the_way_up },
	{ "charges do not pass what is flat", charges_do_not_pass_what_is_flat },
	{ "the total of a cgroup is made by version", the_total_of_a_cgroup_is_made_by_version },
	{ "bytes and pages were added in 2.6.36", bytes_and_pages_were_added_in_2_6_36 },
	{ "swap files that are there but unread are unknown",
		swap_files_that_are_there_but_unread_are_unknown },
	{ "totals are at least 1 and do not overflow", totals_are_at_least_1_and_do_not_overflow },
	{ "words are for people", words_are_for_people },
	{ "parts of a unit say which", parts_of_a_unit_say_which },
	{ "ids are those of JSON", ids_are_those_of_json },
	{ "the tightest limit on the way up binds", the_tightest_limit_on_the_way_up_binds },
	{ "memory and swap bind together on v1", memory_and_swap_bind_together_on_v1 },
	CU_TEST_INFO_NULL,
};
