/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/panels.h"

static const struct panel panels[PANEL_COUNT] = {
	[PANEL_VERDICT] = { PANEL_VERDICT, "verdict", panel_verdict },
	[PANEL_EVIDENCE] = { PANEL_EVIDENCE, "evidence", panel_evidence },
	[PANEL_TASKS] = { PANEL_TASKS, "tasks", panel_tasks },
	[PANEL_DETAIL] = { PANEL_DETAIL, "detail", panel_detail },
	[PANEL_EVENTS] = { PANEL_EVENTS, "events", panel_events },
	[PANEL_GRAPHS] = { PANEL_GRAPHS, "graphs", panel_graphs },
	[PANEL_ZONES] = { PANEL_ZONES, "zones", panel_zones },
	[PANEL_CGROUPS] = { PANEL_CGROUPS, "cgroups", panel_cgroups },
	[PANEL_KILLS] = { PANEL_KILLS, "kills", panel_kills },
	[PANEL_LOG] = { PANEL_LOG, "log", panel_log },
	[PANEL_HELP] = { PANEL_HELP, "help", panel_help },
	[PANEL_RIGHTS] = { PANEL_RIGHTS, "rights", panel_rights },
	[PANEL_SORT] = { PANEL_SORT, "sort", panel_sort },
	[PANEL_KILL] = { PANEL_KILL, "kill", panel_kill },
	[PANEL_SCOPE] = { PANEL_SCOPE, "scope", panel_scope },
	[PANEL_KILLED] = { PANEL_KILLED, "killed", panel_killed },
	[PANEL_ACTION] = { PANEL_ACTION, "action", panel_action },
	[PANEL_PROMPT] = { PANEL_PROMPT, "prompt", panel_prompt },
	[PANEL_KEYS] = { PANEL_KEYS, "keys", panel_keys },
};

const struct panel *panels_all(void)
{
	return panels;
}
