/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The first test of a log: where could a line be about a kill?  Looks at one byte in several,
 * so that a log without any costs little more than reading it.
 *
 * Shift table over byte pairs after Wu and Manber.
 */
#ifndef OOMWATCH_PARSE_ANCHORS_H
#define OOMWATCH_PARSE_ANCHORS_H

#include <stddef.h>
#include <stdint.h>

#define ANCHOR_PAIRS 4096

struct anchors {
	uint8_t shift[ANCHOR_PAIRS]; /**< how far a pair of bytes lets us go on */
};

void anchors_init(struct anchors *anchors);

/** Where the first anchor begins in the text, or NULL. */
const char *anchors_find(const struct anchors *anchors, const char *text, size_t len);

#endif
