/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "model/gfp.h"
#include "unit.h"

static void masks_of_old_kernels_get_the_names_of_their_time(void)
{
	static const struct {
		int64_t mask;
		const char *release;
		const char *want;
	} cases[] = {
		{ 0xd0, "2.6.18-8.el5", "GFP_KERNEL" },
		{ 0x201da, "2.6.32-642.el6.x86_64", "GFP_HIGHUSER_MOVABLE|__GFP_COLD" },
		{ 0x280da, "3.10.0-1160.el7.x86_64", "GFP_HIGHUSER_MOVABLE|__GFP_ZERO" },
		{ 0x84d0, "3.2.0-4-amd64", "GFP_KERNEL|__GFP_REPEAT|__GFP_ZERO" },
		{ 0x200d2, "4.3.6", "GFP_HIGHUSER" },
		{ 0x24201ca, "4.4.0-31-generic", "GFP_HIGHUSER_MOVABLE|__GFP_COLD" },
		{ 0x24000c0, "4.5.0", "GFP_KERNEL" },
		{ 0x10, "4.3.0", "GFP_NOIO" },
		{ 0x10, "4.4.0", "__GFP_RECLAIMABLE" },
		{ 0x80000, "4.3.0", "__GFP_RECLAIMABLE" },
		{ 0x80000, "4.4.0", "__GFP_ATOMIC" },
		{ 0x400000, "2.6.37", "0x400000" },
		{ 0x400000, "2.6.38", "__GFP_NO_KSWAPD" },
		{ 0x1000000, "3.3.8", "0x1000000" },
		{ 0x1000000, "3.4.0", "__GFP_WRITE" },
		{ 0x100000, "4.4.0", "__GFP_NOACCOUNT" },
		{ 0x100000, "4.5.7", "__GFP_ACCOUNT" },
		{ 0x100000, "3.9.0", "0x100000" },
		{ 0, "3.10.0", "none" },
		{ 0x4000000000d0, "3.10.0", "GFP_KERNEL|0x400000000000" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char buf[256];
		struct text text;

		text_init(&text, buf, sizeof(buf));
		expect_int(cases[i].want, gfp_names(cases[i].mask, cases[i].release, &text), 0);
		expect_text(cases[i].release, buf, cases[i].want);
	}
}

static void masks_of_other_kernels_get_no_names(void)
{
	static const char *const releases[] = { "4.6.0", "6.1.0-56-amd64", "next", NULL };
	char buf[64];
	struct text text;

	for (size_t i = 0; i < ARRAY_SIZE(releases); i++) {
		text_init(&text, buf, sizeof(buf));
		expect_int("rc", gfp_names(0xd0, releases[i], &text), -ENODATA);
		expect_text("text", buf, "");
	}
	text_init(&text, buf, sizeof(buf));
	expect_int("unknown mask", gfp_names(VALUE_UNKNOWN, "3.10.0", &text), -ENODATA);
	expect_text("text", buf, "");
}

static void the_highest_zone_follows_from_four_bits(void)
{
	static const struct {
		int64_t mask;
		enum gfp_zone want;
	} cases[] = {
		{ 0xcc0, GFP_ZONE_NORMAL },
		{ 0x100cca, GFP_ZONE_MOVABLE },
		{ 0x200d2, GFP_ZONE_HIGHMEM },
		{ 0xcc1, GFP_ZONE_DMA },
		{ 0xcc4, GFP_ZONE_DMA32 },
		{ 0x8, GFP_ZONE_NORMAL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_int("zone", gfp_zone_of(cases[i].mask), cases[i].want);
}

extern CU_TestInfo gfp_tests[];
CU_TestInfo gfp_tests[] = {
	{ "masks of old kernels get the names of their time",
		masks_of_old_kernels_get_the_names_of_their_time },
	{ "masks of other kernels get no names", masks_of_other_kernels_get_no_names },
	{ "the highest zone follows from four bits", the_highest_zone_follows_from_four_bits },
	CU_TEST_INFO_NULL,
};
