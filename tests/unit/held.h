/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * A child of a test's own with a handle on it, and plans for it.
 */
#ifndef OOMWATCH_TESTS_HELD_H
#define OOMWATCH_TESTS_HELD_H

#include "action/perform.h"
#include "base/text.h"
#include "child.h"
#include "unit.h"

/** A child that sleeps, held. */
struct held {
	int proc_fd;
	pid_t pid;
	int32_t adj; /**< at the beginning */
	struct handle handle;
	struct plan plan;
	char words[240]; /**< of the last held_words() */
};

static inline void held_init(struct held *held, size_t bytes)
{
	*held = (struct held){ .proc_fd = child_proc(), .handle = HANDLE_CLOSED };
	held->pid = child_start(bytes);
	held->adj = child_adj(held->proc_fd, held->pid);
	held->plan.target = child_target(held->proc_fd, held->pid);
	expect_int("open", handle_open(held->proc_fd, false, &held->plan.target, &held->handle), 0);
}

static inline void held_free(struct held *held)
{
	handle_close(&held->handle);
	child_end(held->pid);
	close(held->proc_fd);
}

/** child_end_by(), after which there is no child any more. */
static inline int held_end_by(struct held *held, int signal)
{
	const int ended_by = child_end_by(held->pid, signal);

	held->pid = 0;
	return ended_by;
}

/** Words with "child PID" where they have '@', or PID where they have '#'. */
static inline const char *held_words(struct held *held, const char *format)
{
	struct text text;
	const char *at = strpbrk(format, "@#");

	text_init(&text, held->words, sizeof(held->words));
	text_add_bytes(&text, format, at ? (size_t)(at - format) : strlen(format));
	if (at)
		text_fmt(&text, "%s%d%s", *at == '@' ? "child " : "", held->pid, at + 1);
	return held->words;
}

static inline void held_adj(struct held *held, int32_t adj, struct outcome *ret)
{
	held->plan.kind = PLAN_ADJ;
	held->plan.adj_before = held->adj;
	held->plan.adj = adj;
	perform_adj(&held->handle, &held->plan, ret);
}

static inline void held_signal(struct held *held, int signal, struct outcome *ret)
{
	held->plan.kind = PLAN_SIGNAL;
	held->plan.signal = signal;
	perform_signal(&held->handle, &held->plan, ret);
}

#endif
