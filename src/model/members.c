/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/members.h"

#include <string.h>

#include "base/json.h"
#include "model/snapshot.h"

/* Most members are called what they are called in C. */
#define ROW(of, type, name)                                  \
	{                                                    \
#name, offsetof(struct of, name), type, 0, 0 \
	}
#define ROW_AS(of, type, name, member)                        \
	{                                                     \
		name, offsetof(struct of, member), type, 0, 0 \
	}
#define TEXT_AS(of, name, member)                               \
	{                                                       \
		name, offsetof(struct of, member), MEMBER_TEXT, \
			sizeof(((struct of *)NULL)->member), 0  \
	}
#define TEXT(of, name) TEXT_AS(of, #name, name)
#define NUMBERS(of, name, member, count)                                                    \
	{                                                                                   \
		name, offsetof(struct of, member), MEMBER_NUMBERS,                          \
			ARRAY_SIZE(((struct of *)NULL)->member), offsetof(struct of, count) \
	}

#define PRESSURE_ROW(of, line, name, member)                                              \
	{                                                                                 \
		name, offsetof(struct of, line) + offsetof(struct pressure_line, member), \
			MEMBER_I64, 0, 0                                                  \
	}
#define PRESSURE_LINE(of, prefix, line)                                       \
	PRESSURE_ROW(of, line, prefix "_avg10_centi", avg10_centi),           \
		PRESSURE_ROW(of, line, prefix "_avg60_centi", avg60_centi),   \
		PRESSURE_ROW(of, line, prefix "_avg300_centi", avg300_centi), \
		PRESSURE_ROW(of, line, prefix "_total_us", total_us)

/* What JSON tells of a zone is what records tell, and no more. */
#define ZONE_PAGES                                                                              \
	ROW(zone, MEMBER_I64, free_pages), ROW(zone, MEMBER_I64, boost_pages),                  \
		ROW(zone, MEMBER_I64, min_pages), ROW(zone, MEMBER_I64, low_pages),             \
		ROW(zone, MEMBER_I64, high_pages), ROW(zone, MEMBER_I64, promo_pages),          \
		ROW(zone, MEMBER_I64, spanned_pages), ROW(zone, MEMBER_I64, present_pages),     \
		ROW(zone, MEMBER_I64, managed_pages), ROW(zone, MEMBER_I64, cma_pages),         \
		ROW(zone, MEMBER_I64, cma_free_pages), ROW(zone, MEMBER_I64, highatomic_pages), \
		ROW(zone, MEMBER_I64, inactive_anon_pages),                                     \
		ROW(zone, MEMBER_I64, active_anon_pages),                                       \
		ROW(zone, MEMBER_I64, inactive_file_pages),                                     \
		ROW(zone, MEMBER_I64, active_file_pages)

const struct member members_meminfo[] = {
	ROW(meminfo, MEMBER_I64, mem_total_kib),
	ROW(meminfo, MEMBER_I64, mem_free_kib),
	ROW(meminfo, MEMBER_I64, mem_available_kib),
	ROW(meminfo, MEMBER_I64, buffers_kib),
	ROW(meminfo, MEMBER_I64, cached_kib),
	ROW(meminfo, MEMBER_I64, swap_cached_kib),
	ROW(meminfo, MEMBER_I64, active_anon_kib),
	ROW(meminfo, MEMBER_I64, inactive_anon_kib),
	ROW(meminfo, MEMBER_I64, active_file_kib),
	ROW(meminfo, MEMBER_I64, inactive_file_kib),
	ROW(meminfo, MEMBER_I64, unevictable_kib),
	ROW(meminfo, MEMBER_I64, mlocked_kib),
	ROW(meminfo, MEMBER_I64, swap_total_kib),
	ROW(meminfo, MEMBER_I64, swap_free_kib),
	ROW(meminfo, MEMBER_I64, zswap_kib),
	ROW(meminfo, MEMBER_I64, zswapped_kib),
	ROW(meminfo, MEMBER_I64, dirty_kib),
	ROW(meminfo, MEMBER_I64, writeback_kib),
	ROW(meminfo, MEMBER_I64, anon_kib),
	ROW(meminfo, MEMBER_I64, mapped_kib),
	ROW(meminfo, MEMBER_I64, shmem_kib),
	ROW(meminfo, MEMBER_I64, kreclaimable_kib),
	ROW(meminfo, MEMBER_I64, slab_kib),
	ROW(meminfo, MEMBER_I64, slab_reclaimable_kib),
	ROW(meminfo, MEMBER_I64, slab_unreclaimable_kib),
	ROW(meminfo, MEMBER_I64, kernel_stack_kib),
	ROW(meminfo, MEMBER_I64, page_tables_kib),
	ROW(meminfo, MEMBER_I64, sec_page_tables_kib),
	ROW(meminfo, MEMBER_I64, bounce_kib),
	ROW(meminfo, MEMBER_I64, commit_limit_kib),
	ROW(meminfo, MEMBER_I64, committed_as_kib),
	ROW(meminfo, MEMBER_I64, vmalloc_used_kib),
	ROW(meminfo, MEMBER_I64, percpu_kib),
	ROW(meminfo, MEMBER_I64, hardware_corrupted_kib),
	ROW(meminfo, MEMBER_I64, anon_huge_kib),
	ROW(meminfo, MEMBER_I64, cma_total_kib),
	ROW(meminfo, MEMBER_I64, cma_free_kib),
	ROW(meminfo, MEMBER_I64, unaccepted_kib),
	ROW(meminfo, MEMBER_I64, balloon_kib),
	ROW(meminfo, MEMBER_I64, huge_pages_total),
	ROW(meminfo, MEMBER_I64, huge_pages_free),
	ROW(meminfo, MEMBER_I64, huge_page_kib),
	ROW(meminfo, MEMBER_I64, hugetlb_kib),
	MEMBER_END,
};

const struct member members_knobs[] = {
	ROW(knobs, MEMBER_I64, panic_on_oom),
	ROW(knobs, MEMBER_I64, oom_kill_allocating_task),
	ROW(knobs, MEMBER_I64, oom_dump_tasks),
	ROW(knobs, MEMBER_I64, overcommit_memory),
	ROW(knobs, MEMBER_I64, overcommit_ratio),
	ROW(knobs, MEMBER_I64, overcommit_kbytes),
	ROW(knobs, MEMBER_I64, swappiness),
	ROW(knobs, MEMBER_I64, min_free_kbytes),
	ROW(knobs, MEMBER_I64, watermark_scale_factor),
	ROW(knobs, MEMBER_I64, watermark_boost_factor),
	ROW(knobs, MEMBER_I64, extfrag_threshold),
	ROW(knobs, MEMBER_I64, admin_reserve_kbytes),
	ROW(knobs, MEMBER_I64, user_reserve_kbytes),
	ROW(knobs, MEMBER_I64, nr_hugepages),
	ROW(knobs, MEMBER_I64, lru_gen_enabled),
	ROW(knobs, MEMBER_I64, lru_gen_min_ttl_ms),
	ROW(knobs, MEMBER_I64, zswap_enabled),
	MEMBER_END,
};

const struct member members_vmstat[] = {
	ROW(vmstat, MEMBER_I64, pgscan_kswapd),
	ROW(vmstat, MEMBER_I64, pgscan_direct),
	ROW(vmstat, MEMBER_I64, pgsteal_kswapd),
	ROW(vmstat, MEMBER_I64, pgsteal_direct),
	ROW(vmstat, MEMBER_I64, allocstall),
	ROW(vmstat, MEMBER_I64, pgscan_direct_throttle),
	ROW(vmstat, MEMBER_I64, workingset_refault),
	ROW(vmstat, MEMBER_I64, workingset_activate),
	ROW(vmstat, MEMBER_I64, workingset_restore),
	ROW(vmstat, MEMBER_I64, pswpin),
	ROW(vmstat, MEMBER_I64, pswpout),
	ROW(vmstat, MEMBER_I64, pgmajfault),
	ROW(vmstat, MEMBER_I64, pageoutrun),
	ROW(vmstat, MEMBER_I64, kswapd_low_wmark_hit_quickly),
	ROW(vmstat, MEMBER_I64, kswapd_high_wmark_hit_quickly),
	ROW(vmstat, MEMBER_I64, compact_stall),
	ROW(vmstat, MEMBER_I64, compact_fail),
	ROW(vmstat, MEMBER_I64, compact_success),
	ROW(vmstat, MEMBER_I64, drop_pagecache),
	ROW(vmstat, MEMBER_I64, drop_slab),
	ROW(vmstat, MEMBER_I64, oom_kill),
	MEMBER_END,
};

const struct member members_pressure[] = {
	PRESSURE_LINE(pressure, "some", some),
	PRESSURE_LINE(pressure, "full", full),
	MEMBER_END,
};

const struct member members_swap_area[] = {
	TEXT(swap_area, name),
	ROW(swap_area, MEMBER_I64, size_kib),
	ROW(swap_area, MEMBER_I64, used_kib),
	ROW(swap_area, MEMBER_I64, priority),
	ROW(swap_area, MEMBER_BOOL, zram),
	MEMBER_END,
};

const struct member members_zone_pages[] = {
	ZONE_PAGES,
	MEMBER_END,
};

const struct member members_zone[] = {
	ROW(zone, MEMBER_I32, node),
	TEXT_AS(zone, "zone", name),
	ZONE_PAGES,
	ROW(zone, MEMBER_I64, start_pfn),
	ROW(zone, MEMBER_BOOL, node_unreclaimable),
	NUMBERS(zone, "free_blocks", blocks.count, blocks.n_orders),
	NUMBERS(zone, "protection_pages", protection_pages, n_protection),
	MEMBER_END,
};

const struct member members_memcg[] = {
	ROW(memcg, MEMBER_STRING, path),
	ROW(memcg, MEMBER_STRING, unit),
	ROW(memcg, MEMBER_STRING, container),
	ROW_AS(memcg, MEMBER_U32, "processes", n_tasks),
	ROW(memcg, MEMBER_I32, version),
	ROW(memcg, MEMBER_BOOL, flat),
	ROW(memcg, MEMBER_I64, usage_bytes),
	ROW(memcg, MEMBER_I64, max_bytes),
	ROW(memcg, MEMBER_I64, high_bytes),
	ROW(memcg, MEMBER_I64, swap_bytes),
	ROW(memcg, MEMBER_I64, swap_max_bytes),
	ROW(memcg, MEMBER_I64, memsw_bytes),
	ROW(memcg, MEMBER_I64, memsw_max_bytes),
	ROW(memcg, MEMBER_I64, swappiness),
	ROW(memcg, MEMBER_I64, min_bytes),
	ROW(memcg, MEMBER_I64, low_bytes),
	ROW(memcg, MEMBER_I64, oom_group),
	ROW(memcg, MEMBER_I64, oom_kill_disable),
	ROW(memcg, MEMBER_I64, under_oom),
	ROW(memcg, MEMBER_I64, events_high),
	ROW(memcg, MEMBER_I64, events_max),
	ROW(memcg, MEMBER_I64, events_oom),
	ROW(memcg, MEMBER_I64, events_oom_kill),
	ROW(memcg, MEMBER_I64, stat_file_bytes),
	ROW(memcg, MEMBER_I64, stat_dirty_bytes),
	ROW(memcg, MEMBER_I64, stat_mapped_bytes),
	ROW(memcg, MEMBER_I64, stat_slab_reclaimable_bytes),
	ROW(memcg, MEMBER_I64, stat_anon_bytes),
	ROW(memcg, MEMBER_I64, stat_shmem_bytes),
	ROW(memcg, MEMBER_I64, stat_pgscan_pages),
	ROW(memcg, MEMBER_I64, stat_uptime_ms),
	PRESSURE_LINE(memcg, "some", pressure.some),
	PRESSURE_LINE(memcg, "full", pressure.full),
	MEMBER_END,
};

const struct member members_task[] = {
	ROW(task, MEMBER_I32, pid),
	ROW(task, MEMBER_U64, start_ticks),
	ROW(task, MEMBER_I32, ppid),
	ROW(task, MEMBER_U32, has),
	ROW(task, MEMBER_U32, flags),
	ROW(task, MEMBER_U32, uid),
	ROW(task, MEMBER_U32, threads),
	ROW(task, MEMBER_I32, oom_score_adj),
	ROW(task, MEMBER_I32, oom_adj),
	ROW(task, MEMBER_I32, nice),
	ROW(task, MEMBER_I64, oom_score),
	ROW(task, MEMBER_CHAR, state),
	TEXT(task, comm),
	ROW(task, MEMBER_U64, cap_effective),
	ROW(task, MEMBER_U64, utime_ticks),
	ROW(task, MEMBER_U64, stime_ticks),
	ROW(task, MEMBER_I64, vsize_pages),
	ROW(task, MEMBER_I64, rss_stat_pages),
	ROW(task, MEMBER_I64, rss_status_pages),
	ROW(task, MEMBER_I64, rss_anon_pages),
	ROW(task, MEMBER_I64, rss_file_pages),
	ROW(task, MEMBER_I64, rss_shmem_pages),
	ROW(task, MEMBER_I64, swap_pages),
	ROW(task, MEMBER_I64, pgtables_bytes),
	ROW(task, MEMBER_I64, stale_pages),
	ROW_AS(task, MEMBER_I64, "growth_bytes_per_s", growth_bytes_per_s[GROWTH_10S]),
	ROW_AS(task, MEMBER_I64, "growth_1min_bytes_per_s", growth_bytes_per_s[GROWTH_1MIN]),
	ROW_AS(task, MEMBER_I64, "growth_10min_bytes_per_s", growth_bytes_per_s[GROWTH_10MIN]),
	ROW(task, MEMBER_I64, growth_seen_ms),
	ROW(task, MEMBER_I32, cpu_permille),
	ROW_AS(task, MEMBER_I32, "mm_compared_pid", mm_compared),
	ROW(task, MEMBER_BOOL, mm_shared),
	MEMBER_END,
};

const struct member members_identity[] = {
	ROW(identity, MEMBER_STRING, user),
	ROW(identity, MEMBER_STRING, cmdline),
	ROW(identity, MEMBER_STRING, cgroup),
	ROW(identity, MEMBER_STRING, unit),
	ROW(identity, MEMBER_STRING, container),
	ROW(identity, MEMBER_BOOL, blocked),
	MEMBER_END,
};

const struct member members_snapshot[] = {
	ROW(snapshot, MEMBER_I64, time_ms),
	ROW(snapshot, MEMBER_I64, page_bytes),
	ROW(snapshot, MEMBER_I64, clk_tck),
	ROW(snapshot, MEMBER_I32, cpus),
	TEXT(snapshot, release),
	TEXT(snapshot, hostname),
	ROW(snapshot, MEMBER_I64, total_ram_pages),
	ROW(snapshot, MEMBER_I64, total_swap_pages),
	ROW(snapshot, MEMBER_I64, own_pid),
	ROW(snapshot, MEMBER_U64, own_caps),
	ROW(snapshot, MEMBER_I64, own_uid),
	ROW(snapshot, MEMBER_BOOL, own_userns),
	ROW(snapshot, MEMBER_I32, memcg_version),
	ROW_AS(snapshot, MEMBER_U32, "processes_unreadable", n_tasks_unreadable),
	MEMBER_END,
};

const struct member members_killer[] = {
	ROW(killer, MEMBER_I32, pid),
	ROW(killer, MEMBER_U64, start_ticks),
	TEXT(killer, settings_why),
	MEMBER_END,
};

const struct member members_earlyoom[] = {
	ROW_AS(earlyoom_settings, MEMBER_I64, "mem_term_permyriad", mem_permyriad[0]),
	ROW_AS(earlyoom_settings, MEMBER_I64, "mem_kill_permyriad", mem_permyriad[1]),
	ROW_AS(earlyoom_settings, MEMBER_I64, "swap_term_permyriad", swap_permyriad[0]),
	ROW_AS(earlyoom_settings, MEMBER_I64, "swap_kill_permyriad", swap_permyriad[1]),
	ROW_AS(earlyoom_settings, MEMBER_I64, "mem_term_kib", mem_kib[0]),
	ROW_AS(earlyoom_settings, MEMBER_I64, "mem_kill_kib", mem_kib[1]),
	ROW_AS(earlyoom_settings, MEMBER_I64, "swap_term_kib", swap_kib[0]),
	ROW_AS(earlyoom_settings, MEMBER_I64, "swap_kill_kib", swap_kib[1]),
	ROW(earlyoom_settings, MEMBER_BOOL, by_rss),
	ROW(earlyoom_settings, MEMBER_BOOL, group),
	ROW(earlyoom_settings, MEMBER_BOOL, kernel_oom),
	ROW(earlyoom_settings, MEMBER_BOOL, ignore_root),
	ROW(earlyoom_settings, MEMBER_BOOL, dry_run),
	ROW(earlyoom_settings, MEMBER_BOOL, matches_known),
	ROW(earlyoom_settings, MEMBER_BOOL, of_total),
	ROW(earlyoom_settings, MEMBER_BOOL, version_known),
	MEMBER_END,
};

const struct member members_nohang[] = {
	ROW_AS(nohang_settings, MEMBER_I64, "mem_soft_kib", mem_kib[0]),
	ROW_AS(nohang_settings, MEMBER_I64, "mem_hard_kib", mem_kib[1]),
	ROW_AS(nohang_settings, MEMBER_I64, "mem_soft_permyriad", mem_permyriad[0]),
	ROW_AS(nohang_settings, MEMBER_I64, "mem_hard_permyriad", mem_permyriad[1]),
	ROW_AS(nohang_settings, MEMBER_I64, "swap_soft_kib", swap_kib[0]),
	ROW_AS(nohang_settings, MEMBER_I64, "swap_hard_kib", swap_kib[1]),
	ROW_AS(nohang_settings, MEMBER_I64, "swap_soft_permyriad", swap_permyriad[0]),
	ROW_AS(nohang_settings, MEMBER_I64, "swap_hard_permyriad", swap_permyriad[1]),
	ROW(nohang_settings, MEMBER_BOOL, zram),
	ROW(nohang_settings, MEMBER_BOOL, psi),
	ROW_AS(nohang_settings, MEMBER_I64, "psi_soft_permyriad", psi_permyriad[0]),
	ROW_AS(nohang_settings, MEMBER_I64, "psi_hard_permyriad", psi_permyriad[1]),
	ROW(nohang_settings, MEMBER_I64, psi_duration_ms),
	ROW(nohang_settings, MEMBER_BOOL, ignore_positive_adj),
	ROW(nohang_settings, MEMBER_I64, min_badness),
	ROW(nohang_settings, MEMBER_BOOL, corrected),
	ROW(nohang_settings, MEMBER_BOOL, commands),
	MEMBER_END,
};

const struct member members_kubelet[] = {
	ROW(kubelet_settings, MEMBER_I64, hard_kib),
	ROW(kubelet_settings, MEMBER_I64, hard_permyriad),
	ROW(kubelet_settings, MEMBER_I64, soft_kib),
	ROW(kubelet_settings, MEMBER_I64, soft_permyriad),
	ROW(kubelet_settings, MEMBER_I64, soft_grace_ms),
	MEMBER_END,
};

const struct member members_systemd_oomd[] = {
	ROW(systemd_oomd_settings, MEMBER_I64, swap_used_permyriad),
	ROW(systemd_oomd_settings, MEMBER_BOOL, swap_only),
	ROW(systemd_oomd_settings, MEMBER_BOOL, dry_run),
	ROW(systemd_oomd_settings, MEMBER_BOOL, users_known),
	MEMBER_END,
};

const struct member members_systemd_oomd_cgroup[] = {
	ROW_AS(systemd_oomd_cgroup, MEMBER_BOOL, "oomd_swap_monitored", swap_monitored),
	ROW_AS(systemd_oomd_cgroup, MEMBER_BOOL, "oomd_pressure_monitored", pressure_monitored),
	ROW_AS(systemd_oomd_cgroup, MEMBER_BOOL, "oomd_rules", rules),
	ROW_AS(systemd_oomd_cgroup, MEMBER_BOOL, "oomd_preference_known", preference_known),
	ROW_AS(systemd_oomd_cgroup, MEMBER_BOOL, "oomd_avoid", avoid),
	ROW_AS(systemd_oomd_cgroup, MEMBER_BOOL, "oomd_omit", omit),
	ROW_AS(systemd_oomd_cgroup, MEMBER_U32, "oomd_owner_uid", owner),
	ROW_AS(systemd_oomd_cgroup, MEMBER_I64, "oomd_limit_permyriad", limit_permyriad),
	ROW_AS(systemd_oomd_cgroup, MEMBER_I64, "oomd_duration_ms", duration_ms),
	MEMBER_END,
};

const char *const words_partial[] = {
	[PARTIAL_NONE] = "none",
	[PARTIAL_HIDEPID] = "hidepid",
	[PARTIAL_PID_NAMESPACE] = "pid_namespace",
	[PARTIAL_LXCFS] = "lxcfs",
	[PARTIAL_KEPT] = "kept",
	NULL,
};

const char *const words_fact_state[] = {
	[FACT_UNREAD] = "unread",
	[FACT_PRESENT] = "present",
	[FACT_ABSENT] = "absent",
	[FACT_FORBIDDEN] = "forbidden",
	[FACT_EMPTY] = "empty",
	[FACT_MALFORMED] = "malformed",
	[FACT_TOO_LARGE] = "too_large",
	[FACT_DISABLED] = "disabled",
	[FACT_FAILED] = "failed",
	NULL,
};

const char *const words_settings[] = {
	[SETTINGS_UNREAD] = "unread",
	[SETTINGS_DAEMON] = "daemon",
	[SETTINGS_FILES] = "files",
	[SETTINGS_DEFAULTS] = "defaults",
	NULL,
};

int word_find(const char *const *words, const char *word)
{
	for (int i = 0; words[i]; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return -1;
}

int64_t member_i64(const struct member *member, const void *of)
{
	int64_t value;

	memcpy(&value, (const char *)of + member->offset, sizeof(value));
	return value;
}

static void write_numbers(struct json *json, const struct member *member, const void *of)
{
	const char *at = (const char *)of + member->offset;
	unsigned count;

	memcpy(&count, (const char *)of + member->count_offset, sizeof(count));
	json_put_array(json, member->name);
	for (unsigned i = 0; i < count && i < member->size; i++) {
		int64_t value;

		memcpy(&value, at + i * sizeof(value), sizeof(value));
		json_put_int(json, NULL, value);
	}
	json_end_array(json);
}

static void write_i32(struct json *json, const char *name, const void *at)
{
	int32_t value;

	memcpy(&value, at, sizeof(value));
	json_put_int(json, name, value);
}

static void write_u32(struct json *json, const char *name, const void *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	json_put_int(json, name, value);
}

static void write_string(struct json *json, const char *name, const void *at)
{
	const char *value;

	memcpy(&value, at, sizeof(value));
	json_put_string(json, name, value);
}

void member_write(struct json *json, const struct member *member, const void *of)
{
	const char *at = (const char *)of + member->offset;

	switch (member->type) {
	case MEMBER_I64:
	case MEMBER_U64:
		json_put_int(json, member->name, member_i64(member, of));
		break;
	case MEMBER_I32:
		write_i32(json, member->name, at);
		break;
	case MEMBER_U32:
		write_u32(json, member->name, at);
		break;
	case MEMBER_BOOL:
		json_put_bool(json, member->name, *(const bool *)at);
		break;
	case MEMBER_CHAR:
		json_put_string(json, member->name, (const char[]){ *at, '\0' });
		break;
	case MEMBER_TEXT:
		json_put_string(json, member->name, at);
		break;
	case MEMBER_STRING:
		write_string(json, member->name, at);
		break;
	case MEMBER_NUMBERS:
		write_numbers(json, member, of);
		break;
	}
}
