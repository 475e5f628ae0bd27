/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/nodes.h"

#include <errno.h>

#include "parse/scan.h"

#define WORD_BITS 64

/** Bits and hexadecimal digits of a word of a mask (bitmap_scnprintf() of lib/bitmap.c). */
#define CHUNK_BITS 32
#define CHUNK_DIGITS 8

/* By words: a hostile list may name all nodes thousands of times. */
static void add_range(struct node_set *set, unsigned first, unsigned last)
{
	for (unsigned word = first / WORD_BITS; word <= last / WORD_BITS; word++) {
		uint64_t bits = UINT64_MAX;

		if (word == first / WORD_BITS)
			bits &= UINT64_MAX << (first % WORD_BITS);
		if (word == last / WORD_BITS)
			bits &= UINT64_MAX >> (WORD_BITS - 1 - last % WORD_BITS);
		set->bits[word] |= bits;
	}
}

/* No blanks before it, unlike scan_uint(). */
static bool read_node(struct scan *scan, uint64_t *ret)
{
	return !scan_done(scan) && *scan->at >= '0' && *scan->at <= '9' && scan_uint(scan, ret);
}

int parse_node_list(const char *text, size_t len, struct node_set *ret)
{
	struct scan scan = scan_of(text, len);
	struct node_set set = { { 0 } };
	bool in_range = true;

	do {
		uint64_t first, last;

		if (!read_node(&scan, &first))
			return -EINVAL;
		last = first;
		if (scan_literal(&scan, "-") && !read_node(&scan, &last))
			return -EINVAL;
		if (last < first)
			return -EINVAL;
		in_range = in_range && last < NODES_MAX;
		if (in_range)
			add_range(&set, (unsigned)first, (unsigned)last);
	} while (scan_literal(&scan, ","));

	if (!scan_done(&scan))
		return -EINVAL;
	if (!in_range)
		return -ERANGE;
	*ret = set;
	return 0;
}

/* One word of a mask; how many follow is known, so that its place is. */
static int add_chunk(struct span digits, size_t place, struct node_set *set)
{
	struct scan scan = { digits.at, digits.at + digits.len };
	uint64_t bits;

	if (digits.len == 0 || digits.len > CHUNK_DIGITS || *digits.at == ' ' ||
		*digits.at == '\t' || !scan_hex(&scan, &bits) || !scan_done(&scan))
		return -EINVAL;
	if (bits == 0)
		return 0;
	if (place >= NODES_MAX / CHUNK_BITS)
		return -ERANGE;
	set->bits[place * CHUNK_BITS / WORD_BITS] |= bits << (place * CHUNK_BITS % WORD_BITS);
	return 0;
}

int parse_node_mask(const char *text, size_t len, struct node_set *ret)
{
	struct scan scan = scan_of(text, len);
	struct node_set set = { { 0 } };
	size_t place = 0;
	int result = 0;

	for (size_t i = 0; i < len; i++)
		place += text[i] == ',';
	for (;; place--) {
		struct span digits;
		int error;

		if (!scan_until(&scan, ',', &digits))
			digits = (struct span){ scan.at, (size_t)(scan.end - scan.at) };
		error = add_chunk(digits, place, &set);
		if (error == -EINVAL)
			return error;
		result = error < 0 ? error : result;
		if (place == 0)
			break;
	}
	if (result < 0)
		return result;
	if (nodes_empty(&set))
		return -EINVAL;
	*ret = set;
	return 0;
}
