/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "analysis/victim.h"
#include "crowd.h"
#include "unit.h"

static void candidates_are_ranked_by_badness(void)
{
	struct crowd crowd;
	const struct oom *oom;

	crowd_init(&crowd, "6.1.0");
	crowd_add(&crowd, 1, "systemd", 3 * CROWD_GIB, 0);
	crowd_add(&crowd, 10, "small", 100, 0);
	crowd_add(&crowd, 20, "java", 2 * CROWD_GIB, 0);
	crowd_add(&crowd, 30, "chrome", 1000, 300);
	crowd_add(&crowd, 40, "db", 4 * CROWD_GIB, -1000);
	crowd_add(&crowd, 50, "docker", CROWD_GIB, -500);
	oom = crowd_judge(&crowd);

	expect_int("outcome", oom->outcome, OUTCOME_KILL);
	expect_int("constraint", oom->constraint, CONSTRAINT_NONE);
	expect_text("scope", oom->scope_name, "system");
	expect_int("totalpages", oom->totalpages, 8 * CROWD_GIB);
	crowd_expect_order(&crowd, "order", "30 20 10 50");
	expect_int("victim", crowd_pid(&crowd, oom->victim), 30);
	expect_int("first", oom->first, oom->victim);
	expect_int("chosen", oom->chosen, oom->victim);
	expect_int("margin", oom->margin_pages, 1000 + 300 * 2097 - 2 * CROWD_GIB);
	expect_int("gives back", oom->gives_back_kib, 4000);
	expect_true("certain", oom->certain);
	expect_text("why not", oom->uncertain_why, "");
	expect_text("reason", oom->reason, "adj +300 outranks java 20 (2.0G)");
	expect_int("also", oom->n_also, 0);
	expect_int("exempt", oom->n_exempt, 2);
	expect_int("init", oom->exempt_count[EXEMPT_INIT], 1);
	expect_int("adj min", oom->exempt_count[EXEMPT_ADJ_MIN], 1);
	expect_int("rank of the last", crowd_judged(&crowd, 50)->rank, 4);
	expect_int("rank of the exempt", crowd_judged(&crowd, 40)->rank, 0);
	expect_int("points", crowd_judged(&crowd, 20)->points_tenths, 2500);
	expect_int("points of the exempt", crowd_judged(&crowd, 40)->points_tenths, VALUE_UNKNOWN);
	expect_int("memory of the exempt", crowd_judged(&crowd, 40)->mem_pages, 4 * CROWD_GIB);
	expect_int("nothing is foretold", oom->victim_at_forecast, NO_TASK);
	expect_int("nor overtaken", oom->overtaken_in_s, VALUE_UNKNOWN);
	crowd_free(&crowd);
}

/* What makes one process exempt; the other one of the crowd is an ordinary candidate. */
static void make_kthread(struct task *task)
{
	task->flags = TASK_FLAG_KTHREAD | 0x40;
}

static void make_unread_flags(struct task *task)
{
	task->flags = TASK_FLAG_KTHREAD;
	task->has &= ~(uint32_t)TASK_HAS_STAT;
}

static void make_adj_min(struct task *task)
{
	task->oom_score_adj = -1000;
}

static void make_adj_min_unread(struct task *task)
{
	task->oom_score_adj = -1000;
	task->has &= ~(uint32_t)TASK_HAS_ADJ;
}

static void make_adj_least(struct task *task)
{
	task->oom_score_adj = -999;
}

static void make_zombie(struct task *task)
{
	task->state = 'Z';
	task->vsize_pages = task->rss_stat_pages = 0;
	task->rss_status_pages = task->rss_anon_pages = VALUE_UNKNOWN;
}

static void make_swapped_out(struct task *task)
{
	task->rss_stat_pages = 0;
}

static void make_zombie_with_threads(struct task *task)
{
	task->state = 'Z';
}

static void make_zombie_unread(struct task *task)
{
	task->state = 'Z';
	task->has = TASK_HAS_STAT | TASK_HAS_ADJ;
	task->vsize_pages = task->rss_stat_pages = VALUE_UNKNOWN;
	task->rss_status_pages = task->rss_anon_pages = VALUE_UNKNOWN;
}

static void make_status_without_memory(struct task *task)
{
	task->has = TASK_HAS_STATUS | TASK_HAS_ADJ;
	task->vsize_pages = task->rss_stat_pages = VALUE_UNKNOWN;
	task->rss_status_pages = task->rss_anon_pages = VALUE_UNKNOWN;
}

static void make_status_alone(struct task *task)
{
	task->has = TASK_HAS_STATUS | TASK_HAS_ADJ;
	task->vsize_pages = task->rss_stat_pages = VALUE_UNKNOWN;
}

static void make_stat_alone(struct task *task)
{
	task->has = TASK_HAS_STAT | TASK_HAS_ADJ;
	task->rss_status_pages = task->rss_anon_pages = VALUE_UNKNOWN;
}

static void make_unreadable(struct task *task)
{
	task->has = TASK_HAS_ADJ | TASK_HAS_SCORE;
	task->oom_score = 900;
	task->vsize_pages = task->rss_stat_pages = VALUE_UNKNOWN;
	task->rss_status_pages = task->rss_anon_pages = VALUE_UNKNOWN;
}

static void make_skipped(struct task *task)
{
	task->has |= TASK_HAS_SCORE;
}

static void make_vforked(struct task *task)
{
	task->has |= TASK_HAS_SCORE;
	task->ppid = 10;
	task->vsize_pages = 1234567;
	task->rss_stat_pages = CROWD_GIB;
}

static void make_vforked_of_nobody(struct task *task)
{
	make_vforked(task);
	task->ppid = 11;
}

static void make_score_positive(struct task *task)
{
	task->has |= TASK_HAS_SCORE;
	task->oom_score = 1;
}

static void make_score_2(struct task *task)
{
	/* -999 * 2097 and as much memory are -996 thousandths: score 2 in 5.9 */
	make_skipped(task);
	task->oom_score_adj = -999;
	task->rss_stat_pages = 2 * 2097;
}

static void make_score_1(struct task *task)
{
	make_skipped(task);
	task->oom_score_adj = -999;
	task->rss_stat_pages = 1;
}

static void make_score_2_but_stale(struct task *task)
{
	make_score_2(task);
	task->stale_pages = 3 * 2097;
}

static void make_2_thousandths(struct task *task)
{
	make_skipped(task);
	task->rss_stat_pages = 2 * 2098;
}

static void make_1_thousandth(struct task *task)
{
	make_skipped(task);
	task->rss_stat_pages = 2 * 2097;
}

static void make_skipped_with_tables_unread(struct task *task)
{
	make_skipped(task);
	task->pgtables_bytes = VALUE_UNKNOWN;
}

static void make_unread_score(struct task *task)
{
	task->oom_score = 0;
}

static void each_exemption_is_found(void)
{
	static const struct {
		const char *label;
		const char *release;
		void (*make)(struct task *task);
		enum exempt want;
	} cases[] = {
		{ "kernel thread", "6.1", make_kthread, EXEMPT_KTHREAD },
		{ "flags that were not read", "6.1", make_unread_flags, EXEMPT_NONE },
		{ "adj -1000", "6.1", make_adj_min, EXEMPT_ADJ_MIN },
		{ "adj -1000, 2.6.32", "2.6.32", make_adj_min, EXEMPT_ADJ_MIN },
		{ "adj that was not read", "6.1", make_adj_min_unread, EXEMPT_NONE },
		{ "adj -999", "6.1", make_adj_least, EXEMPT_NONE },
		{ "zombie", "6.1", make_zombie, EXEMPT_NO_MM },
		{ "zombie of which nothing is known", "6.1", make_zombie_unread, EXEMPT_NO_MM },
		{ "wholly swapped out", "6.1", make_swapped_out, EXEMPT_NONE },
		{ "dead leader, living threads", "6.1", make_zombie_with_threads, EXEMPT_NONE },
		{ "the same, 2.6.36", "2.6.36", make_zombie_with_threads, EXEMPT_NONE },
		{ "the same, 2.6.35", "2.6.35", make_zombie_with_threads, EXEMPT_NO_MM },
		{ "status without memory", "6.1", make_status_without_memory, EXEMPT_NO_MM },
		{ "status alone", "6.1", make_status_alone, EXEMPT_NONE },
		{ "stat alone", "6.1", make_stat_alone, EXEMPT_NONE },
		{ "nothing could be read", "6.1", make_unreadable, EXEMPT_UNREADABLE },
		{ "score 0", "6.1", make_skipped, EXEMPT_OOM_SKIP },
		{ "score 0, 5.4", "5.4", make_skipped, EXEMPT_OOM_SKIP },
		{ "score 0, 4.7", "4.7", make_skipped, EXEMPT_OOM_SKIP },
		{ "score 0 means nothing, 4.6", "4.6", make_skipped, EXEMPT_NONE },
		{ "score 0, vfork child", "6.1", make_vforked, EXEMPT_VFORK },
		{ "score 0, vfork child, 4.8", "4.8", make_vforked, EXEMPT_VFORK },
		{ "vfork is not known to 4.7", "4.7", make_vforked, EXEMPT_OOM_SKIP },
		{ "its parent is not there", "6.1", make_vforked_of_nobody, EXEMPT_OOM_SKIP },
		{ "score 1", "6.1", make_score_positive, EXEMPT_NONE },
		{ "score should be 2", "6.1", make_score_2, EXEMPT_OOM_SKIP },
		{ "score should be 0 or 1", "6.1", make_score_1, EXEMPT_NONE },
		{ "score may be less than 2", "6.1", make_score_2_but_stale, EXEMPT_NONE },
		{ "score should be 2, 5.8", "5.8", make_2_thousandths, EXEMPT_OOM_SKIP },
		{ "score should be 1, 5.8", "5.8", make_1_thousandth, EXEMPT_NONE },
		{ "score 0, but not all was read", "6.1", make_skipped_with_tables_unread,
			EXEMPT_NONE },
		{ "score was not read", "6.1", make_unread_score, EXEMPT_NONE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *label = cases[i].label;
		struct crowd crowd;
		struct task *task;

		crowd_init(&crowd, cases[i].release);
		task = crowd_add(&crowd, 10, "other", CROWD_GIB, 0);
		task->vsize_pages = 1234567;
		task = crowd_add(&crowd, 20, "it", 2 * CROWD_GIB, 0);
		cases[i].make(task);
		crowd_judge(&crowd);

		expect_int(label, crowd_judged(&crowd, 20)->exempt, cases[i].want);
		expect_int(label, crowd_judged(&crowd, 20)->rank > 0, cases[i].want == EXEMPT_NONE);
		expect_int(
			label, crowd.oom.exempt_count[cases[i].want], cases[i].want != EXEMPT_NONE);
		expect_int(label, crowd.oom.n_exempt + crowd.oom.n_order, 2);
		expect_int(label, crowd_judged(&crowd, 10)->exempt, EXEMPT_NONE);
		if (cases[i].want == EXEMPT_KTHREAD || cases[i].want == EXEMPT_NO_MM)
			expect_int(label, crowd_judged(&crowd, 20)->mem_pages, 0);
		crowd_free(&crowd);
	}
}

static void init_is_exempt_where_it_is_the_first_one(void)
{
	static const struct {
		const char *label;
		enum partial_view partial;
		enum exempt want;
	} cases[] = {
		{ "whole view", PARTIAL_NONE, EXEMPT_INIT },
		{ "hidepid", PARTIAL_HIDEPID, EXEMPT_INIT },
		{ "container", PARTIAL_PID_NAMESPACE, EXEMPT_NONE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct crowd crowd;

		crowd_init(&crowd, "6.1");
		crowd.now.partial = cases[i].partial;
		crowd_add(&crowd, 1, "init", CROWD_GIB, 1000);
		crowd_add(&crowd, 2, "it", 5, 0);
		crowd_judge(&crowd);
		expect_int(cases[i].label, crowd_judged(&crowd, 1)->exempt, cases[i].want);
		expect_int(cases[i].label, crowd_judged(&crowd, 2)->exempt, EXEMPT_NONE);
		crowd_free(&crowd);
	}
}

static void scores_hidden_by_lxcfs_prove_nothing_before_5_9(void)
{
	static const struct {
		const char *release;
		enum exempt want;
	} cases[] = { { "5.8", EXEMPT_NONE }, { "5.9", EXEMPT_OOM_SKIP } };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct crowd crowd;

		crowd_init(&crowd, cases[i].release);
		crowd.now.partial = PARTIAL_LXCFS;
		make_skipped(crowd_add(&crowd, 20, "it", CROWD_GIB, 0));
		crowd_judge(&crowd);
		expect_int(cases[i].release, crowd_judged(&crowd, 20)->exempt, cases[i].want);
		crowd_free(&crowd);
	}
}

static void without_totals_only_memory_orders(void)
{
	static const struct {
		const char *label;
		int64_t ram, swap;
	} cases[] = {
		{ "ram unread", VALUE_UNKNOWN, 0 },
		{ "swap unread", 1000, VALUE_UNKNOWN },
		{ "nothing", 0, 0 },
		{ "negative", -5, 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *label = cases[i].label;
		struct crowd crowd;

		crowd_init(&crowd, "6.1");
		crowd.now.total_ram_pages = cases[i].ram;
		crowd.now.total_swap_pages = cases[i].swap;
		crowd_add(&crowd, 10, "exposed", 5, 1000);
		crowd_add(&crowd, 20, "large", 7, 0);
		crowd_judge(&crowd);
		expect_int(label, crowd.oom.outcome, OUTCOME_UNKNOWN);
		expect_int(label, crowd.oom.totalpages, VALUE_UNKNOWN);
		expect_int(label, crowd.oom.victim, NO_TASK);
		expect_int(label, crowd_pid(&crowd, crowd.oom.first), 20);
		expect_true(label, !crowd.oom.certain);
		expect_text(
			label, crowd.oom.reason, "the total of memory and swap could not be read");
		expect_int(label, crowd_judged(&crowd, 20)->points_tenths, VALUE_UNKNOWN);
		expect_int(label, crowd_judged(&crowd, 20)->mem_pages, 7);
		crowd_free(&crowd);
	}
}

static void below_a_thousand_pages_adj_is_lost(void)
{
	struct crowd crowd;

	crowd_init(&crowd, "6.1");
	crowd.now.total_ram_pages = 900;
	crowd.now.total_swap_pages = 99;
	crowd_add(&crowd, 10, "exposed", 5, 1000);
	crowd_add(&crowd, 20, "large", 7, -900);
	crowd_judge(&crowd);
	crowd_expect_order(&crowd, "999", "20 10");
	crowd.now.total_swap_pages = 100;
	crowd_judge(&crowd);
	crowd_expect_order(&crowd, "1000", "10 20");
	crowd_free(&crowd);
}

static void what_could_not_be_read_is_not_zero(void)
{
	struct crowd crowd;
	struct task *task;

	crowd_init(&crowd, "6.1");
	crowd.now.total_swap_pages = 1000;
	crowd.now.mem.swap_total_kib = 4000;
	task = crowd_add(&crowd, 10, "it", CROWD_GIB, 0);
	task->swap_pages = VALUE_UNKNOWN;
	task->rss_anon_pages = VALUE_UNKNOWN;
	crowd_add(&crowd, 20, "other", 5, 0)->pgtables_bytes = VALUE_UNKNOWN;
	crowd_judge(&crowd);
	expect_int("ranked all the same", crowd_judged(&crowd, 10)->rank, 1);
	expect_int("memory", crowd_judged(&crowd, 10)->mem_pages, VALUE_UNKNOWN);
	expect_int("points", crowd_judged(&crowd, 10)->points_tenths, VALUE_UNKNOWN);
	expect_int("gives back", crowd.oom.gives_back_kib, VALUE_UNKNOWN);
	expect_int("of page tables unread", victim_gives_back_kib(&crowd.now, &crowd.tasks[1]),
		VALUE_UNKNOWN);
	expect_text("reason", crowd.oom.reason, "highest score of all");
	crowd_free(&crowd);
}

static void a_kill_gives_back_private_memory_and_tables(void)
{
	static const struct {
		int64_t page_bytes, anon, tables;
		int64_t want;
	} cases[] = {
		{ 4096, 100, 8192, 408 },
		{ 65536, 3, 65536, 256 },
		{ 4096, 0, 0, 0 },
		{ 4096, VALUE_UNKNOWN, 4096, VALUE_UNKNOWN },
		{ 4096, 5, VALUE_UNKNOWN, VALUE_UNKNOWN },
		{ 4096, INT64_MAX, 4096, INT64_MAX },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct snapshot snapshot = { .page_bytes = cases[i].page_bytes };
		const struct task task = { .rss_stat_pages = 9999,
			.rss_anon_pages = cases[i].anon,
			.rss_file_pages = 77,
			.swap_pages = 55,
			.pgtables_bytes = cases[i].tables };

		expect_int("gives back", victim_gives_back_kib(&snapshot, &task), cases[i].want);
	}
}

static void huge_values_are_ranked_too(void)
{
	static const char *const releases[] = { "2.6.32", "2.6.36", "3.0", "3.4", "3.10", "4.9",
		"5.4", "6.18", "7.2" };

	for (size_t i = 0; i < ARRAY_SIZE(releases); i++) {
		struct crowd crowd;

		crowd_init(&crowd, releases[i]);
		crowd.now.total_ram_pages = INT64_MAX;
		crowd.now.total_swap_pages = INT64_MAX;
		crowd.now.page_bytes = INT64_MAX;
		crowd.now.cpus = INT32_MAX;
		for (int pid = 10; pid < 20; pid++) {
			struct task *task = crowd_add(
				&crowd, pid, "it", INT64_MAX - pid, pid % 2 ? 1000 : -999);

			task->ppid = pid - 1;
			task->vsize_pages = task->swap_pages = INT64_MAX;
			task->pgtables_bytes = task->stale_pages = INT64_MAX;
			task->start_ticks = UINT64_MAX - (uint64_t)pid;
		}
		crowd_judge(&crowd);
		expect_int(releases[i], crowd.oom.n_order, 10);
		expect_int(releases[i], crowd.oom.outcome, OUTCOME_KILL);
		crowd_free(&crowd);
	}
}

static void every_outcome_has_an_id(void)
{
	static const char *const outcomes[] = { "kill", "kill_group", "kill_allocating_task",
		"panic", "no_victim", "unknown" };
	static const char *const constraints[] = { "none", "memcg", "cpuset", "memory_policy" };

	for (size_t i = 0; i < ARRAY_SIZE(outcomes); i++)
		expect_text("outcome", outcome_id((enum oom_outcome)i), outcomes[i]);
	for (size_t i = 0; i < ARRAY_SIZE(constraints); i++)
		expect_text("constraint", constraint_id((enum oom_constraint)i), constraints[i]);
}

extern CU_TestInfo victim_tests[];
CU_TestInfo victim_tests[] = {
	{ "candidates are ranked by badness", candidates_are_ranked_by_badness },
	{ "each exemption is found", each_exemption_is_found },
	{ "init is exempt where it is the first one", init_is_exempt_where_it_is_the_first_one },
	{ "scores hidden by lxcfs prove nothing before 5.9",
		scores_hidden_by_lxcfs_prove_nothing_before_5_9 },
	{ "without totals only memory orders", without_totals_only_memory_orders },
	{ "below a thousand pages adj is lost", below_a_thousand_pages_adj_is_lost },
	{ "what could not be read is not zero", what_could_not_be_read_is_not_zero },
	{ "a kill gives back private memory and tables",
		a_kill_gives_back_private_memory_and_tables },
	{ "huge values are ranked too", huge_values_are_ranked_too },
	{ "every outcome has an id", every_outcome_has_an_id },
	CU_TEST_INFO_NULL,
};
