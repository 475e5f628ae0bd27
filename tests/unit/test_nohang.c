/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cuts.h"
#include "parse/nohang.h"
#include "unit.h"

#define NO VALUE_UNKNOWN

#define FOUR                                                           \
	"soft_threshold_min_mem = 5 %\nhard_threshold_min_mem = 2 %\n" \
	"soft_threshold_min_swap = 10 %\nhard_threshold_min_swap = 4 %\n"

static int parse(const char *text, struct nohang_settings *ret)
{
	const size_t len = strlen(text);
	char *copy = cut_copy(text, len);
	const int error = parse_nohang_conf(copy, len, ret);

	free(copy);
	return error;
}

static void only_what_watches_is_nohang(void)
{
#define ARGS(text) text, sizeof(text) - 1
	static const struct {
		const char *args;
		size_t len;
		const char *config; /* NULL: it is not one */
	} cases[] = {
		{ ARGS("/usr/bin/python3\0/usr/sbin/nohang\0--monitor\0--config\0/etc/n.conf\0"),
			"/etc/n.conf" },
		{ ARGS("python3\0nohang\0-c\0a\0--monitor"), "a" },
		{ ARGS("nohang\0--monitor\0-c\0a\0--config\0b\0"), "b" },
		{ ARGS("nohang\0--config\0b\0--monitor\0-c\0a\0"), "b" },
		{ ARGS("nohang\0--monitor\0--config\0"), "" },
		{ ARGS("nohang\0--monitor\0"), "" },
		{ ARGS("nohang\0--check\0--config\0b\0"), NULL },
		{ ARGS("nohang\0--config\0--monitor\0"), NULL },
		{ ARGS("python3\0nohangs\0--monitor\0"), NULL },
		{ ARGS("python3\0nohang.py\0--monitor\0"), NULL },
		{ ARGS("a\0b\0c\0d\0e\0f\0g\0nohang\0--monitor\0-c\0x\0"), "x" },
		{ ARGS("a\0b\0c\0d\0e\0f\0g\0h\0nohang\0--monitor\0-c\0x\0"), NULL },
		{ ARGS(""), NULL },
		{ ARGS("\0\0"), NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *copy = cut_copy(cases[i].args, cases[i].len);
		struct span config = { NULL, 0 };
		const bool is_one = parse_nohang_args(copy, cases[i].len, &config);

		expect_int(cases[i].args, is_one, cases[i].config != NULL);
		if (cases[i].config && *cases[i].config)
			expect_true(cases[i].config, config.at && span_is(config, cases[i].config));
		else if (cases[i].config)
			expect_true("no file", !config.at);
		free(copy);
	}
}

static void the_shipped_settings_are_read(void)
{
	struct nohang_settings got;

	expect_int("file",
		parse("# soft_threshold_min_mem = 50 %\n" FOUR
		      "zram_checking_enabled = False\npsi_checking_enabled = True\n"
		      "psi_path = /proc/pressure/memory\npsi_metrics = full_avg10\n"
		      "psi_excess_duration = 25.5\nsoft_threshold_max_psi = 45\n"
		      "hard_threshold_max_psi = 92.5\nmin_badness = 20\n"
		      "ignore_positive_oom_score_adj = True\n",
			&got),
		0);
	expect_int("soft mem", got.mem_permyriad[0], 500);
	expect_int("hard mem", got.mem_permyriad[1], 200);
	expect_int("soft swap", got.swap_permyriad[0], 1000);
	expect_int("hard swap", got.swap_permyriad[1], 400);
	expect_int("no KiB", got.mem_kib[0], NO);
	expect_int("no KiB of swap", got.swap_kib[1], NO);
	expect_true("zram", !got.zram);
	expect_true("psi", got.psi);
	expect_int("soft psi", got.psi_permyriad[0], 4500);
	expect_int("hard psi", got.psi_permyriad[1], 9250);
	expect_int("duration", got.psi_duration_ms, 25500);
	expect_int("badness", got.min_badness, 20);
	expect_true("adj", got.ignore_positive_adj);
	expect_true("not corrected", !got.corrected);
	expect_true("no commands", !got.commands);
}

static void what_is_not_said_is_as_shipped(void)
{
	struct nohang_settings got;

	expect_int("file", parse(FOUR, &got), 0);
	expect_true("zram", !got.zram);
	expect_true("psi", !got.psi);
	expect_int("soft psi", got.psi_permyriad[0], 4000);
	expect_int("hard psi", got.psi_permyriad[1], 9000);
	expect_int("duration", got.psi_duration_ms, 30000);
	expect_int("badness", got.min_badness, 1);
	expect_true("adj", !got.ignore_positive_adj);
}

static void megabytes_of_swap_are_taken_for_kib(void)
{
	struct nohang_settings got;

	expect_int("file",
		parse("soft_threshold_min_mem=200 M\nhard_threshold_min_mem=1.5M\n"
		      "soft_threshold_min_swap=100M\nhard_threshold_min_swap=50 M\n",
			&got),
		0);
	expect_int("soft mem", got.mem_kib[0], 200 * 1024);
	expect_int("hard mem", got.mem_kib[1], 1536);
	expect_int("no share", got.mem_permyriad[0], NO);
	expect_int("soft swap", got.swap_kib[0], 100);
	expect_int("hard swap", got.swap_kib[1], 50);
}

static void patterns_and_commands_are_noticed(void)
{
	struct nohang_settings got;

	expect_int("file", parse(FOUR "@BADNESS_ADJ_RE_NAME -200 /// ^x=y$\n", &got), 0);
	expect_true("corrected", got.corrected && !got.commands);
	expect_int("file", parse(FOUR "@SOFT_ACTION_RE_NAME ^x$ /// kill -USR1 $PID\n", &got), 0);
	expect_true("commands", got.commands && !got.corrected);
	expect_int("file", parse(FOUR "#@BADNESS_ADJ_RE_NAME -200 /// ^x$\n", &got), 0);
	expect_true("comment", !got.corrected);
	expect_int("file", parse(FOUR "@check_kmsg\n", &got), 0);
	expect_true("another", !got.corrected && !got.commands);
}

static void other_pressure_is_not_followed(void)
{
	struct nohang_settings got;

	expect_int(
		"file", parse(FOUR "psi_checking_enabled=True\npsi_metrics=some_avg10\n", &got), 0);
	expect_true("psi", got.psi);
	expect_int("some", got.psi_permyriad[0], NO);
	expect_int("file",
		parse(FOUR "psi_checking_enabled=True\npsi_path=/sys/fs/cgroup/x\n", &got), 0);
	expect_int("cgroup", got.psi_permyriad[1], NO);
}

static void a_file_that_nohang_would_not_take_is_refused(void)
{
	static const char *const wrong[] = {
		"",
		"\n",
		"soft_threshold_min_mem = 5 %\n",
		FOUR "soft_threshold_min_mem = 5 %\n",
		FOUR "min_badness = 1\nmin_badness = 1\n",
		" " FOUR,
	};
	static const char *const values[] = {
		"",
		"5",
		"%",
		"M",
		"5 K",
		"5 %%",
		"-5 %",
		"101 %",
		"nan %",
		"inf M",
		"1e308 M",
		"five %",
	};
	struct nohang_settings got = { .min_badness = 42 };

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		expect_int(wrong[i], parse(wrong[i], &got), -EBADMSG);
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		char text[512];

		snprintf(text, sizeof(text),
			"soft_threshold_min_mem = %s\nhard_threshold_min_mem = 2 %%\n"
			"soft_threshold_min_swap = 10 %%\nhard_threshold_min_swap = 4 %%\n",
			values[i]);
		expect_int(values[i], parse(text, &got), -EBADMSG);
	}
	expect_int("unchanged", got.min_badness, 42);
}

static void a_file_may_be_cut_anywhere(void)
{
	static const char text[] = FOUR "psi_checking_enabled = True\n@BADNESS_ADJ_RE_";
	struct nohang_settings got;

	for (size_t len = 0; len < sizeof(text); len++) {
		char *copy = cut_copy(text, len);
		const int error = parse_nohang_conf(copy, len, &got);

		expect_true("whole, or refused", error == (len < strlen(FOUR) - 1 ? -EBADMSG : 0));
		free(copy);
	}
}

extern CU_TestInfo nohang_tests[];
CU_TestInfo nohang_tests[] = {
	{ "only what watches is nohang", only_what_watches_is_nohang },
	{ "the shipped settings are read", the_shipped_settings_are_read },
	{ "what is not said is as shipped", what_is_not_said_is_as_shipped },
	{ "megabytes of swap are taken for KiB", megabytes_of_swap_are_taken_for_kib },
	{ "patterns and commands are noticed", patterns_and_commands_are_noticed },
	{ "other pressure is not followed", other_pressure_is_not_followed },
	{ "a file that nohang would not take is refused",
		a_file_that_nohang_would_not_take_is_refused },
	{ "a file may be cut anywhere", a_file_may_be_cut_anywhere },
	CU_TEST_INFO_NULL,
};
