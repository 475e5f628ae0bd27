/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "app/explain_source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

static int open_journal(struct explain_source *source, const char *path)
{
	const struct journal_choice choice = { .path = path, .all = true };
	const int r = journal_open(&source->journal, &choice);

	if (r < 0) {
		source->why = source->journal.why;
		return r;
	}
	journal_go(&source->journal);
	return 0;
}

int explain_source_open(struct explain_source *source, const char *file)
{
	*source = (struct explain_source){ .fd = -1, .journal = JOURNAL_CLOSED };
	if (!file || journal_is(file))
		return open_journal(source, file);
	source->fd = strcmp(file, "-") == 0 ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC);
	return source->fd < 0 ? -errno : 0;
}

static ssize_t read_journal(struct explain_source *source, char *buf, size_t size)
{
	struct journal *journal = &source->journal;

	for (;;) {
		struct pollfd wait = { .fd = journal->wake_fd, .events = POLLIN };
		const ssize_t n = journal_read(journal, buf, size);

		if (n > 0)
			return n;
		if (journal->ended)
			break;
		(void)poll(&wait, 1, -1);
	}
	if (journal->state == FACT_PRESENT)
		return 0;
	source->why = journal->why;
	return -EIO;
}

ssize_t explain_source_read(struct explain_source *source, char *buf, size_t size)
{
	ssize_t n;

	if (source->fd < 0)
		return read_journal(source, buf, size);
	do
		n = read(source->fd, buf, size);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

void explain_source_close(struct explain_source *source)
{
	journal_close(&source->journal);
	if (source->fd > STDIN_FILENO)
		close(source->fd);
	source->fd = -1;
}
