/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "parse/systemd_value.h"
#include "parse/unit_file.h"
#include "unit.h"

#define REFUSED (-42)

static struct span span_of(const char *text)
{
	return (struct span){ text, strlen(text) };
}

static void fractions_have_a_sign(void)
{
	static const struct {
		const char *text;
		int64_t want;
	} cases[] = {
		{ "0%", 0 },
		{ "60%", 6000 },
		{ "100%", 10000 },
		{ "100.01%", REFUSED },
		{ "101%", REFUSED },
		{ "33.3%", 3330 },
		{ "33.33%", 3333 },
		{ "33.333%", REFUSED },
		{ "33.%", REFUSED },
		{ ".5%", REFUSED },
		{ "600\xe2\x80\xb0", 6000 },
		{ "333.3\xe2\x80\xb0", 3333 },
		{ "333.33\xe2\x80\xb0", REFUSED },
		{ "1000\xe2\x80\xb0", 10000 },
		{ "1001\xe2\x80\xb0", REFUSED },
		{ "6000\xe2\x80\xb1", 6000 },
		{ "10000\xe2\x80\xb1", 10000 },
		{ "10001\xe2\x80\xb1", REFUSED },
		{ "1.5\xe2\x80\xb1", REFUSED },
		{ "60", REFUSED },
		{ "", REFUSED },
		{ "%", REFUSED },
		{ "-1%", REFUSED },
		{ "+1%", REFUSED },
		{ " 1%", REFUSED },
		{ "1 %", REFUSED },
		{ "1%%", REFUSED },
		{ "60\xe2\x80", REFUSED },
		{ "99999999999999999999999999%", REFUSED },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t got = REFUSED;
		const bool taken = systemd_permyriad(span_of(cases[i].text), &got);

		expect_int(cases[i].text, got, cases[i].want);
		expect_int(cases[i].text, taken, cases[i].want != REFUSED);
	}
}

static void spans_of_time_have_units(void)
{
	static const struct {
		const char *text;
		int64_t want;
	} cases[] = {
		{ "20s", 20000 },
		{ "20", 20000 },
		{ "0", 0 },
		{ "1min 30s", 90000 },
		{ "1min30s", 90000 },
		{ "1 min 30 s", 90000 },
		{ "  2m  ", 120000 },
		{ "1.5s", 1500 },
		{ "0.5h", 1800000 },
		{ "500ms", 500 },
		{ "500msec", 500 },
		{ "999us", 0 },
		{ "1000usec", 1 },
		{ "1000\xc2\xb5s", 1 },
		{ "0.001ms", 0 },
		{ "1h", 3600000 },
		{ "1day", 86400000 },
		{ "1w", 604800000 },
		{ "1M", INT64_C(2629800000) },
		{ "1year", INT64_C(31557600000) },
		{ "infinity", INT64_MAX },
		{ " infinity ", INT64_MAX },
		{ "9999999999999y", INT64_MAX },
		{ "99999999999999999999999", INT64_MAX },
		{ "", REFUSED },
		{ " ", REFUSED },
		{ "s", REFUSED },
		{ "-1s", REFUSED },
		{ "1x", REFUSED },
		{ "1S", REFUSED },
		{ "1.s", REFUSED },
		{ "infinity 1s", REFUSED },
		{ "1s infinity", REFUSED },
		{ "1s x", REFUSED },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t got = REFUSED;
		const bool taken = systemd_timespan_ms(span_of(cases[i].text), &got);

		expect_int(cases[i].text, got, cases[i].want);
		expect_int(cases[i].text, taken, cases[i].want != REFUSED);
	}
}

static void booleans_have_many_spellings(void)
{
	static const struct {
		const char *text;
		int want;
	} cases[] = {
		{ "1", 1 },
		{ "yes", 1 },
		{ "Y", 1 },
		{ "TRUE", 1 },
		{ "t", 1 },
		{ "On", 1 },
		{ "0", 0 },
		{ "no", 0 },
		{ "N", 0 },
		{ "false", 0 },
		{ "f", 0 },
		{ "OFF", 0 },
		{ "", REFUSED },
		{ "2", REFUSED },
		{ "yess", REFUSED },
		{ "o", REFUSED },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		bool got = false, other = true;
		const bool taken = systemd_boolean(span_of(cases[i].text), &got);

		(void)systemd_boolean(span_of(cases[i].text), &other);
		expect_int(cases[i].text, taken, cases[i].want != REFUSED);
		if (taken)
			expect_true(cases[i].text, got == other && got == cases[i].want);
		else
			expect_true("unchanged", !got && other);
	}
}

static struct unit_file parsed(const char *text)
{
	struct unit_file unit = { .restart = RESTART_UNKNOWN };

	parse_unit_file(text, strlen(text), &unit);
	return unit;
}

static void units_say_what_oomd_does_with_them(void)
{
	static const struct {
		const char *text;
		struct managed want;
	} cases[] = {
		{ "[Slice]\nManagedOOMSwap=kill\n", { .swap = MANAGED_OOM_KILL } },
		{ "[Service]\nManagedOOMSwap=auto\n", { .swap = MANAGED_OOM_AUTO } },
		{ "[Scope]\nManagedOOMMemoryPressure=kill\n", { .pressure = MANAGED_OOM_KILL } },
		{ "[Slice]\nManagedOOMSwap=kill\nManagedOOMSwap=\n", { .swap = MANAGED_OOM_AUTO } },
		{ "[Slice]\nManagedOOMSwap=kill\nManagedOOMSwap=maybe\n",
			{ .swap = MANAGED_OOM_KILL } },
		{ "[Unit]\nManagedOOMSwap=kill\n", { .swap = MANAGED_OOM_UNSET } },
		{ "[Slice]\nManagedOOMMemoryPressureLimit=50%\n", { .limit_permyriad = 5000 } },
		{ "[Slice]\nManagedOOMMemoryPressureLimitPercent=40%\n",
			{ .limit_permyriad = 4000 } },
		{ "[Slice]\nManagedOOMMemoryPressureLimit=50%\nManagedOOMMemoryPressureLimit=\n",
			{ .limit_permyriad = 0 } },
		{ "[Slice]\nManagedOOMMemoryPressureLimit=50%\n"
		  "ManagedOOMMemoryPressureLimit=150%\n",
			{ .limit_permyriad = 5000 } },
		{ "[Slice]\nManagedOOMMemoryPressureDurationSec=20s\n", { .duration_ms = 20000 } },
		{ "[Slice]\nManagedOOMMemoryPressureDurationSec=1s\n", { .duration_ms = 1000 } },
		{ "[Slice]\nManagedOOMMemoryPressureDurationSec=999ms\n", { .duration_ms = 0 } },
		{ "[Slice]\nManagedOOMMemoryPressureDurationSec=infinity\n", { .duration_ms = 0 } },
		{ "[Slice]\nManagedOOMMemoryPressureDurationSec=20s\n"
		  "ManagedOOMMemoryPressureDurationSec=\n",
			{ .duration_ms = 0 } },
		{ "[Service]\nManagedOOMPreference=omit\n",
			{ .preference = MANAGED_PREFERENCE_OMIT } },
		{ "[Service]\nManagedOOMPreference=avoid\n",
			{ .preference = MANAGED_PREFERENCE_AVOID } },
		{ "[Service]\nManagedOOMPreference=omit\nManagedOOMPreference=none\n",
			{ .preference = MANAGED_PREFERENCE_NONE } },
		{ "[Slice]\nOOMRules=a.oomrule\n", { .rules = true } },
		{ "[Slice]\nOOMRules=a.oomrule\nOOMRules=\n", { .rules = false } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct managed got = parsed(cases[i].text).managed;
		const struct managed *want = &cases[i].want;

		expect_int(cases[i].text, got.swap, want->swap);
		expect_int(cases[i].text, got.pressure, want->pressure);
		expect_int(cases[i].text, got.preference, want->preference);
		expect_int(cases[i].text, got.limit_permyriad, want->limit_permyriad);
		expect_int(cases[i].text, got.duration_ms, want->duration_ms);
		expect_int(cases[i].text, got.rules, want->rules);
	}
}

static void oomd_conf_is_understood_in_both_spellings(void)
{
	static const struct {
		const char *text;
		struct oomd_conf want;
	} cases[] = {
		{ "[OOM]\nSwapUsedLimit=80%\n",
			{ .has_swap_used = true, .swap_used_permyriad = 8000 } },
		{ "[OOM]\nSwapUsedLimitPercent=80%\n",
			{ .has_swap_used = true,
				.swap_used_permyriad = 8000,
				.old_spelling = true } },
		{ "[OOM]\nSwapUsedLimit=0%\n", { .has_swap_used = true } },
		{ "[OOM]\nSwapUsedLimit=80\n", { .has_swap_used = false } },
		{ "[Other]\nSwapUsedLimit=80%\n", { .has_swap_used = false } },
		{ "SwapUsedLimit=80%\n", { .has_swap_used = false } },
		{ "[OOM]\nSwapUsedLimit=80%\nSwapUsedLimit=85%\n",
			{ .has_swap_used = true, .swap_used_permyriad = 8500 } },
		{ "[OOM]\n# SwapUsedLimit=80%\n;SwapUsedLimit=80%\n", { .has_swap_used = false } },
		{ "[OOM]\nSwapUsedLimit=\\\n80%\n",
			{ .has_swap_used = true, .swap_used_permyriad = 8000 } },
		{ "[OOM]\nDefaultMemoryPressureLimit=500\xe2\x80\xb0\n",
			{ .has_limit = true, .limit_permyriad = 5000 } },
		{ "[OOM]\nDefaultMemoryPressureLimitPercent=50%\n",
			{ .has_limit = true, .limit_permyriad = 5000, .old_spelling = true } },
		{ "[OOM]\nDefaultMemoryPressureDurationSec=1min\n", { .duration_ms = 60000 } },
		{ "[OOM]\nDefaultMemoryPressureDurationSec=0\n", { .duration_ms = 0 } },
		{ "[OOM]\nDefaultMemoryPressureDurationSec=1min\n"
		  "DefaultMemoryPressureDurationSec=500ms\n",
			{ .duration_ms = 60000 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct oomd_conf got = parsed(cases[i].text).oomd;
		const struct oomd_conf *want = &cases[i].want;

		expect_int(cases[i].text, got.has_swap_used, want->has_swap_used);
		expect_int(cases[i].text, got.swap_used_permyriad, want->swap_used_permyriad);
		expect_int(cases[i].text, got.has_limit, want->has_limit);
		expect_int(cases[i].text, got.limit_permyriad, want->limit_permyriad);
		expect_int(cases[i].text, got.duration_ms, want->duration_ms);
		expect_int(cases[i].text, got.old_spelling, want->old_spelling);
	}
}

extern CU_TestInfo systemd_value_tests[];
CU_TestInfo systemd_value_tests[] = {
	{ "fractions have a sign", fractions_have_a_sign },
	{ "spans of time have units", spans_of_time_have_units },
	{ "booleans have many spellings", booleans_have_many_spellings },
	{ "units say what oomd does with them", units_say_what_oomd_does_with_them },
	{ "oomd.conf is understood in both spellings", oomd_conf_is_understood_in_both_spellings },
	CU_TEST_INFO_NULL,
};
