/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/people.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parse/pid.h"
#include "parse/system.h"

/** Enough of status for the lines up to Uid, and for all of it almost always. */
#define STATUS_BYTES 8192

static void name_from_meta(struct people *people, uint32_t uid)
{
	char key[24], name[33] = "";

	snprintf(key, sizeof(key), "user.%u", uid);
	if (people->meta)
		(void)parse_meta(people->meta, people->meta_len, key, name, sizeof(name));
	(void)names_set_user(&people->names, uid, name);
}

static void settle_user(struct people *people, struct proc_entry *entry)
{
	const uint32_t uid = entry->task.uid;
	const struct user_name *user;

	if (entry->who.user || !(entry->task.has & TASK_HAS_UID))
		return;
	user = names_user(&people->names, uid);
	if (!user && !people->service) {
		name_from_meta(people, uid);
		user = names_user(&people->names, uid);
	}
	if (user)
		entry->who.user = user->name;
}

/**
 * Asking costs more than sampling: 65 us for a command line, and on a large machine nobody
 * looks at most of them.
 */
static bool is_worth_asking(struct people *people, const struct proc_entry *entry)
{
	if (people->everybody || entry->hot_tick >= people->tick)
		return true;
	if (entry->who.user || people->n_asked_uids == PEOPLE_UIDS)
		return false;
	for (unsigned i = 0; i < people->n_asked_uids; i++)
		if (people->asked_uids[i] == entry->task.uid)
			return false;
	people->asked_uids[people->n_asked_uids++] = entry->task.uid;
	return true;
}

void people_settle(struct people *people, struct proc_entry *entry)
{
	const bool kthread = task_is_kthread(&entry->task);

	settle_user(people, entry);
	if (!people->service || (kthread && entry->who.user))
		entry->identity_asked = true;
	if (!entry->identity_asked && is_worth_asking(people, entry))
		entry->identity_asked =
			identity_ask(people->service, entry->task.pid, entry->task.start_ticks);
	entry->settled = entry->who.user && entry->identity_asked;
}

void people_unsettle(struct proc_entry *entry)
{
	entry->who.user = NULL;
	entry->identity_asked = false;
	entry->settled = false;
}

/* A process may have changed its uid between our reading and the answer (daemons do when
 * they start), and one wrong name would stick to all processes of that uid. */
static bool uid_is_still(const struct people *people, const struct proc_entry *entry)
{
	char path[40], buf[STATUS_BYTES];
	struct pid_status status;
	ssize_t len;

	snprintf(path, sizeof(path), "proc/%d/status", entry->task.pid);
	len = root_read(people->root, path, buf, sizeof(buf));
	if (len < 0 || parse_pid_status(buf, (size_t)len, &status) < 0)
		return false;
	return status.uid == entry->task.uid;
}

static void learn_user(
	struct people *people, struct proc_entry *entry, const struct identity_answer *answer)
{
	const uint32_t uid = entry->task.uid;
	const struct user_name *user;

	if (!(entry->task.has & TASK_HAS_UID))
		return;
	user = names_user(&people->names, uid);
	if (user && !user->guessed)
		return;
	if (answer->has_user && !uid_is_still(people, entry))
		return;
	(void)names_set_user(&people->names, uid, answer->has_user ? answer->user : "");
}

static void learn_cmdline(struct proc_entry *entry, const struct identity_answer *answer)
{
	char *copy;

	entry->who.blocked = answer->blocked;
	if (!answer->has_cmdline || answer->cmdline[0] == '\0')
		return;
	copy = strdup(answer->cmdline);
	if (!copy)
		return;
	free(entry->cmdline);
	entry->cmdline = copy;
	entry->who.cmdline = copy;
}

void people_merge(struct people *people, struct proctab *table)
{
	struct identity_answer answer;

	people->n_asked_uids = 0;
	if (!people->service)
		return;
	while (identity_take(people->service, &answer)) {
		struct proc_entry *entry = proctab_find(table, answer.pid);

		if (!entry || entry->task.start_ticks != answer.start_ticks)
			continue;
		learn_user(people, entry, &answer);
		learn_cmdline(entry, &answer);
		settle_user(people, entry);
		entry->settled = entry->who.user != NULL;
	}
}

void people_free(struct people *people)
{
	if (people->service)
		identity_stop(people->service);
	people->service = NULL;
	names_free(&people->names);
}
