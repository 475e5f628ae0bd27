/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Processes of a test's own, to act on; and kernels that refuse what this one can do.
 */
#ifndef OOMWATCH_TESTS_CHILD_H
#define OOMWATCH_TESTS_CHILD_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "analysis/plan.h"
#include "parse/pid.h"

/* As include/uapi/asm-generic/unistd.h, for older headers. */
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#ifndef SYS_process_mrelease
#define SYS_process_mrelease 448
#endif

static inline int child_proc(void)
{
	const int fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		abort();
	return fd;
}

/** A process that has touched that many bytes and sleeps for ever. */
static inline pid_t child_start(size_t bytes)
{
	int ready[2];
	pid_t pid;
	char byte;

	if (pipe(ready) < 0)
		abort();
	pid = fork();
	if (pid < 0)
		abort();
	if (pid == 0) {
		char *memory = bytes > 0 ? malloc(bytes) : NULL;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* A shell's jobs in the background ignore SIGINT, and so would this. */
		for (int i = 1; i < SIGRTMIN; i++)
			signal(i, SIG_DFL);
		if (memory)
			memset(memory, 1, bytes);
		if (write(ready[1], "r", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	if (read(ready[0], &byte, 1) != 1)
		abort();
	close(ready[0]);
	close(ready[1]);
	return pid;
}

/**
 * A process that sleeps for ever, with a PID of our choice (Linux 5.5): in a PID namespace of
 * our own.  Returns that, or -errno.
 */
static inline pid_t child_start_as(pid_t pid)
{
	const int32_t wanted = pid;
	/* struct clone_args up to set_tid_size, include/uapi/linux/sched.h */
	const struct {
		uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls,
			set_tid, set_tid_size;
	} args = {
		.exit_signal = SIGCHLD,
		.set_tid = (uint64_t)(uintptr_t)&wanted,
		.set_tid_size = 1,
	};
	const long got = syscall(SYS_clone3, &args, sizeof(args));

	if (got < 0)
		return -errno;
	if (got == 0) {
		for (;;)
			pause();
	}
	return (pid_t)got;
}

/** Kill a child without reaping it: it stays as a zombie. */
static inline void child_kill(pid_t pid)
{
	siginfo_t info;

	kill(pid, SIGKILL);
	waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
}

/** Nothing for 0: one that has been reaped already, whose PID may be another's. */
static inline void child_end(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/** The signal that ends a child, which is sent one of ours unless it has got its own before:
 * SIGKILL wins over it.  0: it ended otherwise. */
static inline int child_end_by(pid_t pid, int signal)
{
	int status = 0;

	kill(pid, signal);
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static inline ssize_t child_read(int proc_fd, pid_t pid, const char *file, char *buf, size_t size)
{
	char path[64];
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "%d/%s", pid, file);
	fd = openat(proc_fd, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	len = read(fd, buf, size);
	close(fd);
	return len;
}

/** 'S' and the like; 0: there is no such process. */
static inline char child_state(int proc_fd, pid_t pid)
{
	char buf[2048];
	struct pid_stat stat;
	const ssize_t len = child_read(proc_fd, pid, "stat", buf, sizeof(buf));

	return len > 0 && parse_pid_stat(buf, (size_t)len, &stat) == 0 ? stat.state : '\0';
}

/** A process as a target; its pid is 0 if there is none. */
static inline struct target child_target(int proc_fd, pid_t pid)
{
	struct target target = { .name = "child" };
	char buf[2048];
	struct pid_stat stat;
	const ssize_t len = child_read(proc_fd, pid, "stat", buf, sizeof(buf));

	if (len > 0 && parse_pid_stat(buf, (size_t)len, &stat) == 0) {
		target.pid = pid;
		target.start_ticks = stat.start_ticks;
	}
	return target;
}

/** Its oom_score_adj, seen without the code under test; INT32_MAX: cannot be read. */
static inline int32_t child_adj(int proc_fd, pid_t pid)
{
	char buf[32];
	int64_t adj;
	const ssize_t len = child_read(proc_fd, pid, "oom_score_adj", buf, sizeof(buf));

	if (len <= 0 || parse_pid_number(buf, (size_t)len, &adj) < 0)
		return INT32_MAX;
	return (int32_t)adj;
}

/** How many descriptors we have open. */
static inline int child_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	if (!dir)
		abort();
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

/** Memory that a forked process can fill for us, zeroed. */
static inline void *child_shared(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		abort();
	return memory;
}

/** Run something in a process of its own; true if it came to its end. */
static inline bool child_run(void (*run)(void *), void *argument)
{
	const pid_t pid = fork();
	int status = -1;

	if (pid < 0)
		abort();
	if (pid == 0) {
		run(argument);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/**
 * Let a system call fail with error from now on, as another kernel or a security module
 * would: always (mask 0), or if the low half of that argument has a bit of mask.  False if
 * this machine does not allow such filters.  For processes of child_run().
 */
static inline bool child_deny(long number, unsigned argument, unsigned mask, int error)
{
	const unsigned at = (unsigned)offsetof(struct seccomp_data, args) + 8 * argument +
		(__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0);
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, mask, 0, mask ? 1 : 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = 6, .filter = filter };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return false;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

#endif
