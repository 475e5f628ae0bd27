/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz.h"
#include "parse/unit_file.h"

static bool same(const struct unit_file *a, const struct unit_file *b)
{
	return a->restart == b->restart && a->oom_policy == b->oom_policy &&
		a->delegate == b->delegate;
}

/* The input as a unit file, alone and over another. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct unit_file before = { .restart = RESTART_ON_WATCHDOG,
		.oom_policy = OOM_POLICY_KILL };
	char *text = fuzz_copy(data, size, false);
	struct unit_file alone = { 0 }, over = before, again;

	parse_unit_file(text, size, &alone);
	CHECK(alone.restart == RESTART_UNKNOWN ||
		(alone.restart >= RESTART_NO && alone.restart <= RESTART_ON_ABORT));
	CHECK(alone.oom_policy <= OOM_POLICY_KILL);

	parse_unit_file(text, size, &over);
	CHECK(over.restart == (alone.restart ? alone.restart : before.restart));
	CHECK(over.oom_policy == (alone.oom_policy ? alone.oom_policy : before.oom_policy));

	again = over;
	parse_unit_file(text, size, &again);
	CHECK(same(&again, &over));
	free(text);
	return 0;
}
