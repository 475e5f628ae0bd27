/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * A small machine, made up, whose samples are recorded: what tests of records look at.
 */
#ifndef OOMWATCH_TESTS_RECORDED_H
#define OOMWATCH_TESTS_RECORDED_H

#include "model/members.h"
#include "parse/record.h"

#define RECORDED_TASKS 3
#define RECORDED_LINE_BYTES 65536

/** Two zones, a service in its slice, three processes. */
struct recorded {
	struct snapshot now;
	struct task tasks[RECORDED_TASKS];
	struct identity who[RECORDED_TASKS];
	struct zone zones[2];
	struct memcg memcgs[2];
	struct systemd_oomd_cgroup oomd[2];
	struct node_set node_sets[1];
	struct killer killers[1];
	uint8_t marks[RECORDED_TASKS];
	struct record_writer writer;
	char line[RECORDED_LINE_BYTES];
	struct text text;
};

/** The machine; aborts without memory. */
struct recorded *recorded_new(void);
void recorded_free(struct recorded *recorded);

/** Set the members of a struct to unknown that can be. */
void recorded_forget(const struct member *members, void *of);

/** Record a sample into line, of which size bytes are used. */
int recorded_sample(
	struct recorded *recorded, const struct record_choice *choice, bool key, size_t size);

/** Record all of a sample; returns the line. */
const char *recorded_next(struct recorded *recorded);

/** The same, as a key. */
const char *recorded_first(struct recorded *recorded);

/** Expect a piece of text in a line. */
void expect_in(const char *line, const char *what);

#endif
