/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "cuts.h"
#include "parse/unit_file.h"
#include "unit.h"

#define S "[Service]\n"

static struct unit_file parsed(const char *text, size_t len)
{
	struct unit_file unit = { 0 };
	char *copy = cut_copy(text, len);

	parse_unit_file(copy, len, &unit);
	free(copy);
	return unit;
}

static void expect_unit(const char *text, size_t len, enum restart_rule restart,
	enum oom_policy oom_policy, bool delegate)
{
	const struct unit_file unit = parsed(text, len);

	expect_int(text, unit.restart, restart);
	expect_int(text, unit.oom_policy, oom_policy);
	expect_int(text, unit.delegate, delegate);
}

static void each_value_is_understood(void)
{
	static const struct {
		const char *text;
		enum restart_rule restart;
		enum oom_policy oom_policy;
		bool delegate;
	} cases[] = {
		{ S "Restart=no\n", RESTART_NO, 0, false },
		{ S "Restart=always\n", RESTART_ALWAYS, 0, false },
		{ S "Restart=on-success\n", RESTART_ON_SUCCESS, 0, false },
		{ S "Restart=on-failure\n", RESTART_ON_FAILURE, 0, false },
		{ S "Restart=on-abnormal\n", RESTART_ON_ABNORMAL, 0, false },
		{ S "Restart=on-watchdog\n", RESTART_ON_WATCHDOG, 0, false },
		{ S "Restart=on-abort\n", RESTART_ON_ABORT, 0, false },
		{ S "OOMPolicy=continue\n", 0, OOM_POLICY_CONTINUE, false },
		{ S "OOMPolicy=stop\n", 0, OOM_POLICY_STOP, false },
		{ S "OOMPolicy=kill\n", 0, OOM_POLICY_KILL, false },
		{ "[Scope]\nOOMPolicy=kill\n", 0, OOM_POLICY_KILL, false },
		{ "[Manager]\nDefaultOOMPolicy=continue\n", 0, OOM_POLICY_CONTINUE, false },
		{ S "Delegate=yes\n", 0, 0, true },
		{ S "Delegate=\n", 0, 0, true },
		{ S "Delegate=cpu memory\n", 0, 0, true },
		{ "[Scope]\nDelegate=1\n", 0, 0, true },
		{ S "Delegate=yes\nDelegate=no\n", 0, 0, false },
		{ S "Delegate=yes\nDelegate=Off\n", 0, 0, false },
		{ S "Delegate=yes\nDelegate=0\n", 0, 0, false },
		{ S "Delegate=yes\nDelegate=F\n", 0, 0, false },
		{ S "Delegate=no\nDelegate=nope\n", 0, 0, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_unit(cases[i].text, strlen(cases[i].text), cases[i].restart,
			cases[i].oom_policy, cases[i].delegate);
}

static void values_and_keys_are_exact(void)
{
	static const char *const nothing[] = {
		"",
		"\n",
		S,
		"Restart=always\n",
		S "restart=always\n",
		S "Restart=Always\n",
		S "Restart=yes\n",
		S "Restart=always now\n",
		S "Restart=alway\n",
		S "Restart=alwayss\n",
		S "Restart=\"always\"\n",
		S "RestartSec=always\n",
		S "xRestart=always\n",
		S "Restart always\n",
		S "Rest art=always\n",
		S "=Restart=always\n",
		S "Restart==always\n",
		S "Restart=on- failure\n",
		S "OOMPolicy=STOP\n",
		S "OOMPolicy=no\n",
		S "DefaultOOMPolicy=stop\n",
		"[Manager]\nOOMPolicy=stop\n",
		"[Manager]\nRestart=always\nDelegate=yes\n",
		"[Scope]\nRestart=always\n",
		"[Unit]\nRestart=always\nOOMPolicy=stop\n",
		"[service]\nRestart=always\n",
		"[ Service]\nRestart=always\n",
		"[Service\nRestart=always\n",
		"[Service] x\nRestart=always\n",
		"[X-Service]\nRestart=always\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(nothing); i++)
		expect_unit(
			nothing[i], strlen(nothing[i]), RESTART_UNKNOWN, OOM_POLICY_UNKNOWN, false);
}

static void the_last_understood_assignment_counts(void)
{
	static const struct {
		const char *text;
		enum restart_rule restart;
	} cases[] = {
		{ S "Restart=no\nRestart=always\n", RESTART_ALWAYS },
		{ S "Restart=always\nRestart=nonsense\n", RESTART_ALWAYS },
		{ S "Restart=always\nRestart=\n", RESTART_ALWAYS },
		{ S "Restart=always\n[Unit]\nRestart=no\n", RESTART_ALWAYS },
		{ S "Restart=always\n[Unit]\n" S "Restart=no\n", RESTART_NO },
		{ S "Restart=always\n[\nRestart=no\n", RESTART_ALWAYS },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_int(cases[i].text, parsed(cases[i].text, strlen(cases[i].text)).restart,
			cases[i].restart);
}

static void lines_are_read_as_systemd_reads_them(void)
{
	static const struct {
		const char *label;
		const char *text;
		enum restart_rule want;
	} cases[] = {
		{ "blanks", " [Service] \n\t Restart \t = \t always \t\n", RESTART_ALWAYS },
		{ "no newline at the end", S "Restart=always", RESTART_ALWAYS },
		{ "CRLF", "[Service]\r\nRestart=always\r\n", RESTART_ALWAYS },
		{ "CR alone", "[Service]\rRestart=always\r", RESTART_ALWAYS },
		{ "byte order mark", "\xef\xbb\xbf" S "Restart=always\n", RESTART_ALWAYS },
		{ "a late one", "\n\xef\xbb\xbf" S "Restart=always\n", RESTART_UNKNOWN },
		{ "comments", S "#Restart=no\n;Restart=no\n  # Restart=no\n", RESTART_UNKNOWN },
		{ "no comment at the end of a line", S "Restart=no # never\n", RESTART_UNKNOWN },
		{ "a comment does not go on", S "# x \\\nRestart=always\n", RESTART_ALWAYS },
		{ "a value goes on", S "Restart=\\\nalways\n", RESTART_ALWAYS },
		{ "a key goes on", S "Restart\\\n\\\n  = always\n", RESTART_ALWAYS },
		{ "with CRLF", S "Restart=\\\r\n always\r\n", RESTART_ALWAYS },
		{ "a comment within", S "Restart=\\\n# always\n ; x\nno\n", RESTART_NO },
		{ "a swallowed line", S "ExecStart=/bin/x \\\nRestart=always\n", RESTART_UNKNOWN },
		{ "an empty line ends it", S "ExecStart=x \\\n\nRestart=always\n", RESTART_ALWAYS },
		{ "even backslashes", S "ExecStart=x \\\\\nRestart=always\n", RESTART_ALWAYS },
		{ "odd backslashes", S "ExecStart=x \\\\\\\nRestart=always\n", RESTART_UNKNOWN },
		{ "it becomes a blank", S "Restart=al\\\nways\n", RESTART_UNKNOWN },
		{ "backslash at the end", S "Restart=always\\", RESTART_ALWAYS },
		{ "backslash and newline at the end", S "Restart=always\\\n", RESTART_ALWAYS },
		{ "a header goes on", "\\\n[Service]\nRestart=always\n", RESTART_ALWAYS },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_int(cases[i].label, parsed(cases[i].text, strlen(cases[i].text)).restart,
			cases[i].want);
}

static void files_are_laid_over_each_other(void)
{
	static const char *const files[] = {
		S "Restart=always\nOOMPolicy=stop\nDelegate=yes\n",
		"Restart=no\n",
		S "OOMPolicy=kill\n",
		S "Restart=\n",
		"",
	};
	struct unit_file unit = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		parse_unit_file(files[i], strlen(files[i]), &unit);
	expect_int("restart", unit.restart, RESTART_ALWAYS);
	expect_int("policy", unit.oom_policy, OOM_POLICY_KILL);
	expect_int("delegate", unit.delegate, true);
}

static void hostile_bytes_do_no_harm(void)
{
	static const char nul[] = "[Service]\0Restart=always\0OOMPolicy=kill\0\xff\xfe\0";
	char *large;
	const size_t len = 1 << 20;

	expect_unit(nul, sizeof(nul) - 1, RESTART_ALWAYS, OOM_POLICY_KILL, false);
	expect_unit("\\", 1, 0, 0, false);
	expect_unit("[", 1, 0, 0, false);
	expect_unit("=", 1, 0, 0, false);
	expect_unit("\xef\xbb", 2, 0, 0, false);

	large = malloc(len);
	if (!large)
		return;
	memset(large, 'x', len);
	expect_int("one long line", parsed(large, len).restart, RESTART_UNKNOWN);
	memset(large, '\\', len);
	expect_int("backslashes", parsed(large, len).restart, RESTART_UNKNOWN);
	memset(large, ' ', len);
	memcpy(large, S "Restart=", sizeof(S "Restart=") - 1);
	memcpy(large + len - 6, "always", 6);
	expect_int("many blanks", parsed(large, len).restart, RESTART_ALWAYS);
	memset(large, 'x', len);
	memcpy(large, S, sizeof(S) - 1);
	memcpy(large + len - 16, "\nRestart=always\n", 16);
	expect_int("after a long line", parsed(large, len).restart, RESTART_ALWAYS);
	large[sizeof(S) - 1] = '[';
	expect_int("after a long header", parsed(large, len).restart, RESTART_UNKNOWN);
	free(large);
}

static void lines_are_kept_as_far_as_they_matter(void)
{
	char text[256];

	/* A value that begins as one does not become it by being cut. */
	for (int blanks = 0; blanks < 140; blanks++) {
		const int len = snprintf(text, sizeof(text), S "Delegate=%0*d\n", blanks + 1, 0);

		expect_int("zeros", parsed(text, (size_t)len).delegate, blanks > 0);
	}
	for (int i = 1; i < 140; i++) {
		char key[160];
		int len;

		memset(key, 'k', sizeof(key));
		len = snprintf(text, sizeof(text), "[%.*s" S "Restart=always\n", i, key);
		expect_int("header", parsed(text, (size_t)len).restart, RESTART_UNKNOWN);
		len = snprintf(text, sizeof(text), S "%.*s =Restart=always\n", i, key);
		expect_int("key", parsed(text, (size_t)len).restart, RESTART_UNKNOWN);
	}
}

static void cut_files_say_what_is_whole(void)
{
	static const char text[] = "[Unit]\nDescription=x\n\n[Service]\r\nType=notify\n"
				   "ExecStart=/bin/x \\\n  # why\n  y\nRestart=on-abort\n"
				   "OOMPolicy = continue\n[Install]\nWantedBy=z\n";
	const size_t restart_end = (size_t)(strstr(text, "on-abort\n") - text) + 8;
	const size_t policy_end = (size_t)(strstr(text, "continue\n") - text) + 8;

	for (size_t len = 0; len < sizeof(text); len++) {
		const struct unit_file unit = parsed(text, len);

		expect_int("restart", unit.restart,
			len >= restart_end ? RESTART_ON_ABORT : RESTART_UNKNOWN);
		expect_int("policy", unit.oom_policy,
			len >= policy_end ? OOM_POLICY_CONTINUE : OOM_POLICY_UNKNOWN);
	}
}

extern CU_TestInfo unit_file_tests[];

CU_TestInfo unit_file_tests[] = {
	{ "each value is understood", each_value_is_understood },
	{ "values and keys are exact", values_and_keys_are_exact },
	{ "the last understood assignment counts", the_last_understood_assignment_counts },
	{ "lines are read as systemd reads them", lines_are_read_as_systemd_reads_them },
	{ "files are laid over each other", files_are_laid_over_each_other },
	{ "hostile bytes do no harm", hostile_bytes_do_no_harm },
	{ "lines are kept as far as they matter", lines_are_kept_as_far_as_they_matter },
	{ "cut files say what is whole", cut_files_say_what_is_whole },
	CU_TEST_INFO_NULL,
};
