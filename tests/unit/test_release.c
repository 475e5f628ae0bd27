/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>

#include "action/release.h"
#include "held.h"

/* What fcntl() calls. */
#ifdef SYS_fcntl64
#define CALL_OF_FCNTL SYS_fcntl64
#else
#define CALL_OF_FCNTL SYS_fcntl
#endif

#define AT_ONCE 4 /* more are refused */
#define MIB ((size_t)1 << 20)

/** Ask until one has ended, at most 10 s; "" if none did. */
static const char *wait_ended(char words[240])
{
	const struct timespec pause = { .tv_nsec = 10000000 };
	struct text text;

	text_init(&text, words, 240);
	for (int i = 0; i < 1000 && !release_ended(&text); i++)
		nanosleep(&pause, NULL);
	return words;
}

static bool none_ended(void)
{
	char words[240];
	struct text text;

	text_init(&text, words, sizeof(words));
	return !release_ended(&text) && words[0] == '\0';
}

static bool is_any(struct held *held, const char *got, const char *const *wanted)
{
	for (; *wanted; wanted++) {
		if (strcmp(got, held_words(held, *wanted)) == 0)
			return true;
	}
	return expect_text("words", got, "one of those that may be");
}

static void memory_of_a_killed_process_comes_back(void)
{
	static const char *const wanted[] = {
		"memory of @ taken back at once (process_mrelease)",
		"memory of @ taken back (process_mrelease)",
		"@ ended by itself before its memory had to be taken back",
		"this kernel has no process_mrelease (Linux 5.15): memory of @ comes back when it "
		"has ended",
		NULL,
	};
	const int before = child_fds();
	struct held held;
	struct outcome outcome;
	char words[240];

	held_init(&held, 64 * MIB);
	expect_true("nothing yet", none_ended());
	held_signal(&held, SIGKILL, &outcome);
	expect_int("killed", outcome.killed, 1);
	if (held.handle.pid_fd < 0)
		printf("skipped: no pidfd here\n");
	else {
		expect_int("start", release_start(&held.handle, &held.plan.target), 0);
		expect_true("words", is_any(&held, wait_ended(words), wanted));
		expect_true("told once", none_ended());
	}
	held_free(&held);
	expect_int("descriptors", child_fds(), before);
}

static void who_has_ended_needs_no_release(void)
{
	struct held held;
	char words[240];

	held_init(&held, 0);
	child_kill(held.pid);
	if (held.handle.pid_fd >= 0) {
		expect_int("start", release_start(&held.handle, &held.plan.target), 0);
		/* The pidfd of the release is its own copy. */
		handle_close(&held.handle);
		expect_text("words", wait_ended(words),
			held_words(
				&held, "@ ended by itself before its memory had to be taken back"));
	}
	held_free(&held);
}

/* The signal may come later than the first try. */
static void who_ends_late_is_waited_for(void)
{
	static const char *const wanted[] = {
		"memory of @ taken back (process_mrelease)",
		"@ ended by itself before its memory had to be taken back",
		"this kernel has no process_mrelease (Linux 5.15): memory of @ comes back when it "
		"has ended",
		NULL,
	};
	const struct timespec pause = { .tv_nsec = 120000000 };
	struct held held;
	char words[240];

	held_init(&held, 64 * MIB);
	if (held.handle.pid_fd >= 0) {
		expect_int("start", release_start(&held.handle, &held.plan.target), 0);
		nanosleep(&pause, NULL);
		child_kill(held.pid);
		expect_true("words", is_any(&held, wait_ended(words), wanted));
	}
	held_free(&held);
}

/* Nobody killed them: that is as long as a release can take. */
static void too_many_at_once_are_refused(void)
{
	const int before = child_fds();
	struct held held[AT_ONCE + 1];
	char words[240];
	int started = 0;

	for (int i = 0; i <= AT_ONCE; i++)
		held_init(&held[i], 0);
	for (int i = 0; i < AT_ONCE && held[i].handle.pid_fd >= 0; i++)
		started += release_start(&held[i].handle, &held[i].plan.target) == 0;
	if (held[0].handle.pid_fd >= 0) {
		expect_int("started", started, AT_ONCE);
		expect_int("one more",
			release_start(&held[AT_ONCE].handle, &held[AT_ONCE].plan.target), -EBUSY);
	}
	for (int i = 0; i < started; i++)
		expect_true("not ended",
			strstr(wait_ended(words),
				" did not end within 2 s, or shares its memory with one that goes on (EINVAL)"));
	expect_true("told once", none_ended());
	if (started > 0) {
		child_kill(held[AT_ONCE].pid);
		expect_int("again",
			release_start(&held[AT_ONCE].handle, &held[AT_ONCE].plan.target), 0);
		expect_true("again", wait_ended(words)[0] != '\0');
	}
	for (int i = 0; i <= AT_ONCE; i++) {
		expect_int("lives", child_state(held[i].proc_fd, held[i].pid),
			i == AT_ONCE && started > 0 ? 'Z' : 'S');
		held_free(&held[i]);
	}
	expect_int("descriptors", child_fds(), before);
}

static void without_pidfd_there_is_no_release(void)
{
	static const struct {
		const char *label;
		struct handle handle;
		int want;
	} cases[] = {
		{ "closed", HANDLE_CLOSED, -ESRCH },
		{ "zeroed", { 0 }, -ESRCH },
		{ "below --host", { 4711, 1, -1, -EXDEV }, -EXDEV },
		{ "before 5.3", { 4711, 1, -1, -ENOSYS }, -ENOSYS },
		{ "not allowed", { 4711, 1, -1, -EPERM }, -EPERM },
		{ "not open", { 4711, 1, -1, 1 << 20 }, -EBADF },
	};
	const struct target target = { 4711, 1, "java" };

	/* More often than there is room for. */
	for (int round = 0; round <= AT_ONCE; round++) {
		for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
			expect_int(cases[i].label, release_start(&cases[i].handle, &target),
				cases[i].want);
	}
	expect_true("none", none_ended());
}

struct elsewhere {
	const char *label;
	long number; /**< of the call that fails */
	long second; /**< and another; 0: none */
	int error;
	int want; /**< of release_start() */
	const char *words;
};

struct seen {
	const struct elsewhere *elsewhere;
	struct held *held;
	bool denied, ran;
	int errors[AT_ONCE + 1];
	int fds;
	char words[240];
};

static void release_inside(void *argument)
{
	struct seen *seen = argument;
	const struct elsewhere *elsewhere = seen->elsewhere;
	const int before = child_fds();

	seen->denied = child_deny(elsewhere->number, 0, 0, elsewhere->error) &&
		(elsewhere->second == 0 || child_deny(elsewhere->second, 0, 0, elsewhere->error));
	for (int i = 0; i <= AT_ONCE; i++) {
		seen->errors[i] = release_start(&seen->held->handle, &seen->held->plan.target);
		if (seen->errors[i] == 0)
			wait_ended(seen->words);
	}
	seen->fds = child_fds() - before;
	seen->ran = true;
}

static void what_other_kernels_do_is_said(void)
{
	static const struct elsewhere cases[] = {
		{ "before 5.15", SYS_process_mrelease, 0, ENOSYS, 0,
			"this kernel has no process_mrelease (Linux 5.15): memory of @ comes back "
			"when it has ended" },
		{ "forbidden", SYS_process_mrelease, 0, EPERM, 0,
			"process_mrelease is not permitted (EPERM): memory of @ comes back when it "
			"has ended" },
		{ "done", SYS_process_mrelease, 0, ESRCH, 0,
			"@ ended by itself before its memory had to be taken back" },
		{ "memory", SYS_process_mrelease, 0, ENOMEM, 0,
			"memory of @ could not be taken back: Cannot allocate memory" },
		{ "no thread", SYS_clone, SYS_clone3, EAGAIN, -EAGAIN, "" },
		{ "no descriptor", CALL_OF_FCNTL, 0, EMFILE, -EMFILE, "" },
	};
	struct held held;

	held_init(&held, 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases) && held.handle.pid_fd >= 0; i++) {
		struct seen *seen = child_shared(sizeof(*seen));

		*seen = (struct seen){ .elsewhere = &cases[i], .held = &held };
		expect_true(cases[i].label, child_run(release_inside, seen) && seen->ran);
		if (seen->denied) {
			for (int k = 0; k <= AT_ONCE; k++)
				expect_int(cases[i].label, seen->errors[k], cases[i].want);
			expect_text(cases[i].label, seen->words, held_words(&held, cases[i].words));
			expect_int(cases[i].label, seen->fds, 0);
		} else {
			printf("skipped (%s): no seccomp filters here\n", cases[i].label);
		}
		munmap(seen, sizeof(*seen));
	}
	held_free(&held);
}

extern CU_TestInfo release_tests[];
CU_TestInfo release_tests[] = {
	{ "memory of a killed process comes back", memory_of_a_killed_process_comes_back },
	{ "who has ended needs no release", who_has_ended_needs_no_release },
	{ "who ends late is waited for", who_ends_late_is_waited_for },
	{ "too many at once are refused", too_many_at_once_are_refused },
	{ "without pidfd there is no release", without_pidfd_there_is_no_release },
	{ "what other kernels do is said", what_other_kernels_do_is_said },
	CU_TEST_INFO_NULL,
};
