/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The steady state allocates nothing: from the third frame on the thread that samples,
 * analyses, draws and looks for kills must not call malloc while the number of processes does
 * not grow.
 *
 * Interposes malloc, and counts what this thread calls, libc's own calls included.  Exits
 * with 77 where malloc cannot be interposed (sanitizers).
 */
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "analysis/summary.h"
#include "app/killlog.h"
#include "collect/collector.h"
#include "counting.h"
#include "ui/view.h"

#define WARM_FRAMES 3
#define COUNTED_FRAMES 12
#define TRIES 5

struct program {
	struct root root;
	struct collector *collector;
	struct snapshot snapshots[2];
	struct summary summaries[2];
	struct history history;
	struct ui_state state;
	struct view view;
	struct canvas canvas;
	struct killlog killlog;
	unsigned frame;
};

static int run_frame(struct program *program)
{
	struct snapshot *now = &program->snapshots[program->frame % 2];
	struct snapshot *before =
		program->frame ? &program->snapshots[(program->frame + 1) % 2] : NULL;
	struct summary *summary = &program->summaries[program->frame % 2];
	int r = collector_tick(program->collector, now);

	if (r == 0) {
		history_add(&program->history, now);
		r = summary_make(now, before, &program->state.scope, &program->history, summary);
	}
	if (r < 0)
		return r;
	program->view.now = now;
	program->view.summary = summary;
	killlog_tick(&program->killlog, before, now, summary);
	r = view_update(&program->view);
	view_draw(&program->view, &program->canvas, 160, 50);
	program->frame++;
	return r;
}

static int open_program(struct program *program)
{
	/* Names are excepted: they arrive with each new process, from another thread. */
	const struct collect_options options = { .cmdlines = false, .identity = false };
	int r;

	history_init(&program->history);
	ui_state_init(&program->state);
	program->view.state = &program->state;
	program->view.history = &program->history;
	program->canvas.cells = calloc((size_t)160 * 50, sizeof(struct cell));
	r = root_open_live(&program->root, "/");
	if (r < 0)
		return r;
	killlog_open(&program->killlog, &program->root, KILLLOG_HISTORY);
	program->view.killed = &program->killlog.kills;
	return collector_new(&program->root, &options, &program->collector);
}

int main(void)
{
	static struct program program;
	const struct timespec nap = { .tv_nsec = 50000000 };
	unsigned long counted = 0;

	if (!CAN_COUNT) {
		puts("steady: skipped: malloc cannot be counted under a sanitizer");
		return 77;
	}
	if (open_program(&program) < 0)
		return 1;
	/* A process that starts meanwhile may be one more than ever before: try again. */
	for (int attempt = 0; attempt < TRIES; attempt++) {
		for (int i = 0; i < WARM_FRAMES; i++)
			if (run_frame(&program) < 0)
				return 1;
		collector_wait_identity(program.collector, 1000);
		allocations = 0;
		counting = true;
		for (int i = 0; i < COUNTED_FRAMES; i++) {
			if (run_frame(&program) < 0)
				return 1;
			nanosleep(&nap, NULL);
		}
		counting = false;
		counted = allocations;
		if (counted == 0)
			break;
	}
	printf("steady: %u processes, %d frames, %lu allocations\n", program.view.now->n_tasks,
		COUNTED_FRAMES, counted);
	killlog_close(&program.killlog);
	/* That the counter works: volatile, or the compiler takes the pair away. */
	counting = true;
	free(*(void *volatile[]){ malloc(1) });
	return counted == 0 && allocations > 0 ? 0 : 1;
}
