/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/changes.h"

#include <errno.h>

bool changes_full(const struct changes *changes)
{
	return changes->count >= CHANGES_MAX;
}

int changes_add(struct changes *changes, const struct change *change)
{
	if (changes_full(changes))
		return -ENOSPC;

	changes->items[changes->count++] = *change;
	return 0;
}

const struct change *changes_last(const struct changes *changes)
{
	return changes->count > 0 ? &changes->items[changes->count - 1] : NULL;
}

void changes_drop_last(struct changes *changes)
{
	if (changes->count > 0)
		changes->count--;
}

bool changes_restore(const struct changes *changes, unsigned i, struct change *ret)
{
	struct change change;

	if (i >= changes->count)
		return false;

	change = changes->items[i];
	for (unsigned j = 0; j < i; j++) {
		if (plan_same_target(&changes->items[j].target, &change.target))
			return false;
	}
	for (unsigned j = i + 1; j < changes->count; j++) {
		if (plan_same_target(&changes->items[j].target, &change.target))
			change.after = changes->items[j].after;
	}
	if (change.before == change.after)
		return false;

	*ret = change;
	return true;
}
