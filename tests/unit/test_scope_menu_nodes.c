/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "scene.h"
#include "ui/panels.h"
#include "ui/scopes.h"
#include "unit.h"

enum {
	BOTH,
	FIRST,
	SECOND,
	ABSENT
};

static struct node_set sets[4];

/* Two nodes: zones DMA and DMA32 are of node 0, Normal of node 1.  java may use node 1 only, node
 * 2210 node 0 (and one without memory), chrome nodes that are all without. */
static struct scene *scene_with_nodes(void)
{
	struct scene *scene = scene_new();

	memset(sets, 0, sizeof(sets));
	nodes_add(&sets[BOTH], 0);
	nodes_add(&sets[BOTH], 1);
	nodes_add(&sets[FIRST], 0);
	nodes_add(&sets[FIRST], 3);
	nodes_add(&sets[SECOND], 1);
	nodes_add(&sets[ABSENT], 7);
	scene->now.node_sets = sets;
	scene->now.n_node_sets = ARRAY_SIZE(sets);
	scene->zones[2].node = scene->zones[3].node = 1;
	for (uint32_t i = 0; i < scene->now.n_tasks; i++)
		scene->tasks[i].nodes = BOTH;
	scene->tasks[SCENE_JAVA].nodes = SECOND;
	scene->tasks[SCENE_NODE].nodes = FIRST;
	scene->tasks[SCENE_SSHD].nodes = NO_NODE_SET;
	scene_add_memcgs(scene);
	return scene;
}

static void press(struct scene *scene, const char *key)
{
	if (scene_key(scene, key) & REACT_JUDGE)
		scene_judge(scene);
}

/* The row of an entry of the menu, by its name. */
static int row_of(struct scene *scene, const char *name)
{
	scene_draw(scene, 80, 24);
	for (int row = 5; row < 20; row++) {
		const char *line = scene_line(scene, row);

		if (strncmp(line + 11, name, strlen(name)) == 0)
			return row;
	}
	return -1;
}

static void go_to(struct scene *scene, const char *name)
{
	const int row = row_of(scene, name);

	expect_true(name, row > 0);
	scene_key(scene, "Home");
	for (int i = 5; i < row; i++)
		scene_key(scene, "Down");
}

static void the_menu_offers_every_node_set_once(void)
{
	struct scene *scene = scene_with_nodes();
	unsigned found = 0;

	press(scene, "s");
	for (unsigned i = 0; i < scene->state.scope_menu.count; i++)
		found += i != 1 && scene->state.scope_menu.entries[i].kind == SCOPE_NODES;
	expect_int("two sets", found, 2);
	expect_true("node 0", row_of(scene, "node 0 ") > 0);
	expect_true("node 1", row_of(scene, "node 1 ") > 0);
	expect_true("what is left there",
		strstr(scene_line(scene, row_of(scene, "node 1 ")), " left to give") != NULL);
	scene_draw_everywhere(scene);
	scene_free(scene);
}

static void killers_among_the_risks_are_no_scopes(void)
{
	struct scene *scene = scene_with_nodes();
	unsigned before;

	press(scene, "s");
	before = scene->state.scope_menu.count;
	press(scene, "Esc");
	scene->summary.risks[scene->summary.n_risks] =
		(struct risk){ .where = { .kind = SCOPE_KILLER, .memcg = NO_MEMCG } };
	scene->summary.n_risks++;
	press(scene, "s");
	expect_int("as many as before", scene->state.scope_menu.count, before);
	scene_free(scene);
}

static void a_chosen_set_is_said_everywhere(void)
{
	struct scene *scene = scene_with_nodes();

	press(scene, "s");
	go_to(scene, "node 1 ");
	press(scene, "Enter");
	expect_int("kind", scene->state.scope.kind, SCOPE_NODES);
	expect_true("nodes", nodes_equal(&scene->state.scope.nodes, &sets[SECOND]));
	scene_draw(scene, 80, 24);
	scene_expect_begins(scene, 9, "as if node 1 was full: 5 of 9 eligible, ADJ 1000 = ");
	scene_expect_shown(scene, "scope: node 1");
	scene_expect_shown(scene, "out of scope");
	press(scene, "s");
	expect_true("marked", strncmp(scene_line(scene, row_of(scene, "node 1 ")), ">=", 2) == 0);
	expect_true("nothing to do", !(scene_key(scene, "Enter") & REACT_JUDGE));
	scene_draw_everywhere(scene);
	scene_free(scene);
}

static void a_memory_policy_is_named(void)
{
	struct scene *scene = scene_with_nodes();

	scene->state.scope.kind = SCOPE_NODES;
	scene->state.scope.nodes = sets[BOTH];
	scene_judge(scene);
	scene->summary.oom.constraint = CONSTRAINT_MEMORY_POLICY;
	scene_draw(scene, 80, 24);
	scene_expect_begins(scene, 9, "as if nodes 0-1 were full (memory policy): ");
	scene->summary.oom.constraint = CONSTRAINT_CPUSET;
	scene_draw(scene, 80, 24);
	scene_expect_begins(scene, 9, "as if nodes 0-1 were full: ");
	scene_free(scene);
}

static void the_processs_scope_is_its_limit_before_its_nodes(void)
{
	struct scene *scene = scene_with_nodes();

	scene_select(scene, "2210");
	press(scene, "s");
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "of node 2210: node 0");
	press(scene, "Home");
	press(scene, "Down");
	press(scene, "Enter");
	expect_int("its nodes", scene->state.scope.kind, SCOPE_NODES);
	expect_true("with memory",
		nodes_have(&scene->state.scope.nodes, 0) &&
			!nodes_have(&scene->state.scope.nodes, 3));

	/* java is confined too, but its cgroup has a limit. */
	press(scene, "s");
	press(scene, "Home");
	press(scene, "Enter");
	scene_select(scene, "23283");
	press(scene, "s");
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "of java 23283: tomcat.service");
	press(scene, "Esc");

	/* Who may use all nodes, or of whom that is not known, has none. */
	scene_select(scene, "640");
	press(scene, "s");
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "of systemd-journal 640: no limit on its path");
	press(scene, "Esc");
	scene->tasks[SCENE_JOURNALD].nodes = NO_NODE_SET;
	scene_tick(scene);
	press(scene, "s");
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "of systemd-journal 640: no limit on its path");
	scene_free(scene);
}

static void when_its_nodes_go_the_machine_is_shown(void)
{
	struct scene *scene = scene_with_nodes();

	press(scene, "s");
	go_to(scene, "node 1 ");
	scene->zones[2].node = scene->zones[3].node = 0;
	scene_tick(scene);
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "gone: nodes 1");
	press(scene, "Enter");
	expect_text("why", scene->state.message, "those nodes are gone");
	expect_int("still open", scene->state.overlay, OVERLAY_SCOPE);
	press(scene, "Esc");
	scene->zones[2].node = scene->zones[3].node = 1;
	scene_tick(scene);
	press(scene, "s");
	go_to(scene, "node 1 ");
	press(scene, "Enter");
	expect_int("chosen", scene->state.scope.kind, SCOPE_NODES);
	scene->zones[2].node = scene->zones[3].node = 0;
	scene_tick(scene);
	expect_text("said", scene->state.message,
		"none of those nodes has memory: the machine is shown");
	expect_int("machine", scene->state.scope.kind, SCOPE_SYSTEM);
	scene_free(scene);
}

/* At 80 columns there is room for one zone: that of the nodes which matter. */
static void the_evidence_is_of_those_nodes(void)
{
	struct scene *scene = scene_with_nodes();

	scene_draw(scene, 60, 24);
	scene_expect_begins(scene, 7, "ZONE  1:Normal 58M: ");
	scene_expect_begins(scene, 8, "ORDER 1:Normal ");
	scene->summary.risks[0].where =
		(struct scope){ .kind = SCOPE_NODES, .memcg = NO_MEMCG, .nodes = sets[FIRST] };
	scene_draw(scene, 60, 24);
	scene_expect_begins(scene, 7, "ZONE  0:DMA32 61M");
	scene_expect_begins(scene, 8, "ORDER 0:DMA32 ");
	/* The scope on the screen comes before that of the verdict. */
	scene->summary.oom.scope = scene->summary.risks[0].where;
	scene->summary.oom.scope.nodes = sets[SECOND];
	scene_draw(scene, 60, 24);
	scene_expect_begins(scene, 7, "ZONE  1:Normal 58M: ");
	scene_expect_begins(scene, 8, "ORDER 1:Normal ");
	scene_draw_everywhere(scene);
	/* A zone is the cause: its line is the last to go. */
	scene->summary.risks[0].level = LEVEL_WARN;
	scene_draw(scene, 80, 12);
	scene_expect_begins(scene, 4, "ZONE ");
	scene_free(scene);
}

static void detail_tells_the_nodes_of_a_process(void)
{
	struct scene *scene = scene_with_nodes();

	scene_select(scene, "23283");
	press(scene, "Enter");
	scene_draw(scene, 80, 60);
	scene_expect_shown(scene, "NUMA nodes  only 1: ");
	press(scene, "Esc");
	scene_select(scene, "640");
	press(scene, "Enter");
	scene_draw(scene, 80, 60);
	expect_true("all of them", scene_find(scene, "NUMA nodes") < 0);
	scene_free(scene);
}

extern CU_TestInfo scope_menu_nodes_tests[];
CU_TestInfo scope_menu_nodes_tests[] = {
	{ "the menu offers every node set once", the_menu_offers_every_node_set_once },
	{ "killers among the risks are no scopes", killers_among_the_risks_are_no_scopes },
	{ "a chosen set is said everywhere", a_chosen_set_is_said_everywhere },
	{ "a memory policy is named", a_memory_policy_is_named },
	{ "the process's scope is its limit before its nodes",
		the_processs_scope_is_its_limit_before_its_nodes },
	{ "when its nodes go, the machine is shown", when_its_nodes_go_the_machine_is_shown },
	{ "the evidence is of those nodes", the_evidence_is_of_those_nodes },
	{ "detail tells the nodes of a process", detail_tells_the_nodes_of_a_process },
	CU_TEST_INFO_NULL,
};
