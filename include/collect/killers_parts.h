/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The parts of collect/killers: what each kind of killer reads, and when.
 *
 * A kind is one file, collect/killer_NAME.c, that defines one struct killer_part.  Its load()
 * runs in the worker, where reading may take as long as it likes; its tick() in the sampling
 * thread, where nothing may be read or allocated but from the snapshot's arena.
 */
#ifndef OOMWATCH_COLLECT_KILLERS_PARTS_H
#define OOMWATCH_COLLECT_KILLERS_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "collect/cgroups.h"
#include "collect/root.h"
#include "model/killer.h"
#include "model/snapshot.h"
#include "parse/cgroup.h"

/** A cgroup of the snapshot in which the settings were asked for; foreign text. */
struct killer_cgroup {
	const char *path; /**< as /proc/PID/cgroup spells it */
	const char *unit; /**< systemd unit of the path, NULL if none */
};

/** A running killer, for its load(). */
struct killer_process {
	const struct root *root; /**< the worker's own: what is read through it is captured only in
	                              a tick that is captured */
	int32_t pid;
	uint64_t start_ticks;
	const char *args; /**< its arguments, each with its NUL, and one NUL more behind the last */
	size_t args_len;  /**< bytes of the arguments with their NULs, without the one more */
	int args_error; /**< 0, or why they could not be read (-E…; args is "" then); -EFBIG: too
	                       long, args holds the beginning */
	const struct killer_cgroup *cgroups; /**< as in the snapshot: sorted, parents first; only
	                                          where the part wants_cgroups */
	uint32_t n_cgroups;
	int32_t memcg_version;    /**< of snapshot */
	struct memcg_mount mount; /**< where their folders are */
};

/** One tick, for a killer's tick(). */
struct killer_tick {
	struct snapshot *snapshot; /**< its tasks and memcgs are filled */
	const uint32_t *known;     /**< parallel to snapshot->memcgs: which of the cgroups that the
	                                settings were loaded with it is, or NO_MEMCG: it is new;
	                                NULL unless the part wants_cgroups */
	uint8_t *demands; /**< parallel to snapshot->memcgs: what to read in the next tick, masks of
	                       CGROUP_DEMAND_, to be added to; NULL where there are no memcgs */
};

/** One kind of killer. */
struct killer_part {
	enum killer_kind kind;
	const char *comm; /**< its comm, 15 bytes at most */

	/** Whether a process of another comm (one that begins with "python") is one, by its
	 * arguments; NULL: its comm alone says so. */
	bool (*is_it)(const char *args, size_t args_len);

	bool wants_cgroups;

	/**
	 * Read how it is set up.  In the worker.
	 *
	 * *ret is blank but for kind, pid and start_ticks; what it points to comes from the arena,
	 * which is only this result's.  Sets settings and settings_why, also where all that can be
	 * said is SETTINGS_UNREAD.  Returns 0, or -errno: then it is said to be unread.
	 */
	int (*load)(const struct killer_process *process, struct arena *arena, struct killer *ret);

	/**
	 * Lay over a copy of what load() gave what is of this tick's tasks and cgroups (marks,
	 * what is parallel to memcgs).  In the sampling thread, each tick; more than once where
	 * what it demanded was read at once.  NULL: nothing is.
	 * Returns 0 or -ENOMEM.
	 */
	int (*tick)(const struct killer_tick *tick, struct killer *killer);

	/** Give back what killer->own (never NULL) holds beside the arena; also after load()
	 * failed.  In any thread.  NULL: nothing. */
	void (*unload)(struct killer *killer);
};

extern const struct killer_part killer_part_systemd_oomd;
extern const struct killer_part killer_part_earlyoom;
extern const struct killer_part killer_part_oomd;
extern const struct killer_part killer_part_nohang;
extern const struct killer_part killer_part_kubelet;

/** The next of the arguments: *at is NULL at first; false behind the last. */
bool killer_next_arg(const struct killer_process *process, const char **at);

/**
 * The folder of a cgroup, below the root ("sys/fs/cgroup/user.slice"): 0, -ENOENT outside of
 * what is mounted, -ENAMETOOLONG.
 */
int killer_folder(const struct killer_process *process, const char *path, char *buf, size_t size);

/**
 * Read a whole text file ("/etc/oomd.json"; a path that a killer names: absolute) into the arena,
 * NUL-terminated; with "." and ".." in it it is -EINVAL.  0 or -errno: -EFBIG above max bytes.
 */
int killer_read_file(const struct killer_process *process, const char *path, size_t max,
	struct arena *arena, char **ret, size_t *ret_len);

#endif
