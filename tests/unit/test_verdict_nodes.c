/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "analysis/summary.h"
#include "analysis/verdict.h"
#include "crowd.h"
#include "unit.h"

#define MIB 1024

enum {
	LEFT,
	RIGHT
};

static struct node_set sets[2];

/* chrome 4102 and java 23283 on two nodes; java may use node 1 only, chrome node 0. */
static struct risk begin(struct crowd *crowd)
{
	struct risk risk;

	crowd_init(crowd, "6.1.0");
	memset(sets, 0, sizeof(sets));
	nodes_add(&sets[LEFT], 0);
	nodes_add(&sets[RIGHT], 1);
	crowd_add(crowd, 4102, "chrome", CROWD_GIB / 2, 0)->nodes = LEFT;
	crowd_add(crowd, 23283, "java", CROWD_GIB, 0)->nodes = RIGHT;
	crowd->now.node_sets = sets;
	crowd->now.n_node_sets = ARRAY_SIZE(sets);

	memset(&risk, 0, sizeof(risk));
	risk.where = (struct scope){ .kind = SCOPE_NODES, .memcg = NO_MEMCG, .nodes = sets[RIGHT] };
	snprintf(risk.scope_words, sizeof(risk.scope_words), "node 1");
	risk.left = (struct left){ .high_kib = 210 * MIB, .cache_kib = 3 * MIB };
	risk.slope_kib_per_s = -52 * MIB;
	risk.forecast_s = 4;
	risk.forecast_low_s = 3;
	risk.forecast_high_s = 5;
	risk.filling = risk.victim = NO_TASK;
	return risk;
}

static void expect_sentence(const struct crowd *crowd, const struct risk *risk, const char *want)
{
	char buf[256];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	verdict_text(&crowd->now, risk, &text);
	expect_text("sentence", buf, want);
	expect_true(want, text_cells(buf) <= VERDICT_CELLS);
}

static void the_sentence_is_of_those_nodes(void)
{
	struct crowd crowd;
	struct risk risk = begin(&crowd);

	expect_sentence(
		&crowd, &risk, "node 1: 210M left to give (cache 3.0M), -52M/s: out in 3-5s");
	/* What the machine does, or lxcfs says of it, does not matter there. */
	crowd.now.knobs.overcommit_memory = 2;
	crowd.now.partial = PARTIAL_LXCFS;
	expect_sentence(
		&crowd, &risk, "node 1: 210M left to give (cache 3.0M), -52M/s: out in 3-5s");
	snprintf(risk.scope_words, sizeof(risk.scope_words), "nodes 0,2,4,6,8,10,12,14,16,18,20");
	expect_sentence(&crowd, &risk,
		"nodes 0,2,4,6,8,10,1..: 210M left (cache 3.0M), -52M/s: out in 3-5s");
	crowd_free(&crowd);
}

static void expect_next(struct crowd *crowd, const struct risk *risk, const char *want)
{
	char buf[256];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	verdict_next(&crowd->now, risk, &crowd->oom, &text);
	expect_text("next", buf, want);
}

static void next_is_who_dies_there(void)
{
	struct crowd crowd;
	struct risk risk = begin(&crowd);

	crowd_judge(&crowd);
	crowd.oom.scope = risk.where;
	crowd.oom.reason[0] = '\0';
	expect_next(&crowd, &risk, "now java 23283, 1.0G");
	/* Strict accounting is of the machine. */
	crowd.now.knobs.overcommit_memory = 2;
	expect_next(&crowd, &risk, "now java 23283, 1.0G");
	crowd.oom.outcome = OUTCOME_NO_VICTIM;
	snprintf(crowd.oom.reason, sizeof(crowd.oom.reason), "nobody may use these nodes");
	expect_next(&crowd, &risk, "nobody may use these nodes");
	crowd.oom.reason[0] = '\0';
	expect_next(&crowd, &risk, "nobody can be killed");
	crowd_free(&crowd);
}

static void expect_filling(struct crowd *crowd, const struct risk *risk, const char *want)
{
	static struct history history;
	char buf[160];
	struct text text;

	history_init(&history);
	text_init(&text, buf, sizeof(buf));
	verdict_filling(&crowd->now, risk, &history, &text);
	expect_text("filling", buf, want);
}

static void filling_looks_at_those_who_may_use_them(void)
{
	struct crowd crowd;
	struct risk risk = begin(&crowd);

	for (uint32_t i = 0; i < crowd.now.n_tasks; i++) {
		crowd.tasks[i].has |= TASK_HAS_GROWTH;
		crowd.tasks[i].growth_bytes_per_s[GROWTH_10S] = 0;
	}
	/* chrome grows, but elsewhere. */
	crowd.tasks[0].growth_bytes_per_s[GROWTH_10S] = 100 * MIB * 1024;
	expect_filling(&crowd, &risk, "no process: tmpfs or kernel memory there +52M/s");
	risk.slope_kib_per_s = 0;
	expect_filling(&crowd, &risk, "nothing grows");
	crowd.tasks[1].growth_bytes_per_s[GROWTH_10S] = 2 * MIB * 1024;
	risk.filling = 1;
	risk.filling_bytes_per_s = 2 * MIB * 1024;
	risk.filling_percent = 100;
	expect_filling(&crowd, &risk, "java 23283 +2.0M/s, 100% of the growth");
	risk.filling = NO_TASK;

	/* A killer's risk is about the whole machine. */
	risk.where = (struct scope){ .kind = SCOPE_KILLER, .memcg = NO_MEMCG };
	expect_filling(&crowd, &risk, "no single one: 2 processes +102M/s together");
	crowd_free(&crowd);
}

extern CU_TestInfo verdict_nodes_tests[];
CU_TestInfo verdict_nodes_tests[] = {
	{ "the sentence is of those nodes", the_sentence_is_of_those_nodes },
	{ "NEXT is who dies there", next_is_who_dies_there },
	{ "FILLING looks at those who may use them", filling_looks_at_those_who_may_use_them },
	CU_TEST_INFO_NULL,
};
