/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "parse/log_window.h"
#include "unit.h"

static const char kill_line[] = "java invoked oom-killer: gfp_mask=0xd0, order=0";
static const char other_line[] = "usb 1-1: new device";

/** One line of a log, and whether it is kept. */
struct step {
	const char *line;
	int64_t stamp_us;
	bool want;
};

static void run(const char *label, const struct step *steps, size_t n)
{
	struct log_window window;

	log_window_init(&window);
	for (size_t i = 0; i < n; i++) {
		const bool got = log_window_keeps(
			&window, steps[i].line, strlen(steps[i].line), steps[i].stamp_us);

		if (!expect_int(label, got, steps[i].want))
			expect_int("at step", (int64_t)i, -1);
	}
}

static void lines_are_kept_from_a_kill_until_some_seconds_after(void)
{
	static const struct step steps[] = {
		{ other_line, 0, false },
		{ other_line, 9999999, false },
		{ kill_line, 10000000, true },
		{ other_line, 10000000, true },
		{ other_line, 10000000 + LOG_WINDOW_US, true },
		{ other_line, 10000001 + LOG_WINDOW_US, false },
		/* Closed is closed, though the stamp is in what was open. */
		{ other_line, 10000000 + LOG_WINDOW_US, false },
	};

	run("one kill", steps, ARRAY_SIZE(steps));
}

static void each_such_line_prolongs_it(void)
{
	static const struct step steps[] = {
		{ kill_line, 0, true },
		{ kill_line, LOG_WINDOW_US, true },
		{ other_line, 2 * LOG_WINDOW_US, true },
		{ other_line, 2 * LOG_WINDOW_US + 1, false },
		{ kill_line, 9 * LOG_WINDOW_US, true },
	};

	run("two kills", steps, ARRAY_SIZE(steps));
}

static void a_line_without_a_stamp_goes_with_the_one_before(void)
{
	static const struct step steps[] = {
		{ other_line, VALUE_UNKNOWN, false },
		{ kill_line, 5, true },
		{ other_line, VALUE_UNKNOWN, true },
		{ other_line, 6 + LOG_WINDOW_US, false },
		{ other_line, VALUE_UNKNOWN, false },
	};

	run("no stamp", steps, ARRAY_SIZE(steps));
}

static void a_kill_without_a_stamp_opens_until_a_stamp_tells(void)
{
	static const struct step steps[] = {
		{ kill_line, VALUE_UNKNOWN, true },
		{ other_line, VALUE_UNKNOWN, true },
		{ other_line, 100, true },
		{ other_line, 100 + LOG_WINDOW_US, true },
		{ other_line, 101 + LOG_WINDOW_US, false },
	};
	/* One within a window does not prolong it for ever. */
	static const struct step within[] = {
		{ kill_line, 100, true },
		{ kill_line, VALUE_UNKNOWN, true },
		{ other_line, 100 + LOG_WINDOW_US, true },
		{ other_line, 101 + LOG_WINDOW_US, false },
	};

	run("kill without stamp", steps, ARRAY_SIZE(steps));
	run("kill without stamp within", within, ARRAY_SIZE(within));
}

static void a_clock_that_jumps_back_closes_it(void)
{
	static const struct step small[] = {
		{ kill_line, 10 * LOG_WINDOW_US, true },
		{ other_line, 9 * LOG_WINDOW_US, true },
		{ other_line, 9 * LOG_WINDOW_US - 1, false },
		{ other_line, 10 * LOG_WINDOW_US, false },
	};
	static const struct step boot[] = {
		{ kill_line, INT64_C(100000000000), true },
		{ other_line, 0, false },
		{ kill_line, 7, true },
		{ other_line, 8 + LOG_WINDOW_US, false },
	};

	run("a little", small, ARRAY_SIZE(small));
	run("another boot", boot, ARRAY_SIZE(boot));
}

static void the_largest_stamps_do_not_overflow(void)
{
	static const struct step steps[] = {
		{ kill_line, INT64_MAX - LOG_WINDOW_US, true },
		{ other_line, INT64_MAX, false },
		{ kill_line, INT64_MAX, true },
		{ other_line, INT64_MAX - 1, true },
		{ other_line, INT64_MAX, false },
		{ other_line, 0, false },
		{ kill_line, 0, true },
		{ other_line, INT64_MAX, false },
	};

	run("largest", steps, ARRAY_SIZE(steps));
}

static void empty_and_binary_lines_are_lines(void)
{
	static const char binary[] = "a\0\xff invoked oom-killer: \0";
	struct log_window window;

	log_window_init(&window);
	expect_int("empty", log_window_keeps(&window, "", 0, 1), false);
	expect_int("binary", log_window_keeps(&window, binary, sizeof(binary) - 1, 1), true);
	expect_int("empty, within", log_window_keeps(&window, "", 0, 2), true);
}

extern CU_TestInfo log_window_tests[];
CU_TestInfo log_window_tests[] = {
	{ "lines are kept from a kill until some seconds after",
		lines_are_kept_from_a_kill_until_some_seconds_after },
	{ "each such line prolongs it", each_such_line_prolongs_it },
	{ "a line without a stamp goes with the one before",
		a_line_without_a_stamp_goes_with_the_one_before },
	{ "a kill without a stamp opens until a stamp tells",
		a_kill_without_a_stamp_opens_until_a_stamp_tells },
	{ "a clock that jumps back closes it", a_clock_that_jumps_back_closes_it },
	{ "the largest stamps do not overflow", the_largest_stamps_do_not_overflow },
	{ "empty and binary lines are lines", empty_and_binary_lines_are_lines },
	CU_TEST_INFO_NULL,
};
