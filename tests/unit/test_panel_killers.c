/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "scene.h"
#include "ui/killers.h"
#include "unit.h"

enum {
	EARLYOOM,
	OOMD
};

static struct killer killers[KILLERS_MAX];
static struct killer_view views[KILLERS_MAX];

static void add_killer(struct scene *scene, enum killer_kind kind, int32_t pid)
{
	struct killer_view *view = &views[scene->now.n_killers];

	memset(view, 0, sizeof(*view));
	view->room_kib = view->room_percent = VALUE_UNKNOWN;
	view->pressure_centi = view->limit_centi = VALUE_UNKNOWN;
	view->held_ms = view->duration_ms = view->least_s = VALUE_UNKNOWN;
	view->watched = view->victim_memcg = NO_MEMCG;
	view->slope_kib_per_s = view->gives_back_kib = VALUE_UNKNOWN;
	view->forecast_s = view->forecast_low_s = view->forecast_high_s = VALUE_UNKNOWN;
	view->victim = NO_TASK;
	killers[scene->now.n_killers] = (struct killer){ .kind = kind, .pid = pid };
	scene->now.killers = killers;
	scene->now.n_killers++;
	scene->summary.killers = views;
}

/* Judged by hand: the next sample would judge them again. */
static struct scene *scene_with_killers(void)
{
	struct scene *scene = scene_new();

	scene_add_memcgs(scene);
	add_killer(scene, KILLER_EARLYOOM, 812);
	add_killer(scene, KILLER_SYSTEMD_OOMD, 530);
	killers[EARLYOOM].settings = SETTINGS_DAEMON;
	killers[OOMD].settings = SETTINGS_FILES;
	snprintf(killers[EARLYOOM].settings_why, sizeof(killers[0].settings_why),
		"its command line");
	snprintf(killers[OOMD].settings_why, sizeof(killers[0].settings_why),
		"/etc/systemd/oomd.conf");
	views[EARLYOOM].worth = WORTH_EXACT;
	views[EARLYOOM].room_kib = 1258291;
	views[EARLYOOM].room_percent = 9;
	views[EARLYOOM].victim = SCENE_JAVA;
	views[EARLYOOM].n_victims = 1;
	views[EARLYOOM].order = KILLER_BEFORE_KERNEL;
	snprintf(views[EARLYOOM].reason, sizeof(views[0].reason), "highest oom_score: 880");
	views[OOMD].worth = WORTH_ASSUMED;
	views[OOMD].pressure_centi = 1200;
	views[OOMD].limit_centi = 6000;
	views[OOMD].act = ACT_KILL;
	views[OOMD].victim_memcg = SCENE_BROWSER;
	views[OOMD].n_victims = 2;
	views[OOMD].gives_back_kib = 3250586;
	return scene;
}

static void expect_line(struct scene *scene, size_t cells, const char *want)
{
	char buf[512];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	killers_line(&scene->view, cells, &text);
	expect_text("line", buf, want);
}

static void the_line_gives_way_to_width(void)
{
	struct scene *scene = scene_with_killers();

	expect_line(scene, 97,
		"earlyoom acts in 1.2G, then java 23283; "
		"systemd-oomd pressure 12% of 60%, then browser.scope 3.1G");
	expect_line(scene, 96,
		"earlyoom acts in 1.2G, then java 23283; systemd-oomd pressure 12% of 60%");
	expect_line(scene, 72,
		"earlyoom acts in 1.2G, then java 23283; systemd-oomd pressure 12% of 60%");
	expect_line(scene, 71, "earlyoom acts in 1.2G, then java 23283; +1 more: !");
	expect_line(scene, 49, "earlyoom acts in 1.2G; +1 more: !");
	/* Narrower than anything: the canvas cuts it. */
	expect_line(scene, 10, "earlyoom acts in 1.2G; +1 more: !");
	scene_free(scene);
}

static void the_line_tells_the_trigger(void)
{
	struct scene *scene = scene_with_killers();

	scene->now.n_killers = 1;
	views[EARLYOOM].victim = NO_TASK;
	views[EARLYOOM].room_is_swap = true;
	expect_line(scene, 200, "earlyoom acts in 1.2G of swap");
	views[EARLYOOM].room_kib = 0;
	expect_line(scene, 200, "earlyoom acts now");
	views[EARLYOOM].never = true;
	expect_line(scene, 200, "earlyoom cannot act");
	views[EARLYOOM].pressure_centi = 6000;
	views[EARLYOOM].limit_centi = 6000;
	expect_line(scene, 200, "earlyoom pressure 60% of 60%");
	views[EARLYOOM].never = false;
	expect_line(scene, 200, "earlyoom acts now, or pressure 60% of 60%");
	views[EARLYOOM].pressure_centi = 6001;
	expect_line(scene, 200, "earlyoom pressure 60% of 60%");
	views[EARLYOOM].pressure_centi = views[EARLYOOM].room_kib = VALUE_UNKNOWN;
	expect_line(scene, 200, "earlyoom not known");
	snprintf(scene->tasks[SCENE_JAVA].comm, sizeof(scene->tasks[0].comm), "a\033[31mb");
	views[EARLYOOM].victim = SCENE_JAVA;
	expect_line(scene, 200, "earlyoom not known, then a?[31mb 23283");
	scene_free(scene);
}

static void the_line_stands_among_the_evidence_when_one_runs(void)
{
	struct scene *scene = scene_with_killers();

	scene_draw(scene, 120, 24);
	scene_expect_row(scene, 7,
		"KILLERS earlyoom acts in 1.2G, then java 23283; "
		"systemd-oomd pressure 12% of 60%, then browser.scope 3.1G");
	scene_expect_begins(scene, 8, "ZONE ");
	expect_true("gave way", scene_find(scene, "ORDER ") < 0);
	scene_draw(scene, 120, 50);
	scene_expect_begins(scene, 7, "KILLERS ");
	scene_expect_begins(scene, 8, "ZONE ");
	scene_expect_begins(scene, 11, "ORDER ");
	/* Of few lines swap and memory are the last to go, then the killers. */
	scene_draw(scene, 80, 15);
	scene_expect_begins(scene, 4, "RAM ");
	scene_expect_begins(scene, 5, "SWAP ");
	scene_expect_begins(scene, 6, "KILLERS ");
	expect_true("gave way", scene_find(scene, "RECLAIM ") < 0);
	scene_draw_everywhere(scene);
	scene->now.n_killers = 0;
	scene_draw(scene, 120, 24);
	expect_true("none runs", scene_find(scene, "KILLERS ") < 0);
	scene_expect_begins(scene, 8, "ORDER ");
	scene_free(scene);
}

static void the_rights_panel_has_the_whole_story(void)
{
	struct scene *scene = scene_with_killers();

	views[OOMD].level = LEVEL_WARN;
	snprintf(views[OOMD].why, sizeof(views[0].why), "hardly anything is left");
	scene_key(scene, "!");
	scene_draw(scene, 160, 80);
	scene_expect_shown(
		scene, "Other killers than the kernel, the nearest to its trigger first");
	expect_true("the nearest first",
		scene_find(scene, "systemd-oomd 530") > 0 &&
			scene_find(scene, "systemd-oomd 530") < scene_find(scene, "earlyoom 812"));
	scene_expect_shown(scene, "  why                       hardly anything is left");
	scene_expect_shown(scene, "  because                   highest oom_score: 880");
	scene_expect_shown(scene,
		"  acts                      before the kernel; the kernel would take chrome 4102");
	scene_expect_shown(scene, "  prediction                exact");
	scene_expect_shown(
		scene, "  settings                  those it runs with: its command line");
	scene_expect_shown(scene,
		"  settings                  assumed, from its files: /etc/systemd/oomd.conf");
	scene_draw_everywhere(scene);
	scene->now.n_killers = 0;
	scene_draw(scene, 160, 80);
	scene_expect_shown(scene, "other killers               none is seen to run");
	scene_free(scene);
}

static void the_verdict_points_to_where_others_are(void)
{
	static const struct {
		const char *label;
		enum scope_kind kinds[2];
		const char *want;
	} cases[] = {
		{ "cgroups", { SCOPE_MEMCG, SCOPE_MEMCG }, "WARN     x  (+2 more: 3)" },
		{ "killers", { SCOPE_KILLER, SCOPE_KILLER }, "WARN     x  (+2 more: !)" },
		{ "nodes", { SCOPE_NODES, SCOPE_NODES }, "WARN     x  (+2 more: s)" },
		{ "mixed", { SCOPE_MEMCG, SCOPE_KILLER }, "WARN     x  (+2 more: s)" },
		{ "the machine", { SCOPE_SYSTEM, SCOPE_MEMCG }, "WARN     x  (+2 more: s)" },
	};
	struct scene *scene = scene_with_killers();

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		scene->summary.n_risks = 3;
		for (unsigned k = 0; k < 3; k++) {
			struct risk *risk = &scene->summary.risks[k];

			risk->level = LEVEL_WARN;
			risk->where.kind = k ? cases[i].kinds[k - 1] : SCOPE_NODES;
			risk->why[0] = '\0';
			snprintf(risk->text, sizeof(risk->text), "x");
		}
		scene_draw(scene, 80, 24);
		expect_text(cases[i].label, scene_line(scene, 1), cases[i].want);
	}
	scene_free(scene);
}

extern CU_TestInfo panel_killers_tests[];
CU_TestInfo panel_killers_tests[] = {
	{ "the line gives way to width", the_line_gives_way_to_width },
	{ "the line tells the trigger", the_line_tells_the_trigger },
	{ "the line stands among the evidence when one runs",
		the_line_stands_among_the_evidence_when_one_runs },
	{ "the rights panel has the whole story", the_rights_panel_has_the_whole_story },
	{ "the verdict points to where others are", the_verdict_points_to_where_others_are },
	CU_TEST_INFO_NULL,
};
