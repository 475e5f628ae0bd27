/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collect/journal_parts.h"
#include "os/write.h"

/** As much as a pipe takes at once (pipe(7)). */
#define BLOCK_BYTES (64u << 10)

int journal_pipe_init(struct journal_pipe *pipe, int fd, size_t held)
{
	*pipe = (struct journal_pipe){ .fd = fd, .holds = held > 0 };
	pipe->size = held > BLOCK_BYTES ? held : BLOCK_BYTES;
	pipe->buf = malloc(pipe->size);
	return pipe->buf ? 0 : -ENOMEM;
}

void journal_pipe_free(struct journal_pipe *pipe)
{
	free(pipe->buf);
	pipe->buf = NULL;
}

/* A quarter, so that not each line moves all. */
static void drop_oldest(struct journal_pipe *pipe)
{
	const size_t least = pipe->size / 4;
	const char *newline = memchr(pipe->buf + least, '\n', pipe->len - least);
	const size_t n = newline ? (size_t)(newline + 1 - pipe->buf) : pipe->len;

	memmove(pipe->buf, pipe->buf + n, pipe->len - n);
	pipe->len -= n;
	pipe->cut = true;
}

int journal_pipe_flush(struct journal_pipe *pipe)
{
	const int r = write_all(pipe->fd, pipe->buf, pipe->len);

	pipe->len = 0;
	if (pipe->holds) {
		char *smaller = realloc(pipe->buf, BLOCK_BYTES);

		if (smaller)
			pipe->buf = smaller;
		pipe->size = BLOCK_BYTES;
		pipe->holds = false;
	}
	return r;
}

int journal_pipe_put(struct journal_pipe *pipe, const char *line, size_t len)
{
	int r = 0;

	if (pipe->size - pipe->len < len) {
		if (pipe->holds)
			drop_oldest(pipe);
		else
			r = journal_pipe_flush(pipe);
	}
	memcpy(pipe->buf + pipe->len, line, len);
	pipe->len += len;
	return r;
}
