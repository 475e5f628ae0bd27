/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/system_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parse/scan.h"
#include "parse/zones.h"

#define BUF_BYTES_FIRST 32768

/* zoneinfo has a block for each CPU in each zone. */
#define BUF_BYTES_MAX (4u << 20)

/** Ticks after which what only administrators change is read again. */
#define KNOB_TICKS 8
#define RARE_TICKS 16
#define ONCE 0

static int take_meminfo(struct system_files *files, const char *text, size_t len)
{
	return parse_meminfo(text, len, &files->mem);
}

static int take_vmstat(struct system_files *files, const char *text, size_t len)
{
	return parse_vmstat(text, len, &files->vmstat);
}

static int take_pressure(struct system_files *files, const char *text, size_t len)
{
	return parse_pressure(text, len, &files->pressure);
}

static int take_swaps(struct system_files *files, const char *text, size_t len)
{
	return parse_swaps(text, len, &files->swaps);
}

static int take_loadavg(struct system_files *files, const char *text, size_t len)
{
	return parse_loadavg(text, len, files->load_centi);
}

static int take_uptime(struct system_files *files, const char *text, size_t len)
{
	return parse_uptime(text, len, &files->uptime_ms);
}

static int take_stat(struct system_files *files, const char *text, size_t len)
{
	return parse_stat_cpus(text, len, &files->stat_cpus);
}

static int take_word(const char *text, size_t len, char *buf, size_t size)
{
	struct scan scan = scan_of(text, len);
	struct span word;

	if (!scan_word(&scan, &word) || word.len == 0)
		return -ENODATA;
	span_copy(word, buf, size);
	return 0;
}

static int take_osrelease(struct system_files *files, const char *text, size_t len)
{
	return take_word(text, len, files->release, sizeof(files->release));
}

static int take_hostname(struct system_files *files, const char *text, size_t len)
{
	return take_word(text, len, files->hostname, sizeof(files->hostname));
}

static int take_mounts(struct system_files *files, const char *text, size_t len)
{
	return parse_mounts(text, len, &files->mounts);
}

/** One file that is read as a whole into one member. */
struct system_file {
	const char *path;
	enum fact fact;
	int every; /**< ticks; ONCE */
	bool keep; /**< worth a descriptor */
	int (*take)(struct system_files *files, const char *text, size_t len);
};

/** Row that is read twice a tick. */
#define ROW_VMSTAT 1

/* clang-format off */
static const struct system_file table[] = {
	{ "proc/meminfo", FACT_MEMINFO, 1, true, take_meminfo },
	[ROW_VMSTAT] = { "proc/vmstat", FACT_VMSTAT, 1, true, take_vmstat },
	{ "proc/pressure/memory", FACT_PRESSURE, 1, true, take_pressure },
	{ "proc/swaps", FACT_SWAPS, 1, true, take_swaps },
	{ "proc/loadavg", FACT_LOADAVG, 1, true, take_loadavg },
	{ "proc/uptime", FACT_UPTIME, RARE_TICKS, false, take_uptime },
	{ "proc/stat", FACT_STAT, RARE_TICKS, false, take_stat },
	{ "proc/sys/kernel/osrelease", FACT_OSRELEASE, ONCE, false, take_osrelease },
	{ "proc/sys/kernel/hostname", FACT_HOSTNAME, ONCE, false, take_hostname },
	{ "proc/self/mountinfo", FACT_MOUNTS, ONCE, false, take_mounts },
};

/* Behind the rows of the table. */
#define FD_ZONEINFO ARRAY_SIZE(table)
#define FD_BUDDYINFO (ARRAY_SIZE(table) + 1)
_Static_assert(FD_BUDDYINFO < SYSTEM_FILES_MAX, "room for all descriptors");

#define VM(name) { "proc/sys/vm/" #name, offsetof(struct knobs, name) }

static const struct knob {
	const char *path;
	size_t offset;
} knobs[] = {
	VM(panic_on_oom),
	VM(oom_kill_allocating_task),
	VM(oom_dump_tasks),
	VM(overcommit_memory),
	VM(overcommit_ratio),
	VM(overcommit_kbytes),
	VM(swappiness),
	VM(min_free_kbytes),
	VM(watermark_scale_factor),
	VM(watermark_boost_factor),
	VM(extfrag_threshold),
	VM(admin_reserve_kbytes),
	VM(user_reserve_kbytes),
	VM(nr_hugepages),
	{ "sys/kernel/mm/lru_gen/enabled", offsetof(struct knobs, lru_gen_enabled) },
	{ "sys/kernel/mm/lru_gen/min_ttl_ms", offsetof(struct knobs, lru_gen_min_ttl_ms) },
	{ "sys/module/zswap/parameters/enabled", offsetof(struct knobs, zswap_enabled) },
};
/* clang-format on */

static const char *const only_captured[] = {
	"proc/version",
	"proc/pagetypeinfo",
	"proc/pressure/cpu",
	"proc/pressure/io",
	"proc/sys/vm/lowmem_reserve_ratio",
	"proc/sys/vm/zone_reclaim_mode",
	"proc/sys/vm/compaction_proactiveness",
	"sys/kernel/mm/transparent_hugepage/enabled",
	"sys/kernel/mm/transparent_hugepage/defrag",
	"sys/kernel/mm/ksm/run",
};

int system_files_init(struct system_files *files, const struct root *root)
{
	*files = (struct system_files){ .root = root, .buf_size = BUF_BYTES_FIRST };
	for (unsigned i = 0; i < SYSTEM_FILES_MAX; i++)
		files->fds[i] = -1;
	files->buf = malloc(BUF_BYTES_FIRST);
	return files->buf ? 0 : -ENOMEM;
}

void system_files_free(struct system_files *files)
{
	for (unsigned i = 0; i < SYSTEM_FILES_MAX; i++)
		if (files->fds[i] >= 0)
			close(files->fds[i]);
	free(files->buf);
	free(files->migrate_text);
	*files = (struct system_files){ 0 };
}

static int grow_buf(struct system_files *files)
{
	char *buf;

	if (files->buf_size >= BUF_BYTES_MAX)
		return -EFBIG;
	buf = realloc(files->buf, files->buf_size * 2);
	if (!buf)
		return -ENOMEM;
	files->buf = buf;
	files->buf_size *= 2;
	return 0;
}

static ssize_t read_kept(struct system_files *files, const char *path, int *fd)
{
	ssize_t len;

	if (!fd || !files->root->live || files->root->capture_fd >= 0)
		return root_read(files->root, path, files->buf, files->buf_size);
	if (*fd < 0)
		*fd = root_open_kept(files->root, path);
	if (*fd < 0)
		return *fd;

	len = root_read_kept(*fd, files->buf, files->buf_size);
	if (len < 0 && len != -EFBIG) {
		close(*fd);
		*fd = -1;
	}
	return len;
}

/** Read a file, growing the buffer for it; fd NULL: not worth keeping. */
static ssize_t read_file(struct system_files *files, const char *path, int *fd)
{
	for (;;) {
		const ssize_t len = read_kept(files, path, fd);
		int error;

		if (len != -EFBIG)
			return len;
		error = grow_buf(files);
		if (error < 0)
			return error;
	}
}

static enum fact_state state_of(int error)
{
	return error < 0 ? fact_state_of(error) : FACT_PRESENT;
}

/* What cannot be read any more is unknown, not what it was. */
static void forget(struct system_files *files, enum fact fact)
{
	if (fact == FACT_MEMINFO)
		values_forget(&files->mem, sizeof(files->mem));
	else if (fact == FACT_VMSTAT)
		values_forget(&files->vmstat, sizeof(files->vmstat));
	else if (fact == FACT_PRESSURE)
		values_forget(&files->pressure, sizeof(files->pressure));
	else if (fact == FACT_SWAPS)
		files->swaps.n_areas = 0;
	else if (fact == FACT_LOADAVG)
		files->load_centi[0] = files->load_centi[1] = files->load_centi[2] = -1;
	else if (fact == FACT_UPTIME)
		files->uptime_ms = VALUE_UNKNOWN;
	else if (fact == FACT_STAT)
		files->stat_cpus = 0;
	else if (fact == FACT_OSRELEASE)
		files->release[0] = '\0';
	else if (fact == FACT_HOSTNAME)
		files->hostname[0] = '\0';
	else if (fact == FACT_MOUNTS)
		files->mounts = (struct proc_mounts){ 0 };
}

static int read_and_take(
	struct system_files *files, const struct system_file *file, const char *path, int *fd)
{
	const ssize_t len = read_file(files, path, fd);

	return len < 0 ? (int)len : file->take(files, files->buf, (size_t)len);
}

static int take_version(struct system_files *files)
{
	const ssize_t len = read_file(files, "proc/version", NULL);
	struct scan scan = scan_of(files->buf, len > 0 ? (size_t)len : 0);

	if (len < 0)
		return (int)len;
	if (!scan_literal(&scan, "Linux version "))
		return -EBADMSG;
	return take_osrelease(files, scan.at, (size_t)(scan.end - scan.at));
}

static int read_row(struct system_files *files, unsigned row)
{
	const struct system_file *file = &table[row];
	int error = read_and_take(files, file, file->path, file->keep ? &files->fds[row] : NULL);

	if (error < 0 && error != -ENOMEM && file->fact == FACT_OSRELEASE &&
		take_version(files) == 0)
		error = 0;
	if (error < 0 && error != -ENOMEM && file->fact == FACT_MOUNTS)
		error = read_and_take(files, file, "proc/mounts", NULL);
	if (error == -ENOMEM)
		return error;
	if (error < 0)
		forget(files, file->fact);
	files->facts[file->fact] = state_of(error);
	return 0;
}

static bool is_due(int every, int64_t tick, bool all)
{
	return all || (every != ONCE && tick % every == 0);
}

static int read_rows(struct system_files *files, int64_t tick, bool all)
{
	for (unsigned i = 0; i < ARRAY_SIZE(table); i++) {
		int error = is_due(table[i].every, tick, all) ? read_row(files, i) : 0;

		if (error < 0)
			return error;
	}
	return 0;
}

static int read_knobs(struct system_files *files)
{
	for (unsigned i = 0; i < ARRAY_SIZE(knobs); i++) {
		int64_t *value = (int64_t *)(void *)((char *)&files->knobs + knobs[i].offset);
		const ssize_t len = read_file(files, knobs[i].path, NULL);
		int error = len < 0 ? (int)len : 0;

		if (error == -ENOMEM)
			return error;
		if (error == 0)
			error = parse_knob(files->buf, (size_t)len, value);
		if (error < 0)
			*value = VALUE_UNKNOWN;
		if (value == &files->knobs.lru_gen_enabled)
			files->facts[FACT_LRU_GEN] = state_of(error);
	}
	return 0;
}

/** The zones of a text in the arena; counts first where there may be more than before. */
static int parse_zones_into(struct system_files *files, struct snapshot *snapshot, size_t len)
{
	uint32_t count = 0;
	int error;

	if (files->max_zones == 0 || files->all) {
		error = parse_zoneinfo(files->buf, len, NULL, 0, &count);
		if (error < 0)
			return error;
		if (count > files->max_zones)
			files->max_zones = count;
	}
	if (files->max_zones > ZONES_MAX)
		files->max_zones = ZONES_MAX;
	snapshot->zones = arena_array(&snapshot->arena, files->max_zones, sizeof(struct zone));
	if (!snapshot->zones)
		return files->max_zones == 0 ? -EBADMSG : -ENOMEM;
	return parse_zoneinfo(
		files->buf, len, snapshot->zones, files->max_zones, &snapshot->n_zones);
}

static int read_zones(struct system_files *files, struct snapshot *snapshot)
{
	ssize_t len = read_file(files, "proc/zoneinfo", &files->fds[FD_ZONEINFO]);
	int error = len < 0 ? (int)len : parse_zones_into(files, snapshot, (size_t)len);

	if (error == -ENOMEM)
		return error;
	if (error < 0)
		snapshot->n_zones = 0;
	files->facts[FACT_ZONEINFO] = state_of(error);

	len = read_file(files, "proc/buddyinfo", &files->fds[FD_BUDDYINFO]);
	error = len < 0
		? (int)len
		: parse_buddyinfo(files->buf, (size_t)len, snapshot->zones, snapshot->n_zones);
	if (error == -ENOMEM)
		return error;
	files->facts[FACT_BUDDYINFO] = state_of(error);
	return 0;
}

/** Keep the text of pagetypeinfo: it is shown longer than it may be asked for again. */
static int read_migrate_text(struct system_files *files)
{
	const ssize_t len = read_file(files, "proc/pagetypeinfo", NULL);
	char *text;

	files->migrate_len = len;
	if (len <= 0)
		return 0;
	text = realloc(files->migrate_text, (size_t)len);
	if (!text)
		return -ENOMEM;
	memcpy(text, files->buf, (size_t)len);
	files->migrate_text = text;
	return 0;
}

static int parse_migrate_into(const struct system_files *files, struct snapshot *snapshot)
{
	const size_t len = (size_t)files->migrate_len;
	uint32_t count = 0;
	int error;

	if (files->migrate_len < 0)
		return (int)files->migrate_len;
	error = parse_pagetypeinfo(files->migrate_text, len, NULL, 0, &count);
	if (error < 0 || count == 0)
		return error;
	snapshot->migrate = arena_array(&snapshot->arena, count, sizeof(struct migrate_blocks));
	if (!snapshot->migrate)
		return -ENOMEM;
	return parse_pagetypeinfo(
		files->migrate_text, len, snapshot->migrate, count, &snapshot->n_migrate);
}

static int fill_migrate(
	struct system_files *files, struct snapshot *snapshot, enum pagetypeinfo_use use)
{
	int error = use == PAGETYPEINFO_READ ? read_migrate_text(files) : 0;

	if (error == 0)
		error = parse_migrate_into(files, snapshot);
	if (error == -ENOMEM)
		return error;
	files->facts[FACT_PAGETYPEINFO] = state_of(error);
	return 0;
}

static void copy_out(const struct system_files *files, struct snapshot *snapshot)
{
	snapshot->mem = files->mem;
	snapshot->vmstat = files->vmstat;
	snapshot->pressure = files->pressure;
	snapshot->knobs = files->knobs;
	snapshot->swaps = files->swaps;
	memcpy(snapshot->load_centi, files->load_centi, sizeof(snapshot->load_centi));
	memcpy(snapshot->release, files->release, sizeof(snapshot->release));
	memcpy(snapshot->hostname, files->hostname, sizeof(snapshot->hostname));
	memcpy(snapshot->facts, files->facts, sizeof(snapshot->facts));
}

int system_files_collect(
	struct system_files *files, struct snapshot *snapshot, bool all, enum pagetypeinfo_use use)
{
	int error;

	files->all = all;
	error = read_rows(files, snapshot->tick, all);
	if (error == 0 && is_due(KNOB_TICKS, snapshot->tick, all))
		error = read_knobs(files);
	if (error == 0)
		error = read_zones(files, snapshot);
	if (error == 0 && use != PAGETYPEINFO_NOT)
		error = fill_migrate(files, snapshot, use);
	if (error < 0)
		return error;
	copy_out(files, snapshot);
	return 0;
}

int system_files_recount_kills(struct system_files *files, struct snapshot *snapshot)
{
	const ssize_t len = read_file(files, "proc/vmstat", &files->fds[ROW_VMSTAT]);
	struct vmstat vmstat;

	if (len == -ENOMEM)
		return -ENOMEM;
	if (len > 0 && parse_vmstat(files->buf, (size_t)len, &vmstat) == 0)
		snapshot->vmstat.oom_kill = vmstat.oom_kill;
	return 0;
}

void system_files_capture(struct system_files *files)
{
	for (unsigned i = 0; i < ARRAY_SIZE(only_captured); i++)
		(void)read_file(files, only_captured[i], NULL);
}
