/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Reading the files of one process into its entry.
 */
#ifndef OOMWATCH_COLLECT_PID_FILES_H
#define OOMWATCH_COLLECT_PID_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "collect/node_sets.h"
#include "collect/people.h"
#include "collect/proctab.h"
#include "collect/root.h"
#include "model/kernel.h"

/** Which files: masks of enum proc_file. */
#define READ_STAT (1u << PROC_STAT)
#define READ_STATUS (1u << PROC_STATUS)
#define READ_ADJ (1u << PROC_ADJ)
#define READ_SCORE (1u << PROC_SCORE)
#define READ_CGROUP (1u << PROC_CGROUP)
#define READ_ALL (READ_STAT | READ_STATUS | READ_ADJ | READ_SCORE | READ_CGROUP)

/** What reading needs to know; one for all processes. */
struct pid_reader {
	struct root *root;
	struct proctab *table;
	struct people *people;
	struct node_sets *node_sets;
	char *buf; /**< malloc'ed, grows for a status with very many groups */
	size_t buf_size;
	int64_t tick;
	int64_t uptime_ms;
	int64_t page_bytes;
	int64_t clk_tck;
	bool keep;     /**< live and not captured: descriptors may be kept, one read is enough */
	bool lines_mm; /**< a status with VmRSS was seen, … */
	bool lines_split, lines_swap, lines_pte, lines_caps; /**< … and one with these */
};

/**
 * Read the files of a mask, and status also when stat moved since status was read.
 *
 * oom_score_adj comes last: where its descriptor was kept, it proves that all that was
 * read before is of the same process.
 * Returns 0, even if some could not be read (see entry->state); -ESRCH: the process is
 * gone; -ESTALE: its pid is another process's now; -ENOMEM.
 */
int pid_files_read(struct pid_reader *reader, struct proc_entry *entry, unsigned mask);

/** Read what only a capture wants: comm and statm. */
void pid_files_capture(struct pid_reader *reader, int32_t pid);

/** Read the command line of a recording into the entry, once. */
void pid_files_read_cmdline(struct pid_reader *reader, struct proc_entry *entry);

#endif
