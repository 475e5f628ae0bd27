/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "analysis/nodesets_parts.h"
#include "analysis/risk_parts.h"

/** Growth below this fills nothing. */
#define GROWS_BYTES_PER_S (INT64_C(256) * 1024)

/* Those that are confined to a node meet its end as soon as they allocate: a node that is full
 * stays so for years if none of them wants more. */
static bool is_wanted(const struct nodeset_signs *signs)
{
	return signs->growth.own_bytes_per_s >= GROWS_BYTES_PER_S ||
		value_or(signs->in->reclaim->direct_stalls_per_s, 0) > 0;
}

/* A node that is filled by processes which may go elsewhere does no harm: they do.  What grows
 * without any process (tmpfs) may be that of its own. */
static bool is_taken_by_others(const struct nodeset_signs *signs, const struct risk *risk)
{
	const int64_t others_kib_per_s = signs->growth.others_bytes_per_s / 1024;

	return !is_wanted(signs) && value_known(risk->slope_kib_per_s) &&
		others_kib_per_s >= -(risk->slope_kib_per_s / 2);
}

static void judge(const struct nodeset_signs *signs, const struct forecast *forecast, bool lasting,
	struct nodeset_view *view)
{
	const struct snapshot *now = signs->in->now;
	const int64_t total = snapshot_kib(now, scope_managed_pages(now, &view->nodes));
	struct risk *risk = &view->risk;
	const struct left *left = &risk->left;
	int64_t usable;

	if (!value_known(total) || total <= 0 || !value_known(left->high_kib))
		return;
	usable = risk_usable_kib(total, signs->hugetlb_kib,
		value_add(snapshot_kib(now, scope_anon_pages(now, &view->nodes)),
			value_add(left->free_kib, left->cache_kib)));
	if (!is_taken_by_others(signs, risk))
		risk_by_forecast(risk, forecast, lasting, risk_percent(left->high_kib, usable));
	if (is_wanted(signs))
		risk_by_amount(risk, total);
}

static void hold(struct watch *watch, int64_t now_ms, struct risk *risk)
{
	const struct level_deserved deserved = {
		.level = risk->level,
		.by_forecast = risk->by_forecast,
		.has_forecast = value_known(risk->forecast_s),
	};

	risk->level = level_hold(&watch->hold, now_ms, &deserved, risk->why, sizeof(risk->why));
}

void nodeset_judge_level(const struct nodeset_signs *signs, struct nodeset_view *view)
{
	const struct nodesets_inputs *in = signs->in;
	const int64_t now_ms = in->now->uptime_ms;
	struct risk *risk = &view->risk;
	struct forecast forecast = { .early_s = VALUE_UNKNOWN,
		.slope_kib_per_s = VALUE_UNKNOWN,
		.seconds = VALUE_UNKNOWN,
		.low_s = VALUE_UNKNOWN,
		.high_s = VALUE_UNKNOWN,
		.why_none = "not watched" };
	struct watch *watch = NULL;
	bool lasting = false;

	left_of_nodes(in->now, in->views, &view->nodes, &risk->left);
	if (now_ms >= 0)
		watch = watches_take(&in->history->watches, nodes_key(&view->nodes), now_ms);
	if (watch) {
		watch_note(watch, now_ms, &risk->left, &forecast);
		lasting = watch_lasting(watch, now_ms);
	}
	risk_set_forecast(risk, &forecast);
	judge(signs, &forecast, lasting, view);
	if (watch)
		hold(watch, now_ms, risk);
}
