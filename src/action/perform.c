/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "action/perform.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "parse/pid.h"

/* Linux 5.1; libc's headers may be older.  The number of include/uapi/asm-generic/unistd.h. */
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif

/** Room for "java 23283": a target's name and its number. */
#define NAME_BYTES 96

#define ADJ_FILE "oom_score_adj"
#define TRIGGER_FILE "sysrq-trigger"

/** The process of a plan in words. */
struct name {
	char words[NAME_BYTES];
};

static struct name name_of(const struct target *target)
{
	struct name name = { "" };
	struct text text;

	text_init(&text, name.words, sizeof(name.words));
	plan_name(target, &text);
	return name;
}

__attribute__((format(printf, 3, 4))) static int say(
	struct outcome *ret, int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(ret->words, sizeof(ret->words), format, args);
	va_end(args);
	ret->error = error;
	return error;
}

/** Say what became of an attempt for which there are no better words. */
static int say_error(struct outcome *ret, int error, const char *attempt, const char *name)
{
	return say(ret, error, "%s %s failed: %s", attempt, name, strerror(-error));
}

/** A last look before acting: 0, or -errno with the words said. */
static int check_hold(const struct handle *handle, const struct target *target, struct outcome *ret)
{
	const struct name name = name_of(target);
	int error;

	if (!handle || !handle_is_of(handle, target))
		return say(ret, -ESRCH, "there is no hold on %s: nothing was done", name.words);
	error = handle_check(handle);
	if (error == -ESRCH)
		return say(ret, error, "%s has ended: nothing was done", name.words);
	if (error < 0)
		return say(ret, error, "cannot tell whether %s still runs (%s): nothing was done",
			name.words, strerror(-error));
	return 0;
}

static int read_adj(const struct handle *handle, int32_t *ret_adj)
{
	char buf[32];
	const int fd = openat(handle->dir_fd, ADJ_FILE, O_RDONLY | O_CLOEXEC);
	int64_t adj = 0;
	ssize_t len;
	int error;

	if (fd < 0)
		return -errno;
	len = read(fd, buf, sizeof(buf));
	error = len < 0 ? -errno : parse_pid_number(buf, (size_t)len, &adj);
	close(fd);
	if (error < 0)
		return error;
	if (adj < ADJ_LEAST || adj > ADJ_MOST)
		return -EBADMSG;
	*ret_adj = (int32_t)adj;
	return 0;
}

int perform_read_adj(const struct handle *handle, int32_t *ret_adj)
{
	int32_t adj = 0;
	int error = handle_check(handle);

	if (error < 0)
		return error;
	error = read_adj(handle, &adj);
	/* Without the process its files give ENOENT; so does a kernel without this file. */
	if (error == -ENOENT && handle_gone(handle))
		return -ESRCH;
	if (error == 0)
		*ret_adj = adj;
	return error;
}

static int write_once(int fd, const char *text)
{
	const size_t len = strlen(text);
	const ssize_t written = write(fd, text, len);

	if (written < 0)
		return -errno;
	return (size_t)written == len ? 0 : -EIO;
}

static int say_open_failed(struct outcome *ret, int error, const char *name)
{
	switch (error) {
	case -ESRCH:
		return say(ret, error, "%s has ended: nothing was done", name);
	case -ENOENT:
		return say(ret, error,
			"%s has no oom_score_adj here (ENOENT): the kernel is older than 2.6.36, or "
			"hides it",
			name);
	case -EACCES:
		return say(ret, error,
			"%s belongs to another user (EACCES on opening), or is not dumpable: "
			"its oom_score_adj is not ours to write",
			name);
	case -EPERM:
		return say(ret, error,
			"a security module forbids opening oom_score_adj of %s (EPERM)", name);
	case -EROFS:
		return say(ret, error, "/proc is mounted read-only here (EROFS): %s stays as it is",
			name);
	default:
		return say_error(ret, error, "access to oom_score_adj of", name);
	}
}

static int say_write_failed(
	struct outcome *ret, int error, const struct plan *plan, const char *name, int32_t before)
{
	switch (error) {
	case -ESRCH:
		return say(ret, error, "%s has ended: nothing was done", name);
	case -EACCES:
		/* The kernel refuses values below oom_score_adj_min only, and that is never
		 * above the present one (oom_score_adj_write, fs/proc/base.c, 3.0 to 6.18). */
		if (plan->adj >= before)
			return say(ret, error, "a security module refused %d for %s (EACCES)",
				plan->adj, name);
		return say(ret, error,
			"the kernel refused %d for %s (EACCES): lowering below what it was allowed "
			"needs CAP_SYS_RESOURCE",
			plan->adj, name);
	case -EPERM:
		return say(
			ret, error, "a security module refused %d for %s (EPERM)", plan->adj, name);
	case -EINVAL:
		return say(ret, error,
			"%s has no memory of its own (EINVAL): it is a kernel thread or a zombie",
			name);
	default:
		return say_error(ret, error, "writing oom_score_adj of", name);
	}
}

static int write_adj(
	const struct handle *handle, const struct plan *plan, int32_t before, struct outcome *ret)
{
	const struct name name = name_of(&plan->target);
	char text[16];
	int error;
	const int fd = openat(handle->dir_fd, ADJ_FILE, O_WRONLY | O_CLOEXEC);

	if (fd < 0) {
		error = -errno;
		if (error == -ENOENT && handle_gone(handle))
			error = -ESRCH;
		return say_open_failed(ret, error, name.words);
	}
	snprintf(text, sizeof(text), "%d", plan->adj);
	error = write_once(fd, text);
	close(fd);
	if (error < 0)
		return say_write_failed(ret, error, plan, name.words, before);
	return 0;
}

static void check_written(
	const struct handle *handle, const struct plan *plan, int32_t before, struct outcome *ret)
{
	const struct name name = name_of(&plan->target);
	int32_t adj = 0;
	const int error = perform_read_adj(handle, &adj);

	if (error == -ESRCH) {
		say(ret, error, "%s has ended just after %d was written", name.words, plan->adj);
	} else if (error < 0) {
		say(ret, error, "ADJ of %s: wrote %d, but reading it back failed: %s", name.words,
			plan->adj, strerror(-error));
	} else if (adj != plan->adj) {
		ret->adj = adj;
		say(ret, -EIO, "ADJ of %s: wrote %d, but reads %d", name.words, plan->adj, adj);
	} else {
		ret->adj = adj;
		say(ret, 0, "ADJ of %s: %d -> %d", name.words, before, adj);
	}
}

void perform_adj(const struct handle *handle, const struct plan *plan, struct outcome *ret)
{
	const struct name name = name_of(&plan->target);
	int32_t before = 0;
	int error;

	*ret = (struct outcome){ 0 };
	if (plan->kind != PLAN_ADJ || plan->adj < ADJ_LEAST || plan->adj > ADJ_MOST) {
		say(ret, -EINVAL, "%d is no value for oom_score_adj: nothing was done", plan->adj);
		return;
	}
	if (check_hold(handle, &plan->target, ret) < 0)
		return;
	error = perform_read_adj(handle, &before);
	if (error < 0) {
		say_open_failed(ret, error, name.words);
		return;
	}
	if (write_adj(handle, plan, before, ret) == 0)
		check_written(handle, plan, before, ret);
}

static struct name signal_name(int signal)
{
	struct name name = { "" };
	struct text text;

	text_init(&text, name.words, sizeof(name.words));
	plan_signal_name(signal, &text);
	return name;
}

/* Where the number counts in another namespace, our own is not reached at all: what is below
 * a /proc of an outer namespace refuses signals, in an inner one we have no number. */
static int check_signal(const struct handle *handle, const struct plan *plan, struct outcome *ret)
{
	const int32_t pid = plan->target.pid;

	if (plan->kind != PLAN_SIGNAL || plan->signal <= 0 || plan->signal >= NSIG)
		return say(ret, -EINVAL, "no signal was chosen: nothing was done");
	if (pid <= 0)
		return say(ret, -EPERM, "no process was chosen: nothing was done");
	if (pid == 1)
		return say(ret, -EPERM,
			"PID 1 keeps the system running and is never sent a signal: nothing was "
			"done");
	if (pid == getpid())
		return say(ret, -EPERM, "oomwatch never sends itself a signal: nothing was done");
	return check_hold(handle, &plan->target, ret);
}

static int say_signal_failed(
	struct outcome *ret, int error, const struct handle *handle, const struct plan *plan)
{
	const struct name name = name_of(&plan->target), signal = signal_name(plan->signal);
	const bool elsewhere = handle->pid_fd == -EXDEV;
	const char *number = strchr(signal.words, ' '); /* of one that has no name */

	switch (error) {
	case -ESRCH:
		return say(ret, error, "%s has ended: nothing was done", name.words);
	case -EPERM:
		return say(ret, error,
			"sending %s to %s is not permitted: it belongs to another user (EPERM)",
			signal.words, name.words);
	case -EINVAL:
		if (elsewhere)
			return say(ret, error,
				"%s lives in another PID namespace: signals do not reach it from here",
				name.words);
		return say_error(ret, error, "sending a signal to", name.words);
	case -ENOSYS:
		if (elsewhere)
			return say(ret, error,
				"this kernel has no pidfd (Linux 5.1): %s can only be sent signals from "
				"its own PID namespace",
				name.words);
		return say(ret, error,
			"this kernel has no pidfd (Linux 5.1): kill -%s %d does it without that safety",
			number ? number + 1 : signal.words, plan->target.pid);
	default:
		return say_error(ret, error, "sending a signal to", name.words);
	}
}

void perform_signal(const struct handle *handle, const struct plan *plan, struct outcome *ret)
{
	const struct name name = name_of(&plan->target), signal = signal_name(plan->signal);
	int fd;

	*ret = (struct outcome){ 0 };
	if (check_signal(handle, plan, ret) < 0)
		return;

	/* It takes a /proc/PID directory too (tgid_pidfd_to_pid, fs/proc/base.c, 5.1). */
	fd = handle->pid_fd >= 0 ? handle->pid_fd : handle->dir_fd;
	if (syscall(SYS_pidfd_send_signal, fd, plan->signal, NULL, 0) < 0) {
		say_signal_failed(ret, -errno, handle, plan);
		return;
	}
	ret->killed = plan->signal == SIGKILL;
	say(ret, 0, "sent %s to %s", signal.words, name.words);
}

static int say_sysrq_failed(struct outcome *ret, int error)
{
	switch (error) {
	case -ENOENT:
		return say(ret, error,
			"there is no sysrq-trigger here (ENOENT): the kernel was built without "
			"CONFIG_MAGIC_SYSRQ, or hides it: nothing was done");
	case -EACCES:
		return say(ret, error,
			"sysrq-trigger is closed to us (EACCES): it is root's alone, and containers "
			"close it: nothing was done");
	case -EPERM:
		return say(
			ret, error, "a security module forbids sysrq-f (EPERM): nothing was done");
	case -EROFS:
		return say(ret, error,
			"sysrq-trigger is read-only here (EROFS), as in most containers: nothing was "
			"done");
	default:
		return say(ret, error, "writing sysrq-trigger failed: %s: nothing was done",
			strerror(-error));
	}
}

void perform_sysrq(
	int proc_fd, const struct handle *victim, const struct plan *plan, struct outcome *ret)
{
	const struct name name = name_of(&plan->target);
	int fd, error;

	*ret = (struct outcome){ 0 };
	if (plan->kind != PLAN_SYSRQ) {
		say(ret, -EINVAL, "sysrq-f was not asked for: nothing was done");
		return;
	}
	if (plan->target.pid != 0 && check_hold(victim, &plan->target, ret) < 0) {
		if (ret->error == -ESRCH)
			say(ret, -ESRCH, "%s has ended meanwhile: nothing was done", name.words);
		return;
	}
	fd = openat(proc_fd, TRIGGER_FILE, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	error = fd < 0 ? -errno : write_once(fd, "f");
	if (fd >= 0)
		close(fd);
	if (error < 0)
		say_sysrq_failed(ret, error);
	else if (plan->target.pid != 0)
		say(ret, 0, "asked the kernel to kill (sysrq-f); foretold: %s", name.words);
	else
		say(ret, 0, "asked the kernel to kill (sysrq-f); nobody was foretold");
}
