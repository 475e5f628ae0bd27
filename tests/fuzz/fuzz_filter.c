/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a filter: parsed, then asked of the rows of a small machine. */
#include <errno.h>

#include "fuzz.h"
#include "rows.h"
#include "ui/filter.h"

static const struct row_spec specs[] = {
	{ .pid = 4102,
		.comm = "chrome",
		.user = "alice",
		.uid = 1000,
		.mem_mib = 1280,
		.cmdline = "chrome --type=renderer",
		.cgroup = "/user.slice",
		.adj = 300 },
	{ .pid = 23283,
		.comm = "java",
		.unit = "tomcat.service",
		.mem_mib = 10240,
		.cgroup = "/system.slice/tomcat.service" },
	{ .pid = 1, .comm = "\xFF\x1b[2J", .mem_mib = VALUE_UNKNOWN, .exempt = EXEMPT_INIT },
};

static void ask_all_rows(const struct filter *filter)
{
	struct rows rows;

	rows_init(&rows, specs, ARRAY_SIZE(specs));
	for (uint32_t i = 0; i < rows.now.n_tasks; i++) {
		const struct task_row row = rows_row(&rows, i);

		(void)filter_passes(filter, &row);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *expression = fuzz_copy(data, size, true);
	struct filter filter;
	char error[160];
	int rc;

	fuzz_fill(&filter, sizeof(filter));
	rc = filter_parse(expression, &filter, error, sizeof(error));
	if (rc < 0) {
		CHECK(rc == -EINVAL && strncmp(error, "column ", 7) == 0);
		CHECK(fuzz_unchanged(&filter, sizeof(filter)));
	} else {
		CHECK(rc == 0 && error[0] == '\0');
		CHECK(strcmp(filter.source, expression) == 0);
		ask_all_rows(&filter);
	}
	free(expression);
	return 0;
}
