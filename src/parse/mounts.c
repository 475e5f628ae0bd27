/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "parse/scan.h"
#include "parse/system.h"

/** What both formats say of one mount; all as printed. */
struct mount {
	struct span point;
	struct span type;
	struct span source;
	struct span options; /**< of the file system, in mounts those of the mount too */
};

/* "\040" and the like: three octal digits behind a backslash. */
static char next_byte(struct scan *scan)
{
	int byte = 0;

	if (*scan->at != '\\' || scan->end - scan->at < 4)
		return *scan->at++;
	for (int i = 1; i <= 3; i++) {
		if (scan->at[i] < '0' || scan->at[i] > '7')
			return *scan->at++;
		byte = byte * 8 + (scan->at[i] - '0');
	}
	scan->at += 4;
	return (char)(unsigned char)byte;
}

static bool path_is(struct span path, const char *literal)
{
	struct scan scan = { path.at, path.at + path.len };

	for (; *literal; literal++) {
		if (scan_done(&scan) || next_byte(&scan) != *literal)
			return false;
	}
	return scan_done(&scan);
}

/* mountinfo: ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [TAG...] - TYPE SOURCE SUPEROPTIONS */
static bool mountinfo_line(struct scan *line, struct mount *ret)
{
	struct span word;
	int64_t id, parent;

	if (!scan_int(line, &id) || !scan_int(line, &parent) || !scan_word(line, &word) ||
		!scan_word(line, &word) || !scan_word(line, &ret->point))
		return false;
	while (scan_word(line, &word)) {
		if (!span_is(word, "-"))
			continue;
		return scan_word(line, &ret->type) && scan_word(line, &ret->source) &&
			scan_word(line, &ret->options);
	}
	return false;
}

/* mounts: SOURCE POINT TYPE OPTIONS 0 0 */
static bool mounts_line(struct scan *line, struct mount *ret)
{
	struct span zero;

	return scan_word(line, &ret->source) && scan_word(line, &ret->point) &&
		ret->point.at[0] == '/' && scan_word(line, &ret->type) &&
		scan_word(line, &ret->options) && scan_word(line, &zero);
}

static int hidepid_of(struct span value)
{
	/* Names since 5.8 (fs/proc/root.c); numbers before, and they are still accepted. */
	static const struct {
		const char *text;
		int hidepid;
	} names[] = {
		{ "1", 1 },
		{ "2", 2 },
		{ "4", 4 },
		{ "noaccess", 1 },
		{ "invisible", 2 },
		{ "ptraceable", 4 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (span_is(value, names[i].text))
			return names[i].hidepid;
	}
	return 0;
}

static int find_hidepid(struct span options)
{
	struct scan scan = { options.at, options.at + options.len };
	int hidepid = 0;

	while (!scan_done(&scan)) {
		struct scan rest;
		struct span option;

		if (!scan_until(&scan, ',', &option)) {
			option = (struct span){ scan.at, (size_t)(scan.end - scan.at) };
			scan.at = scan.end;
		}
		rest = (struct scan){ option.at, option.at + option.len };
		if (scan_literal(&rest, "hidepid="))
			hidepid =
				hidepid_of((struct span){ rest.at, (size_t)(rest.end - rest.at) });
	}
	return hidepid;
}

static void apply(const struct mount *mount, struct proc_mounts *mounts)
{
	if (path_is(mount->point, "/proc")) {
		/* It covers what was mounted there, or below, before. */
		mounts->lxcfs = false;
		mounts->hidepid = span_is(mount->type, "proc") ? find_hidepid(mount->options) : 0;
	} else if (path_is(mount->point, "/proc/meminfo")) {
		mounts->lxcfs =
			span_is(mount->type, "fuse.lxcfs") || span_is(mount->source, "lxcfs");
	}
}

int parse_mounts(const char *text, size_t len, struct proc_mounts *ret)
{
	struct scan scan = scan_of(text, len), line;
	struct proc_mounts mounts = { .hidepid = 0 };
	bool any = false;

	if (len == 0)
		return -ENODATA;
	while (scan_whole_line(&scan, &line)) {
		struct scan again = line;
		struct mount mount;

		if (mountinfo_line(&line, &mount) || mounts_line(&again, &mount)) {
			apply(&mount, &mounts);
			any = true;
		}
	}
	if (!any)
		return -EBADMSG;

	*ret = mounts;
	return 0;
}
