/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fills a machine with processes for the benches: "populate N [busy]".
 *
 * Tiny ones that only wait; with "busy" one in fifty allocates, touches and frees memory all
 * the time.  Says "ready" when all are there, and takes them all with it when it ends.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PROCESSES_MAX 30000
#define BUSY_ONE_IN 50
#define BUSY_BYTES (4u << 20)
#define BUSY_STEP_BYTES (256u << 10)
#define BUSY_STEP_MS 20

static void churn(void)
{
	const struct timespec step = { .tv_nsec = BUSY_STEP_MS * 1000000L };

	for (;;) {
		char *memory = mmap(NULL, BUSY_BYTES, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		for (size_t at = 0; memory != MAP_FAILED && at < BUSY_BYTES;
			at += BUSY_STEP_BYTES) {
			memset(memory + at, 1, BUSY_STEP_BYTES);
			nanosleep(&step, NULL);
		}
		if (memory != MAP_FAILED)
			munmap(memory, BUSY_BYTES);
		else
			nanosleep(&step, NULL);
	}
}

/* Dies with its parent, however that ends. */
static void live_as_child(pid_t parent, int busy)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, busy ? "bench-busy" : "bench-idle");
	if (getppid() != parent)
		_exit(EXIT_FAILURE);
	if (busy)
		churn();
	for (;;)
		pause();
}

static void reap(const pid_t *children, int n)
{
	for (int i = 0; i < n; i++)
		kill(children[i], SIGKILL);
	for (int i = 0; i < n; i++)
		waitpid(children[i], NULL, 0);
}

int main(int argc, char **argv)
{
	static pid_t children[PROCESSES_MAX];
	const int wanted = argc > 1 ? atoi(argv[1]) : 0;
	const int busy = argc > 2 && strcmp(argv[2], "busy") == 0;
	const pid_t self = getpid();
	sigset_t ends;
	int n, caught;

	if (wanted < 1 || wanted > PROCESSES_MAX || argc > 3 || (argc == 3 && !busy)) {
		fprintf(stderr, "usage: populate N [busy], N from 1 to %d\n", PROCESSES_MAX);
		return 2;
	}

	for (n = 0; n < wanted; n++) {
		children[n] = fork();
		if (children[n] == 0)
			live_as_child(self, busy && n % BUSY_ONE_IN == 0);
		if (children[n] < 0) {
			fprintf(stderr, "populate: %s after %d processes\n", strerror(errno), n);
			reap(children, n);
			return EXIT_FAILURE;
		}
	}

	/* Blocked only now: children are to have the usual mask. */
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	printf("ready\n");
	fflush(stdout);
	sigwait(&ends, &caught);
	reap(children, n);
	return EXIT_SUCCESS;
}
