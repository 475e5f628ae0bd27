/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The parts of parse/kubelet: what its arguments and its file have in common.
 */
#ifndef OOMWATCH_PARSE_KUBELET_PARTS_H
#define OOMWATCH_PARSE_KUBELET_PARTS_H

#include "parse/kubelet.h"

enum kubelet_section {
	KUBELET_HARD,
	KUBELET_SOFT,
	KUBELET_GRACE,
	KUBELET_SECTIONS,
};

/** What one source says. */
struct kubelet_said {
	bool section[KUBELET_SECTIONS]; /**< it has this one */
	bool memory[KUBELET_SECTIONS];  /**< with memory.available in it */
	bool merge;                     /**< mergeDefaultEvictionSettings */
	struct kubelet_settings settings;
};

/** Nothing is said. */
void kubelet_say_nothing(struct kubelet_said *said);

/** One entry of a section; all but memory.available is passed over.  False: it is not understood,
 * or stands there twice. */
bool kubelet_say(struct kubelet_said *said, enum kubelet_section section, struct span key,
	struct span value);

/** Lay it over settings. */
void kubelet_lay(const struct kubelet_said *said, struct kubelet_settings *settings);

#endif
