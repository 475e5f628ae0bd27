/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "collect/journal_parts.h"

#define CHILD_NICE 10

/* What the screen's process made of signals is not for this one. */
static void reset_signals(void)
{
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Its oom_score_adj stays as it is: raised, it would be the machine's next victim, and a monitor must
 * not change who that is. */
static void stay_behind(void)
{
	const struct sched_param param = { 0 };
	const struct rlimit no_core = { 0, 0 };

	(void)setpriority(PRIO_PROCESS, 0, CHILD_NICE);
	(void)sched_setscheduler(0, SCHED_BATCH, &param);
	/* A damaged file may end it, and that is no news. */
	(void)setrlimit(RLIMIT_CORE, &no_core);
	(void)prctl(PR_SET_NAME, "oomwatch-log");
}

/* Terminal, devices and files of the parent must not be kept open from here. */
static void close_others(int go_fd, int lines_fd)
{
	const int null = open("/dev/null", O_RDWR);
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;

	for (int fd = 0; null >= 0 && fd <= STDERR_FILENO; fd++)
		dup2(null, fd);
	while (dir && (entry = readdir(dir)) != NULL) {
		const int fd = atoi(entry->d_name);

		if (fd > STDERR_FILENO && fd != go_fd && fd != lines_fd && fd != dirfd(dir))
			close(fd);
	}
	if (dir)
		closedir(dir);
}

static bool may_go(int go_fd)
{
	ssize_t n;
	char byte;

	do
		n = read(go_fd, &byte, 1);
	while (n < 0 && errno == EINTR);
	close(go_fd);
	return n == 1;
}

void journal_child(
	const struct journal_choice *choice, int go_fd, int lines_fd, struct journal_word *word)
{
	struct journal_pipe pipe;
	int code = EXIT_FAILURE;

	/* The parent may be gone already; then nobody tells it to go. */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	reset_signals();
	stay_behind();
	close_others(go_fd, lines_fd);
	if (may_go(go_fd) &&
		journal_pipe_init(&pipe, lines_fd, choice->all ? 0 : JOURNAL_BYTES_MAX) == 0) {
		code = journal_entries(choice, &pipe, word);
		journal_pipe_free(&pipe);
	}
	_exit(code);
}
