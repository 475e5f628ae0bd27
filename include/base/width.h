/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Tables of the code points that do not take exactly one cell, written by
 * tools/gen-width.  Own tables, because wcwidth() depends on the locale.
 */
#ifndef OOMWATCH_BASE_WIDTH_H
#define OOMWATCH_BASE_WIDTH_H

#include <stddef.h>
#include <stdint.h>

/** Code points from first to last, both included. */
struct width_range {
	uint32_t first;
	uint32_t last;
};

/**
 * In ascending order: what takes no cell of its own (controls, format and combining
 * characters, medial and final jamo), what joins its neighbour (skin tones, flags), and
 * what is not assigned.
 */
extern const struct width_range width_zero[];
extern const size_t width_zero_count;

/** In ascending order: what takes two cells. */
extern const struct width_range width_two[];
extern const size_t width_two_count;

#endif
