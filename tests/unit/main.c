/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

/** Every suite, in the order of the layers; tests/check-lists compares this with the files. */
#define SUITES(X)              \
	X(arena)               \
	X(json)                \
	X(ring)                \
	X(sort)                \
	X(text)                \
	X(units)               \
	X(calendar)            \
	X(circle)              \
	X(linering)            \
	X(facts)               \
	X(kernel)              \
	X(snapshot)            \
	X(cgroup_name)         \
	X(parse_cgroup)        \
	X(mounts)              \
	X(parse_blocks)        \
	X(parse_zones)         \
	X(pid)                 \
	X(pid_status)          \
	X(scan)                \
	X(system)              \
	X(unit_file)           \
	X(vmstat)              \
	X(zones)               \
	X(account)             \
	X(badness)             \
	X(badness_old)         \
	X(badness_read)        \
	X(certain)             \
	X(certain_growth)      \
	X(forecast)            \
	X(foretell)            \
	X(left)                \
	X(reason)              \
	X(reclaim)             \
	X(risk)                \
	X(standing)            \
	X(summary)             \
	X(summary_memcg)       \
	X(victim)              \
	X(scope)               \
	X(victim_memcg)        \
	X(memcgs)              \
	X(memcg_level)         \
	X(memcg_victims)       \
	X(suspects)            \
	X(plan)                \
	X(plan_adj)            \
	X(plan_kill)           \
	X(plan_sysrq)          \
	X(plan_scope)          \
	X(preview)             \
	X(changes)             \
	X(verify)              \
	X(canvas)              \
	X(cells)               \
	X(column_list)         \
	X(columns)             \
	X(commands)            \
	X(filter)              \
	X(keys)                \
	X(layout)              \
	X(level)               \
	X(meta)                \
	X(panels)              \
	X(prompt)              \
	X(tasklist)            \
	X(tasks_ticks)         \
	X(tasks_turns)         \
	X(view)                \
	X(zonebar)             \
	X(actions)             \
	X(actions_adj)         \
	X(actions_kill)        \
	X(actions_sysrq)       \
	X(actions_undo)        \
	X(panel_cgroups)       \
	X(scope_menu)          \
	X(collector)           \
	X(collector_live)      \
	X(cgroups)             \
	X(cgroups_ticks)       \
	X(growth)              \
	X(identity)            \
	X(proctab)             \
	X(root)                \
	X(sharers)             \
	X(surroundings)        \
	X(cgroup_pattern)      \
	X(nodes)               \
	X(systemd_oomd)        \
	X(report)              \
	X(earlyoom)            \
	X(json_line)           \
	X(kubelet)             \
	X(nohang)              \
	X(oomd_text)           \
	X(parse_nodes)         \
	X(systemd_value)       \
	X(anchors)             \
	X(gfp)                 \
	X(members)             \
	X(prefix)              \
	X(report_kill)         \
	X(report_parts)        \
	X(report_table)        \
	X(report_user)         \
	X(iso_time)            \
	X(log_window)          \
	X(record)              \
	X(record_killers)      \
	X(trace_format)        \
	X(unit_files)          \
	X(tasks_proc)          \
	X(handle)              \
	X(reuse)               \
	X(perform)             \
	X(refusals)            \
	X(averages)            \
	X(killer_common)       \
	X(killer_earlyoom)     \
	X(killer_kubelet)      \
	X(killer_nohang)       \
	X(killer_oomd)         \
	X(killer_room)         \
	X(killers)             \
	X(killers_judge)       \
	X(nodesets)            \
	X(oomd_choose)         \
	X(oomd_detect)         \
	X(risks)               \
	X(scope_nodes)         \
	X(systemd_oomd_choose) \
	X(tasks_nodes)         \
	X(verdict_killer)      \
	X(verdict_nodes)       \
	X(victim_nodes)        \
	X(watch)               \
	X(killer_systemd_oomd) \
	X(explain_cause)       \
	X(explain_choice)      \
	X(explain_spared)      \
	X(report_stream)       \
	X(kills)               \
	X(kept)                \
	X(kills_counted)       \
	X(report_name)         \
	X(report_snapshot)     \
	X(report_told)         \
	X(kills_scopes)        \
	X(kills_time)          \
	X(grouped)             \
	X(panel_killers)       \
	X(scope_menu_nodes)    \
	X(taskgroups)          \
	X(killed)              \
	X(report_view)         \
	X(cgroup_demands)      \
	X(comm_marks)          \
	X(killer_oomd_read)    \
	X(killer_settings)     \
	X(node_sets)           \
	X(oomd_rules)          \
	X(root_folder)         \
	X(killer_files)        \
	X(pods)                \
	X(kmsg)                \
	X(journal)             \
	X(journal_lines)       \
	X(journal_pipe)        \
	X(perf_ring)           \
	X(replay)              \
	X(replay_damage)       \
	X(replay_log)          \
	X(victim_marks)        \
	X(release)

#define DECLARE(name) extern CU_TestInfo name##_tests[];
SUITES(DECLARE)

#define ROW(name) { .pName = #name, .pTests = name##_tests },

int main(void)
{
	CU_SuiteInfo suites[] = { SUITES(ROW) CU_SUITE_INFO_NULL };
	bool good;

	if (CU_initialize_registry() != CUE_SUCCESS || CU_register_suites(suites) != CUE_SUCCESS) {
		fprintf(stderr, "unit: %s\n", CU_get_error_msg());
		return EXIT_FAILURE;
	}

	CU_basic_set_mode(CU_BRM_NORMAL);
	CU_basic_run_tests();

	/* The runner itself returns success even when checks failed. */
	good = CU_get_number_of_failures() == 0 && CU_get_number_of_tests_failed() == 0 &&
		CU_get_number_of_suites_failed() == 0 &&
		CU_get_number_of_tests_run() == CU_get_registry()->uiNumberOfTests &&
		CU_get_number_of_tests_run() > 0;
	CU_cleanup_registry();

	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
