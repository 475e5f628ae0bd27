/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Reading the ring that the kernel writes the records of a perf event to (perf_event_open(2)).
 *
 * No length in it is believed.
 */
#ifndef OOMWATCH_COLLECT_PERF_RING_H
#define OOMWATCH_COLLECT_PERF_RING_H

#include <linux/perf_event.h>
#include <stddef.h>
#include <stdint.h>

/** Room for a record; larger ones are counted as lost.  The largest of those that oomwatch asks
 * for takes 112 bytes (mark_victim of 7.2). */
#define PERF_RECORD_BYTES_MAX 512

struct perf_ring {
	struct perf_event_mmap_page *page;
	const char *data; /**< the pages behind it */
	size_t size;      /**< of data, a power of two */
};

/** Called with each sample: what follows its header; aligned to 8 bytes. */
typedef void (*perf_sample)(const char *sample, size_t len, void *context);

/**
 * Read on to the newest record and give the room back to the kernel.
 *
 * Returns records lost: those that the kernel says it had no room for, those too large, and one
 * where the rest cannot be made out, which is then dropped.  Never waits, allocates nothing.
 */
int64_t perf_ring_read(struct perf_ring *ring, perf_sample tell, void *context);

#endif
