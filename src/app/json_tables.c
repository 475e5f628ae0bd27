/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "app/json_tables.h"

#include <stdio.h>
#include <string.h>

#include "analysis/reclaim.h"
#include "analysis/zones.h"
#include "model/members.h"
#include "model/zone.h"

const struct member json_reclaim[] = {
	MEMBER_I64_AS("kswapd_scan_per_s", struct reclaim, kswapd_scan_per_s),
	MEMBER_I64_AS("direct_scan_per_s", struct reclaim, direct_scan_per_s),
	MEMBER_I64_AS("direct_stalls_per_s", struct reclaim, direct_stalls_per_s),
	MEMBER_I64_AS("efficiency_percent", struct reclaim, efficiency_percent),
	MEMBER_I64_AS("refaults_per_s", struct reclaim, refaults_per_s),
	MEMBER_I64_AS("swap_in_per_s", struct reclaim, swap_in_per_s),
	MEMBER_I64_AS("swap_out_per_s", struct reclaim, swap_out_per_s),
	MEMBER_I64_AS("major_faults_per_s", struct reclaim, major_faults_per_s),
	MEMBER_I64_AS("compact_stalls_per_s", struct reclaim, compact_stalls_per_s),
	MEMBER_I64_AS("compact_fails_per_s", struct reclaim, compact_fails_per_s),
	MEMBER_I64_AS("oom_kills", struct reclaim, oom_kills),
	MEMBER_END,
};

void json_members(struct json *json, const struct member *members, const void *values)
{
	for (; members->name; members++)
		member_write(json, members, values);
}

void json_missing_members(struct json *json, const char *prefix, const struct member *members,
	const void *values, const char *why)
{
	for (; members->name; members++) {
		char what[80];

		if (value_known(member_i64(members, values)))
			continue;
		snprintf(what, sizeof(what), "%s.%s", prefix, members->name);
		json_put_object(json, NULL);
		json_put_string(json, "what", what);
		json_put_string(json, "why", why);
		json_end_object(json);
	}
}

static void write_orders(struct json *json, const struct zone *zone, const struct zone_view *view)
{
	json_put_array(json, "free_blocks");
	for (unsigned i = 0; i < zone->blocks.n_orders; i++)
		json_put_int(json, NULL, (int64_t)zone->blocks.count[i]);
	json_end_array(json);
	json_put_array(json, "fragmentation_permille");
	for (unsigned i = 0; i < view->n_orders; i++)
		json_put_int(json, NULL, view->fragmentation_permille[i]);
	json_end_array(json);
	json_put_array(json, "unusable_permille");
	for (unsigned i = 0; i < view->n_orders; i++)
		json_put_int(json, NULL, view->unusable_permille[i]);
	json_end_array(json);
	json_put_array(json, "orders");
	for (unsigned i = 0; i < view->n_orders; i++)
		json_put_string(json, NULL, order_state_id(view->orders[i]));
	json_end_array(json);
}

void json_zone_members(struct json *json, const struct zone *zone, const struct zone_view *view)
{
	json_put_int(json, "node", zone->node);
	json_put_string(json, "zone", zone->name);
	json_members(json, members_zone_pages, zone);
	json_put_array(json, "protection_pages");
	for (unsigned i = 0; i < zone->n_protection; i++)
		json_put_int(json, NULL, zone->protection_pages[i]);
	json_end_array(json);
	json_put_int(json, "usable_kernel_pages", view->usable_kernel_pages);
	json_put_int(json, "usable_movable_pages", view->usable_movable_pages);
	json_put_string(
		json, "state", view->state == ZONE_UNKNOWN ? NULL : zone_state_id(view->state));
	write_orders(json, zone, view);
}
