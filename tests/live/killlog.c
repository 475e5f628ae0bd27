/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * How kills become known while the program runs, with logs that this test writes.
 */
#include <errno.h>
#include <stdlib.h>

#include "killlog_stage.h"

static void a_kill_is_told_when_the_log_is_quiet(void)
{
	static struct stage stage;

	begin(&stage);
	tick(&stage);
	check("waits for the log", killlog_fd(&stage.killlog) >= 0);
	check("and for no time", killlog_timeout_ms(&stage.killlog) == -1);
	put_kill(&stage, 2, "chrome");
	check("not while it may go on", !read_on(&stage));
	check("waits for a time", killlog_timeout_ms(&stage.killlog) == KILLLOG_QUIET_MS);
	check("and not for the log", killlog_fd(&stage.killlog) == -1);
	check("told", read_on(&stage));
	check("once", !read_on(&stage) && n_kills(&stage) == 1);
	check("who", newest(&stage)->pid == 2 && strcmp(newest(&stage)->victim, "chrome") == 0);
	check("foretold", newest(&stage)->foretold == KILL_FORETOLD);
	check("of now", !newest(&stage)->before && newest(&stage)->source == KILL_OF_LOG);
	check("its time",
		newest(&stage)->uptime_ms <= killlog_uptime_ms() &&
			newest(&stage)->uptime_ms > killlog_uptime_ms() - 2000);
	check("explained", newest(&stage)->sentences[0] != '\0');
	end(&stage);
}

static void what_another_was_foretold_is_said(void)
{
	static struct stage stage;

	begin(&stage);
	tick(&stage);
	put_kill(&stage, 1, "java");
	read_on(&stage);
	read_on(&stage);
	check("another", newest(&stage)->foretold == KILL_OTHER);
	stage.summary.oom.certain = false;
	read_on(&stage);
	tick(&stage);
	read_on(&stage);
	put_kill(&stage, 1, "java");
	read_on(&stage);
	read_on(&stage);
	check("uncertain", n_kills(&stage) == 2 && newest(&stage)->foretold == KILL_UNCERTAIN);
	end(&stage);
}

static void what_was_before_is_listed_and_not_compared(void)
{
	static struct stage stage;

	begin(&stage);
	put_kill(&stage, 2, "chrome");
	tick(&stage);
	check("listed", n_kills(&stage) == 1 && newest(&stage)->before);
	check("not compared", newest(&stage)->foretold == KILL_NOT_WATCHED);
	check("not in the recording", stage.n_lines == 0);
	put(&stage, "6,9,1000,-;usb 1-1: new device\n");
	put_kill(&stage, 2, "chrome");
	read_on(&stage);
	check("the lines of what is new", stage.n_lines == 2);
	check("without what stands behind",
		strstr(stage.last_line, "oom_score_adj:0") &&
			!strstr(stage.last_line, "SUBSYSTEM"));
	end(&stage);
}

static int fails;

static ssize_t failing_read(int fd, void *buf, size_t size)
{
	if (fails-- > 0) {
		errno = EPIPE;
		return -1;
	}
	return read(fd, buf, size);
}

static void what_was_overwritten_is_counted(void)
{
	static struct stage stage;

	begin(&stage);
	tick(&stage);
	stage.killlog.kmsg.read = failing_read;
	fails = 2;
	put_kill(&stage, 2, "chrome");
	read_on(&stage);
	read_on(&stage);
	check("lost", stage.killlog.kills.n_lost == 2);
	check("and read on", n_kills(&stage) == 1);
	end(&stage);
}

static void what_is_counted_and_not_told_is_told(void)
{
	static struct stage stage;

	begin(&stage);
	tick(&stage);
	stage.now.n_tasks = 1;
	stage.summary.reclaim.oom_kills = 1;
	tick(&stage);
	check("the log has its time", n_kills(&stage) == 0);
	tick(&stage);
	check("told", n_kills(&stage) == 1 && newest(&stage)->source == KILL_OF_COUNTER);
	check("who is gone", newest(&stage)->pid == 2);
	check("of this tick", stage.killlog.tick_first == 0 && stage.killlog.tick_last == 1);
	tick(&stage);
	check("of no later one", stage.killlog.tick_first == 1);
	end(&stage);
}

static void mark(struct stage *stage, int64_t pid, int64_t ago_ms)
{
	struct kill_mark mark;

	kills_mark(&stage->before, &stage->now, &stage->summary, pid, "", &mark);
	mark.uptime_ms = killlog_uptime_ms() - ago_ms;
	mark.before_ms = mark.uptime_ms - 1;
	killlog_wait(&stage->killlog, &mark);
}

static void a_mark_without_a_line_becomes_a_kill(void)
{
	static struct stage stage;

	begin(&stage);
	tick(&stage);
	read_on(&stage);
	mark(&stage, 2, 0);
	mark(&stage, 2, 0);
	check("once", stage.killlog.n_waiting == 1);
	check("the log has its time", !read_on(&stage));
	stage.now.vmstat.oom_kill++;
	tick(&stage);
	check("counted by now", n_kills(&stage) == 0);
	stage.killlog.waiting[0].uptime_ms -= 2500;
	check("told", read_on(&stage) && n_kills(&stage) == 1);
	check("by the tracepoint", newest(&stage)->source == KILL_OF_TRACEPOINT);
	check("by name", strcmp(newest(&stage)->victim, "chrome") == 0);
	check("waits no more", stage.killlog.n_waiting == 0);
	put_kill(&stage, 2, "chrome");
	read_on(&stage);
	read_on(&stage);
	check("a late line is the same kill", n_kills(&stage) == 1);
	check("in full", newest(&stage)->source == KILL_OF_LOG);
	end(&stage);
}

/* A process that was ending already. */
static void a_mark_that_is_not_counted_is_no_kill(void)
{
	static struct stage stage;

	begin(&stage);
	tick(&stage);
	read_on(&stage);
	mark(&stage, 2, 0);
	stage.killlog.waiting[0].uptime_ms -= 2500;
	stage.killlog.counted_ms = stage.killlog.waiting[0].uptime_ms;
	read_on(&stage);
	check("the next sample will tell", stage.killlog.n_waiting == 1);
	tick(&stage);
	check("it does not wait on", stage.killlog.n_waiting == 0);
	check("nobody was killed", n_kills(&stage) == 0);
	end(&stage);
}

static void a_mark_and_a_line_are_one_kill(void)
{
	static struct stage stage;

	begin(&stage);
	tick(&stage);
	mark(&stage, 2, 0);
	put_kill(&stage, 2, "chrome");
	read_on(&stage);
	read_on(&stage);
	check("the line", n_kills(&stage) == 1 && newest(&stage)->source == KILL_OF_LOG);
	check("the mark is settled", stage.killlog.n_waiting == 0);
	mark(&stage, 2, 0);
	check("after it, too", stage.killlog.n_waiting == 0);
	for (int64_t pid = 100; pid < 100 + KILLLOG_MARKS_MAX + 1; pid++)
		mark(&stage, pid, 0);
	check("of more than can wait one is told", n_kills(&stage) == 2);
	end(&stage);
}

/* Where no log can be read nothing is waited for. */
static void marks_alone_are_told_at_once(void)
{
	static struct stage stage;

	begin(&stage);
	kmsg_close(&stage.killlog.kmsg);
	tick(&stage);
	mark(&stage, 1, 0);
	stage.now.vmstat.oom_kill++;
	tick(&stage);
	check("told", n_kills(&stage) == 1 && newest(&stage)->pid == 1);
	end(&stage);
}

static int again_fd;

static int reopen(const struct root *root)
{
	(void)root;
	return again_fd;
}

static void the_lines_of_a_report_are_found_again(void)
{
	static struct stage stage;
	const char *why = NULL;
	int pair[2];
	size_t len = 0;
	char *text;

	begin(&stage);
	tick(&stage);
	put_kill(&stage, 2, "chrome");
	read_on(&stage);
	read_on(&stage);
	check("sockets", socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair) == 0);
	again_fd = pair[0];
	stage.killlog.reopen = reopen;
	close(stage.writer);
	stage.writer = pair[1];
	put(&stage, "6,9,1000,-;usb 1-1: new device\n");
	{
		struct kill kill = *newest(&stage);
		char record[200];

		snprintf(record, sizeof(record), "4,1,%lld,-;first\n", (long long)kill.first_us);
		put(&stage, record);
		snprintf(record, sizeof(record), "4,1,%lld,-;last\n SUBSYSTEM=x\n",
			(long long)kill.last_us);
		put(&stage, record);
		snprintf(record, sizeof(record), "4,1,%lld,-;later\n",
			(long long)kill.last_us + 1000000);
		put(&stage, record);
		text = killlog_text(&stage.killlog, &kill, &len, &why);
		check("some", text && len > 0);
		check("first", text && memmem(text, len, ";first\n", 7));
		check("last", text && memmem(text, len, ";last\n", 6));
		check("no more",
			text && !memmem(text, len, "later", 5) && !memmem(text, len, "usb", 3) &&
				!memmem(text, len, "SUBSYS", 6));
		free(text);
		again_fd = -EPERM;
		check("gone", !killlog_text(&stage.killlog, &kill, &len, &why));
		check("why", why && strstr(why, "does not have it any more"));
		kill.source = KILL_OF_COUNTER;
		check("none", !killlog_text(&stage.killlog, &kill, &len, &why));
		check("why", why && strstr(why, "no log"));
	}
	end(&stage);
}

static void history_is_read_when_it_is_wanted(void)
{
	static struct stage stage;
	const char *why = NULL;
	size_t len = 0;
	char *text;

	begin_journal(&stage, false);
	tick(&stage);
	put_journal(&stage, 40 * 86400, 77000000, 11);
	put_journal(&stage, 20 * 86400, 78000000, 12);
	put_kill(&stage, 2, "chrome");
	settle_journal(&stage);
	check("not before", n_kills(&stage) == 1);
	check("nothing to wait for", killlog_journal_fd(&stage.killlog) == -1);
	killlog_want_history(&stage.killlog);
	check("asked", stage.killlog.kills.past == PAST_READING);
	check("waited for", killlog_journal_fd(&stage.killlog) >= 0);
	settle_journal(&stage);
	check("all", n_kills(&stage) == 3 && newest(&stage)->pid == 2);
	check("in order",
		kills_get(&stage.killlog.kills, 1)->pid == 12 &&
			kills_get(&stage.killlog.kills, 2)->pid == 11);
	check("of an earlier boot", kills_get(&stage.killlog.kills, 2)->earlier_boot);
	check("its uptime", kills_get(&stage.killlog.kills, 2)->uptime_ms == 77000);
	text = killlog_text(&stage.killlog, kills_get(&stage.killlog.kills, 2), &len, &why);
	check("its lines",
		text && memmem(text, len, "process 11 ", 11) &&
			!memmem(text, len, "process 12 ", 11));
	free(text);
	check("no lines of before", stage.n_lines == 2);
	close(stage.journal_writer);
	stage.journal_writer = -1;
	read_on(&stage);
	check("read", stage.killlog.kills.past == PAST_READ);
	check("nothing to wait for", killlog_journal_fd(&stage.killlog) == -1);
	killlog_want_history(&stage.killlog);
	check("once", stage.killlog.kills.past == PAST_READ);
	end(&stage);
}

/* The kernel's log tells of the kernel's kills, the journal of the others. */
static void a_daemons_kill_is_told_as_it_happens(void)
{
	static struct stage stage;

	begin_journal(&stage, false);
	tick(&stage);
	check("nobody asked", stage.killlog.kills.past == PAST_NONE);
	stage.now.n_killers = 1;
	tick(&stage);
	check("a killer runs", stage.killlog.kills.past == PAST_READING);
	put_journal(&stage, 0, stamp_us(), 2);
	put_daemon(&stage);
	settle_journal(&stage);
	check("the daemon's alone", n_kills(&stage) == 1);
	check("its own rule", newest(&stage)->where == KILL_DAEMON && !newest(&stage)->before);
	check("its line alone", stage.n_lines == 1 && strstr(stage.last_line, "a.scope"));
	end(&stage);
}

/* The kernel's log cannot be read: the journal tells what happens. */
static void the_journal_stands_in_for_the_log(void)
{
	static struct stage stage;

	begin_journal(&stage, true);
	tick(&stage);
	put_journal(&stage, 3600, 78000000, 12);
	settle_journal(&stage);
	check("before", n_kills(&stage) == 1 && newest(&stage)->before);
	check("not for a recording", stage.n_lines == 0);
	put_journal(&stage, 0, stamp_us(), 2);
	check("its kill settles by time", !read_on(&stage));
	check("waits", killlog_timeout_ms(&stage.killlog) == KILLLOG_QUIET_MS);
	settle_journal(&stage);
	check("live",
		n_kills(&stage) == 2 && !newest(&stage)->before &&
			newest(&stage)->source == KILL_OF_JOURNAL);
	check("its line", stage.n_lines == 1 && strstr(stage.last_line, "process 2 "));
	close(stage.journal_writer);
	stage.journal_writer = -1;
	read_on(&stage);
	check("said when it ends", !stage.killlog.kills.journal);
	end(&stage);
}

/* More lines than are kept: those that are, are whole. */
static void the_oldest_lines_of_the_journal_go(void)
{
	static struct stage stage;
	struct kill kill = {
		.source = KILL_OF_JOURNAL, .first_us = VALUE_UNKNOWN, .last_us = VALUE_UNKNOWN
	};
	char filler[4096];
	const char *why = NULL;
	size_t len = 0;
	char *text;

	begin_journal(&stage, true);
	tick(&stage);
	memset(filler, 'x', sizeof(filler));
	filler[sizeof(filler) - 1] = '\n';
	put_journal(&stage, 7200, 78000000, 12);
	for (size_t n = 1; n > 0;) {
		/* Up to some bytes before the end, so that the next line goes round it. */
		const int64_t room = KILLLOG_LINES_BYTES - 50 - stage.killlog.journal.bytes;

		n = (size_t)value_min(room, (int64_t)sizeof(filler));
		check("written",
			write(stage.journal_writer, filler + sizeof(filler) - n, n) == (ssize_t)n);
		read_on(&stage);
	}
	put_journal(&stage, 3600, 79000000, 13);
	settle_journal(&stage);
	check("both are listed", n_kills(&stage) == 2);
	kill = *kills_get(&stage.killlog.kills, 0);
	text = killlog_text(&stage.killlog, &kill, &len, &why);
	check("the newer one is kept", text && memmem(text, len, "process 13 ", 11));
	free(text);
	kill = *kills_get(&stage.killlog.kills, 1);
	check("the older one is not", !killlog_text(&stage.killlog, &kill, &len, &why));
	check("why", why && strstr(why, "not kept"));
	end(&stage);
}

int main(void)
{
	a_kill_is_told_when_the_log_is_quiet();
	what_another_was_foretold_is_said();
	what_was_before_is_listed_and_not_compared();
	what_was_overwritten_is_counted();
	what_is_counted_and_not_told_is_told();
	a_mark_without_a_line_becomes_a_kill();
	a_mark_that_is_not_counted_is_no_kill();
	a_mark_and_a_line_are_one_kill();
	marks_alone_are_told_at_once();
	the_lines_of_a_report_are_found_again();
	history_is_read_when_it_is_wanted();
	a_daemons_kill_is_told_as_it_happens();
	the_journal_stands_in_for_the_log();
	the_oldest_lines_of_the_journal_go();
	printf("killlog: %u checks, %u failed\n", n_checks, n_failed);
	return n_failed > 0;
}
