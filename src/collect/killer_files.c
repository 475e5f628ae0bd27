/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "collect/killers_parts.h"

bool killer_next_arg(const struct killer_process *process, const char **at)
{
	const char *const end = process->args + process->args_len;

	*at = *at ? *at + strlen(*at) + 1 : process->args;
	return *at < end;
}

int killer_folder(const struct killer_process *process, const char *path, char *buf, size_t size)
{
	const struct memcg_mount *mount = &process->mount;
	const size_t root_len = strlen(mount->root);
	const char *below = path;
	int len;

	if (mount->version == 0)
		return -ENOENT;
	while (*below == '/')
		below++;
	if (root_len > 0) {
		if (strncmp(below, mount->root, root_len) != 0 ||
			(below[root_len] != '/' && below[root_len] != '\0'))
			return -ENOENT;
		below += root_len + (below[root_len] == '/');
	}
	len = snprintf(buf, size, "%s%s%s", mount->path, *below ? "/" : "", below);
	return len < 0 || (size_t)len >= size ? -ENAMETOOLONG : 0;
}

int killer_read_file(const struct killer_process *process, const char *path, size_t max,
	struct arena *arena, char **ret, size_t *ret_len)
{
	char *text;
	ssize_t len;

	while (*path == '/')
		path++;
	text = arena_alloc(arena, max + 1);
	if (!text)
		return -ENOMEM;
	len = root_read(process->root, path, text, max);
	if (len < 0)
		return (int)len;
	text[len] = '\0';
	*ret = text;
	*ret_len = (size_t)len;
	return 0;
}
