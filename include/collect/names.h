/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Names that many processes share: cgroups with what lies in their path, and users.
 * Each is kept once.
 */
#ifndef OOMWATCH_COLLECT_NAMES_H
#define OOMWATCH_COLLECT_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collect/pods.h"

/** A memory cgroup that processes are in. */
struct cgroup_name {
	struct cgroup_name *next;
	uint32_t refs;
	int64_t unused_tick;   /**< when the last process left it */
	const char *unit;      /**< NULL if none */
	const char *container; /**< NULL if none */
	char path[];
};

struct user_name {
	struct user_name *next;
	uint32_t uid;
	bool guessed; /**< the number as text: nobody gave a name (yet) */
	char name[33];
};

#define CGROUP_BUCKETS 256

/** Zero-initialise: empty. */
struct names {
	struct pods *pods; /**< who knows containers by name; NULL: nobody */
	struct cgroup_name *cgroups[CGROUP_BUCKETS];
	struct user_name *users;
};

/** Put a name and its NUL at *at and move that behind it; NULL, and nothing is put, for an empty
 * one. */
const char *names_put(char **at, const char *name, size_t len);

/** The name of a path, with one reference more.  NULL without memory. */
struct cgroup_name *names_cgroup(struct names *names, const char *path);

/** Look again for the names of containers. */
void names_rename(struct names *names);

/** One reference less; NULL is fine.  It stays readable until names_sweep(). */
void names_cgroup_leave(struct cgroup_name *cgroup, int64_t tick);

/** Free cgroups that nobody has been in since before that tick. */
void names_sweep(struct names *names, int64_t before_tick);

/** The user, or NULL if nobody gave a name (nor a number) for that uid. */
const struct user_name *names_user(const struct names *names, uint32_t uid);

/** Remember a login name; "" stands for the number.  0 or -ENOMEM. */
int names_set_user(struct names *names, uint32_t uid, const char *name);

void names_free(struct names *names);

#endif
