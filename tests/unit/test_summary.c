/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "analysis/summary.h"
#include "analysis/verdict.h"
#include "crowd.h"
#include "unit.h"

#define MIB 1024
#define GIB (1024 * 1024)

static const struct scope_choice machine = { .kind = SCOPE_SYSTEM };

static void names_are_for_people(void)
{
	static const struct {
		const char *comm, *cmdline, *unit, *container, *want;
	} cases[] = {
		{ "chrome", "/opt/chrome --type=renderer", NULL, NULL, "chrome" },
		{ "java", "/usr/bin/java -jar x", "tomcat.service", NULL, "tomcat.service java" },
		{ "node", NULL, "docker-0f3a.scope", "docker:0f3a91c2", "docker:0f3a91c2 node" },
		{ "bash", "-bash", "session-3.scope", NULL, "bash" },
		{ "gnome-shell", NULL, "user@1000.service", NULL, "gnome-shell" },
		{ "x", NULL, "user-1000.slice", NULL, "x" },
		{ "systemd", NULL, "init.scope", NULL, "systemd" },
		{ "app", NULL, "user.slice", NULL, "app" },
		{ "app", NULL, "userdb.service", NULL, "userdb.service app" },
		{ "systemd-journal", "/lib/systemd/systemd-journald", NULL, NULL,
			"systemd-journald" },
		{ "systemd-journal", "other program", NULL, NULL, "systemd-journal" },
		{ "systemd-journa", "systemd-journald", NULL, NULL, "systemd-journa" },
		{ "nginx", "nginx: worker process", NULL, NULL, "nginx" },
		{ "", "/usr/bin/thing /etc/thing", NULL, NULL, "thing" },
		{ "", "", NULL, NULL, "?" },
		{ "", "/", NULL, NULL, "?" },
		{ "", NULL, NULL, NULL, "?" },
		{ "a\033[31mb\n", NULL, "u\tv.service", NULL, "u?v.service a?[31mb?" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct identity who = { .cmdline = cases[i].cmdline,
			.unit = cases[i].unit,
			.container = cases[i].container };
		struct task task = { .who = &who };
		char buf[128];
		struct text text;

		snprintf(task.comm, sizeof(task.comm), "%s", cases[i].comm);
		text_init(&text, buf, sizeof(buf));
		task_name(&task, &text);
		expect_text(cases[i].comm, buf, cases[i].want);
	}
}

static struct risk some_risk(void)
{
	struct risk risk;

	memset(&risk, 0, sizeof(risk));
	snprintf(risk.scope_words, sizeof(risk.scope_words), "machine");
	risk.left = (struct left){ .high_kib = 4 * GIB, .cache_kib = 3 * GIB };
	risk.slope_kib_per_s = 0;
	risk.forecast_s = risk.forecast_low_s = risk.forecast_high_s = VALUE_UNKNOWN;
	risk.filling = risk.victim = NO_TASK;
	return risk;
}

static void expect_verdict(const char *want, const struct snapshot *now, const struct risk *risk)
{
	char buf[256];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	verdict_text(now, risk, &text);
	expect_text("verdict", buf, want);
}

static void the_verdict_says_what_is_left_and_for_how_long(void)
{
	struct snapshot now = { .partial = PARTIAL_NONE };
	struct risk risk = some_risk();

	expect_verdict("machine: 4.0G left to give (cache 3.0G), steady", &now, &risk);

	risk.slope_kib_per_s = -1000; /* an hour away and more */
	expect_verdict("machine: 4.0G left to give (cache 3.0G), steady", &now, &risk);
	risk.slope_kib_per_s = 20 * MIB;
	expect_verdict("machine: 4.0G left to give (cache 3.0G), +20M/s", &now, &risk);
	risk.slope_kib_per_s = -20 * MIB;
	snprintf(risk.no_forecast_why, sizeof(risk.no_forecast_why), "growth is not steady");
	expect_verdict("machine: 4.0G left to give (cache 3.0G), -20M/s: growth is not steady",
		&now, &risk);
	risk.slope_kib_per_s = VALUE_UNKNOWN;
	expect_verdict("machine: 4.0G left to give (cache 3.0G), its change is not known yet", &now,
		&risk);

	risk.left = (struct left){ .high_kib = 1363148, .cache_kib = 419430, .swap_kib = 943718 };
	risk.slope_kib_per_s = -52 * MIB;
	risk.forecast_s = 25;
	risk.forecast_low_s = 18;
	risk.forecast_high_s = 40;
	expect_verdict(
		"machine: 1.3G left (cache 410M, swap 922M), -52M/s: out in 18-40s", &now, &risk);
	now.knobs.overcommit_memory = 2;
	expect_verdict("machine: 1.3G left (cache 410M, swap 922M), -52M/s: ENOMEM in 18-40s", &now,
		&risk);
	now.partial = PARTIAL_LXCFS;
	risk.left.swap_kib = VALUE_UNKNOWN;
	expect_verdict("machine (as lxcfs shows it): 1.3G left (cache 410M, swap ?), -52M/s: "
		       "ENOMEM in 18-40s",
		&now, &risk);

	risk.left.high_kib = VALUE_UNKNOWN;
	now.partial = PARTIAL_NONE;
	expect_verdict("machine: what is left to give could not be read", &now, &risk);
}

/* chrome 4102 is first by its adj, java has the most memory, vim neither. */
static void office_init(struct crowd *crowd)
{
	crowd_init(crowd, "6.1.0");
	crowd_add(crowd, 4102, "chrome", CROWD_GIB / 2, 300);
	crowd_add(crowd, 23283, "java", 2 * CROWD_GIB, 0);
	crowd_add(crowd, 3391, "vim", 1000, 0);
	crowd_judge(crowd);
}

static void expect_next(
	const char *label, struct crowd *crowd, const struct risk *risk, const char *want)
{
	char buf[256];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	verdict_next(&crowd->now, risk, &crowd->oom, &text);
	expect_text(label, buf, want);
}

static void next_says_who_dies_now_and_then(void)
{
	struct risk risk = some_risk();
	struct crowd crowd;

	office_init(&crowd);
	expect_next("now", &crowd, &risk, "now chrome 4102: adj +300 outranks java 23283 (2.0G)");

	crowd.oom.overtaker = crowd.oom.victim_at_forecast = 1;
	crowd.oom.overtaken_in_s = 13;
	risk.forecast_s = 25;
	expect_next("then", &crowd, &risk, "now chrome 4102, 512M; from ~13s java 23283, 2.0G");
	crowd.oom.overtaker = 2;
	expect_next("overtaken twice", &crowd, &risk,
		"now chrome 4102, 512M; at the end java 23283, 2.0G");

	risk.forecast_s = VALUE_UNKNOWN;
	crowd.oom.victim_at_forecast = NO_TASK;
	crowd.oom.overtaken_in_s = 600;
	expect_next("not foretold, but soon", &crowd, &risk,
		"now chrome 4102, 512M; from ~10min vim 3391, 3.9M");
	crowd.oom.overtaken_in_s = 601;
	expect_next(
		"far away", &crowd, &risk, "now chrome 4102: adj +300 outranks java 23283 (2.0G)");

	crowd.oom.n_also = 2;
	crowd.oom.reason[0] = '\0';
	expect_next("with others", &crowd, &risk, "now chrome 4102 and 2 more, 512M");
	crowd.oom.chosen = 1;
	crowd.oom.n_also = 0;
	snprintf(crowd.oom.reason, sizeof(crowd.oom.reason), "%70s", "long");
	expect_next("sacrificed", &crowd, &risk, "now chrome 4102, child of java 23283, 512M");
	crowd_free(&crowd);
}

static void next_names_what_is_not_certain(void)
{
	struct risk risk = some_risk();
	struct crowd crowd;

	office_init(&crowd);
	crowd.oom.certain = false;
	snprintf(crowd.oom.uncertain_why, sizeof(crowd.oom.uncertain_why), "a sharer");
	crowd.oom.margin_pages = 11;
	crowd.oom.judged[crowd.oom.order[0]].badness.error_pages = 6;
	crowd.oom.judged[crowd.oom.order[1]].badness.error_pages = 5;
	expect_next("within the error", &crowd, &risk,
		"too close to call: chrome 4102 or java 23283 (apart by 44K, error 44K)");
	crowd.oom.margin_pages = 12;
	expect_next("beyond it", &crowd, &risk, "now chrome 4102, not certain: a sharer");
	crowd.oom.margin_pages = VALUE_UNKNOWN;
	expect_next("alone", &crowd, &risk, "now chrome 4102, not certain: a sharer");
	crowd_free(&crowd);
}

static void next_says_when_it_is_no_plain_kill(void)
{
	struct risk risk = some_risk();
	struct crowd crowd;

	office_init(&crowd);
	crowd.now.knobs.oom_kill_allocating_task = 1;
	crowd_judge(&crowd);
	expect_next("allocating", &crowd, &risk,
		"whoever allocates then (vm.oom_kill_allocating_task=1); else chrome 4102");
	crowd.now.knobs.panic_on_oom = 2;
	crowd_judge(&crowd);
	expect_next("panic", &crowd, &risk,
		"the kernel would panic, not kill (vm.panic_on_oom=2); first in line is chrome 4102");
	crowd.now.knobs.panic_on_oom = 0;
	crowd.now.knobs.oom_kill_allocating_task = 0;

	crowd.now.partial = PARTIAL_HIDEPID;
	crowd.oom.outcome = OUTCOME_PANIC;
	expect_next("nobody", &crowd, &risk,
		"of the processes visible here: nobody can be killed: the kernel would panic");
	crowd.oom.outcome = OUTCOME_NO_VICTIM;
	crowd.now.partial = PARTIAL_NONE;
	expect_next("nobody", &crowd, &risk, "nobody can be killed");
	crowd.now.knobs.overcommit_memory = 2;
	expect_next(
		"strict accounting", &crowd, &risk, "ENOMEM before any kill; nobody can be killed");
	crowd.oom.outcome = OUTCOME_UNKNOWN;
	expect_next("unknown", &crowd, &risk,
		"not known: the processes or the totals could not be read");
	crowd_free(&crowd);
}

/* Ten seconds of history in which one kind of memory grows by 30 MiB a second. */
static void history_of(struct history *history, struct ring *ring, struct ring *flat)
{
	history_init(history);
	for (int64_t i = 0; i <= 10; i++) {
		ring_add(ring, i * 1000, i * 30 * MIB);
		ring_add(flat, i * 1000, 7);
	}
}

static void expect_filling(const char *want, const struct crowd *crowd, const struct risk *risk,
	const struct history *history)
{
	char buf[160];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	verdict_filling(&crowd->now, risk, history, &text);
	expect_text("filling", buf, want);
}

static void filling_names_the_process_or_the_kind_of_memory(void)
{
	static struct history history;
	struct risk risk = some_risk();
	struct crowd crowd;

	office_init(&crowd);
	history_init(&history);
	expect_filling("not known yet (first sample)", &crowd, &risk, &history);
	for (uint32_t i = 0; i < crowd.now.n_tasks; i++)
		crowd.tasks[i].has |= TASK_HAS_GROWTH;
	crowd.tasks[2].growth_bytes_per_s[GROWTH_10S] = -5;
	expect_filling("nothing grows", &crowd, &risk, &history);

	crowd.tasks[0].growth_bytes_per_s[GROWTH_10S] = 4 * MIB * 1024;
	crowd.tasks[1].growth_bytes_per_s[GROWTH_10S] = 48 * MIB * 1024;
	expect_filling("no single one: 2 processes +52M/s together", &crowd, &risk, &history);
	risk.filling = 1;
	risk.filling_bytes_per_s = 48 * MIB * 1024;
	risk.filling_percent = 92;
	expect_filling("java 23283 +48M/s, 92% of the growth", &crowd, &risk, &history);

	history_of(&history, &history.shmem, &history.slab);
	expect_filling("java 23283 +48M/s, 92% of the growth", &crowd, &risk, &history);
	crowd.tasks[0].growth_bytes_per_s[GROWTH_10S] = 0;
	crowd.tasks[1].growth_bytes_per_s[GROWTH_10S] = 15 * MIB * 1024;
	risk.filling_bytes_per_s = 15 * MIB * 1024;
	risk.filling_percent = 100;
	expect_filling("java 23283 +15M/s, 100% of the growth", &crowd, &risk, &history);
	crowd.tasks[1].growth_bytes_per_s[GROWTH_10S] = 300 * 1024;
	expect_filling("no process: tmpfs or shared memory +30M/s", &crowd, &risk, &history);
	history_of(&history, &history.slab, &history.shmem);
	expect_filling("no process: the kernel's slab +30M/s", &crowd, &risk, &history);
	history_of(&history, &history.hugetlb, &history.shmem);
	expect_filling("no process: huge pages +30M/s", &crowd, &risk, &history);
	history_of(&history, &history.other, &history.shmem);
	expect_filling(
		"no process: unaccounted (drivers, GPU, balloon) +30M/s", &crowd, &risk, &history);

	history_init(&history);
	risk.filling = NO_TASK;
	crowd.now.n_tasks = 0;
	expect_filling("not known: no process could be read", &crowd, &risk, &history);
	crowd_free(&crowd);
}

static void hostile_names_stay_clean_and_short(void)
{
	static const char long_unit[] =
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.service";
	static const struct identity who = { .unit = long_unit };
	struct risk risk = some_risk();
	struct crowd crowd;

	office_init(&crowd);
	crowd.tasks[0].who = &who;
	snprintf(crowd.tasks[1].comm, sizeof(crowd.tasks[1].comm), "a\033]0;b\007\n");
	crowd_judge(&crowd);
	crowd.oom.overtaker = 1;
	crowd.oom.overtaken_in_s = 13;
	expect_next("cut and cleaned", &crowd, &risk,
		"now aaaaaaaaaaaaaaaaaaaaaaaaaaaa 4102, 512M; from ~13s a?]0;b?? 23283, 2.0G");
	crowd_free(&crowd);
}

/* The office with memory figures: 8 GiB, 4 of them left, java takes 30 MiB a second. */
static void office_tick(struct crowd *crowd, int64_t second)
{
	struct meminfo *mem = &crowd->now.mem;
	const int64_t grown = second * 30 * MIB;

	values_forget(mem, sizeof(*mem));
	values_forget(&crowd->now.vmstat, sizeof(crowd->now.vmstat));
	values_forget(&crowd->now.pressure, sizeof(crowd->now.pressure));
	crowd->now.uptime_ms = 1000000 + second * 1000;
	mem->mem_total_kib = 8 * GIB;
	mem->mem_free_kib = 4 * GIB - grown;
	mem->active_file_kib = 100 * MIB;
	mem->inactive_file_kib = 100 * MIB;
	mem->anon_kib = 3 * GIB + grown;
	mem->shmem_kib = 0;
	mem->swap_total_kib = 0;
	mem->swap_free_kib = 0;
	crowd->now.vmstat.pgscan_kswapd = 0;
	crowd->now.vmstat.pgscan_direct = 0;
	if (second == 0)
		return;
	for (uint32_t i = 0; i < crowd->now.n_tasks; i++)
		crowd->tasks[i].has |= TASK_HAS_GROWTH;
	crowd->tasks[1].growth_bytes_per_s[GROWTH_10S] = 30 * MIB * 1024;
}

static void a_summary_holds_all_of_it(void)
{
	static struct history history;
	struct summary summary = { .n_risks = 0 };
	struct snapshot before;
	struct crowd crowd;

	office_init(&crowd);
	history_init(&history);
	for (int64_t second = 0; second < 120; second++) {
		before = crowd.now;
		office_tick(&crowd, second);
		history_add(&history, &crowd.now);
		expect_int("made",
			summary_make(
				&crowd.now, second ? &before : NULL, &machine, &history, &summary),
			0);
		if (second == 0) {
			expect_text("filling at first", summary.filling_text,
				"not known yet (first sample)");
			expect_int("no rates", summary.reclaim.kswapd_scan_per_s, VALUE_UNKNOWN);
			expect_int("no forecast", summary.risks[0].forecast_s, VALUE_UNKNOWN);
		}
	}

	expect_int("risks", summary.n_risks, 1);
	expect_text("scope", summary.risks[0].scope, "system");
	expect_int("level", summary.risks[0].level, LEVEL_CRITICAL);
	expect_true("why", strstr(summary.risks[0].why, "at this rate"));
	/* 4 GiB - 119 * 30 MiB and 200 MiB of cache, at 30 MiB/s: 24 s */
	expect_true("forecast",
		summary.risks[0].forecast_low_s <= 24 && summary.risks[0].forecast_high_s >= 24);
	expect_int("victim", summary.risks[0].victim, summary.oom.victim);
	expect_int("first", crowd_pid(&crowd, summary.oom.victim), 4102);
	expect_int("filling", crowd_pid(&crowd, summary.risks[0].filling), 23283);
	expect_int("stage", summary.stage, RECLAIM_IDLE);
	expect_true("no zones", !summary.views);
	expect_int("anon", summary.account.anon_kib, 3 * GIB + 119 * 30 * MIB);
	expect_text("filling", summary.filling_text, "java 23283 +30M/s, 100% of the growth");
	expect_text("text", summary.risks[0].text,
		"machine: 726M left to give (cache 200M), -30M/s: out in 21-29s");
	expect_true("next", strncmp(summary.next_text, "now chrome 4102", 15) == 0);
	arena_free(&summary.arena);
	crowd_free(&crowd);
}

static void the_same_instant_twice_gives_the_same(void)
{
	static struct history history;
	struct summary first = { .n_risks = 0 }, again = { .n_risks = 0 };
	struct crowd crowd;

	office_init(&crowd);
	history_init(&history);
	for (int64_t second = 0; second < 100; second++) {
		office_tick(&crowd, second);
		history_add(&history, &crowd.now);
		expect_int("first", summary_make(&crowd.now, NULL, &machine, &history, &first), 0);
		expect_int("again", summary_make(&crowd.now, NULL, &machine, &history, &again), 0);
		expect_int("level", again.risks[0].level, first.risks[0].level);
		expect_text("text", again.risks[0].text, first.risks[0].text);
	}
	arena_free(&first.arena);
	arena_free(&again.arena);
	crowd_free(&crowd);
}

static void an_empty_snapshot_is_said_to_be_so(void)
{
	static struct history history;
	struct summary summary = { .n_risks = 0 };
	struct snapshot now;

	memset(&now, 0, sizeof(now));
	values_forget(&now.mem, sizeof(now.mem));
	values_forget(&now.vmstat, sizeof(now.vmstat));
	values_forget(&now.pressure, sizeof(now.pressure));
	values_forget(&now.knobs, sizeof(now.knobs));
	kernel_profile_of("", &now.kernel);
	now.page_bytes = 4096;
	now.uptime_ms = VALUE_UNKNOWN;
	now.total_ram_pages = VALUE_UNKNOWN;
	now.total_swap_pages = VALUE_UNKNOWN;
	history_init(&history);
	history_add(&history, &now);
	expect_int("made", summary_make(&now, NULL, &machine, &history, &summary), 0);
	expect_int("level", summary.risks[0].level, LEVEL_OK);
	expect_text(
		"text", summary.risks[0].text, "machine: what is left to give could not be read");
	expect_text("next", summary.next_text,
		"not known: the processes or the totals could not be read");
	expect_text("filling", summary.filling_text, "not known: no process could be read");
	expect_int("left", summary.risks[0].left.high_kib, VALUE_UNKNOWN);
	expect_int("killable", summary.account.killable_kib, VALUE_UNKNOWN);
	arena_free(&summary.arena);
}

extern CU_TestInfo summary_tests[];
CU_TestInfo summary_tests[] = {
	{ "names are for people", names_are_for_people },
	{ "the verdict says what is left", the_verdict_says_what_is_left_and_for_how_long },
	{ "next says who dies now and then", next_says_who_dies_now_and_then },
	{ "next names what is not certain", next_names_what_is_not_certain },
	{ "next says when it is no plain kill", next_says_when_it_is_no_plain_kill },
	{ "filling names process or kind", filling_names_the_process_or_the_kind_of_memory },
	{ "hostile names stay clean and short", hostile_names_stay_clean_and_short },
	{ "a summary holds all of it", a_summary_holds_all_of_it },
	{ "the same instant twice", the_same_instant_twice_gives_the_same },
	{ "an empty snapshot is said to be so", an_empty_snapshot_is_said_to_be_so },
	CU_TEST_INFO_NULL,
};
