/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * JSON of structs of numbers, by tables of their members.
 */
#ifndef OOMWATCH_APP_JSON_TABLES_H
#define OOMWATCH_APP_JSON_TABLES_H

#include "analysis/zones.h"
#include "base/json.h"
#include "model/members.h"

extern const struct member json_reclaim[]; /**< of struct reclaim */

/** Write all members of a struct, unknown ones as null. */
void json_members(struct json *json, const struct member *members, const void *values);

/** Write { what: "PREFIX.NAME", why } for each unknown member; they are int64_t. */
void json_missing_members(struct json *json, const char *prefix, const struct member *members,
	const void *values, const char *why);

/** Write what is known of a zone, from "node" to "orders". */
void json_zone_members(struct json *json, const struct zone *zone, const struct zone_view *view);

#endif
