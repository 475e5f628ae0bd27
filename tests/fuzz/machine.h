/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * A machine of a few files in one input: what fuzz_canvas looks at.
 */
#ifndef OOMWATCH_TESTS_MACHINE_H
#define OOMWATCH_TESTS_MACHINE_H

#include "ui/view.h"

#define PROCESSES_MAX 6

enum section {
	SECTION_LOOK,
	SECTION_RELEASE, /**< osrelease, and as a second word the host's name */
	SECTION_MEMINFO,
	SECTION_VMSTAT,
	SECTION_ZONEINFO,
	SECTION_BUDDYINFO,
	SECTION_PRESSURE,
	SECTION_SWAPS,
	SECTION_KNOBS, /**< panic_on_oom and the like, a line each */
	SECTION_MIGRATE,
	SECTION_PROCESSES,
};

enum process_file {
	FILE_STAT,
	FILE_STATUS,
	FILE_ADJ,
	FILE_SCORE,
	FILE_CGROUP,
	FILE_CMDLINE,
	PROCESS_FILES,
};

/** Files of a memory cgroup; there are as many as the processes' paths name. */
enum memcg_file {
	FILE_LIMITS, /**< usage, max, high, swap, swap.max, memsw usage and limit, swappiness,
	                  oom.group: a line each */
	FILE_EVENTS, /**< v1: oom_control */
	FILE_MEMCG_STAT,
	FILE_MEMCG_PRESSURE,
	MEMCG_FILES,
};

#define MEMCGS_MAX 8
#define SECTION_MEMCGS (SECTION_PROCESSES + PROCESSES_MAX * PROCESS_FILES)
#define SECTIONS (SECTION_MEMCGS + MEMCGS_MAX * MEMCG_FILES)

/** The first bytes of SECTION_LOOK; keys follow. */
enum look {
	LOOK_COLS,
	LOOK_ROWS,
	LOOK_STEP, /**< quarters of a second since the instant before, signed */
	LOOK_FLAGS,
	LOOK_CLOCK,
	LOOK_KEYS,
};

enum look_flag {
	FLAG_PAGE_SIZE = 3, /**< index of page_sizes */
	FLAG_ASCII = 4,
	FLAG_NAMESPACE = 8,
	FLAG_STALE = 16,
	FLAG_RECORDED = 32,
};

enum clock_flag {
	CLOCK_NO_UPTIME = 1,
	CLOCK_UPTIME_HUGE = 2,
	CLOCK_NO_TIME = 4,
	CLOCK_TIME_EARLY = 8,
	LOOK_MEMCG_V1 = 16,
	LOOK_MEMCG_FLAT = 32,
};

struct piece {
	const char *at;
	size_t len;
};

struct machine {
	struct snapshot instants[2];
	struct snapshot *now, *before;
	struct piece sections[SECTIONS];
	struct summary summary;
	struct history history;
	struct ui_state state;
	struct view view;
	struct canvas canvas;
	int64_t uptime_ms;
};

/** A byte of SECTION_LOOK; 0 if it is not there. */
uint8_t machine_look(const struct machine *machine, enum look at);

/**
 * The next instant as it is in the input: sections of SECTION_END, the files of enum section,
 * then PROCESS_FILES for each process and MEMCG_FILES for each cgroup.  What is empty stays as it was.
 */
void machine_split(struct machine *machine, const char *at, const char *end);

/** Fill machine->now from the sections, with what the collector warrants: processes in order
 * of pid, values within the parsers' ranges.  Aborts without memory. */
void machine_take(struct machine *machine);

/** Let what is now be what was before. */
void machine_turn(struct machine *machine);

#endif
