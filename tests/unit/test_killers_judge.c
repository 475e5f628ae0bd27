/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "analysis/killers_parts.h"
#include "crowd.h"
#include "unit.h"

#define NO VALUE_UNKNOWN
#define GIB (INT64_C(1024) * 1024)

/** earlyoom on a machine without swap, so that MemAvailable alone decides: its limit is so many
 * KiB of 8 GiB. */
#define LIMIT_KIB (GIB / 2)

struct stage {
	struct crowd crowd;
	struct killer killers[KILLERS_MAX + 1];
	struct history history;
	struct risk machine;
	struct arena arena;
	struct killer_view *views;
};

static void stage_init(struct stage *stage)
{
	memset(stage, 0, sizeof(*stage));
	crowd_init(&stage->crowd, "6.1.0");
	history_init(&stage->history);
	crowd_add(&stage->crowd, 20, "java", CROWD_GIB, 0)->ppid = 1;
	stage->crowd.now.uptime_ms = 1000000;
	stage->crowd.now.mem.mem_total_kib = 8 * GIB;
	stage->crowd.now.mem.mem_available_kib = 4 * GIB;
	stage->crowd.now.mem.anon_kib = 4 * GIB;
	stage->crowd.now.mem.swap_total_kib = stage->crowd.now.mem.swap_free_kib = 0;
	stage->crowd.now.killers = stage->killers;
	stage->crowd.now.n_killers = 1;
	stage->killers[0] = (struct killer){ .kind = KILLER_EARLYOOM,
		.pid = 900,
		.settings = SETTINGS_DAEMON,
		.earlyoom = { .mem_permyriad = { NO, NO },
			.swap_permyriad = { 0, 0 },
			.mem_kib = { LIMIT_KIB, 0 },
			.swap_kib = { NO, NO },
			.matches_known = true } };
	stage->machine = (struct risk){
		.left = { .high_kib = 5 * GIB, .low_kib = 4 * GIB },
		.forecast_s = NO,
	};
}

static void stage_free(struct stage *stage)
{
	arena_free(&stage->arena);
	crowd_free(&stage->crowd);
}

static const struct killer_view *judge(struct stage *stage)
{
	const struct killers_inputs inputs = { .now = &stage->crowd.now,
		.machine = crowd_judge(&stage->crowd),
		.machine_risk = &stage->machine,
		.history = &stage->history };
	int error = 1;

	arena_reset(&stage->arena);
	stage->views = killers_judge(&inputs, &stage->arena, &error);
	expect_int("judged", error, 0);
	return stage->views;
}

/** So much may still be used up before it acts. */
static void leave(struct stage *stage, int64_t room_kib)
{
	const int64_t total = 8 * GIB;

	/* Its share is of what is available and anonymous: keep that at all of RAM. */
	stage->crowd.now.mem.mem_available_kib = LIMIT_KIB + room_kib;
	stage->crowd.now.mem.anon_kib = total - stage->crowd.now.mem.mem_available_kib;
}

static void nobody_runs(void)
{
	struct stage stage;

	stage_init(&stage);
	stage.crowd.now.n_killers = 0;
	expect_true("no views", judge(&stage) == NULL);
	stage_free(&stage);
}

static void little_room_raises_the_level(void)
{
	/* 1 % of 8 GiB are 83886.08 KiB. */
	static const struct {
		const char *label;
		int64_t room_kib;
		enum level want;
	} cases[] = {
		{ "half", 4 * GIB, LEVEL_OK },
		{ "3 %", 251659, LEVEL_OK },
		{ "less than 3 %", 251658, LEVEL_WARN },
		{ "1 %", 83887, LEVEL_WARN },
		{ "less than 1 %", 83886, LEVEL_CRITICAL },
		{ "nothing", 0, LEVEL_CRITICAL },
		{ "beyond", -1000, LEVEL_CRITICAL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct stage stage;

		stage_init(&stage);
		leave(&stage, cases[i].room_kib);
		expect_int(cases[i].label, judge(&stage)->level, cases[i].want);
		expect_int(cases[i].label, stage.views->why[0] != '\0', cases[i].want != LEVEL_OK);
		stage_free(&stage);
	}
}

static void a_level_is_held(void)
{
	struct stage stage;

	stage_init(&stage);
	leave(&stage, 0);
	expect_int("now", judge(&stage)->level, LEVEL_CRITICAL);
	leave(&stage, 4 * GIB);
	stage.crowd.now.uptime_ms += LEVEL_HOLD_MS - 1;
	expect_int("still", judge(&stage)->level, LEVEL_CRITICAL);
	expect_text("of the level held", stage.views->why, "its limits are reached: it acts now");
	stage.crowd.now.uptime_ms += 1;
	expect_int("no more", judge(&stage)->level, LEVEL_OK);
	expect_text("nothing", stage.views->why, "");
	stage_free(&stage);
}

static void what_it_shrinks_to_is_foretold(void)
{
	const struct killer_view *view;
	struct stage stage;

	stage_init(&stage);
	/* 20 MiB a second, 600 MiB left: 30 s. */
	for (int i = 20; i >= 0; i--) {
		leave(&stage, (600 + i * 20) * 1024);
		(void)judge(&stage);
		stage.crowd.now.uptime_ms += 1000;
	}
	stage.crowd.now.uptime_ms -= 1000;
	view = judge(&stage);
	expect_true("forecast", view->forecast_low_s <= 30 && view->forecast_high_s >= 30);
	expect_true("likely", view->forecast_s >= 15 && view->forecast_s <= 33);
	expect_int("slope", view->slope_kib_per_s, -20 * 1024);
	expect_true("level", view->level > LEVEL_OK);
	expect_int("that alone", view->by_forecast, true);
	expect_text("no reason against it", view->no_forecast_why, "");
	expect_int("by room", view->order, KILLER_BEFORE_KERNEL);
	stage.machine.forecast_s = view->forecast_s;
	expect_int("as soon as the kernel", judge(&stage)->order, KILLER_BEFORE_KERNEL);
	stage.machine.forecast_s--;
	expect_int("the kernel is sooner", judge(&stage)->order, KILLER_AFTER_KERNEL);
	stage_free(&stage);
}

static void whoever_has_less_left_comes_first(void)
{
	static const struct {
		const char *label;
		int64_t room_kib, machine_kib, machine_s;
		enum killer_order want;
	} cases[] = {
		{ "less", GIB, GIB + 1, NO, KILLER_BEFORE_KERNEL },
		{ "as much", GIB, GIB, NO, KILLER_AFTER_KERNEL },
		{ "more", GIB, GIB - 1, NO, KILLER_AFTER_KERNEL },
		{ "at its limit", 0, 0, 1, KILLER_BEFORE_KERNEL },
		{ "not known", GIB, NO, NO, ORDER_UNTOLD },
		{ "only the kernel is foretold", GIB, 2 * GIB, 5, KILLER_BEFORE_KERNEL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct stage stage;

		stage_init(&stage);
		leave(&stage, cases[i].room_kib);
		stage.machine.left.high_kib = cases[i].machine_kib;
		stage.machine.forecast_s = cases[i].machine_s;
		expect_int(cases[i].label, judge(&stage)->order, cases[i].want);
		stage_free(&stage);
	}
}

static void settings_that_are_not_read_tell_nothing(void)
{
	const struct killer_view *view;
	struct stage stage;
	struct text text;
	char words[128];

	stage_init(&stage);
	leave(&stage, 0);
	stage.killers[0].settings = SETTINGS_UNREAD;
	snprintf(stage.killers[0].settings_why, sizeof(stage.killers[0].settings_why),
		"reading its command line hangs");
	view = judge(&stage);
	expect_int("worth", view->worth, WORTH_UNKNOWN);
	expect_text("why", view->worth_why, "reading its command line hangs");
	expect_int("level", view->level, LEVEL_OK);
	expect_int("room", view->room_kib, NO);
	expect_int("victim", view->victim, NO_TASK);
	expect_int("order", view->order, ORDER_UNTOLD);
	text_init(&text, words, sizeof(words));
	killer_words(&stage.crowd.now, stage.views, 0, &text);
	expect_text("words", words, "when it acts is not known: reading its command line hangs");
	text_init(&text, words, sizeof(words));
	killer_victim_words(&stage.crowd.now, stage.views, 0, &text);
	expect_text("nobody", words, "its settings are not known");
	stage_free(&stage);
}

static void what_never_acts_has_no_level(void)
{
	const struct killer_view *view;
	struct stage stage;

	stage_init(&stage);
	stage.killers[0] = (struct killer){ .kind = KILLER_SYSTEMD_OOMD,
		.settings = SETTINGS_FILES,
		.systemd_oomd = { .swap_used_permyriad = 9000, .users_known = true } };
	view = judge(&stage);
	expect_int("never", view->never, true);
	expect_int("level", view->level, LEVEL_OK);
	expect_int("order", view->order, KILLER_AFTER_KERNEL);
	stage_free(&stage);
}

static void more_killers_than_there_is_room_for_are_blank(void)
{
	struct stage stage;

	stage_init(&stage);
	leave(&stage, 0);
	for (unsigned i = 0; i <= KILLERS_MAX; i++) {
		stage.killers[i] = stage.killers[0];
		stage.killers[i].pid = 900 + (int32_t)i;
	}
	stage.crowd.now.n_killers = KILLERS_MAX + 1;
	(void)judge(&stage);
	expect_int("last", stage.views[KILLERS_MAX - 1].level, LEVEL_CRITICAL);
	expect_int("beyond", stage.views[KILLERS_MAX].level, LEVEL_OK);
	expect_int("beyond", stage.views[KILLERS_MAX].victim, NO_TASK);
	stage_free(&stage);
}

static const char *words_of(const struct snapshot *now, const struct killer_view *view)
{
	static char buf[256];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	killer_words(now, view, 0, &text);
	return buf;
}

static void distance_is_told_in_words(void)
{
	static const struct {
		struct killer_view view;
		const char *want;
	} cases[] = {
		{ { .room_kib = GIB, .limit_centi = NO }, "acts at 37.5% available, 1.0G away" },
		{ { .room_kib = GIB, .room_is_swap = true, .limit_centi = NO },
			"acts at 25.0% of swap free, 1.0G away" },
		{ { .room_kib = 5 * GIB, .limit_centi = NO }, "acts 5.0G away" },
		{ { .room_kib = 0, .limit_centi = NO }, "acts now" },
		{ { .room_kib = NO,
			  .limit_centi = 6000,
			  .pressure_centi = 4199,
			  .held_ms = 0,
			  .duration_ms = 20000 },
			"pressure 41% of 60%" },
		{ { .room_kib = NO,
			  .limit_centi = 6000,
			  .pressure_centi = 7000,
			  .held_ms = 3900,
			  .duration_ms = 20000 },
			"pressure 70% of 60%, held 3 of 20s" },
		{ { .room_kib = GIB,
			  .limit_centi = 5000,
			  .pressure_centi = 0,
			  .held_ms = 0,
			  .duration_ms = 20000 },
			"acts at 37.5% available, 1.0G away; pressure 0% of 50%" },
		{ { .room_kib = NO, .limit_centi = 5000, .pressure_centi = NO, .held_ms = NO },
			"pressure ? of 50%" },
		{ { .room_kib = GIB, .never = true, .why_never = "no swap" },
			"never acts: no swap" },
		{ { .room_kib = NO, .limit_centi = NO },
			"when it acts is not known: no limit could be read" },
	};
	struct stage stage;

	stage_init(&stage);
	stage.crowd.now.mem.swap_total_kib = 4 * GIB;
	stage.crowd.now.mem.swap_free_kib = 2 * GIB;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_text("words", words_of(&stage.crowd.now, &cases[i].view), cases[i].want);
	stage_free(&stage);
}

static void a_victim_is_told_in_words(void)
{
	static const struct {
		struct killer_view view;
		const char *want;
	} cases[] = {
		{ { .victim = 0, .victim_memcg = NO_MEMCG, .act = ACT_TERM }, "java 20 (SIGTERM)" },
		{ { .victim = 0, .victim_memcg = NO_MEMCG, .act = ACT_KILL, .tie = true },
			"java 20 (SIGKILL), or another that is as good" },
		{ { .victim = 0, .victim_memcg = NO_MEMCG, .act = ACT_KERNEL },
			"java 20 (as the kernel chooses)" },
		{ { .victim = NO_TASK,
			  .victim_memcg = 0,
			  .n_victims = 41,
			  .gives_back_kib = 3 * GIB },
			"app-x.scope: 41 processes, 3.0G" },
		{ { .victim = 0, .victim_memcg = 0, .n_victims = 1, .gives_back_kib = NO },
			"app-x.scope: 1 process" },
		{ { .victim = NO_TASK, .victim_memcg = NO_MEMCG, .nobody_why = "nobody is left" },
			"nobody is left" },
		{ { .victim = 17, .victim_memcg = 17 }, "not known" },
	};
	struct stage stage;

	stage_init(&stage);
	crowd_memcg(&stage.crowd, "/user.slice/app-x.scope", NO_MEMCG);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char buf[128];
		struct text text;

		text_init(&text, buf, sizeof(buf));
		killer_victim_words(&stage.crowd.now, &cases[i].view, 0, &text);
		expect_text("victim", buf, cases[i].want);
	}
	stage_free(&stage);
}

static void a_risk_has_all_that_a_view_has(void)
{
	struct stage stage;
	struct risk risk;

	stage_init(&stage);
	leave(&stage, 0);
	(void)judge(&stage);
	memset(&risk, 0x55, sizeof(risk));
	killers_risk(&stage.crowd.now, stage.views, 0, &risk);
	expect_int("level", risk.level, LEVEL_CRITICAL);
	expect_int("kind", risk.where.kind, SCOPE_KILLER);
	expect_int("killer", risk.where.killer, 0);
	expect_text("id", risk.scope, "killer:earlyoom");
	expect_text("words", risk.scope_words, "earlyoom");
	expect_int("left", risk.left.high_kib, 0);
	expect_int("victim", risk.victim, 0);
	expect_int("filling", risk.filling, NO_TASK);
	expect_text("why", risk.why, "its limits are reached: it acts now");
	stage_free(&stage);
}

static void worths_have_ids(void)
{
	expect_text("exact", killer_worth_id(WORTH_EXACT), "exact");
	expect_text("assumed", killer_worth_id(WORTH_ASSUMED), "assumed");
	expect_text("lower bound", killer_worth_id(WORTH_LOWER_BOUND), "lower_bound");
	expect_text("unknown", killer_worth_id(WORTH_UNKNOWN), "unknown");
}

extern CU_TestInfo killers_judge_tests[];
CU_TestInfo killers_judge_tests[] = {
	{ "nobody runs", nobody_runs },
	{ "little room raises the level", little_room_raises_the_level },
	{ "a level is held", a_level_is_held },
	{ "what it shrinks to is foretold", what_it_shrinks_to_is_foretold },
	{ "whoever has less left comes first", whoever_has_less_left_comes_first },
	{ "settings that are not read tell nothing", settings_that_are_not_read_tell_nothing },
	{ "what never acts has no level", what_never_acts_has_no_level },
	{ "more killers than there is room for are blank",
		more_killers_than_there_is_room_for_are_blank },
	{ "distance is told in words", distance_is_told_in_words },
	{ "a victim is told in words", a_victim_is_told_in_words },
	{ "a risk has all that a view has", a_risk_has_all_that_a_view_has },
	{ "worths have ids", worths_have_ids },
	CU_TEST_INFO_NULL,
};
