/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "collect/journal_parts.h"

/* Built without libsystemd. */

bool journal_built(void)
{
	return false;
}

int journal_entries(
	const struct journal_choice *choice, struct journal_pipe *pipe, struct journal_word *word)
{
	(void)choice;
	(void)pipe;
	word->state = FACT_DISABLED;
	return EXIT_FAILURE;
}
