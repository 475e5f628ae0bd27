/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Telling only what changed: objects as rows of words, one a member, kept from one sample to the
 * next.  A part of parse/record.
 */
#ifndef OOMWATCH_PARSE_RECORD_PARTS_H
#define OOMWATCH_PARSE_RECORD_PARTS_H

#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"
#include "model/members.h"
#include "parse/record.h"

/** A sample that is being written. */
struct record_out {
	struct json json;
	const struct record_sink *sink;
	struct arena *arena; /**< of what is kept of this sample */
	int error;           /**< 0, -ENOMEM or -ENOSPC; nothing more is written then */
};

/** Structs whose members stand in one object. */
#define RECORD_PARTS_MAX 3

/** What the objects of a list are made of; also of a section that is one object. */
struct record_kind {
	const char *name, *gone; /**< gone: NULL for a single object */
	unsigned n_keys;         /**< members of the first table that tell one from another */
	const struct member *tables[RECORD_PARTS_MAX]; /**< NULL: no more */
};

/** The objects of a list now. */
struct record_source {
	uint32_t count;
	/** Where the structs of an object are; NULL: all members of that one are unknown.  They
	 * are used until the next call. */
	void (*get)(void *context, uint32_t number, const void *of[RECORD_PARTS_MAX]);
	void *context;
};

/** Objects as they were written.  All in the arena. */
struct record_list {
	uint32_t n;
	unsigned n_words;   /**< of one object */
	uint64_t *words;    /**< a member each, keys first */
	const char **names; /**< of each the key that is text; NULL: there is none such */
	uint8_t *found; /**< those that are still there; only for comparing with the next sample */
	uint32_t *places;    /**< index + 1 by hash of the keys; empty until it is needed */
	uint32_t place_mask; /**< their number - 1 */
	bool placed;
};

/** What stands for a value: equal for equal ones, for unequal ones almost never. */
uint64_t record_word(const struct member *member, const void *of);

/** A hash of one more word. */
uint64_t record_mix(uint64_t hash, uint64_t word);

/** Let the sink have the text if there is much of it; look whether it was cut. */
void record_drain(struct record_out *out);

/** Write the members of a struct that are known. */
void record_known(struct record_out *out, const struct member *members, const void *of);

/** How many words an object takes. */
unsigned record_kind_words(const struct record_kind *kind);

/** The words of an object as it is now. */
void record_fill_words(
	const struct record_kind *kind, const void *of[RECORD_PARTS_MAX], uint64_t *words);

/** Write the keys of an object, and what is not as before (NULL: as if nothing was told). */
void record_changed(struct record_out *out, const struct record_kind *kind,
	const void *of[RECORD_PARTS_MAX], const uint64_t *words, const uint64_t *before);

/**
 * Write a section of one object as far as it changed.
 *
 * @before  what the call for the sample before returned, NULL: nothing is known
 * Returns what is to be kept for the next one; NULL with out->error.
 */
const uint64_t *record_object(struct record_out *out, const struct record_kind *kind,
	const void *of[RECORD_PARTS_MAX], const uint64_t *before);

/** The same of a list: those that are new or changed, then those that are gone. */
void record_list(struct record_out *out, const struct record_kind *kind,
	const struct record_source *source, struct record_list *before, struct record_list *now);

/** The tasks that are kept. */
uint32_t record_task_count(const struct snapshot *now, const struct record_choice *choice);
const struct task *record_task(
	const struct snapshot *now, const struct record_choice *choice, uint32_t number);

/** Whether it is a systemd-oomd whose cgroups are known. */
bool record_tells_cgroups(const struct killer *killer);

/** Write the userspace killers if they are not as before; returns a hash of them, 0 for none. */
uint64_t record_killers(struct record_out *out, const struct snapshot *now,
	const struct record_choice *choice, uint64_t before);

#endif
