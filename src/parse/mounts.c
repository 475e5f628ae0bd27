/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "parse/cgroup.h"
#include "parse/scan.h"
#include "parse/system.h"

/** What both formats say of one mount; all as printed. */
struct mount {
	struct span root; /**< what of the file system is mounted there */
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
		!scan_word(line, &ret->root) || !scan_word(line, &ret->point))
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

	ret->root = (struct span){ "/", 1 };
	return scan_word(line, &ret->source) && scan_word(line, &ret->point) &&
		ret->point.at[0] == '/' && scan_word(line, &ret->type) &&
		scan_word(line, &ret->options) && scan_word(line, &zero);
}

/* Go to the next mount in either format, over lines that are none. */
static bool next_mount(struct scan *scan, struct mount *ret)
{
	struct scan line;

	while (scan_whole_line(scan, &line)) {
		struct scan again = line;

		if (mountinfo_line(&line, ret) || mounts_line(&again, ret))
			return true;
	}
	return false;
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

static bool next_option(struct scan *options, struct span *ret)
{
	if (scan_done(options))
		return false;
	if (!scan_until(options, ',', ret)) {
		*ret = (struct span){ options->at, (size_t)(options->end - options->at) };
		options->at = options->end;
	}
	return true;
}

static int find_hidepid(struct span options)
{
	struct scan scan = { options.at, options.at + options.len };
	struct span option;
	int hidepid = 0;

	while (next_option(&scan, &option)) {
		struct scan rest = { option.at, option.at + option.len };

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
	struct scan scan = scan_of(text, len);
	struct mount mount;
	struct proc_mounts mounts = { .hidepid = 0 };
	bool any = false;

	if (len == 0)
		return -ENODATA;
	while (next_mount(&scan, &mount)) {
		apply(&mount, &mounts);
		any = true;
	}
	if (!any)
		return -EBADMSG;

	*ret = mounts;
	return 0;
}

static bool lists_memory(struct span options)
{
	struct scan scan = { options.at, options.at + options.len };
	struct span option;

	while (next_option(&scan, &option)) {
		if (span_is(option, "memory"))
			return true;
	}
	return false;
}

static int memcg_version_of(const struct mount *mount)
{
	if (span_is(mount->type, "cgroup2"))
		return 2;
	return span_is(mount->type, "cgroup") && lists_memory(mount->options) ? 1 : 0;
}

/* An absolute path without the slash before it and those at its end, unescaped; false if it
 * is none, does not fit, or leads upwards: out of the reader's cgroup namespace. */
static bool copy_path(struct span path, char *buf, size_t size)
{
	struct scan scan = { path.at, path.at + path.len };
	size_t len = 0;

	if (!scan_literal(&scan, "/"))
		return false;
	for (; !scan_done(&scan); len++) {
		if (len + 1 >= size)
			return false;
		buf[len] = next_byte(&scan);
		if (buf[len] == '\0')
			return false;
	}
	while (len > 0 && buf[len - 1] == '/')
		len--;
	buf[len] = '\0';
	return strcmp(buf, "..") != 0 && strncmp(buf, "../", 3) != 0;
}

/* v1 before v2, a whole hierarchy before a part of one, else the first. */
static bool is_better(const struct memcg_mount *mount, const struct memcg_mount *than)
{
	if (mount->version != than->version)
		return than->version == 0 || mount->version == 1;
	return mount->root[0] == '\0' && than->root[0] != '\0';
}

static void apply_memcg(const struct mount *mount, struct memcg_mount *best)
{
	struct memcg_mount found = { .version = memcg_version_of(mount) };

	if (found.version == 0 || !copy_path(mount->point, found.path, sizeof(found.path)) ||
		!copy_path(mount->root, found.root, sizeof(found.root)) || found.path[0] == '\0')
		return;
	if (is_better(&found, best))
		*best = found;
}

int parse_memcg_mount(const char *text, size_t len, struct memcg_mount *ret)
{
	struct scan scan = scan_of(text, len);
	struct mount mount;
	struct memcg_mount best = { .version = 0 };
	bool any = false;

	if (len == 0)
		return -ENODATA;
	while (next_mount(&scan, &mount)) {
		apply_memcg(&mount, &best);
		any = true;
	}
	if (!any)
		return -EBADMSG;

	*ret = best;
	return 0;
}
