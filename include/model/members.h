/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The members of the structs of a snapshot by name: what JSON and records call them, and where
 * they are.  Units are in the names, which are promises: add to them, do not change them.
 */
#ifndef OOMWATCH_MODEL_MEMBERS_H
#define OOMWATCH_MODEL_MEMBERS_H

#include <stddef.h>
#include <stdint.h>

/* Not base/json.h: its names are also those of jansson, which the readers of records use. */
struct json;

enum member_type {
	MEMBER_I64,     /**< null where VALUE_UNKNOWN */
	MEMBER_U64,     /**< as the signed number of the same bits (null: 2^63) */
	MEMBER_I32,     /**< int32_t or int */
	MEMBER_U32,     /**< uint32_t or unsigned */
	MEMBER_BOOL,    /**< true or false */
	MEMBER_CHAR,    /**< one character, as a string of one; "" is NUL */
	MEMBER_TEXT,    /**< char[]: foreign text, NUL-terminated */
	MEMBER_STRING,  /**< const char *, may be NULL: null */
	MEMBER_NUMBERS, /**< int64_t[], or uint64_t[] of values below 2^63 */
};

struct member {
	const char *name; /**< NULL: the end of a table */
	size_t offset;
	enum member_type type;
	unsigned size;       /**< MEMBER_TEXT: bytes of room; MEMBER_NUMBERS: the most */
	size_t count_offset; /**< MEMBER_NUMBERS: of the unsigned that says how many there are */
};

/** A row for an int64_t member of a struct, and the row that ends a table. */
#define MEMBER_I64_AS(name, type, member)                      \
	{                                                      \
		name, offsetof(type, member), MEMBER_I64, 0, 0 \
	}
#define MEMBER_END                        \
	{                                 \
		NULL, 0, MEMBER_I64, 0, 0 \
	}

/* One table a struct; those of lists begin with the members that tell one from another. */
extern const struct member members_meminfo[];
extern const struct member members_vmstat[];
extern const struct member members_pressure[];
extern const struct member members_knobs[];
extern const struct member members_swap_area[];
extern const struct member members_zone[];
/** Of struct zone as well: the sizes in pages that JSON tells. */
extern const struct member members_zone_pages[];
/** Without parent, which follows from the path. */
extern const struct member members_memcg[];
/** Without who, memcg and nodes, which records write in their own way. */
extern const struct member members_task[];
/** Of struct identity. */
extern const struct member members_identity[];
/** What of struct snapshot itself is told: time, totals, CPUs.  Without uptime_ms and partial,
 * which stand apart, and what nobody shows. */
extern const struct member members_snapshot[];
/** pid, start_ticks and settings_why of struct killer; its kind and settings are words. */
extern const struct member members_killer[];
extern const struct member members_earlyoom[];
extern const struct member members_nohang[];
extern const struct member members_kubelet[];
/** Without cgroups and root. */
extern const struct member members_systemd_oomd[];
extern const struct member members_systemd_oomd_cgroup[];

/* Words for the values of an enum, in order; NULL ends them. */
extern const char *const words_partial[];    /**< enum partial_view */
extern const char *const words_fact_state[]; /**< enum fact_state */
extern const char *const words_settings[];   /**< enum killer_settings */

/** The value that a word stands for; -1: none. */
int word_find(const char *const *words, const char *word);

/** The value of a MEMBER_I64. */
int64_t member_i64(const struct member *member, const void *of);

/** Write one member of a struct under its name. */
void member_write(struct json *json, const struct member *member, const void *of);

#endif
