/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <sys/resource.h>
#include <sys/stat.h>

#include "action/perform.h"
#include "held.h"
#include "tree.h"

#define CAP_SYS_RESOURCE_BIT 24

/** The PID namespace and so on do not matter for capable(), only the first user namespace. */
#define FIRST_USER_NAMESPACE "user:[4026531837]"

/** Whether we hold a right that counts in the first user namespace, as capable() asks. */
static bool is_capable(int32_t pid, unsigned bit)
{
	char buf[8192], link[64] = "";
	struct pid_status status = { 0 };
	const int proc_fd = child_proc();
	const ssize_t len = child_read(proc_fd, pid, "status", buf, sizeof(buf));

	close(proc_fd);
	if (readlink("/proc/self/ns/user", link, sizeof(link) - 1) < 0 ||
		strcmp(link, FIRST_USER_NAMESPACE) != 0)
		return false;
	return len > 0 && parse_pid_status(buf, (size_t)len, &status) == 0 && status.cap_known &&
		status.cap_effective >> bit & 1;
}

static void raising_is_done_and_read_back(void)
{
	static const int32_t values[] = { 998, 999, ADJ_MOST };
	struct held held;
	struct outcome outcome;
	char words[80];
	int32_t before, adj = 0;

	held_init(&held, 0);
	before = held.adj;
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		held_adj(&held, values[i], &outcome);
		expect_int("done", outcome.error, 0);
		expect_int("read back", outcome.adj, values[i]);
		expect_int("in /proc", child_adj(held.proc_fd, held.pid), values[i]);
		snprintf(words, sizeof(words), "ADJ of @: %d -> %d", before, values[i]);
		expect_text("words", outcome.words, held_words(&held, words));
		expect_int("read", perform_read_adj(&held.handle, &adj), 0);
		expect_int("read", adj, values[i]);
		before = values[i];
	}
	expect_int("not killed", outcome.killed, 0);
	held_free(&held);
}

static void lowering_needs_the_right(void)
{
	struct held held;
	struct outcome outcome;
	char words[80];

	held_init(&held, 0);
	held_adj(&held, ADJ_LEAST, &outcome);
	if (is_capable(getpid(), CAP_SYS_RESOURCE_BIT)) {
		expect_int("done", outcome.error, 0);
		expect_int("read back", outcome.adj, ADJ_LEAST);
		expect_int("in /proc", child_adj(held.proc_fd, held.pid), ADJ_LEAST);
		snprintf(words, sizeof(words), "ADJ of @: %d -> -1000", held.adj);
		expect_text("words", outcome.words, held_words(&held, words));
	} else {
		expect_int("refused", outcome.error, -EACCES);
		expect_int("in /proc", child_adj(held.proc_fd, held.pid), held.adj);
		expect_text("words", outcome.words,
			held_words(&held,
				"the kernel refused -1000 for @ (EACCES): lowering below what it was "
				"allowed needs CAP_SYS_RESOURCE"));
	}
	held_free(&held);
}

static void values_that_are_none_are_not_written(void)
{
	static const int32_t values[] = { ADJ_LEAST - 1, ADJ_MOST + 1, INT32_MIN, INT32_MAX };
	struct held held;
	struct outcome outcome;
	char words[80];

	held_init(&held, 0);
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		held_adj(&held, values[i], &outcome);
		expect_int("refused", outcome.error, -EINVAL);
		snprintf(words, sizeof(words), "%d is no value for oom_score_adj: nothing was done",
			values[i]);
		expect_text("words", outcome.words, words);
	}
	held.plan.kind = PLAN_SIGNAL;
	held.plan.adj = ADJ_MOST;
	perform_adj(&held.handle, &held.plan, &outcome);
	expect_int("not a plan for adj", outcome.error, -EINVAL);
	expect_int("in /proc", child_adj(held.proc_fd, held.pid), held.adj);
	held_free(&held);
}

static void expect_gone(struct held *held, const char *label, int trigger_dir)
{
	struct outcome outcome;
	int32_t adj = 42;

	held_adj(held, ADJ_MOST, &outcome);
	expect_int(label, outcome.error, -ESRCH);
	expect_text(label, outcome.words, held_words(held, "@ has ended: nothing was done"));
	expect_int(label, perform_read_adj(&held->handle, &adj), -ESRCH);
	expect_int(label, adj, 42);
	held_signal(held, SIGKILL, &outcome);
	expect_int(label, outcome.error, -ESRCH);
	expect_text(label, outcome.words, held_words(held, "@ has ended: nothing was done"));
	expect_int(label, outcome.killed, 0);
	held->plan.kind = PLAN_SYSRQ;
	perform_sysrq(trigger_dir, &held->handle, &held->plan, &outcome);
	expect_int(label, outcome.error, -ESRCH);
	expect_text(
		label, outcome.words, held_words(held, "@ has ended meanwhile: nothing was done"));
}

/** A directory with a plain file that stands for the kernel's. */
struct trigger {
	char *dir;
	int dir_fd;
};

static void trigger_init(struct trigger *trigger, const char *content)
{
	const struct tree_file files[] = {
		{ .path = "sysrq-trigger", .content = content },
		{ .path = NULL },
	};

	trigger->dir = tree_make(files);
	if (!trigger->dir)
		abort();
	trigger->dir_fd = open(trigger->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void trigger_free(struct trigger *trigger)
{
	close(trigger->dir_fd);
	tree_remove(trigger->dir);
}

static void expect_trigger(const char *label, const struct trigger *trigger, const char *want)
{
	char got[32] = "";
	const int fd = openat(trigger->dir_fd, "sysrq-trigger", O_RDONLY | O_CLOEXEC);

	expect_true(label, fd >= 0 && read(fd, got, sizeof(got) - 1) >= 0);
	expect_text(label, got, want);
	close(fd);
}

static void nothing_is_done_to_who_has_ended(void)
{
	struct trigger trigger;
	struct held held;

	trigger_init(&trigger, "untouched");
	held_init(&held, 0);
	child_kill(held.pid);
	expect_int("zombie", child_state(held.proc_fd, held.pid), 'Z');
	expect_gone(&held, "zombie", trigger.dir_fd);
	expect_int("zombie's adj", child_adj(held.proc_fd, held.pid), held.adj);
	child_end(held.pid);
	expect_gone(&held, "reaped", trigger.dir_fd);
	held.pid = 0;
	expect_trigger("nothing written", &trigger, "untouched");
	held_free(&held);
	trigger_free(&trigger);
}

static void only_the_held_process_is_acted_on(void)
{
	struct held held, other;
	struct outcome outcome;
	struct trigger trigger;

	trigger_init(&trigger, "untouched");
	held_init(&held, 0);
	held_init(&other, 0);
	handle_close(&held.handle);
	held_adj(&held, ADJ_MOST, &outcome);
	expect_int("no handle", outcome.error, -ESRCH);
	expect_text("no handle", outcome.words,
		held_words(&held, "there is no hold on @: nothing was done"));
	expect_int("no handle", perform_read_adj(&held.handle, &held.adj), -ESRCH);

	held.handle = other.handle;
	held_adj(&held, ADJ_MOST, &outcome);
	expect_int("handle of another: adj", outcome.error, -ESRCH);
	held_signal(&held, SIGKILL, &outcome);
	expect_int("handle of another: signal", outcome.error, -ESRCH);
	held.plan.kind = PLAN_SYSRQ;
	perform_sysrq(trigger.dir_fd, &held.handle, &held.plan, &outcome);
	expect_int("handle of another: sysrq", outcome.error, -ESRCH);
	expect_trigger("nothing written", &trigger, "untouched");
	expect_int("adj", child_adj(held.proc_fd, held.pid), held.adj);
	expect_int("its adj", child_adj(other.proc_fd, other.pid), other.adj);
	held.handle = (struct handle)HANDLE_CLOSED;
	expect_int("not killed", held_end_by(&held, SIGTERM), SIGTERM);
	expect_int("nor the other", held_end_by(&other, SIGTERM), SIGTERM);
	held_free(&held);
	held_free(&other);
	trigger_free(&trigger);
}

static void signals_are_sent(void)
{
	static const struct {
		const char *label;
		int pid_fd; /**< 0: leave what it is */
		int signal;
		const char *words;
		bool killed;
	} cases[] = {
		{ "by pidfd", 0, SIGTERM, "sent TERM to @", false },
		{ "KILL", 0, SIGKILL, "sent KILL to @", true },
		{ "as below --host", -EXDEV, SIGTERM, "sent TERM to @", false },
		{ "as before 5.3", -ENOSYS, SIGKILL, "sent KILL to @", true },
		{ "without a name", 0, 64, "sent signal 64 to @", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct held held;
		struct outcome outcome;

		held_init(&held, 0);
		if (cases[i].pid_fd) {
			close(held.handle.pid_fd);
			held.handle.pid_fd = cases[i].pid_fd;
		}
		held_signal(&held, cases[i].signal, &outcome);
		expect_int(cases[i].label, outcome.error, 0);
		expect_text(cases[i].label, outcome.words, held_words(&held, cases[i].words));
		expect_int(cases[i].label, outcome.killed, cases[i].killed);
		/* CONT does not end it: only what was sent before does. */
		expect_int(cases[i].label, held_end_by(&held, SIGCONT), cases[i].signal);
		held_free(&held);
	}
}

static void some_signals_are_never_sent(void)
{
	struct held held;
	struct outcome outcome;
	struct target target;
	const struct {
		const char *label;
		int32_t pid;
		const char *words;
	} cases[] = {
		{ "PID 1", 1,
			"PID 1 keeps the system running and is never sent a signal: nothing was "
			"done" },
		{ "ourselves", getpid(), "oomwatch never sends itself a signal: nothing was done" },
		{ "our group", 0, "no process was chosen: nothing was done" },
		{ "everybody", -1, "no process was chosen: nothing was done" },
		{ "a group", -getpid(), "no process was chosen: nothing was done" },
	};

	held_init(&held, 0);
	target = held.plan.target;
	handle_close(&held.handle);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		held.plan.target = child_target(held.proc_fd, cases[i].pid);
		held.plan.target.pid = cases[i].pid;
		(void)handle_open(held.proc_fd, false, &held.plan.target, &held.handle);
		/* Harmless to whoever would get it. */
		held_signal(&held, SIGURG, &outcome);
		expect_int(cases[i].label, outcome.error, -EPERM);
		expect_text(cases[i].label, outcome.words, cases[i].words);
		handle_close(&held.handle);
	}
	held.plan.target = target;
	expect_int("open", handle_open(held.proc_fd, false, &target, &held.handle), 0);
	for (int signal = -1; signal < 2; signal++) {
		held_signal(&held, signal == 1 ? SIGRTMAX + 1 : signal, &outcome);
		expect_int("no signal", outcome.error, -EINVAL);
		expect_text("no signal", outcome.words, "no signal was chosen: nothing was done");
	}
	held.plan.kind = PLAN_ADJ;
	held.plan.signal = SIGKILL;
	perform_signal(&held.handle, &held.plan, &outcome);
	expect_int("not a plan for a signal", outcome.error, -EINVAL);
	expect_int("not killed", held_end_by(&held, SIGTERM), SIGTERM);
	held_free(&held);
}

static void write_plain(int dir_fd, const char *file, const char *content, size_t len)
{
	const int fd = openat(dir_fd, file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, content, len) != (ssize_t)len)
		abort();
	close(fd);
}

/* Plain files in place of /proc/PID: the longer text that is there before shows through. */
static void what_is_read_back_counts(void)
{
	static const struct {
		const char *label, *content;
		int32_t write;
		int error;
		int32_t adj;
		const char *words;
	} cases[] = {
		{ "as written", "9\n", 1, 0, 1, "ADJ of @: 9 -> 1" },
		{ "least", "-1000\n", -999, -EBADMSG, 0,
			"ADJ of @: wrote -999, but reading it back failed: Bad message" },
		{ "another value", "09\n", 1, -EIO, 19, "ADJ of @: wrote 1, but reads 19" },
		{ "another sign", "-07\n", 30, -EIO, 307, "ADJ of @: wrote 30, but reads 307" },
		{ "above the range", "0009\n", 100, -EBADMSG, 0,
			"ADJ of @: wrote 100, but reading it back failed: Bad message" },
		{ "nothing readable before", "none\n", 100, -EBADMSG, 0,
			"access to oom_score_adj of @ failed: Bad message" },
		{ "nothing before", "", 100, -ENODATA, 0,
			"access to oom_score_adj of @ failed: No data available" },
	};
	struct trigger tree;
	struct held held;
	struct outcome outcome;
	char stat[2048];
	ssize_t len;

	trigger_init(&tree, "");
	held_init(&held, 0);
	len = child_read(held.proc_fd, held.pid, "stat", stat, sizeof(stat));
	expect_true("stat", len > 0);
	write_plain(tree.dir_fd, "stat", stat, len > 0 ? (size_t)len : 0);
	handle_close(&held.handle);
	held.handle =
		(struct handle){ held.pid, held.plan.target.start_ticks, tree.dir_fd, -EXDEV };
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		write_plain(
			tree.dir_fd, "oom_score_adj", cases[i].content, strlen(cases[i].content));
		held_adj(&held, cases[i].write, &outcome);
		expect_int(cases[i].label, outcome.error, cases[i].error);
		expect_int(cases[i].label, outcome.adj, cases[i].adj);
		expect_text(cases[i].label, outcome.words, held_words(&held, cases[i].words));
	}
	held.handle = (struct handle)HANDLE_CLOSED;
	unlinkat(tree.dir_fd, "stat", 0);
	unlinkat(tree.dir_fd, "oom_score_adj", 0);
	held_free(&held);
	trigger_free(&tree);
}

static void sysrq_f_is_one_byte(void)
{
	struct trigger trigger;
	struct held held;
	struct outcome outcome;
	const int before = child_fds();

	trigger_init(&trigger, "XYZ");
	held_init(&held, 0);
	held.plan.kind = PLAN_SIGNAL;
	perform_sysrq(trigger.dir_fd, &held.handle, &held.plan, &outcome);
	expect_int("another plan", outcome.error, -EINVAL);
	expect_text("another plan", outcome.words, "sysrq-f was not asked for: nothing was done");
	expect_trigger("another plan", &trigger, "XYZ");
	held.plan.kind = PLAN_SYSRQ;
	perform_sysrq(trigger.dir_fd, &held.handle, &held.plan, &outcome);
	expect_int("done", outcome.error, 0);
	expect_trigger("one byte", &trigger, "fYZ");
	expect_text("words", outcome.words,
		held_words(&held, "asked the kernel to kill (sysrq-f); foretold: @"));
	expect_int("killed by the kernel, not by us", outcome.killed, 0);
	held_free(&held);

	held.plan.target = (struct target){ 0 };
	write_plain(trigger.dir_fd, "sysrq-trigger", "XYZ", 3);
	perform_sysrq(trigger.dir_fd, NULL, &held.plan, &outcome);
	expect_int("nobody foretold", outcome.error, 0);
	expect_trigger("nobody foretold", &trigger, "fYZ");
	expect_text("nobody foretold", outcome.words,
		"asked the kernel to kill (sysrq-f); nobody was foretold");
	trigger_free(&trigger);
	expect_int("descriptors", child_fds(), before);
}

static void sysrq_f_refused_has_its_words(void)
{
	const struct plan plan = { .kind = PLAN_SYSRQ };
	struct trigger trigger;
	struct outcome outcome;

	trigger_init(&trigger, "untouched");
	expect_int("link", symlinkat("sysrq-trigger", trigger.dir_fd, "other"), 0);
	expect_int("link", renameat(trigger.dir_fd, "sysrq-trigger", trigger.dir_fd, "real"), 0);
	perform_sysrq(trigger.dir_fd, NULL, &plan, &outcome);
	expect_int("missing", outcome.error, -ENOENT);
	expect_text("missing", outcome.words,
		"there is no sysrq-trigger here (ENOENT): the kernel was built without "
		"CONFIG_MAGIC_SYSRQ, or hides it: nothing was done");

	expect_int("link", symlinkat("real", trigger.dir_fd, "sysrq-trigger"), 0);
	perform_sysrq(trigger.dir_fd, NULL, &plan, &outcome);
	expect_int("link", outcome.error, -ELOOP);
	expect_text("link", outcome.words,
		"writing sysrq-trigger failed: Too many levels of symbolic links: nothing was "
		"done");
	unlinkat(trigger.dir_fd, "sysrq-trigger", 0);
	unlinkat(trigger.dir_fd, "other", 0);
	renameat(trigger.dir_fd, "real", trigger.dir_fd, "sysrq-trigger");
	expect_trigger("nothing written", &trigger, "untouched");
	trigger_free(&trigger);
}

static void no_descriptor_left_changes_nothing(void)
{
	struct held held;
	struct outcome outcome = { .error = -EMFILE };
	struct rlimit limit, small;
	const int spare = dup(0);
	unsigned refused = 0;

	close(spare);
	held_init(&held, 0);
	expect_int("room", getrlimit(RLIMIT_NOFILE, &limit), 0);
	for (int room = 0; room < 64 && outcome.error == -EMFILE; room++) {
		small = limit;
		small.rlim_cur = (rlim_t)spare + (rlim_t)room;
		setrlimit(RLIMIT_NOFILE, &small);
		held_adj(&held, 999, &outcome);
		setrlimit(RLIMIT_NOFILE, &limit);
		refused += outcome.error == -EMFILE;
		expect_int("written only if done", child_adj(held.proc_fd, held.pid),
			outcome.error == 0 ? 999 : held.adj);
		if (outcome.error != 0)
			expect_text("words", outcome.words,
				held_words(&held,
					"cannot tell whether @ still runs (Too many open files): "
					"nothing was done"));
	}
	expect_int("at last", outcome.error, 0);
	expect_true("refused", refused > 0);
	held_free(&held);
}

extern CU_TestInfo perform_tests[];
CU_TestInfo perform_tests[] = {
	{ "raising is done and read back", raising_is_done_and_read_back },
	{ "lowering needs the right", lowering_needs_the_right },
	{ "values that are none are not written", values_that_are_none_are_not_written },
	{ "nothing is done to who has ended", nothing_is_done_to_who_has_ended },
	{ "only the held process is acted on", only_the_held_process_is_acted_on },
	{ "signals are sent", signals_are_sent },
	{ "some signals are never sent", some_signals_are_never_sent },
	{ "what is read back counts", what_is_read_back_counts },
	{ "sysrq-f is one byte", sysrq_f_is_one_byte },
	{ "sysrq-f refused has its words", sysrq_f_refused_has_its_words },
	{ "no descriptor left changes nothing", no_descriptor_left_changes_nothing },
	CU_TEST_INFO_NULL,
};
