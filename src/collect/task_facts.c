/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/task_facts.h"

void task_facts_note(const struct proc_entry *entry, enum fact_state facts[FACT_COUNT])
{
	static const enum fact fact_of[PROC_FILES] = {
		[PROC_STAT] = FACT_TASK_STAT,
		[PROC_STATUS] = FACT_TASK_STATUS,
		[PROC_ADJ] = FACT_OOM_SCORE_ADJ,
		[PROC_SCORE] = FACT_OOM_SCORE,
		[PROC_CGROUP] = FACT_TASK_CGROUP,
	};

	for (unsigned i = 0; i < PROC_FILES; i++) {
		enum fact_state *fact = &facts[fact_of[i]];

		if (*fact == FACT_UNREAD || *fact == FACT_PRESENT)
			*fact = entry->state[i] ? (enum fact_state)entry->state[i] : *fact;
	}
}

static enum fact_state line_state(
	const struct pid_reader *reader, bool seen, enum fact_state status)
{
	if (seen)
		return FACT_PRESENT;
	if (status != FACT_PRESENT)
		return status;
	/* Without any process that has memory nobody can tell. */
	return reader->lines_mm ? FACT_ABSENT : FACT_UNREAD;
}

void task_facts_note_lines(const struct pid_reader *reader, enum fact_state facts[FACT_COUNT])
{
	const enum fact_state status = facts[FACT_TASK_STATUS];

	facts[FACT_RSS_SPLIT] = line_state(reader, reader->lines_split, status);
	facts[FACT_VMSWAP] = line_state(reader, reader->lines_swap, status);
	facts[FACT_VMPTE] = line_state(reader, reader->lines_pte, status);
	facts[FACT_CAPEFF] = line_state(reader, reader->lines_caps, status);
}
