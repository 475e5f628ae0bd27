/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/cgroup_name.h"

#include <limits.h>
#include <string.h>

#include "base/text.h"
#include "parse/scan.h"

#define ID_DIGITS 8

/* The path without the mark of a removed cgroup (v2). */
static struct scan path_of(const char *path)
{
	static const char gone[] = " (deleted)";
	size_t len = strlen(path);

	if (len >= sizeof(gone) - 1 && strcmp(path + len - (sizeof(gone) - 1), gone) == 0)
		len -= sizeof(gone) - 1;
	return scan_of(path, len);
}

static bool cut_end(struct span *span, const char *suffix)
{
	const size_t len = strlen(suffix);

	if (span->len <= len || memcmp(span->at + span->len - len, suffix, len) != 0)
		return false;
	span->len -= len;
	return true;
}

static bool cut_start(struct span *span, const char *prefix)
{
	const size_t len = strlen(prefix);

	if (span->len <= len || !span_starts(*span, prefix))
		return false;
	span->at += len;
	span->len -= len;
	return true;
}

/* systemd escapes names that look like kernel files with one underscore in front. */
static bool is_unit(struct span *name)
{
	static const char *const types[] = {
		".service",
		".scope",
		".slice",
		".socket",
		".mount",
		".swap",
	};
	struct span stem;

	if (name->len > 1 && name->at[0] == '_')
		cut_start(name, "_");
	if (span_is(*name, "-.slice") || span_is(*name, "init.scope"))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		stem = *name;
		if (cut_end(&stem, types[i]))
			return true;
	}
	return false;
}

/* "\x2d"; not of a NUL, which would end the text. */
static bool escaped_byte(struct scan *scan, char *ret)
{
	struct scan ahead = *scan;
	uint64_t byte;

	if (!scan_literal(&ahead, "\\x") || ahead.end - ahead.at < 2 || *ahead.at <= ' ')
		return false;
	ahead.end = ahead.at + 2;
	if (!scan_hex(&ahead, &byte) || !scan_done(&ahead) || byte == 0)
		return false;

	*ret = (char)(unsigned char)byte;
	scan->at = ahead.at;
	return true;
}

static void add_unescaped(struct text *text, struct span name)
{
	struct scan scan = { name.at, name.at + name.len };
	char bytes[NAME_MAX];
	size_t n = 0;

	for (; !scan_done(&scan) && n < sizeof(bytes); n++) {
		if (!escaped_byte(&scan, &bytes[n]))
			bytes[n] = *scan.at++;
	}
	text_add_bytes(text, bytes, n);
}

size_t cgroup_unit(const char *path, char *buf, size_t size)
{
	struct scan scan = path_of(path);
	struct span name, unit = { NULL, 0 };
	struct text text;

	while (scan_component(&scan, &name)) {
		if (is_unit(&name))
			unit = name;
	}

	text_init(&text, buf, size);
	if (unit.len > 0)
		add_unescaped(&text, unit);
	return text.len;
}

static bool is_id(struct span id)
{
	if (id.len < ID_DIGITS)
		return false;
	for (size_t i = 0; i < id.len; i++) {
		const char c = id.at[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
	}
	return true;
}

/** What a runtime calls the cgroup of a container: prefix, id or name, suffix. */
struct runtime {
	const char *shown;
	const char *parent; /**< what the component above must be, "" for any */
	const char *prefix;
	const char *suffix;
	bool named; /**< people chose the name, it is no id */
};

/* With the systemd driver runtimes make scopes, with cgroupfs plain folders. */
static const struct runtime runtimes[] = {
	{ "docker:", "", "docker-", ".scope", false },
	{ "docker:", "docker", "", "", false },
	{ "podman:", "", "libpod-", ".scope", false },
	{ "podman:", "", "libpod-", "", false },
	{ "crio:", "", "crio-", ".scope", false },
	{ "crio:", "", "crio-", "", false },
	{ "containerd:", "", "cri-containerd-", ".scope", false },
	{ "containerd:", "", "nerdctl-", ".scope", false },
	{ "lxc:", "", "lxc.payload.", "", true },
	{ "lxc:", "lxc.payload", "", "", true },
	{ "lxc:", "lxc", "", "", true },
	{ "machine:", "", "machine-", ".scope", true },
	{ "machine:", "", "systemd-nspawn@", ".service", true },
};

static bool is_container(
	const struct runtime *runtime, struct span parent, struct span name, struct span *ret)
{
	if (*runtime->parent && !span_is(parent, runtime->parent))
		return false;
	if (*runtime->prefix && !cut_start(&name, runtime->prefix))
		return false;
	if (*runtime->suffix && !cut_end(&name, runtime->suffix))
		return false;
	if (!runtime->named && !is_id(name))
		return false;
	*ret = name;
	return true;
}

/* "kubepods-burstable-podUID.slice" with the systemd driver, "podUID" below "kubepods" or a
 * class of service with cgroupfs. */
static bool is_pod(struct span parent, struct span name, struct span *ret_uid)
{
	if (cut_end(&name, ".slice")) {
		if (!span_starts(name, "kubepods-") && !span_starts(name, "kubelet-kubepods-"))
			return false;
		while (name.len > 0 && !span_starts(name, "-pod")) {
			name.at++;
			name.len--;
		}
		cut_start(&name, "-");
	} else if (!span_is(parent, "kubepods") && !span_is(parent, "burstable") &&
		!span_is(parent, "besteffort")) {
		return false;
	}
	if (!cut_start(&name, "pod") || name.len < ID_DIGITS)
		return false;
	*ret_uid = name;
	return is_id((struct span){ name.at, ID_DIGITS });
}

/** The innermost container of a path, as far as it is known. */
struct container {
	const char *shown; /**< NULL: none */
	struct span id;
	bool named;
};

static void look_at(struct span parent, struct span name, struct container *container)
{
	struct span id;

	if (is_pod(parent, name, &id)) {
		*container = (struct container){ "pod ", id, false };
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(runtimes); i++) {
		if (is_container(&runtimes[i], parent, name, &id)) {
			*container = (struct container){ runtimes[i].shown, id, runtimes[i].named };
			return;
		}
	}
}

size_t cgroup_container(const char *path, char *buf, size_t size)
{
	struct scan scan = path_of(path);
	struct container container = { .shown = NULL };
	struct span name, parent = { path, 0 };
	struct text text;

	while (scan_component(&scan, &name)) {
		look_at(parent, name, &container);
		parent = name;
	}

	text_init(&text, buf, size);
	if (!container.shown)
		return 0;
	text_add(&text, container.shown);
	if (container.named)
		add_unescaped(&text, container.id);
	else
		text_add_bytes(&text, container.id.at, ID_DIGITS);
	return text.len;
}

static bool is_hex(char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f');
}

const char *cgroup_container_id(const char *path)
{
	const char *found = NULL;
	size_t run = 0;

	for (;; path++) {
		if (is_hex(*path)) {
			run++;
			continue;
		}
		if (run == CONTAINER_ID_DIGITS)
			found = path - run;
		run = 0;
		if (*path == '\0')
			return found;
	}
}

size_t cgroup_container_log(const char *file, const char **ret_id, char *buf, size_t size)
{
	static const char end[] = ".log";
	const size_t len = strlen(file), tail = 1 + CONTAINER_ID_DIGITS + sizeof(end) - 1;
	const char *space = strchr(file, '_');
	const char *container = space ? strchr(space + 1, '_') : NULL;
	const char *id = len > tail ? cgroup_container_id(file + len - tail) : NULL;
	struct text text;

	if (!container || !id || id != file + len - tail + 1 || id[-1] != '-' ||
		strcmp(id + CONTAINER_ID_DIGITS, end) != 0)
		return 0;
	if (space == file || container == space + 1 || id <= container + 2)
		return 0;
	text_init(&text, buf, size);
	text_add_bytes(&text, space + 1, (size_t)(container - space - 1));
	text_add(&text, "/");
	text_add_bytes(&text, file, (size_t)(space - file));
	text_add(&text, ":");
	text_add_bytes(&text, container + 1, (size_t)(id - 1 - container - 1));
	*ret_id = id;
	return text.len;
}
