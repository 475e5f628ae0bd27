/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/units.h"
#include "ui/cells.h"
#include "ui/evidence.h"
#include "ui/killers.h"
#include "ui/panels.h"
#include "ui/zonebar.h"

/** Zones that get a line of their own at most. */
#define ZONE_LINES_MAX 8

/** Stalls that are marked, in hundredths of a percent of the last 10 s. */
#define FULL_WARN_CENTI 500
#define FULL_CRITICAL_CENTI 2000

/* Kinds of lines in the order of the screen. */
enum evidence {
	EVIDENCE_RAM,
	EVIDENCE_SWAP,
	EVIDENCE_RECLAIM,
	EVIDENCE_KILLERS,
	EVIDENCE_ZONE,
	EVIDENCE_ORDER,
	EVIDENCE_COUNT,
};

static int64_t kib_of(int64_t bytes)
{
	return value_known(bytes) ? bytes / 1024 : VALUE_UNKNOWN;
}

static void add_limit(struct text *text, int64_t bytes)
{
	if (bytes == MEMCG_UNLIMITED)
		text_add(text, "no limit");
	else
		units_bytes(text, bytes);
}

/* A part of RAM; one that is less than a hundredth of it goes early. */
static void add_part(
	struct cells *cells, int drop, const char *name, int64_t kib, int64_t total_kib)
{
	const bool small = value_known(kib) && kib < value_or(total_kib, 0) / 100;
	struct text *text = cells_add(cells, drop + (small ? 10 : 0), STYLE_NORMAL);

	text_fmt(text, "%s ", name);
	units_kib(text, kib);
}

/* A cgroup's report leaves the machine out: what it had of its limit stands there. */
static void draw_missing(
	const struct view *view, struct canvas *canvas, struct rect line, const char *label)
{
	const struct memcg *memcg = view->now->n_memcgs > 0 ? &view->now->memcgs[0] : NULL;
	struct cells cells;
	struct text *text;

	cells_init(&cells);
	if (!memcg || !value_known(memcg->usage_bytes)) {
		text_add(cells_add(&cells, 0, STYLE_NORMAL), "? (not in this report)");
		evidence_cells(&cells, canvas, line, label);
		return;
	}
	text = cells_add(&cells, 0, STYLE_NORMAL);
	units_bytes(text, memcg->usage_bytes);
	text_add(text, " of ");
	add_limit(text, memcg->max_bytes);
	add_part(&cells, 1, "anon", kib_of(memcg->stat_anon_bytes), VALUE_UNKNOWN);
	add_part(&cells, 2, "tmpfs", kib_of(memcg->stat_shmem_bytes), VALUE_UNKNOWN);
	add_part(&cells, 3, "cache", kib_of(memcg->stat_file_bytes), VALUE_UNKNOWN);
	if (value_known(memcg->events_max)) {
		text = cells_add(&cells, 4, STYLE_NORMAL);
		text_add(text, "limit met ");
		units_count(text, memcg->events_max);
		text_add(text, " times");
	}
	evidence_cells(&cells, canvas, line, "CGROUP ");
}

static void draw_ram(struct view *view, struct canvas *canvas, struct rect line)
{
	const struct account *account = &view->summary->account;
	const int64_t total = account->total_kib;
	struct cells cells;

	if (view->now->told && !value_known(total) && !value_known(account->free_kib)) {
		draw_missing(view, canvas, line, "RAM ");
		return;
	}
	cells_init(&cells);
	units_kib(cells_add(&cells, 0, STYLE_NORMAL), total);
	add_part(&cells, 2, "anon", account->anon_kib, total);
	add_part(&cells, 5, "tmpfs", account->shmem_kib, total);
	add_part(&cells, 4, "kernel", account->kernel_kib, total);
	add_part(&cells, 6, "huge", account->hugetlb_kib, total);
	add_part(&cells, 3, "cache", account->cache_kib, total);
	add_part(&cells, 0, "free", account->free_kib, VALUE_UNKNOWN);
	add_part(&cells, 4, "other", account->unaccounted_kib, total);
	evidence_cells(&cells, canvas, line, "RAM ");
}

static void add_rate(struct cells *cells, const struct view *view, int drop, const char *name,
	int64_t pages_per_s)
{
	struct text *text = cells_add(cells, drop, STYLE_NORMAL);

	text_fmt(text, "%s ", name);
	pages_add(text, view->now, pages_per_s);
	text_add(text, "/s");
}

/* Of the cgroup, where that is all that a report has. */
static void add_told_swap(const struct snapshot *now, struct text *text)
{
	const struct memcg *memcg = now->n_memcgs > 0 ? &now->memcgs[0] : NULL;

	if (!memcg || !value_known(memcg->swap_bytes)) {
		text_add(text, "? (not in this report)");
		return;
	}
	text_add(text, "of the cgroup ");
	units_bytes(text, memcg->swap_bytes);
	if (value_known(memcg->swap_max_bytes)) {
		text_add(text, " of ");
		add_limit(text, memcg->swap_max_bytes);
	} else if (value_known(memcg->memsw_max_bytes)) {
		text_add(text, ", with memory ");
		units_bytes(text, memcg->memsw_bytes);
		text_add(text, " of ");
		add_limit(text, memcg->memsw_max_bytes);
	}
}

static void add_swap(struct cells *cells, const struct view *view)
{
	const struct account *account = &view->summary->account;
	const struct reclaim *reclaim = &view->summary->reclaim;
	const struct swaps *swaps = &view->now->swaps;
	struct text *text = cells_add(cells, 0, STYLE_NORMAL);

	if (account->swap_total_kib == 0) {
		text_add(text, "none");
		return;
	}
	if (view->now->told && !value_known(account->swap_total_kib)) {
		add_told_swap(view->now, text);
		return;
	}
	units_kib(text, account->swap_total_kib);
	text = cells_add(cells, 1, STYLE_NORMAL);
	text_add(text, "used ");
	units_kib(text, account->swap_used_kib);
	if (!view->now->told) {
		add_rate(cells, view, 3, "out", reclaim->swap_out_per_s);
		add_rate(cells, view, 4, "in", reclaim->swap_in_per_s);
	}
	for (unsigned i = 0; i < swaps->n_areas && i < SWAPS_MAX; i++) {
		if (swaps->area[i].zram) {
			text_add(cells_add(cells, 5, STYLE_NORMAL), "zram: takes RAM");
			break;
		}
	}
}

static enum style full_style(int64_t centi)
{
	if (!value_known(centi) || centi < FULL_WARN_CENTI)
		return STYLE_NORMAL;
	return centi < FULL_CRITICAL_CENTI ? STYLE_WARN : STYLE_CRITICAL;
}

static void add_stall(struct cells *cells, const struct pressure *pressure)
{
	const int64_t full = pressure->full.avg10_centi;
	struct text *text = cells_add(cells, 0, STYLE_LABEL);

	text_add(text, " STALL");
	text = cells_add(cells, 0, full_style(full));
	if (!value_known(full) && !value_known(pressure->some.avg10_centi)) {
		text_add(text, "? (! says why)");
		return;
	}
	text_add(text, "full ");
	units_percent(text, full);
	text_add(text, " (10s)");
	text = cells_add(cells, 2, STYLE_NORMAL);
	text_add(text, "some ");
	units_percent(text, pressure->some.avg10_centi);
	text_add(text, " (10s)");
	text = cells_add(cells, 7, STYLE_NORMAL);
	text_add(text, "full ");
	units_percent(text, pressure->full.avg60_centi);
	text_add(text, " (60s)");
}

static void draw_swap(struct view *view, struct canvas *canvas, struct rect line)
{
	struct cells cells;

	cells_init(&cells);
	add_swap(&cells, view);
	if (!view->now->told)
		add_stall(&cells, &view->now->pressure);
	evidence_cells(&cells, canvas, line, "SWAP ");
}

static void add_count_rate(struct cells *cells, int drop, const char *name, int64_t per_s)
{
	struct text *text = cells_add(cells, drop, STYLE_NORMAL);

	text_fmt(text, "%s ", name);
	units_count(text, per_s);
	text_add(text, "/s");
}

static void add_compaction(struct cells *cells, const struct reclaim *reclaim)
{
	struct text *text = cells_add(cells, 3, STYLE_NORMAL);

	text_add(text, "compaction ");
	if (reclaim->compact_stalls_per_s == 0 && reclaim->compact_fails_per_s == 0) {
		text_add(text, "none");
		return;
	}
	units_count(text, reclaim->compact_stalls_per_s);
	text_add(text, "/s");
	if (reclaim->compact_fails_per_s > 0) {
		text_add(text, " fails ");
		units_count(text, reclaim->compact_fails_per_s);
		text_add(text, "/s");
	}
}

static void add_interval(struct cells *cells, const struct view *view)
{
	struct text *text = cells_add(cells, 4, STYLE_NORMAL);

	if (view->interval_ms <= 0)
		return;
	text_add(text, "(");
	if (view->interval_ms % 1000 == 0 || view->interval_ms >= 10000)
		units_seconds(text, view->interval_ms / 1000);
	else
		text_fmt(text, "%d.%ds", (int)(view->interval_ms / 1000),
			(int)(view->interval_ms / 100 % 10));
	text_add(text, ")");
}

static enum style stage_style(enum reclaim_stage stage)
{
	if (stage == RECLAIM_NO_PROGRESS)
		return STYLE_CRITICAL;
	return stage == RECLAIM_THRASHING ? STYLE_WARN : STYLE_NORMAL;
}

static void draw_reclaim(struct view *view, struct canvas *canvas, struct rect line)
{
	const struct reclaim *reclaim = &view->summary->reclaim;
	const enum reclaim_stage stage = view->summary->stage;
	struct cells cells;
	struct text *text;

	cells_init(&cells);
	if (stage == RECLAIM_UNKNOWN && !value_known(reclaim->kswapd_scan_per_s) &&
		!value_known(reclaim->direct_stalls_per_s)) {
		text_add(cells_add(&cells, 0, STYLE_NORMAL),
			view->now->told
				? "? (a report has no rates)"
				: "? (rates come with the second sample; ! says what is missing)");
		evidence_cells(&cells, canvas, line, "RECLAIM ");
		return;
	}
	add_count_rate(&cells, 0, "kswapd", reclaim->kswapd_scan_per_s);
	add_count_rate(&cells, 0, "direct", reclaim->direct_stalls_per_s);
	text = cells_add(&cells, 1, stage_style(stage));
	if (value_known(reclaim->efficiency_percent))
		text_fmt(text, "%lld%% efficient", (long long)reclaim->efficiency_percent);
	add_count_rate(&cells, 2, "refaults", reclaim->refaults_per_s);
	add_compaction(&cells, reclaim);
	add_interval(&cells, view);
	text_add(cells_add(&cells, 5, stage_style(stage)), reclaim_stage_words(stage));
	evidence_cells(&cells, canvas, line, "RECLAIM ");
}

static void (*const draw_kind[EVIDENCE_COUNT])(struct view *, struct canvas *, struct rect) = {
	[EVIDENCE_RAM] = draw_ram,
	[EVIDENCE_SWAP] = draw_swap,
	[EVIDENCE_RECLAIM] = draw_reclaim,
	[EVIDENCE_KILLERS] = evidence_killers,
	[EVIDENCE_ZONE] = evidence_zones_together,
	[EVIDENCE_ORDER] = evidence_largest_order,
};

static bool order_is_cause(const struct view *view)
{
	return view->summary->risks[0].level > LEVEL_OK &&
		evidence_order_meets(view, ORDER_COSTLY) == ORDER_FRAGMENTED;
}

/* One zone is used up while another has enough, or some nodes are: not a lack of memory
 * everywhere. */
static bool zone_is_cause(const struct view *view)
{
	const struct risk *worst = &view->summary->risks[0];
	bool empty = false, fine = false;

	if (worst->level > LEVEL_OK && worst->where.kind == SCOPE_NODES)
		return true;

	for (uint32_t i = 0; view->summary->views && i < view->now->n_zones; i++) {
		const struct zone_view *judged = &view->summary->views[i];

		if (!judged->populated)
			continue;
		empty = empty || judged->state == ZONE_BELOW_MIN;
		fine = fine || (judged->state == ZONE_OK && judged->usable_movable_pages > 0);
	}
	return worst->level > LEVEL_OK && empty && fine;
}

/* The line of userspace killers is there only where one runs. */
static bool has_kind(const struct view *view, int kind)
{
	return kind != EVIDENCE_KILLERS || killers_run(view);
}

/* The order in which kinds of lines are given up is ORDER, ZONE, RECLAIM, KILLERS, RAM, SWAP, but
 * for the one that is the cause. */
static void choose_kinds(const struct view *view, int rows, bool chosen[EVIDENCE_COUNT])
{
	const bool order = order_is_cause(view), zone = zone_is_cause(view);
	const enum evidence wanted[] = {
		order          ? EVIDENCE_ORDER
			: zone ? EVIDENCE_ZONE
			       : EVIDENCE_SWAP,
		zone ? EVIDENCE_ZONE : EVIDENCE_SWAP,
		EVIDENCE_SWAP,
		EVIDENCE_RAM,
		EVIDENCE_KILLERS,
		EVIDENCE_RECLAIM,
		EVIDENCE_ZONE,
		EVIDENCE_ORDER,
	};

	for (size_t i = 0; i < ARRAY_SIZE(wanted) && rows > 0; i++) {
		if (chosen[wanted[i]] || !has_kind(view, (int)wanted[i]))
			continue;
		chosen[wanted[i]] = true;
		rows--;
	}
}

/* Many rows: a line a zone, and free blocks of as many zones as there is room for. */
static void draw_tall(struct view *view, struct canvas *canvas, struct rect where)
{
	const struct node_set *first = evidence_nodes(view);
	uint32_t picked[ZONE_LINES_MAX];
	struct rect line = where;
	unsigned count, room;

	line.rows = 1;
	for (int kind = EVIDENCE_RAM; kind <= EVIDENCE_KILLERS; kind++) {
		if (!has_kind(view, kind))
			continue;
		draw_kind[kind](view, canvas, line);
		line.row++;
	}
	room = (unsigned)(where.row + where.rows - line.row);
	count = zones_pick(view->now, view->summary->views, first, picked,
		room - 1 < ZONE_LINES_MAX ? room - 1 : ZONE_LINES_MAX);
	for (unsigned i = 0; i < count; i++, line.row++)
		evidence_zone(view, canvas, line, picked[i]);
	if (count == 0) {
		draw_kind[EVIDENCE_ZONE](view, canvas, line);
		line.row++;
	}
	room = (unsigned)(where.row + where.rows - line.row);
	count = zones_pick(view->now, view->summary->views, first, picked,
		room < ZONE_LINES_MAX ? room : ZONE_LINES_MAX);
	for (unsigned i = 0; i < count; i++, line.row++)
		evidence_order(view, canvas, line, picked[i]);
	if (count == 0)
		draw_kind[EVIDENCE_ORDER](view, canvas, line);
}

void panel_evidence(struct view *view, struct canvas *canvas, struct rect where)
{
	bool chosen[EVIDENCE_COUNT] = { false };
	struct rect line = where;

	if (!view->now || !view->summary || where.rows < 1)
		return;
	if (where.rows >= EVIDENCE_COUNT + has_kind(view, EVIDENCE_KILLERS)) {
		draw_tall(view, canvas, where);
		return;
	}
	choose_kinds(view, where.rows, chosen);
	line.rows = 1;
	for (int kind = 0; kind < EVIDENCE_COUNT; kind++) {
		if (!chosen[kind])
			continue;
		draw_kind[kind](view, canvas, line);
		line.row++;
	}
}
