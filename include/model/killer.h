/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Programs that kill before the kernel does, as they are set up.  Everything here belongs to
 * the snapshot; foreign text is not cleaned.
 *
 * Versions read: systemd-oomd v247..v261, earlyoom 1.9, oomd (Meta) 0.5, nohang 0.3; the
 * kubelet by its documentation.
 */
#ifndef OOMWATCH_MODEL_KILLER_H
#define OOMWATCH_MODEL_KILLER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/value.h"

enum killer_kind {
	KILLER_SYSTEMD_OOMD,
	KILLER_EARLYOOM,
	KILLER_OOMD, /**< Meta's */
	KILLER_NOHANG,
	KILLER_KUBELET,
	KILLER_KINDS,
};

/** Where its settings are from. */
enum killer_settings {
	SETTINGS_UNREAD,   /**< not read (yet): what it does cannot be told */
	SETTINGS_DAEMON,   /**< from its own command line, and what that names: what it runs with */
	SETTINGS_FILES,    /**< from its files, which may be newer than what it runs with */
	SETTINGS_DEFAULTS, /**< nothing could be read: those that it is built with */
};

/** A fraction in hundredths of a percent; VALUE_UNKNOWN: not set. */
#define PERMYRIAD_ALL 10000

struct earlyoom_settings {
	/* Both must be at or below; term and kill. */
	int64_t mem_permyriad[2];  /**< of MemAvailable + AnonPages, or of_total */
	int64_t swap_permyriad[2]; /**< of SwapTotal */
	int64_t mem_kib[2];        /**< -M; VALUE_UNKNOWN: not given */
	int64_t swap_kib[2];       /**< -S */
	bool by_rss;               /**< --sort-by-rss */
	bool group;                /**< -g: the whole process group */
	bool kernel_oom;           /**< --kernel-oom: it asks the kernel to kill, by sysrq-f */
	bool ignore_root;          /**< --ignore-root-user */
	bool dry_run;              /**< it only says what it would do */
	bool matches_known;        /**< false: a regular expression could not be compiled here */
	bool of_total;             /**< before 1.8: shares are of MemTotal */
	bool version_known;        /**< that is sure */
};

/** Of one process; bits of struct killer's marks. */
#define KILLER_MARK_PREFER 1
#define KILLER_MARK_AVOID 2
#define KILLER_MARK_IGNORE 4

struct nohang_settings {
	/* soft (SIGTERM) and hard (SIGKILL); the least of what is set. */
	int64_t mem_kib[2];       /**< MemAvailable; VALUE_UNKNOWN: given as a share */
	int64_t mem_permyriad[2]; /**< of MemTotal; VALUE_UNKNOWN: given in KiB */
	int64_t swap_kib[2];
	int64_t swap_permyriad[2]; /**< of SwapTotal */
	bool zram;                 /**< it also looks at zram: not foretold here */
	bool psi;
	int64_t psi_permyriad[2]; /**< full avg10 */
	int64_t psi_duration_ms;
	bool ignore_positive_adj; /**< ignore_positive_oom_score_adj */
	int64_t min_badness;
	bool corrected; /**< it corrects scores by patterns, which are not followed here */
	bool commands;  /**< it runs commands instead of SIGTERM for some; not followed either */
};

struct kubelet_settings {
	int64_t hard_kib;       /**< evictionHard memory.available, rounded up; VALUE_UNKNOWN: as a
	                             share, or with hard_permyriad: none */
	int64_t hard_permyriad; /**< of MemTotal */
	int64_t soft_kib;       /**< evictionSoft; VALUE_UNKNOWN with soft_permyriad: none */
	int64_t soft_permyriad;
	int64_t soft_grace_ms; /**< VALUE_UNKNOWN: none */
};

/** Of one cgroup; parallel to snapshot->memcgs. */
struct systemd_oomd_cgroup {
	bool swap_monitored;     /**< ManagedOOMSwap=kill */
	bool pressure_monitored; /**< ManagedOOMMemoryPressure=kill */
	bool rules;              /**< OOMRules= (v261), which are not followed here */
	bool preference_known;   /**< the attributes below could be read */
	bool avoid, omit;        /**< user.oomd_avoid, user.oomd_omit */
	uint32_t owner;          /**< uid of its folder; valid with preference_known */
	int64_t limit_permyriad; /**< of full avg10 */
	int64_t duration_ms;
};

struct systemd_oomd_settings {
	int64_t swap_used_permyriad; /**< SwapUsedLimit */
	bool swap_only;              /**< before v249: memory used does not count */
	bool dry_run;
	struct systemd_oomd_cgroup *cgroups; /**< parallel to snapshot->memcgs; NULL: none */
	struct systemd_oomd_cgroup root; /**< the whole hierarchy (-.slice), which is no memcg */
	bool users_known; /**< false: units of users' own managers could not be read */
};

/** A detector or action of oomd's rules; what it takes is in the members it uses. */
enum oomd_plugin {
	OOMD_UNKNOWN, /**< no such one is known here */
	OOMD_PRESSURE_ABOVE,
	OOMD_PRESSURE_RISING_BEYOND,
	OOMD_MEMORY_ABOVE,
	OOMD_MEMORY_RECLAIM,
	OOMD_SWAP_FREE,
	OOMD_NR_DYING_DESCENDANTS,
	OOMD_EXISTS,
	OOMD_KILL_BY_MEMORY_SIZE_OR_GROWTH,
	OOMD_KILL_BY_SWAP_USAGE,
	OOMD_KILL_BY_PRESSURE,
	OOMD_KILL_BY_IO_COST,
	OOMD_KILL_BY_PG_SCAN,
	OOMD_CONTINUE, /**< does nothing that counts here: a note in the log */
};

struct oomd_step {
	enum oomd_plugin plugin;
	const char *name;    /**< as in the rules */
	const char *cgroups; /**< comma list of patterns (model/cgroup_pattern.h); "/" the root, ""
	                          none */
	bool io;             /**< resource io, not memory */
	bool recursive;
	bool negate, lte;
	bool dry;                    /**< it only says whom it would kill */
	bool biased;                 /**< biased_swap_kill */
	bool anon;                   /**< threshold_anon */
	int64_t threshold_permyriad; /**< of time, MemTotal or SwapTotal; VALUE_UNKNOWN */
	int64_t threshold_bytes;     /**< VALUE_UNKNOWN */
	int64_t swapout_bytes_per_s; /**< swapout_bps_threshold; 0: none */
	int64_t count;               /**< nr_dying_descendants; VALUE_UNKNOWN */
	int64_t duration_ms;
	int64_t fast_fall_permyriad;
	int64_t size_permyriad, growth_permyriad, growing_percentile; /**< of the kill by size */
};

struct oomd_group {
	const char *name;
	struct oomd_step *detectors;
	uint32_t n_detectors;
};

struct oomd_ruleset {
	const char *name;
	struct oomd_group *groups; /**< any of them that holds starts the actions */
	uint32_t n_groups;
	struct oomd_step *actions;
	uint32_t n_actions;
	bool per_cgroup; /**< it runs for each of some cgroups: not followed here */
};

/** Preference by extended attributes; parallel to snapshot->memcgs: 1 prefer, 0, -1 avoid. */
struct oomd_settings {
	struct oomd_ruleset *rulesets;
	uint32_t n_rulesets;
	int64_t interval_ms;
	int8_t *preference;      /**< NULL: could not be read */
	bool trusted_unreadable; /**< trusted.* needs CAP_SYS_ADMIN */
	bool prekill_hooks;
};

#define KILLERS_MAX 8

struct killer {
	enum killer_kind kind;
	int32_t pid;
	uint64_t start_ticks;
	enum killer_settings settings;
	char settings_why[96]; /**< which file, or why they are not known; clean */
	uint8_t *marks;        /**< parallel to snapshot->tasks; NULL: none */
	void *own;             /**< the collector's; nobody else looks at it */
	union {
		struct earlyoom_settings earlyoom;
		struct nohang_settings nohang;
		struct kubelet_settings kubelet;
		struct systemd_oomd_settings systemd_oomd;
		struct oomd_settings oomd;
	};
};

/** "earlyoom", "systemd-oomd", "oomd", "nohang", "kubelet"; a static string. */
const char *killer_name(enum killer_kind kind);

#endif
