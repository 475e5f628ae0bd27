/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/victim_marks.h"

#include <errno.h>
#include <linux/magic.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "base/value.h"
#include "collect/perf_ring.h"
#include "os/clock.h"
#include "parse/nodes.h"

/** The file is of 1.1 KiB. */
#define FORMAT_BYTES_MAX 8192

/** Even "0,2,4,…" of as many CPUs as are watched. */
#define ONLINE_BYTES_MAX 4096

#define NS_PER_MS 1000000

/** Two clocks are not read at the same moment. */
#define SUSPEND_MS_MIN 100

static const char online_path[] = "sys/devices/system/cpu/online";

struct victim_marks {
	struct trace_format format;
	int online_fd;
	struct node_set online; /* when it was opened */
	int64_t suspended_ms;   /* then */
	size_t page_size;
	unsigned n_rings;
	struct perf_ring rings[];
};

/* Since 4.1 the first; systemd before 240 or so mounts debugfs alone. */
static const char *const format_paths[] = {
	"sys/kernel/tracing/events/oom/mark_victim/format",
	"sys/kernel/debug/tracing/events/oom/mark_victim/format",
};

static int64_t suspension_ms(void)
{
	return clock_ms(CLOCK_BOOTTIME) - clock_ms(CLOCK_MONOTONIC);
}

/* A tree may be shown to us as a host's that is not: its IDs would be of other tracepoints. */
static bool is_tracefs(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && (uint64_t)fs.f_type == TRACEFS_MAGIC;
}

static int read_format_of(const struct root *root, const char *path, struct trace_format *ret)
{
	const int fd = root_open_kept(root, path);
	char text[FORMAT_BYTES_MAX];
	ssize_t len;

	if (fd < 0)
		return fd;
	len = is_tracefs(fd) ? root_read_kept(fd, text, sizeof(text)) : -ENOENT;
	close(fd);
	if (len < 0)
		return (int)len;
	return parse_trace_format(text, (size_t)len, ret);
}

static int read_format(const struct root *root, struct trace_format *ret)
{
	int error = -ENOENT;

	for (size_t i = 0; i < ARRAY_SIZE(format_paths) && error == -ENOENT; i++)
		error = read_format_of(root, format_paths[i], ret);
	if (error < 0)
		return error;
	return trace_field_find(ret, "pid") ? 0 : -EBADMSG;
}

/* Lists of CPUs are written as lists of nodes are. */
static int read_online(int fd, struct node_set *ret)
{
	char text[ONLINE_BYTES_MAX];
	ssize_t len = root_read_kept(fd, text, sizeof(text));
	int error;

	if (len < 0)
		return (int)len;
	if (len > 0 && text[len - 1] == '\n')
		len--;
	error = parse_node_list(text, (size_t)len, ret);
	if (error == -ERANGE)
		return -EFBIG;
	return error == -EINVAL ? -EBADMSG : error;
}

/* The mapping keeps the event when its descriptor is closed. */
static int open_ring(const struct victim_marks *marks, int cpu, struct perf_ring *ret)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.config = (uint64_t)marks->format.id,
		.sample_period = 1,
		.sample_type = PERF_SAMPLE_TIME | PERF_SAMPLE_RAW,
		.use_clockid = 1,
		/* Others are refused for tracepoints: they must do in an NMI
		 * (perf_event_set_clock of kernel/events/core.c). */
		.clockid = CLOCK_MONOTONIC,
		.wakeup_events = 1,
	};
	const int fd = (int)syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
	char *map;
	int error;

	if (fd < 0)
		return errno == ENOSYS ? -ENOENT : -errno;
	map = mmap(NULL, 2 * marks->page_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	error = map == MAP_FAILED ? -errno : 0;
	close(fd);
	if (error < 0)
		return error;
	*ret = (struct perf_ring){ .page = (struct perf_event_mmap_page *)(void *)map,
		.data = map + marks->page_size,
		.size = marks->page_size };
	return 0;
}

/* On error some may be open. */
static int open_rings(struct victim_marks *marks)
{
	for (int cpu = 0; cpu < NODES_MAX; cpu++) {
		int error;

		if (!nodes_have(&marks->online, cpu))
			continue;
		error = open_ring(marks, cpu, &marks->rings[marks->n_rings]);
		if (error == 0)
			marks->n_rings++;
		else if (error != -ENODEV) /* it went offline */
			return error;
	}
	return marks->n_rings > 0 ? 0 : -ENODEV;
}

static void close_rings(struct victim_marks *marks)
{
	for (unsigned i = 0; i < marks->n_rings; i++)
		munmap(marks->rings[i].page, 2 * marks->page_size);
	free(marks);
}

static unsigned count(const struct node_set *set)
{
	unsigned n = 0;

	for (unsigned word = 0; word < NODE_SET_WORDS; word++)
		n += (unsigned)__builtin_popcountll(set->bits[word]);
	return n;
}

static int open_cpus(const struct trace_format *format, int online_fd, struct victim_marks **ret)
{
	struct victim_marks *marks;
	struct node_set online;
	int error = read_online(online_fd, &online);

	if (error < 0)
		return error;
	if (count(&online) > VICTIM_MARKS_CPUS_MAX)
		return -EFBIG;
	marks = malloc(sizeof(*marks) + count(&online) * sizeof(marks->rings[0]));
	if (!marks)
		return -ENOMEM;
	*marks = (struct victim_marks){ .format = *format,
		.online_fd = online_fd,
		.online = online,
		.suspended_ms = suspension_ms(),
		.page_size = (size_t)sysconf(_SC_PAGESIZE) };
	error = open_rings(marks);
	if (error < 0) {
		close_rings(marks);
		return error;
	}
	*ret = marks;
	return 0;
}

static int open_marks(const struct root *root, struct victim_marks **ret)
{
	struct trace_format format;
	int error = read_format(root, &format), fd;

	if (error < 0)
		return error;
	fd = root_open_kept(root, online_path);
	if (fd < 0)
		return fd;
	error = open_cpus(&format, fd, ret);
	if (error < 0)
		close(fd);
	return error;
}

int victim_marks_open(const struct root *root, struct victim_marks **ret, enum fact_state *state)
{
	const int error = root->live ? open_marks(root, ret) : -ENOENT;

	*state = fact_state_of(error);
	return error;
}

void victim_marks_close(struct victim_marks *marks)
{
	if (!marks)
		return;
	close(marks->online_fd);
	close_rings(marks);
}

bool victim_marks_stale(const struct victim_marks *marks)
{
	struct node_set online;

	return suspension_ms() - marks->suspended_ms >= SUSPEND_MS_MIN ||
		(read_online(marks->online_fd, &online) == 0 &&
			!nodes_equal(&online, &marks->online));
}

int victim_mark_parse(const struct trace_format *format, const char *sample, size_t len,
	int64_t suspended_ms, struct victim_mark *ret)
{
	static const struct {
		const char *name;
		size_t offset;
	} numbers[] = {
		{ "pid", offsetof(struct victim_mark, pid) },
		{ "uid", offsetof(struct victim_mark, uid) },
		{ "anon_rss", offsetof(struct victim_mark, anon_rss_kib) },
		{ "file_rss", offsetof(struct victim_mark, file_rss_kib) },
		{ "shmem_rss", offsetof(struct victim_mark, shmem_rss_kib) },
		{ "pgtables", offsetof(struct victim_mark, page_tables_kib) },
		{ "total_vm", offsetof(struct victim_mark, total_vm_kib) },
		{ "oom_score_adj", offsetof(struct victim_mark, oom_score_adj) },
	};
	struct victim_mark mark;
	uint64_t time_ns;
	uint32_t raw_len;
	const char *raw;

	if (len < sizeof(time_ns) + sizeof(raw_len))
		return -EBADMSG;
	memcpy(&time_ns, sample, sizeof(time_ns));
	memcpy(&raw_len, sample + sizeof(time_ns), sizeof(raw_len));
	raw = sample + sizeof(time_ns) + sizeof(raw_len);
	if (raw_len > len - sizeof(time_ns) - sizeof(raw_len))
		return -EBADMSG;

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		const int64_t number =
			trace_field_number(trace_field_find(format, numbers[i].name), raw, raw_len);

		memcpy((char *)&mark + numbers[i].offset, &number, sizeof(number));
	}
	if (mark.pid < 1 || mark.pid > INT32_MAX)
		return -EBADMSG;
	mark.uptime_ms = (int64_t)(time_ns / NS_PER_MS) + suspended_ms;
	trace_field_text(
		trace_field_find(format, "comm"), raw, raw_len, mark.comm, sizeof(mark.comm));
	*ret = mark;
	return 0;
}

/** What on_sample() needs. */
struct telling {
	const struct trace_format *format;
	void (*mark)(const struct victim_mark *mark, void *context);
	void *context;
	int64_t suspended_ms;
	int64_t lost;
	unsigned n;
};

static void on_sample(const char *sample, size_t len, void *context)
{
	struct telling *telling = context;
	struct victim_mark mark;

	if (victim_mark_parse(telling->format, sample, len, telling->suspended_ms, &mark) < 0) {
		telling->lost = value_add(telling->lost, 1);
		return;
	}
	telling->mark(&mark, telling->context);
	telling->n++;
}

unsigned victim_marks_read(struct victim_marks *marks,
	void (*mark)(const struct victim_mark *mark, void *context), void *context,
	int64_t *ret_lost)
{
	struct telling telling = {
		.format = &marks->format,
		.mark = mark,
		.context = context,
		.suspended_ms = suspension_ms(),
	};

	for (unsigned i = 0; i < marks->n_rings; i++)
		telling.lost = value_add(
			telling.lost, perf_ring_read(&marks->rings[i], on_sample, &telling));
	*ret_lost = telling.lost;
	return telling.n;
}
