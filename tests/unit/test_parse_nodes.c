/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "cuts.h"
#include "parse/nodes.h"
#include "unit.h"

#define ZEROS_8 "00000000,"
#define ZEROS_31                                                                                \
	ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8 \
		ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8 \
			ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8 \
				ZEROS_8

typedef int parser(const char *text, size_t len, struct node_set *ret);

/** What a text gives: an error, or the set as the kernel would print it. */
struct reading {
	const char *text;
	int rc;
	const char *want;
};

static void expect_reading(parser *parse, const struct reading *reading)
{
	const size_t len = strlen(reading->text);
	char *copy = cut_copy(reading->text, len);
	struct node_set set = { { 0, 0, 7 } };
	char buf[128];
	struct text text;

	expect_int(reading->text, parse(copy, len, &set), reading->rc);
	if (reading->rc == 0) {
		text_init(&text, buf, sizeof(buf));
		nodes_words(&set, &text);
		expect_text(reading->text, buf, reading->want);
	} else {
		expect_true(reading->text, set.bits[2] == 7 && set.bits[0] == 0);
	}
	free(copy);
}

static void lists_are_read_as_typed(void)
{
	static const struct reading readings[] = {
		{ "0", 0, "0" },
		{ "0-1,3", 0, "0-1,3" },
		{ "3,0-1", 0, "0-1,3" },
		{ "0,0,0-0", 0, "0" },
		{ "00", 0, "0" },
		{ "1023", 0, "1023" },
		{ "0-1023", 0, "0-1023" },
		{ "62-65", 0, "62-65" },
		{ "63", 0, "63" },
		{ "64", 0, "64" },
		{ "60-200,1000", 0, "60-200,1000" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(readings); i++)
		expect_reading(parse_node_list, &readings[i]);
}

static void what_is_no_list_is_refused(void)
{
	static const struct reading readings[] = {
		{ "", -EINVAL, NULL },
		{ ",", -EINVAL, NULL },
		{ "0,", -EINVAL, NULL },
		{ ",0", -EINVAL, NULL },
		{ "-1", -EINVAL, NULL },
		{ "1-", -EINVAL, NULL },
		{ "1-2-3", -EINVAL, NULL },
		{ "2-1", -EINVAL, NULL },
		{ "0 ", -EINVAL, NULL },
		{ " 0", -EINVAL, NULL },
		{ "0, 1", -EINVAL, NULL },
		{ "0- 1", -EINVAL, NULL },
		{ "0\n", -EINVAL, NULL },
		{ "all", -EINVAL, NULL },
		{ "0x1", -EINVAL, NULL },
		{ "0-7:1/2", -EINVAL, NULL },
		{ "1024", -ERANGE, NULL },
		{ "0-1024", -ERANGE, NULL },
		{ "0,18446744073709551616", -ERANGE, NULL },
		{ "18446744073709551615-18446744073709551615", -ERANGE, NULL },
		{ "1024,x", -EINVAL, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(readings); i++)
		expect_reading(parse_node_list, &readings[i]);
}

static void a_mask_is_read_from_its_end(void)
{
	static const struct reading readings[] = {
		{ "1", 0, "0" },
		{ "3", 0, "0-1" },
		{ "f0", 0, "4-7" },
		{ "00000001", 0, "0" },
		{ "80000000", 0, "31" },
		{ "00000001,00000000", 0, "32" },
		{ "00000001,00000000,00000001", 0, "0,64" },
		{ "80000000,00000000", 0, "63" },
		{ ZEROS_31 "00000003", 0, "0-1" },
		{ "80000000," ZEROS_31, -EINVAL, NULL },
		{ "00000000," ZEROS_31 "00000001", 0, "0" },
		{ "00000001," ZEROS_31 "00000001", -ERANGE, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(readings); i++)
		expect_reading(parse_node_mask, &readings[i]);
}

static void what_is_no_mask_is_refused(void)
{
	static const struct reading readings[] = {
		{ "", -EINVAL, NULL },
		{ "0", -EINVAL, NULL },
		{ "00000000,00000000", -EINVAL, NULL },
		{ ",1", -EINVAL, NULL },
		{ "1,", -EINVAL, NULL },
		{ "1,,1", -EINVAL, NULL },
		{ "123456789", -EINVAL, NULL },
		{ "0x3", -EINVAL, NULL },
		{ " 3", -EINVAL, NULL },
		{ "3 ", -EINVAL, NULL },
		{ "g", -EINVAL, NULL },
		{ "00000001," ZEROS_31 "x", -EINVAL, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(readings); i++)
		expect_reading(parse_node_mask, &readings[i]);
}

extern CU_TestInfo parse_nodes_tests[];
CU_TestInfo parse_nodes_tests[] = {
	{ "lists are read as typed", lists_are_read_as_typed },
	{ "what is no list is refused", what_is_no_list_is_refused },
	{ "a mask is read from its end", a_mask_is_read_from_its_end },
	{ "what is no mask is refused", what_is_no_mask_is_refused },
	CU_TEST_INFO_NULL,
};
