/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/collector.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <time.h>
#include <unistd.h>

#include "collect/capture.h"
#include "collect/cgroups.h"
#include "collect/killers.h"
#include "collect/pods.h"
#include "collect/recording.h"
#include "collect/sharers.h"
#include "collect/system_files.h"
#include "collect/tasks_proc.h"
#include "os/clock.h"
#include "parse/pid.h"

/** Ticks after which the number of online CPUs is asked for again. */
#define CPU_TICKS 16

/** The first PID namespace, since 3.8 (PROC_PID_INIT_INO of include/linux/proc_ns.h). */
#define INITIAL_PID_NAMESPACE "pid:[4026531836]"

/** The first user namespace, since 3.8 (PROC_USER_INIT_INO of the same). */
#define INITIAL_USER_NAMESPACE "user:[4026531837]"

#define CAP_BIT_SYS_PTRACE (UINT64_C(1) << 19)

/** What a snapshot takes beside its tasks: zones of a small machine, mostly. */
#define ARENA_SPARE 32768

/** pagetypeinfo is read not more often than this. */
#define PAGETYPEINFO_MS 10000

/** How long a captured tick waits for names at most. */
#define IDENTITY_WAIT_MS 10000

/** How long collector_wait_identity() sleeps between looks. */
#define IDENTITY_NAP_MS 5

struct collector {
	struct root *root;
	struct collect_options options;
	struct system_files files;
	struct tasks_proc sampler;
	struct cgroups *cgroups;
	struct pods pods;
	struct killers *killers;
	struct recording recording;
	int64_t tick;
	int32_t cpus;         /**< of the live machine */
	int32_t compared_pid; /**< whose sharers are looked for; 0 nobody's */
	uint64_t compared_start;
	int64_t migrate_ms; /**< when pagetypeinfo was read last; 0 never */
	int64_t own_pid;
	uint64_t own_caps;
	bool own_userns;
	bool pid_namespace; /**< not the first one */
	int capture_dir_fd; /**< the caller's, while a tick is captured */
	int capture_error;
};

static void start_identity(struct collector *collector)
{
	const struct root *root = collector->root;
	struct people *people = &collector->sampler.people;

	if (!collector->options.identity || !root->live || root->host)
		return;
	/* Without it there are numbers instead of names. */
	if (identity_start(collector->options.cmdlines, &people->service) < 0)
		people->service = NULL;
}

int collector_new(struct root *root, const struct collect_options *options, struct collector **ret)
{
	struct collector *collector = calloc(1, sizeof(*collector));

	if (!collector)
		return -ENOMEM;
	collector->root = root;
	collector->options = *options;
	root->capture_error = &collector->capture_error;
	if (system_files_init(&collector->files, root) < 0 ||
		tasks_proc_init(&collector->sampler, root, options->raise_nofile) < 0 ||
		cgroups_new(root, &collector->cgroups) < 0 ||
		killers_new(root, collector->cgroups, &collector->killers) < 0) {
		collector_free(collector);
		return -ENOMEM;
	}
	collector->sampler.people.names.pods = &collector->pods;
	cgroups_set_pods(collector->cgroups, &collector->pods);
	start_identity(collector);
	*ret = collector;
	return 0;
}

void collector_free(struct collector *collector)
{
	if (!collector)
		return;
	if (collector->sampler.reader.buf)
		tasks_proc_free(&collector->sampler);
	killers_free(collector->killers);
	cgroups_free(collector->cgroups);
	pods_free(&collector->pods);
	system_files_free(&collector->files);
	recording_free(&collector->recording);
	collector->root->capture_error = NULL;
	free(collector);
}

struct collect_options *collector_options(struct collector *collector)
{
	return &collector->options;
}

static int64_t cpu_us(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) < 0)
		return VALUE_UNKNOWN;
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/** What of the live machine does not change while we run. */
static void look_at_ourselves(struct collector *collector)
{
	const struct root *root = collector->root;
	char text[8192];
	struct pid_status status;
	int64_t pid;
	ssize_t len;

	collector->own_pid = getpid();
	if (root_read_link(root, "proc/self", text, 16) == 0 &&
		parse_pid_number(text, strlen(text), &pid) == 0)
		collector->own_pid = pid;

	/* A host's /proc belongs to a namespace of which its first process is a member. */
	if (root_read_link(root, root->host ? "proc/1/ns/pid" : "proc/self/ns/pid", text,
		    sizeof(text)) == 0)
		collector->pid_namespace = strcmp(text, INITIAL_PID_NAMESPACE) != 0;

	/* Whoever's /proc it is, self is us, and so is the capability that counts. */
	if (root_read_link(root, "proc/self/ns/user", text, sizeof(text)) == 0)
		collector->own_userns = strcmp(text, INITIAL_USER_NAMESPACE) != 0;

	len = root_read(root, "proc/self/status", text, sizeof(text));
	if (len > 0 && parse_pid_status(text, (size_t)len, &status) == 0 && status.cap_known)
		collector->own_caps = status.cap_effective;
}

static void fill_live(struct collector *collector, struct snapshot *snapshot)
{
	if (collector->tick == 1)
		look_at_ourselves(collector);
	if (collector->tick == 1 || collector->tick % CPU_TICKS == 0)
		collector->cpus = (int32_t)sysconf(_SC_NPROCESSORS_ONLN);
	snapshot->source = SOURCE_LIVE;
	snapshot->time_ms = clock_ms(CLOCK_REALTIME);
	snapshot->uptime_ms = clock_ms(CLOCK_BOOTTIME);
	snapshot->page_bytes = sysconf(_SC_PAGESIZE);
	snapshot->clk_tck = sysconf(_SC_CLK_TCK);
	snapshot->cpus = collector->cpus;
	snapshot->own_pid = collector->own_pid;
	snapshot->own_caps = collector->own_caps;
	snapshot->own_uid = geteuid();
	snapshot->own_userns = collector->own_userns;
}

static int fill_recorded(struct collector *collector, struct snapshot *snapshot)
{
	int error = recording_read_meta(&collector->recording, collector->root);

	if (error < 0)
		return error;
	collector->sampler.people.meta = collector->recording.meta;
	collector->sampler.people.meta_len = collector->recording.meta_len;
	snapshot->source = SOURCE_ROOT;
	recording_fill(&collector->recording, collector->files.uptime_ms,
		collector->files.stat_cpus, snapshot);
	return 0;
}

static int64_t pages_of_kib(const struct snapshot *snapshot, int64_t kib)
{
	const int64_t bytes = value_mul(kib, 1024);

	return value_known(bytes) ? bytes / snapshot->page_bytes : VALUE_UNKNOWN;
}

/** Totals as the kernel has them; true where meminfo tells another story: lxcfs. */
static bool fill_totals(const struct collector *collector, struct snapshot *snapshot)
{
	const struct root *root = collector->root;
	struct sysinfo info;
	uint64_t ram_pages;

	snapshot->total_ram_pages = pages_of_kib(snapshot, snapshot->mem.mem_total_kib);
	snapshot->total_swap_pages = pages_of_kib(snapshot, snapshot->mem.swap_total_kib);
	if (!root->live || root->host || sysinfo(&info) < 0)
		return false;

	ram_pages = (uint64_t)info.totalram * info.mem_unit / (uint64_t)snapshot->page_bytes;
	snapshot->total_swap_pages = (int64_t)((uint64_t)info.totalswap * info.mem_unit /
		(uint64_t)snapshot->page_bytes);
	if (snapshot->total_ram_pages == (int64_t)ram_pages)
		return false;
	snapshot->total_ram_pages = (int64_t)ram_pages;
	return value_known(snapshot->mem.mem_total_kib);
}

static enum partial_view partial_view(
	const struct collector *collector, const struct snapshot *snapshot, bool other_totals)
{
	const struct proc_mounts *mounts = &collector->files.mounts;
	const bool live = collector->root->live;

	if (live ? collector->pid_namespace
		 : !recording_initial_pid_namespace(&collector->recording))
		return PARTIAL_PID_NAMESPACE;
	if (mounts->hidepid > 0 && !(snapshot->own_caps & CAP_BIT_SYS_PTRACE))
		return PARTIAL_HIDEPID;
	return mounts->lxcfs || other_totals ? PARTIAL_LXCFS : PARTIAL_NONE;
}

/** Empty a snapshot, but for the memory it holds. */
static void forget_snapshot(struct collector *collector, struct snapshot *snapshot)
{
	const struct arena arena = snapshot->arena;

	*snapshot = (struct snapshot){ .arena = arena };
	/* A new one gets a block that is large enough at once, not after its first use; with a
	 * quarter for the cgroups of so many processes. */
	if (!snapshot->arena.block)
		(void)arena_alloc(&snapshot->arena,
			tasks_proc_bytes(&collector->sampler) / 4 * 5 + ARENA_SPARE);
	arena_reset(&snapshot->arena);
	snapshot->sample_cost_us = VALUE_UNKNOWN;
	snapshot->own_uid = VALUE_UNKNOWN;
}

static enum pagetypeinfo_use use_of_pagetypeinfo(struct collector *collector)
{
	const int64_t now_ms = clock_ms(CLOCK_MONOTONIC);

	if (!collector->options.pagetypeinfo)
		return PAGETYPEINFO_NOT;
	if (collector->root->live && collector->migrate_ms != 0 &&
		now_ms - collector->migrate_ms < PAGETYPEINFO_MS)
		return PAGETYPEINFO_AGAIN;
	collector->migrate_ms = now_ms;
	return PAGETYPEINFO_READ;
}

static int fill_system(struct collector *collector, struct snapshot *snapshot)
{
	const bool live = collector->root->live;
	const bool capturing = collector->root->capture_fd >= 0;
	int error = system_files_collect(&collector->files, snapshot,
		!live || capturing || collector->tick == 1, use_of_pagetypeinfo(collector));

	if (error < 0)
		return error;
	if (live)
		fill_live(collector, snapshot);
	else
		error = fill_recorded(collector, snapshot);
	if (error < 0)
		return error;
	kernel_profile_of(snapshot->release, &snapshot->kernel);
	snapshot->partial = partial_view(collector, snapshot, fill_totals(collector, snapshot));
	return 0;
}

static int fill(struct collector *collector, struct snapshot *snapshot)
{
	const struct root *root = collector->root;
	struct tasks_proc *sampler = &collector->sampler;
	int error = fill_system(collector, snapshot);

	if (error < 0)
		return error;
	sampler->thorough = collector->options.thorough || !root->live || root->capture_fd >= 0;
	sampler->cmdlines = collector->options.cmdlines || !root->live;
	sampler->all_names = collector->options.all_names;
	sampler->people.tick = collector->tick;
	if (sampler->people.service)
		identity_watch(sampler->people.service, clock_ms(CLOCK_MONOTONIC));
	if (pods_look(&collector->pods, root, clock_ms(CLOCK_MONOTONIC))) {
		names_rename(&sampler->people.names);
		cgroups_rename(collector->cgroups);
	}
	error = tasks_proc_collect(sampler, snapshot);
	if (error == 0)
		error = cgroups_fill(collector->cgroups, sampler->thorough, snapshot);
	killers_capture_cmdlines(collector->killers, sampler->cmdlines);
	if (error == 0)
		error = killers_fill(collector->killers, clock_ms(CLOCK_MONOTONIC), snapshot);
	if (error == 0 && root->live && !root->host && collector->compared_pid > 0)
		sharers_compare(snapshot, collector->compared_pid, collector->compared_start);
	if (error == 0 && root->live && root->capture_fd < 0)
		error = system_files_recount_kills(&collector->files, snapshot);
	if (error < 0)
		return error;
	snapshot->facts[FACT_IDENTITY] = sampler->people.service ? FACT_PRESENT : FACT_UNREAD;
	return 0;
}

/** Write the command lines known by now into the capture, if they are wanted. */
static int capture_cmdlines(const struct tasks_proc *sampler, const struct snapshot *snapshot)
{
	int error = 0;

	for (uint32_t i = 0; error == 0 && sampler->cmdlines && i < snapshot->n_tasks; i++) {
		const struct task *task = &snapshot->tasks[i];
		const char *cmdline = task->who->cmdline;
		char file[32];

		if (!cmdline)
			continue;
		snprintf(file, sizeof(file), "%d/cmdline", task->pid);
		error = capture_write(
			sampler->reader.root->capture_fd, "proc", file, cmdline, strlen(cmdline));
	}
	return error;
}

static int end_capture(struct collector *collector, const struct snapshot *snapshot)
{
	struct root *root = collector->root;
	int error;

	system_files_capture(&collector->files);
	/* Names arrive from another thread; a recording without them would show another
	 * screen than the machine did. */
	collector_wait_identity(collector, IDENTITY_WAIT_MS);
	error = capture_write_meta(root->capture_fd, collector->capture_dir_fd, snapshot,
		&collector->sampler.people.names);
	if (error == 0)
		error = capture_cmdlines(&collector->sampler, snapshot);
	if (error == 0)
		error = collector->capture_error;
	close(root->capture_fd);
	root->capture_fd = -1;
	return error;
}

int collector_tick(struct collector *collector, struct snapshot *snapshot)
{
	const int64_t began_us = cpu_us();
	int error;

	forget_snapshot(collector, snapshot);
	collector->tick++;
	snapshot->tick = collector->tick;
	error = fill(collector, snapshot);
	if (collector->root->capture_fd >= 0) {
		const int failed = end_capture(collector, snapshot);

		error = error < 0 ? error : failed;
	}
	if (error < 0)
		return error;
	if (collector->root->live && value_known(began_us))
		snapshot->sample_cost_us = cpu_us() - began_us;
	return 0;
}

void collector_want(struct collector *collector, const struct task *task)
{
	proctab_want(&collector->sampler.table, task->pid, task->start_ticks, collector->tick + 1);
}

void collector_compare_with(struct collector *collector, const struct task *task)
{
	collector->compared_pid = task->pid;
	collector->compared_start = task->start_ticks;
}

void collector_want_scope(struct collector *collector, const char *path)
{
	cgroups_want(collector->cgroups, path);
}

void collector_wait_identity(struct collector *collector, int timeout_ms)
{
	static const struct timespec nap = { .tv_nsec = IDENTITY_NAP_MS * 1000000L };
	struct tasks_proc *sampler = &collector->sampler;
	const int64_t deadline_ms = clock_ms(CLOCK_MONOTONIC) + timeout_ms;

	for (;;) {
		const int64_t now_ms = clock_ms(CLOCK_MONOTONIC);
		bool open = killers_pending(collector->killers, now_ms);

		if (sampler->people.service) {
			open |= identity_pending(sampler->people.service) > 0;
			identity_watch(sampler->people.service, now_ms);
			people_merge(&sampler->people, &sampler->table);
			open |= tasks_proc_settle(sampler) > 0;
		}
		if (!open || now_ms >= deadline_ms)
			return;
		(void)nanosleep(&nap, NULL);
	}
}

int collector_capture_tick(struct collector *collector, int capture_dir_fd, int number)
{
	const int fd = capture_begin_tick(capture_dir_fd, number);

	if (fd < 0)
		return fd;
	collector->root->capture_fd = fd;
	collector->capture_dir_fd = number > 0 ? capture_dir_fd : -1;
	collector->capture_error = 0;
	return 0;
}
