/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/circle.h"

#include <string.h>

void circle_put(const struct circle *circle, uint64_t at, const char *bytes, size_t len)
{
	const size_t start = (size_t)(at % circle->size);
	const size_t to_edge = circle->size - start;
	const size_t first = len < to_edge ? len : to_edge;

	memcpy(circle->buf + start, bytes, first);
	memcpy(circle->buf, bytes + first, len - first);
}

size_t circle_piece(const struct circle *circle, uint64_t from, uint64_t to, const char **ret)
{
	const size_t start = (size_t)(from % circle->size);
	const size_t to_edge = circle->size - start;

	*ret = circle->buf + start;
	return to - from < to_edge ? (size_t)(to - from) : to_edge;
}
