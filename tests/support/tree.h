/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Small file trees in a temporary folder, written from a literal, for tests that read files.
 */
#ifndef OOMWATCH_TESTS_TREE_H
#define OOMWATCH_TESTS_TREE_H

#include <stddef.h>

/** One plain file; a list ends with a NULL path. */
struct tree_file {
	const char *path;    /**< below the tree, e.g. "proc/meminfo"; folders are made */
	const char *content; /**< text up to its NUL; NULL makes an empty folder instead */
	size_t len;          /**< of content where that holds NULs; 0: strlen */
};

/**
 * Make a new folder below TMPDIR (or /tmp) and write the files into it.
 *
 * Returns the folder's path, to be given to tree_remove(); NULL with a line on stderr if
 * something failed, nothing is left then.
 */
char *tree_make(const struct tree_file files[]);

/** Write further files into a tree, or over those it has.  0 or -errno. */
int tree_write(const char *tree, const struct tree_file files[]);

/** Remove the tree with all that is in it, and free the path.  NULL is fine. */
void tree_remove(char *tree);

#endif
