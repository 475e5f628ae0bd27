/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whatever the numbers of processes do, no action reaches another one. */
#include <sched.h>
#include <sys/mount.h>
#include <time.h>

#include "action/perform.h"
#include "child.h"
#include "tree.h"
#include "unit.h"

#define REUSES 100

struct seen {
	bool ran;
	bool denied; /**< there are no namespaces for us */
	int open_error;
	int pid_fd;
	int check;
	int fds; /**< more than before */
	struct target target;
	bool with_decoy;
	pid_t decoy; /**< one of the same number inside; -errno: none */
	int decoy_ended_by;
	struct outcome outcome;
};

/** Become the parent of a new PID namespace, with rights in it; false if that is not allowed. */
static bool leave_pids(void)
{
	if (unshare(CLONE_NEWPID | CLONE_NEWNS) == 0)
		return true;
	return unshare(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS) == 0;
}

static void open_from_inside(void *argument)
{
	struct seen *seen = argument;
	const struct plan plan = { .kind = PLAN_SIGNAL, .target = seen->target, .signal = SIGKILL };
	struct handle handle = HANDLE_CLOSED;
	int before;

	if (getpid() != 1)
		return;
	if (seen->with_decoy)
		seen->decoy = child_start_as(seen->target.pid);
	before = child_fds();
	seen->open_error = handle_open(child_proc(), false, &seen->target, &handle);
	seen->pid_fd = handle.pid_fd;
	seen->check = handle_check(&handle);
	perform_signal(&handle, &plan, &seen->outcome);
	seen->fds = child_fds() - before;
	if (seen->decoy > 0)
		seen->decoy_ended_by = child_end_by(seen->decoy, SIGTERM);
	seen->ran = true;
}

static void enter_inside(void *argument)
{
	struct seen *seen = argument;

	seen->denied = !leave_pids();
	if (!seen->denied && !child_run(open_from_inside, seen))
		_exit(1);
}

static void open_by_numbers_of_others(const char *label, bool with_decoy)
{
	const int proc_fd = child_proc();
	struct seen *seen = child_shared(sizeof(*seen));
	const pid_t pid = child_start(0);

	seen->target = child_target(proc_fd, pid);
	seen->with_decoy = with_decoy;
	expect_true("ran", child_run(enter_inside, seen));
	if (seen->denied || seen->decoy < 0) {
		printf("skipped (%s): no such PID namespaces here\n", label);
	} else {
		expect_true(label, seen->ran);
		expect_int(label, seen->decoy, with_decoy ? pid : 0);
		expect_int(label, seen->open_error, 0);
		expect_int(label, seen->pid_fd, -EXDEV);
		expect_int(label, seen->check, 0);
		expect_int(label, seen->fds, 2); /* /proc and the directory */
		expect_int(label, seen->outcome.error, -EINVAL);
		expect_true(label,
			strstr(seen->outcome.words,
				" lives in another PID namespace: signals do not reach it from "
				"here"));
		expect_int(label, seen->outcome.killed, 0);
		expect_int(label, seen->decoy_ended_by, with_decoy ? SIGTERM : 0);
	}
	expect_int("not killed", child_end_by(pid, SIGTERM), SIGTERM);
	munmap(seen, sizeof(*seen));
	close(proc_fd);
}

static void numbers_of_another_namespace_are_never_ours(void)
{
	open_by_numbers_of_others("nobody of that number", false);
	open_by_numbers_of_others("another of that number", true);
}

/** What came of REUSES processes, each ended and followed by one with its PID. */
struct reuse {
	char *dir;        /**< where /proc of the namespace goes */
	char skipped[80]; /**< why it cannot be tried; "" it was */
	unsigned opened, reused, gone, adj_refused, adj_unread, signal_refused, words, unchanged,
		spared;
	unsigned stale_opened; /**< by the old start time */
};

static bool enter_proc(struct reuse *reuse, int *ret_fd)
{
	const char *failed = NULL;

	if (getpid() != 1)
		failed = "not in a namespace of its own";
	else if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		failed = "mounts cannot be made private";
	else if (mount("proc", reuse->dir, "proc", 0, NULL) < 0)
		failed = "/proc cannot be mounted";
	else if ((*ret_fd = open(reuse->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		failed = "/proc cannot be opened";
	if (failed)
		snprintf(reuse->skipped, sizeof(reuse->skipped), "%s: %s", failed, strerror(errno));
	return !failed;
}

static void act_on_reused(struct reuse *reuse, int proc_fd, const struct handle *handle, pid_t pid)
{
	const struct target target = { handle->pid, handle->start_ticks, "child" };
	const struct plan adj = { .kind = PLAN_ADJ, .target = target, .adj = ADJ_MOST };
	const struct plan kill = { .kind = PLAN_SIGNAL, .target = target, .signal = SIGKILL };
	const int32_t before = child_adj(proc_fd, pid);
	struct outcome outcome;
	int32_t value = 42;

	reuse->gone += handle_check(handle) == -ESRCH && handle_gone(handle);
	perform_adj(handle, &adj, &outcome);
	reuse->adj_refused += outcome.error == -ESRCH;
	reuse->words += strstr(outcome.words, " has ended: nothing was done") != NULL;
	reuse->adj_unread += perform_read_adj(handle, &value) == -ESRCH && value == 42;
	perform_signal(handle, &kill, &outcome);
	reuse->signal_refused += outcome.error == -ESRCH && !outcome.killed;
	reuse->words += strstr(outcome.words, " has ended: nothing was done") != NULL;
	reuse->unchanged += before != ADJ_MOST && child_adj(proc_fd, pid) == before;
	reuse->spared += child_end_by(pid, SIGTERM) == SIGTERM;
}

static void reuse_one(struct reuse *reuse, int proc_fd, bool later)
{
	const struct timespec ticks = { .tv_nsec = 30000000 };
	const pid_t first = child_start(0);
	const struct target target = child_target(proc_fd, first);
	struct handle handle = HANDLE_CLOSED, stale = HANDLE_CLOSED;
	pid_t second;

	reuse->opened += handle_open(proc_fd, false, &target, &handle) == 0 && handle.pid_fd >= 0;
	child_end(first);
	if (later)
		nanosleep(&ticks, NULL);
	second = child_start_as(first);
	if (second < 0) {
		snprintf(reuse->skipped, sizeof(reuse->skipped), "no choice of a PID: %s",
			strerror(-second));
		return;
	}
	reuse->reused += second == first;
	if (later)
		reuse->stale_opened += handle_open(proc_fd, false, &target, &stale) != -ESRCH;
	act_on_reused(reuse, proc_fd, &handle, second);
	handle_close(&handle);
	handle_close(&stale);
}

static void reuse_inside(void *argument)
{
	struct reuse *reuse = argument;
	int proc_fd;

	if (!enter_proc(reuse, &proc_fd))
		return;
	for (unsigned i = 0; i < REUSES && !reuse->skipped[0]; i++)
		reuse_one(reuse, proc_fd, i < 5);
}

static void reuse_outside(void *argument)
{
	struct reuse *reuse = argument;

	if (!leave_pids())
		snprintf(reuse->skipped, sizeof(reuse->skipped), "no PID namespaces: %s",
			strerror(errno));
	else if (!child_run(reuse_inside, reuse))
		_exit(1);
}

static void a_reused_pid_is_never_touched(void)
{
	struct reuse *reuse = child_shared(sizeof(*reuse));

	reuse->dir = tree_make((const struct tree_file[]){ { .path = NULL } });
	if (!reuse->dir)
		abort();
	expect_true("ran", child_run(reuse_outside, reuse));
	if (reuse->skipped[0]) {
		printf("skipped: %s\n", reuse->skipped);
	} else {
		expect_int("opened", reuse->opened, REUSES);
		expect_int("same PID", reuse->reused, REUSES);
		expect_int("old start time", reuse->stale_opened, 0);
		expect_int("gone", reuse->gone, REUSES);
		expect_int("adj", reuse->adj_refused, REUSES);
		expect_int("adj read", reuse->adj_unread, REUSES);
		expect_int("signal", reuse->signal_refused, REUSES);
		expect_int("words", reuse->words, 2 * REUSES);
		expect_int("adj of the next one", reuse->unchanged, REUSES);
		expect_int("life of the next one", reuse->spared, REUSES);
	}
	tree_remove(reuse->dir);
	munmap(reuse, sizeof(*reuse));
}

extern CU_TestInfo reuse_tests[];
CU_TestInfo reuse_tests[] = {
	{ "numbers of another namespace are never ours",
		numbers_of_another_namespace_are_never_ours },
	{ "a reused PID is never touched", a_reused_pid_is_never_touched },
	CU_TEST_INFO_NULL,
};
