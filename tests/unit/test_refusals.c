/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every way in which the kernel can refuse an action, in words. */
#include <sys/syscall.h>

#include "held.h"

#define NOBODY 65534

/** One attempt by a process of its own, after what it is denied. */
struct attempt {
	const char *label;
	enum plan_kind kind;
	int32_t value; /**< adj, or signal */
	long number;   /**< of the system call that is made to fail; -1: none, it will by itself */
	unsigned argument, mask;
	int pid_fd; /**< 0: leave what it is */
	int error;
	const char *words;
};

struct attempted {
	const struct attempt *attempt;
	struct held *held;
	bool as_nobody;
	bool denied, ran;
	struct outcome outcome;
};

static void attempt_inside(void *argument)
{
	struct attempted *attempted = argument;
	const struct attempt *attempt = attempted->attempt;
	struct held held = *attempted->held;

	if (attempted->as_nobody && getuid() == 0 && setresuid(NOBODY, NOBODY, NOBODY) < 0)
		return;
	attempted->denied = attempt->number < 0 ||
		child_deny(attempt->number, attempt->argument, attempt->mask, attempt->error);
	if (attempt->pid_fd)
		held.handle.pid_fd = attempt->pid_fd;
	if (attempt->kind == PLAN_ADJ)
		held_adj(&held, attempt->value, &attempted->outcome);
	else
		held_signal(&held, attempt->value, &attempted->outcome);
	attempted->ran = true;
}

static void try(struct held *held, const struct attempt *attempt, bool as_nobody)
{
	struct attempted *attempted = child_shared(sizeof(*attempted));

	*attempted = (struct attempted){ attempt, held, as_nobody, false, false, { 0 } };
	expect_true(attempt->label, child_run(attempt_inside, attempted));
	expect_true(attempt->label, attempted->ran);
	if (attempted->denied) {
		char words[240];

		expect_int(attempt->label, attempted->outcome.error, -attempt->error);
		snprintf(words, sizeof(words), "%s", held_words(held, attempt->words));
		expect_text(attempt->label, attempted->outcome.words, words);
	} else {
		printf("skipped (%s): no seccomp filters here\n", attempt->label);
	}
	munmap(attempted, sizeof(*attempted));
}

static void each_failure_of_adj_has_its_words(void)
{
	static const struct attempt attempts[] = {
		{ "open: no such file", PLAN_ADJ, 999, SYS_openat, 2, O_WRONLY, 0, ENOENT,
			"@ has no oom_score_adj here (ENOENT): the kernel is older than 2.6.36, or "
			"hides it" },
		{ "open: no right", PLAN_ADJ, 999, SYS_openat, 2, O_WRONLY, 0, EACCES,
			"@ belongs to another user (EACCES on opening), or is not dumpable: its "
			"oom_score_adj is not ours to write" },
		{ "open: forbidden", PLAN_ADJ, 999, SYS_openat, 2, O_WRONLY, 0, EPERM,
			"a security module forbids opening oom_score_adj of @ (EPERM)" },
		{ "open: read-only", PLAN_ADJ, 999, SYS_openat, 2, O_WRONLY, 0, EROFS,
			"/proc is mounted read-only here (EROFS): @ stays as it is" },
		{ "open: no descriptor", PLAN_ADJ, 999, SYS_openat, 2, O_WRONLY, 0, EMFILE,
			"access to oom_score_adj of @ failed: Too many open files" },
		{ "open: gone", PLAN_ADJ, 999, SYS_openat, 2, O_WRONLY, 0, ESRCH,
			"@ has ended: nothing was done" },
		{ "write: below the minimum", PLAN_ADJ, -1000, SYS_write, 0, 0, 0, EACCES,
			"the kernel refused -1000 for @ (EACCES): lowering below what it was allowed "
			"needs CAP_SYS_RESOURCE" },
		{ "write: raising refused", PLAN_ADJ, 1000, SYS_write, 0, 0, 0, EACCES,
			"a security module refused 1000 for @ (EACCES)" },
		{ "write: forbidden", PLAN_ADJ, 999, SYS_write, 0, 0, 0, EPERM,
			"a security module refused 999 for @ (EPERM)" },
		{ "write: no memory of its own", PLAN_ADJ, 999, SYS_write, 0, 0, 0, EINVAL,
			"@ has no memory of its own (EINVAL): it is a kernel thread or a zombie" },
		{ "write: gone", PLAN_ADJ, 999, SYS_write, 0, 0, 0, ESRCH,
			"@ has ended: nothing was done" },
		{ "write: memory", PLAN_ADJ, 999, SYS_write, 0, 0, 0, ENOMEM,
			"writing oom_score_adj of @ failed: Cannot allocate memory" },
		{ "look: memory", PLAN_ADJ, 999, SYS_read, 0, 0, 0, ENOMEM,
			"cannot tell whether @ still runs (Cannot allocate memory): nothing was "
			"done" },
	};
	struct held held;

	held_init(&held, 0);
	for (size_t i = 0; i < ARRAY_SIZE(attempts); i++)
		try(&held, &attempts[i], false);
	expect_int("not changed", child_adj(held.proc_fd, held.pid), held.adj);
	held_free(&held);
}

static void each_failure_of_a_signal_has_its_words(void)
{
	static const struct attempt attempts[] = {
		{ "no such call", PLAN_SIGNAL, SIGTERM, SYS_pidfd_send_signal, 0, 0, -ENOSYS,
			ENOSYS,
			"this kernel has no pidfd (Linux 5.1): kill -TERM # does it without "
			"that safety" },
		{ "no such call, no name", PLAN_SIGNAL, 64, SYS_pidfd_send_signal, 0, 0, -ENOSYS,
			ENOSYS,
			"this kernel has no pidfd (Linux 5.1): kill -64 # does it without "
			"that safety" },
		{ "no such call, host", PLAN_SIGNAL, SIGTERM, SYS_pidfd_send_signal, 0, 0, -EXDEV,
			ENOSYS,
			"this kernel has no pidfd (Linux 5.1): @ can only be sent signals from its "
			"own PID namespace" },
		{ "outer namespace", PLAN_SIGNAL, SIGTERM, SYS_pidfd_send_signal, 0, 0, -EXDEV,
			EINVAL,
			"@ lives in another PID namespace: signals do not reach it from here" },
		{ "refused for no known reason", PLAN_SIGNAL, SIGTERM, SYS_pidfd_send_signal, 0, 0,
			0, EINVAL, "sending a signal to @ failed: Invalid argument" },
		{ "another user's", PLAN_SIGNAL, SIGKILL, SYS_pidfd_send_signal, 0, 0, 0, EPERM,
			"sending KILL to @ is not permitted: it belongs to another user (EPERM)" },
		{ "gone", PLAN_SIGNAL, SIGTERM, SYS_pidfd_send_signal, 0, 0, 0, ESRCH,
			"@ has ended: nothing was done" },
		{ "memory", PLAN_SIGNAL, SIGTERM, SYS_pidfd_send_signal, 0, 0, 0, ENOMEM,
			"sending a signal to @ failed: Cannot allocate memory" },
	};
	struct held held;

	held_init(&held, 0);
	for (size_t i = 0; i < ARRAY_SIZE(attempts); i++)
		try(&held, &attempts[i], false);
	expect_int("not ended", held_end_by(&held, SIGINT), SIGINT);
	held_free(&held);
}

/** Whose files belong to root, and which is root's where we are. */
static void hide(struct held *held)
{
	const pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_DUMPABLE, 0);
		for (;;)
			pause();
	}
	*held = (struct held){ .proc_fd = child_proc(), .pid = pid, .handle = HANDLE_CLOSED };
	held->plan.target = child_target(held->proc_fd, pid);
	held->adj = child_adj(held->proc_fd, pid);
	expect_int("open", handle_open(held->proc_fd, false, &held->plan.target, &held->handle), 0);
}

static void what_is_not_ours_is_refused(void)
{
	static const struct attempt adj = { "adj", PLAN_ADJ, 999, -1, 0, 0, 0, EACCES,
		"@ belongs to another user (EACCES on opening), or is not dumpable: its "
		"oom_score_adj is not ours to write" };
	static const struct attempt term = { "signal", PLAN_SIGNAL, SIGTERM, -1, 0, 0, 0, EPERM,
		"sending TERM to @ is not permitted: it belongs to another user (EPERM)" };
	struct held held;

	hide(&held);
	try(&held, &adj, true);
	if (getuid() == 0)
		try(&held, &term, true);
	else
		printf("skipped (signal): only root can become another user\n");
	expect_int("not changed", child_adj(held.proc_fd, held.pid), held.adj);
	expect_int("not ended", held_end_by(&held, SIGINT), SIGINT);
	held_free(&held);
}

extern CU_TestInfo refusals_tests[];
CU_TestInfo refusals_tests[] = {
	{ "each failure of adj has its words", each_failure_of_adj_has_its_words },
	{ "each failure of a signal has its words", each_failure_of_a_signal_has_its_words },
	{ "what is not ours is refused", what_is_not_ours_is_refused },
	CU_TEST_INFO_NULL,
};
