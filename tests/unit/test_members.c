/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "model/members.h"
#include "model/snapshot.h"
#include "unit.h"

/* clang-format off */
static const struct {
	const char *label;
	const struct member *members;
	size_t size;    /* of the struct */
	bool all_words; /* every eight bytes of it are a member */
} tables[] = {
	{ "meminfo", members_meminfo, sizeof(struct meminfo), true },
	{ "vmstat", members_vmstat, sizeof(struct vmstat), true },
	{ "pressure", members_pressure, sizeof(struct pressure), true },
	{ "knobs", members_knobs, sizeof(struct knobs), true },
	{ "kubelet", members_kubelet, sizeof(struct kubelet_settings), true },
	{ "swap_area", members_swap_area, sizeof(struct swap_area), false },
	{ "zone", members_zone, sizeof(struct zone), false },
	{ "zone_pages", members_zone_pages, sizeof(struct zone), false },
	{ "memcg", members_memcg, sizeof(struct memcg), false },
	{ "task", members_task, sizeof(struct task), false },
	{ "identity", members_identity, sizeof(struct identity), false },
	{ "snapshot", members_snapshot, sizeof(struct snapshot), false },
	{ "killer", members_killer, sizeof(struct killer), false },
	{ "earlyoom", members_earlyoom, sizeof(struct earlyoom_settings), false },
	{ "nohang", members_nohang, sizeof(struct nohang_settings), false },
	{ "systemd-oomd", members_systemd_oomd, sizeof(struct systemd_oomd_settings), false },
	{ "systemd-oomd's cgroup", members_systemd_oomd_cgroup,
		sizeof(struct systemd_oomd_cgroup), false },
};
/* clang-format on */

static size_t bytes_of(const struct member *member)
{
	static const size_t bytes[] = {
		[MEMBER_I64] = 8,
		[MEMBER_U64] = 8,
		[MEMBER_I32] = 4,
		[MEMBER_U32] = 4,
		[MEMBER_BOOL] = sizeof(bool),
		[MEMBER_CHAR] = 1,
		[MEMBER_STRING] = sizeof(char *),
	};

	if (member->type == MEMBER_TEXT)
		return member->size;
	if (member->type == MEMBER_NUMBERS)
		return member->size * sizeof(int64_t);
	return bytes[member->type];
}

static void expect_no_other(const char *label, const struct member *members, unsigned number)
{
	const struct member *one = &members[number];

	for (const struct member *other = one + 1; other->name; other++) {
		if (strcmp(other->name, one->name) == 0)
			expect_text(label, other->name, "a name of its own");
		if (other->offset < one->offset + bytes_of(one) &&
			one->offset < other->offset + bytes_of(other))
			expect_text(label, other->name, "a place of its own");
	}
}

static void each_member_lies_in_its_struct_alone(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		const struct member *members = tables[i].members;
		unsigned n = 0;

		for (; members[n].name; n++) {
			expect_true(members[n].name,
				members[n].offset + bytes_of(&members[n]) <= tables[i].size);
			expect_no_other(tables[i].label, members, n);
		}
		expect_true(tables[i].label, n > 0);
		if (tables[i].all_words)
			expect_int(tables[i].label, n * sizeof(int64_t), tables[i].size);
	}
}

static void expect_disjoint(const struct member *a, const struct member *b)
{
	for (; a->name; a++)
		for (const struct member *other = b; other->name; other++)
			if (strcmp(a->name, other->name) == 0)
				expect_text("in one object", a->name, "a name of its own");
}

static void structs_of_one_object_share_no_name(void)
{
	expect_disjoint(members_task, members_identity);
	expect_disjoint(members_memcg, members_systemd_oomd_cgroup);
	expect_disjoint(members_killer, members_earlyoom);
	expect_disjoint(members_killer, members_nohang);
	expect_disjoint(members_killer, members_kubelet);
	expect_disjoint(members_killer, members_systemd_oomd);
}

static const struct member *find(const struct member *members, const char *name)
{
	while (members->name && strcmp(members->name, name) != 0)
		members++;
	return members->name ? members : NULL;
}

static void names_are_those_that_were_promised(void)
{
	static const struct {
		const struct member *members;
		const char *name;
		size_t offset;
	} cases[] = {
		{ members_meminfo, "mem_available_kib",
			offsetof(struct meminfo, mem_available_kib) },
		{ members_meminfo, "slab_unreclaimable_kib",
			offsetof(struct meminfo, slab_unreclaimable_kib) },
		{ members_knobs, "panic_on_oom", offsetof(struct knobs, panic_on_oom) },
		{ members_vmstat, "allocstall", offsetof(struct vmstat, allocstall) },
		{ members_zone_pages, "promo_pages", offsetof(struct zone, promo_pages) },
		{ members_zone, "zone", offsetof(struct zone, name) },
		{ members_zone, "free_blocks", offsetof(struct zone, blocks.count) },
		{ members_task, "rss_anon_pages", offsetof(struct task, rss_anon_pages) },
		{ members_task, "pgtables_bytes", offsetof(struct task, pgtables_bytes) },
		{ members_task, "growth_bytes_per_s", offsetof(struct task, growth_bytes_per_s) },
		{ members_task, "growth_10min_bytes_per_s",
			offsetof(struct task, growth_bytes_per_s[GROWTH_10MIN]) },
		{ members_memcg, "full_avg10_centi",
			offsetof(struct memcg, pressure.full.avg10_centi) },
		{ members_pressure, "some_total_us", offsetof(struct pressure, some.total_us) },
		{ members_earlyoom, "swap_kill_permyriad",
			offsetof(struct earlyoom_settings, swap_permyriad[1]) },
		{ members_nohang, "mem_soft_kib", offsetof(struct nohang_settings, mem_kib[0]) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct member *member = find(cases[i].members, cases[i].name);

		expect_true(cases[i].name, member != NULL);
		if (member)
			expect_int(cases[i].name, member->offset, cases[i].offset);
	}
	expect_true("JSON does not tell what lies before a zone",
		!find(members_zone_pages, "start_pfn"));
}

struct all_types {
	int64_t i64;
	uint64_t u64;
	int32_t i32;
	uint32_t u32;
	bool yes;
	char letter;
	char text[8];
	const char *string;
	int64_t numbers[3];
	unsigned n_numbers;
};

static const struct member all_members[] = {
	{ "i64", offsetof(struct all_types, i64), MEMBER_I64, 0, 0 },
	{ "u64", offsetof(struct all_types, u64), MEMBER_U64, 0, 0 },
	{ "i32", offsetof(struct all_types, i32), MEMBER_I32, 0, 0 },
	{ "u32", offsetof(struct all_types, u32), MEMBER_U32, 0, 0 },
	{ "yes", offsetof(struct all_types, yes), MEMBER_BOOL, 0, 0 },
	{ "letter", offsetof(struct all_types, letter), MEMBER_CHAR, 0, 0 },
	{ "text", offsetof(struct all_types, text), MEMBER_TEXT, 8, 0 },
	{ "string", offsetof(struct all_types, string), MEMBER_STRING, 0, 0 },
	{ "numbers", offsetof(struct all_types, numbers), MEMBER_NUMBERS, 3,
		offsetof(struct all_types, n_numbers) },
	MEMBER_END,
};

static void expect_written(const char *label, const struct all_types *of, const char *want)
{
	char buf[512];
	struct text text;
	struct json json;

	text_init(&text, buf, sizeof(buf));
	json_init(&json, &text);
	json_put_object(&json, NULL);
	for (const struct member *member = all_members; member->name; member++)
		member_write(&json, member, of);
	json_end_object(&json);
	expect_text(label, buf, want);
}

static void a_member_is_written_by_its_type(void)
{
	const struct all_types none = { .i64 = VALUE_UNKNOWN };
	const struct all_types some = { 7, 8, -9, 10, true, 'R', "a\"b", "\xff", { 1, 2 }, 2 };
	const struct all_types most = { INT64_MAX, UINT64_MAX, INT32_MIN, UINT32_MAX, true, '\xff',
		"1234567", "", { 0, VALUE_UNKNOWN, -1 }, 99 };

	expect_written("none", &none,
		"{\"i64\":null,\"u64\":0,\"i32\":0,\"u32\":0,\"yes\":false,\"letter\":\"\","
		"\"text\":\"\",\"string\":null,\"numbers\":[]}");
	expect_written("some", &some,
		"{\"i64\":7,\"u64\":8,\"i32\":-9,\"u32\":10,\"yes\":true,\"letter\":\"R\","
		"\"text\":\"a\\\"b\",\"string\":\"\xEF\xBF\xBD\",\"numbers\":[1,2]}");
	expect_written("most", &most,
		"{\"i64\":9223372036854775807,\"u64\":-1,\"i32\":-2147483648,\"u32\":4294967295,"
		"\"yes\":true,\"letter\":\"\xEF\xBF\xBD\",\"text\":\"1234567\",\"string\":\"\","
		"\"numbers\":[0,null,-1]}");
}

static void words_stand_for_the_values_of_their_enum(void)
{
	static const struct {
		const char *const *words;
		const char *word;
		int want;
	} cases[] = {
		{ words_partial, "none", PARTIAL_NONE },
		{ words_partial, "lxcfs", PARTIAL_LXCFS },
		{ words_partial, "kept", PARTIAL_KEPT },
		{ words_fact_state, "unread", FACT_UNREAD },
		{ words_fact_state, "present", FACT_PRESENT },
		{ words_fact_state, "failed", FACT_FAILED },
		{ words_settings, "unread", SETTINGS_UNREAD },
		{ words_settings, "defaults", SETTINGS_DEFAULTS },
		{ words_settings, "", -1 },
		{ words_settings, "default", -1 },
		{ words_partial, "Kept", -1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_int(cases[i].word, word_find(cases[i].words, cases[i].word), cases[i].want);
	expect_true("the last fact state ends them", !words_fact_state[FACT_FAILED + 1]);
	expect_true("the last view ends them", !words_partial[PARTIAL_KEPT + 1]);
	expect_true("the last settings end them", !words_settings[SETTINGS_DEFAULTS + 1]);
}

extern CU_TestInfo members_tests[];
CU_TestInfo members_tests[] = {
	{ "each member lies in its struct alone", each_member_lies_in_its_struct_alone },
	{ "structs of one object share no name", structs_of_one_object_share_no_name },
	{ "names are those that were promised", names_are_those_that_were_promised },
	{ "a member is written by its type", a_member_is_written_by_its_type },
	{ "words stand for the values of their enum", words_stand_for_the_values_of_their_enum },
	CU_TEST_INFO_NULL,
};
