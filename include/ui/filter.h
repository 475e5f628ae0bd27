/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The expression that says which rows are shown (--filter, key F4; interface.md).
 */
#ifndef OOMWATCH_UI_FILTER_H
#define OOMWATCH_UI_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/columns.h"

#define FILTER_NODES_MAX 64
#define FILTER_TEXT_MAX 256

enum filter_op {
	FILTER_WORD, /**< text contained in name, command, unit, user or cgroup */
	FILTER_EQ,
	FILTER_NE,
	FILTER_LT,
	FILTER_LE,
	FILTER_GT,
	FILTER_GE,
	FILTER_MATCH, /**< ~ shell pattern; one without * ? [ matches anywhere */
	FILTER_AND,
	FILTER_OR,
	FILTER_NOT,
};

struct filter_node {
	enum filter_op op;
	const struct column *column; /**< of a comparison */
	int64_t number;              /**< of a comparison by number */
	const char *text;            /**< in filter->words */
	int left, right;             /**< nodes of AND, OR, NOT (left only) */
};

/** A parsed expression; zero-initialised it lets everything pass.  It holds pointers into
 * itself: do not copy by assignment, parse again (filter->source). */
struct filter {
	char source[FILTER_TEXT_MAX]; /**< as the user wrote it */
	char words[FILTER_TEXT_MAX * 2];
	struct filter_node nodes[FILTER_NODES_MAX];
	int n_nodes;
	int root; /**< valid if n_nodes > 0 */
};

/**
 * Parse an expression; "" or only blanks lets everything pass.
 *
 * Returns 0, or -EINVAL with a message like "column 5: no such field 'foo'" in error; then
 * *ret is unchanged.  After success error is "".  The expression may be ret->source.
 */
int filter_parse(const char *expression, struct filter *ret, char *error, size_t error_size);

/** A comparison with an unknown value is false (and so is its opposite). */
bool filter_passes(const struct filter *filter, const struct task_row *row);

#endif
