/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Which member of a struct of numbers is written under which JSON name.
 */
#ifndef OOMWATCH_APP_JSON_TABLES_H
#define OOMWATCH_APP_JSON_TABLES_H

#include <stddef.h>

#include "analysis/zones.h"
#include "base/json.h"

/** One int64_t member; a table ends with a NULL name. */
struct json_member {
	const char *name;
	size_t offset;
};

extern const struct json_member json_meminfo[]; /**< of struct meminfo */
extern const struct json_member json_knobs[];   /**< of struct knobs */
extern const struct json_member json_vmstat[];  /**< of struct vmstat */
extern const struct json_member json_reclaim[]; /**< of struct reclaim */
extern const struct json_member json_zone[];    /**< of struct zone */

/** The value of one member of a struct. */
int64_t json_member_value(const struct json_member *member, const void *values);

/** Write all members of a struct, unknown ones as null. */
void json_members(struct json *json, const struct json_member *members, const void *values);

/** Write { what: "PREFIX.NAME", why } for each unknown member. */
void json_missing_members(struct json *json, const char *prefix, const struct json_member *members,
	const void *values, const char *why);

/** Write what is known of a zone, from "node" to "orders". */
void json_zone_members(struct json *json, const struct zone *zone, const struct zone_view *view);

#endif
