/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "app/loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "app/actor.h"
#include "app/opened.h"
#include "app/player.h"
#include "app/protect.h"
#include "app/screen.h"
#include "ui/keys.h"

/** The frame after which all that the steady state needs has been allocated. */
#define WARM_TICKS 2

/** Where sampling takes more than 1/20 of the interval and all is calm, wait longer; the
 * first samples open everything for the first time and do not count. */
#define COST_SHARE 20
#define COST_SAMPLES 8
#define SLOW_MOST_MS 10000

/** While it is being watched whether a kill takes place. */
#define VERIFY_DELAY_MS 500

struct loop {
	struct app *app;
	struct screen *screen;
	int timer_fd;
	int signal_fd;
	int64_t timer_ms;              /**< the interval that the timer runs at */
	int64_t cost_us[COST_SAMPLES]; /**< of the last samples */
	bool protected_now;
	bool quit;
};

/** The least that one of the last samples took: a bound that noise does not raise. */
static int64_t usual_cost_us(const struct loop *loop)
{
	int64_t least = loop->cost_us[0];

	for (size_t i = 1; i < COST_SAMPLES; i++)
		least = value_min(least, loop->cost_us[i]);
	return least;
}

static int64_t delay_wanted(const struct loop *loop)
{
	const struct app *app = loop->app;
	const int64_t delay_ms = app->state.delay_ms;
	int64_t slow_ms;

	if (app->state.verify.kind != PLAN_NONE && delay_ms > VERIFY_DELAY_MS)
		return VERIFY_DELAY_MS;
	/* Who chose an interval gets it. */
	if (!app->now || delay_ms != DELAY_DEFAULT_MS || app->options.delay_given ||
		app->now->summary.risks[0].level != LEVEL_OK ||
		value_known(app->now->summary.risks[0].forecast_s))
		return delay_ms;
	slow_ms = usual_cost_us(loop) * COST_SHARE / 1000;
	if (slow_ms <= delay_ms)
		return delay_ms;
	return slow_ms < SLOW_MOST_MS ? slow_ms / 500 * 500 : SLOW_MOST_MS;
}

static void set_timer(struct loop *loop)
{
	const int64_t delay_ms = delay_wanted(loop);
	struct itimerspec when = { 0 };

	if (delay_ms == loop->timer_ms)
		return;
	if (delay_ms > loop->app->state.delay_ms)
		ui_message(&loop->app->state, loop->app->now->snapshot.time_ms,
			"many processes and all calm: refreshing every %lld ms",
			(long long)delay_ms);
	loop->timer_ms = delay_ms;
	when.it_interval.tv_sec = when.it_value.tv_sec = delay_ms / 1000;
	when.it_interval.tv_nsec = when.it_value.tv_nsec = delay_ms % 1000 * 1000000;
	timerfd_settime(loop->timer_fd, 0, &when, NULL);
}

static void want_shown(struct app *app)
{
	const struct tasklist *list = &app->view.list;
	const int64_t top = app->state.top_row;

	for (int64_t row = top; row < top + app->state.list_rows && row < list->n_rows; row++)
		if (row >= 0)
			collector_want(
				app->collector, &app->view.now->tasks[tasklist_task(list, row)]);
}

static void draw(struct loop *loop)
{
	struct app *app = loop->app;
	int cols, rows;

	opened_note(app);
	screen_size(loop->screen, &cols, &rows);
	app_fit_canvas(app, cols, &rows);
	view_draw(&opened_top(app)->view, &app->canvas, cols, rows);
	(void)screen_draw(loop->screen, &app->canvas);
}

static void protect_when_warm(struct loop *loop)
{
	struct app *app = loop->app;

	if (loop->protected_now || app->options.no_protect || !app->root.live ||
		app->now->snapshot.tick < WARM_TICKS)
		return;
	loop->protected_now = true;
	protect_self(app->view.own_protection, sizeof(app->view.own_protection));
	ui_log(&app->state, app->now->snapshot.time_ms, "oomwatch itself: %s",
		app->view.own_protection);
}

/** Whether processes that are not on the screen are looked at by name. */
static bool wants_names(const struct ui_state *state)
{
	const struct column *sort = state->choice.sort;

	return state->choice.filter.n_nodes > 0 || state->search[0] || state->prompt ||
		(sort && sort->kind == COLUMN_TEXT);
}

static void want(struct app *app)
{
	want_shown(app);
	collector_options(app->collector)->pagetypeinfo = app->state.want_migrate;
	collector_options(app->collector)->all_names = wants_names(&app->state);
}

static void collect(struct loop *loop)
{
	struct app *app = loop->app;
	bool was_stale;
	int r;

	if (app->collector)
		want(app);
	was_stale = app->view.stale;
	r = app_tick(app);
	if (app->view.stale && !was_stale)
		ui_log(&app->state, app->now->snapshot.time_ms,
			"no memory for a sample: this one stays, and is marked stale");
	if (r == 0) {
		loop->cost_us[app->now->snapshot.tick % COST_SAMPLES] =
			value_or(app->now->snapshot.sample_cost_us, 0);
		set_timer(loop);
		protect_when_warm(loop);
		actor_note(app);
	} else if (r == -ENODATA) {
		app->view.at_end = true;
	}
	logfile_follow(&app->logfile, &app->state);
}

static void on_timer(struct loop *loop)
{
	uint64_t expired;

	/* Several: the machine (or we) were too slow; those samples are skipped. */
	if (read(loop->timer_fd, &expired, sizeof(expired)) <= 0 || loop->app->state.paused)
		return;
	collect(loop);
	draw(loop);
}

static void on_key(struct loop *loop)
{
	unsigned reaction = 0;
	int key;

	while ((key = screen_key(loop->screen)) != KEY_NONE) {
		struct app *top = opened_top(loop->app);
		const unsigned this_key = actor_follow(top, view_key(&top->view, key));

		/* Keys typed ahead must see what was changed. */
		if (this_key & REACT_PERFORM)
			collect(loop);
		if (this_key & REACT_JUDGE)
			(void)app_judge(top);
		opened_follow(loop->app, this_key);
		app_look(loop->app);
		reaction |= this_key;
		if (key == KEY_CTRL_L)
			screen_forget(loop->screen);
	}
	if (reaction & REACT_QUIT)
		loop->quit = true;
	if (reaction & REACT_COLLECT)
		collect(loop);
	if (reaction & REACT_TIMER)
		set_timer(loop);
	logfile_follow(&loop->app->logfile, &loop->app->state);
	if (reaction)
		draw(loop);
}

static void on_log(struct loop *loop)
{
	if (!app_read_log(loop->app))
		return;
	logfile_follow(&loop->app->logfile, &loop->app->state);
	draw(loop);
}

static void suspend(struct loop *loop)
{
	screen_suspend(loop->screen);
	raise(SIGSTOP);
	screen_resume(loop->screen);
	draw(loop);
}

static void on_signal(struct loop *loop)
{
	struct signalfd_siginfo info;

	while (read(loop->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGWINCH || info.ssi_signo == SIGCONT)
			draw(loop);
		else if (info.ssi_signo == SIGTSTP)
			suspend(loop);
		else
			loop->quit = true;
	}
}

/** What is waited for, by its place in the array. */
enum {
	POLL_KEYS,
	POLL_TIMER,
	POLL_SIGNALS,
	POLL_SCREEN,
	POLL_LOG,
	POLL_JOURNAL,
	POLLS,
};

static void react(struct loop *loop, const struct pollfd *polls, int ready)
{
	const bool logged = ready > 0 && (polls[POLL_LOG].revents || polls[POLL_JOURNAL].revents);

	if (polls[POLL_SIGNALS].revents)
		on_signal(loop);
	if (polls[POLL_KEYS].revents & POLLIN)
		on_key(loop);
	else if (polls[POLL_KEYS].revents & (POLLHUP | POLLERR | POLLNVAL))
		loop->quit = true; /* the terminal is gone */
	if (polls[POLL_TIMER].revents)
		on_timer(loop);
	if (ready == 0 || logged)
		on_log(loop);
}

static void serve(struct loop *loop)
{
	const struct killlog *killlog = &loop->app->killlog;

	while (!loop->quit) {
		const bool pending = screen_flush(loop->screen);
		const int timeout_ms = killlog_timeout_ms(killlog);
		struct pollfd polls[POLLS] = {
			[POLL_KEYS] = { .fd = STDIN_FILENO, .events = POLLIN },
			[POLL_TIMER] = { .fd = loop->timer_fd, .events = POLLIN },
			[POLL_SIGNALS] = { .fd = loop->signal_fd, .events = POLLIN },
			[POLL_SCREEN] = { .fd = pending ? screen_fd(loop->screen) : -1,
				.events = POLLOUT },
			[POLL_LOG] = { .fd = killlog_fd(killlog), .events = POLLIN },
			[POLL_JOURNAL] = { .fd = killlog_journal_fd(killlog), .events = POLLIN },
		};
		const int ready = poll(polls, POLLS, timeout_ms);

		if (ready < 0 && errno != EINTR)
			return;
		react(loop, polls, ready);
	}
}

static int open_sources(struct loop *loop, sigset_t *ret_before)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGTSTP,
		SIGCONT };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaddset(&set, signals[i]);
	sigprocmask(SIG_BLOCK, &set, ret_before);
	loop->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	loop->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	return loop->signal_fd < 0 || loop->timer_fd < 0 ? -errno : 0;
}

static bool want_color(const struct options *options)
{
	const char *no_color = getenv("NO_COLOR");

	return !options->no_color && (!no_color || *no_color == '\0');
}

/* Who opens a recording wants to see the kill, and to go on from there by himself. */
static int begin_replay(struct app *app)
{
	const int64_t number = player_first_kill(app);

	app->state.paused = true;
	return number > 0 ? player_go(app, number) : 0;
}

int loop_run(struct app *app)
{
	struct loop loop = { .app = app, .timer_fd = -1, .signal_fd = -1 };
	sigset_t before;
	bool good;
	int r;

	if (app->options.no_protect)
		snprintf(app->view.own_protection, sizeof(app->view.own_protection),
			"left alone (--no-protect)");
	r = open_sources(&loop, &before);
	if (r < 0) {
		fprintf(stderr, "oomwatch: cannot start: %s\n", strerror(-r));
		return EXIT_FAILED;
	}
	/* The first sample before the screen: what is wrong with it can still be said. */
	r = app_tick(app);
	if (r == 0)
		r = app_resolve_choice(app);
	if (r == 0 && app->player)
		r = begin_replay(app);
	if (r < 0)
		return r == -EINVAL ? EXIT_USAGE : EXIT_FAILED;
	if (screen_open(want_color(&app->options), &loop.screen) < 0)
		return EXIT_FAILED;
	draw(&loop);
	set_timer(&loop);
	serve(&loop);
	/* A terminal that does not drain must not hold a second signal off. */
	sigprocmask(SIG_SETMASK, &before, NULL);
	screen_close(loop.screen);
	good = actor_leave(app);
	protect_undo();
	close(loop.signal_fd);
	close(loop.timer_fd);
	return good ? EXIT_DONE : EXIT_FAILED;
}
