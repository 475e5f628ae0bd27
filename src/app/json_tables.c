/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "app/json_tables.h"

#include <stdio.h>
#include <string.h>

#include "analysis/reclaim.h"
#include "analysis/zones.h"
#include "model/memory.h"
#include "model/zone.h"

const struct json_member json_meminfo[] = {
	{ "mem_total_kib", offsetof(struct meminfo, mem_total_kib) },
	{ "mem_free_kib", offsetof(struct meminfo, mem_free_kib) },
	{ "mem_available_kib", offsetof(struct meminfo, mem_available_kib) },
	{ "buffers_kib", offsetof(struct meminfo, buffers_kib) },
	{ "cached_kib", offsetof(struct meminfo, cached_kib) },
	{ "swap_cached_kib", offsetof(struct meminfo, swap_cached_kib) },
	{ "active_anon_kib", offsetof(struct meminfo, active_anon_kib) },
	{ "inactive_anon_kib", offsetof(struct meminfo, inactive_anon_kib) },
	{ "active_file_kib", offsetof(struct meminfo, active_file_kib) },
	{ "inactive_file_kib", offsetof(struct meminfo, inactive_file_kib) },
	{ "unevictable_kib", offsetof(struct meminfo, unevictable_kib) },
	{ "mlocked_kib", offsetof(struct meminfo, mlocked_kib) },
	{ "swap_total_kib", offsetof(struct meminfo, swap_total_kib) },
	{ "swap_free_kib", offsetof(struct meminfo, swap_free_kib) },
	{ "zswap_kib", offsetof(struct meminfo, zswap_kib) },
	{ "zswapped_kib", offsetof(struct meminfo, zswapped_kib) },
	{ "dirty_kib", offsetof(struct meminfo, dirty_kib) },
	{ "writeback_kib", offsetof(struct meminfo, writeback_kib) },
	{ "anon_kib", offsetof(struct meminfo, anon_kib) },
	{ "mapped_kib", offsetof(struct meminfo, mapped_kib) },
	{ "shmem_kib", offsetof(struct meminfo, shmem_kib) },
	{ "kreclaimable_kib", offsetof(struct meminfo, kreclaimable_kib) },
	{ "slab_kib", offsetof(struct meminfo, slab_kib) },
	{ "slab_reclaimable_kib", offsetof(struct meminfo, slab_reclaimable_kib) },
	{ "slab_unreclaimable_kib", offsetof(struct meminfo, slab_unreclaimable_kib) },
	{ "kernel_stack_kib", offsetof(struct meminfo, kernel_stack_kib) },
	{ "page_tables_kib", offsetof(struct meminfo, page_tables_kib) },
	{ "sec_page_tables_kib", offsetof(struct meminfo, sec_page_tables_kib) },
	{ "bounce_kib", offsetof(struct meminfo, bounce_kib) },
	{ "commit_limit_kib", offsetof(struct meminfo, commit_limit_kib) },
	{ "committed_as_kib", offsetof(struct meminfo, committed_as_kib) },
	{ "vmalloc_used_kib", offsetof(struct meminfo, vmalloc_used_kib) },
	{ "percpu_kib", offsetof(struct meminfo, percpu_kib) },
	{ "hardware_corrupted_kib", offsetof(struct meminfo, hardware_corrupted_kib) },
	{ "anon_huge_kib", offsetof(struct meminfo, anon_huge_kib) },
	{ "cma_total_kib", offsetof(struct meminfo, cma_total_kib) },
	{ "cma_free_kib", offsetof(struct meminfo, cma_free_kib) },
	{ "unaccepted_kib", offsetof(struct meminfo, unaccepted_kib) },
	{ "balloon_kib", offsetof(struct meminfo, balloon_kib) },
	{ "huge_pages_total", offsetof(struct meminfo, huge_pages_total) },
	{ "huge_pages_free", offsetof(struct meminfo, huge_pages_free) },
	{ "huge_page_kib", offsetof(struct meminfo, huge_page_kib) },
	{ "hugetlb_kib", offsetof(struct meminfo, hugetlb_kib) },
	{ NULL, 0 },
};

const struct json_member json_knobs[] = {
	{ "panic_on_oom", offsetof(struct knobs, panic_on_oom) },
	{ "oom_kill_allocating_task", offsetof(struct knobs, oom_kill_allocating_task) },
	{ "oom_dump_tasks", offsetof(struct knobs, oom_dump_tasks) },
	{ "overcommit_memory", offsetof(struct knobs, overcommit_memory) },
	{ "overcommit_ratio", offsetof(struct knobs, overcommit_ratio) },
	{ "overcommit_kbytes", offsetof(struct knobs, overcommit_kbytes) },
	{ "swappiness", offsetof(struct knobs, swappiness) },
	{ "min_free_kbytes", offsetof(struct knobs, min_free_kbytes) },
	{ "watermark_scale_factor", offsetof(struct knobs, watermark_scale_factor) },
	{ "watermark_boost_factor", offsetof(struct knobs, watermark_boost_factor) },
	{ "extfrag_threshold", offsetof(struct knobs, extfrag_threshold) },
	{ "admin_reserve_kbytes", offsetof(struct knobs, admin_reserve_kbytes) },
	{ "user_reserve_kbytes", offsetof(struct knobs, user_reserve_kbytes) },
	{ "nr_hugepages", offsetof(struct knobs, nr_hugepages) },
	{ "lru_gen_enabled", offsetof(struct knobs, lru_gen_enabled) },
	{ "lru_gen_min_ttl_ms", offsetof(struct knobs, lru_gen_min_ttl_ms) },
	{ "zswap_enabled", offsetof(struct knobs, zswap_enabled) },
	{ NULL, 0 },
};

const struct json_member json_vmstat[] = {
	{ "pgscan_kswapd", offsetof(struct vmstat, pgscan_kswapd) },
	{ "pgscan_direct", offsetof(struct vmstat, pgscan_direct) },
	{ "pgsteal_kswapd", offsetof(struct vmstat, pgsteal_kswapd) },
	{ "pgsteal_direct", offsetof(struct vmstat, pgsteal_direct) },
	{ "allocstall", offsetof(struct vmstat, allocstall) },
	{ "pgscan_direct_throttle", offsetof(struct vmstat, pgscan_direct_throttle) },
	{ "workingset_refault", offsetof(struct vmstat, workingset_refault) },
	{ "workingset_activate", offsetof(struct vmstat, workingset_activate) },
	{ "workingset_restore", offsetof(struct vmstat, workingset_restore) },
	{ "pswpin", offsetof(struct vmstat, pswpin) },
	{ "pswpout", offsetof(struct vmstat, pswpout) },
	{ "pgmajfault", offsetof(struct vmstat, pgmajfault) },
	{ "pageoutrun", offsetof(struct vmstat, pageoutrun) },
	{ "kswapd_low_wmark_hit_quickly", offsetof(struct vmstat, kswapd_low_wmark_hit_quickly) },
	{ "kswapd_high_wmark_hit_quickly", offsetof(struct vmstat, kswapd_high_wmark_hit_quickly) },
	{ "compact_stall", offsetof(struct vmstat, compact_stall) },
	{ "compact_fail", offsetof(struct vmstat, compact_fail) },
	{ "compact_success", offsetof(struct vmstat, compact_success) },
	{ "drop_pagecache", offsetof(struct vmstat, drop_pagecache) },
	{ "drop_slab", offsetof(struct vmstat, drop_slab) },
	{ "oom_kill", offsetof(struct vmstat, oom_kill) },
	{ NULL, 0 },
};

const struct json_member json_reclaim[] = {
	{ "kswapd_scan_per_s", offsetof(struct reclaim, kswapd_scan_per_s) },
	{ "direct_scan_per_s", offsetof(struct reclaim, direct_scan_per_s) },
	{ "direct_stalls_per_s", offsetof(struct reclaim, direct_stalls_per_s) },
	{ "efficiency_percent", offsetof(struct reclaim, efficiency_percent) },
	{ "refaults_per_s", offsetof(struct reclaim, refaults_per_s) },
	{ "swap_in_per_s", offsetof(struct reclaim, swap_in_per_s) },
	{ "swap_out_per_s", offsetof(struct reclaim, swap_out_per_s) },
	{ "major_faults_per_s", offsetof(struct reclaim, major_faults_per_s) },
	{ "compact_stalls_per_s", offsetof(struct reclaim, compact_stalls_per_s) },
	{ "compact_fails_per_s", offsetof(struct reclaim, compact_fails_per_s) },
	{ "oom_kills", offsetof(struct reclaim, oom_kills) },
	{ NULL, 0 },
};

const struct json_member json_zone[] = {
	{ "free_pages", offsetof(struct zone, free_pages) },
	{ "boost_pages", offsetof(struct zone, boost_pages) },
	{ "min_pages", offsetof(struct zone, min_pages) },
	{ "low_pages", offsetof(struct zone, low_pages) },
	{ "high_pages", offsetof(struct zone, high_pages) },
	{ "promo_pages", offsetof(struct zone, promo_pages) },
	{ "spanned_pages", offsetof(struct zone, spanned_pages) },
	{ "present_pages", offsetof(struct zone, present_pages) },
	{ "managed_pages", offsetof(struct zone, managed_pages) },
	{ "cma_pages", offsetof(struct zone, cma_pages) },
	{ "cma_free_pages", offsetof(struct zone, cma_free_pages) },
	{ "highatomic_pages", offsetof(struct zone, highatomic_pages) },
	{ "inactive_anon_pages", offsetof(struct zone, inactive_anon_pages) },
	{ "active_anon_pages", offsetof(struct zone, active_anon_pages) },
	{ "inactive_file_pages", offsetof(struct zone, inactive_file_pages) },
	{ "active_file_pages", offsetof(struct zone, active_file_pages) },
	{ NULL, 0 },
};

int64_t json_member_value(const struct json_member *member, const void *values)
{
	int64_t value;

	memcpy(&value, (const char *)values + member->offset, sizeof(value));
	return value;
}

void json_members(struct json *json, const struct json_member *members, const void *values)
{
	for (; members->name; members++)
		json_put_int(json, members->name, json_member_value(members, values));
}

void json_missing_members(struct json *json, const char *prefix, const struct json_member *members,
	const void *values, const char *why)
{
	for (; members->name; members++) {
		char what[80];

		if (value_known(json_member_value(members, values)))
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
	json_members(json, json_zone, zone);
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
