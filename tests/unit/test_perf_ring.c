/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/value.h"
#include "collect/perf_ring.h"
#include "unit.h"

#define RING 1024

/** What the kernel would write, in plain memory; data is of just that size, so that a sanitizer
 * sees what reads beyond it. */
struct stage {
	struct perf_event_mmap_page page;
	struct perf_ring ring;
	char *data;
	unsigned n;
	int64_t sum, len;
};

static void stage_open(struct stage *stage, uint64_t at)
{
	memset(stage, 0, sizeof(*stage));
	stage->data = calloc(1, RING);
	if (!stage->data)
		abort();
	stage->page.data_head = stage->page.data_tail = at;
	stage->ring = (struct perf_ring){ &stage->page, stage->data, RING };
}

static void stage_close(struct stage *stage)
{
	free(stage->data);
}

static void put(struct stage *stage, const void *bytes, size_t len)
{
	const char *from = bytes;

	for (size_t i = 0; i < len; i++)
		stage->data[(stage->page.data_head + i) % RING] = from[i];
	stage->page.data_head += len;
}

/* A record whose body is that number, over and over. */
static void put_record(struct stage *stage, uint32_t type, uint16_t size, uint64_t number)
{
	const struct perf_event_header header = { .type = type, .size = size };

	put(stage, &header, sizeof(header));
	for (size_t at = sizeof(header); at + sizeof(number) <= size; at += sizeof(number))
		put(stage, &number, sizeof(number));
}

static void on_sample(const char *sample, size_t len, void *context)
{
	struct stage *stage = context;
	int64_t number = 0;

	expect_true("aligned", (uintptr_t)sample % 8 == 0);
	stage->n++;
	stage->len += (int64_t)len;
	for (size_t at = 0; at + sizeof(number) <= len; at += sizeof(number)) {
		memcpy(&number, sample + at, sizeof(number));
		stage->sum += number;
	}
}

static int64_t stage_read(struct stage *stage)
{
	const int64_t lost = perf_ring_read(&stage->ring, on_sample, stage);

	expect_true("all is given back", stage->page.data_tail == stage->page.data_head);
	return lost;
}

static void records_are_told_once_and_in_order(void)
{
	struct stage stage;

	stage_open(&stage, 0);
	expect_int("empty", stage_read(&stage), 0);
	expect_int("none", stage.n, 0);
	put_record(&stage, PERF_RECORD_SAMPLE, 24, 5);
	put_record(&stage, PERF_RECORD_SAMPLE, 8, 0);
	put_record(&stage, PERF_RECORD_SAMPLE, 16, 7);
	expect_int("three", stage_read(&stage), 0);
	expect_int("three", stage.n, 3);
	expect_int("bytes", stage.len, 24);
	expect_int("what is in them", stage.sum, 17);
	expect_int("once", stage_read(&stage), 0);
	expect_int("once", stage.n, 3);
	stage_close(&stage);
}

static void records_go_on_at_the_beginning(void)
{
	/* Wherever the record of 24 bytes is torn, and where 32 and 64 bits end. */
	static const uint64_t places[] = { 0, UINT32_MAX - 2047, UINT64_MAX - 2047 };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		for (uint64_t at = 2 * RING - 32; at <= 2 * RING; at += 8) {
			struct stage stage;

			stage_open(&stage, places[i] + at);
			put_record(&stage, PERF_RECORD_SAMPLE, 24, 1000);
			expect_int("read", stage_read(&stage), 0);
			expect_int("one", stage.n, 1);
			expect_int("whole", stage.sum, 2000);
			stage_close(&stage);
		}
	}
}

static void a_full_ring_is_read(void)
{
	struct stage stage;

	stage_open(&stage, 40);
	for (unsigned i = 0; i < RING / 32; i++)
		put_record(&stage, PERF_RECORD_SAMPLE, 32, 1);
	expect_int("read", stage_read(&stage), 0);
	expect_int("all", stage.n, RING / 32);
	stage_close(&stage);
}

static void what_the_kernel_dropped_is_counted(void)
{
	struct stage stage;

	stage_open(&stage, 0);
	put_record(&stage, PERF_RECORD_LOST, 24, 22);
	put_record(&stage, PERF_RECORD_SAMPLE, 16, 7);
	put_record(&stage, PERF_RECORD_LOST, 24, 8);
	put_record(&stage, PERF_RECORD_LOST, 16, 9); /* cut: says nothing */
	put_record(&stage, PERF_RECORD_THROTTLE, 32, 3);
	expect_int("lost", stage_read(&stage), 30);
	expect_int("samples", stage.n, 1);
	put_record(&stage, PERF_RECORD_LOST, 24, UINT64_MAX);
	put_record(&stage, PERF_RECORD_LOST, 24, 1);
	expect_int("at most", stage_read(&stage), INT64_MAX);
	stage_close(&stage);
}

static void large_records_are_counted_as_lost(void)
{
	struct stage stage;

	stage_open(&stage, 1000);
	put_record(&stage, PERF_RECORD_SAMPLE, PERF_RECORD_BYTES_MAX, 1);
	put_record(&stage, PERF_RECORD_SAMPLE, 16, 7);
	expect_int("just fits", stage_read(&stage), 0);
	expect_int("just fits", stage.n, 2);
	put_record(&stage, PERF_RECORD_SAMPLE, PERF_RECORD_BYTES_MAX + 8, 1);
	put_record(&stage, PERF_RECORD_SAMPLE, 16, 7);
	expect_int("too large", stage_read(&stage), 1);
	expect_int("the next is read", stage.n, 3);
	stage_close(&stage);
}

static void a_spoilt_ring_is_dropped_and_counted(void)
{
	static const struct {
		const char *label;
		uint16_t size; /* that a header claims; 16 bytes follow the good record */
		uint64_t more; /* added to the head */
	} cases[] = {
		{ "no size", 0, 0 },
		{ "less than a header", 7, 0 },
		{ "not aligned", 12, 0 },
		{ "one word more than there is", 24, 0 },
		{ "largest", 65528, 0 },
		{ "half a header", 16, 4 },
		{ "head too far", 16, RING },
		{ "head behind the tail", 16, UINT64_MAX - 63 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct perf_event_header header = { .type = PERF_RECORD_SAMPLE,
			.size = cases[i].size };
		const bool far = cases[i].more > 4;
		struct stage stage;

		stage_open(&stage, 256);
		put_record(&stage, PERF_RECORD_SAMPLE, 16, 7);
		put(&stage, &header, sizeof(header));
		put(&stage, "12345678", 8);
		stage.page.data_head += cases[i].more;
		expect_int(cases[i].label, stage_read(&stage), 1);
		expect_int(cases[i].label, stage.n, far ? 0 : cases[i].more ? 2 : 1);
		put_record(&stage, PERF_RECORD_SAMPLE, 16, 7);
		expect_int("goes on", stage_read(&stage), 0);
		stage_close(&stage);
	}
}

extern CU_TestInfo perf_ring_tests[];

CU_TestInfo perf_ring_tests[] = {
	{ "records are told once and in order", records_are_told_once_and_in_order },
	{ "records go on at the beginning", records_go_on_at_the_beginning },
	{ "a full ring is read", a_full_ring_is_read },
	{ "what the kernel dropped is counted", what_the_kernel_dropped_is_counted },
	{ "large records are counted as lost", large_records_are_counted_as_lost },
	{ "a spoilt ring is dropped and counted", a_spoilt_ring_is_dropped_and_counted },
	CU_TEST_INFO_NULL,
};
