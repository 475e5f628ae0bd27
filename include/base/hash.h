/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * FNV-1a, 64 bits, for tables and keys; no protection against who chooses the bytes.
 */
#ifndef OOMWATCH_BASE_HASH_H
#define OOMWATCH_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** The hash of nothing. */
#define HASH_START UINT64_C(14695981039346656037)

/** Go on with more bytes. */
static inline uint64_t hash_add(uint64_t hash, const void *bytes, size_t len)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ at[i]) * UINT64_C(1099511628211);
	return hash;
}

static inline uint64_t hash_add_text(uint64_t hash, const char *text)
{
	return hash_add(hash, text, strlen(text));
}

/** Never 0, which is left for "none". */
static inline uint64_t hash_key(uint64_t hash)
{
	return hash ? hash : 1;
}

/** For tables of less than 2^32 places. */
static inline uint32_t hash_fold(uint64_t hash)
{
	return (uint32_t)(hash ^ hash >> 32);
}

#endif
