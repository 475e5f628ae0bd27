/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/gfp.h"

#include <errno.h>
#include <stddef.h>

#include "base/value.h"
#include "model/kernel.h"

#define BIT_DMA 0x01
#define BIT_HIGHMEM 0x02
#define BIT_DMA32 0x04
#define BIT_MOVABLE 0x08

/** A name and its bits in kernels up to a release (major, minor, patch in one number). */
struct gfp_name {
	const char *name;
	uint32_t since;
	uint32_t before;
	uint32_t bits;
};

#define V(major, minor, patch) ((major)*10000u + (minor)*100u + (patch))
#define ALWAYS 0
#define V_4_4 V(4, 4, 0)
#define V_4_6 V(4, 6, 0)

/* What several bits are called together; the first that fits counts. */
static const struct gfp_name together[] = {
	{ "GFP_HIGHUSER_MOVABLE", ALWAYS, V_4_4, 0x200da },
	{ "GFP_HIGHUSER", ALWAYS, V_4_4, 0x200d2 },
	{ "GFP_USER", ALWAYS, V_4_4, 0x200d0 },
	{ "GFP_TEMPORARY", ALWAYS, V_4_4, 0x800d0 },
	{ "GFP_KERNEL", ALWAYS, V_4_4, 0xd0 },
	{ "GFP_NOFS", ALWAYS, V_4_4, 0x50 },
	{ "GFP_ATOMIC", ALWAYS, V_4_4, 0x20 },
	{ "GFP_NOIO", ALWAYS, V_4_4, 0x10 },
	{ "GFP_HIGHUSER_MOVABLE", V_4_4, V_4_6, 0x24200ca },
	{ "GFP_HIGHUSER", V_4_4, V_4_6, 0x24200c2 },
	{ "GFP_USER", V_4_4, V_4_6, 0x24200c0 },
	{ "GFP_TEMPORARY", V_4_4, V_4_6, 0x24000d0 },
	{ "GFP_KERNEL", V_4_4, V_4_6, 0x24000c0 },
	{ "GFP_NOFS", V_4_4, V_4_6, 0x2400040 },
	{ "GFP_ATOMIC", V_4_4, V_4_6, 0x2080020 },
	{ "GFP_NOIO", V_4_4, V_4_6, 0x2400000 },
	{ "GFP_NOWAIT", V_4_4, V_4_6, 0x2000000 },
};

static const struct gfp_name single[] = {
	{ "__GFP_DMA", ALWAYS, V_4_6, BIT_DMA },
	{ "__GFP_HIGHMEM", ALWAYS, V_4_6, BIT_HIGHMEM },
	{ "__GFP_DMA32", ALWAYS, V_4_6, BIT_DMA32 },
	{ "__GFP_MOVABLE", ALWAYS, V_4_6, BIT_MOVABLE },
	{ "__GFP_WAIT", ALWAYS, V_4_4, 0x10 },
	{ "__GFP_RECLAIMABLE", V_4_4, V_4_6, 0x10 },
	{ "__GFP_HIGH", ALWAYS, V_4_6, 0x20 },
	{ "__GFP_IO", ALWAYS, V_4_6, 0x40 },
	{ "__GFP_FS", ALWAYS, V_4_6, 0x80 },
	{ "__GFP_COLD", ALWAYS, V_4_6, 0x100 },
	{ "__GFP_NOWARN", ALWAYS, V_4_6, 0x200 },
	{ "__GFP_REPEAT", ALWAYS, V_4_6, 0x400 },
	{ "__GFP_NOFAIL", ALWAYS, V_4_6, 0x800 },
	{ "__GFP_NORETRY", ALWAYS, V_4_6, 0x1000 },
	{ "__GFP_MEMALLOC", V(3, 6, 0), V_4_6, 0x2000 },
	{ "__GFP_COMP", ALWAYS, V_4_6, 0x4000 },
	{ "__GFP_ZERO", ALWAYS, V_4_6, 0x8000 },
	{ "__GFP_NOMEMALLOC", ALWAYS, V_4_6, 0x10000 },
	{ "__GFP_HARDWALL", ALWAYS, V_4_6, 0x20000 },
	{ "__GFP_THISNODE", ALWAYS, V_4_6, 0x40000 },
	{ "__GFP_RECLAIMABLE", ALWAYS, V_4_4, 0x80000 },
	{ "__GFP_ATOMIC", V_4_4, V_4_6, 0x80000 },
	{ "__GFP_KMEMCG", V(3, 10, 0), V(4, 1, 0), 0x100000 },
	{ "__GFP_NOACCOUNT", V(4, 1, 0), V(4, 5, 0), 0x100000 },
	{ "__GFP_ACCOUNT", V(4, 5, 0), V_4_6, 0x100000 },
	{ "__GFP_NOTRACK", ALWAYS, V_4_6, 0x200000 },
	{ "__GFP_NO_KSWAPD", V(2, 6, 38), V_4_4, 0x400000 },
	{ "__GFP_DIRECT_RECLAIM", V_4_4, V_4_6, 0x400000 },
	{ "__GFP_OTHER_NODE", V(2, 6, 39), V_4_6, 0x800000 },
	{ "__GFP_WRITE", V(3, 4, 0), V_4_6, 0x1000000 },
	{ "__GFP_KSWAPD_RECLAIM", V_4_4, V_4_6, 0x2000000 },
};

enum gfp_zone gfp_zone_of(int64_t mask)
{
	if (mask & BIT_DMA)
		return GFP_ZONE_DMA;
	if (mask & BIT_DMA32)
		return GFP_ZONE_DMA32;
	if ((mask & BIT_HIGHMEM) && (mask & BIT_MOVABLE))
		return GFP_ZONE_MOVABLE;
	return mask & BIT_HIGHMEM ? GFP_ZONE_HIGHMEM : GFP_ZONE_NORMAL;
}

static bool applies(const struct gfp_name *name, uint32_t version, uint64_t mask)
{
	return version >= name->since && version < name->before &&
		(mask & name->bits) == name->bits;
}

/* The version of a release in one number; 0 if it is not known or later than the table. */
static uint32_t version_of(const char *release)
{
	struct kernel_profile kernel;
	uint32_t patch, version;

	if (!release)
		return 0;
	kernel_profile_of(release, &kernel);
	if (!kernel.release_known)
		return 0;
	patch = kernel.patch < 0 || kernel.patch > 99 ? 99 : (uint32_t)kernel.patch;
	version = V((uint32_t)kernel.major, (uint32_t)kernel.minor, patch);
	return version < V_4_6 ? version : 0;
}

/* Append the names that apply, but at most so many, and take their bits away. */
static void add_names(const struct gfp_name *names, size_t n_names, unsigned max, uint32_t version,
	uint64_t *left, struct text *text)
{
	for (size_t i = 0; i < n_names && max > 0; i++) {
		if (applies(&names[i], version, *left)) {
			text_add(text, names[i].name);
			text_add(text, "|");
			*left &= ~(uint64_t)names[i].bits;
			max--;
		}
	}
}

int gfp_names(int64_t mask, const char *release, struct text *text)
{
	const uint32_t version = version_of(release);
	uint64_t left = (uint64_t)mask;
	char buf[1024];
	struct text names;

	if (version == 0 || !value_known(mask))
		return -ENODATA;
	text_init(&names, buf, sizeof(buf));
	add_names(together, ARRAY_SIZE(together), 1, version, &left, &names);
	add_names(single, ARRAY_SIZE(single), ARRAY_SIZE(single), version, &left, &names);
	if (left > 0)
		text_fmt(&names, "0x%llx|", (unsigned long long)left);
	if (names.len == 0)
		text_add(&names, "none|");
	text_add_bytes(text, buf, names.len - 1);
	return 0;
}
