/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * User names and command lines of processes: asked of the identity service on the live
 * machine, taken from the recording's meta file elsewhere.
 */
#ifndef OOMWATCH_COLLECT_PEOPLE_H
#define OOMWATCH_COLLECT_PEOPLE_H

#include <stddef.h>
#include <stdint.h>

#include "collect/identity.h"
#include "collect/proctab.h"
#include "collect/root.h"

/** Users asked for in one tick at most, besides those of processes that are looked at. */
#define PEOPLE_UIDS 8

struct people {
	const struct root *root;
	struct names names;
	struct identity_service *service; /**< NULL: nobody to ask */
	const char *meta;                 /**< of a recording, or NULL */
	size_t meta_len;
	bool everybody; /**< ask for all; else for those that somebody looks at, and one a uid */
	int64_t tick;
	uint32_t asked_uids[PEOPLE_UIDS]; /**< of which a process was asked for in this tick */
	unsigned n_asked_uids;
};

/** Find out about a process what can be found without waiting; sets entry->settled once
 * nothing is left to ask. */
void people_settle(struct people *people, struct proc_entry *entry);

/** Take the answers that have arrived.  Never waits. */
void people_merge(struct people *people, struct proctab *table);

/** Something of a process changed (its uid, its program): settle again. */
void people_unsettle(struct proc_entry *entry);

void people_free(struct people *people);

#endif
