/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The kernel's log of the live machine, as it grows: /dev/kmsg, a record a read, through the
 * parser of OOM reports.
 *
 * Never waits.  Only what the kernel itself logged is believed: any program that may write there
 * can imitate its words.  Allocates while a report is being read, and not otherwise.
 */
#ifndef OOMWATCH_COLLECT_KMSG_H
#define OOMWATCH_COLLECT_KMSG_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "collect/root.h"
#include "model/facts.h"
#include "parse/report.h"

/** Room for any record (CONSOLE_EXT_LOG_MAX in kernel/printk). */
#define KMSG_RECORD_MAX 8192

struct kmsg {
	int fd; /**< -1: cannot be read */
	enum fact_state state;
	bool at_end;        /**< the last kmsg_read() read all that there was */
	int64_t n_lost;     /**< how often records were overwritten before they were read */
	bool lacked_memory; /**< something was left out of a report for want of memory */
	ssize_t (*read)(int fd, void *buf, size_t size); /**< read(2), but in tests */
	/** each record that is believed, without its newline and what stands behind; NULL */
	void (*line)(const char *record, size_t len, void *context);
	void *line_context;
	struct arena arena;
	struct report_parser *parser;
	char record[KMSG_RECORD_MAX + 1];
};

#define KMSG_CLOSED      \
	{                \
		.fd = -1 \
	}

/**
 * Open the log of a live root, from the oldest record that the kernel still has.
 *
 * Nothing is reported but in kmsg->state; kmsg_close() is needed in any case.  What is no kernel
 * log (a pipe that a container manager put there) is taken for absent.
 */
void kmsg_open(struct kmsg *kmsg, const struct root *root);

/** The same with an open descriptor, of whatever file; it is taken over. */
void kmsg_adopt(struct kmsg *kmsg, int fd);

void kmsg_close(struct kmsg *kmsg);

/** Read on, about so many bytes at most.  Returns how many records there were. */
unsigned kmsg_read(struct kmsg *kmsg, size_t bytes, const struct report_listener *listener);

/** The log is quiet: tell what is open and has its kill. */
void kmsg_settle(struct kmsg *kmsg, const struct report_listener *listener);

#endif
