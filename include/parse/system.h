/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The system-wide "key value" files.
 *
 * Unknown keys are ignored; numbers whose key does not occur stay VALUE_UNKNOWN, as do
 * absurd ones: negative (the kernel prints a counter below 0 as a number near 2^64), sizes
 * above 63 bits of bytes, or without their unit.  Files of lines are read up to their last
 * newline, because what follows it may be cut in the middle of a number.
 *
 * All parsers: outputs are completely set on success and unchanged on error; -ENODATA for
 * an empty text, -EBADMSG for one that holds nothing that belongs there.
 */
#ifndef OOMWATCH_PARSE_SYSTEM_H
#define OOMWATCH_PARSE_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>

#include "model/memory.h"

int parse_meminfo(const char *text, size_t len, struct meminfo *ret);

/**
 * Zone variants (allocstall_dma, pgscan_kswapd_normal) and those of anon and file are
 * summed, whatever the zone's name, unless the plain name is there too.  Such a sum is
 * unknown if the text ends within its variants: it may be cut.
 * Kernels up to 3.2 count what kswapd reclaimed (kswapd_steal) and what all did
 * (pgsteal_ZONE); the difference is pgsteal_direct.
 */
int parse_vmstat(const char *text, size_t len, struct vmstat *ret);

/** Either line may lack (cpu of older kernels has no full one); its numbers are unknown then. */
int parse_pressure(const char *text, size_t len, struct pressure *ret);

/** An empty list is success: the file always has a heading.  Areas beyond SWAPS_MAX are left
 * out; a name is kept as printed (blanks as \040), cut to fit. */
int parse_swaps(const char *text, size_t len, struct swaps *ret);

/** One number, decimal or 0x hexadecimal, or Y and N for 1 and 0; saturates at 63 bits.
 * Anything else beside it is -EBADMSG. */
int parse_knob(const char *text, size_t len, int64_t *ret);

/** First number of /proc/uptime in milliseconds. */
int parse_uptime(const char *text, size_t len, int64_t *ret_ms);

/** The three load averages in hundredths; they saturate. */
int parse_loadavg(const char *text, size_t len, int32_t ret_centi[3]);

/** Online CPUs: the cpuN lines of /proc/stat.  -EBADMSG also if the last one is cut. */
int parse_stat_cpus(const char *text, size_t len, int32_t *ret_cpus);

/** Boot time of /proc/stat, seconds since the epoch. */
int parse_stat_btime(const char *text, size_t len, int64_t *ret_s);

/** One "key=value" of DIR/meta of a recorded tree, as text: the first
 * line with that key, with or without newline.  -ENOENT if it is not there, -ENAMETOOLONG if
 * it does not fit; buf is unchanged on error. */
int parse_meta(const char *text, size_t len, const char *key, char *buf, size_t size);

/** RFC 3339 time ("2026-11-21T19:41:07.123Z", offsets allowed, a leap second counts as the
 * one after it) in ms since the epoch, negative before it. */
int parse_time(const char *text, size_t len, int64_t *ret_ms);

/** How /proc is mounted: of several mounts there the last one counts, it covers the others. */
struct proc_mounts {
	int hidepid; /**< 0 off, 1 noaccess, 2 invisible, 4 ptraceable (5.8+); 0 if not mounted */
	bool lxcfs;  /**< meminfo is not the kernel's but of lxcfs */
};

/** From /proc/self/mountinfo or /proc/mounts, whichever the text is. */
int parse_mounts(const char *text, size_t len, struct proc_mounts *ret);

#endif
