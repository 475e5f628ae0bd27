/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The newest lines of a text that never ends, in memory of fixed size.
 *
 * Lines stand in groups: the first line of one can be understood alone, the others build on those
 * before them.  Room is made by dropping the oldest group whole, so what is left always begins
 * with the first line of a group, and no line is ever there in part.
 *
 * The storage belongs to the caller; nothing is allocated.
 */
#ifndef OOMWATCH_BASE_LINERING_H
#define OOMWATCH_BASE_LINERING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/circle.h"

/** Of more groups the oldest goes. */
#define LINERING_GROUPS 64

/** A line takes a quarter of the storage at most, so that others stay. */
#define LINERING_LINE_SHARE 4

struct linering_group {
	uint64_t start;
	int64_t time_ms;
};

struct linering {
	struct circle circle;
	uint64_t begin; /**< of the oldest line */
	uint64_t last;  /**< of the newest line that was committed */
	uint64_t end;   /**< behind it */
	uint64_t open;  /**< behind what was put of a line that is not committed yet */
	struct linering_group groups[LINERING_GROUPS];
	unsigned oldest;   /**< its place in groups */
	unsigned n_groups; /**< 0: nothing is kept */
	bool first;        /**< the open line begins a group */
	bool spoiled;      /**< something of it did not fit */
};

void linering_init(struct linering *ring, char *buf, size_t size);

/** Begin a line; one that was not committed is forgotten.  first: it begins a group. */
void linering_open(struct linering *ring, bool first);

/**
 * Add to the line that is open, for which older groups may go.  What does not fit (the line is
 * longer than its share, or nothing is left to drop but the group that it builds on) spoils it.
 */
void linering_put(struct linering *ring, const char *bytes, size_t len);

/**
 * Keep the line.  Returns false where it was spoiled, or has no group to belong to: it is
 * forgotten then, and what it did not displace stays.
 *
 * @time_ms  of the group that it begins; unused else
 */
bool linering_commit(struct linering *ring, int64_t time_ms);

/** Drop the groups of which all lines are older than that: those followed by one that begins at
 * that time or before it. */
void linering_forget(struct linering *ring, int64_t time_ms);

/** Bytes of the newest group. */
size_t linering_group_len(const struct linering *ring);

/**
 * The text, or the newest line alone, in order, in up to two pieces.
 *
 * @ret_len  of each piece, 0: none
 * Valid until the next call that changes something.  Returns the length of both.
 */
size_t linering_text(const struct linering *ring, const char *ret[2], size_t ret_len[2]);
size_t linering_last(const struct linering *ring, const char *ret[2], size_t ret_len[2]);

#endif
