/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "allocs.h"
#include "collect/collector.h"
#include "session.h"
#include "unit.h"

/** The live machine with some processes of our own that sleep. */
#define SLEEPERS 40

struct live {
	struct root root;
	struct collector *collector;
	struct snapshot snapshots[2];
	pid_t sleepers[SLEEPERS];
};

static bool live_begin(struct live *live, const struct collect_options *options)
{
	*live = (struct live){ 0 };
	for (int i = 0; i < SLEEPERS; i++) {
		live->sleepers[i] = fork();
		if (live->sleepers[i] == 0)
			raise(SIGSTOP);
		while (live->sleepers[i] == 0)
			pause();
		/* Growing, as long as it is not asleep. */
		waitpid(live->sleepers[i], NULL, WUNTRACED);
	}
	return expect_int("open", root_open_live(&live->root, "/"), 0) &&
		expect_int("new", collector_new(&live->root, options, &live->collector), 0);
}

static void live_end(struct live *live)
{
	for (int i = 0; i < SLEEPERS; i++) {
		kill(live->sleepers[i], SIGKILL);
		waitpid(live->sleepers[i], NULL, 0);
	}
	collector_free(live->collector);
	arena_free(&live->snapshots[0].arena);
	arena_free(&live->snapshots[1].arena);
	root_close(&live->root);
}

static void the_live_machine_is_complete(void)
{
	static const struct collect_options options = { 0 };
	const struct snapshot *now;
	struct live live;
	int64_t index;
	int lacking = 0;

	if (!live_begin(&live, &options))
		return;
	for (int i = 0; i < 2; i++) {
		expect_int("tick", collector_tick(live.collector, &live.snapshots[i]), 0);
		now = &live.snapshots[i];
		expect_true("tasks", now->n_tasks > SLEEPERS);
		for (uint32_t t = 0; t < now->n_tasks; t++)
			lacking += (now->tasks[t].has & (TASK_HAS_STAT | TASK_HAS_ADJ)) !=
				(TASK_HAS_STAT | TASK_HAS_ADJ);
		expect_int("lacking", lacking, 0);
		usleep(50000);
	}
	expect_int("source", now->source, SOURCE_LIVE);
	expect_int("pages", now->page_bytes, sysconf(_SC_PAGESIZE));
	expect_int("own", now->own_pid, getpid());
	expect_int("own uid", now->own_uid, geteuid());
	expect_true("time passes", now->uptime_ms > live.snapshots[0].uptime_ms);
	expect_true("memory", now->mem.mem_total_kib > 0 && now->total_ram_pages > 0);
	expect_true("zones", now->n_zones > 0);
	expect_true("cost", now->sample_cost_us > 0);
	for (int i = 0; i < SLEEPERS; i++) {
		index = -1;
		for (uint32_t t = 0; t < now->n_tasks; t++)
			if (now->tasks[t].pid == live.sleepers[i])
				index = t;
		if (!expect_true("sleeper", index >= 0))
			continue;
		expect_int("parent", now->tasks[index].ppid, getpid());
		expect_true("growth", now->tasks[index].has & TASK_HAS_GROWTH);
		expect_int("no growth", now->tasks[index].growth_bytes_per_s[GROWTH_10S], 0);
		expect_int("stale", now->tasks[index].stale_pages, 0);
	}
	live_end(&live);
}

static void *sleep_for_ever(void *unused)
{
	for (;;)
		pause();
	return unused;
}

/** A process whose first thread has ended. */
static pid_t fork_without_leader(void)
{
	const pid_t pid = fork();
	pthread_t thread;

	if (pid != 0)
		return pid;
	if (pthread_create(&thread, NULL, sleep_for_ever, NULL) != 0)
		_exit(1);
	pthread_exit(NULL);
}

static void a_process_without_its_leader_has_memory(void)
{
	static const struct collect_options options = { 0 };
	const pid_t pid = fork_without_leader();
	const struct task *task;
	struct live live;

	usleep(100000);
	if (live_begin(&live, &options)) {
		for (int i = 0; i < 3; i++) {
			expect_int(
				"tick", collector_tick(live.collector, &live.snapshots[i % 2]), 0);
			task = session_task(&live.snapshots[i % 2], pid);
			expect_int("threads", task->threads, 2);
			expect_true("memory", task->vsize_pages > 0 && task->rss_stat_pages > 0);
			expect_true("of status too", task->rss_anon_pages > 0);
			expect_true("no zombie", task->state != 'Z');
		}
		live_end(&live);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void wanted_processes_are_read_completely(void)
{
	static const struct collect_options options = { .raise_nofile = true };
	const struct snapshot *now;
	struct live live;

	if (!live_begin(&live, &options))
		return;
	for (int tick = 0; tick < 40; tick++) {
		int scored = 0;

		now = &live.snapshots[tick % 2];
		if (!expect_int(
			    "tick", collector_tick(live.collector, &live.snapshots[tick % 2]), 0))
			break;
		for (uint32_t t = 0; t < now->n_tasks; t++) {
			const struct task *task = &now->tasks[t];

			scored += (task->has & TASK_HAS_SCORE) && task->ppid == getpid();
			if (tick >= 10 && tick < 20 && task->ppid == getpid())
				collector_want(live.collector, task);
		}
		if (tick > 10 && tick <= 20)
			expect_int("scored while wanted", scored, SLEEPERS);
		else if (tick > 0)
			expect_int("not scored else", scored, 0);
	}
	live_end(&live);
}

/** Allocations of ticks 3 to 12. */
static unsigned steady_allocations(void)
{
	static const struct collect_options options = { .raise_nofile = true };
	struct live live;
	unsigned count;

	if (!live_begin(&live, &options))
		return UINT_MAX;
	for (int tick = 1; tick <= 12; tick++) {
		if (tick == 3)
			allocs_start();
		if (collector_tick(live.collector, &live.snapshots[tick % 2]) < 0)
			expect_int("tick", tick, 0);
		for (uint32_t t = 0; t < live.snapshots[tick % 2].n_tasks && t < 64; t++)
			collector_want(live.collector, &live.snapshots[tick % 2].tasks[t]);
		usleep(2000);
	}
	count = allocs_stop();
	live_end(&live);
	return count;
}

/* More processes than ever before take memory, and this machine may start some meanwhile. */
static void the_steady_state_allocates_nothing(void)
{
	unsigned least = UINT_MAX;

	for (int round = 0; round < 3 && least > 0; round++) {
		const unsigned count = steady_allocations();

		least = count < least ? count : least;
	}
	expect_int("allocations of ticks 3 to 12", least, 0);
}

static void counting_counts(void)
{
	void *volatile memory;

	allocs_start();
	memory = malloc(10);
	expect_true("some", allocs_stop() >= 1);
	free(memory);
}

static void no_descriptor_leaks(void)
{
	static const struct collect_options options = { 0 };
	struct live live;
	int32_t before[256], after[256];
	int n_before, n_after = 0;
	struct root root;

	expect_int("open", root_open_live(&root, "/"), 0);
	n_before = root_list_numbers(&root, "proc/self/fd", before, 256);
	if (live_begin(&live, &options)) {
		for (int tick = 0; tick < 20; tick++)
			(void)collector_tick(live.collector, &live.snapshots[tick % 2]);
		live_end(&live);
	}
	/* Threads of this suite and of those before may end only now. */
	for (int i = 0; i < 100; i++) {
		n_after = root_list_numbers(&root, "proc/self/fd", after, 256);
		if (n_after <= n_before)
			break;
		usleep(20000);
	}
	expect_true("descriptors", n_after <= n_before);
	root_close(&root);
}

static const struct task *find(const struct snapshot *snapshot, const struct task *like)
{
	const int64_t index = snapshot_find(snapshot, like->pid, like->start_ticks);

	return index < 0 ? NULL : &snapshot->tasks[index];
}

static int different(const struct task *a, const struct task *b)
{
	return a->oom_score_adj != b->oom_score_adj || a->oom_score != b->oom_score ||
		a->rss_stat_pages != b->rss_stat_pages || a->rss_anon_pages != b->rss_anon_pages ||
		a->swap_pages != b->swap_pages || a->pgtables_bytes != b->pgtables_bytes ||
		a->uid != b->uid || a->threads != b->threads || a->state != b->state ||
		a->has != b->has || strcmp(a->comm, b->comm) != 0;
}

static void a_capture_gives_the_same_picture(void)
{
	static const struct collect_options options = { 0 };
	static const struct tree_file empty[] = { PLAIN("out", NULL), { 0 } };
	char *tree = tree_make(empty);
	struct snapshot replayed;
	struct snapshot *now;
	struct live live;
	int fd, wrong = 0;

	if (!tree || !live_begin(&live, &options))
		return;
	now = &live.snapshots[0];
	fd = open(tree, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	expect_int("begin", collector_capture_tick(live.collector, fd, 1), 0);
	expect_int("tick", collector_tick(live.collector, now), 0);
	expect_int("not twice", collector_capture_tick(live.collector, fd, 1), -EEXIST);
	expect_int("not captured", collector_tick(live.collector, &live.snapshots[1]), 0);
	close(fd);

	if (session_once(tree, &replayed)) {
		expect_int("tasks", replayed.n_tasks, now->n_tasks);
		for (uint32_t i = 0; i < now->n_tasks; i++) {
			const struct task *task = find(&replayed, &now->tasks[i]);

			wrong += !task || different(task, &now->tasks[i]);
		}
		expect_int("wrong tasks", wrong, 0);
		expect_int("memory", memcmp(&replayed.mem, &now->mem, sizeof(now->mem)), 0);
		expect_int(
			"vmstat", memcmp(&replayed.vmstat, &now->vmstat, sizeof(now->vmstat)), 0);
		expect_int("knobs", memcmp(&replayed.knobs, &now->knobs, sizeof(now->knobs)), 0);
		expect_int("zones", replayed.n_zones, now->n_zones);
		expect_int("time", replayed.time_ms, now->time_ms);
		expect_int("uptime", replayed.uptime_ms, now->uptime_ms);
		expect_int("cpus", replayed.cpus, now->cpus);
		expect_int("caps", replayed.own_caps == now->own_caps, 1);
		expect_int("page", replayed.page_bytes, now->page_bytes);
		expect_text("release", replayed.release, now->release);
	}
	arena_free(&replayed.arena);
	live_end(&live);
	tree_remove(tree);
}

/** Whether a snapshot taken by this very process says that it is in a user namespace: 1 or 0,
 * or -errno. */
static int sees_own_userns(void)
{
	static const struct collect_options options = { .identity = false };
	struct collector *collector;
	struct snapshot now = { 0 };
	struct root root;
	int error = root_open_live(&root, "/");

	if (error < 0)
		return error;
	error = collector_new(&root, &options, &collector);
	if (error == 0) {
		error = collector_tick(collector, &now);
		collector_free(collector);
	}
	root_close(&root);
	arena_free(&now.arena);
	return error < 0 ? error : now.own_userns;
}

static void an_own_user_namespace_is_noticed(void)
{
	enum {
		REFUSED = 77
	};
	char link[64] = "";
	int status = -1;
	pid_t child;

	expect_true("link", readlink("/proc/self/ns/user", link, sizeof(link) - 1) > 0);
	expect_int("here", sees_own_userns(), strcmp(link, "user:[4026531837]") != 0);

	child = fork();
	if (child == 0)
		_exit(unshare(CLONE_NEWUSER) < 0 ? REFUSED : sees_own_userns() & 0xff);
	expect_int("wait", waitpid(child, &status, 0), child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == REFUSED)
		return;
	expect_int("there", status, 1 << 8);
}

extern CU_TestInfo collector_live_tests[];
CU_TestInfo collector_live_tests[] = {
	{ "the live machine is complete", the_live_machine_is_complete },
	{ "a process without its leader has memory", a_process_without_its_leader_has_memory },
	{ "wanted processes are read completely", wanted_processes_are_read_completely },
	{ "counting counts", counting_counts },
	{ "the steady state allocates nothing", the_steady_state_allocates_nothing },
	{ "no descriptor leaks", no_descriptor_leaks },
	{ "a capture gives the same picture", a_capture_gives_the_same_picture },
	{ "an own user namespace is noticed", an_own_user_namespace_is_noticed },
	CU_TEST_INFO_NULL,
};
