/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/oomd_rules.h"
#include "unit.h"

/** What became of a text. */
struct result {
	struct arena arena;
	struct oomd_settings settings;
	char why[160];
	int error;
};

/* In memory of just that size: jansson gets no NUL. */
static void read_rules(const char *text, size_t len, struct result *ret)
{
	char *copy = malloc(len > 0 ? len : 1);
	struct text why;

	if (!copy)
		abort();
	memcpy(copy, text, len);
	memset(ret, 0, sizeof(*ret));
	text_init(&why, ret->why, sizeof(ret->why));
	ret->error =
		oomd_rules_read(copy, len, "/etc/oomd.json", &ret->arena, &ret->settings, &why);
	free(copy);
}

/* The text is gone by then: all must be copies. */
static bool read_good(const char *text, struct result *ret)
{
	read_rules(text, strlen(text), ret);
	return expect_int(ret->why, ret->error, 0) && expect_text("nothing to say", ret->why, "");
}

static void expect_bad(const char *text, size_t len, int error, const char *why)
{
	struct result result;

	read_rules(text, len, &result);
	expect_int(why, result.error, error);
	expect_text(why, result.why, why);
	expect_int("nothing is set", result.settings.n_rulesets, 0);
	arena_free(&result.arena);
}

/* What a desktop machine is set up with: two ways into a kill by size, one by swap. */
static const char desktop[] =
	"// rules\n"
	"{ \"rulesets\": [\n"
	"  { \"name\": \"stalls\",\n"
	"    \"detectors\": [\n"
	"      [ \"user stalls\",\n"
	"        { \"name\": \"pressure_above\", \"args\": { \"cgroup\": \"user.slice\",\n"
	"            \"resource\": \"memory\", \"threshold\": \"60\", \"duration\": \"30\" } },\n"
	"        { \"name\": \"memory_reclaim\", \"args\": { \"cgroup\": \"user.slice\",\n"
	"            \"duration\": \"10\" } } ],\n"
	"      [ \"system stalls\", /* much later */\n"
	"        { \"name\": \"pressure_above\", \"args\": { \"cgroup\": \"system.slice\",\n"
	"            \"resource\": \"memory\", \"threshold\": \"80\", \"duration\": \"60\" } },\n"
	"        { \"name\": \"memory_reclaim\", \"args\": { \"cgroup\": \"system.slice\",\n"
	"            \"duration\": \"10\" } } ] ],\n"
	"    \"actions\": [ { \"name\": \"kill_by_memory_size_or_growth\", \"args\": {\n"
	"        \"cgroup\": \"user.slice/user-*.slice/session-*.scope,system.slice/*\" } } ] },\n"
	"  { \"name\": \"swap\",\n"
	"    \"detectors\": [ [ \"swap runs low\",\n"
	"        { \"name\": \"swap_free\", \"args\": { \"threshold_pct\": \"10\" } } ] ],\n"
	"    \"actions\": [ { \"name\": \"kill_by_swap_usage\", \"args\": {\n"
	"        \"cgroup\": \"system.slice/*\" } } ] } ] }\n";

static void desktop_rules_are_understood(void)
{
	struct result result;
	const struct oomd_ruleset *stalls, *swap;

	if (!read_good(desktop, &result)) {
		arena_free(&result.arena);
		return;
	}
	expect_int("rulesets", result.settings.n_rulesets, 2);
	expect_true("no hooks", !result.settings.prekill_hooks);
	stalls = &result.settings.rulesets[0];
	expect_text("name", stalls->name, "stalls");
	expect_true("for all", !stalls->per_cgroup);
	expect_int("groups", stalls->n_groups, 2);
	expect_text("group", stalls->groups[1].name, "system stalls");
	expect_int("detectors", stalls->groups[1].n_detectors, 2);
	expect_int("pressure", stalls->groups[1].detectors[0].plugin, OOMD_PRESSURE_ABOVE);
	expect_text("of", stalls->groups[1].detectors[0].cgroups, "system.slice");
	expect_int("limit", stalls->groups[1].detectors[0].threshold_permyriad, 8000);
	expect_int("for", stalls->groups[1].detectors[0].duration_ms, 60000);
	expect_true("memory", !stalls->groups[1].detectors[0].io);
	expect_int("reclaim", stalls->groups[0].detectors[1].plugin, OOMD_MEMORY_RECLAIM);
	expect_int("within", stalls->groups[0].detectors[1].duration_ms, 10000);
	expect_int("actions", stalls->n_actions, 1);
	expect_int("kill", stalls->actions[0].plugin, OOMD_KILL_BY_MEMORY_SIZE_OR_GROWTH);
	expect_text("of", stalls->actions[0].cgroups,
		"user.slice/user-*.slice/session-*.scope,system.slice/*");
	expect_true("not recursive", !stalls->actions[0].recursive);
	expect_int("size", stalls->actions[0].size_permyriad, 5000);
	expect_int("growth", stalls->actions[0].growth_permyriad, 12500);
	expect_int("percentile", stalls->actions[0].growing_percentile, 80);
	swap = &result.settings.rulesets[1];
	expect_int("swap", swap->groups[0].detectors[0].plugin, OOMD_SWAP_FREE);
	expect_int("limit", swap->groups[0].detectors[0].threshold_permyriad, 1000);
	expect_int("no rate", swap->groups[0].detectors[0].swapout_bytes_per_s, 0);
	expect_int("kill", swap->actions[0].plugin, OOMD_KILL_BY_SWAP_USAGE);
	expect_int("from", swap->actions[0].threshold_bytes, 1);
	arena_free(&result.arena);
}

/* One ruleset with these detectors and actions. */
#define RULES(detectors, actions)                                                \
	"{\"rulesets\": [{\"name\": \"r\",\n\"detectors\": [[\"g\",\n" detectors \
	"]],\n\"actions\": "                                                     \
	"[\n" actions "]}]}"
#define PLUGIN(name, args) "{\"name\": \"" name "\", \"args\": {" args "}}"
#define KILL PLUGIN("kill_by_swap_usage", "\"cgroup\": \"a\"")
#define EXISTS PLUGIN("exists", "\"cgroup\": \"a\"")

static void arguments_go_where_they_belong(void)
{
	struct result result;
	const struct oomd_step *d, *a;

	if (!read_good(
		    RULES(PLUGIN("pressure_rising_beyond",
				  "\"cgroup\": \"/\", \"resource\": \"io\", \"threshold\": "
				  "\"5\", \"duration\": 15, \"fast_fall_ratio\": 0.5") "," PLUGIN("memory_above",
				  "\"cgroup\": \"a\", \"threshold\": \"nonsense\", "
				  "\"threshold_anon\": \"20%\", \"duration\": \"0\"") "," PLUGIN("memory_above",
				  "\"threshold\": \"1.5G\", \"duration\": \"1\"") "," PLUGIN("nr_dying_descendants",
				  "\"cgroup\": \"a\", \"count\": \"7\", \"lte\": \"false\"") "," PLUGIN("exists",
				  "\"cgroup\": \"a\", \"negate\": true") "," PLUGIN("dump_cgroup_overview",
				  "\"cgroup\": [1]") "," PLUGIN("from_tomorrow",
				  "\"threshold\": {}") "," PLUGIN("swap_free",
				  "\"threshold_pct\": \"5\", \"swapout_bps_threshold\": "
				  "\"1000\""),
			    PLUGIN("kill_by_memory_size_or_growth",
				    "\"cgroup\": \"a\", \"recursive\": \"true\", \"size_threshold\": "
				    "\"60\", \"min_growth_ratio\": \"1.25\", "
				    "\"growing_size_percentile\": \"90\", \"dry\": \"1\", "
				    "\"post_action_delay\": \"3\"") "," PLUGIN("kill_by_swap_usage",
				    "\"threshold\": \"5%\", \"biased_swap_kill\": \"True\"") "," PLUGIN("kill_by_pressure",
				    "\"cgroup\": \"a\", \"resource\": \"io\"")),
		    &result)) {
		arena_free(&result.arena);
		return;
	}
	d = result.settings.rulesets[0].groups[0].detectors;
	a = result.settings.rulesets[0].actions;
	expect_int("rising", d[0].plugin, OOMD_PRESSURE_RISING_BEYOND);
	expect_text("root", d[0].cgroups, "/");
	expect_true("io", d[0].io);
	expect_int("a number", d[0].duration_ms, 15000);
	expect_int("a fraction", d[0].fast_fall_permyriad, 5000);
	expect_true("anon wins", d[1].anon);
	expect_int("anon", d[1].threshold_permyriad, 2000);
	expect_int("anon", d[1].threshold_bytes, VALUE_UNKNOWN);
	expect_int("size", d[2].threshold_bytes, INT64_C(1536) << 20);
	expect_text("no cgroup", d[2].cgroups, "");
	expect_int("dying", d[3].count, 7);
	expect_true("more than", !d[3].lte);
	expect_true("negated", d[4].negate);
	expect_int("a note", d[5].plugin, OOMD_CONTINUE);
	expect_int("unknown", d[6].plugin, OOMD_UNKNOWN);
	expect_text("by name", d[6].name, "from_tomorrow");
	expect_int("rate", d[7].swapout_bytes_per_s, 1000);
	expect_true("recursive", a[0].recursive);
	expect_true("dry", a[0].dry);
	expect_int("size", a[0].size_permyriad, 6000);
	expect_int("growth is a whole number", a[0].growth_permyriad, 10000);
	expect_int("percentile", a[0].growing_percentile, 90);
	expect_int("share", a[1].threshold_permyriad, 500);
	expect_int("no size", a[1].threshold_bytes, VALUE_UNKNOWN);
	expect_true("biased", a[1].biased);
	expect_true("io", a[2].io);
	arena_free(&result.arena);
}

static void what_is_not_followed_is_kept_in_mind(void)
{
	struct result result;

	if (read_good(
		    "{\"prekill_hooks\": [{\"name\": \"x\"}], \"rulesets\": [{\"cgroup\": \"a/*\", "
		    "\"detectors\": [[\"g\", " EXISTS "]], \"actions\": [" KILL "]}]}",
		    &result)) {
		expect_true("hooks", result.settings.prekill_hooks);
		expect_true("for each", result.settings.rulesets[0].per_cgroup);
		expect_text("no name", result.settings.rulesets[0].name, "");
	}
	arena_free(&result.arena);
	if (read_good("{\"prekill_hooks\": [], \"rulesets\": [{\"xattr_filter\": \"a\", "
		      "\"detectors\": [[\"g\"]], \"actions\": [" KILL "]}]}",
		    &result)) {
		expect_true("no hooks", !result.settings.prekill_hooks);
		expect_true("for each", result.settings.rulesets[0].per_cgroup);
		expect_int("no detectors", result.settings.rulesets[0].groups[0].n_detectors, 0);
	}
	arena_free(&result.arena);
}

static void mistakes_are_named_with_their_line(void)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "[]", "oomd.json:1: rules: expected an object" },
		{ "{}", "oomd.json:1: rulesets: expected a list" },
		{ "{\n\"rulesets\": 5}", "oomd.json:2: rulesets: expected a list" },
		{ "{\"rulesets\": []}", "oomd.json:1: rulesets: expected a list" },
		{ "{\"rulesets\": [\n5]}", "oomd.json:2: ruleset: expected an object" },
		{ "{\"rulesets\": [{\"name\": 5}]}", "oomd.json:1: name: expected a text" },
		{ "{\"rulesets\": [{}]}", "oomd.json:1: detectors: expected a list of groups" },
		{ "{\"rulesets\": [{\"detectors\": [[\"g\"]]}]}",
			"oomd.json:1: actions: expected a list of plugins" },
		{ "{\"rulesets\": [{\"detectors\": [\n\n{}]}]}",
			"oomd.json:3: group: expected a list that begins with its name" },
		{ RULES("5", KILL), "oomd.json:3: plugin: expected an object with a name" },
		{ RULES("{}", KILL), "oomd.json:3: plugin: expected an object with a name" },
		{ RULES("{\"name\": \"exists\",\n\"args\": []}", KILL),
			"oomd.json:4: args: expected an object" },
		{ RULES(EXISTS, PLUGIN("kill_by_swap_usage", "\n\"cgroup\": 5")),
			"oomd.json:6: cgroup: expected a text" },
		{ RULES(EXISTS, PLUGIN("kill_by_pressure", "")),
			"oomd.json:5: resource: expected io or memory" },
		{ RULES(EXISTS, PLUGIN("kill_by_pressure", "\n\n\"resource\": \"cpu\"")),
			"oomd.json:7: resource: expected io or memory" },
		{ RULES(PLUGIN("memory_reclaim", ""), KILL),
			"oomd.json:3: duration: expected whole seconds" },
		{ RULES(PLUGIN("memory_reclaim", "\"duration\": \"soon\""), KILL),
			"oomd.json:3: duration: expected whole seconds" },
		{ RULES(PLUGIN("memory_reclaim", "\"duration\": null"), KILL),
			"oomd.json:3: duration: expected whole seconds" },
		{ RULES(PLUGIN("memory_reclaim", "\"duration\": [1]"), KILL),
			"oomd.json:3: duration: expected whole seconds" },
		{ RULES(PLUGIN("memory_above", "\"duration\": \"1\""), KILL),
			"oomd.json:3: memory_above: expected threshold or threshold_anon" },
		{ RULES(PLUGIN("memory_above", "\"duration\": 1, \"threshold\": \"101%\""), KILL),
			"oomd.json:3: threshold: expected a size (\"1.5G\", MB without a unit) or "
			"percentage" },
		{ RULES(PLUGIN("nr_dying_descendants", "\"count\": \"-1\""), KILL),
			"oomd.json:3: count: expected a whole number" },
		{ RULES(PLUGIN("exists", "\"negate\": \"maybe\""), KILL),
			"oomd.json:3: negate: expected true or false" },
		{ "{\"rulesets\": \"", "oomd.json:1: a text or comment without end" },
		{ "{\n/* ", "oomd.json:2: a text or comment without end" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_bad(cases[i].text, strlen(cases[i].text), -EBADMSG, cases[i].why);
}

/* Whatever jansson says of them: they are refused, with a line. */
static void hostile_json_is_refused(void)
{
	static const struct {
		const char *text;
		size_t len;
		const char *begin;
	} cases[] = {
		{ "", 0, "oomd.json:" },
		{ "\n{,}", 4, "oomd.json:2:" },
		{ "{\"rulesets\": [],}", 17, "oomd.json:1:" },
		{ "{\"a\": 1e999}", 12, "oomd.json:1:" },
		{ "{\"a\": 99999999999999999999999999}", 33, "oomd.json:1:" },
		{ "{\"a\": \"\\u0000\"}", 15, "oomd.json:1:" },
		{ "{\"a\0b\": 1}", 10, "oomd.json:1:" },
		{ "\0", 1, "oomd.json:1:" },
		{ "{\"a\": \"\xff\"}", 10, "oomd.json:1:" },
		{ "{\"a\": \"\xc0\x80\"}", 11, "oomd.json:1:" },
		{ "{\"a\": \"\xed\xa0\x80\"}", 12, "oomd.json:1:" },
		{ "{\"a\": \"\\ud800\"}", 15, "oomd.json:1:" },
		{ "{} {}", 5, "oomd.json:1:" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct result result;

		read_rules(cases[i].text, cases[i].len, &result);
		expect_int(cases[i].text, result.error, -EBADMSG);
		expect_int(
			result.why, strncmp(result.why, cases[i].begin, strlen(cases[i].begin)), 0);
		for (const char *at = result.why; *at; at++)
			expect_true("clean", *at >= ' ' && *at != 0x7f);
		arena_free(&result.arena);
	}
}

static char *repeated(const char *before, const char *piece, size_t n, const char *after)
{
	const size_t len = strlen(piece), size = strlen(before) + n * len + strlen(after) + 1;
	char *text = malloc(size);
	char *at = text;

	if (!text)
		abort();
	at += snprintf(at, size, "%s", before);
	for (size_t i = 0; i < n; i++, at += len)
		memcpy(at, piece, len);
	snprintf(at, strlen(after) + 1, "%s", after);
	return text;
}

static void all_is_bounded(void)
{
	static const struct {
		const char *label, *before, *piece;
		size_t most;
		const char *after, *why;
	} cases[] = {
		{ "rulesets", "{\"rulesets\": [{\"detectors\": [[\"g\"]], \"actions\": [" KILL "]}",
			", {\"detectors\": [[\"g\"]], \"actions\": [" KILL "]}",
			OOMD_RULESETS_MAX - 1, "]}", "oomd.json:1: too many rulesets" },
		{ "groups", "{\"rulesets\": [{\"detectors\": [[\"g\"]", ", [\"g\"]",
			OOMD_MEMBERS_MAX - 1, "], \"actions\": [" KILL "]}]}",
			"oomd.json:1: too many groups" },
		{ "detectors", "{\"rulesets\": [{\"detectors\": [[\"g\"", ", " EXISTS,
			OOMD_MEMBERS_MAX, "]], \"actions\": [" KILL "]}]}",
			"oomd.json:1: too many detectors" },
		{ "actions", "{\"rulesets\": [{\"detectors\": [[\"g\"]], \"actions\": [" KILL,
			", " KILL, OOMD_MEMBERS_MAX - 1, "]}]}", "oomd.json:1: too many actions" },
		{ "name", "{\"rulesets\": [{\"name\": \"", "n", OOMD_NAME_MAX,
			"\", \"detectors\": [[\"g\"]], \"actions\": [" KILL "]}]}",
			"oomd.json:1: too long" },
		{ "cgroups",
			"{\"rulesets\": [{\"detectors\": [[\"g\"]], \"actions\": [{\"name\": "
			"\"kill_by_swap_usage\", \"args\":\n{\"cgroup\": \"",
			"*", OOMD_CGROUPS_MAX, "\"}}]}]}", "oomd.json:2: too long" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *most =
			repeated(cases[i].before, cases[i].piece, cases[i].most, cases[i].after);
		char *more = repeated(
			cases[i].before, cases[i].piece, cases[i].most + 1, cases[i].after);
		struct result result;

		read_rules(most, strlen(most), &result);
		expect_int(cases[i].label, result.error, 0);
		arena_free(&result.arena);
		expect_bad(more, strlen(more), -E2BIG, cases[i].why);
		free(most);
		free(more);
	}
}

static void depth_and_size_are_bounded(void)
{
	char *deep = repeated("", "[", 100000, "");
	char *wide = repeated("{\"a\": [[]", ",[]", 100000, "]}");
	char *large = repeated("{}", " ", OOMD_RULES_BYTES_MAX, "");

	expect_bad(deep, strlen(deep), -E2BIG, "oomd.json:1: too many or too deeply nested values");
	expect_bad(wide, strlen(wide), -E2BIG, "oomd.json:1: too many or too deeply nested values");
	expect_bad(large, strlen(large), -E2BIG, "oomd.json:1: more than 1 MiB");
	expect_bad(large, OOMD_RULES_BYTES_MAX, -EBADMSG, "oomd.json:1: rulesets: expected a list");
	free(deep);
	free(wide);
	free(large);
}

static void steps_are_bounded_in_all(void)
{
	char group[4096] = "[\"g\"", rules[65536] = "{\"rulesets\": [{\"detectors\": [";
	struct result result;

	for (unsigned i = 0; i < OOMD_MEMBERS_MAX; i++)
		strcat(group, ", " EXISTS);
	strcat(group, "]");
	/* 15 groups of 32 and 32 actions are 512. */
	for (unsigned i = 0; i < OOMD_STEPS_MAX / OOMD_MEMBERS_MAX - 1; i++) {
		strcat(rules, i ? ", " : "");
		strcat(rules, group);
	}
	strcat(rules, "], \"actions\": [" KILL);
	for (unsigned i = 1; i < OOMD_MEMBERS_MAX; i++)
		strcat(rules, ", " KILL);
	strcat(rules, "]}");
	strcat(rules, "]}");
	read_rules(rules, strlen(rules), &result);
	expect_int("most", result.error, 0);
	arena_free(&result.arena);
	rules[strlen(rules) - 2] = '\0';
	strcat(rules, ",\n{\"detectors\": [[\"g\"]], \"actions\": [" KILL "]}]}");
	expect_bad(rules, strlen(rules), -E2BIG, "oomd.json:2: too many detectors and actions");
}

static void the_last_of_equal_names_counts(void)
{
	struct result result;

	if (read_good(
		    RULES(PLUGIN("swap_free", "\"threshold_pct\": \"1\", \"threshold_pct\": \"2\""),
			    KILL),
		    &result))
		expect_int("the last",
			result.settings.rulesets[0].groups[0].detectors[0].threshold_permyriad,
			200);
	arena_free(&result.arena);
}

extern CU_TestInfo oomd_rules_tests[];
CU_TestInfo oomd_rules_tests[] = {
	{ "desktop rules are understood", desktop_rules_are_understood },
	{ "arguments go where they belong", arguments_go_where_they_belong },
	{ "what is not followed is kept in mind", what_is_not_followed_is_kept_in_mind },
	{ "mistakes are named with their line", mistakes_are_named_with_their_line },
	{ "hostile JSON is refused", hostile_json_is_refused },
	{ "all is bounded", all_is_bounded },
	{ "depth and size are bounded", depth_and_size_are_bounded },
	{ "steps are bounded in all", steps_are_bounded_in_all },
	{ "the last of equal names counts", the_last_of_equal_names_counts },
	CU_TEST_INFO_NULL,
};
