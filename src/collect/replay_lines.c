/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collect/replay_parts.h"
#include "os/write.h"

/** Read at once. */
#define BLOCK_BYTES ((size_t)256 << 10)

/* Copy all that a descriptor gives to a file in memory. */
static int copy_stream(int from, int to, int64_t *ret_size)
{
	char *block = malloc(BLOCK_BYTES);
	int64_t size = 0;
	int error = block ? 0 : -ENOMEM;

	while (error == 0) {
		const ssize_t n = read(from, block, BLOCK_BYTES);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			error = n < 0 ? -errno : 0;
			break;
		}
		error = write_all(to, block, (size_t)n);
		size += n;
	}
	free(block);
	if (error == 0)
		*ret_size = size;
	return error;
}

static int take_stream(struct replay_source *source, int fd)
{
	int error;

	source->fd = memfd_create("oomwatch-replay", MFD_CLOEXEC);
	if (source->fd < 0)
		return -errno;
	error = copy_stream(fd, source->fd, &source->size);
	if (error < 0) {
		close(source->fd);
		source->fd = -1;
	}
	return error;
}

int replay_source_open(struct replay_source *source, const char *name)
{
	const bool is_stdin = strcmp(name, "-") == 0;
	const int fd = is_stdin ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
	struct stat st;
	int error = 0;

	*source = (struct replay_source){ .fd = -1 };
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		error = -errno;
	else if (S_ISDIR(st.st_mode))
		error = -EISDIR;
	/* Files of /proc and the like say that they are empty. */
	if (error == 0 && !is_stdin && S_ISREG(st.st_mode) && st.st_size > 0) {
		source->fd = fd;
		source->size = st.st_size;
		return 0;
	}
	if (error == 0)
		error = take_stream(source, fd);
	if (!is_stdin)
		close(fd);
	return error;
}

void replay_source_close(struct replay_source *source)
{
	if (source->fd >= 0)
		close(source->fd);
	source->fd = -1;
}

ssize_t replay_source_read(
	const struct replay_source *source, int64_t offset, char *buf, size_t len)
{
	ssize_t n;

	if (offset >= source->size)
		return 0;
	if ((int64_t)len > source->size - offset)
		len = (size_t)(source->size - offset);
	if (source->memory) {
		memcpy(buf, source->memory + offset, len);
		return (ssize_t)len;
	}
	do
		n = pread(source->fd, buf, len, offset);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

void replay_lines_seek(struct replay_lines *lines, int64_t offset)
{
	const int64_t ahead = offset - lines->offset;

	if (ahead >= 0 && ahead <= (int64_t)(lines->len - lines->at)) {
		lines->at += (size_t)ahead;
	} else {
		lines->at = lines->len = 0;
	}
	lines->offset = offset;
}

static int make_room(struct replay_lines *lines)
{
	size_t room;
	char *buf;

	if (lines->at > 0) {
		memmove(lines->buf, lines->buf + lines->at, lines->len - lines->at);
		lines->len -= lines->at;
		lines->at = 0;
	}
	if (lines->room - lines->len >= BLOCK_BYTES / 2)
		return 0;
	if (lines->len > REPLAY_LINE_MAX)
		return -EFBIG;
	room = lines->room > 0 ? lines->room * 2 : BLOCK_BYTES;
	buf = realloc(lines->buf, room);
	if (!buf)
		return -ENOMEM;
	lines->buf = buf;
	lines->room = room;
	return 0;
}

static void cut_line(struct replay_lines *lines, size_t len, bool whole, struct replay_line *ret)
{
	ret->text = lines->buf + lines->at;
	ret->len = len;
	ret->offset = lines->offset;
	ret->whole = whole;
	lines->at += len + whole;
	lines->offset += (int64_t)(len + whole);
	lines->numbers++;
}

/* Behind what there is.  The bytes read, 0 at the end, or -errno. */
static ssize_t read_more(struct replay_lines *lines)
{
	const int64_t behind = lines->offset + (int64_t)(lines->len - lines->at);
	const int error = make_room(lines);
	ssize_t n;

	if (error < 0)
		return error;
	n = replay_source_read(
		lines->source, behind, lines->buf + lines->len, lines->room - lines->len);
	if (n > 0)
		lines->len += (size_t)n;
	return n;
}

int replay_lines_next(struct replay_lines *lines, struct replay_line *ret)
{
	size_t seen = 0;

	for (;;) {
		const size_t have = lines->len - lines->at;
		const char *start = have > 0 ? lines->buf + lines->at : NULL, *newline = NULL;
		ssize_t n;

		if (have > seen)
			newline = memchr(start + seen, '\n', have - seen);
		if (newline) {
			cut_line(lines, (size_t)(newline - start), true, ret);
			return ret->len > REPLAY_LINE_MAX ? -EFBIG : 1;
		}
		seen = have;
		n = read_more(lines);
		if (n < 0 || (n == 0 && have == 0))
			return (int)n;
		if (n == 0) {
			cut_line(lines, have, false, ret);
			return 1;
		}
	}
}

void replay_lines_free(struct replay_lines *lines)
{
	free(lines->buf);
	*lines = (struct replay_lines){ 0 };
}
