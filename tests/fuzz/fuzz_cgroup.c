/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "fuzz.h"
#include "parse/cgroup_name.h"
#include "parse/pid.h"

typedef size_t (*name_function)(const char *path, char *buf, size_t size);

static void run_name(name_function name, const char *path, size_t size)
{
	char *buf = malloc(size);
	size_t len;

	if (!buf)
		abort();
	len = name(path, buf, size);
	CHECK(len < size && strlen(buf) == len);
	free(buf);
}

static void run_names(const char *path)
{
	static const size_t sizes[] = { 1, 7, 64, 512 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		run_name(cgroup_unit, path, sizes[i]);
		run_name(cgroup_container, path, sizes[i]);
	}
}

/* The input as /proc/PID/cgroup, and as a path itself. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size, false), *path = fuzz_copy(data, size, true);
	char found[64];
	int rc;

	fuzz_fill(found, sizeof(found));
	rc = parse_pid_cgroup(text, size, found, sizeof(found));
	CHECK(rc == 0 || rc == -ENODATA || rc == -ENOENT || rc == -ENAMETOOLONG);
	CHECK((rc == -ENODATA) == (size == 0));
	if (rc == 0) {
		CHECK(memchr(found, '\0', sizeof(found)));
		run_names(found);
	} else {
		CHECK(fuzz_unchanged(found, sizeof(found)));
	}
	run_names(path);
	free(path);
	free(text);
	return 0;
}
