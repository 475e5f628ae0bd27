/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/perf_ring.h"

#include <string.h>

#include "base/value.h"

/** Records begin at multiples of it. */
#define RECORD_ALIGN 8

/** What the kernel tells of records that it dropped, behind the header. */
struct lost {
	uint64_t id;
	uint64_t lost;
};

/* data_head and data_tail are 64 bits wide also where a machine has no atomic access of that
 * width; there the upper half changes once in 4 GiB of records. */
static uint64_t load_head(const struct perf_ring *ring)
{
	const uint64_t head = *(const volatile __u64 *)&ring->page->data_head;

	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return head;
}

static void store_tail(struct perf_ring *ring, uint64_t tail)
{
	/* All was read before the kernel may write over it. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	*(volatile __u64 *)&ring->page->data_tail = tail;
}

/* A record may go on at the beginning of the ring. */
static void copy_out(const struct perf_ring *ring, uint64_t at, char *buf, size_t len)
{
	const size_t start = (size_t)(at & (ring->size - 1));
	const size_t first = len < ring->size - start ? len : ring->size - start;

	memcpy(buf, ring->data + start, first);
	memcpy(buf + first, ring->data, len - first);
}

static int64_t read_record(const struct perf_event_header *header, const char *body, size_t len,
	perf_sample tell, void *context)
{
	struct lost lost;

	if (header->type == PERF_RECORD_SAMPLE) {
		tell(body, len, context);
	} else if (header->type == PERF_RECORD_LOST && len >= sizeof(lost)) {
		memcpy(&lost, body, sizeof(lost));
		return lost.lost > INT64_MAX ? INT64_MAX : (int64_t)lost.lost;
	}
	return 0;
}

/* False if no record can be made out there. */
static bool read_header(
	const struct perf_ring *ring, uint64_t tail, uint64_t head, struct perf_event_header *ret)
{
	const uint64_t left = head - tail;
	struct perf_event_header header;

	if (left > ring->size)
		return false;
	copy_out(ring, tail, (char *)&header, sizeof(header));
	if (header.size < sizeof(header) || header.size % RECORD_ALIGN != 0 || header.size > left)
		return false;
	*ret = header;
	return true;
}

int64_t perf_ring_read(struct perf_ring *ring, perf_sample tell, void *context)
{
	_Alignas(RECORD_ALIGN) char record[PERF_RECORD_BYTES_MAX];
	const uint64_t head = load_head(ring);
	uint64_t tail = ring->page->data_tail;
	struct perf_event_header header;
	int64_t lost = 0;

	for (; tail != head; tail += header.size) {
		int64_t more = 1;

		if (!read_header(ring, tail, head, &header)) {
			lost = value_add(lost, 1);
			break;
		}
		if (header.size <= sizeof(record)) {
			copy_out(ring, tail, record, header.size);
			more = read_record(&header, record + sizeof(header),
				header.size - sizeof(header), tell, context);
		}
		lost = value_add(lost, more);
	}
	store_tail(ring, head);
	return lost;
}
