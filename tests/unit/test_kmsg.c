/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collect/kmsg.h"
#include "tree.h"
#include "unit.h"

/** Far more than any test sends. */
#define ALL 65536

/** A log that a test writes: a packet socket, too, gives a record a read. */
struct log {
	struct kmsg kmsg;
	int writer;
	unsigned n_reports, n_kills;
	char victim[REPORT_COMM_SIZE];
	int64_t pid;
};

static void on_report(const struct oom_report *report, void *context)
{
	struct log *log = context;

	log->n_reports++;
	log->pid = report->n_victims > 0 ? report->victims[0].pid : VALUE_UNKNOWN;
	if (report->n_victims > 0)
		memcpy(log->victim, report->victims[0].comm, sizeof(log->victim));
}

static void on_kill(const struct killer_event *event, void *context)
{
	struct log *log = context;

	(void)event;
	log->n_kills++;
}

static unsigned log_read(struct log *log, size_t bytes)
{
	const struct report_listener listener = { on_report, on_kill, log };

	return kmsg_read(&log->kmsg, bytes, &listener);
}

static void log_settle(struct log *log)
{
	const struct report_listener listener = { on_report, on_kill, log };

	kmsg_settle(&log->kmsg, &listener);
}

static void log_open(struct log *log)
{
	int pair[2] = { -1, -1 };

	memset(log, 0, sizeof(*log));
	expect_int("sockets", socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair), 0);
	log->writer = pair[1];
	kmsg_adopt(&log->kmsg, pair[0]);
	expect_int("open", log->kmsg.state, FACT_PRESENT);
}

static void log_close(struct log *log)
{
	close(log->writer);
	kmsg_close(&log->kmsg);
	expect_int("closed", log->kmsg.fd, -1);
}

static void put(struct log *log, const char *record)
{
	expect_int("sent", send(log->writer, record, strlen(record), 0), (int64_t)strlen(record));
}

#define KILL_LINE(prefix, pid, comm)                                                \
	prefix "Out of memory: Killed process " pid " (" comm ") total-vm:9000kB, " \
	       "anon-rss:8000kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:20kB " \
	       "oom_score_adj:0\n"

static void put_report(struct log *log)
{
	put(log,
		"4,1,5000000,-;a invoked oom-killer: gfp_mask=0x140cca"
		"(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=0\n");
	put(log, "6,2,5000010,-,caller=T7;Tasks state (memory values in pages):\n");
	put(log,
		"6,3,5000020,-;[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents "
		"oom_score_adj name\n");
	put(log,
		"6,4,5000030,-;[     12]     0    12     2250     2000    20480        0"
		"             0 caf\\xc3\\xa9\n");
	put(log, KILL_LINE("3,5,5000040,-;", "12", "caf\\xc3\\xa9"));
}

static void a_report_is_told_when_the_log_is_quiet(void)
{
	struct log log;

	log_open(&log);
	expect_int("nothing", log_read(&log, ALL), 0);
	expect_true("at its end", log.kmsg.at_end);
	put(&log, "6,0,4000000,-;usb 1-1: new device\n SUBSYSTEM=usb\n DEVICE=+usb:1-1\n");
	put_report(&log);
	expect_int("records", log_read(&log, ALL), 6);
	expect_true("at its end", log.kmsg.at_end);
	expect_int("none while it may go on", log.n_reports, 0);
	log_settle(&log);
	expect_int("told", log.n_reports, 1);
	expect_int("pid", log.pid, 12);
	expect_text("unescaped", log.victim, "caf\xc3\xa9");
	log_settle(&log);
	expect_int("once", log.n_reports, 1);
	log_close(&log);
}

static void only_so_much_is_read_at_once(void)
{
	struct log log;

	log_open(&log);
	put_report(&log);
	expect_int("one", log_read(&log, 1), 1);
	expect_true("more to come", !log.kmsg.at_end);
	expect_int("the rest", log_read(&log, ALL), 4);
	expect_true("no more", log.kmsg.at_end);
	log_close(&log);
}

/* Any program that may write there chooses its facility, but for the kernel's. */
static void words_of_programs_are_not_believed(void)
{
	static const struct {
		const char *record;
		unsigned reports, kills;
	} cases[] = {
		{ KILL_LINE("3,5,5000040,-;", "1", "init"), 1, 0 },
		{ KILL_LINE("7,5,5000040,-;", "1", "init"), 1, 0 },
		{ KILL_LINE("8,5,5000040,-;", "1", "init"), 0, 0 },
		{ KILL_LINE("12,5,5000040,-;", "1", "init"), 0, 0 },
		{ KILL_LINE("12,5,5000040,-;kernel: ", "1", "init"), 0, 0 },
		{ KILL_LINE("18446744073709551619,5,5000040,-;", "1", "init"), 0, 0 },
		{ KILL_LINE(";", "1", "init"), 0, 0 },
		{ KILL_LINE("x,5,5,-;", "1", "init"), 0, 0 },
		{ "3,5,5000040,-\n", 0, 0 },
		{ "\n", 0, 0 },
		/* Behind the newline stands what a device is called. */
		{ KILL_LINE("6,5,5000040,-;hello\n ", "1", "init"), 0, 0 },
		{ "12,5,5000040,-;oomd kill: 1.00 1.00 1.00 a.slice 5 ruleset:[r]\n", 0, 1 },
		{ "12,5,5000040,-;oomd kill:\n", 0, 0 },
		{ "12,5,5000040,-;\n", 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct log log;

		log_open(&log);
		put(&log, cases[i].record);
		log_read(&log, ALL);
		log_settle(&log);
		expect_int(cases[i].record, log.n_reports, cases[i].reports);
		expect_int(cases[i].record, log.n_kills, cases[i].kills);
		log_close(&log);
	}
}

/** What reading fails with, one after the other; 0: what the socket has. */
static const int *failures;

static ssize_t failing_read(int fd, void *buf, size_t size)
{
	if (*failures == 0)
		return read(fd, buf, size);
	errno = *failures++;
	return -1;
}

static void what_was_overwritten_is_passed_over(void)
{
	static const int overwritten[] = { EPIPE, EINTR, EPIPE, 0 };
	struct log log;

	log_open(&log);
	put_report(&log);
	failures = overwritten;
	log.kmsg.read = failing_read;
	expect_int("the rest", log_read(&log, ALL), 5);
	expect_int("noted", log.kmsg.n_lost, 2);
	expect_int("still readable", log.kmsg.state, FACT_PRESENT);
	log_settle(&log);
	expect_int("told", log.n_reports, 1);
	log_close(&log);
}

static void a_log_that_is_overwritten_faster_than_it_is_read_holds_nobody_up(void)
{
	static const int always[] = { EPIPE, EPIPE, EPIPE, EPIPE, EPIPE, EPIPE, EPIPE, EPIPE, EPIPE,
		EPIPE, EPIPE, EPIPE, EPIPE, EPIPE, EPIPE, EPIPE, EPIPE, EPIPE, EPIPE, EPIPE, 0 };
	struct log log;

	log_open(&log);
	failures = always;
	log.kmsg.read = failing_read;
	expect_int("nothing", log_read(&log, ALL), 0);
	expect_true("not at its end", !log.kmsg.at_end);
	expect_true("later", log.kmsg.fd >= 0);
	log_close(&log);
}

static void a_log_that_cannot_be_read_is_given_up(void)
{
	static const struct {
		const char *label;
		int errors[18];
		enum fact_state state;
	} cases[] = {
		{ "no right", { EPERM, 0 }, FACT_FORBIDDEN },
		{ "an error", { EIO, 0 }, FACT_FAILED },
		{ "not for reading (before 3.5)",
			{ EINVAL, EINVAL, EINVAL, EINVAL, EINVAL, EINVAL, EINVAL, EINVAL, EINVAL,
				EINVAL, EINVAL, EINVAL, EINVAL, EINVAL, EINVAL, EINVAL, 0 },
			FACT_FAILED },
		{ "one record was too long", { EINVAL, 0 }, FACT_PRESENT },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct log log;

		log_open(&log);
		failures = cases[i].errors;
		log.kmsg.read = failing_read;
		expect_int(cases[i].label, log_read(&log, ALL), 0);
		expect_true(cases[i].label, log.kmsg.at_end);
		expect_int(cases[i].label, log.kmsg.state, cases[i].state);
		expect_int(cases[i].label, log.kmsg.fd >= 0, cases[i].state == FACT_PRESENT);
		expect_int("and again", log_read(&log, ALL), 0);
		log_settle(&log);
		log_close(&log);
	}
}

/* A container manager puts a pipe there; a recording holds none at all. */
static void what_is_no_log_is_absent(void)
{
	static const struct tree_file folder[] = { { "proc", NULL, 0 }, { 0 } };
	static const struct tree_file dev[] = { { "dev", NULL, 0 }, { 0 } };
	char *dir = tree_make(folder), path[512];
	struct root root;
	struct kmsg kmsg;

	if (!expect_true("folder", dir))
		return;
	expect_int("root", root_open_live(&root, dir), 0);
	kmsg_open(&kmsg, &root);
	expect_int("nothing there", kmsg.state, FACT_ABSENT);
	kmsg_close(&kmsg);
	expect_int("dev", tree_write(dir, dev), 0);
	snprintf(path, sizeof(path), "%s/dev/kmsg", dir);
	expect_int("pipe", mkfifo(path, 0600), 0);
	kmsg_open(&kmsg, &root);
	expect_int("a pipe", kmsg.state, FACT_ABSENT);
	expect_int("left alone", kmsg.fd, -1);
	kmsg_close(&kmsg);
	root_close(&root);
	tree_remove(dir);
}

extern CU_TestInfo kmsg_tests[];
CU_TestInfo kmsg_tests[] = {
	{ "a report is told when the log is quiet", a_report_is_told_when_the_log_is_quiet },
	{ "only so much is read at once", only_so_much_is_read_at_once },
	{ "words of programs are not believed", words_of_programs_are_not_believed },
	{ "what was overwritten is passed over", what_was_overwritten_is_passed_over },
	{ "a log that is overwritten faster than it is read holds nobody up",
		a_log_that_is_overwritten_faster_than_it_is_read_holds_nobody_up },
	{ "a log that cannot be read is given up", a_log_that_cannot_be_read_is_given_up },
	{ "what is no log is absent", what_is_no_log_is_absent },
	CU_TEST_INFO_NULL,
};
