/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "fuzz.h"
#include "parse/pid.h"
#include "parse/scan.h"

static void run_stat(const char *text, size_t size)
{
	struct pid_stat stat;
	int rc;

	fuzz_fill(&stat, sizeof(stat));
	rc = parse_pid_stat(text, size, &stat);
	CHECK(rc == 0 || rc == -ENODATA || rc == -EBADMSG);
	CHECK((rc == -ENODATA) == (size == 0));
	if (rc != 0) {
		CHECK(fuzz_unchanged(&stat, sizeof(stat)));
		return;
	}
	CHECK(stat.pid >= 0);
	CHECK((stat.state | 0x20) >= 'a' && (stat.state | 0x20) <= 'z');
	CHECK(memchr(stat.comm, '\0', sizeof(stat.comm)));
	CHECK(stat.vsize_bytes >= 0);
	CHECK(fuzz_value(stat.rss_pages, SCAN_PAGES_MAX));
}

static void run_number(const char *text, size_t size)
{
	int64_t number;
	int rc;

	fuzz_fill(&number, sizeof(number));
	rc = parse_pid_number(text, size, &number);
	CHECK(rc == 0 || rc == -ENODATA || rc == -EBADMSG);
	CHECK((rc == -ENODATA) == (size == 0));
	if (rc == 0) {
		const int32_t adj = adj_of_oom_adj(number);

		CHECK(value_known(number));
		CHECK(adj >= -1000 && adj <= 1000);
		CHECK(adj == 0 ? number == 0 : (adj > 0) == (number > 0));
	} else {
		CHECK(fuzz_unchanged(&number, sizeof(number)));
	}
}

static void run_cmdline(const char *text, size_t size)
{
	char *buf = malloc(40);
	size_t len;

	if (!buf)
		abort();
	len = parse_pid_cmdline(text, size, buf, 40);
	CHECK(len <= size && len < 40 && strlen(buf) == len);
	CHECK(len == 0 || buf[len - 1] != ' ');
	free(buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size, false);

	run_stat(text, size);
	run_number(text, size);
	run_cmdline(text, size);
	free(text);
	return 0;
}
