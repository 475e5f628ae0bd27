/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "rows.h"
#include "ui/filter.h"
#include "unit.h"

static const struct row_spec specs[] = {
	{ .pid = 4102,
		.comm = "chrome",
		.user = "alice",
		.uid = 1000,
		.cgroup = "/user.slice",
		.cmdline = "chrome --type=renderer",
		.mem_mib = 1280,
		.adj = 300 },
	{ .pid = 23283,
		.comm = "java",
		.user = "tomcat",
		.uid = 998,
		.mem_mib = 10240,
		.cgroup = "/system.slice/tomcat.service",
		.unit = "tomcat.service",
		.cmdline = "/usr/bin/java -jar shop(1).jar" },
	{ .pid = 998, .comm = "dockerd", .mem_mib = 640, .adj = -500 },
	{ .pid = 1,
		.comm = "systemd",
		.user = "root",
		.mem_mib = 10,
		.exempt = EXEMPT_INIT,
		.cgroup = "/init.scope" },
	{ .pid = 77, .comm = "secret", .mem_mib = VALUE_UNKNOWN },
};

/** The rows that pass, as their letters: a to e. */
static const char *passing(const char *expression, char letters[ROWS_MAX + 1])
{
	struct rows rows;
	struct filter filter;
	char error[160];
	size_t n = 0;

	memset(&filter, 0, sizeof(filter));
	rows_init(&rows, specs, ARRAY_SIZE(specs));
	rows.tasks[0].cpu_permille = 125;
	rows.tasks[0].has |= TASK_HAS_CPU;
	rows.tasks[2].flags = TASK_FLAG_KTHREAD;
	if (filter_parse(expression, &filter, error, sizeof(error)) < 0)
		return strcpy(letters, "error");
	for (uint32_t i = 0; i < rows.now.n_tasks; i++) {
		const struct task_row row = rows_row(&rows, i);

		if (filter_passes(&filter, &row))
			letters[n++] = (char)('a' + i);
	}
	letters[n] = '\0';
	return letters;
}

struct filter_case {
	const char *expression, *want;
};

static void expect_passing(const struct filter_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char letters[ROWS_MAX + 1];

		expect_text(
			cases[i].expression, passing(cases[i].expression, letters), cases[i].want);
	}
}

static void words_are_found_in_five_columns_without_case(void)
{
	static const struct filter_case cases[] = {
		{ "", "abcde" }, { " \t ", "abcde" }, { "chrome", "a" }, { "CHROME", "a" },
		{ "render", "a" },                          /* command */
		{ "Tomcat", "b" },                          /* unit, user */
		{ "alice", "a" },                           /* user */
		{ "slice", "ab" },                          /* cgroup */
		{ "secret", "e" },                          /* comm */
		{ "nowhere", "" }, { "service /usr", "b" }, /* two words */
		{ "\"service java\"", "b" },                /* NAME: unit, blank, command */
		{ "'service java'", "b" }, { "\"usr service\"", "" },
		{ "[dockerd]", "c" }, /* a kernel thread, as NAME shows it */
		{ "[chrome]", "" }, { "\"\"", "abcde" }, { "\"--type=renderer\"", "a" },
		{ "\"and\"", "" }, { "4102", "" }, /* numbers are words too: pid = 4102 */
	};

	expect_passing(cases, ARRAY_SIZE(cases));
}

static void numbers_are_compared_at_their_edges(void)
{
	static const struct filter_case cases[] = {
		{ "mem > 1280M", "b" },
		{ "mem >= 1280M", "ab" },
		{ "mem < 1280M", "cd" },
		{ "mem <= 1280M", "acd" },
		{ "mem = 1280M", "a" },
		{ "mem == 1280M", "a" },
		{ "mem != 1280M", "bcd" },
		{ "mem>1280M", "b" },
		{ "mem >1280M", "b" },
		{ "mem> 1280M", "b" },
		{ "MEM > 1280M", "b" },
		{ "mem > 1342177279", "ab" },
		{ "mem > 1342177280", "b" },
		{ "adj < 0", "c" },
		{ "adj=-500", "c" },
		{ "adj = +300", "a" },
		{ "adj > -500", "abde" },
		{ "badness < 0", "c" },
		{ "pid = 4102", "a" },
		{ "rank = 1", "b" },
		{ "# <= 2", "ab" },
		{ "cpu > 12.4", "a" },
		{ "cpu > 12.5%", "" },
		{ "age > 23h", "abcde" },
		{ "points = 380", "a" },
	};

	expect_passing(cases, ARRAY_SIZE(cases));
}

static void texts_are_compared_whole_or_matched(void)
{
	static const struct filter_case cases[] = {
		{ "user = alice", "a" },
		{ "user=ALICE", "a" },
		{ "user = alic", "" },
		{ "user != alice", "bcde" }, /* users without a name are numbers */
		{ "user = 0", "ce" },
		{ "comm ~ java", "b" },
		{ "comm ~ AV", "b" },
		{ "comm ~ ja*", "b" },
		{ "comm ~ a*", "" },
		{ "comm ~ ?ava", "b" },
		{ "comm ~ [jd]*", "bc" },
		{ "comm ~ \"chrome\"", "a" },
		{ "command ~ \"*--type=*\"", "a" },
		{ "command ~ --type=r", "a" },
		{ "command ~ \"shop(1)\"", "b" },
		{ "name ~ tomcat*jar", "b" },
		{ "unit = tomcat.service", "b" },
		{ "exempt = init", "d" },
		{ "exempt = ''", "abce" },
		{ "state = s", "abcde" },
		{ "comm = 'java'", "b" },
		{ "comm = 'ja\\va'", "" },
		{ "comm ~ j\\ava*", "b" },
	};

	expect_passing(cases, ARRAY_SIZE(cases));
}

static void unknown_is_false_and_so_is_its_opposite(void)
{
	static const struct filter_case cases[] = {
		{ "mem > 0", "abcd" },
		{ "mem <= 0", "" },
		{ "mem != 5", "abcd" },
		{ "not mem > 0", "e" },
		{ "badness > -100G", "abc" }, /* an exempt process has none */
		{ "cgroup ~ slice", "ab" },
		{ "cgroup != x", "abd" },
		{ "not (cgroup = x)", "abcde" },
		{ "unit = ''", "ad" }, /* none is known, where the cgroup is */
		{ "unit != tomcat.service", "ad" },
		{ "swap = 0", "abcde" },
		{ "growth = 0", "" },
		{ "growth != 0", "" },
	};

	expect_passing(cases, ARRAY_SIZE(cases));
}

static void terms_are_joined_as_people_expect(void)
{
	static const struct filter_case cases[] = {
		{ "chrome or java", "ab" },
		{ "chrome OR java", "ab" },
		{ "chrome java", "" },
		{ "chrome and alice", "a" },
		{ "chrome AND alice", "a" },
		{ "mem>1G user=alice", "a" },
		{ "chrome or java mem>5G", "ab" }, /* and binds closer */
		{ "(chrome or java) mem>5G", "b" },
		{ "mem>5G(chrome or java)", "b" },
		{ "not chrome", "bcde" },
		{ "not not chrome", "a" },
		{ "NOT chrome java", "b" },
		{ "not (chrome or java)", "cde" },
		{ "not(chrome)", "bcde" },
		{ "chrome or not slice", "acde" },
		{ "((chrome))", "a" },
		{ "( chrome )or( java )", "ab" },
		{ "chrome or java or docker", "abc" },
		{ "order", "" }, /* begins like a word of the grammar */
		{ "nothing or android", "" },
		{ "comm ~ or", "" },
		{ "comm = not", "" },
	};

	expect_passing(cases, ARRAY_SIZE(cases));
}

static void a_bad_expression_says_where(void)
{
	static const struct {
		const char *expression, *error;
	} cases[] = {
		{ "mem > lots", "column 7: expected a number or a size after 'mem >', not 'lots'" },
		{ "chrome mem >lots",
			"column 13: expected a number or a size after 'mem >', not 'lots'" },
		{ "age<old", "column 5: expected a number or a time after 'age <', not 'old'" },
		{ "pid = 12k", "column 7: expected a number after 'pid =', not '12k'" },
		{ "mem > 99999999P", "column 7: '99999999P' is too large" },
		{ "pid > 9223372036854775808", "column 7: '9223372036854775808' is too large" },
		{ "foo = 1", "column 1: no such field 'foo'" },
		{ "a  foo=1", "column 4: no such field 'foo'" },
		{ "\xC3\xA9\xC3\xA9 foo=1", "column 4: no such field 'foo'" },
		{ "--type=x", "column 1: no such field '--type'" },
		{ "\033=1", "column 1: no such field '?'" },
		{ "not=1", "column 1: no such field 'not'" },
		{ "user > alice", "column 6: 'user' is text: compare it with = != or ~" },
		{ "pid ~ 12", "column 5: 'pid' is a number: compare it with = != < <= > or >=" },
		{ "mem >", "column 6: expected a value after 'mem >' here, at the end" },
		{ "mem > )", "column 7: expected a value after 'mem >', not ')'" },
		{ "mem > > 2G", "column 7: expected a value after 'mem >', not '>'" },
		{ "mem => 2G", "column 6: expected a value after 'mem =', not '>'" },
		{ "> 2G", "column 1: expected a word or a comparison, not '>'" },
		{ "a or", "column 5: expected a word or a comparison here, at the end" },
		{ "or a", "column 1: expected a word or a comparison, not 'or'" },
		{ "a or or b", "column 6: expected a word or a comparison, not 'or'" },
		{ "a and", "column 6: expected a word or a comparison here, at the end" },
		{ "not", "column 4: expected a word or a comparison here, at the end" },
		{ "()", "column 2: expected a word or a comparison, not ')'" },
		{ "(a", "column 1: this '(' is never closed" },
		{ "a (b or c", "column 3: this '(' is never closed" },
		{ "a)", "column 2: this ')' has no '('" },
		{ "a) b", "column 2: this ')' has no '('" },
		{ "a \"b", "column 3: this quote is never closed" },
		{ "a \"b\\\"", "column 3: this quote is never closed" },
		{ "comm = 'b", "column 8: this quote is never closed" },
		{ "a \"", "column 3: this quote is never closed" },
		{ "abcdefghijklmnopqrstuvwxyz=1",
			"column 1: no such field 'abcdefghijklmnopqrstuvwx...'" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct filter filter = { .root = 42 };
		char error[160] = "";

		expect_int(cases[i].expression,
			filter_parse(cases[i].expression, &filter, error, sizeof(error)), -EINVAL);
		expect_text(cases[i].expression, error, cases[i].error);
		expect_int("unchanged", filter.root, 42);
		expect_int("unchanged", filter.n_nodes, 0);
	}
}

static void a_message_is_cut_to_its_buffer(void)
{
	struct filter filter;
	char error[12];

	memset(error, 'x', sizeof(error));
	expect_int("error", filter_parse("foo=1", &filter, error, 11), -EINVAL);
	expect_text("cut", error, "column 1: ");
	expect_int("byte behind", error[11], 'x');
	expect_int("good", filter_parse("foo", &filter, error, 11), 0);
	expect_text("no message", error, "");
}

static int parse_repeated(const char *part, unsigned times, const char *tail, char error[160])
{
	char expression[FILTER_TEXT_MAX * 2] = "";
	struct filter filter;
	size_t len = 0;

	for (unsigned i = 0; i < times; i++) {
		memcpy(expression + len, part, strlen(part));
		len += strlen(part);
	}
	memcpy(expression + len, tail, strlen(tail) + 1);
	return filter_parse(expression, &filter, error, 160);
}

static void limits_are_said_and_hold_exactly(void)
{
	char error[160];
	char parens[FILTER_NODES_MAX + 2];

	/* n words are n nodes and n - 1 times "and". */
	expect_int("63 nodes", parse_repeated("a ", 32, "", error), 0);
	expect_int("64 nodes", parse_repeated("a ", 32, "or not a", error), -EINVAL);
	expect_int("65 nodes", parse_repeated("a ", 33, "", error), -EINVAL);
	expect_text("nodes", error, "column 67: more than 64 words, comparisons, and, or, not");
	expect_int("63 times not", parse_repeated("not ", FILTER_NODES_MAX - 1, "a", error), 0);
	expect_int("64 times not", parse_repeated("not ", FILTER_NODES_MAX, "a", error), -EINVAL);

	memset(parens, ')', sizeof(parens));
	parens[FILTER_NODES_MAX + 1] = '\0';
	expect_int("65 deep", parse_repeated("(", FILTER_NODES_MAX + 1, parens, error), -EINVAL);
	expect_text("depth", error, "column 65: more than 64 parentheses inside each other");
	memcpy(parens, "a", 1);
	expect_int("64 deep", parse_repeated("(", FILTER_NODES_MAX, parens, error), 0);
	expect_int("one after the other", parse_repeated("(a)", 30, "", error), 0);

	expect_int("255 bytes", parse_repeated("a", FILTER_TEXT_MAX - 1, "", error), 0);
	expect_int("256 bytes", parse_repeated("a", FILTER_TEXT_MAX, "", error), -EINVAL);
	expect_text("length", error, "column 256: a filter has at most 255 bytes");
	expect_int("255 blanks", parse_repeated(" ", FILTER_TEXT_MAX - 1, "", error), 0);
}

static void sixty_four_nodes_are_not_refused(void)
{
	char error[160];

	/* 32 words, 31 times "and", one "not". */
	expect_int("64 nodes", parse_repeated("a ", 31, "not a", error), 0);
	expect_int("a second not", parse_repeated("a ", 31, "not not a", error), -EINVAL);
}

static void a_filter_can_be_parsed_again_from_itself(void)
{
	static const char expression[] = "mem > 1G or \"a b\"";
	struct filter filter, other;
	char error[160];

	expect_int("first", filter_parse(expression, &filter, error, sizeof(error)), 0);
	expect_text("source", filter.source, expression);
	expect_int("again", filter_parse(filter.source, &filter, error, sizeof(error)), 0);
	expect_text("source", filter.source, expression);
	expect_int("elsewhere", filter_parse(filter.source, &other, error, sizeof(error)), 0);
	expect_int("nodes", other.n_nodes, filter.n_nodes);
	for (int i = 0; i < other.n_nodes; i++) {
		const char *text = other.nodes[i].text;

		if (text)
			expect_true("points into itself",
				text >= other.words && text < other.words + sizeof(other.words));
	}
	expect_int("emptied", filter_parse("", &filter, error, sizeof(error)), 0);
	expect_int("no nodes", filter.n_nodes, 0);
	expect_text("no source", filter.source, "");
}

static void a_zeroed_filter_lets_everything_pass(void)
{
	static const struct filter filter;
	struct rows rows;
	struct task_row row;

	rows_init(&rows, specs, ARRAY_SIZE(specs));
	row = rows_row(&rows, 4);
	expect_true("passes", filter_passes(&filter, &row));
}

extern CU_TestInfo filter_tests[];
CU_TestInfo filter_tests[] = {
	{ "words are found in five columns without case",
		words_are_found_in_five_columns_without_case },
	{ "numbers are compared at their edges", numbers_are_compared_at_their_edges },
	{ "texts are compared whole or matched", texts_are_compared_whole_or_matched },
	{ "unknown is false and so is its opposite", unknown_is_false_and_so_is_its_opposite },
	{ "terms are joined as people expect", terms_are_joined_as_people_expect },
	{ "a bad expression says where", a_bad_expression_says_where },
	{ "a message is cut to its buffer", a_message_is_cut_to_its_buffer },
	{ "limits are said and hold exactly", limits_are_said_and_hold_exactly },
	{ "sixty-four nodes are not refused", sixty_four_nodes_are_not_refused },
	{ "a filter can be parsed again from itself", a_filter_can_be_parsed_again_from_itself },
	{ "a zeroed filter lets everything pass", a_zeroed_filter_lets_everything_pass },
	CU_TEST_INFO_NULL,
};
