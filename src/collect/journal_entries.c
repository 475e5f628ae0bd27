/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-id128.h>
#include <systemd/sd-journal.h>
#include <time.h>
#include <unistd.h>

#include "collect/journal_parts.h"
#include "parse/log_window.h"

/** Longer messages are compressed, and only so much of them is unpacked. */
#define MESSAGE_BYTES (64u << 10)

#define DAY_US (INT64_C(86400) * 1000000)

/** Users' own, as distributions number them (login.defs), but for systemd's dynamic users of
 * services (nss-systemd(8)): they may log under any name, and are not believed. */
#define UID_PEOPLE 1000
#define UID_DYNAMIC 61184
#define UID_DYNAMIC_LAST 65519

/* Who kills, beside the kernel.  oomd writes its kills to /dev/kmsg. */
static const char *const killers[] = { "systemd-oomd", "earlyoom", "nohang", "kubelet" };

/** One for each order of stamps: the kernel's own, and when the journal received a line. */
struct reading {
	sd_journal *journal;
	const struct journal_choice *choice;
	struct journal_pipe *pipe;
	struct log_window kernel;
	struct log_window killers;
	sd_id128_t boot;
	bool boot_known;
};

bool journal_built(void)
{
	return true;
}

/* The value of a field of the entry; valid until the next call. */
static struct span field(sd_journal *journal, const char *name)
{
	const size_t name_len = strlen(name) + 1; /* with the "=" */
	const void *data;
	size_t len;

	if (sd_journal_get_data(journal, name, &data, &len) < 0 || len < name_len)
		return (struct span){ "", 0 };
	return (struct span){ (const char *)data + name_len, len - name_len };
}

static int64_t number(sd_journal *journal, const char *name)
{
	const struct span value = field(journal, name);
	struct scan scan = scan_of(value.at, value.len);
	int64_t ret;

	return scan_int(&scan, &ret) && scan_done(&scan) && ret >= 0 ? ret : VALUE_UNKNOWN;
}

static bool begins_with(struct span text, const char *begin)
{
	return text.len >= strlen(begin) && memcmp(text.at, begin, strlen(begin)) == 0;
}

/* The name of the killer, ours; NULL: none. */
static const char *killer_of(sd_journal *journal)
{
	const struct span tag = field(journal, "SYSLOG_IDENTIFIER");
	const int64_t uid = number(journal, "_UID");

	/* Unknown is no service's, either: journald always says it. */
	if (uid < 0 || (uid >= UID_PEOPLE && (uid < UID_DYNAMIC || uid > UID_DYNAMIC_LAST)))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(killers); i++) {
		if (span_is(tag, killers[i]))
			return killers[i];
	}
	return NULL;
}

static bool is_kept(struct reading *reading, struct journal_entry *entry, int64_t stamp_us)
{
	const struct span message = entry->message;

	if (!entry->tag)
		return log_window_keeps(&reading->kernel, message.at, message.len, stamp_us);
	/* It logs little but kills, and those in words of its own. */
	if (strcmp(entry->tag, "systemd-oomd") == 0)
		return begins_with(message, "Killed ") || begins_with(message, "Marked ");
	return log_window_keeps(&reading->killers, message.at, message.len, stamp_us);
}

static int put(const char *line, size_t len, void *context)
{
	return journal_pipe_put(context, line, len);
}

static int64_t to_stamp(uint64_t us)
{
	return us <= INT64_MAX ? (int64_t)us : VALUE_UNKNOWN;
}

static struct span message_of(sd_journal *journal)
{
	struct span message = field(journal, "MESSAGE");

	if (message.len > MESSAGE_BYTES)
		message.len = MESSAGE_BYTES;
	return message;
}

/* Whose it is, when it was logged by its own clock, and whether that matters here. */
static bool read_origin(struct reading *reading, struct journal_entry *entry, int64_t *ret_stamp_us)
{
	sd_journal *journal = reading->journal;
	const bool from_kernel = span_is(field(journal, "_TRANSPORT"), "kernel");
	uint64_t received_us = 0;
	sd_id128_t boot = SD_ID128_NULL;

	(void)sd_journal_get_monotonic_usec(journal, &received_us, &boot);
	entry->tag = from_kernel ? NULL : killer_of(journal);
	if (!from_kernel) {
		*ret_stamp_us = to_stamp(received_us);
		return entry->tag != NULL;
	}
	entry->uptime_us = number(journal, "_SOURCE_MONOTONIC_TIMESTAMP");
	*ret_stamp_us = value_or(entry->uptime_us, to_stamp(received_us));
	return !reading->choice->earlier_only || !reading->boot_known ||
		!sd_id128_equal(boot, reading->boot);
}

static int write_lines(struct reading *reading, struct journal_entry *entry)
{
	sd_journal *journal = reading->journal;
	uint64_t real_us = 0;
	struct span field_host;
	char host[64];

	(void)sd_journal_get_realtime_usec(journal, &real_us);
	entry->real_us = to_stamp(real_us);
	if (entry->tag)
		entry->pid = number(journal, "_PID");
	field_host = field(journal, "_HOSTNAME");
	entry->host.at = host;
	entry->host.len = field_host.len < sizeof(host) ? field_host.len : sizeof(host);
	memcpy(host, field_host.at, entry->host.len);
	entry->message = message_of(journal);
	return journal_lines(entry, put, reading->pipe);
}

/* What cannot be read of an entry, in a damaged file, is as if it were not there. */
static int take(struct reading *reading)
{
	struct journal_entry entry = { .pid = VALUE_UNKNOWN, .uptime_us = VALUE_UNKNOWN };
	int64_t stamp_us, facility;

	if (!read_origin(reading, &entry, &stamp_us))
		return 0;
	/* Programs may write to the kernel's log, too; facility 0 is its own (collect/kmsg). */
	facility = entry.tag ? 0 : number(reading->journal, "SYSLOG_FACILITY");
	entry.message = message_of(reading->journal);
	if (facility != 0 && !begins_with(entry.message, "oomd kill: "))
		return 0;
	return is_kept(reading, &entry, stamp_us) ? write_lines(reading, &entry) : 0;
}

static int read_on(struct reading *reading)
{
	int r;

	while ((r = sd_journal_next(reading->journal)) > 0) {
		r = take(reading);
		if (r < 0)
			return r;
	}
	return r < 0 ? r : journal_pipe_flush(reading->pipe);
}

static int choose(struct reading *reading)
{
	sd_journal *journal = reading->journal;
	char match[64];
	int r;

	(void)sd_journal_set_data_threshold(journal, MESSAGE_BYTES);
	r = sd_journal_add_match(journal, "_TRANSPORT=kernel", 0);
	if (r >= 0)
		r = sd_journal_add_disjunction(journal);
	for (size_t i = 0; i < ARRAY_SIZE(killers) && r >= 0; i++) {
		snprintf(match, sizeof(match), "SYSLOG_IDENTIFIER=%s", killers[i]);
		r = sd_journal_add_match(journal, match, 0);
	}
	if (r < 0)
		return r;
	if (reading->choice->all)
		return sd_journal_seek_head(journal);
	return sd_journal_seek_realtime_usec(
		journal, (uint64_t)(time(NULL) * INT64_C(1000000) - JOURNAL_DAYS * DAY_US));
}

/* Nothing could be opened: because there is nothing, or because we may not? */
static int why_nothing(void)
{
	static const char *const folders[] = { "/var/log/journal", "/run/log/journal" };
	sd_id128_t machine;
	char path[512], id[33];

	if (sd_id128_get_machine(&machine) < 0)
		return -ENOENT;
	sd_id128_to_string(machine, id);
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		snprintf(path, sizeof(path), "%s/%s/system.journal", folders[i], id);
		if (access(path, R_OK) < 0 && errno == EACCES)
			return -EACCES;
	}
	return -ENOENT;
}

/* Opens without an error where there is no journal, and where it may not be read. */
static int open_machine(sd_journal **ret)
{
	/* The system's alone: what users log about themselves is in files of theirs. */
	const int r = sd_journal_open(ret, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM);

	if (r < 0)
		return r;
	if (sd_journal_has_runtime_files(*ret) > 0 || sd_journal_has_persistent_files(*ret) > 0)
		return 0;
	return why_nothing();
}

static int open_path(const char *path, sd_journal **ret)
{
	const char *files[] = { path, NULL };
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	return S_ISDIR(st.st_mode) ? sd_journal_open_directory(ret, path, 0)
				   : sd_journal_open_files(ret, files, 0);
}

static enum fact_state state_of(int error)
{
	switch (-error) {
	case EPROTONOSUPPORT: /* flags of a newer format */
	case ENODATA:
	case EIO:
	case EUCLEAN:
		return FACT_MALFORMED;
	default:
		return fact_state_of(error);
	}
}

static int follow(struct reading *reading)
{
	int r;

	do
		r = sd_journal_wait(reading->journal, (uint64_t)-1);
	while (r >= 0 && (r = read_on(reading)) >= 0);
	return r;
}

int journal_entries(
	const struct journal_choice *choice, struct journal_pipe *pipe, struct journal_word *word)
{
	struct reading reading = { .choice = choice, .pipe = pipe };
	int r;

	log_window_init(&reading.kernel);
	log_window_init(&reading.killers);
	reading.boot_known = sd_id128_get_boot(&reading.boot) >= 0;
	r = choice->path ? open_path(choice->path, &reading.journal)
			 : open_machine(&reading.journal);
	if (r >= 0)
		r = choose(&reading);
	word->state = state_of(r < 0 ? r : 0);
	if (r >= 0) {
		(void)!write(pipe->fd, "\n", 1);
		r = read_on(&reading);
		word->cut = pipe->cut;
		word->caught_up = r >= 0;
	}
	if (r >= 0 && choice->follow)
		r = follow(&reading);
	sd_journal_close(reading.journal);
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
