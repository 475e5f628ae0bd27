/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "planned.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

void planned_init(struct planned *planned, const char *release)
{
	memset(planned, 0, sizeof(*planned));
	crowd_init(&planned->crowd, release);
	planned->sysrq.asked = true;
	planned->setting.now = &planned->crowd.now;
	planned->setting.oom = &planned->crowd.oom;
	planned->setting.around = &planned->around;
	planned->setting.around_second = &planned->around_second;
	planned->setting.sysrq = &planned->sysrq;
	planned->setting.last_kill_uptime_ms = VALUE_UNKNOWN;
}

void planned_free(struct planned *planned)
{
	crowd_free(&planned->crowd);
	arena_free(&planned->scratch);
}

static uint32_t index_of(const struct planned *planned, int32_t pid)
{
	for (uint32_t i = 0; i < planned->crowd.now.n_tasks; i++) {
		if (planned->crowd.tasks[i].pid == pid)
			return i;
	}
	abort();
}

void planned_target(struct planned *planned, enum plan_kind kind, int32_t pid)
{
	const uint32_t task = index_of(planned, pid);

	planned->plan = (struct plan){ .kind = kind,
		.adj_before = planned->crowd.tasks[task].oom_score_adj };
	plan_target(&planned->crowd.now, task, &planned->plan.target);
}

void planned_unit(struct planned *planned, struct surroundings *around, int32_t pid,
	const char *unit, enum restart_rule rule)
{
	const struct task *task = &planned->crowd.tasks[index_of(planned, pid)];

	*around = (struct surroundings){
		.asked = true,
		.pid = pid,
		.start_ticks = task->start_ticks,
		.namespace_pid = pid,
		.restart = rule,
		.oom_policy = OOM_POLICY_CONTINUE,
		.group_known = true,
	};
	snprintf(around->unit, sizeof(around->unit), "%s", unit);
}

static void expect_clean(const char *what, const char *text, size_t size)
{
	const size_t len = strnlen(text, size);

	expect_true(what, len < size);
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7F) {
			expect_text("no control character", text, what);
			return;
		}
	}
}

void planned_explain(struct planned *planned)
{
	struct plan_page *page = &planned->page;

	if (planned->in_memcg)
		crowd_judge_in(&planned->crowd, planned->memcg);
	else
		crowd_judge(&planned->crowd);
	memset(page, 0xff, sizeof(*page));
	expect_int("plan_explain",
		plan_explain(&planned->setting, &planned->plan, &planned->scratch, page), 0);
	arena_reset(&planned->scratch);
	expect_clean("what", page->what, sizeof(page->what));
	expect_clean("brief", page->brief, sizeof(page->brief));
	expect_clean("refused", page->refused, sizeof(page->refused));
	expect_clean("confirm", page->confirm, sizeof(page->confirm));
	expect_true("lines", page->n_lines <= PLAN_LINES_MAX);
	for (unsigned i = 0; i < page->n_lines; i++) {
		expect_clean("line", page->lines[i].text, sizeof(page->lines[i].text));
		expect_true("something is said", page->lines[i].text[0] != '\0');
		expect_true("label", strlen(page->lines[i].label) <= 12);
	}
}

static const struct plan_line *line_of(const struct planned *planned, const char *label)
{
	for (unsigned i = 0; i < planned->page.n_lines; i++) {
		if (!strcmp(planned->page.lines[i].label, label))
			return &planned->page.lines[i];
	}
	return NULL;
}

const char *planned_line(const struct planned *planned, const char *label)
{
	const struct plan_line *line = line_of(planned, label);

	return line ? line->text : "";
}

bool planned_bad(const struct planned *planned, const char *label)
{
	const struct plan_line *line = line_of(planned, label);

	return line && line->bad;
}
