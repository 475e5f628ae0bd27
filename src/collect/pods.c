/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/pods.h"

#include <stdlib.h>
#include <string.h>

#include "collect/capture.h"
#include "parse/cgroup_name.h"

#define FOLDER "var/log/containers"

/** Between two looks at the folder. */
#define LOOK_MS 10000

/** Names are kept for good, as snapshots point to them: more are not. */
#define NAMES_MAX 16384

#define NAME_BYTES 256

struct pod_name {
	char id[CONTAINER_ID_DIGITS];
	char name[];
};

static const char *find(const struct pods *pods, const char *id)
{
	for (uint32_t i = 0; i < pods->n_names; i++) {
		if (memcmp(pods->names[i]->id, id, CONTAINER_ID_DIGITS) == 0)
			return pods->names[i]->name;
	}
	return NULL;
}

const char *pods_find(struct pods *pods, const char *path)
{
	const char *id = cgroup_container_id(path);
	const char *name;

	if (!id)
		return NULL;
	name = find(pods, id);
	if (!name)
		pods->wanted = true;
	return name;
}

const char *pods_name_of(struct pods *pods, const char *path, const char *container)
{
	const char *name = pods && container ? pods_find(pods, path) : NULL;

	return name ? name : container;
}

static bool make_room(struct pods *pods)
{
	const uint32_t max = pods->max_names > 0 ? pods->max_names * 2 : 64;
	struct pod_name **names;

	if (pods->n_names < pods->max_names)
		return true;
	if (max > NAMES_MAX)
		return false;
	names = realloc(pods->names, max * sizeof(struct pod_name *));
	if (!names)
		return false;
	pods->names = names;
	pods->max_names = max;
	return true;
}

static void add(struct pods *pods, const char *id, const char *name, size_t len)
{
	struct pod_name *made;

	if (find(pods, id) || !make_room(pods))
		return;
	made = malloc(sizeof(*made) + len + 1);
	if (!made)
		return;
	memcpy(made->id, id, CONTAINER_ID_DIGITS);
	memcpy(made->name, name, len + 1);
	pods->names[pods->n_names++] = made;
}

struct look {
	struct pods *pods;
	const struct root *root;
};

static void tell(const char *file, void *context)
{
	const struct look *look = context;
	char name[NAME_BYTES];
	const char *id;
	const size_t len = cgroup_container_log(file, &id, name, sizeof(name));

	if (len == 0)
		return;
	add(look->pods, id, name, len);
	if (look->root->capture_fd >= 0)
		(void)capture_write(look->root->capture_fd, FOLDER, file, "", 0);
}

bool pods_look(struct pods *pods, const struct root *root, int64_t now_ms)
{
	const uint32_t before = pods->n_names;
	const bool soon =
		pods->looked && now_ms >= pods->looked_ms && now_ms - pods->looked_ms < LOOK_MS;
	struct look look = { pods, root };

	/* Each tick of a capture is a tree of its own. */
	if (pods->looked && (!pods->wanted || soon) && root->capture_fd < 0)
		return false;
	pods->looked = true;
	pods->wanted = false;
	pods->looked_ms = now_ms;
	(void)root_list_names(root, FOLDER, tell, &look);
	return pods->n_names > before;
}

void pods_free(struct pods *pods)
{
	for (uint32_t i = 0; i < pods->n_names; i++)
		free(pods->names[i]);
	free(pods->names);
	*pods = (struct pods){ 0 };
}
