/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cuts.h"
#include "parse/kubelet.h"
#include "unit.h"

#define NO VALUE_UNKNOWN
#define MIB INT64_C(1024)
#define GIB (1024 * MIB)

static int parse_args(const char *args, size_t len, struct kubelet_settings *settings)
{
	struct kubelet_files files;
	char *copy = cut_copy(args, len);
	const int error = parse_kubelet_args(copy, len, settings, &files);

	free(copy);
	return error;
}

static int parse_conf(const char *text, struct kubelet_settings *settings)
{
	const size_t len = strlen(text);
	char *copy = cut_copy(text, len);
	const int error = parse_kubelet_conf(copy, len, settings);

	free(copy);
	return error;
}

static void each_quantity_is_read(void)
{
	static const struct {
		const char *text;
		int64_t kib, permyriad;
	} cases[] = {
		{ "100Mi", 100 * MIB, NO },
		{ "1.5Gi", 1536 * MIB, NO },
		{ "500M", 488282, NO },
		{ "500m", -1, 0 },
		{ "1024", 1, NO },
		{ "1025", 2, NO },
		{ "1", 1, NO },
		{ "1Ki", 1, NO },
		{ "2k", 2, NO },
		{ "1e9", 976563, NO },
		{ "1E3", 1, NO },
		{ "1G", 976563, NO },
		{ "2Ti", 2048 * GIB, NO },
		{ "0.5Pi", 512 * 1024 * GIB, NO },
		{ "1P", INT64_C(976562500000), NO },
		{ "7Ei", INT64_C(7) << 50, NO },
		{ "0.5E", INT64_C(488281250000000), NO },
		{ "5%", NO, 500 },
		{ "2.5%", NO, 250 },
		{ "99.99%", NO, 9999 },
		{ "0%", NO, NO },
		{ "100%", NO, NO },
		{ "0", -1, 0 },
		{ "100.1%", -1, 0 },
		{ "-1%", -1, 0 },
		{ "nan%", -1, 0 },
		{ "-100Mi", -1, 0 },
		{ "100mi", -1, 0 },
		{ "100Mib", -1, 0 },
		{ "100 Mi", -1, 0 },
		{ "", -1, 0 },
		{ "%", -1, 0 },
		{ "inf", -1, 0 },
		{ "0x10", -1, 0 },
		{ "1e308", -1, 0 },
		{ "99999999999999999999", -1, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct kubelet_settings got;
		char args[128];
		const int len = snprintf(args, sizeof(args),
			"kubelet%c--eviction-hard=memory.available<%s", '\0', cases[i].text);
		int error;

		kubelet_defaults(&got);
		error = parse_args(args, (size_t)len, &got);
		if (cases[i].kib == -1) {
			expect_int(cases[i].text, error, -EINVAL);
			expect_int(cases[i].text, got.hard_kib, 100 * MIB);
			continue;
		}
		expect_int(cases[i].text, error, 0);
		expect_int(cases[i].text, got.hard_kib, cases[i].kib);
		expect_int(cases[i].text, got.hard_permyriad, cases[i].permyriad);
	}
}

static void each_duration_is_read(void)
{
	static const struct {
		const char *text;
		int64_t ms;
	} cases[] = {
		{ "1m30s", 90000 },
		{ "90s", 90000 },
		{ "1.5h", 5400000 },
		{ "250ms", 250 },
		{ "1us", 1 },
		{ "3\xc2\xb5s", 1 },
		{ "1ns", 1 },
		{ "0", 0 },
		{ "0s", 0 },
		{ "1h1m1s1ms", 3661001 },
		{ "90", -1 },
		{ "", -1 },
		{ "s", -1 },
		{ "1d", -1 },
		{ "1m 30s", -1 },
		{ "-1s", -1 },
		{ "1mm", -1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct kubelet_settings got;
		char args[128];
		const int len = snprintf(args, sizeof(args),
			"kubelet%c--eviction-soft-grace-period=memory.available=%s", '\0',
			cases[i].text);
		int error;

		kubelet_defaults(&got);
		error = parse_args(args, (size_t)len, &got);
		expect_int(cases[i].text, error, cases[i].ms < 0 ? -EINVAL : 0);
		expect_int(cases[i].text, got.soft_grace_ms, cases[i].ms < 0 ? NO : cases[i].ms);
	}
}

static void flags_are_read_in_every_form(void)
{
#define ARGS(text) "kubelet\0" text, sizeof("kubelet\0" text) - 1
	static const struct {
		const char *args;
		size_t len;
		int64_t hard, soft_permyriad, grace;
	} cases[] = {
		{ ARGS(""), 100 * MIB, NO, NO },
		{ ARGS("--eviction-hard=memory.available<1Gi"), GIB, NO, NO },
		{ ARGS("--eviction-hard\0memory.available<1Gi\0"), GIB, NO, NO },
		{ ARGS("--eviction_hard=memory.available<1Gi"), GIB, NO, NO },
		{ ARGS("--eviction-hard=nodefs.available<10%,memory.available<1Gi"), GIB, NO, NO },
		{ ARGS("--eviction-hard= memory.available < 1Gi "), GIB, NO, NO },
		{ ARGS("--eviction-hard=nodefs.available<10%"), NO, NO, NO },
		{ ARGS("--eviction-hard="), NO, NO, NO },
		{ ARGS("--eviction-hard"), 100 * MIB, NO, NO },
		{ ARGS("--eviction-hardy=memory.available<1Gi"), 100 * MIB, NO, NO },
		{ ARGS("--eviction-soft=memory.available<10%\0"
		       "--eviction-soft-grace-period=memory.available=2m"),
			100 * MIB, 1000, 120000 },
		{ ARGS("--v=2\0--eviction-soft-grace-period\0memory.available=2m\0"), 100 * MIB, NO,
			120000 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct kubelet_settings got;

		kubelet_defaults(&got);
		expect_int(cases[i].args + 8, parse_args(cases[i].args, cases[i].len, &got), 0);
		expect_int(cases[i].args + 8, got.hard_kib, cases[i].hard);
		expect_int(cases[i].args + 8, got.soft_permyriad, cases[i].soft_permyriad);
		expect_int(cases[i].args + 8, got.soft_grace_ms, cases[i].grace);
	}
}

static void wrong_flags_are_refused(void)
{
	static const struct {
		const char *args;
		size_t len;
	} wrong[] = {
		{ ARGS("--eviction-hard=memory.available") },
		{ ARGS("--eviction-hard=memory.available=1Gi") },
		{ ARGS("--eviction-hard=memory.available<1Gi<2Gi") },
		{ ARGS("--eviction-hard=memory.available<1Gi,memory.available<2Gi") },
		{ ARGS("--eviction-hard=x,memory.available<1Gi") },
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct kubelet_settings got;

		kubelet_defaults(&got);
		expect_int(
			wrong[i].args + 8, parse_args(wrong[i].args, wrong[i].len, &got), -EINVAL);
		expect_int(wrong[i].args + 8, got.hard_kib, 100 * MIB);
	}
}

static void files_are_named(void)
{
	static const char args[] = "kubelet\0--config=/a.yaml\0--config-dir\0/d\0";
	struct kubelet_settings got;
	struct kubelet_files files;

	expect_int("args", parse_kubelet_args(args, sizeof(args) - 1, &got, &files), 0);
	expect_true("config", span_is(files.config, "/a.yaml"));
	expect_true("folder", span_is(files.drop_in, "/d"));
	expect_int("none", parse_kubelet_args("k", 1, &got, &files), 0);
	expect_true("no config", !files.config.at && !files.drop_in.at);
}

static void each_form_of_a_file_is_read(void)
{
	static const struct {
		const char *text;
		int64_t hard_kib, hard_permyriad, soft_kib, grace;
	} cases[] = {
		{ "", 100 * MIB, NO, NO, NO },
		{ "kind: KubeletConfiguration\n", 100 * MIB, NO, NO, NO },
		{ "evictionHard:\n  memory.available: 1Gi\n", GIB, NO, NO, NO },
		{ "evictionHard:\n  memory.available: \"1Gi\"\n", GIB, NO, NO, NO },
		{ "evictionHard:\n  memory.available: '1Gi' # little\n", GIB, NO, NO, NO },
		{ "evictionHard:\r\n  memory.available: 1Gi\r\n", GIB, NO, NO, NO },
		{ "evictionHard: # here\n  memory.available: 1Gi # x\n", GIB, NO, NO, NO },
		{ "evictionHard:\n        memory.available: 5%\n", NO, 500, NO, NO },
		{ "\"evictionHard\":\n  'memory.available' : 1Gi\n", GIB, NO, NO, NO },
		{ "---\nevictionHard:\n  memory.available: 1Gi\n...\n", GIB, NO, NO, NO },
		{ "  a: b\n  evictionHard:\n    memory.available: 1Gi\n", GIB, NO, NO, NO },
		{ "evictionHard:\n\n# c\n  nodefs.available: 1%\n  memory.available: 1Gi\n", GIB,
			NO, NO, NO },
		{ "evictionHard:\n  nodefs.available: 10%\n", NO, NO, NO, NO },
		{ "evictionHard:\n  nodefs.available: 10%\nmergeDefaultEvictionSettings: true\n",
			100 * MIB, NO, NO, NO },
		{ "mergeDefaultEvictionSettings: true\nevictionHard:\n  memory.available: 1Gi\n",
			GIB, NO, NO, NO },
		{ "mergeDefaultEvictionSettings: false\nevictionHard:\n  a: 1Gi\n", NO, NO, NO,
			NO },
		{ "evictionHard: {}\n", NO, NO, NO, NO },
		{ "evictionHard: null\n", 100 * MIB, NO, NO, NO },
		{ "evictionHard: ~\n", 100 * MIB, NO, NO, NO },
		{ "evictionHard:\nother: 1\n", 100 * MIB, NO, NO, NO },
		{ "evictionHard: {memory.available: 1Gi, a: b} # c\n", GIB, NO, NO, NO },
		{ "evictionHard: {a: [1, {b: c}], \"memory.available\": \"1Gi\"}\n", GIB, NO, NO,
			NO },
		{ "evictionSoft:\n  memory.available: 2Gi\nevictionSoftGracePeriod:\n"
		  "  memory.available: 1m30s\n",
			100 * MIB, NO, 2 * GIB, 90000 },
		{ "other:\n  evictionHard:\n    memory.available: 1Gi\n", 100 * MIB, NO, NO, NO },
		{ "other: |\n  evictionHard:\n    memory.available: 1Gi\n", 100 * MIB, NO, NO, NO },
		{ "list:\n- memory.available: 1Gi\n- b\nevictionHard:\n  memory.available: 1Gi\n",
			GIB, NO, NO, NO },
		{ "evictionHard:\n  a:\n    memory.available: 2Gi\n  memory.available: 1Gi\n", GIB,
			NO, NO, NO },
		{ "evictionHard:\n  memory.available: 0%\n", NO, NO, NO, NO },
		{ "{\"evictionHard\":{\"memory.available\":\"1Gi\"}}", GIB, NO, NO, NO },
		{ "\n {\n \"a\": [\"}\", {\"evictionHard\": 1}],\n \"evictionHard\" : {\n"
		  "  \"nodefs.available\": \"10%\",\n  \"memory.available\": \"5%\"\n }\n}\n",
			NO, 500, NO, NO },
		{ "{\"evictionHard\":null}", 100 * MIB, NO, NO, NO },
		{ "{\"evictionHard\":{\"a\":\"1\"},\"mergeDefaultEvictionSettings\": true}",
			100 * MIB, NO, NO, NO },
		{ "{\"x\": \"\\\"}\", \"evictionSoft\":{\"memory.available\":\"2Gi\"},\n"
		  "\"evictionSoftGracePeriod\":{\"memory.available\":\"90s\"}}",
			100 * MIB, NO, 2 * GIB, 90000 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct kubelet_settings got;

		kubelet_defaults(&got);
		expect_int(cases[i].text, parse_conf(cases[i].text, &got), 0);
		expect_int(cases[i].text, got.hard_kib, cases[i].hard_kib);
		expect_int(cases[i].text, got.hard_permyriad, cases[i].hard_permyriad);
		expect_int(cases[i].text, got.soft_kib, cases[i].soft_kib);
		expect_int(cases[i].text, got.soft_grace_ms, cases[i].grace);
	}
}

static void what_is_not_understood_is_refused(void)
{
	static const char *const wrong[] = {
		"evictionHard: &a\n  memory.available: 1Gi\n",
		"evictionHard: *a\n",
		"evictionHard: !!map\n  memory.available: 1Gi\n",
		"evictionHard: 5\n",
		"evictionHard: {memory.available: 1Gi,\n  a: b}\n",
		"evictionHard: {memory.available: 1Gi} x\n",
		"evictionHard: {memory.available 1Gi}\n",
		"evictionHard:\n\tmemory.available: 1Gi\n",
		"evictionHard:\n  <<: *a\n",
		"<<: *a\n",
		"evictionHard:\n  memory.available: |\n    1Gi\n",
		"evictionHard:\n  memory.available: *x\n",
		"evictionHard:\n  memory.available:\n    1Gi\n",
		"evictionHard:\n  memory.available: \"1\\x47i\"\n",
		"evictionHard:\n  memory.available: 'a''b'\n",
		"evictionHard:\n  memory.available: '1Gi' x\n",
		"evictionHard:\n  memory.available: lots\n",
		"evictionHard:\n  memory.available: 1Gi\n  memory.available: 2Gi\n",
		"evictionHard:\n  memory.available: 1Gi\nevictionHard:\n  memory.available: 2Gi\n",
		"evictionHard:\n    a: b\n  memory.available: 2Gi\n",
		"evictionHard:\n  ? memory.available\n  : 1Gi\n",
		"a: b\n---\nevictionHard:\n  memory.available: 1Gi\n",
		"  a: b\nevictionHard:\n  memory.available: 1Gi\n",
		"{\"evictionHard\":{\"memory.available\":\"1Gi\"}",
		"{\"evictionHard\":{\"memory.available\":\"1\\u0047i\"}}",
		"{\"evictionHard\":{\"memory.available\":null}}",
		"{\"evictionHard\":{},\"evictionHard\":{}}",
		"{\"a\":\"b\" \"evictionHard\":{}}",
		"{",
		"{\"",
		"{\"a\"",
		"{\"a\":[[[[",
		"{\"a\":\"\\",
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct kubelet_settings got;

		kubelet_defaults(&got);
		expect_int(wrong[i], parse_conf(wrong[i], &got), -EBADMSG);
		expect_int(wrong[i], got.hard_kib, 100 * MIB);
	}
}

static void hostile_files_do_no_harm(void)
{
	static const char yaml[] = "a: b\nevictionHard: {\"memory.available\": '1Gi', b: [c]}\n"
				   "evictionSoft:\n  memory.available: \"2Gi\" # x\n";
	static const char json[] = "{\"a\":[{\"b\":\"c\\\"\"}],\"evictionHard\":"
				   "{\"memory.available\":\"1Gi\"}}";
	static const char bytes[] = "{[\"':\n #&\\-";
	const size_t huge = 1 << 20;
	char *text = malloc(huge);
	struct kubelet_settings got;

	if (!text)
		abort();
	for (size_t i = 0; i < sizeof(bytes); i++) {
		memset(text, bytes[i], huge);
		kubelet_defaults(&got);
		parse_kubelet_conf(text, huge, &got);
		expect_int("as before", got.hard_kib, 100 * MIB);
		memcpy(text, "{\"a\":", 5);
		parse_kubelet_conf(text, huge, &got);
		expect_int("as before", got.hard_kib, 100 * MIB);
	}
	free(text);
	for (size_t len = 0; len < sizeof(yaml); len++) {
		char *copy = cut_copy(yaml, len);

		kubelet_defaults(&got);
		parse_kubelet_conf(copy, len, &got);
		expect_true(
			"as before, or as said", got.hard_kib == 100 * MIB || got.hard_kib == GIB);
		free(copy);
	}
	for (size_t len = 0; len < sizeof(json) - 1; len++) {
		char *copy = cut_copy(json, len);

		kubelet_defaults(&got);
		expect_int("a beginning", parse_kubelet_conf(copy, len, &got),
			len == 0 ? 0 : -EBADMSG);
		free(copy);
	}
}

extern CU_TestInfo kubelet_tests[];
CU_TestInfo kubelet_tests[] = {
	{ "each quantity is read", each_quantity_is_read },
	{ "each duration is read", each_duration_is_read },
	{ "flags are read in every form", flags_are_read_in_every_form },
	{ "wrong flags are refused", wrong_flags_are_refused },
	{ "files are named", files_are_named },
	{ "each form of a file is read", each_form_of_a_file_is_read },
	{ "what is not understood is refused", what_is_not_understood_is_refused },
	{ "hostile files do no harm", hostile_files_do_no_harm },
	CU_TEST_INFO_NULL,
};
