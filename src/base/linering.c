/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/linering.h"

void linering_init(struct linering *ring, char *buf, size_t size)
{
	*ring = (struct linering){ .spoiled = true };
	ring->circle.buf = buf;
	ring->circle.size = size;
}

void linering_open(struct linering *ring, bool first)
{
	ring->open = ring->end;
	ring->first = first;
	ring->spoiled = false;
}

static struct linering_group *group_at(struct linering *ring, unsigned i)
{
	return &ring->groups[(ring->oldest + i) % LINERING_GROUPS];
}

static void drop_oldest(struct linering *ring)
{
	ring->oldest = (ring->oldest + 1) % LINERING_GROUPS;
	ring->n_groups--;
	ring->begin = ring->n_groups > 0 ? group_at(ring, 0)->start : ring->end;
}

void linering_put(struct linering *ring, const char *bytes, size_t len)
{
	const size_t size = ring->circle.size;
	const unsigned needed = ring->first ? 0 : 1;

	if (ring->spoiled || len > size / LINERING_LINE_SHARE - (size_t)(ring->open - ring->end)) {
		ring->spoiled = true;
		return;
	}
	while (ring->open + len - ring->begin > size && ring->n_groups > needed)
		drop_oldest(ring);
	if (ring->open + len - ring->begin > size) {
		ring->spoiled = true;
		return;
	}
	circle_put(&ring->circle, ring->open, bytes, len);
	ring->open += len;
}

bool linering_commit(struct linering *ring, int64_t time_ms)
{
	if (ring->spoiled || (!ring->first && ring->n_groups == 0)) {
		ring->spoiled = true;
		return false;
	}
	if (ring->first) {
		if (ring->n_groups == LINERING_GROUPS)
			drop_oldest(ring);
		*group_at(ring, ring->n_groups) =
			(struct linering_group){ .start = ring->end, .time_ms = time_ms };
		ring->n_groups++;
	}
	ring->last = ring->end;
	ring->end = ring->open;
	ring->spoiled = true;
	return true;
}

void linering_forget(struct linering *ring, int64_t time_ms)
{
	while (ring->n_groups > 1 && group_at(ring, 1)->time_ms <= time_ms)
		drop_oldest(ring);
}

size_t linering_group_len(const struct linering *ring)
{
	const unsigned newest = (ring->oldest + ring->n_groups - 1) % LINERING_GROUPS;

	return ring->n_groups > 0 ? (size_t)(ring->end - ring->groups[newest].start) : 0;
}

static size_t pieces(
	const struct linering *ring, uint64_t from, const char *ret[2], size_t ret_len[2])
{
	ret_len[0] = circle_piece(&ring->circle, from, ring->end, &ret[0]);
	ret_len[1] = circle_piece(&ring->circle, from + ret_len[0], ring->end, &ret[1]);
	return ret_len[0] + ret_len[1];
}

size_t linering_text(const struct linering *ring, const char *ret[2], size_t ret_len[2])
{
	return pieces(ring, ring->begin, ret, ret_len);
}

size_t linering_last(const struct linering *ring, const char *ret[2], size_t ret_len[2])
{
	return pieces(ring, ring->n_groups > 0 ? ring->last : ring->end, ret, ret_len);
}
