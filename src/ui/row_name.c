/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "ui/columns.h"

/** Units that say who logged in, not what runs: the command is the better name. */
static const char *const login_units[] = { "session-", "user@", "user-", "user.slice" };

bool unit_is_service(const char *unit)
{
	for (size_t i = 0; i < ARRAY_SIZE(login_units); i++) {
		if (strncmp(unit, login_units[i], strlen(login_units[i])) == 0)
			return false;
	}
	return true;
}

static void add_clean(struct text *text, const char *string)
{
	text_add_clean(text, string, strlen(string));
}

/** A command line without the folders of its program: they fill a narrow column. */
static const char *without_folders(const char *cmdline)
{
	const char *last = cmdline;

	if (cmdline[0] != '/')
		return cmdline;
	for (const char *at = cmdline; *at && *at != ' '; at++) {
		if (at[0] == '/' && at[1] != '\0' && at[1] != ' ')
			last = at + 1;
	}
	return last;
}

void row_command(const struct task_row *row, struct text *text)
{
	const struct task *task = row_task(row);
	const char *cmdline = task->who->cmdline;

	if (task_is_kthread(task)) {
		text_add(text, "[");
		add_clean(text, task->comm);
		text_add(text, "]");
	} else {
		add_clean(text, cmdline ? without_folders(cmdline) : task->comm);
	}
}

void row_name(const struct task_row *row, struct text *text)
{
	const struct identity *who = row_task(row)->who;
	const char *group = who->container;

	if (row_task(row)->killed)
		text_add(text, "KILLED ");
	if (!group && who->unit && unit_is_service(who->unit))
		group = who->unit;
	if (group) {
		add_clean(text, group);
		text_add(text, " ");
	}
	row_command(row, text);
}
