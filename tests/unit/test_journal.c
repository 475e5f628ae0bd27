/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collect/journal.h"
#include "unit.h"

/** Long enough for any machine, and never waited for. */
#define PATIENCE_MS 20000

static void put_file(const char *path, const char *bytes, size_t len)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	expect_true(path, fd >= 0 && write(fd, bytes, len) == (ssize_t)len);
	close(fd);
}

static void journals_are_known_by_their_first_bytes(void)
{
	char dir[] = "/tmp/oomwatch-journal-XXXXXX", path[128];

	expect_true("folder", mkdtemp(dir) != NULL);
	expect_true("empty folder", !journal_is(dir));
	snprintf(path, sizeof(path), "%s/x", dir);
	expect_true("missing", !journal_is(path));
	put_file(path, "LPKSHHRH and more", 17);
	expect_true("journal", journal_is(path));
	put_file(path, "LPKSHHR", 7);
	expect_true("too short", !journal_is(path));
	put_file(path, "LPKSHHRh", 8);
	expect_true("another file", !journal_is(path));
	expect_true("folder with another name", !journal_is(dir));
	unlink(path);

	snprintf(path, sizeof(path), "%s/pipe", dir);
	expect_int("named pipe", mkfifo(path, 0600), 0);
	expect_true("is not opened", !journal_is(path));
	unlink(path);

	snprintf(path, sizeof(path), "%s/system.journal", dir);
	put_file(path, "", 0);
	expect_true("folder with journals", journal_is(dir));
	unlink(path);
	rmdir(dir);
}

static void a_folder_of_a_machine_is_looked_into(void)
{
	static const struct {
		const char *name;
		bool want;
	} cases[] = {
		{ "0123456789abcdef0123456789abcdef", true },
		{ "0123456789abcdef0123456789abcdef.space", true },
		{ "0123456789abcdef0123456789abcde", false },
		{ "elsewhere", false },
	};
	char dir[] = "/tmp/oomwatch-journal-XXXXXX", path[256];

	expect_true("folder", mkdtemp(dir) != NULL);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, cases[i].name);
		expect_int(path, mkdir(path, 0700), 0);
		expect_true(path, !journal_is(dir));
		snprintf(path, sizeof(path), "%s/%s/user.journal~", dir, cases[i].name);
		put_file(path, "", 0);
		expect_int(cases[i].name, journal_is(dir), cases[i].want);
		unlink(path);
		*strrchr(path, '/') = '\0';
		rmdir(path);
	}
	rmdir(dir);
}

static void nothing_is_read_from_one_that_is_closed(void)
{
	struct journal journal = JOURNAL_CLOSED;
	char buf[8];

	expect_int("read", journal_read(&journal, buf, sizeof(buf)), 0);
	expect_true("ended", journal.ended);
	journal_go(&journal);
	journal_close(&journal);
	journal_close(&journal);
	expect_int("state", journal.state, FACT_UNREAD);
	expect_text("why", journal.why, "");
}

/* Read to the end; how many bytes. */
static size_t read_all(struct journal *journal)
{
	char buf[4096];
	size_t all = 0;

	while (!journal->ended) {
		struct pollfd wait = { .fd = journal->wake_fd, .events = POLLIN };

		all += (size_t)journal_read(journal, buf, sizeof(buf));
		if (!journal->ended && poll(&wait, 1, PATIENCE_MS) != 1) {
			expect_true("it says something in time", false);
			break;
		}
	}
	return all;
}

static void a_build_without_it_says_so(void)
{
	const struct journal_choice choice = { .path = "/nonexistent" };
	struct journal journal;

	if (journal_built())
		return;
	expect_int("open", journal_open(&journal, &choice), -EOPNOTSUPP);
	expect_int("state", journal.state, FACT_DISABLED);
	expect_text("why", journal.why, "built without libsystemd");
	expect_true("ended", journal.ended);
	journal_close(&journal);
}

static void it_waits_for_the_word_to_go(void)
{
	const struct journal_choice choice = { .path = "/nonexistent" };
	struct journal journal;
	struct pollfd wait;
	char buf[8];

	if (!journal_built())
		return;
	expect_int("open", journal_open(&journal, &choice), 0);
	wait = (struct pollfd){ .fd = journal.wake_fd, .events = POLLIN };
	expect_int("it says nothing", poll(&wait, 1, 50), 0);
	expect_int("nothing to read", journal_read(&journal, buf, sizeof(buf)), 0);
	expect_int("unread", journal.state, FACT_UNREAD);
	expect_true("not ended", !journal.ended);
	journal_go(&journal);
	expect_int("found nothing", (int64_t)read_all(&journal), 0);
	expect_int("state", journal.state, FACT_ABSENT);
	expect_text("why", journal.why, "there is none");
	expect_int("reaped", journal.child, 0);
	journal_close(&journal);
}

static void it_ends_with_its_reader(void)
{
	const struct journal_choice choice = { .path = "/nonexistent" };
	struct journal journal;
	pid_t child;

	if (!journal_built())
		return;
	/* Never told to go. */
	expect_int("open", journal_open(&journal, &choice), 0);
	child = journal.child;
	journal_close(&journal);
	expect_int("it is gone", kill(child, 0) < 0 ? errno : 0, ESRCH);
	expect_true("closed", journal.wake_fd < 0 && journal.go_fd < 0 && journal.ended);

	/* Killed by another. */
	expect_int("open again", journal_open(&journal, &choice), 0);
	expect_int("kill", kill(journal.child, SIGKILL), 0);
	expect_int("found nothing", (int64_t)read_all(&journal), 0);
	expect_int("state", journal.state, FACT_FAILED);
	expect_text("why", journal.why, "reading it failed");
	journal_go(&journal);
	journal_close(&journal);
}

extern CU_TestInfo journal_tests[];
CU_TestInfo journal_tests[] = {
	{ "journals are known by their first bytes", journals_are_known_by_their_first_bytes },
	{ "a folder of a machine is looked into", a_folder_of_a_machine_is_looked_into },
	{ "nothing is read from one that is closed", nothing_is_read_from_one_that_is_closed },
	{ "a build without it says so", a_build_without_it_says_so },
	{ "it waits for the word to go", it_waits_for_the_word_to_go },
	{ "it ends with its reader", it_ends_with_its_reader },
	CU_TEST_INFO_NULL,
};
