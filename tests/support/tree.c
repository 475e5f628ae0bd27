/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OPEN_DIRS_MAX 16

/* Make every folder that path has below its first root_len bytes. */
static int make_parents(char *path, size_t root_len)
{
	for (char *at = path + root_len + 1; (at = strchr(at, '/')); at++) {
		int failed;

		*at = '\0';
		failed = mkdir(path, 0755);
		*at = '/';
		if (failed && errno != EEXIST)
			return -errno;
	}
	return 0;
}

static int write_content(const char *path, const char *content, size_t len)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	int error = 0;

	if (fd < 0)
		return -errno;
	for (size_t done = 0; done < len && !error;) {
		const ssize_t n = write(fd, content + done, len - done);

		if (n < 0)
			error = -errno;
		else
			done += (size_t)n;
	}
	if (close(fd) && !error)
		error = -errno;
	return error;
}

static int write_file(const char *tree, const struct tree_file *file)
{
	char path[PATH_MAX];
	const int len = snprintf(path, sizeof(path), "%s/%s", tree, file->path);
	int error;

	if (len < 0 || (size_t)len >= sizeof(path))
		return -ENAMETOOLONG;
	error = make_parents(path, strlen(tree));
	if (error)
		return error;
	if (!file->content)
		return mkdir(path, 0755) && errno != EEXIST ? -errno : 0;
	return write_content(path, file->content, file->len ? file->len : strlen(file->content));
}

int tree_write(const char *tree, const struct tree_file files[])
{
	for (; files->path; files++) {
		const int error = write_file(tree, files);

		if (error) {
			fprintf(stderr, "tree: %s: %s\n", files->path, strerror(-error));
			return error;
		}
	}
	return 0;
}

char *tree_make(const struct tree_file files[])
{
	const char *below = getenv("TMPDIR");
	char *tree;

	if (asprintf(&tree, "%s/oomwatch-tree.XXXXXX", below && *below ? below : "/tmp") < 0)
		return NULL;
	if (!mkdtemp(tree)) {
		fprintf(stderr, "tree: %s: %s\n", tree, strerror(errno));
		free(tree);
		return NULL;
	}
	if (tree_write(tree, files)) {
		tree_remove(tree);
		return NULL;
	}
	return tree;
}

static int remove_one(const char *path, const struct stat *stat, int type, struct FTW *where)
{
	(void)stat;
	(void)type;
	(void)where;
	return remove(path);
}

void tree_remove(char *tree)
{
	if (!tree)
		return;
	if (nftw(tree, remove_one, OPEN_DIRS_MAX, FTW_DEPTH | FTW_PHYS))
		fprintf(stderr, "tree: cannot remove %s: %s\n", tree, strerror(errno));
	free(tree);
}
