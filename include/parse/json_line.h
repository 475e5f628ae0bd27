/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * On which line of a JSON text a value stands, for messages about values that are correct JSON and
 * yet make no sense.
 */
#ifndef OOMWATCH_PARSE_JSON_LINE_H
#define OOMWATCH_PARSE_JSON_LINE_H

#include <stddef.h>

/** One step on the way to a value: the member of an object, or the number of one of an array. */
struct json_step {
	const char *key; /**< without what needs an escape; NULL: index counts */
	size_t index;
};

/**
 * The line, from 1, on which a value begins; where there is none such, that of the last one on
 * the way to it.  Of several members of a name the last counts.
 *
 * The text need not be correct: then it is some line of it.  Costs its length for each step.
 */
int json_line_of(const char *text, size_t len, const struct json_step *steps, size_t n_steps);

#endif
