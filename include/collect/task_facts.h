/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * What was lacking in the files of processes, for the list of facts.
 */
#ifndef OOMWATCH_COLLECT_TASK_FACTS_H
#define OOMWATCH_COLLECT_TASK_FACTS_H

#include "collect/pid_files.h"

/** Add one process: a file that some process lacks is not PRESENT any more. */
void task_facts_note(const struct proc_entry *entry, enum fact_state facts[FACT_COUNT]);

/** The facts about single lines of status, once all processes were added. */
void task_facts_note_lines(const struct pid_reader *reader, enum fact_state facts[FACT_COUNT]);

#endif
