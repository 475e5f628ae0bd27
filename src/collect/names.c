/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "parse/cgroup_name.h"

/** Longest unit or container name kept. */
#define NAME_BYTES 256

static unsigned hash_of(const char *path)
{
	return hash_fold(hash_add_text(HASH_START, path)) % CGROUP_BUCKETS;
}

const char *names_put(char **at, const char *name, size_t len)
{
	char *copy = *at;

	if (len == 0)
		return NULL;
	memcpy(copy, name, len);
	copy[len] = '\0';
	*at += len + 1;
	return copy;
}

static struct cgroup_name *cgroup_new(const char *path)
{
	char unit[NAME_BYTES], container[NAME_BYTES];
	const size_t path_len = strlen(path);
	const size_t unit_len = cgroup_unit(path, unit, sizeof(unit));
	const size_t container_len = cgroup_container(path, container, sizeof(container));
	struct cgroup_name *cgroup =
		malloc(sizeof(*cgroup) + path_len + unit_len + container_len + 3);
	char *at;

	if (!cgroup)
		return NULL;
	*cgroup = (struct cgroup_name){ 0 };
	memcpy(cgroup->path, path, path_len + 1);
	at = cgroup->path + path_len + 1;
	cgroup->unit = names_put(&at, unit, unit_len);
	cgroup->container = names_put(&at, container, container_len);
	return cgroup;
}

static void rename_one(struct names *names, struct cgroup_name *cgroup)
{
	cgroup->container = pods_name_of(names->pods, cgroup->path, cgroup->container);
}

void names_rename(struct names *names)
{
	for (unsigned i = 0; i < CGROUP_BUCKETS; i++) {
		for (struct cgroup_name *cgroup = names->cgroups[i]; cgroup; cgroup = cgroup->next)
			rename_one(names, cgroup);
	}
}

struct cgroup_name *names_cgroup(struct names *names, const char *path)
{
	struct cgroup_name **bucket = &names->cgroups[hash_of(path)];
	struct cgroup_name *cgroup = *bucket;

	while (cgroup && strcmp(cgroup->path, path) != 0)
		cgroup = cgroup->next;
	if (!cgroup) {
		cgroup = cgroup_new(path);
		if (!cgroup)
			return NULL;
		rename_one(names, cgroup);
		cgroup->next = *bucket;
		*bucket = cgroup;
	}
	cgroup->refs++;
	return cgroup;
}

void names_cgroup_leave(struct cgroup_name *cgroup, int64_t tick)
{
	if (!cgroup)
		return;
	cgroup->refs--;
	cgroup->unused_tick = tick;
}

static void sweep_bucket(struct cgroup_name **link, int64_t before_tick)
{
	while (*link) {
		struct cgroup_name *cgroup = *link;

		if (cgroup->refs > 0 || cgroup->unused_tick >= before_tick) {
			link = &cgroup->next;
			continue;
		}
		*link = cgroup->next;
		free(cgroup);
	}
}

void names_sweep(struct names *names, int64_t before_tick)
{
	for (unsigned i = 0; i < CGROUP_BUCKETS; i++)
		sweep_bucket(&names->cgroups[i], before_tick);
}

static struct user_name *find_user(const struct names *names, uint32_t uid)
{
	struct user_name *user = names->users;

	while (user && user->uid != uid)
		user = user->next;
	return user;
}

const struct user_name *names_user(const struct names *names, uint32_t uid)
{
	return find_user(names, uid);
}

int names_set_user(struct names *names, uint32_t uid, const char *name)
{
	struct user_name *user = find_user(names, uid);

	if (!user) {
		user = calloc(1, sizeof(*user));
		if (!user)
			return -ENOMEM;
		user->uid = uid;
		user->next = names->users;
		names->users = user;
	}
	user->guessed = *name == '\0';
	if (user->guessed)
		snprintf(user->name, sizeof(user->name), "%u", uid);
	else
		snprintf(user->name, sizeof(user->name), "%s", name);
	return 0;
}

void names_free(struct names *names)
{
	for (unsigned i = 0; i < CGROUP_BUCKETS; i++) {
		while (names->cgroups[i]) {
			struct cgroup_name *cgroup = names->cgroups[i];

			names->cgroups[i] = cgroup->next;
			free(cgroup);
		}
	}
	while (names->users) {
		struct user_name *user = names->users;

		names->users = user->next;
		free(user);
	}
}
