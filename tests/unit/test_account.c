/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "analysis/account.h"
#include "unit.h"

#define N_TASKS 4

/* The lines of a 6.18 machine; the parts that are there add up to all but 1,000 KiB. */
static struct snapshot machine(void)
{
	struct snapshot snapshot;

	memset(&snapshot, 0, sizeof(snapshot));
	snapshot.page_bytes = 4096;
	values_forget(&snapshot.mem, sizeof(snapshot.mem));
	snapshot.kernel.vmalloc_used_pages = true;
	snapshot.mem.mem_total_kib = 1000000;
	snapshot.mem.mem_free_kib = 400000;
	snapshot.mem.anon_kib = 250000;
	snapshot.mem.shmem_kib = 50000;
	snapshot.mem.buffers_kib = 10000;
	snapshot.mem.cached_kib = 190000; /* 50,000 of it shmem */
	snapshot.mem.swap_cached_kib = 0;
	snapshot.mem.active_anon_kib = 200000;
	snapshot.mem.inactive_anon_kib = 100000;
	snapshot.mem.slab_kib = 60000;
	snapshot.mem.slab_reclaimable_kib = 40000;
	snapshot.mem.slab_unreclaimable_kib = 20000;
	snapshot.mem.kreclaimable_kib = 41000;
	snapshot.mem.kernel_stack_kib = 3000;
	snapshot.mem.page_tables_kib = 4000;
	snapshot.mem.sec_page_tables_kib = 500;
	snapshot.mem.percpu_kib = 1500;
	snapshot.mem.vmalloc_used_kib = 8000; /* 3,000 of it stacks */
	snapshot.mem.zswap_kib = 2000;
	snapshot.mem.bounce_kib = 0;
	snapshot.mem.hugetlb_kib = 72000;
	snapshot.mem.swap_total_kib = 500000;
	snapshot.mem.swap_free_kib = 380000;
	return snapshot;
}

static int64_t sum_of_parts(const struct account *account)
{
	return account->free_kib + account->anon_kib + account->shmem_kib + account->cache_kib +
		account->kernel_kib + account->hugetlb_kib + account->unaccounted_kib;
}

static void parts_add_up_to_the_total(void)
{
	const struct snapshot snapshot = machine();
	struct account account;

	account_of(&snapshot, NULL, &account);
	expect_int("cache is without shmem", account.cache_kib, 150000);
	expect_int("kernel", account.kernel_kib, 77000);
	expect_int("huge pages", account.hugetlb_kib, 72000);
	expect_int("unaccounted", account.unaccounted_kib, 1000);
	expect_int("sum", sum_of_parts(&account), account.total_kib);
	expect_int("swap used", account.swap_used_kib, 120000);
}

static void swap_cache_is_not_counted_twice(void)
{
	static const struct {
		const char *label;
		int64_t swap_cached, active_anon;
		int64_t want;
	} cases[] = {
		{ "all mapped: it is in AnonPages", 700, 200000, 250000 },
		{ "some of it not mapped", 700, 200500, 250500 },
		{ "never more than there is", 700, 209000, 250700 },
		{ "locked pages are on another list", 700, 150000, 250000 },
		{ "no LRU lines", 700, VALUE_UNKNOWN, 250000 },
		{ "no SwapCached line", VALUE_UNKNOWN, 200500, 250000 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct snapshot snapshot = machine();
		struct account account;

		snapshot.mem.swap_cached_kib = cases[i].swap_cached;
		snapshot.mem.active_anon_kib = cases[i].active_anon;
		account_of(&snapshot, NULL, &account);
		expect_int(cases[i].label, account.anon_kib, cases[i].want);
	}
}

static void what_kernels_do_not_print_is_left_out(void)
{
	struct snapshot snapshot = machine();
	struct account account;

	snapshot.kernel.vmalloc_used_pages = false;
	account_of(&snapshot, NULL, &account);
	expect_int("VmallocUsed is address space", account.unaccounted_kib, 6000);

	snapshot = machine();
	snapshot.mem.vmalloc_used_kib = 2000;
	account_of(&snapshot, NULL, &account);
	expect_int("stacks outside vmalloc", account.unaccounted_kib, 6000);

	snapshot = machine();
	snapshot.mem.percpu_kib = VALUE_UNKNOWN;
	snapshot.mem.sec_page_tables_kib = VALUE_UNKNOWN;
	snapshot.mem.zswap_kib = VALUE_UNKNOWN;
	snapshot.mem.kreclaimable_kib = VALUE_UNKNOWN;
	account_of(&snapshot, NULL, &account);
	expect_int("an older kernel", account.unaccounted_kib, 6000);

	snapshot = machine();
	snapshot.mem.slab_kib = VALUE_UNKNOWN;
	account_of(&snapshot, NULL, &account);
	expect_int("slab of its two halves", account.unaccounted_kib, 1000);

	snapshot.mem.hugetlb_kib = VALUE_UNKNOWN;
	snapshot.mem.huge_pages_total = 30;
	snapshot.mem.huge_page_kib = 2048;
	account_of(&snapshot, NULL, &account);
	expect_int("before 4.15", account.hugetlb_kib, 61440);

	snapshot.mem.huge_page_kib = VALUE_UNKNOWN;
	account_of(&snapshot, NULL, &account);
	expect_int("no huge pages built", account.hugetlb_kib, VALUE_UNKNOWN);
	expect_int("then they are nothing", account.unaccounted_kib, 73000);
}

static void a_missing_line_is_unknown_not_0(void)
{
	static const struct {
		const char *label;
		size_t line, part;
	} cases[] = {
		{ "total", offsetof(struct meminfo, mem_total_kib),
			offsetof(struct account, total_kib) },
		{ "free", offsetof(struct meminfo, mem_free_kib),
			offsetof(struct account, free_kib) },
		{ "anon", offsetof(struct meminfo, anon_kib), offsetof(struct account, anon_kib) },
		{ "shmem", offsetof(struct meminfo, shmem_kib),
			offsetof(struct account, shmem_kib) },
		{ "cached", offsetof(struct meminfo, cached_kib),
			offsetof(struct account, cache_kib) },
		{ "buffers", offsetof(struct meminfo, buffers_kib),
			offsetof(struct account, cache_kib) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct snapshot snapshot = machine();
		struct account account;
		int64_t part;

		memcpy((char *)&snapshot.mem + cases[i].line, &(int64_t){ VALUE_UNKNOWN },
			sizeof(int64_t));
		account_of(&snapshot, NULL, &account);
		memcpy(&part, (const char *)&account + cases[i].part, sizeof(part));
		expect_int(cases[i].label, part, VALUE_UNKNOWN);
		expect_int(cases[i].label, account.unaccounted_kib, VALUE_UNKNOWN);
	}
}

static void parts_beyond_the_total_leave_nothing_unaccounted(void)
{
	struct snapshot snapshot = machine();
	struct account account;

	snapshot.mem.mem_free_kib = 402000;
	account_of(&snapshot, NULL, &account);
	expect_int("slightly", account.unaccounted_kib, 0);

	snapshot.mem.mem_free_kib = INT64_MAX;
	snapshot.mem.anon_kib = INT64_MAX;
	snapshot.mem.huge_page_kib = INT64_MAX;
	snapshot.mem.huge_pages_total = INT64_MAX;
	snapshot.mem.hugetlb_kib = VALUE_UNKNOWN;
	account_of(&snapshot, NULL, &account);
	expect_int("absurdly", account.unaccounted_kib, 0);

	snapshot.mem.swap_free_kib = 600000;
	account_of(&snapshot, NULL, &account);
	expect_int("more swap free than there is", account.swap_used_kib, 0);
}

static void private_memory_is_killable_or_protected(void)
{
	static const struct {
		enum exempt exempt;
		int64_t anon_pages;
	} given[N_TASKS] = {
		{ EXEMPT_NONE, 100 },
		{ EXEMPT_NONE, VALUE_UNKNOWN },
		{ EXEMPT_ADJ_MIN, 30 },
		{ EXEMPT_KTHREAD, 7 },
	};
	struct task tasks[N_TASKS];
	struct judged judged[N_TASKS];
	struct snapshot snapshot = machine();
	struct oom oom;
	struct account account;

	memset(tasks, 0, sizeof(tasks));
	memset(judged, 0, sizeof(judged));
	memset(&oom, 0, sizeof(oom));
	for (unsigned i = 0; i < N_TASKS; i++) {
		tasks[i].pid = (int32_t)i + 1;
		tasks[i].rss_anon_pages = given[i].anon_pages;
		tasks[i].pgtables_bytes = 8192;
		judged[i].exempt = given[i].exempt;
	}
	snapshot.tasks = tasks;
	oom.judged = judged;

	account_of(&snapshot, &oom, &account);
	expect_int("nobody was read", account.killable_kib, VALUE_UNKNOWN);
	expect_int("nobody was read", account.protected_kib, VALUE_UNKNOWN);

	snapshot.n_tasks = N_TASKS;
	account_of(&snapshot, &oom, &account);
	expect_int("killable, of those known", account.killable_kib, 408);
	expect_int("protected, no kernel threads", account.protected_kib, 128);
}

static void pinned_is_what_reclaim_cannot_take(void)
{
	struct snapshot snapshot = machine();

	expect_int("pinned", account_pinned_kib(&snapshot.mem), 100500);
	snapshot.mem.percpu_kib = VALUE_UNKNOWN;
	expect_int("without percpu", account_pinned_kib(&snapshot.mem), 99000);
	snapshot.mem.slab_unreclaimable_kib = VALUE_UNKNOWN;
	expect_int("without slab", account_pinned_kib(&snapshot.mem), VALUE_UNKNOWN);
}

extern CU_TestInfo account_tests[];
CU_TestInfo account_tests[] = {
	{ "parts add up to the total", parts_add_up_to_the_total },
	{ "swap cache is not counted twice", swap_cache_is_not_counted_twice },
	{ "what kernels do not print is left out", what_kernels_do_not_print_is_left_out },
	{ "a missing line is unknown, not 0", a_missing_line_is_unknown_not_0 },
	{ "parts beyond the total", parts_beyond_the_total_leave_nothing_unaccounted },
	{ "private memory is killable or protected", private_memory_is_killable_or_protected },
	{ "pinned is what reclaim cannot take", pinned_is_what_reclaim_cannot_take },
	CU_TEST_INFO_NULL,
};
