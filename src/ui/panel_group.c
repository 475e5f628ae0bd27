/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/units.h"
#include "ui/grouplist.h"
#include "ui/page.h"
#include "ui/panels.h"

#define LABEL_COLS 11

static void draw_heading(struct page *page, const struct group_cells *cells)
{
	char buf[256];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	taskgroup_name(cells, &text);
	text_fmt(&text, "  %u process%s", (unsigned)cells->group->count,
		cells->group->count == 1 ? "" : "es");
	page_text(page, STYLE_TITLE, buf);
}

static void draw_first(struct page *page, const struct group_cells *cells)
{
	const struct task *first = &cells->now->tasks[cells->group->first];
	const struct oom *oom = &cells->summary->oom;
	const struct judged *judged = &oom->judged[cells->group->first];
	char buf[256];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	if (judged->rank == 0) {
		text_add(&text, "none of them is ever chosen");
	} else {
		task_name(first, &text);
		text_fmt(&text, " %d: %u of %u in kill order", (int)first->pid,
			(unsigned)judged->rank, (unsigned)oom->n_order);
	}
	page_item(page, LABEL_COLS, STYLE_NORMAL, "dies first", buf);
}

static void add_sum(struct text *text, const struct group_cells *cells, const char *id)
{
	const struct column *column = column_find(id);

	text_fmt(text, "%s ", column->title);
	column->add(text, taskgroup_figure(cells, column));
}

/* Shared pages are counted once for each process: the sums can be more than there is. */
static void draw_sums(struct page *page, const struct group_cells *cells)
{
	char buf[256];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	add_sum(&text, cells, "mem");
	text_add(&text, ": ");
	add_sum(&text, cells, "rss");
	text_add(&text, ", ");
	add_sum(&text, cells, "swap");
	text_add(&text, ", ");
	add_sum(&text, cells, "pgtab");
	text_add(&text, "; what they share is counted once for each");
	page_item(page, LABEL_COLS, STYLE_NORMAL, "sum", buf);
}

static void draw_growth(struct page *page, const struct group_cells *cells)
{
	const int64_t growth = taskgroup_figure(cells, column_find("growth"));
	char buf[64];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	units_rate(&text, growth);
	text_fmt(&text, "%s (10s)", value_known(growth) ? "/s" : "");
	page_item(page, LABEL_COLS, STYLE_NORMAL, "growth", buf);
}

static void draw_gives_back(struct page *page, const struct group_cells *cells)
{
	int64_t kib = 0;
	char buf[128];
	struct text text;

	for (uint32_t i = 0; i < cells->group->count; i++) {
		const uint32_t member = cells->group->members[i];
		const enum exempt exempt = cells->summary->oom.judged[member].exempt;

		if (exempt != EXEMPT_KTHREAD && exempt != EXEMPT_NO_MM)
			kib = value_add(
				kib, victim_gives_back_kib(cells->now, &cells->now->tasks[member]));
	}
	text_init(&text, buf, sizeof(buf));
	units_kib(&text, kib);
	text_add(&text, " of RAM, if all of them end (private memory and page tables)");
	page_item(page, LABEL_COLS, STYLE_NORMAL, "kill frees", buf);
}

/* One that the group has its name from holds nothing but the group. */
static bool is_its_own(const struct memcg *memcg, const struct taskgroup *group)
{
	const char *name = memcg->container ? memcg->container : memcg->unit;

	return strcmp(name && group->kind != TASKGROUP_PATH ? name : memcg->path, group->label) ==
		0;
}

/** The cgroup that all of them are in or below, if it is the group's own; or NO_MEMCG. */
static uint32_t memcg_of(const struct group_cells *cells)
{
	const struct snapshot *now = cells->now;
	const struct taskgroup *group = cells->group;
	uint32_t memcg = scope_memcg_of(now, &now->tasks[group->members[0]]);

	for (uint32_t i = 1; i < group->count; i++) {
		const uint32_t other = scope_memcg_of(now, &now->tasks[group->members[i]]);

		while (memcg != NO_MEMCG && !scope_is_within(now, other, memcg))
			memcg = scope_charged_above(now, memcg);
	}
	if (memcg == NO_MEMCG || !is_its_own(&now->memcgs[memcg], group))
		return NO_MEMCG;
	return memcg;
}

static void draw_cgroup(struct page *page, const struct group_cells *cells)
{
	const uint32_t index = memcg_of(cells);
	const struct memcg *memcg;
	char buf[512];
	struct text text;

	if (index == NO_MEMCG)
		return;
	memcg = &cells->now->memcgs[index];
	text_init(&text, buf, sizeof(buf));
	if (value_known(memcg->usage_bytes)) {
		units_bytes(&text, memcg->usage_bytes);
		text_add(&text, " charged");
		if (memcg_is_limited(memcg) && value_known(group_limit_bytes(memcg))) {
			text_add(&text, " of ");
			units_bytes(&text, group_limit_bytes(memcg));
		}
		text_add(&text, ": ");
	}
	text_add_clean(&text, memcg->path, strlen(memcg->path));
	page_item(page, LABEL_COLS, STYLE_NORMAL, "cgroup", buf);
}

void panel_group(const struct view *view, struct page *page)
{
	const struct group_cells cells = { view->now, view->summary, &view->list.groups,
		view_selected_group(view) };

	draw_heading(page, &cells);
	draw_first(page, &cells);
	draw_sums(page, &cells);
	draw_growth(page, &cells);
	draw_gives_back(page, &cells);
	draw_cgroup(page, &cells);
	page_text(page, STYLE_DIM,
		cells.group->open ? "Enter hides its processes" : "Enter shows its processes");
}
