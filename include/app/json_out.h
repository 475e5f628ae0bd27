/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * One sample on its way out as JSON; the parts of it that are about scopes.
 */
#ifndef OOMWATCH_APP_JSON_OUT_H
#define OOMWATCH_APP_JSON_OUT_H

#include "app/app.h"
#include "base/json.h"

struct json_out {
	struct json json;
	struct text text; /**< what is not written yet */
	const struct app *app;
	const struct snapshot *now;
	const struct summary *summary;
};

/** Write to stdout what there is, if it is much; call between members of long arrays. */
void json_out_drain(struct json_out *out);

/** "time": a wall clock, null where it is not known. */
void json_out_time(struct json_out *out, int64_t time_ms);

/** A task by its PID; null for NO_TASK. */
void json_out_pid(struct json_out *out, const char *name, uint32_t task);

/** One of { what, why } in "missing". */
void json_out_missing(struct json_out *out, const char *what, const char *why);

/** "verdict", "risks" and "oom". */
void json_out_risks(struct json_out *out);

/** "cgroups": those with a limit. */
void json_out_cgroups(struct json_out *out);

/** "killers": the userspace killers that run. */
void json_out_killers(struct json_out *out);

/** "kills": those that became known since the sample before. */
void json_out_kills(struct json_out *out);

/** What some cgroups lack, each once, into "missing". */
void json_out_missing_cgroups(struct json_out *out);

#endif
