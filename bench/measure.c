/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a full-screen program in a terminal of its own and measures what it costs.
 *
 * A refresh is a burst of output followed by silence.  Measuring begins and ends in such a
 * silence, so that it covers whole refreshes.  Prints one "name value" a line; a value
 * that could not be measured is "?".
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SILENCE_MS 200
#define PATIENCE_MS \
	INT64_C(10000) /**< beyond the time asked for, for a program that says nothing */
#define TEXT_MAX 64

struct plan {
	int cols, rows;
	int64_t warm_up_ms, measure_ms;
	const char *first_text; /**< the first frame is there when this was written */
	bool count_syscalls;
	char **command;
};

struct child {
	pid_t pid;
	int terminal; /**< master side */
	clockid_t cpu_clock;
	int64_t started_us;
	bool ended; /**< by itself */
};

struct result {
	int64_t first_frame_us; /**< -1: never seen */
	int64_t frames;
	int64_t bytes;
	int64_t cpu_us; /**< user and system, all threads */
	int64_t hwm_kib;
	int64_t kernel_before_kib; /**< what the kernel holds for itself and cannot reclaim */
	int64_t kernel_after_kib;
	int64_t syscalls;
};

static int64_t clock_us(clockid_t clock)
{
	struct timespec time;

	if (clock_gettime(clock, &time) < 0)
		return -1;
	return time.tv_sec * INT64_C(1000000) + time.tv_nsec / 1000;
}

static int64_t now_us(void)
{
	return clock_us(CLOCK_MONOTONIC);
}

/** The number of a "NAME: N kB" line of a file, or -1. */
static int64_t read_kib(const char *path, const char *name)
{
	FILE *file = fopen(path, "r");
	char line[256];
	int64_t kib = -1;

	while (file && fgets(line, sizeof(line), file))
		if (strncmp(line, name, strlen(name)) == 0)
			kib = strtoll(line + strlen(name), NULL, 10);
	if (file)
		fclose(file);
	return kib;
}

static void become(const struct plan *plan, const char *terminal)
{
	const struct winsize size = {
		.ws_col = (unsigned short)plan->cols,
		.ws_row = (unsigned short)plan->rows,
	};
	int fd;

	setsid();
	fd = open(terminal, O_RDWR);
	if (fd < 0 || ioctl(fd, TIOCSCTTY, 0) < 0 || ioctl(fd, TIOCSWINSZ, &size) < 0)
		_exit(126);
	dup2(fd, 0);
	dup2(fd, 1);
	dup2(fd, 2);
	if (fd > 2)
		close(fd);
	setenv("TERM", "xterm-256color", 1);
	unsetenv("COLUMNS");
	unsetenv("LINES");
	execvp(plan->command[0], plan->command);
	_exit(127);
}

static int start(const struct plan *plan, struct child *ret)
{
	const char *name;

	ret->terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (ret->terminal < 0 || grantpt(ret->terminal) < 0 || unlockpt(ret->terminal) < 0)
		return -errno;
	name = ptsname(ret->terminal);
	ret->started_us = now_us();
	ret->pid = fork();
	if (ret->pid < 0)
		return -errno;
	if (ret->pid == 0)
		become(plan, name);
	if (clock_getcpuclockid(ret->pid, &ret->cpu_clock) != 0)
		return -ESRCH;
	return 0;
}

/** Whether text stands in the output so far; looks across the borders of reads. */
static bool look_for(const char *text, const char *bytes, size_t n)
{
	static char tail[TEXT_MAX + 65536];
	static size_t kept;
	const size_t len = strlen(text);
	bool found;

	memcpy(tail + kept, bytes, n);
	found = memmem(tail, kept + n, text, len) != NULL;
	n += kept;
	kept = n < len ? n : len - 1;
	memmove(tail, tail + n - kept, kept);
	return found;
}

/** Take what the program wrote.  False when it has ended. */
static bool drain(struct child *child, const struct plan *plan, struct result *result)
{
	char bytes[65536];
	ssize_t n;

	while ((n = read(child->terminal, bytes, sizeof(bytes))) > 0) {
		result->bytes += n;
		if (result->first_frame_us < 0 && look_for(plan->first_text, bytes, (size_t)n))
			result->first_frame_us = now_us() - child->started_us;
	}
	child->ended = n == 0 || (errno != EAGAIN && errno != EINTR);
	return !child->ended;
}

/** Follow output until it fell silent after a burst.  False: ended, or out of patience. */
static bool next_frame(
	struct child *child, const struct plan *plan, struct result *result, int64_t until_us)
{
	bool any = false;

	for (;;) {
		struct pollfd fd = { .fd = child->terminal, .events = POLLIN };
		const int n = poll(&fd, 1, SILENCE_MS);

		if (n == 0 && any)
			return true;
		if (n > 0 && !drain(child, plan, result))
			return false;
		any |= n > 0;
		if (now_us() > until_us)
			return false;
	}
}

static pid_t start_strace(pid_t pid, const char *path)
{
	char number[16];
	const pid_t strace = fork();
	int fd;

	if (strace != 0)
		return strace;
	snprintf(number, sizeof(number), "%d", (int)pid);
	/* Its own complaints, when it may not trace, are not for the table. */
	fd = open("/dev/null", O_WRONLY);
	if (fd >= 0)
		dup2(fd, STDERR_FILENO);
	execlp("strace", "strace", "-q", "-f", "-c", "-o", path, "-p", number, (char *)NULL);
	_exit(127);
}

/** The calls of strace's last line: "100.00 0.000123 1 123 4 total". */
static int64_t read_strace(const char *path)
{
	FILE *file = fopen(path, "r");
	char line[256];
	int64_t calls = -1;

	while (file && fgets(line, sizeof(line), file)) {
		long long count;

		if (strstr(line, " total") && sscanf(line, "%*s %*s %*s %lld", &count) == 1)
			calls = count;
	}
	if (file)
		fclose(file);
	return calls;
}

static void measure(struct child *child, const struct plan *plan, struct result *result)
{
	const int64_t warm_us = child->started_us + plan->warm_up_ms * 1000;
	char path[64] = "/tmp/oomwatch-measure-XXXXXX";
	pid_t strace = -1;
	int64_t begin_us, cpu_us, bytes;
	char status[64];
	bool going;

	do
		going = next_frame(child, plan, result, warm_us + PATIENCE_MS * 1000);
	while (going && now_us() < warm_us);
	if (!going)
		return;

	if (plan->count_syscalls) {
		const int fd = mkstemp(path);

		if (fd >= 0) {
			close(fd);
			strace = start_strace(child->pid, path);
		}
	}
	begin_us = now_us();
	bytes = result->bytes;
	cpu_us = clock_us(child->cpu_clock);
	while (going && now_us() - begin_us < plan->measure_ms * 1000) {
		going = next_frame(
			child, plan, result, begin_us + (plan->measure_ms + PATIENCE_MS) * 1000);
		result->frames += going;
	}
	result->cpu_us = clock_us(child->cpu_clock) - cpu_us;
	result->bytes -= bytes;
	if (strace > 0) {
		kill(strace, SIGINT);
		waitpid(strace, NULL, 0);
		result->syscalls = read_strace(path);
		unlink(path);
	}
	snprintf(status, sizeof(status), "/proc/%d/status", (int)child->pid);
	result->hwm_kib = read_kib(status, "VmHWM:");
	result->kernel_after_kib = read_kib("/proc/meminfo", "SUnreclaim:");
}

static void stop(struct child *child)
{
	const struct timespec pause = { .tv_nsec = 10 * 1000000L };
	char bytes[4096];

	kill(child->pid, SIGTERM);
	for (int i = 0; i < 200; i++) {
		/* Who writes its farewell to a full terminal never ends. */
		while (read(child->terminal, bytes, sizeof(bytes)) > 0)
			continue;
		if (waitpid(child->pid, NULL, WNOHANG) == child->pid)
			return;
		nanosleep(&pause, NULL);
	}
	kill(child->pid, SIGKILL);
	waitpid(child->pid, NULL, 0);
}

/** value / parts with decimals, or "?". */
static void print(const char *name, int64_t value, int64_t parts, int decimals)
{
	if (value < 0 || parts <= 0)
		printf("%s ?\n", name);
	else
		printf("%s %.*f\n", name, decimals, (double)value / (double)parts);
}

static int parse(int argc, char **argv, struct plan *plan)
{
	int option;

	while ((option = getopt(argc, argv, "+s:w:t:f:x")) != -1) {
		switch (option) {
		case 's':
			if (sscanf(optarg, "%dx%d", &plan->cols, &plan->rows) != 2)
				return -EINVAL;
			break;
		case 'w':
			plan->warm_up_ms = atoi(optarg) * INT64_C(1000);
			break;
		case 't':
			plan->measure_ms = atoi(optarg) * INT64_C(1000);
			break;
		case 'f':
			plan->first_text = optarg;
			break;
		case 'x':
			plan->count_syscalls = true;
			break;
		default:
			return -EINVAL;
		}
	}
	plan->command = argv + optind;
	return optind < argc && plan->cols > 0 && plan->rows > 0 &&
			strlen(plan->first_text) < TEXT_MAX && *plan->first_text
		? 0
		: -EINVAL;
}

int main(int argc, char **argv)
{
	struct plan plan = {
		.cols = 120,
		.rows = 40,
		.warm_up_ms = 3000,
		.measure_ms = 10000,
		.first_text = "PID",
	};
	struct result result = {
		.first_frame_us = -1,
		.cpu_us = -1,
		.hwm_kib = -1,
		.kernel_before_kib = read_kib("/proc/meminfo", "SUnreclaim:"),
		.kernel_after_kib = -1,
		.syscalls = -1,
	};
	struct child child = { .terminal = -1 };
	int rc = parse(argc, argv, &plan);

	if (rc < 0) {
		fprintf(stderr,
			"usage: measure [-s COLSxROWS] [-w WARM_UP_S] [-t SECONDS] "
			"[-f FIRST_TEXT] [-x] COMMAND...\n");
		return 2;
	}
	rc = start(&plan, &child);
	if (rc < 0) {
		fprintf(stderr, "measure: %s: %s\n", plan.command[0], strerror(-rc));
		return EXIT_FAILURE;
	}
	measure(&child, &plan, &result);
	if (result.frames == 0)
		fprintf(stderr, "measure: %s %s\n", plan.command[0],
			child.ended ? "ended by itself" : "was never silent after a refresh");
	stop(&child);

	print("first_frame_ms", result.first_frame_us, 1000, 1);
	print("frames", result.frames, 1, 0);
	print("cpu_ms", result.cpu_us, result.frames * 1000, 3);
	print("bytes", result.bytes, result.frames, 0);
	print("syscalls", result.syscalls, result.frames, 0);
	print("hwm_kib", result.hwm_kib, 1, 0);
	if (result.kernel_before_kib < 0 || result.kernel_after_kib < 0)
		printf("kernel_kib ?\n");
	else
		printf("kernel_kib %" PRId64 "\n",
			result.kernel_after_kib - result.kernel_before_kib);
	return result.frames > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
