/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "scene.h"
#include "ui/actions.h"
#include "ui/commands.h"
#include "ui/panels.h"
#include "unit.h"

/* Keys that are on their way when its process ends must not reach the list: there "a" or F7
 * would open a prompt for another process. */
static void a_prompt_whose_process_ended_takes_no_more_than_esc(void)
{
	static const struct {
		const char *label;
		const char *open[4];
		const char *ahead[3]; /* the last one closes it */
	} cases[] = {
		{ "ADJ", { "F7" }, { "F7", "a", "Enter" } },
		{ "ADJ, Esc", { "a" }, { "1", "Backspace", "Esc" } },
		{ "KILL", { "F9", "Down", "Enter" }, { "y" } },
		{ "sysrq-f", { "F9", "End", "Enter" }, { "a", "F9", "Enter" } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene *scene = scene_new();
		unsigned reaction = 0;

		for (size_t k = 0; k < 4 && cases[i].open[k]; k++)
			scene_key(scene, cases[i].open[k]);
		expect_int(cases[i].label, scene->state.action.plan.target.pid, 4102);
		scene_end_task(scene, SCENE_CHROME);
		scene_tick(scene);
		expect_text(cases[i].label, scene->state.message,
			"chrome 4102 has ended: nothing was done");
		expect_int(cases[i].label, scene->state.action.plan.kind, PLAN_NONE);
		scene_draw_everywhere(scene);
		scene_draw(scene, 80, 24);
		scene_expect_row(scene, 22, "  chrome 4102 has ended: nothing was done");
		scene_expect_begins(scene, 23, "F1Help EscClose");
		for (size_t k = 0; k < 3 && cases[i].ahead[k]; k++) {
			expect_true(cases[i].label, scene->state.prompt != PROMPT_NONE);
			reaction |= scene_key(scene, cases[i].ahead[k]);
		}
		expect_int(cases[i].label, reaction, REACT_REDRAW);
		scene_expect_idle(scene, cases[i].label);
		scene_free(scene);
	}
}

static void a_menu_whose_process_ended_closes(void)
{
	struct scene *scene = scene_new();

	scene_key(scene, "F9");
	/* The same pid, but another process. */
	scene->tasks[SCENE_CHROME].start_ticks++;
	scene_tick(scene);
	expect_text("said", scene->state.message, "chrome 4102 has ended: nothing was done");
	scene_expect_idle(scene, "closed");
	expect_int("the first row, whoever it is", scene->state.selected_pid, 0);
	scene_free(scene);
}

static void surroundings_count_for_their_process_only(void)
{
	struct scene *scene = scene_new();
	struct surroundings *around = &scene->state.action.around;

	scene_key(scene, "Down");
	scene_key(scene, "F9");
	*around = (struct surroundings){
		.asked = true,
		.pid = 23283,
		.start_ticks = scene->tasks[SCENE_JAVA].start_ticks,
		.namespace_pid = 23283,
		.unit = "tomcat.service",
		.restart = RESTART_ALWAYS,
		.group_known = true,
	};
	expect_int("explain", actions_explain(&scene->view), 0);
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "Restart=always");
	around->start_ticks++;
	expect_int("explain", actions_explain(&scene->view), 0);
	scene_draw(scene, 80, 24);
	expect_true("of another process", scene_find(scene, "Restart=always") < 0);
	scene_free(scene);
}

static bool is_in_glossary(const char *word)
{
	unsigned count;
	const struct glossary_entry *all = glossary_all(&count);

	for (unsigned i = 0; i < count; i++)
		if (strcmp(all[i].word, word) == 0)
			return true;
	return false;
}

static void expect_labels_explained(const struct scene *scene)
{
	expect_true("there are some", scene->view.page.n_lines > 2);
	for (unsigned i = 0; i < scene->view.page.n_lines; i++)
		expect_true(scene->view.page.lines[i].label,
			is_in_glossary(scene->view.page.lines[i].label));
}

static void every_label_of_a_plan_is_in_the_glossary(void)
{
	struct scene *scene = scene_new();

	scene->now.own_caps = 0;
	scene->now.own_uid = 1000;
	scene->tasks[SCENE_CHROME].state = 'D';
	scene_tick(scene);
	scene_key(scene, "F7");
	scene->tasks[SCENE_CHROME].oom_score_adj = 301;
	scene_tick(scene);
	expect_labels_explained(scene);
	scene_key(scene, "Esc");
	scene_key(scene, "F9");
	expect_labels_explained(scene);
	scene_key(scene, "End");
	scene_key(scene, "Enter");
	scene->tasks[SCENE_JAVA].flags |= TASK_FLAG_EXITING;
	scene_set_mem(scene, SCENE_POSTGRES, 15000);
	scene_tick(scene);
	expect_labels_explained(scene);
	scene_free(scene);
}

static const char *wrong_with(const struct scene *scene, unsigned reaction)
{
	const struct ui_state *state = &scene->state;
	const struct plan *plan = &state->action.plan;
	const bool asks = prompt_is_action(state->prompt);

	if (asks && (state->overlay != OVERLAY_NONE || state->tab != TAB_MAIN))
		return "its pane is covered";
	if (plan->kind != PLAN_NONE && !asks && state->overlay != OVERLAY_KILL)
		return "a plan without a prompt";
	if (plan->kind == PLAN_NONE && state->overlay == OVERLAY_KILL)
		return "a menu without a plan";
	if (!(reaction & REACT_PERFORM))
		return NULL;
	if (!asks || plan_find(&scene->now, &plan->target) == NO_TASK)
		return "performed for nobody";
	if (scene->view.page.refused[0] || state->read_only)
		return "performed though refused";
	if (state->prompt == PROMPT_CONFIRM && strcmp(state->input, scene->view.page.confirm) != 0)
		return "performed though not confirmed";
	if (plan->kind == PLAN_SIGNAL && (plan->signal == 0 || plan->target.pid == 1))
		return "a signal that must not be sent";
	return NULL;
}

static unsigned press_any(struct scene *scene, uint32_t random)
{
	static const char *const keys[] = { "F7", "F8", "F9", "k", "a", "Enter", "Enter", "Enter",
		"y", "Esc", "Backspace", "Up", "Down", "Home", "End", "1", "5", "x", "F1", "q", "/",
		"-", "z", "Tab", "F6", "^U" };

	if (random % 16 == 0 && scene->state.prompt == PROMPT_CONFIRM)
		scene_type(scene, scene->view.page.confirm);
	return scene_key(scene, keys[random / 16 % ARRAY_SIZE(keys)]);
}

/* What happens on a machine between two keys. */
static void let_time_pass(struct scene *scene, uint32_t random)
{
	struct task *task = &scene->tasks[random / 32 % scene->now.n_tasks];

	switch (random % 32) {
	case 0:
		task->start_ticks++;
		break;
	case 1:
		task->oom_score_adj = (int32_t)(random / 1024 % 2001) - 1000;
		break;
	case 2:
		scene->state.read_only = !scene->state.read_only;
		break;
	case 3:
		scene->state.action.sysrq.asked = !scene->state.action.sysrq.asked;
		scene->state.action.sysrq.error = -EROFS;
		break;
	default:
		break;
	}
	scene_tick(scene);
}

/* Any keys at all, with processes that end meanwhile. */
static void no_keys_perform_what_was_not_confirmed(void)
{
	struct scene *scene = scene_new();
	const char *wrong = NULL;
	uint32_t random = 1;
	int performed = 0, i;

	for (i = 0; i < 20000 && !wrong; i++) {
		unsigned reaction;

		random = random * 1664525 + 1013904223;
		reaction = press_any(scene, random >> 8);
		wrong = wrong_with(scene, reaction);
		if (reaction & REACT_PERFORM) {
			performed++;
			actions_done(&scene->view, random & 0x80, "done");
		}
		if (random >> 28 == 0)
			let_time_pass(scene, random >> 4);
		if (!wrong)
			wrong = wrong_with(scene, REACT_NOTHING);
	}
	expect_text("wrong", wrong ? wrong : "", "");
	expect_int("keys", i, 20000);
	expect_true("some did perform", performed > 50);
	scene_free(scene);
}

/* The sanitizers look on; names are cleaned whatever they hold. */
static void every_state_draws_at_every_size_with_hostile_names(void)
{
	static const char *const states[][5] = {
		{ "F7" },
		{ "a", "^U" },
		{ "F9" },
		{ "F9", "PgDn" },
		{ "F9", "Enter" },
		{ "F9", "End", "Enter" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		struct scene *scene = scene_new();

		snprintf(scene->tasks[SCENE_CHROME].comm, sizeof(scene->tasks[0].comm),
			"\x1b[2J\x07%%s\xff\n\xe2\x80\xae'\xe4\xb8\xad\xe4\xb8\xad 0123456789 0123456");
		scene->who[SCENE_CHROME].unit = "a\x1b[31m.service";
		scene_tick(scene);
		for (size_t k = 0; k < 5 && states[i][k]; k++)
			scene_key(scene, states[i][k]);
		expect_int("whom", scene->state.action.plan.target.pid, 4102);
		scene_draw_everywhere(scene);
		scene->canvas.ascii = scene->state.ascii = false;
		scene_draw_everywhere(scene);
		scene->canvas.ascii = scene->state.ascii = true;
		scene_draw(scene, 160, 50);
		for (int k = 0; k < 160 * 50; k++)
			if (scene->cells[k].code_point < ' ' || scene->cells[k].code_point > '~')
				expect_int("not printable", scene->cells[k].code_point, ' ');
		scene_expect_shown(scene, "?[2J?%s?");
		/* What has to be typed can be typed. */
		if (scene->state.prompt == PROMPT_CONFIRM) {
			scene_type(scene, scene->view.page.confirm);
			expect_true("typed", scene_key(scene, "Enter") & REACT_PERFORM);
		}
		scene_free(scene);
	}
}

static void the_rights_panel_tells_what_can_be_done(void)
{
	static const struct {
		const char *label;
		int64_t uid;
		uint64_t caps;
		bool userns;
		struct sysrq_access sysrq;
		const char *whose, *lower, *sysrq_words;
	} cases[] = {
		{ "root", 0, UINT64_MAX, false, { true, 0 }, "all; init gets no signal",
			"yes, down to -1000", "/proc/sysrq-trigger can be written" },
		{ "a user", 1000, 0, false, { true, -EACCES }, "your own only; root may",
			"only to what a holder of CAP_SYS_RESOURCE",
			"/proc/sysrq-trigger needs root" },
		{ "a container", 0, UINT64_MAX, true, { true, -EROFS }, "those of this user name",
			"most likely refused", "is mounted read-only" },
		{ "not asked", VALUE_UNKNOWN, UINT64_MAX, false, { false, 0 }, "not known",
			"yes, down to", "not known yet" },
		{ "no sysrq", 0, 0, false, { true, -ENOENT }, "all;", "only to what",
			"this kernel has no /proc/sysrq-trigger" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene *scene = scene_new();

		scene->now.own_uid = cases[i].uid;
		scene->now.own_caps = cases[i].caps;
		scene->now.own_userns = cases[i].userns;
		scene->state.action.sysrq = cases[i].sysrq;
		scene_key(scene, "!");
		scene_draw(scene, 200, 60);
		scene_expect_shown(scene, cases[i].whose);
		scene_expect_shown(scene, cases[i].lower);
		scene_expect_shown(scene, cases[i].sysrq_words);
		scene_free(scene);
	}
}

extern CU_TestInfo actions_tests[];
CU_TestInfo actions_tests[] = {
	{ "a prompt whose process ended takes no more than Esc",
		a_prompt_whose_process_ended_takes_no_more_than_esc },
	{ "a menu whose process ended closes", a_menu_whose_process_ended_closes },
	{ "surroundings count for their process only", surroundings_count_for_their_process_only },
	{ "every label of a plan is in the glossary", every_label_of_a_plan_is_in_the_glossary },
	{ "no keys perform what was not confirmed", no_keys_perform_what_was_not_confirmed },
	{ "every state draws at every size, with hostile names",
		every_state_draws_at_every_size_with_hostile_names },
	{ "the rights panel tells what can be done", the_rights_panel_tells_what_can_be_done },
	CU_TEST_INFO_NULL,
};
