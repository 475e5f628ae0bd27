/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Inside of collect/replay: the sample that the next line is told against, as it stands in the
 * lines: what refers to each other by name or number is not resolved.
 */
#ifndef OOMWATCH_COLLECT_REPLAY_STATE_H
#define OOMWATCH_COLLECT_REPLAY_STATE_H

#include "collect/replay_members.h"
#include "model/snapshot.h"

struct replay_task {
	struct task task; /**< who, memcg and nodes are not set */
	struct identity who;
	const char *memcg; /**< path of its memory cgroup, "" none; NULL: that of who.cgroup */
	int64_t nodes;     /**< number in node_sets; VALUE_UNKNOWN */
};

struct replay_memcg {
	struct memcg memcg; /**< parent is not set */
	struct systemd_oomd_cgroup managed;
};

struct replay_mark_of {
	int32_t pid;
	uint8_t mark;
};

struct replay_killer {
	struct killer killer;         /**< marks and cgroups are not set */
	struct replay_mark_of *marks; /**< in order of pid */
	uint32_t n_marks;
	bool has_marks;
	bool has_cgroups; /**< those of systemd-oomd stand in the memcgs */
};

/** Objects of one kind. */
struct replay_list {
	void *items;
	uint32_t n;
};

enum replay_list_number {
	REPLAY_SWAPS,
	REPLAY_ZONES,
	REPLAY_CGROUPS,
	REPLAY_TASKS,
	REPLAY_LISTS,
};

struct replay_sample {
	struct snapshot head; /**< without what has a list here */
	struct replay_list lists[REPLAY_LISTS];
	struct replay_killer *killers;
	uint32_t n_killers;
};

/** How a list is read. */
struct replay_list_kind {
	const char *name; /**< of its member in a sample; NAME_gone names those that are gone */
	size_t size;      /**< of an item */
	uint32_t max;     /**< items */
	bool sorted;      /**< by its keys; else in the order of the lines */
	bool exact;       /**< keys are numbers.  Names of which a record lost bytes may be those of
	                       several objects: then one of them is kept */
	/** Order by the keys. */
	int (*compare)(const void *a, const void *b);
	/** Of an object that is new, all that can be is unknown. */
	void (*forget)(void *item);
	/** Read the keys of an object; or all of it. */
	int (*read_keys)(struct replay_reader *reader, const json_t *object, void *item);
	int (*read)(struct replay_reader *reader, const json_t *object, void *item);
	/** Copy what an item points to into the reader's arena: 0 or -ENOMEM. */
	int (*keep)(struct replay_reader *reader, void *item);
};

extern const struct replay_list_kind replay_list_kinds[REPLAY_LISTS];

/** What a line says of a list: the text of its members, empty where it has none. */
struct replay_list_told {
	struct span list, gone;
};

/** Make a list of what it was (NULL: empty) and what is told: 0, -ENOMEM, -EBADMSG. */
int replay_list_take(struct replay_reader *reader, const struct replay_list_kind *kind,
	const struct replay_list_told *told, const struct replay_list *before,
	struct replay_list *ret);

/** Copy a string (NULL stays so) into the reader's arena; false without memory. */
bool replay_keep_string(struct replay_reader *reader, const char **string);

/* replay_killers.c */
/** Read the whole list. */
int replay_killers_take(
	struct replay_reader *reader, struct span list, struct replay_sample *sample);
/** Copy what is as it was in another arena. */
int replay_killers_keep(struct replay_reader *reader, struct replay_sample *sample);
/** Fill snapshot->killers; its tasks and memcgs are filled. */
int replay_killers_show(const struct replay_sample *sample, struct snapshot *ret);

/* replay_show.c */
int replay_sample_show(const struct replay_sample *sample, struct snapshot *ret);

#endif
