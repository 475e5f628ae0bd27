/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "collect/journal_parts.h"
#include "unit.h"

#define LINES 40000
#define LINE_BYTES 16

static void put_lines(struct journal_pipe *pipe, int first, int n)
{
	char line[32];

	for (int i = first; i < first + n; i++) {
		snprintf(line, sizeof(line), "line %010d\n", i);
		if (journal_pipe_put(pipe, line, LINE_BYTES) < 0)
			expect_int("put", i, -1);
	}
}

/* Whole lines, one after the other, up to the last: the number of the first, -1 if not. */
static int first_of(int fd, int last)
{
	static char text[LINES * LINE_BYTES + 1];
	const ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	int first = -1, next = -1;

	for (ssize_t at = 0; at + LINE_BYTES <= n; at += LINE_BYTES) {
		const int number = atoi(text + at + 5);

		if (text[at + LINE_BYTES - 1] != '\n' || (next >= 0 && number != next))
			return -1;
		if (first < 0)
			first = number;
		next = number + 1;
	}
	return n % LINE_BYTES == 0 && next == last + 1 ? first : -1;
}

static void all_lines_get_through(void)
{
	const int fd = memfd_create("lines", MFD_CLOEXEC);
	struct journal_pipe pipe;

	expect_int("init", journal_pipe_init(&pipe, fd, 0), 0);
	put_lines(&pipe, 0, LINES);
	expect_int("flush", journal_pipe_flush(&pipe), 0);
	expect_int("first", first_of(fd, LINES - 1), 0);
	expect_true("not cut", !pipe.cut);
	journal_pipe_free(&pipe);
	close(fd);
}

static void of_lines_that_are_held_the_oldest_go(void)
{
	const size_t held = 128 << 10;
	const int fd = memfd_create("lines", MFD_CLOEXEC);
	struct journal_pipe pipe;
	off_t size;

	expect_int("init", journal_pipe_init(&pipe, fd, held), 0);
	put_lines(&pipe, 0, (int)(held / LINE_BYTES));
	expect_true("just full", !pipe.cut);
	put_lines(&pipe, (int)(held / LINE_BYTES), LINES - (int)(held / LINE_BYTES));
	expect_true("cut", pipe.cut);
	expect_int("nothing is written", lseek(fd, 0, SEEK_END), 0);
	expect_int("flush", journal_pipe_flush(&pipe), 0);
	size = lseek(fd, 0, SEEK_END);
	expect_true("size", size <= (off_t)held && size >= (off_t)held * 3 / 4 - LINE_BYTES);
	expect_int("first", first_of(fd, LINES - 1), LINES - (int)(size / LINE_BYTES));

	/* From now on nothing is held or lost. */
	expect_int("nothing", ftruncate(fd, 0) + lseek(fd, 0, SEEK_SET), 0);
	pipe.cut = false;
	put_lines(&pipe, 0, LINES);
	expect_int("flush again", journal_pipe_flush(&pipe), 0);
	expect_int("first after", first_of(fd, LINES - 1), 0);
	expect_true("not cut after", !pipe.cut);
	journal_pipe_free(&pipe);
	close(fd);
}

static void a_reader_that_went_is_an_error(void)
{
	struct journal_pipe pipe;
	int fds[2];

	signal(SIGPIPE, SIG_IGN);
	expect_int("pipe", pipe2(fds, O_CLOEXEC), 0);
	close(fds[0]);
	expect_int("init", journal_pipe_init(&pipe, fds[1], 0), 0);
	put_lines(&pipe, 0, 1);
	expect_int("flush", journal_pipe_flush(&pipe), -EPIPE);
	journal_pipe_free(&pipe);
	close(fds[1]);
}

extern CU_TestInfo journal_pipe_tests[];
CU_TestInfo journal_pipe_tests[] = {
	{ "all lines get through", all_lines_get_through },
	{ "of lines that are held the oldest go", of_lines_that_are_held_the_oldest_go },
	{ "a reader that went is an error", a_reader_that_went_is_an_error },
	CU_TEST_INFO_NULL,
};
