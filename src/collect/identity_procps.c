/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/identity_procps.h"

#include <errno.h>
#include <libproc2/pids.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/*
 * Both lists are equally long, so that procps_pids_reset() changes from one to the other
 * without giving back memory.
 *
 * PIDS_ID_RUID is wanted for its file only: without an item of status libproc2 takes the
 * effective user from the owner of /proc/PID, which is root where a process is not
 * dumpable (procps-ng 4.0.2, simple_readproc() in library/readproc.c).
 */
enum item {
	ITEM_PID,
	ITEM_START,
	ITEM_UID,
	ITEM_USER,
	ITEM_STATUS,
	ITEM_COUNT,
	ITEM_COMM = ITEM_UID,
	ITEM_CMDLINE = ITEM_USER,
};

static const enum pids_item user_items[ITEM_COUNT] = {
	[ITEM_PID] = PIDS_ID_PID,
	[ITEM_START] = PIDS_TICS_BEGAN,
	[ITEM_UID] = PIDS_ID_EUID,
	[ITEM_USER] = PIDS_ID_EUSER,
	[ITEM_STATUS] = PIDS_ID_RUID,
};

static const enum pids_item cmdline_items[ITEM_COUNT] = {
	[ITEM_PID] = PIDS_ID_PID,
	[ITEM_START] = PIDS_TICS_BEGAN,
	[ITEM_COMM] = PIDS_CMD,
	[ITEM_CMDLINE] = PIDS_CMDLINE,
	[ITEM_STATUS] = PIDS_noop,
};

struct procps {
	struct pids_info *info;
	const enum pids_item *items; /* those in force */
};

/* libproc2 counts its users of libnuma without a lock (numa_init() in library/numa.c). */
static pthread_mutex_t open_lock = PTHREAD_MUTEX_INITIALIZER;

static int procps_new(struct procps *procps)
{
	enum pids_item items[ITEM_COUNT];
	int error;

	memcpy(items, user_items, sizeof(items));
	pthread_mutex_lock(&open_lock);
	error = procps_pids_new(&procps->info, items, ITEM_COUNT);
	pthread_mutex_unlock(&open_lock);
	procps->items = user_items;
	return error < 0 ? error : 0;
}

static int procps_open(void **ret_handle)
{
	struct procps *procps = calloc(1, sizeof(*procps));
	int error;

	if (!procps)
		return -ENOMEM;
	error = procps_new(procps);
	if (error) {
		free(procps);
		return error;
	}
	*ret_handle = procps;
	return 0;
}

static void procps_close(void *handle)
{
	struct procps *procps = handle;

	pthread_mutex_lock(&open_lock);
	procps_pids_unref(&procps->info);
	pthread_mutex_unlock(&open_lock);
	free(procps);
}

/* The processes of count PIDs that are still there; NULL with errno set on failure. */
static const struct pids_fetch *procps_select(
	struct procps *procps, const enum pids_item *items, unsigned *pids, int count)
{
	if (procps->items != items) {
		enum pids_item copy[ITEM_COUNT];
		int error;

		memcpy(copy, items, sizeof(copy));
		error = procps_pids_reset(procps->info, copy, ITEM_COUNT);
		if (error < 0) {
			procps->items = NULL;
			errno = -error;
			return NULL;
		}
		procps->items = items;
	}
	return procps_pids_select(procps->info, pids, count, PIDS_SELECT_PID);
}

static bool is_asked(const struct identity_question *question, const struct pids_stack *stack)
{
	return PIDS_VAL(ITEM_PID, s_int, stack, unused) == question->pid &&
		PIDS_VAL(ITEM_START, ull_int, stack, unused) == question->start_ticks;
}

static void learn_user(struct identity_question *question, const struct pids_stack *stack)
{
	const char *user = PIDS_VAL(ITEM_USER, str, stack, unused);
	const size_t len = user ? strnlen(user, sizeof(question->user) - 1) : 0;

	if (len > 0)
		memcpy(question->user, user, len);
	question->user[len] = '\0';
	question->uid = PIDS_VAL(ITEM_UID, u_int, stack, unused);
	question->has_user = len > 0;
	question->gone = false;
}

static int procps_users(void *handle, struct identity_question *questions, uint32_t count)
{
	const struct pids_fetch *fetch;
	unsigned pids[IDENTITY_BATCH];

	for (uint32_t i = 0; i < count; i++)
		pids[i] = (unsigned)questions[i].pid;
	fetch = procps_select(handle, user_items, pids, (int)count);
	if (!fetch)
		return errno ? -errno : -EIO;

	for (uint32_t i = 0; i < count; i++)
		questions[i].gone = true;
	for (int found = 0; found < fetch->counts->total; found++) {
		const struct pids_stack *stack = fetch->stacks[found];

		for (uint32_t i = 0; i < count; i++) {
			if (is_asked(&questions[i], stack))
				learn_user(&questions[i], stack);
		}
	}
	return 0;
}

/* For a process without arguments libproc2 makes up "[comm]". */
static bool is_made_up(const char *cmdline, const char *comm)
{
	const size_t len = strlen(cmdline);

	return comm && len == strlen(comm) + 2 && cmdline[0] == '[' && cmdline[len - 1] == ']' &&
		memcmp(cmdline + 1, comm, len - 2) == 0;
}

static int procps_cmdline(
	void *handle, const struct identity_question *question, char *buf, size_t size)
{
	const struct pids_fetch *fetch;
	const struct pids_stack *stack;
	const char *cmdline;
	unsigned pid = (unsigned)question->pid;
	size_t len;

	fetch = procps_select(handle, cmdline_items, &pid, 1);
	if (!fetch)
		return errno ? -errno : -EIO;
	if (fetch->counts->total < 1 || !is_asked(question, fetch->stacks[0]))
		return -ESRCH;

	stack = fetch->stacks[0];
	cmdline = PIDS_VAL(ITEM_CMDLINE, str, stack, unused);
	if (!cmdline || is_made_up(cmdline, PIDS_VAL(ITEM_COMM, str, stack, unused)))
		cmdline = "";
	len = strnlen(cmdline, size - 1);
	memcpy(buf, cmdline, len);
	buf[len] = '\0';
	return 0;
}

const struct identity_reader identity_procps = {
	.open = procps_open,
	.close = procps_close,
	.users = procps_users,
	.cmdline = procps_cmdline,
};
