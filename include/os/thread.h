/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Threads that may hang for ever: small, detached, without signals.
 */
#ifndef OOMWATCH_OS_THREAD_H
#define OOMWATCH_OS_THREAD_H

/**
 * Start one that nobody joins.  Its stack is of 256 KiB: the default of 8 MiB would be populated
 * and locked (MCL_FUTURE).  All signals are blocked in it: they are the main thread's, through
 * its signalfd.  0 or -errno.
 */
int thread_start(void *(*run)(void *argument), void *argument);

#endif
