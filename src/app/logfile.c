/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "app/logfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "base/value.h"

int logfile_open(struct logfile *logfile, const char *name)
{
	*logfile = (struct logfile)LOGFILE_NONE;
	if (!name)
		return 0;
	logfile->name = name;
	logfile->fd =
		open(name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
	if (logfile->fd >= 0)
		return 0;
	fprintf(stderr, "oomwatch: --log %s: %s\n", name, strerror(errno));
	return -errno;
}

static bool append(struct logfile *logfile, int64_t time_ms, const char *line)
{
	char buf[LOG_LINE_MAX + 64], clock[32] = "-";
	struct text text;
	struct tm utc;

	if (value_known(time_ms)) {
		const time_t second = (time_t)(time_ms / 1000);

		if (gmtime_r(&second, &utc))
			strftime(clock, sizeof(clock), "%Y-%m-%dT%H:%M:%SZ", &utc);
	}
	text_init(&text, buf, sizeof(buf));
	text_fmt(&text, "%s %s\n", clock, line);
	return write(logfile->fd, buf, text.len) == (ssize_t)text.len;
}

void logfile_follow(struct logfile *logfile, struct ui_state *state)
{
	const struct log *log = &state->log;
	uint64_t left = log->total - logfile->written;

	if (logfile->fd < 0)
		return;
	if (left > log->count)
		left = log->count;
	logfile->written = log->total;
	for (; left > 0; left--) {
		const struct log_line *line = ui_log_line(log, (unsigned)left - 1);

		if (append(logfile, line->time_ms, line->text) || logfile->failed)
			continue;
		logfile->failed = true;
		ui_refuse(state, "--log %s: %s: lines are lost", logfile->name, strerror(errno));
	}
}

void logfile_add(struct logfile *logfile, const char *line)
{
	if (logfile->fd >= 0)
		(void)append(logfile, (int64_t)time(NULL) * 1000, line);
}

void logfile_close(struct logfile *logfile)
{
	if (logfile->fd >= 0)
		close(logfile->fd);
	*logfile = (struct logfile)LOGFILE_NONE;
}
