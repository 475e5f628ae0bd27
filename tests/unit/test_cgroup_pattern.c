/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "model/cgroup_pattern.h"
#include "unit.h"

static void patterns_match_whole_paths(void)
{
	static const struct {
		const char *patterns, *path;
		bool want;
	} cases[] = {
		{ "system.slice", "/system.slice", true },
		{ "/system.slice", "/system.slice", true },
		{ "system.slice/", "/system.slice", true },
		{ "system.slice", "/system.slice/a", false },
		{ "system.slice/a", "/system.slice", false },
		{ "system.slic", "/system.slice", false },
		{ "system.slice", "/System.slice", false },
		{ "", "/system.slice", false },
		{ ",", "/system.slice", false },
		{ ",,system.slice,", "/system.slice", true },
		{ "user.slice,system.slice", "/system.slice", true },
		{ "user.slice, system.slice", "/system.slice", false },
		{ "user.slice, system.slice", "/ system.slice", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_int(cases[i].patterns,
			cgroup_pattern_match(cases[i].patterns, cases[i].path), cases[i].want);
}

static void wildcards_stay_within_a_component(void)
{
	static const struct {
		const char *pattern, *path;
		bool want;
	} cases[] = {
		{ "*", "/a", true },
		{ "*", "/a/b", false },
		{ "*/*", "/a/b", true },
		{ "*/*", "/a", false },
		{ "system.slice/*", "/system.slice/cron.service", true },
		{ "system.slice/*", "/system.slice", false },
		{ "system.slice/*", "/system.slice/a/b", false },
		{ "user.slice/user-*.slice/session-*.scope",
			"/user.slice/user-0.slice/session-1.scope", true },
		{ "user.slice/user-*.slice/session-*.scope", "/user.slice/user-/session-.scope",
			false },
		{ "user-*.slice", "/user-.slice", true },
		{ "user-*.slice", "/user-1/2.slice", false },
		{ "**a*", "/ba", true },
		{ "a**", "/a", true },
		{ "a*b*c", "/aXbYbZc", true },
		{ "a*b*c", "/aXbYbZ", false },
		{ "*.service", "/.service", true },
		{ "a?c", "/abc", true },
		{ "a?c", "/ac", false },
		{ "?", "/", false },
		{ "*", "/", false },
		{ "a[bc]", "/ac", true },
		{ "a[bc]", "/ad", false },
		{ "a[!bc]", "/ad", true },
		{ "a[^bc]", "/ab", false },
		{ "a[0-3]", "/a2", true },
		{ "a[0-3]", "/a4", false },
		{ "a[]]", "/a]", true },
		{ "a[-x]", "/a-", true },
		{ "a[x-]", "/a-", true },
		{ "a[", "/a[", true },
		{ "a[b", "/a[b", true },
		{ "a[b/c]", "/ab", false },
		{ "a\\*", "/a*", true },
		{ "a\\*", "/ab", false },
		{ "a\\", "/a\\", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_int(cases[i].pattern, cgroup_pattern_match(cases[i].pattern, cases[i].path),
			cases[i].want);
}

static void the_root_is_named_by_itself_alone(void)
{
	expect_true("/", cgroup_pattern_has_root("/"));
	expect_true("in a list", cgroup_pattern_has_root("a,/"));
	expect_true("nothing", !cgroup_pattern_has_root(""));
	expect_true("a star", !cgroup_pattern_has_root("*"));
	expect_true("/ is no cgroup", !cgroup_pattern_match("/", "/a"));
}

/* Going back to each star would take longer than anybody waits. */
static void hostile_patterns_cost_little(void)
{
	char pattern[2001], path[2002] = "/";

	for (size_t i = 0; i < 1000; i++)
		memcpy(pattern + 2 * i, "*a", 2);
	pattern[2000] = '\0';
	memset(path + 1, 'a', 2000);
	path[2001] = '\0';
	expect_true("many stars", cgroup_pattern_match(pattern, path));
	path[2000] = 'b';
	expect_true("and no match", !cgroup_pattern_match(pattern, path));
}

extern CU_TestInfo cgroup_pattern_tests[];
CU_TestInfo cgroup_pattern_tests[] = {
	{ "patterns match whole paths", patterns_match_whole_paths },
	{ "wildcards stay within a component", wildcards_stay_within_a_component },
	{ "the root is named by itself alone", the_root_is_named_by_itself_alone },
	{ "hostile patterns cost little", hostile_patterns_cost_little },
	CU_TEST_INFO_NULL,
};
