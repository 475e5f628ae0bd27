/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "model/facts.h"
#include "unit.h"

static const enum fact_state missing_states[] = {
	FACT_ABSENT,
	FACT_FORBIDDEN,
	FACT_EMPTY,
	FACT_MALFORMED,
	FACT_TOO_LARGE,
	FACT_DISABLED,
	FACT_FAILED,
};

static void every_fact_has_its_own_name_and_a_use(void)
{
	for (int fact = 0; fact < FACT_COUNT; fact++) {
		const char *name = fact_name((enum fact)fact);

		expect_true("name", name && *name);
		expect_true("use", fact_use((enum fact)fact) && *fact_use((enum fact)fact));
		for (int other = 0; other < fact; other++)
			expect_true(name, strcmp(name, fact_name((enum fact)other)) != 0);
	}
}

static void every_lack_has_a_sentence(void)
{
	for (int fact = 0; fact < FACT_COUNT; fact++) {
		for (size_t i = 0; i < ARRAY_SIZE(missing_states); i++) {
			char buf[160], small[1];
			struct text text;

			text_init(&text, buf, sizeof(buf));
			fact_reason((enum fact)fact, missing_states[i], &text);
			expect_true(fact_name((enum fact)fact), text.len > 10 && !text.cut);
			text_init(&text, small, sizeof(small));
			fact_reason((enum fact)fact, missing_states[i], &text);
			expect_true("buffer of 1", text.cut);
		}
	}
}

static void nothing_is_said_of_what_is_there(void)
{
	char buf[16];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	text_add(&text, "x");
	fact_reason(FACT_PRESSURE, FACT_PRESENT, &text);
	fact_reason(FACT_PRESSURE, FACT_UNREAD, &text);
	expect_text("unchanged", buf, "x");
}

static void sentences_say_what_would_help(void)
{
	static const struct {
		enum fact fact;
		enum fact_state state;
		const char *part;
	} cases[] = {
		{ FACT_PRESSURE, FACT_ABSENT, "4.20 or later with CONFIG_PSI" },
		{ FACT_PRESSURE, FACT_DISABLED, "psi=1" },
		{ FACT_PRESSURE, FACT_FORBIDDEN, "run as root" },
		{ FACT_PAGETYPEINFO, FACT_FORBIDDEN, "5.4" },
		{ FACT_RSS_SPLIT, FACT_ABSENT, "4.5" },
		{ FACT_VMSWAP, FACT_ABSENT, "2.6.34" },
		{ FACT_VMPTE, FACT_ABSENT, "2.6.10" },
		{ FACT_TASK_STATUS, FACT_FORBIDDEN, "hidepid" },
		{ FACT_LRU_GEN, FACT_ABSENT, "CONFIG_LRU_GEN" },
		{ FACT_CGROUPS, FACT_ABSENT, "CONFIG_MEMCG" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char buf[160];
		struct text text;

		text_init(&text, buf, sizeof(buf));
		fact_reason(cases[i].fact, cases[i].state, &text);
		expect_true(cases[i].part, strstr(buf, cases[i].part));
	}
}

static void errors_stand_for_states(void)
{
	static const struct {
		int error;
		enum fact_state want;
	} cases[] = {
		{ 0, FACT_PRESENT },
		{ -ENOENT, FACT_ABSENT },
		{ -ENOTDIR, FACT_ABSENT },
		{ -ESRCH, FACT_ABSENT },
		{ -EACCES, FACT_FORBIDDEN },
		{ -EPERM, FACT_FORBIDDEN },
		{ -ENODATA, FACT_EMPTY },
		{ -EBADMSG, FACT_MALFORMED },
		{ -ENAMETOOLONG, FACT_MALFORMED },
		{ -EFBIG, FACT_TOO_LARGE },
		{ -EOPNOTSUPP, FACT_DISABLED },
		{ -EIO, FACT_FAILED },
		{ -ELOOP, FACT_FAILED },
		{ -ENOMEM, FACT_FAILED },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_int(strerror(-cases[i].error), fact_state_of(cases[i].error), cases[i].want);
}

extern CU_TestInfo facts_tests[];

CU_TestInfo facts_tests[] = {
	{ "every fact has its own name and a use", every_fact_has_its_own_name_and_a_use },
	{ "every lack has a sentence", every_lack_has_a_sentence },
	{ "nothing is said of what is there", nothing_is_said_of_what_is_there },
	{ "sentences say what would help", sentences_say_what_would_help },
	{ "errors stand for states", errors_stand_for_states },
	CU_TEST_INFO_NULL,
};
