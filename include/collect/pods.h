/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Names of Kubernetes' containers, "shop/cart-7d9f:app": the kubelet keeps a link for each in
 * /var/log/containers, whose name has them all.
 */
#ifndef OOMWATCH_COLLECT_PODS_H
#define OOMWATCH_COLLECT_PODS_H

#include <stdbool.h>
#include <stdint.h>

#include "collect/root.h"

struct pod_name;

/** Zero-initialise: nothing is known. */
struct pods {
	struct pod_name **names;
	uint32_t n_names, max_names;
	bool looked;       /**< the folder was listed before */
	bool wanted;       /**< a container was met that is not known */
	int64_t looked_ms; /**< when it was listed last */
};

/** The name of the container that a cgroup path lies in, NULL if it is not known.  Valid until
 * pods_free(); foreign text. */
const char *pods_find(struct pods *pods, const char *path);

/** That name, or else the one that the path itself gives; pods NULL: nobody knows any. */
const char *pods_name_of(struct pods *pods, const char *path, const char *container);

/**
 * List the folder again, if there is somebody to look for and it is not too soon (10 s).
 * Returns whether names have come.  What is captured gets all of them, as empty files.
 */
bool pods_look(struct pods *pods, const struct root *root, int64_t now_ms);

void pods_free(struct pods *pods);

#endif
