/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cuts.h"
#include "parse/arguments.h"
#include "parse/earlyoom.h"
#include "unit.h"

#define NO VALUE_UNKNOWN

/* The arguments with blanks for NULs, and the name before them. */
static int parse(const char *words, struct earlyoom_args *ret)
{
	const size_t len = strlen(words);
	char *copy = malloc(len + 10);
	int error;

	if (!copy)
		abort();
	memcpy(copy, "earlyoom", 9);
	memcpy(copy + 9, words, len + 1);
	for (size_t i = 9; i < len + 9; i++) {
		if (copy[i] == ' ')
			copy[i] = '\0';
	}
	error = parse_earlyoom_args(copy, len > 0 ? len + 10 : 9, ret);
	/* The pieces point into what is given back. */
	free(copy);
	return error;
}

static void limits_are_read_in_every_form(void)
{
	static const struct {
		const char *args;
		int64_t mem[2], swap[2], mem_kib[2], swap_kib[2];
	} cases[] = {
		{ "", { 1000, 500 }, { 1000, 500 }, { NO, NO }, { NO, NO } },
		{ "-r 3600", { 1000, 500 }, { 1000, 500 }, { NO, NO }, { NO, NO } },
		{ "-m 20", { 2000, 1000 }, { 1000, 500 }, { NO, NO }, { NO, NO } },
		{ "-m20", { 2000, 1000 }, { 1000, 500 }, { NO, NO }, { NO, NO } },
		{ "-gm20", { 2000, 1000 }, { 1000, 500 }, { NO, NO }, { NO, NO } },
		{ "-gpnm 20", { 2000, 1000 }, { 1000, 500 }, { NO, NO }, { NO, NO } },
		{ "-m 2.5", { 250, 125 }, { 1000, 500 }, { NO, NO }, { NO, NO } },
		{ "-m 10,8", { 1000, 800 }, { 1000, 500 }, { NO, NO }, { NO, NO } },
		{ "-m 8,10", { 1000, 1000 }, { 1000, 500 }, { NO, NO }, { NO, NO } },
		{ "-m 10,", { 1000, 0 }, { 1000, 500 }, { NO, NO }, { NO, NO } },
		{ "-m ,5", { 500, 500 }, { 1000, 500 }, { NO, NO }, { NO, NO } },
		{ "-m 99", { 9900, 4950 }, { 1000, 500 }, { NO, NO }, { NO, NO } },
		{ "-m .01", { 1, 0 }, { 1000, 500 }, { NO, NO }, { NO, NO } },
		{ "-m 1e1", { 1000, 500 }, { 1000, 500 }, { NO, NO }, { NO, NO } },
		{ "-m 5 -m 6", { 600, 300 }, { 1000, 500 }, { NO, NO }, { NO, NO } },
		{ "-s 100", { 1000, 500 }, { 10000, 5000 }, { NO, NO }, { NO, NO } },
		{ "-s 0.5,0.25", { 1000, 500 }, { 50, 25 }, { NO, NO }, { NO, NO } },
		{ "-M 400000", { NO, NO }, { 1000, 500 }, { 400000, 200000 }, { NO, NO } },
		{ "-M 401,400", { NO, NO }, { 1000, 500 }, { 401, 400 }, { NO, NO } },
		{ "-m 10 -M 3", { 1000, 500 }, { 1000, 500 }, { 3, 1 }, { NO, NO } },
		{ "-M 3 -m 4", { 400, 200 }, { 1000, 500 }, { 3, 1 }, { NO, NO } },
		{ "-S 8", { 1000, 500 }, { NO, NO }, { NO, NO }, { 8, 4 } },
		{ "-s 5 -S 8", { 1000, 500 }, { 500, 250 }, { NO, NO }, { 8, 4 } },
		{ "-m", { 1000, 500 }, { 1000, 500 }, { NO, NO }, { NO, NO } },
		{ "-- -m 20", { 1000, 500 }, { 1000, 500 }, { NO, NO }, { NO, NO } },
		{ "word -m 20", { 2000, 1000 }, { 1000, 500 }, { NO, NO }, { NO, NO } },
		{ "-r -m 20", { 1000, 500 }, { 1000, 500 }, { NO, NO }, { NO, NO } },
		{ "-N /bin/x -s 4", { 1000, 500 }, { 400, 200 }, { NO, NO }, { NO, NO } },
		{ "-P /bin/x -s 4", { 1000, 500 }, { 400, 200 }, { NO, NO }, { NO, NO } },
		{ "--prefer -m -s 4", { 1000, 500 }, { 400, 200 }, { NO, NO }, { NO, NO } },
		{ "-Z --new -s 4", { 1000, 500 }, { 400, 200 }, { NO, NO }, { NO, NO } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct earlyoom_args got;

		expect_int(cases[i].args, parse(cases[i].args, &got), 0);
		for (int j = 0; j < 2; j++) {
			const struct earlyoom_settings *settings = &got.settings;

			expect_int(cases[i].args, settings->mem_permyriad[j], cases[i].mem[j]);
			expect_int(cases[i].args, settings->swap_permyriad[j], cases[i].swap[j]);
			expect_int(cases[i].args, settings->mem_kib[j], cases[i].mem_kib[j]);
			expect_int(cases[i].args, settings->swap_kib[j], cases[i].swap_kib[j]);
		}
	}
}

static void what_earlyoom_refuses_is_refused(void)
{
	static const char *const wrong[] = {
		"-m 100",
		"-m 99.1",
		"-s 100.1",
		"-m 0",
		"-m 0,0",
		"-m ,",
		"-m -5",
		"-m 5,-5",
		"-m 5x",
		"-m 5,6,7",
		"-m x",
		"-m .",
		"-m nan",
		"-m inf",
		"-m 0x10",
		"-m 1e308",
		"-m 99999999999999999999999999",
		"-M 1e300",
		"-S x",
		"-s 5%",
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct earlyoom_args got = { .settings.mem_kib = { 42, 42 } };

		expect_int(wrong[i], parse(wrong[i], &got), -EINVAL);
		expect_int(wrong[i], got.settings.mem_kib[0], 42);
	}
}

static void switches_are_read(void)
{
	static const struct {
		const char *args;
		bool by_rss, group, kernel_oom, ignore_root, dry_run;
	} cases[] = {
		{ "", false, false, false, false, false },
		{ "--sort-by-rss", true, false, false, false, false },
		{ "--sort", true, false, false, false, false },
		{ "--so", true, false, false, false, false },
		{ "--s", false, false, false, false, false },
		{ "--sort-by-rss=1", false, false, false, false, false },
		{ "--sort-by-rssx", false, false, false, false, false },
		{ "-g", false, true, false, false, false },
		{ "-dg", false, true, false, false, false },
		{ "-r5g", false, false, false, false, false },
		{ "--kernel-oom", false, false, true, false, false },
		{ "--ignore-root-user", false, false, false, true, false },
		{ "--ignore-r", false, false, false, true, false },
		{ "--dryrun", false, false, false, false, true },
		{ "--dry -g", false, true, false, false, true },
		{ "-- --dryrun", false, false, false, false, false },
		{ "--avoid --dryrun", false, false, false, false, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct earlyoom_args got;

		expect_int(cases[i].args, parse(cases[i].args, &got), 0);
		expect_int(cases[i].args, got.settings.by_rss, cases[i].by_rss);
		expect_int(cases[i].args, got.settings.group, cases[i].group);
		expect_int(cases[i].args, got.settings.kernel_oom, cases[i].kernel_oom);
		expect_int(cases[i].args, got.settings.ignore_root, cases[i].ignore_root);
		expect_int(cases[i].args, got.settings.dry_run, cases[i].dry_run);
	}
}

static void expect_span(const char *label, struct span got, const char *want)
{
	if (!want) {
		expect_true(label, !got.at);
		return;
	}
	expect_true(label, got.at && span_is(got, want));
}

static void patterns_are_taken_as_they_are(void)
{
	static const char args[] = "earlyoom\0--prefer\0^(a b|c=d)$\0--avoid=x=y\0--ignore=\0";
	static const char twice[] = "e\0--avoid\0one\0--av=two\0--prefer";
	struct earlyoom_args got;

	expect_int("args", parse_earlyoom_args(args, sizeof(args) - 1, &got), 0);
	expect_span("prefer", got.prefer, "^(a b|c=d)$");
	expect_span("avoid", got.avoid, "x=y");
	expect_span("ignore", got.ignore, "");
	expect_true("patterns are not followed yet", !got.settings.matches_known);

	expect_int("twice", parse_earlyoom_args(twice, sizeof(twice) - 1, &got), 0);
	expect_span("the last counts", got.avoid, "two");
	expect_span("without its value it is none", got.prefer, NULL);

	expect_int("none", parse("-m 5", &got), 0);
	expect_true("no pattern, nothing to follow", got.settings.matches_known);
}

static void hostile_arguments_do_no_harm(void)
{
	static const char start[] = "earlyoom\0-gm20\0--avoid\0x\0-m\0";
	const size_t huge = 1 << 20;
	char *text = malloc(huge);
	struct earlyoom_args got;

	if (!text)
		abort();
	memset(text, '1', huge);
	memcpy(text, "e\0-m", 4);
	expect_int("a number of 1 MiB", parse_earlyoom_args(text, huge, &got), -EINVAL);
	memset(text, '-', huge);
	expect_int("1 MiB of dashes", parse_earlyoom_args(text, huge, &got), 0);
	memset(text, 'g', huge);
	memcpy(text, "e\0-", 3);
	expect_int("1 MiB of switches", parse_earlyoom_args(text, huge, &got), 0);
	expect_true("group", got.settings.group);
	memset(text, '\0', huge);
	expect_int("1 MiB of nothing", parse_earlyoom_args(text, huge, &got), 0);
	free(text);

	for (size_t len = 0; len <= sizeof(start) - 1; len++) {
		char *copy = cut_copy(start, len);

		expect_int("cut", parse_earlyoom_args(copy, len, &got), 0);
		free(copy);
	}
}

static void numbers_are_those_of_strtod(void)
{
	static const struct {
		const char *text;
		int64_t want;
	} cases[] = {
		{ "0", 0 },
		{ "7", 7000000 },
		{ "+7", 7000000 },
		{ "-0", 0 },
		{ " \t\n7", 7000000 },
		{ "2.5", 2500000 },
		{ "2.", 2000000 },
		{ ".5", 500000 },
		{ "0.0000019", 1 },
		{ "1.5e2", 150000000 },
		{ "1E+2", 100000000 },
		{ "25e-1", 2500000 },
		{ "1e-400", 0 },
		{ "9223372036853", INT64_C(9223372036853000000) },
		{ "", NO },
		{ " ", NO },
		{ ".", NO },
		{ "e5", NO },
		{ "1e", NO },
		{ "1e+", NO },
		{ "5 ", NO },
		{ "--5", NO },
		{ "+-5", NO },
		{ "-1", NO },
		{ "1,5", NO },
		{ "1_0", NO },
		{ "9223372036855", NO },
		{ "1e13", NO },
		{ "1e999999999999999999999", NO },
		{ "infinity", NO },
		{ "NaN", NO },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const size_t len = strlen(cases[i].text);
		char *copy = cut_copy(cases[i].text, len);
		int64_t got = NO;

		span_micro((struct span){ copy, len }, &got);
		expect_int(cases[i].text, got, cases[i].want);
		free(copy);
	}
}

static void versions_are_found_in_the_program(void)
{
#define BYTES(text) text, sizeof(text) - 1
	static const struct {
		const char *bytes;
		size_t len;
		bool known, of_total;
	} cases[] = {
		{ BYTES("\0ELF earlyoom v1.7\n\0"), true, true },
		{ BYTES("earlyoom v1.8\n"), true, false },
		{ BYTES("earlyoom 1.8.2-1.fc40\n"), true, false },
		{ BYTES("earlyoom v1.6.2-34-g75a8852-dirty\n"), true, true },
		{ BYTES("earlyoom v1.7-12-g0123456\n"), false, false },
		{ BYTES("earlyoom v1.10"), true, false },
		{ BYTES("earlyoom v2.0"), true, false },
		{ BYTES("earlyoom v0.9"), true, true },
		{ BYTES("since earlyoom or not; earlyoom v1.7 earlyoom v1.9"), true, true },
		{ BYTES("earlyoom *** unknown version ***\n"), false, false },
		{ BYTES("earlyoom  1.7"), false, false },
		{ BYTES("earlyoom v1"), false, false },
		{ BYTES("earlyoom v"), false, false },
		{ BYTES("earlyoom "), false, false },
		{ BYTES("earlyoom"), false, false },
		{ BYTES(""), false, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct earlyoom_settings got = { .of_total = false };
		char *copy = cut_copy(cases[i].bytes, cases[i].len);

		parse_earlyoom_program(copy, cases[i].len, &got);
		expect_int(cases[i].bytes, got.version_known, cases[i].known);
		expect_int(cases[i].bytes, got.of_total, cases[i].of_total);
		free(copy);
	}
}

static void new_options_tell_the_version(void)
{
	static const struct {
		const char *args;
		bool known;
	} cases[] = {
		{ "-m 5 -g --prefer x --avoid y --dryrun", false },
		{ "--sort-by-rss", true },
		{ "--ignore x", true },
		{ "--ignore-root-user", true },
		{ "--kernel-oom", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct earlyoom_args got;

		expect_int(cases[i].args, parse(cases[i].args, &got), 0);
		expect_int(cases[i].args, got.settings.version_known, cases[i].known);
		expect_true(cases[i].args, !got.settings.of_total);
	}
}

extern CU_TestInfo earlyoom_tests[];
CU_TestInfo earlyoom_tests[] = {
	{ "limits are read in every form", limits_are_read_in_every_form },
	{ "what earlyoom refuses is refused", what_earlyoom_refuses_is_refused },
	{ "switches are read", switches_are_read },
	{ "patterns are taken as they are", patterns_are_taken_as_they_are },
	{ "hostile arguments do no harm", hostile_arguments_do_no_harm },
	{ "numbers are those of strtod", numbers_are_those_of_strtod },
	{ "versions are found in the program", versions_are_found_in_the_program },
	{ "new options tell the version", new_options_tell_the_version },
	CU_TEST_INFO_NULL,
};
