/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a command and says what it cost: CPU time, time and the largest resident set, one
 * "name value" a line.  Its output goes to a file that nobody sees: grep stops at the first
 * match where that is /dev/null.  Exits as the command does.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static double ms_of(struct timeval time)
{
	return (double)time.tv_sec * 1e3 + (double)time.tv_usec / 1e3;
}

/* In the child; does not return. */
static void run(char **command, FILE *output)
{
	if (!output || dup2(fileno(output), STDOUT_FILENO) < 0) {
		perror("output");
		_exit(127);
	}
	execvp(command[0], command);
	perror(command[0]);
	_exit(127);
}

int main(int argc, char **argv)
{
	const double began_ms = now_ms();
	struct rusage usage;
	int status;
	pid_t pid;

	if (argc < 2) {
		fprintf(stderr, "usage: cost COMMAND...\n");
		return 2;
	}
	pid = fork();
	if (pid == 0)
		run(argv + 1, tmpfile());
	if (pid < 0 || wait4(pid, &status, 0, &usage) < 0) {
		perror("cost");
		return 1;
	}
	printf("cpu_ms %.1f\n", ms_of(usage.ru_utime) + ms_of(usage.ru_stime));
	printf("wall_ms %.1f\n", now_ms() - began_ms);
	printf("rss_kib %" PRId64 "\n", (int64_t)usage.ru_maxrss);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
