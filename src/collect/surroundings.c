/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/surroundings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "collect/unit_files.h"
#include "parse/pid.h"
#include "parse/scan.h"

/** Of status, which holds the numbers of all groups before what is wanted, and of cgroup. */
#define TEXT_BYTES 8192

/** Longest cgroup path looked at. */
#define CGROUP_BYTES 4096

#define CGROUP_MOUNT "sys/fs/cgroup"

/** What the kernel puts behind the path of a removed cgroup (v2). */
#define GONE " (deleted)"

/** Where systemd put a process, and where its memory is counted; "" unknown. */
struct cgroups {
	char systemd[CGROUP_BYTES];
	char memory[CGROUP_BYTES];
	bool memory_v1;
};

/** What a cgroup path says about the unit. */
struct unit_place {
	struct span name; /**< of a service or scope; empty none */
	bool nested;      /**< of another systemd than the system's: a user's, a container's */
	bool user;        /**< of a user's */
};

/** Read a file of a process; the bytes that fit, or -errno. */
static ssize_t read_of(
	const struct root *root, int32_t pid, const char *file, char text[TEXT_BYTES])
{
	char path[64];
	ssize_t len;

	snprintf(path, sizeof(path), "%d/%s", pid, file);
	len = root_read_proc(root, path, text, TEXT_BYTES);
	return len == -EFBIG ? TEXT_BYTES : len;
}

static void read_namespace(const struct root *root, struct surroundings *ret)
{
	char text[TEXT_BYTES];
	struct pid_namespace found;
	const ssize_t len = read_of(root, ret->pid, "status", text);

	if (len <= 0 || parse_pid_namespace(text, (size_t)len, &found) < 0)
		return;
	ret->namespace_pid = found.innermost_pid;
	ret->namespaced = found.nested;
}

/* The memory controller of v1 may know less than the unit (RHEL 7 counts memory of the
 * whole machine alone): what systemd manages is where the name=systemd line says. */
static void read_cgroups(const struct root *root, const struct task *task, struct cgroups *ret)
{
	const char *const known = task->who->cgroup ? task->who->cgroup : "";
	char text[TEXT_BYTES];
	const ssize_t got = read_of(root, task->pid, "cgroup", text);
	const size_t len = got > 0 ? (size_t)got : 0;
	bool v1;

	if (parse_pid_cgroup_of(text, len, "name=systemd", &v1, ret->systemd, CGROUP_BYTES) < 0)
		snprintf(ret->systemd, CGROUP_BYTES, "%s", known);
	if (parse_pid_cgroup_of(text, len, "memory", &ret->memory_v1, ret->memory, CGROUP_BYTES) ==
		0)
		return;
	snprintf(ret->memory, CGROUP_BYTES, "%s", known);
	ret->memory_v1 = root_list_numbers(root, CGROUP_MOUNT "/memory", NULL, 0) >= 0;
}

static bool ends_with(struct span span, const char *suffix)
{
	const size_t len = strlen(suffix);

	return span.len > len && memcmp(span.at + span.len - len, suffix, len) == 0;
}

static bool is_unit(struct span name)
{
	return ends_with(name, ".service") ||
		(ends_with(name, ".scope") && !span_is(name, "init.scope"));
}

/* systemd puts "_" before names that look like files of the kernel. */
static struct span unescaped(struct span name)
{
	if (name.len > 1 && *name.at == '_')
		return (struct span){ name.at + 1, name.len - 1 };
	return name;
}

/* The first that is no slice is of the system's systemd; what lies below is somebody else's
 * (Delegate=), who may be a systemd of his own.  False if the path tells nothing. */
static bool place_of_path(const char *path, struct unit_place *ret)
{
	struct span name = { path, strlen(path) };
	struct unit_place place = { .name = { path, 0 } };
	struct scan scan;
	bool first = true, user = false;

	if (*path != '/')
		return false;
	if (ends_with(name, GONE))
		name.len -= strlen(GONE);
	scan = scan_of(path, name.len);
	while (scan_component(&scan, &name)) {
		if (span_is(name, ".") || span_is(name, ".."))
			return false;
		name = unescaped(name);
		if (first && ends_with(name, ".slice"))
			continue;
		if (is_unit(name)) {
			place.name = name;
			place.nested = !first;
			place.user = !first && user;
		}
		user |= first && span_starts(name, "user@") && ends_with(name, ".service");
		first = false;
	}
	*ret = place;
	return true;
}

/* Where neither the unit nor system.conf says anything, systemd stops the unit (since 243),
 * but lets those alone that manage their own processes. */
static enum oom_policy policy_of(const struct root *root, const struct unit_file *unit, bool scope)
{
	struct unit_file manager;

	if (unit->oom_policy != OOM_POLICY_UNKNOWN)
		return unit->oom_policy;
	if (unit->delegate)
		return OOM_POLICY_CONTINUE;
	/* Scopes have had it since 253 (some distributions' 252), before they went on. */
	if (scope || unit_files_read_manager(root, &manager) < 0)
		return OOM_POLICY_UNKNOWN;
	return manager.oom_policy != OOM_POLICY_UNKNOWN ? manager.oom_policy : OOM_POLICY_STOP;
}

static void read_unit(const struct root *root, const char *cgroup, struct surroundings *ret)
{
	char name[UNIT_NAME_MAX + 1];
	struct unit_place place;
	struct unit_file unit;
	bool service;

	if (!place_of_path(cgroup, &place))
		return;
	service = ends_with(place.name, ".service");
	ret->restart = service ? RESTART_UNKNOWN : RESTART_NO_UNIT;
	ret->user_unit = place.user;
	span_copy(place.name, ret->unit, sizeof(ret->unit));
	if (place.name.len == 0 || place.name.len >= sizeof(name) || place.nested)
		return;

	span_copy(place.name, name, sizeof(name));
	if (unit_files_read(root, name, &unit) < 0)
		return;
	ret->oom_policy = policy_of(root, &unit, !service);
	if (service)
		ret->restart = unit.restart != RESTART_UNKNOWN ? unit.restart : RESTART_NO;
}

/** Read memory.oom.group of a cgroup: 0 or 1, or -errno. */
static int read_oom_group(const struct root *root, const char *cgroup, size_t len)
{
	char path[CGROUP_BYTES + 64];
	char text[32];
	int64_t value;
	ssize_t got;

	snprintf(path, sizeof(path), CGROUP_MOUNT "%.*s/memory.oom.group", (int)len, cgroup);
	got = root_read(root, path, text, sizeof(text));
	if (got < 0)
		return (int)got;
	if (parse_pid_number(text, (size_t)got, &value) < 0 || value < 0 || value > 1)
		return -EBADMSG;
	return (int)value;
}

/* A kernel without the file, or one that does not count memory here, has no groups; a
 * recording without it says nothing. */
static bool is_there(const struct root *root, const char *cgroup, size_t len)
{
	char path[CGROUP_BYTES + 64];
	char text[1024];

	snprintf(path, sizeof(path), CGROUP_MOUNT "%.*s/cgroup.controllers", (int)len, cgroup);
	return root->live && root_read(root, path, text, sizeof(text)) >= 0;
}

/** The highest cgroup on a path that has the mark. */
struct group_found {
	bool known; /**< some file could be read, or there is none to read */
	bool any;
	size_t len; /**< of its path */
};

/* False if one of the files could not be read: then nothing is known. */
static bool find_group(
	const struct root *root, const char *path, size_t len, struct group_found *ret)
{
	ret->known = is_there(root, path, len);
	for (;; len--) {
		const int group = read_oom_group(root, path, len);

		if (group < 0 && group != -ENOENT)
			return false;
		ret->known |= group >= 0;
		if (group == 1) {
			ret->any = true;
			ret->len = len;
		}
		while (len > 0 && path[len - 1] != '/')
			len--;
		if (len == 0)
			return true;
	}
}

/* The mount's own directory is asked too: it is the true root, which never has the file, or
 * that of a cgroup namespace, which may. */
static void read_group(
	const struct root *root, const struct cgroups *cgroups, struct surroundings *ret)
{
	const char *const path = cgroups->memory;
	const size_t len = strlen(path);
	struct group_found found = { .known = false };

	if (cgroups->memory_v1) {
		ret->group_known = true;
		return;
	}
	if (*path != '/' || !find_group(root, path, len > 1 ? len : 0, &found) ||
		found.len >= sizeof(ret->group))
		return;
	ret->group_known = found.known;
	if (found.any)
		span_copy((struct span){ path, found.len > 0 ? found.len : 1 }, ret->group,
			sizeof(ret->group));
}

/** Whether the pid has become another process's. */
static bool is_another(const struct root *root, const struct task *task)
{
	char text[TEXT_BYTES];
	struct pid_stat stat;
	const ssize_t len = read_of(root, task->pid, "stat", text);

	return len > 0 && parse_pid_stat(text, (size_t)len, &stat) == 0 &&
		stat.start_ticks != task->start_ticks;
}

void surroundings_of(const struct root *root, const struct task *task, struct surroundings *ret)
{
	const struct surroundings nothing = {
		.asked = true,
		.pid = task->pid,
		.start_ticks = task->start_ticks,
		.namespace_pid = VALUE_UNKNOWN,
	};
	struct cgroups cgroups;

	*ret = nothing;
	read_namespace(root, ret);
	read_cgroups(root, task, &cgroups);
	/* Asked last: if it is still the same, all that was read before is its. */
	if (root->live && is_another(root, task)) {
		*ret = nothing;
		return;
	}
	read_unit(root, cgroups.systemd, ret);
	read_group(root, &cgroups, ret);
}

void sysrq_access_of(const struct root *root, struct sysrq_access *ret)
{
	*ret = (struct sysrq_access){ .asked = true };
	if (!root->live)
		ret->error = -EROFS;
	else if (root->proc_fd < 0)
		ret->error = -ENOENT;
	else if (faccessat(root->proc_fd, "sysrq-trigger", W_OK, AT_EACCESS) < 0)
		ret->error = -errno;
}
