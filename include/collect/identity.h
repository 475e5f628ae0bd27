/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Who a process is (user name, command line), through libproc2, in threads of its own:
 * reading a command line can wait for ever for the target's mmap lock.
 *
 * User names come first, of all processes in the queue; command lines follow one by one.
 * So a process is answered twice where command lines are asked for: first its user, then
 * user and command line.  One that is gone is answered once.
 */
#ifndef OOMWATCH_COLLECT_IDENTITY_H
#define OOMWATCH_COLLECT_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

/** What is known of one process; strings are foreign text. */
struct identity_answer {
	int32_t pid;
	uint64_t start_ticks; /**< as given in the question */
	uint32_t uid;         /**< effective, whose name user is; valid with has_user */
	char user[33];        /**< login name, or the number as text; "" unknown */
	char cmdline[160];    /**< arguments joined by blanks, cut; "" none */
	bool has_user;        /**< false: the process is gone, or could not be read */
	bool has_cmdline;     /**< false in the first of two answers, and if it could not be read */
	bool blocked; /**< reading the command line hung, or was given up since others did */
};

struct identity_service;

/** Starts the first thread.  0 or -errno.  @cmdlines: ask for command lines at all. */
int identity_start(bool cmdlines, struct identity_service **ret);

/** Ask for a process.  False if the queue is full: ask again in the next tick. */
bool identity_ask(struct identity_service *service, int32_t pid, uint64_t start_ticks);

/** Take one answer; false if there is none (yet).  Never waits. */
bool identity_take(struct identity_service *service, struct identity_answer *ret);

/** Questions whose last answer was not given yet (given is not taken). */
uint32_t identity_pending(struct identity_service *service);

/**
 * Abandon a thread that has hung for 2 s over a command line and start another, at most
 * three; then command lines are not read until one of them comes back, and after 16 hangs
 * no more.  Call once a tick with a monotonic time: a hang is counted from the first call
 * that sees it.
 */
void identity_watch(struct identity_service *service, int64_t now_ms);

/** Never waits for threads; NULL is accepted.  The last thread to end frees the memory. */
void identity_stop(struct identity_service *service);

#endif
