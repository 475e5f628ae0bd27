/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Inside of collect/replay: JSON objects to structs, by the tables of model/members.
 *
 * What a struct gets is within the range that the parsers of /proc warrant: numbers beyond are
 * moved to its edge, values of another type are refused.
 */
#ifndef OOMWATCH_COLLECT_REPLAY_MEMBERS_H
#define OOMWATCH_COLLECT_REPLAY_MEMBERS_H

#include <jansson.h>

#include "base/arena.h"
#include "collect/replay_parts.h"
#include "model/members.h"

/** Bytes of one object or list member: a process, a cgroup, a killer's rules. */
#define REPLAY_PIECE_MAX ((size_t)8 << 20)

/** One reading of a line. */
struct replay_reader {
	struct arena *arena; /**< for what the structs point to */
	char why[96];        /**< what is wrong, where something is */
};

/** Say what is wrong: -EBADMSG. */
int replay_refuse(struct replay_reader *reader, const char *name, const char *what);

/** Set the members that an object has; the others stay.  0, -ENOMEM or -EBADMSG. */
int replay_read_members(
	struct replay_reader *reader, const struct member *members, const json_t *object, void *of);

/** Set the numbers that may be unknown so. */
void replay_forget_members(const struct member *members, void *of);

/** Read JSON with jansson's flags; the caller decrefs it.  0, -ENOMEM, -EBADMSG. */
int replay_parse(struct span text, size_t flags, json_t **ret);

/** Read a piece of JSON, an object or array; the caller decrefs it.  0, -ENOMEM, -EBADMSG. */
int replay_load(struct replay_reader *reader, struct span text, json_t **ret);

#endif
