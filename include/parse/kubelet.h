/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * At which memory.available the kubelet evicts: its arguments and its configuration file.
 */
#ifndef OOMWATCH_PARSE_KUBELET_H
#define OOMWATCH_PARSE_KUBELET_H

#include "model/killer.h"
#include "parse/scan.h"

/** Those that it is built with: hard 100Mi, no soft one. */
void kubelet_defaults(struct kubelet_settings *ret);

struct kubelet_files {
	struct span config;  /**< --config; at is NULL if there is none */
	struct span drop_in; /**< --config-dir, a folder whose files are laid over it */
};

/**
 * Lay --eviction-hard, --eviction-soft and --eviction-soft-grace-period over the settings of its
 * file, of which they replace all; "=" or a blank before the value, "_" for "-".
 *
 * Returns 0, or -EINVAL for a threshold that is not understood; the outputs are unchanged then.
 */
int parse_kubelet_args(const char *args, size_t len, struct kubelet_settings *settings,
	struct kubelet_files *ret_files);

/**
 * Lay evictionHard, evictionSoft, evictionSoftGracePeriod and mergeDefaultEvictionSettings of a
 * KubeletConfiguration over the defaults, without a YAML library: one line is one key.
 *
 * Understood are block mappings of any indentation by blanks, plain and quoted scalars, comments,
 * a mapping in braces on the line of its key, and JSON.  A section without memory.available sets
 * none, as the kubelet does; one that is empty or null counts as not there.  Not understood are, where
 * they matter: several documents, tabs for indentation, anchors, aliases, tags, block scalars,
 * a mapping in braces over several lines of YAML, escapes in quotes, complex keys ("? "), keys
 * that stand twice.  Returns 0, or -EBADMSG for those; settings are unchanged then.
 */
int parse_kubelet_conf(const char *text, size_t len, struct kubelet_settings *settings);

#endif
