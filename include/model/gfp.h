/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * What an allocation asked for: names of a gfp mask where the kernel prints none (before 4.6).
 *
 * Bits from include/linux/gfp.h of 2.6.32 to 4.5.
 */
#ifndef OOMWATCH_MODEL_GFP_H
#define OOMWATCH_MODEL_GFP_H

#include <stdint.h>

#include "base/text.h"

/** The highest zone that an allocation may take pages from. */
enum gfp_zone {
	GFP_ZONE_DMA,
	GFP_ZONE_DMA32,
	GFP_ZONE_NORMAL,
	GFP_ZONE_HIGHMEM, /**< NORMAL where there is none */
	GFP_ZONE_MOVABLE,
};

/** Of a mask of any kernel: these bits never moved. */
enum gfp_zone gfp_zone_of(int64_t mask);

/**
 * Append names joined by '|', as kernels since 4.6 print them: "GFP_KERNEL|__GFP_COMP"; bits
 * without a name as one hexadecimal number, "none" where no bit is set.
 *
 * @release  of the kernel; one of 4.6 or later, or no release at all, has other bits: -ENODATA
 *           then and nothing is appended
 */
int gfp_names(int64_t mask, const char *release, struct text *text);

#endif
