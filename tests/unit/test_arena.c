/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdalign.h>
#include <string.h>

#include "base/arena.h"
#include "unit.h"

static bool is_zero(const unsigned char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i])
			return false;
	}
	return true;
}

static void memory_is_zeroed_and_aligned_also_after_reset(void)
{
	static const size_t sizes[] = { 1, 7, 16, 17, 4096, 100000 };
	struct arena arena = { 0 };

	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
			unsigned char *memory = arena_alloc(&arena, sizes[i]);

			expect_true("memory", memory);
			if (!memory)
				return;
			expect_int("aligned", (uintptr_t)memory % alignof(max_align_t), 0);
			expect_true("zeroed", is_zero(memory, sizes[i]));
			memset(memory, 0xA5, sizes[i]);
		}
		arena_reset(&arena);
		expect_int("used after reset", arena.used, 0);
	}
	arena_free(&arena);
}

static void impossible_sizes_are_refused_and_the_arena_stays_valid(void)
{
	struct arena arena = { 0 };

	expect_true("0 bytes", !arena_alloc(&arena, 0));
	expect_true("all bytes", !arena_alloc(&arena, SIZE_MAX));
	expect_true("nearly all bytes", !arena_alloc(&arena, SIZE_MAX - 64));
	expect_true("half of all bytes", !arena_alloc(&arena, SIZE_MAX / 2));
	expect_true("array overflows", !arena_array(&arena, SIZE_MAX / 4, 5));
	expect_true("empty array", !arena_array(&arena, 0, 5));
	expect_true("text of all bytes", !arena_text(&arena, "", SIZE_MAX));
	expect_int("used", arena.used, 0);
	expect_true("still works", arena_alloc(&arena, 1));
	arena_free(&arena);
}

static void text_is_copied_with_its_end(void)
{
	struct arena arena = { 0 };
	char source[] = "abc";
	char *copy = arena_text(&arena, source, 2);

	memset(source, 'x', 3);
	expect_text("two bytes", copy, "ab");
	expect_text("none", arena_text(&arena, NULL, 0), "");
	arena_free(&arena);
}

static void blocks_are_merged_so_that_the_next_round_needs_one(void)
{
	struct arena arena = { 0 };
	const struct arena_block *block;

	for (int i = 0; i < 1000; i++)
		arena_alloc(&arena, 1000);
	expect_true("counted", arena.used >= 1000000);
	arena_reset(&arena);

	block = arena.block;
	for (int i = 0; i < 1000; i++)
		arena_alloc(&arena, 1000);
	expect_true("same block", arena.block == block);
	arena_reset(&arena);
	expect_true("kept by reset", arena.block == block);
	arena_free(&arena);
	expect_true("empty", !arena.block && arena.used == 0);
	arena_reset(&arena);
	expect_true("usable after free", arena_alloc(&arena, 10));
	arena_free(&arena);
	arena_free(&arena);
}

static void what_is_handed_out_does_not_overlap(void)
{
	struct arena arena = { 0 };
	unsigned char *memory[300];

	for (size_t i = 0; i < ARRAY_SIZE(memory); i++) {
		memory[i] = arena_array(&arena, 1 + i * 7, 3);
		if (memory[i])
			memset(memory[i], (int)(i % 251), (1 + i * 7) * 3);
	}
	for (size_t i = 0; i < ARRAY_SIZE(memory); i++) {
		expect_int("first byte", memory[i][0], i % 251);
		expect_int("last byte", memory[i][(1 + i * 7) * 3 - 1], i % 251);
	}
	arena_free(&arena);
}

extern CU_TestInfo arena_tests[];

CU_TestInfo arena_tests[] = {
	{ "memory is zeroed and aligned, also after reset",
		memory_is_zeroed_and_aligned_also_after_reset },
	{ "impossible sizes are refused", impossible_sizes_are_refused_and_the_arena_stays_valid },
	{ "text is copied with its end", text_is_copied_with_its_end },
	{ "blocks are merged", blocks_are_merged_so_that_the_next_round_needs_one },
	{ "what is handed out does not overlap", what_is_handed_out_does_not_overlap },
	CU_TEST_INFO_NULL,
};
