/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What hog can besides taking memory. */
#ifndef VM_TRICKS_H
#define VM_TRICKS_H

#include <stdint.h>

/* Report errno and end. */
void hog_fail(const char *what);

/* stdin to a device, locked in memory; ends with stdin. */
void trick_relay(const char *device);

/* Another process, not a thread, that shares our memory and sleeps. */
void trick_share_mm(void);

/* Give up the capability for good, here and in what is executed. Known: sys_resource. */
void trick_drop(const char *capability);

/* All memory that is asked for from now on comes from that node, or from nowhere. */
void trick_bind(int64_t node);

/*
 * Fork until a child gets this pid; it stays, as "reused", with 1 MiB. Says so, and returns
 * the exit code: 1 after 5,000 children, or when the pid is taken. The kernel
 * gives no pid below 300 a second time.
 */
int trick_reuse(int64_t pid);

#endif
