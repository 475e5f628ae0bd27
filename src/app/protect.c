/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "app/protect.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/value.h"

/* Not -1000: a kill of the whole cgroup (memory.oom.group) must still reach it. */
#define OWN_ADJ "-999"

/** The own oom_score_adj before it was changed; "" while it was not. */
static char adj_before[16];

static ssize_t read_own(const char *path, char *buf, size_t size)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		return -errno;
	got = read(fd, buf, size - 1);
	close(fd);
	buf[got > 0 ? got : 0] = '\0';
	return got;
}

static int write_adj(const char *value)
{
	const int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	int r = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, value, strlen(value)) < 0)
		r = -errno;
	close(fd);
	return r;
}

/** Whether all memory, also what comes later, may be locked without a limit. */
static bool may_lock_all(void)
{
	struct rlimit limit;
	char status[4096];
	const char *line;

	if (getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur == RLIM_INFINITY)
		return true;
	if (read_own("/proc/self/status", status, sizeof(status)) <= 0)
		return false;
	line = strstr(status, "\nCapEff:");
	/* CAP_IPC_LOCK is bit 14. */
	return line && (strtoull(line + 8, NULL, 16) >> 14 & 1);
}

/**
 * Whether a mapping is needed to sample and to draw.  libproc2 brings libsystemd and what
 * that needs, megabytes that only the identity thread touches, which may wait.
 */
static bool is_needed(const char *path, bool all)
{
	static const char *const libraries[] = { "/libc.", "/libc-", "/ld-linux", "/ld-", "/libm.",
		"/libncursesw", "/libtinfo", "/libpthread" };
	const char *name = strrchr(path, '/');

	/* The black box and its queue (filer_memory): a small limit has no room for them. */
	if (!all && strncmp(path, "/dev/zero", 9) == 0)
		return false;
	if (!name || !strstr(path, ".so"))
		return strncmp(path, "[v", 2) != 0; /* not [vvar] and [vdso] */
	for (size_t i = 0; i < ARRAY_SIZE(libraries); i++)
		if (strncmp(name, libraries[i], strlen(libraries[i])) == 0)
			return true;
	return false;
}

/** Lock what is mapped now and needed: one line of /proc/self/maps after the other. */
static int lock_mapped(bool all)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512];
	int r = 0;

	if (!maps)
		return -errno;
	while (r == 0 && fgets(line, sizeof(line), maps)) {
		unsigned long start, end;
		int path = 0;
		char perms[5];

		line[strcspn(line, "\n")] = '\0';
		if (sscanf(line, "%lx-%lx %4s %*s %*s %*s %n", &start, &end, perms, &path) < 3)
			continue;
		/* Guard pages of stacks cannot be read, nor locked. */
		if (perms[0] != 'r' || !is_needed(line + path, all))
			continue;
		/* The text has addresses as numbers. NOLINTNEXTLINE(performance-no-int-to-ptr) */
		if (mlock((const void *)start, end - start) < 0)
			r = -errno;
	}
	fclose(maps);
	return r;
}

static const char *lock_memory(void)
{
	/*
	 * Under a limit MCL_FUTURE is no help: mlockall succeeds, and malloc and
	 * pthread_create fail later.
	 */
	const bool all = may_lock_all() && mlockall(MCL_FUTURE) == 0;
	const int r = lock_mapped(all);

	if (r == 0)
		return all ? "memory locked" : "memory locked as of now";
	munlockall();
	return r == -ENOMEM || r == -EPERM ? "memory not locked (RLIMIT_MEMLOCK is too low)"
					   : "memory not locked";
}

void protect_early(void)
{
	mallopt(M_ARENA_MAX, 1);
}

void protect_self(char *words, size_t size)
{
	const char *locked = lock_memory();
	const char *adj = "oom_score_adj stays (lowering needs CAP_SYS_RESOURCE)";
	int r;

	if (read_own("/proc/self/oom_score_adj", adj_before, sizeof(adj_before)) <= 0)
		adj_before[0] = '\0';
	adj_before[strcspn(adj_before, "\n")] = '\0';
	r = write_adj(OWN_ADJ);
	if (r == 0)
		adj = "own oom_score_adj " OWN_ADJ;
	else
		adj_before[0] = '\0';
	snprintf(words, size, "%s; %s", locked, adj);
}

void protect_undo(void)
{
	if (adj_before[0] != '\0')
		(void)write_adj(adj_before);
	adj_before[0] = '\0';
}
