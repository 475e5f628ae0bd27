/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "scene.h"
#include "ui/commands.h"
#include "ui/panels.h"
#include "unit.h"

static void exempt_ones_are_folded_and_unfolded(void)
{
	struct scene *scene = scene_new();

	scene_key(scene, "K");
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "2 exempt: init, sshd (adj -1000)");
	scene_expect_shown(scene, "kthreadd");
	scene_key(scene, "x");
	scene_draw(scene, 100, 24);
	expect_true("none folded", scene_find(scene, "exempt:") < 0);
	scene_expect_shown(scene, "9 of 9 shown  with exempt  with kernel threads");
	scene_key(scene, "End");
	scene_key(scene, "Enter");
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "rank        never chosen: ");
	scene_free(scene);
}

static void the_detail_explains_the_score(void)
{
	struct scene *scene = scene_new();
	struct task *chrome = &scene->tasks[SCENE_CHROME];

	chrome->has |= TASK_HAS_SCORE | TASK_HAS_GROWTH;
	chrome->oom_score = 895;
	chrome->growth_bytes_per_s[GROWTH_1MIN] = -3145728;
	chrome->rss_stat_pages += 512;
	scene_tick(scene);
	scene_key(scene, "Enter");
	scene_draw(scene, 80, 30);
	scene_expect_shown(scene, "anon                    1.3G      41.2");
	scene_expect_shown(scene, "file                    3.0M       0.0");
	scene_expect_shown(scene, "counter differs         2.0M       0.0");
	scene_expect_shown(scene, "swap                     60M       1.8");
	scene_expect_shown(scene, "page tables             2.6M       0.0");
	scene_expect_shown(scene, "rank        1 of 6 in kill order: adj +300 outranks java 23283");
	scene_expect_shown(scene, "SCORE       895 by the kernel, 895 recomputed: they agree");
	scene_expect_shown(
		scene, "kill frees  1.3G of RAM (private memory and page tables); not shared 1.0M");
	scene_expect_shown(scene, "growth      ? (10s)  -3.0M/s (1min)  ");
	scene_expect_shown(scene, "user        alice, uid 1000, parent 3390");
	scene_expect_shown(scene, "command     chrome --type=renderer");
	chrome->oom_score = 12;
	scene_draw(scene, 80, 30);
	scene_expect_shown(scene, "12 by the kernel, 895 recomputed: they differ");
	scene_free(scene);
}

static void old_kernels_have_a_root_bonus_and_a_floor(void)
{
	struct scene *scene = scene_new();

	kernel_profile_of("3.16.0", &scene->now.kernel);
	scene->tasks[SCENE_CHROME].cap_effective = CAP_BIT_SYS_ADMIN;
	scene->tasks[SCENE_BASH].oom_score_adj = -500;
	scene_tick(scene);
	scene_key(scene, "Enter");
	scene_draw(scene, 80, 30);
	scene_expect_shown(scene, "root bonus");
	scene_key(scene, "Esc");
	scene_key(scene, "End");
	scene_key(scene, "Enter");
	scene_draw(scene, 80, 30);
	scene_expect_shown(scene, "adj -500");
	scene_expect_shown(scene, "raised to least");
	scene_expect_shown(scene, "= BADNESS               4.0K       0.0");
	scene_free(scene);
}

static void kernels_with_oom_adj_only_show_it_beside_what_is_made_of_it(void)
{
	struct scene *scene = scene_new();
	struct task *chrome = &scene->tasks[SCENE_CHROME];

	scene_key(scene, "Enter");
	scene_draw(scene, 80, 30);
	expect_true("not on others", scene_find(scene, "oom_adj ") < 0);
	kernel_profile_of("2.6.32", &scene->now.kernel);
	chrome->has |= TASK_HAS_LEGACY_ADJ;
	chrome->oom_adj = -16;
	chrome->oom_score_adj = -941;
	scene_tick(scene);
	scene_key(scene, "Esc");
	scene_select(scene, "4102");
	scene_key(scene, "Enter");
	scene_draw(scene, 80, 30);
	scene_expect_shown(
		scene, "ADJ         oom_adj -16 (this kernel has no oom_score_adj; shown as -941)");
	scene_free(scene);
}

static void the_log_keeps_the_newest_and_counts_all(void)
{
	struct scene *scene = scene_new();
	struct ui_state *state = &scene->state;

	for (int i = 0; i < LOG_LINES + 5; i++)
		ui_log(state, scene->now.time_ms, "line %d", i);
	expect_int("kept", state->log.count, LOG_LINES);
	expect_int("ever", (long long)state->log.total, LOG_LINES + 5);
	scene_key(scene, "5");
	scene_draw(scene, 80, 24);
	scene_expect_row(scene, 4, "Messages and changes, newest first");
	scene_expect_row(scene, 5, "19:41:08  line 204");
	ui_hint(state, "a word");
	expect_int("hints are not logged", (long long)state->log.total, LOG_LINES + 5);
	ui_message(state, scene->now.time_ms, "a message");
	expect_int("messages are", (long long)state->log.total, LOG_LINES + 6);
	scene_free(scene);
}

static void the_zones_tab_tells_each_zone(void)
{
	struct migrate_blocks types[2] = {
		{ .node = 0, .zone = "Normal", .type = "Movable", .n_orders = 11 },
		{ .node = 1, .zone = "Normal", .type = "Elsewhere", .n_orders = 11 },
	};
	struct scene *scene = scene_new();

	types[0].count[0] = 100000;
	types[0].at_least[0] = true;
	types[0].count[1] = 77;
	scene_key(scene, "2");
	scene_draw(scene, 80, 80);
	scene_expect_shown(scene, "Node 0, zone DMA32");
	scene_expect_shown(scene, "marks       min 52M  low 65M  high 78M  boost 0");
	scene_expect_shown(scene, "usable      kernel 6.0M  user 6.0M");
	scene_expect_shown(scene, "block size    4.0K  8.0K   16K   32K");
	scene_expect_shown(scene, "free blocks   7.4k  1.9k     0   464");
	scene_expect_shown(scene, "index         fits  fits  fits  fits   ");
	scene_expect_shown(scene, "request         ok    ok    ok    ok  frag");
	scene_expect_shown(scene,
		"order 0     from this zone, a kernel request of 4.0K: would be served at once");
	scene_expect_shown(scene, "a kernel request of 2.0M: enough is free, but not");
	scene_expect_shown(scene, "empty       Movable");

	scene_key(scene, "m");
	scene_draw(scene, 80, 80);
	scene_expect_shown(scene, "by type     will be read with one of the next samples");
	scene->now.facts[FACT_PAGETYPEINFO] = FACT_FORBIDDEN;
	scene_draw(scene, 80, 80);
	expect_true("a reason", scene_find(scene, "will be read") < 0);
	scene_expect_shown(scene, "by type     ");
	scene->now.migrate = types;
	scene->now.n_migrate = 2;
	scene_draw(scene, 80, 80);
	scene_expect_shown(scene, "Movable      >100k    77     0");
	expect_true("not of another node", scene_find(scene, "Elsewhere") < 0);

	scene->summary.views = NULL;
	scene_draw(scene, 80, 80);
	scene_expect_shown(scene, "zones: ? (! says what could not be read, and why)");
	scene_free(scene);
}

static void help_tells_every_key_column_and_word(void)
{
	struct scene *scene = scene_new();
	unsigned n_commands, n_columns, n_words;
	const struct command *commands = commands_all(&n_commands);
	const struct column *columns = columns_all(&n_columns);
	const struct glossary_entry *words = glossary_all(&n_words);
	unsigned n_more;
	const struct glossary_entry *more = glossary_scopes(&n_more);

	scene_key(scene, "F1");
	scene_draw(scene, 200, CANVAS_ROWS_MAX);
	for (unsigned i = 0; i < n_commands; i++)
		scene_expect_shown(scene, commands[i].help);
	for (unsigned i = 0; i < n_columns; i++)
		scene_expect_shown(scene, columns[i].help);
	scene_key(scene, "End");
	scene_draw(scene, 200, CANVAS_ROWS_MAX);
	for (unsigned i = 0; i < n_words + n_more; i++) {
		const struct glossary_entry *it = i < n_words ? &words[i] : &more[i - n_words];

		scene_expect_shown(scene, it->word);
		expect_true(it->word, strlen(it->meaning) >= 10);
	}
	expect_true("all of it fits", scene->state.pages < CANVAS_ROWS_MAX);
	scene_free(scene);
}

static void panes_scroll_to_their_end_and_no_further(void)
{
	struct scene *scene = scene_new();
	int64_t last;

	scene_key(scene, "F1");
	scene_draw(scene, 80, 24);
	expect_int("a page", scene->state.list_rows, 18);
	scene_key(scene, "End");
	scene_draw(scene, 80, 24);
	last = scene->state.scroll;
	expect_int("the last page", last, scene->state.pages - 18);
	scene_key(scene, "Space");
	scene_key(scene, "Down");
	scene_draw(scene, 80, 24);
	expect_int("no further", scene->state.scroll, last);
	scene_key(scene, "PgUp");
	expect_int("a page back", scene->state.scroll, last - 18);
	scene_key(scene, "Down");
	expect_int("a line on", scene->state.scroll, last - 17);
	/* A wider screen needs fewer lines: what was the end lies beyond it. */
	scene_key(scene, "End");
	scene_draw(scene, 300, 90);
	expect_int("clamped", scene->state.scroll, scene->state.pages - 84);
	scene_key(scene, "Home");
	expect_int("top", scene->state.scroll, 0);
	scene_free(scene);
}

static void the_rights_panel_says_what_is_missing_and_why(void)
{
	struct scene *scene = scene_new();

	scene->now.facts[FACT_PRESSURE] = FACT_ABSENT;
	scene->now.facts[FACT_TASK_STATUS] = FACT_FORBIDDEN;
	scene->now.n_tasks_unreadable = 3;
	scene->now.partial = PARTIAL_PID_NAMESPACE;
	snprintf(scene->view.own_protection, sizeof(scene->view.own_protection), "adj is -999");
	scene_key(scene, "!");
	scene_draw(scene, 200, 80);
	scene_expect_shown(scene, "proc/meminfo                yes");
	scene_expect_shown(scene, "proc/pressure/memory        no       lost: stalls");
	scene_expect_shown(scene, "partly   lost: ");
	scene_expect_shown(
		scene, "9 processes seen; 3 more were listed but had gone, or may not be read");
	scene_expect_shown(scene, "only the processes of this PID namespace are visible");
	scene_expect_shown(scene, "adj is -999");
	scene_free(scene);
}

static void hostile_names_stay_in_their_cells(void)
{
	struct scene *scene = scene_new();

	snprintf(scene->tasks[SCENE_CHROME].comm, sizeof(scene->tasks[0].comm),
		"\x1b[2J\x07%%s\xff\n\xe2\x80\xaex");
	scene->who[SCENE_CHROME].cmdline = "\x1b]0;owned\x07\nline two";
	scene->who[SCENE_CHROME].user = "al\tice\x1b";
	scene->who[SCENE_CHROME].cgroup = "/a\nb";
	snprintf(scene->now.hostname, sizeof(scene->now.hostname), "we\x1b[31mb");
	scene_tick(scene);
	for (int over = OVERLAY_NONE; over < OVERLAY_COUNT; over++) {
		scene->state.overlay = (enum overlay)over;
		scene_draw(scene, 160, 50);
		for (int i = 0; i < 160 * 50; i++) {
			const uint32_t code_point = scene->cells[i].code_point;

			if (code_point < ' ' || code_point > '~')
				expect_int("not printable", code_point, ' ');
		}
	}
	expect_true("the name is still shown", scene_find(scene, "?[2J?%s??x") >= 0);
	scene_free(scene);
}

static void nothing_known_is_drawn_as_unknown(void)
{
	struct scene *scene = scene_new();
	struct snapshot *now = &scene->now;

	values_forget(&now->mem, sizeof(now->mem));
	values_forget(&now->vmstat, sizeof(now->vmstat));
	values_forget(&now->pressure, sizeof(now->pressure));
	values_forget(&now->knobs, sizeof(now->knobs));
	now->total_ram_pages = now->total_swap_pages = VALUE_UNKNOWN;
	now->time_ms = VALUE_UNKNOWN;
	now->release[0] = now->hostname[0] = '\0';
	now->n_zones = 0;
	now->n_tasks = 0;
	/* The scene's clock ticks on from unknown; no clock at all is the case here. */
	scene_tick(scene);
	now->time_ms = VALUE_UNKNOWN;
	scene_draw_everywhere(scene);
	scene_draw(scene, 80, 24);
	scene_expect_begins(scene, 4, "RAM ?  anon ?");
	scene_expect_begins(scene, 7, "ZONE  ? (! says why)");
	scene_expect_begins(scene, 8, "ORDER ? (! says why)");
	scene_expect_shown(scene, "STALL  ? (! says why)");
	scene_expect_shown(scene, "no process is shown: = clears all filters");
	scene_key(scene, "Enter");
	expect_text("Enter", scene->state.message, "no process is selected");
	scene_free(scene);
}

extern CU_TestInfo panels_tests[];
CU_TestInfo panels_tests[] = {
	{ "exempt ones are folded and unfolded", exempt_ones_are_folded_and_unfolded },
	{ "the detail explains the score", the_detail_explains_the_score },
	{ "old kernels have a root bonus and a floor", old_kernels_have_a_root_bonus_and_a_floor },
	{ "kernels with oom_adj only show it beside what is made of it",
		kernels_with_oom_adj_only_show_it_beside_what_is_made_of_it },
	{ "the log keeps the newest and counts all", the_log_keeps_the_newest_and_counts_all },
	{ "the zones tab tells each zone", the_zones_tab_tells_each_zone },
	{ "help tells every key, column and word", help_tells_every_key_column_and_word },
	{ "panes scroll to their end and no further", panes_scroll_to_their_end_and_no_further },
	{ "the rights panel says what is missing and why",
		the_rights_panel_says_what_is_missing_and_why },
	{ "hostile names stay in their cells", hostile_names_stay_in_their_cells },
	{ "nothing known is drawn as unknown", nothing_known_is_drawn_as_unknown },
	CU_TEST_INFO_NULL,
};
