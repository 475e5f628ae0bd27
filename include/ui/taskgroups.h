/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Processes put together by what they belong to: one container or pod, systemd unit, login
 * session, or cgroup.
 */
#ifndef OOMWATCH_UI_TASKGROUPS_H
#define OOMWATCH_UI_TASKGROUPS_H

#include "base/arena.h"
#include "ui/columns.h"

/** What a group's name is made of. */
enum taskgroup_kind {
	TASKGROUP_NONE,    /**< kernel threads, and what is in the root cgroup */
	TASKGROUP_UNKNOWN, /**< cgroups that could not be read */
	TASKGROUP_NAMED,   /**< a container or pod, else a unit that names a service */
	TASKGROUP_LOGIN,   /**< a session, manager or slice of a user */
	TASKGROUP_PATH,    /**< a cgroup that is neither */
};

/** Of figures: texts differ among the members. */
#define TASKGROUP_DIFFER 1

struct taskgroup {
	enum taskgroup_kind kind;
	uint64_t id; /**< the same from sample to sample, never 0 */
	const char
		*label; /**< container, unit or path: foreign bytes; "" for the first two kinds */
	const char *owner; /**< digits of a user's number at the head of this; "" none */
	uint32_t first;    /**< the member that dies first; where all are exempt, the largest */
	uint32_t *members; /**< indexes of snapshot->tasks, as they are listed */
	uint32_t count;
	/** Parallel to taskgroups.columns: sums; of texts 0 or TASKGROUP_DIFFER.  VALUE_UNKNOWN
	 * if a part is unknown. */
	int64_t *figures;
	bool open; /**< its members are rows too */
};

struct taskgroups {
	struct taskgroup *groups; /**< in the order of the list; in the arena, like all of it */
	uint32_t count;
	const struct column *columns[COLUMNS_SHOWN_MAX]; /**< of the figures */
	unsigned n_columns;
};

/** One group with everything that a column may show of it. */
struct group_cells {
	const struct snapshot *now;
	const struct summary *summary;
	const struct taskgroups *all;
	const struct taskgroup *group;
};

/** What is grouped. */
struct taskgroups_of {
	const struct snapshot *now;
	const struct summary *summary;
	const uint32_t *tasks; /**< indexes of now->tasks in the order that members are to have */
	uint32_t n_tasks;
};

/** How groups are ordered. */
struct taskgroups_order {
	const struct column *sort; /**< NULL: kill order of those that die first */
	bool descending;           /**< of sort */
	bool reverse;              /**< of kill order */
};

/** Group processes.  Returns 0 or -ENOMEM; *ret is unchanged then. */
int taskgroups_make(const struct taskgroups_of *of, const struct taskgroups_order *order,
	struct arena *arena, struct taskgroups *ret);

/** The group that holds a process, or NULL. */
struct taskgroup *taskgroups_of_task(const struct taskgroups *all, uint32_t task);

/** The name for people: container, unit, session with its user, end of the path.  Clean text;
 * never a bare id. */
void taskgroup_name(const struct group_cells *cells, struct text *text);

/**
 * What a column shows of the group; NAME has a mark in front, + folded or - unfolded.
 *
 * @cols  cells that it has: what says more at its end than at its head begins with ".." then
 */
void taskgroup_text(
	const struct group_cells *cells, const struct column *column, int cols, struct text *text);

/** The figure of a column: a sum, or 0 or TASKGROUP_DIFFER; VALUE_UNKNOWN if a part is unknown,
 * or it was not made. */
int64_t taskgroup_figure(const struct group_cells *cells, const struct column *column);

#endif
