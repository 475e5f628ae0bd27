/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * A record in memory, opened.
 */
#ifndef OOMWATCH_TESTS_REPLAYED_H
#define OOMWATCH_TESTS_REPLAYED_H

#include <stdio.h>

#include "collect/replay.h"
#include "unit.h"

/* NULL where it cannot be opened, which is a failure. */
static inline struct replay *open_text(const char *text, size_t len)
{
	struct replay *replay = NULL;
	char error[256] = "";

	if (!expect_int("open",
		    replay_open_memory("file", text, len, &replay, error, sizeof(error)), 0))
		printf("%s\n", error);
	return replay;
}

#endif
