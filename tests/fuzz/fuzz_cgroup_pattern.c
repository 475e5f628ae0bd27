/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz.h"
#include "model/cgroup_pattern.h"

/* The input up to the first newline is the patterns, the rest a path. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *patterns = fuzz_copy(data, size, true), *path, *twice;
	char *const end = strchr(patterns, '\n');
	bool matches;

	path = fuzz_copy((const uint8_t *)(end ? end + 1 : ""), end ? strlen(end + 1) : 0, true);
	if (end)
		*end = '\0';
	matches = cgroup_pattern_match(patterns, path);

	/* A list matches what one of its patterns does. */
	twice = malloc(2 * strlen(patterns) + 2);
	if (!twice)
		abort();
	sprintf(twice, "%s,%s", patterns, patterns);
	CHECK(cgroup_pattern_match(twice, path) == matches);
	/* Without wildcards a path matches itself. */
	if (path[strspn(path, "/")] && !strpbrk(path, "*?[\\,"))
		CHECK(cgroup_pattern_match(path, path));
	(void)cgroup_pattern_has_root(patterns);
	free(twice);
	free(path);
	free(patterns);
	return 0;
}
