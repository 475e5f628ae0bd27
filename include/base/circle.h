/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Bytes in a circle of fixed size.  A position counts all bytes that ever went in; it stands at
 * position % size, so what is between two positions is in one piece or in two.
 *
 * The storage belongs to the caller, and so do the positions.
 */
#ifndef OOMWATCH_BASE_CIRCLE_H
#define OOMWATCH_BASE_CIRCLE_H

#include <stddef.h>
#include <stdint.h>

struct circle {
	char *buf;
	size_t size; /**< at least 1 */
};

/** Write bytes, of size at most, from a position on. */
void circle_put(const struct circle *circle, uint64_t at, const char *bytes, size_t len);

/** The first piece of what is from a position up to another, size behind it at most; its length,
 * 0 where they are the same. */
size_t circle_piece(const struct circle *circle, uint64_t from, uint64_t to, const char **ret);

#endif
