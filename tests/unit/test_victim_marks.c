/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/value.h"
#include "collect/perf_ring.h"
#include "collect/victim_marks.h"
#include "cuts.h"
#include "mark_formats.h"
#include "tree.h"
#include "unit.h"

/** A record of 7.2, as the kernel lays it out; that of 5.10 ends behind pid. */
struct record {
	uint64_t time_ns;
	uint32_t raw_len;
	/* From here on the format file counts. */
	struct __attribute__((packed)) {
		uint16_t common_type;
		uint8_t common_flags, common_preempt_count;
		int32_t common_pid;
		int32_t pid;
		uint32_t comm;
		uint64_t total_vm, anon_rss, file_rss, shmem_rss;
		uint32_t uid, hole;
		uint64_t pgtables;
		int16_t oom_score_adj;
		char name[18];
	} raw;
};

static struct record record_of(const char *name)
{
	struct record record = { .time_ns = 3061999999, .raw_len = sizeof(record.raw) };

	record.raw.pid = 128;
	record.raw.comm = (uint32_t)(strlen(name) + 1) << 16 | 66;
	record.raw.total_vm = 62528;
	record.raw.anon_rss = 61440;
	record.raw.file_rss = 4;
	record.raw.shmem_rss = 580;
	record.raw.uid = 4294967295;
	record.raw.pgtables = 156;
	record.raw.oom_score_adj = -1000;
	memcpy(record.raw.name, name, strlen(name) + 1);
	return record;
}

static struct trace_format format_of(const char *text)
{
	struct trace_format format = { 0 };

	expect_int("format", parse_trace_format(text, strlen(text), &format), 0);
	return format;
}

static int parse(const struct trace_format *format, const struct record *record, size_t len,
	struct victim_mark *ret)
{
	char *copy = cut_copy((const char *)record, len);
	const int error = victim_mark_parse(format, copy, len, 5000, ret);

	free(copy);
	return error;
}

/** Up to the end of raw: struct record may be padded behind it. */
#define WHOLE (offsetof(struct record, raw) + sizeof(((struct record *)NULL)->raw))

static void all_that_a_new_kernel_tells(void)
{
	const struct trace_format format = format_of(mark_7_2);
	const struct record record = record_of("hog");
	struct victim_mark mark;

	expect_int("parsed", parse(&format, &record, WHOLE, &mark), 0);
	expect_int("pid", mark.pid, 128);
	expect_text("comm", mark.comm, "hog");
	expect_int("time, with suspend", mark.uptime_ms, 8061);
	expect_int("uid", mark.uid, 4294967295);
	expect_int("total_vm", mark.total_vm_kib, 62528);
	expect_int("anon_rss", mark.anon_rss_kib, 61440);
	expect_int("file_rss", mark.file_rss_kib, 4);
	expect_int("shmem_rss", mark.shmem_rss_kib, 580);
	expect_int("pgtables", mark.page_tables_kib, 156);
	expect_int("adj", mark.oom_score_adj, -1000);
}

static void an_old_kernel_tells_the_pid_alone(void)
{
	const struct trace_format format = format_of(mark_5_10);
	struct record record = record_of("hog");
	struct victim_mark mark;

	record.raw_len = 12;
	expect_int("parsed", parse(&format, &record, 24, &mark), 0);
	expect_int("pid", mark.pid, 128);
	expect_int("time, with suspend", mark.uptime_ms, 8061);
	expect_text("comm", mark.comm, "");
	expect_int("uid", mark.uid, VALUE_UNKNOWN);
	expect_int("total_vm", mark.total_vm_kib, VALUE_UNKNOWN);
	expect_int("anon_rss", mark.anon_rss_kib, VALUE_UNKNOWN);
	expect_int("file_rss", mark.file_rss_kib, VALUE_UNKNOWN);
	expect_int("shmem_rss", mark.shmem_rss_kib, VALUE_UNKNOWN);
	expect_int("pgtables", mark.page_tables_kib, VALUE_UNKNOWN);
	expect_int("adj", mark.oom_score_adj, VALUE_UNKNOWN);
}

static void names_are_cut_to_fit(void)
{
	const struct trace_format format = format_of(mark_7_2);
	const struct record fits = record_of("fifteen bytes15"),
			    longer = record_of("sixteen bytes 16");
	struct victim_mark mark;

	expect_int("fits", parse(&format, &fits, WHOLE, &mark), 0);
	expect_text("fits", mark.comm, "fifteen bytes15");
	expect_int("longer", parse(&format, &longer, WHOLE, &mark), 0);
	expect_text("longer", mark.comm, "sixteen bytes 1");
}

static void cut_samples_are_refused_or_right(void)
{
	const struct trace_format format = format_of(mark_7_2);
	struct record record = record_of("hog");

	for (size_t len = 0; len < WHOLE; len++) {
		struct victim_mark mark = { .pid = 42, .comm = "old" };

		/* Its length says that there is more. */
		record.raw_len = sizeof(record.raw);
		expect_int("cut", parse(&format, &record, len, &mark), -EBADMSG);
		expect_int("unchanged", mark.pid, 42);
		expect_text("unchanged", mark.comm, "old");
		if (len < 12)
			continue;
		record.raw_len = (uint32_t)len - 12;
		expect_int("short", parse(&format, &record, len, &mark), len < 24 ? -EBADMSG : 0);
		expect_int("short", mark.pid, len < 24 ? 42 : 128);
		if (len >= 24)
			expect_true("known or not",
				mark.anon_rss_kib == (len < 12 + 32 ? VALUE_UNKNOWN : 61440));
	}
}

static void pids_that_are_none_are_refused(void)
{
	static const struct {
		int32_t pid;
		int want;
	} cases[] = {
		{ 0, -EBADMSG },
		{ -1, -EBADMSG },
		{ INT32_MIN, -EBADMSG },
		{ 1, 0 },
		{ INT32_MAX, 0 },
	};
	const struct trace_format format = format_of(mark_7_2);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct record record = record_of("hog");
		struct victim_mark mark;

		record.raw.pid = cases[i].pid;
		expect_int("pid", parse(&format, &record, WHOLE, &mark), cases[i].want);
	}
}

static void a_sample_fits_in_the_room_for_records(void)
{
	expect_true("with its header",
		sizeof(struct perf_event_header) + sizeof(struct record) <= PERF_RECORD_BYTES_MAX);
}

static void expect_absent(const char *label, const struct root *root)
{
	struct victim_marks *marks = NULL;
	enum fact_state state = FACT_UNREAD;

	expect_int(label, victim_marks_open(root, &marks, &state), -ENOENT);
	expect_int(label, state, FACT_ABSENT);
	expect_true(label, marks == NULL);
}

static void what_is_no_tracefs_is_taken_for_absent(void)
{
	static const struct tree_file machine[] = {
		{ "proc/uptime", "1.0 1.0\n", 0 },
		{ "sys/devices/system/cpu/online", "0\n", 0 },
		{ NULL, NULL, 0 },
	};
	static const struct tree_file formats[] = {
		{ "sys/kernel/tracing/events/oom/mark_victim/format", mark_7_2, 0 },
		{ "sys/kernel/debug/tracing/events/oom/mark_victim/format", mark_7_2, 0 },
		{ NULL, NULL, 0 },
	};
	char *tree = tree_make(machine);
	struct root root;

	expect_true("tree", tree != NULL);
	if (!tree)
		return;
	expect_int("host", root_open_live(&root, tree), 0);
	expect_absent("nothing there", &root);
	expect_int("formats", tree_write(tree, formats), 0);
	expect_absent("plain files", &root);
	root_close(&root);
	expect_int("recorded", root_open_recorded(&root, tree), 0);
	expect_absent("recorded", &root);
	root_close(&root);
	tree_remove(tree);
	victim_marks_close(NULL);
}

extern CU_TestInfo victim_marks_tests[];

CU_TestInfo victim_marks_tests[] = {
	{ "all that a new kernel tells", all_that_a_new_kernel_tells },
	{ "an old kernel tells the PID alone", an_old_kernel_tells_the_pid_alone },
	{ "names are cut to fit", names_are_cut_to_fit },
	{ "cut samples are refused or right", cut_samples_are_refused_or_right },
	{ "PIDs that are none are refused", pids_that_are_none_are_refused },
	{ "a sample fits in the room for records", a_sample_fits_in_the_room_for_records },
	{ "what is no tracefs is taken for absent", what_is_no_tracefs_is_taken_for_absent },
	CU_TEST_INFO_NULL,
};
