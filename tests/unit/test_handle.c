/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

#include "action/handle.h"
#include "child.h"
#include "tree.h"
#include "unit.h"

static void expect_closed(const char *label, const struct handle *handle)
{
	expect_int(label, handle->pid, 0);
	expect_int(label, handle->dir_fd, -1);
	expect_int(label, handle->pid_fd, -1);
	expect_true(label, handle_gone(handle));
}

static void a_living_process_can_be_held(void)
{
	const int proc_fd = child_proc(), before = child_fds();
	const pid_t pid = child_start(0);
	struct target target = child_target(proc_fd, pid);
	struct handle handle = HANDLE_CLOSED;

	expect_int("open", handle_open(proc_fd, false, &target, &handle), 0);
	expect_int("pid", handle.pid, pid);
	expect_true("directory", handle.dir_fd >= 0);
	expect_true("pidfd, or too old", handle.pid_fd >= 0 || handle.pid_fd == -ENOSYS);
	expect_true("of it", handle_is_of(&handle, &target));
	expect_int("lives", handle_check(&handle), 0);
	expect_true("not gone", !handle_gone(&handle));
	expect_int("directory: close-on-exec", fcntl(handle.dir_fd, F_GETFD), FD_CLOEXEC);
	if (handle.pid_fd >= 0)
		expect_int("pidfd: close-on-exec", fcntl(handle.pid_fd, F_GETFD), FD_CLOEXEC);
	target.start_ticks++;
	expect_true("not of a later one", !handle_is_of(&handle, &target));
	target.start_ticks--;
	target.pid++;
	expect_true("not of its neighbour", !handle_is_of(&handle, &target));
	handle_close(&handle);
	expect_closed("closed", &handle);
	handle_close(&handle);
	expect_int("descriptors", child_fds(), before);
	child_end(pid);
	close(proc_fd);
}

static void what_is_not_that_process_is_refused(void)
{
	const int proc_fd = child_proc(), before = child_fds();
	const pid_t pid = child_start(0);
	const struct target good = child_target(proc_fd, pid);
	const struct {
		const char *label;
		struct target target;
	} cases[] = {
		{ "started later", { pid, good.start_ticks + 1, "child" } },
		{ "started earlier", { pid, good.start_ticks - 1, "child" } },
		{ "started at boot", { pid, 0, "child" } },
		{ "none", { 0, good.start_ticks, "child" } },
		{ "all of a group", { -pid, good.start_ticks, "child" } },
		{ "everybody", { -1, good.start_ticks, "child" } },
		{ "least", { INT32_MIN, good.start_ticks, "child" } },
		{ "above every pid_max", { INT32_MAX, good.start_ticks, "child" } },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (int foreign = 0; foreign < 2; foreign++) {
			struct handle handle = { .pid = 1, .dir_fd = 7, .pid_fd = 7 };

			expect_int(cases[i].label,
				handle_open(proc_fd, foreign, &cases[i].target, &handle), -ESRCH);
			expect_closed(cases[i].label, &handle);
			expect_true(cases[i].label, !handle_is_of(&handle, &cases[i].target));
		}
	}
	expect_int("descriptors", child_fds(), before);
	child_end(pid);
	close(proc_fd);
}

static void a_host_process_gets_no_pidfd(void)
{
	const int proc_fd = child_proc();
	const pid_t pid = child_start(0);
	const struct target target = child_target(proc_fd, pid);
	struct handle handle = HANDLE_CLOSED;

	expect_int("open", handle_open(proc_fd, true, &target, &handle), 0);
	expect_int("pidfd", handle.pid_fd, -EXDEV);
	expect_int("lives", handle_check(&handle), 0);
	child_kill(pid);
	expect_int("zombie", handle_check(&handle), -ESRCH);
	handle_close(&handle);
	child_end(pid);
	close(proc_fd);
}

static void an_ended_process_is_gone(void)
{
	const int proc_fd = child_proc();
	const pid_t pid = child_start(0);
	const struct target target = child_target(proc_fd, pid);
	struct handle handle = HANDLE_CLOSED, second = HANDLE_CLOSED;

	expect_int("open", handle_open(proc_fd, false, &target, &handle), 0);
	child_kill(pid);
	expect_int("it is a zombie", child_state(proc_fd, pid), 'Z');
	expect_true("zombie", handle_gone(&handle));
	expect_int("zombie: open", handle_open(proc_fd, false, &target, &second), -ESRCH);
	expect_closed("zombie: open", &second);
	child_end(pid);
	expect_int("reaped", child_state(proc_fd, pid), 0);
	expect_true("reaped", handle_gone(&handle));
	expect_int("reaped: open", handle_open(proc_fd, false, &target, &second), -ESRCH);
	handle_close(&handle);
	close(proc_fd);
}

static void *sleep_on(void *unused)
{
	(void)unused;
	for (;;)
		pause();
	return NULL;
}

/** A process whose first thread exits while another goes on. */
static pid_t start_headless(void)
{
	const pid_t pid = fork();
	pthread_t thread;

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (pthread_create(&thread, NULL, sleep_on, NULL) != 0)
		_exit(1);
	/* Of this thread alone, without the ways out of a process. */
	syscall(SYS_exit, 0);
	return 0;
}

static void a_process_without_its_first_thread_still_lives(void)
{
	const int proc_fd = child_proc();
	const pid_t pid = start_headless();
	const struct timespec pause = { .tv_nsec = 5000000 };
	struct handle handle = HANDLE_CLOSED;
	struct target target;

	for (int i = 0; i < 400 && child_state(proc_fd, pid) != 'Z'; i++)
		nanosleep(&pause, NULL);
	target = child_target(proc_fd, pid);
	expect_int("first thread", child_state(proc_fd, pid), 'Z');
	expect_int("open", handle_open(proc_fd, false, &target, &handle), 0);
	expect_int("lives", handle_check(&handle), 0);
	child_kill(pid);
	expect_true("killed", handle_gone(&handle));
	handle_close(&handle);
	child_end(pid);
	close(proc_fd);
}

static void no_descriptor_left_is_survived(void)
{
	const int proc_fd = child_proc(), before = child_fds();
	const pid_t pid = child_start(0);
	const struct target target = child_target(proc_fd, pid);
	const int free_fd = dup(proc_fd);
	struct handle handle = HANDLE_CLOSED;
	struct rlimit limit, small;
	unsigned refused = 0;
	int error = -EMFILE;

	close(free_fd);
	getrlimit(RLIMIT_NOFILE, &limit);
	for (int room = 0; room < 64 && error != 0; room++) {
		small = limit;
		small.rlim_cur = (rlim_t)free_fd + (rlim_t)room;
		setrlimit(RLIMIT_NOFILE, &small);
		error = handle_open(proc_fd, false, &target, &handle);
		if (error == 0)
			expect_int("full: not gone for that", handle_gone(&handle), 0);
		setrlimit(RLIMIT_NOFILE, &limit);
		if (error == 0)
			break;
		refused++;
		expect_int("refused", error, -EMFILE);
		expect_closed("refused", &handle);
		expect_int("refused: descriptors", child_fds(), before);
	}
	expect_int("at last", error, 0);
	expect_true("refused at least without the directory, stat and the pidfd", refused >= 3);
	expect_true(
		"at last with a pidfd, or too old", handle.pid_fd >= 0 || handle.pid_fd == -ENOSYS);
	handle_close(&handle);
	child_end(pid);
	close(proc_fd);
}

/** A directory in place of /proc, whose only process has a pipe as its stat. */
struct tree {
	char *dir;
	char stat[4096];
	int dir_fd;
};

static void tree_init(struct tree *tree, pid_t pid)
{
	char number[16];
	const struct tree_file files[] = { { .path = number }, { .path = NULL } };

	snprintf(number, sizeof(number), "%d", pid);
	tree->dir = tree_make(files);
	if (!tree->dir)
		abort();
	snprintf(tree->stat, sizeof(tree->stat), "%s/%s/stat", tree->dir, number);
	tree->dir_fd = open(tree->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (tree->dir_fd < 0 || mkfifo(tree->stat, 0600) < 0)
		abort();
}

static void tree_free(struct tree *tree)
{
	close(tree->dir_fd);
	tree_remove(tree->dir);
}

/** Give one text to who reads first and the other to who reads next. */
static pid_t start_teller(const struct tree *tree, const char *first, const char *second)
{
	const pid_t pid = fork();
	int fd, left = 1;

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* Also as a reader, so that there is always one. */
	fd = open(tree->stat, O_RDWR);
	if (write(fd, first, strlen(first)) < 0)
		_exit(1);
	while (ioctl(fd, FIONREAD, &left) == 0 && left > 0)
		usleep(1000);
	if (write(fd, second, strlen(second)) < 0)
		_exit(1);
	for (;;)
		pause();
}

/* What its PID is then may be another process: the pidfd must not be kept. */
static void who_ends_while_the_pidfd_is_opened_is_gone(void)
{
	static const struct {
		const char *label;
		char state;
		unsigned start_ticks;
		int want;
	} cases[] = {
		{ "goes on", 'S', 77, 0 },
		{ "ended", 'Z', 77, -ESRCH },
		{ "dead", 'X', 77, -ESRCH },
		{ "dead, Linux 3.0", 'x', 77, -ESRCH },
		{ "another", 'S', 78, -ESRCH },
	};
	static const char format[] =
		"%d (child) %c 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 %u 1 1 1\n";
	const int before = child_fds();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const pid_t pid = child_start(0);
		const struct target target = { pid, 77, "child" };
		struct handle handle = HANDLE_CLOSED;
		char first[160], second[160];
		struct tree tree;
		pid_t teller;

		tree_init(&tree, pid);
		snprintf(first, sizeof(first), format, pid, 'S', 77);
		snprintf(second, sizeof(second), format, pid, cases[i].state, cases[i].start_ticks);
		teller = start_teller(&tree, first, second);
		expect_int(cases[i].label, handle_open(tree.dir_fd, false, &target, &handle),
			cases[i].want);
		if (cases[i].want < 0)
			expect_closed(cases[i].label, &handle);
		else /* as this /proc knows nothing of us */
			expect_true(cases[i].label,
				handle.pid_fd == -EXDEV || handle.pid_fd == -ENOSYS);
		unlink(tree.stat);
		expect_int(cases[i].label, handle_check(&handle), -ESRCH);
		handle_close(&handle);
		child_end(teller);
		child_end(pid);
		tree_free(&tree);
	}
	expect_int("descriptors", child_fds(), before);
}

struct seen {
	bool ran;
	bool denied; /**< the filter was set */
	int open_error;
	int pid_fd;
	int check;
	struct target target;
};

static void open_on_old_kernel(void *argument)
{
	struct seen *seen = argument;
	struct handle handle = HANDLE_CLOSED;

	seen->denied = child_deny(SYS_pidfd_open, 0, 0, ENOSYS);
	seen->open_error = handle_open(child_proc(), false, &seen->target, &handle);
	seen->pid_fd = handle.pid_fd;
	seen->check = handle_check(&handle);
	seen->ran = true;
}

static void kernels_without_pidfd_hold_by_the_directory(void)
{
	const int proc_fd = child_proc();
	struct seen *seen = child_shared(sizeof(*seen));
	const pid_t pid = child_start(0);

	seen->target = child_target(proc_fd, pid);
	expect_true("ran", child_run(open_on_old_kernel, seen) && seen->ran);
	if (seen->denied) {
		expect_int("open", seen->open_error, 0);
		expect_int("pidfd", seen->pid_fd, -ENOSYS);
		expect_int("lives", seen->check, 0);
	} else {
		printf("skipped: no seccomp filters here\n");
	}
	child_end(pid);
	munmap(seen, sizeof(*seen));
	close(proc_fd);
}

extern CU_TestInfo handle_tests[];
CU_TestInfo handle_tests[] = {
	{ "a living process can be held", a_living_process_can_be_held },
	{ "what is not that process is refused", what_is_not_that_process_is_refused },
	{ "a host's process gets no pidfd", a_host_process_gets_no_pidfd },
	{ "an ended process is gone", an_ended_process_is_gone },
	{ "a process without its first thread still lives",
		a_process_without_its_first_thread_still_lives },
	{ "who ends while the pidfd is opened is gone",
		who_ends_while_the_pidfd_is_opened_is_gone },
	{ "no descriptor left is survived", no_descriptor_left_is_survived },
	{ "kernels without pidfd hold by the directory",
		kernels_without_pidfd_hold_by_the_directory },
	CU_TEST_INFO_NULL,
};
