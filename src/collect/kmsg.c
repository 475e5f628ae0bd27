/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/kmsg.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/** The character device of the log (drivers/char/mem.c). */
#define KMSG_MAJOR 1
#define KMSG_MINOR 11

/** Reads in a row that bring no record; a kernel whose log cannot be read (before 3.5) would
 * fail for ever. */
#define FAILURES_MAX 16

/** Facility 0 is the kernel's; level and facility stand in one number (syslog(3)). */
#define LEVELS 8

/** What oomd writes there itself, in whatever facility. */
static const char oomd_kill[] = "oomd kill: ";

void kmsg_adopt(struct kmsg *kmsg, int fd)
{
	*kmsg = (struct kmsg){ .fd = fd, .state = FACT_PRESENT, .read = read };
	kmsg->parser = report_parser_new(&kmsg->arena);
	if (!kmsg->parser) {
		kmsg_close(kmsg);
		kmsg->state = FACT_FAILED;
	}
}

static bool is_log(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) &&
		st.st_rdev == makedev(KMSG_MAJOR, KMSG_MINOR);
}

void kmsg_open(struct kmsg *kmsg, const struct root *root)
{
	const int fd = root_open_kept(root, "dev/kmsg");

	if (fd >= 0 && is_log(fd)) {
		kmsg_adopt(kmsg, fd);
		return;
	}
	if (fd >= 0)
		close(fd);
	*kmsg = (struct kmsg)KMSG_CLOSED;
	kmsg->state = fd < 0 ? fact_state_of(fd) : FACT_ABSENT;
}

void kmsg_close(struct kmsg *kmsg)
{
	if (kmsg->fd >= 0)
		close(kmsg->fd);
	kmsg->fd = -1;
	report_parser_free(kmsg->parser);
	kmsg->parser = NULL;
	arena_free(&kmsg->arena);
}

/* "PRI,SEQ,USEC,FLAGS;TEXT": whether to believe it. */
static bool is_believed(const char *record, size_t len)
{
	const char *text = memchr(record, ';', len);
	unsigned long priority = 0;
	const char *at = record;

	if (!text)
		return false;
	for (; *at >= '0' && *at <= '9' && priority < UINT16_MAX; at++)
		priority = priority * 10 + (unsigned long)(*at - '0');
	if (at == record || *at != ',')
		return false;
	text++;
	return priority < LEVELS ||
		((size_t)(record + len - text) >= sizeof(oomd_kill) - 1 &&
			memcmp(text, oomd_kill, sizeof(oomd_kill) - 1) == 0);
}

/* Behind the text, of which newlines are escaped, stand lines on the device that it is about. */
static void take(struct kmsg *kmsg, size_t len, const struct report_listener *listener)
{
	char *end = memchr(kmsg->record, '\n', len);

	if (end)
		len = (size_t)(end - kmsg->record);
	if (!is_believed(kmsg->record, len))
		return;
	if (kmsg->line)
		kmsg->line(kmsg->record, len, kmsg->line_context);
	kmsg->record[len] = '\n';
	if (report_parser_feed(kmsg->parser, kmsg->record, len + 1, listener) < 0)
		kmsg->lacked_memory = true;
}

/* Whether to read on after an error. */
static bool goes_on(struct kmsg *kmsg, int error, unsigned failures)
{
	if (error == EAGAIN) {
		kmsg->at_end = true;
		return false;
	}
	/* Overwritten before it was read: the next read goes on behind. */
	if (error == EPIPE)
		kmsg->n_lost++;
	else if (error != EINTR && error != EINVAL)
		failures = FAILURES_MAX;
	if (failures < FAILURES_MAX)
		return true;
	if (error == EPIPE || error == EINTR)
		return false;
	kmsg_close(kmsg);
	kmsg->at_end = true;
	kmsg->state = fact_state_of(-error);
	return false;
}

unsigned kmsg_read(struct kmsg *kmsg, size_t bytes, const struct report_listener *listener)
{
	unsigned records = 0, failures = 0;
	size_t taken = 0;

	kmsg->at_end = kmsg->fd < 0;
	while (kmsg->fd >= 0 && taken < bytes) {
		const ssize_t len = kmsg->read(kmsg->fd, kmsg->record, KMSG_RECORD_MAX);

		if (len < 0) {
			if (!goes_on(kmsg, errno, ++failures))
				break;
			continue;
		}
		if (len == 0) {
			kmsg->at_end = true;
			break;
		}
		take(kmsg, (size_t)len, listener);
		taken += (size_t)len;
		failures = 0;
		records++;
	}
	return records;
}

void kmsg_settle(struct kmsg *kmsg, const struct report_listener *listener)
{
	if (kmsg->parser && report_parser_settle(kmsg->parser, listener) < 0)
		kmsg->lacked_memory = true;
}
