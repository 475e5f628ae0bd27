/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/nodes.h"

#include <string.h>

#include "base/hash.h"

#define WORD_BITS 64

static bool in_range(int node)
{
	return node >= 0 && node < NODES_MAX;
}

bool nodes_equal(const struct node_set *a, const struct node_set *b)
{
	return memcmp(a->bits, b->bits, sizeof(a->bits)) == 0;
}

bool nodes_intersect(const struct node_set *a, const struct node_set *b)
{
	for (unsigned i = 0; i < NODE_SET_WORDS; i++) {
		if (a->bits[i] & b->bits[i])
			return true;
	}
	return false;
}

bool nodes_cover(const struct node_set *a, const struct node_set *b)
{
	for (unsigned i = 0; i < NODE_SET_WORDS; i++) {
		if (b->bits[i] & ~a->bits[i])
			return false;
	}
	return true;
}

bool nodes_empty(const struct node_set *set)
{
	return nodes_cover(&(struct node_set){ { 0 } }, set);
}

bool nodes_have(const struct node_set *set, int node)
{
	return in_range(node) && set->bits[node / WORD_BITS] >> (node % WORD_BITS) & 1;
}

void nodes_add(struct node_set *set, int node)
{
	if (in_range(node))
		set->bits[node / WORD_BITS] |= UINT64_C(1) << (node % WORD_BITS);
}

void nodes_words(const struct node_set *set, struct text *text)
{
	const char *separator = "";

	for (int node = 0; node < NODES_MAX; node++) {
		int last = node;

		if (!nodes_have(set, node))
			continue;
		while (nodes_have(set, last + 1))
			last++;
		text_fmt(text, "%s%d", separator, node);
		if (last > node)
			text_fmt(text, "-%d", last);
		separator = ",";
		node = last;
	}
}

uint64_t nodes_key(const struct node_set *set)
{
	return hash_key(hash_add(HASH_START, set->bits, sizeof(set->bits)));
}
