/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Sets of NUMA nodes as the kernel prints them and as people type them.
 */
#ifndef OOMWATCH_PARSE_NODES_H
#define OOMWATCH_PARSE_NODES_H

#include <stddef.h>

#include "model/nodes.h"

/**
 * Parse a list: numbers and ranges in any order, "0-1,3".
 *
 * Returns 0; -EINVAL if it is empty or anything else (blanks too); -ERANGE if a node is not below
 * NODES_MAX.  *ret is unchanged on error.
 */
int parse_node_list(const char *text, size_t len, struct node_set *ret);

/**
 * Parse a mask: hexadecimal words of 32 bits, the most significant first, "00000000,00000003".
 *
 * Returns 0; -EINVAL if it is anything else, or has no bit; -ERANGE if a node is not below
 * NODES_MAX.  *ret is unchanged on error.
 */
int parse_node_mask(const char *text, size_t len, struct node_set *ret);

#endif
